// Test blocks. Not for other folders.
#pragma once

#include "compiler/check/names.h"

namespace edict::check {

// Fills the tests of a module; all modules of the program are complete but for their tests.
void check_tests(const ModuleScope& names);

}  // namespace edict::check
