// One function of a module: operands, types, control flow, definedness, cost and memory.
#pragma once

#include <vector>

#include "vm/bytecode/module.h"
#include "vm/bytecode/typing.h"

namespace edict::bytecode {

// The error begins with the place inside the function. Demands that the tables of the module have
// been checked. `memory_of_types` as in cost.h.
[[nodiscard]] base::Status validate_code(const Module& module, const Function& function,
                                         const std::vector<std::uint64_t>& memory_of_types,
                                         TypeRelations& relations);

}  // namespace edict::bytecode
