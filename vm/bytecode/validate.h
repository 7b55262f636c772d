// The validator: the one door for what the compiler emits and what the chain receives. After it, no
// module can make an engine misbehave: code finishes or fails within its bound.
#pragma once

#include "vm/bytecode/module.h"

namespace edict::bytecode {

// The error names the place ("function 3, instruction 7 (add): ...") and what is wrong with it.
// Time and memory are linear in the size of the module.
[[nodiscard]] base::Status validate(const Module& module);

}  // namespace edict::bytecode
