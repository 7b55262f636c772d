// From one rule function to LLVM IR. Seen by this folder only.
#pragma once

#include <llvm/IR/Module.h>

#include <string>

#include "vm/bytecode/module.h"

namespace edict::jit {

// Adds to `target` the function `name`, of the type of RuleFunction, that does what the interpreter
// does with function `f` of `module`.
void emit_rule(llvm::Module& target, const std::string& name, const bytecode::Module& module,
               bytecode::FunctionIndex f);

}  // namespace edict::jit
