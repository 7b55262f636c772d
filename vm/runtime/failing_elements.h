// Which elements make an `every x in s satisfies c` fail, for the explanation of a decision.
#pragma once

#include <vector>

#include "vm/runtime/engine.h"

namespace edict::runtime {

// The elements of s for which c is not true, in ascending order. Empty if the function's result is
// not of that form. Runs beside the engine: it decides nothing.
[[nodiscard]] std::vector<value::Value> failing_elements(const bytecode::Module& module,
                                                         bytecode::FunctionIndex f,
                                                         const std::vector<value::Value>& arguments,
                                                         Host& host);

}  // namespace edict::runtime
