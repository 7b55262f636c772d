// Rules, defaults and assertions. Not for other folders.
#pragma once

#include "compiler/check/names.h"
#include "compiler/check/scope.h"

namespace edict::check {

// Fills the rules, defaults and assertions of a module whose actions are complete.
void check_rules(const ModuleScope& names);
// rules.cpp calls these.
void check_defaults(const ModuleScope& names);
void check_order(const ModuleScope& names);      // adds the overrides of `order by`
void check_overrides(const ModuleScope& names);  // cycles

// The governed actions that a rule, counter or observer is about; reports what is wrong with them.
[[nodiscard]] std::vector<ActionRef> governed_actions(const ModuleScope& names,
                                                      const ast::ActionSet& tree);
// Whether every name used for `first` means the same for `other`; reports the first that does not.
[[nodiscard]] bool same_meaning(const ModuleScope& names, const std::vector<NameUse>& uses,
                                ActionRef first, ActionRef other);
// The governed action that a name means. Otherwise reports why there is none.
[[nodiscard]] std::optional<ActionRef> governed_action(const ModuleScope& names,
                                                       const ast::QualifiedName& name);

}  // namespace edict::check
