// Modules as text, for tests and for people: assemble(disassemble(m)) is m. docs/BYTECODE.md shows
// the form.
#pragma once

#include <string>
#include <string_view>

#include "vm/bytecode/module.h"

namespace edict::bytecode {

// The error names the line. The result has not passed the validator; costs, reads and writes are as
// the text says them (set_bounds() fills them in).
[[nodiscard]] base::Result<Module> assemble(std::string_view text);

// Demands a module that has passed the validator.
[[nodiscard]] std::string disassemble(const Module& module);

// "add r4 r2 r3"
[[nodiscard]] std::string disassemble(const Instruction& instruction);

}  // namespace edict::bytecode
