// The tables about stores over time: invariants, initial data, older types.
#pragma once

#include "vm/bytecode/module.h"
#include "vm/bytecode/typing.h"

namespace edict::bytecode {

// Demands that names, types and functions of the module have been checked, and its sources.
[[nodiscard]] base::Status validate_change(const Module& module, TypeRelations& relations);

}  // namespace edict::bytecode
