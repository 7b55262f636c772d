// Counters and observers. Not for other folders.
#pragma once

#include "compiler/check/names.h"

namespace edict::check {

// Declares the stores of a regulation's counters and fills its observers: a counter is an observer
// that the language writes. The modules that it uses are complete, and its own stores are declared.
void check_observers(const ModuleScope& names);

}  // namespace edict::check
