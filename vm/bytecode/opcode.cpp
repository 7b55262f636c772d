#include "vm/bytecode/opcode.h"

namespace edict::bytecode {

std::optional<Opcode> opcode_named(std::string_view name) {
    for (std::size_t i = 0; i < OPCODE_COUNT; ++i) {
        if (OPCODES[i].name == name) return static_cast<Opcode>(i);
    }
    return std::nullopt;
}

}  // namespace edict::bytecode
