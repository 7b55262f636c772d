// Rules, defaults and assertions. Not for other folders.
#pragma once

#include "compiler/check/names.h"

namespace edict::check {

// Fills the rules, defaults and assertions of a module whose actions are complete.
void check_rules(const ModuleScope& names);
// rules.cpp calls these.
void check_defaults(const ModuleScope& names);
void check_order(const ModuleScope& names);      // adds the overrides of `order by`
void check_overrides(const ModuleScope& names);  // cycles

// The governed action that a name means. Otherwise reports why there is none.
[[nodiscard]] std::optional<ActionRef> governed_action(const ModuleScope& names,
                                                       const ast::QualifiedName& name);

}  // namespace edict::check
