// The registers of one run of a function.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vm/runtime/frame.h"

namespace edict::runtime {

// On the stack while they are few.
class Registers {
public:
    explicit Registers(std::size_t count) {
        if (count > FEW) {
            many_slots_.resize(count);
            many_known_.resize(count);
        }
    }
    Slot* slots() { return many_slots_.empty() ? few_slots_.data() : many_slots_.data(); }
    std::uint8_t* known() { return many_known_.empty() ? few_known_.data() : many_known_.data(); }

private:
    static constexpr std::size_t FEW = 64;
    std::array<Slot, FEW>
        few_slots_;  // left as they are: code reads no register before it wrote it
    std::array<std::uint8_t, FEW> few_known_;
    std::vector<Slot> many_slots_;
    std::vector<std::uint8_t> many_known_;
};

}  // namespace edict::runtime
