// The opcodes and their traits, all from opcodes.def.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace edict::bytecode {

enum class Opcode : std::uint8_t {
#define OPCODE(name, operands, effect, cost, text) name,
#include "vm/bytecode/opcodes.def"
#undef OPCODE
};

inline constexpr std::size_t OPCODE_COUNT = 0
#define OPCODE(name, operands, effect, cost, text) +1
#include "vm/bytecode/opcodes.def"
#undef OPCODE
    ;

enum class Effect : std::uint8_t { pure, read, write, flow };

struct OpcodeInfo {
    std::string_view name;
    std::string_view operands;  // the letters of a, b and c: see opcodes.def
    Effect effect = Effect::pure;
    std::uint32_t cost = 1;  // units for each execution
    bool sized = false;      // the cost grows with the declared size of the operands
    std::string_view text;
};

namespace detail {
constexpr bool is_sized(std::string_view text) { return text.ends_with("; z"); }
}  // namespace detail

inline constexpr std::array<OpcodeInfo, OPCODE_COUNT> OPCODES = {{
#define OPCODE(name, operands, effect, cost, text) \
    {#name, operands, Effect::effect, cost, detail::is_sized(text), text},
#include "vm/bytecode/opcodes.def"
#undef OPCODE
}};

[[nodiscard]] constexpr const OpcodeInfo& info(Opcode op) {
    return OPCODES[static_cast<std::size_t>(op)];
}
[[nodiscard]] std::optional<Opcode> opcode_named(std::string_view name);

}  // namespace edict::bytecode
