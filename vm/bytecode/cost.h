// The static bound of what code costs. It depends on declared types only, never on values.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/bytecode/module.h"

namespace edict::bytecode {

// How often a function can call each callee in one run.
// What a call puts into the register after its arguments; none for any other instruction.
[[nodiscard]] std::optional<TypeIndex> returned_by(const Module& module, const Instruction& in);

struct CalleeBound {
    std::uint16_t callee = 0;  // index into Module::callees
    std::uint64_t times = 0;
};

struct StoreBound {
    std::uint16_t use = 0;  // index into Module::store_table
    std::uint64_t times = 0;
};

struct Bounds {
    std::uint64_t cost = 0;          // units, without callees; saturates
    std::uint64_t memory_bytes = 0;  // of the values that one run makes; saturates
    std::vector<CalleeBound> calls;  // one for each call_action, in the order of the code
    std::vector<StoreBound> reads;   // one for each read of a store, likewise
};

// Bytes that a value of each type of the module can take in memory.
[[nodiscard]] std::vector<std::uint64_t> memory_of_types(const Module& module);

// Demands code whose operands are in range and whose loops are well nested (as validate() checks).
[[nodiscard]] Bounds bounds_of(const Module& module, const Function& function,
                               const std::vector<std::uint64_t>& memory_of_types);

// The stores that code reads and writes itself: indexes of the store table, ascending.
struct Effects {
    std::vector<std::uint16_t> reads, writes;
};
[[nodiscard]] Effects effects_of(const Function& function);

// Sets the cost of every function, and what every action reads and writes, as the validator will
// recompute them. For whoever makes modules.
void set_bounds(Module& module);

[[nodiscard]] std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b);
[[nodiscard]] std::uint64_t saturating_multiply(std::uint64_t a, std::uint64_t b);

}  // namespace edict::bytecode
