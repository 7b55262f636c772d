// The bodies of actions. Not for other folders.
#pragma once

#include "compiler/check/names.h"
#include "compiler/check/scope.h"

namespace edict::check {

// Fills the body, locals and effects of every action of a module whose declarations are complete,
// and whose used modules are complete.
void check_actions(const ModuleScope& names);

// The statements of an observer (scope.place), which `owner` shows.
[[nodiscard]] Block check_observer_block(const ModuleScope& names, const ast::Block& tree,
                                         Scope& scope, Span owner);

}  // namespace edict::check
