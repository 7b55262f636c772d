// How the stores of a module stay right over time: invariants, initial data, and how values that
// older versions stored are read. Not for other folders.
#pragma once

#include "compiler/check/names.h"

namespace edict::check {

// Fills invariants, initial data, upgrades, defaults of fields and older types of a module whose
// declarations, actions and rules are complete.
void check_change(const ModuleScope& names);
// change.cpp calls it: the older types of each store, from what fields, members and upgrades say.
void check_history(const ModuleScope& names);

}  // namespace edict::check
