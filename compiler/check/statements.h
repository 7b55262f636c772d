// The bodies of actions. Not for other folders.
#pragma once

#include "compiler/check/names.h"

namespace edict::check {

// Fills the body, locals and effects of every action of a module whose declarations are complete,
// and whose used modules are complete.
void check_actions(const ModuleScope& names);

}  // namespace edict::check
