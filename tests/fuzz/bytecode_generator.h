// Makes code from bytes: any bytes give a function that the validator accepts.
#pragma once

#include <cstdint>
#include <span>

#include "vm/bytecode/module.h"

namespace edict::fuzz {

// Hands out the bytes of an input as choices; zeros when they are used up.
class Choices {
public:
    explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    [[nodiscard]] bool at_end() const { return at_ >= bytes_.size(); }
    std::uint8_t byte() { return at_end() ? std::uint8_t{0} : bytes_[at_++]; }
    std::uint16_t below(std::size_t bound) {
        return static_cast<std::uint16_t>((byte() * 256U + byte()) % bound);
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

// A module with types of every kind, constants, stores, an event, a callee and no function.
[[nodiscard]] bytecode::Module empty_module();

// The module with one function of this kind, made from the choices. Its parameters are of the types
// 0 ... 3.
[[nodiscard]] bytecode::Module generated(bytecode::FunctionKind kind, Choices& choices);

// The plainest value of a type, or with `rich` one that fills it.
[[nodiscard]] value::Value sample(const value::Type& type, bool rich);

}  // namespace edict::fuzz
