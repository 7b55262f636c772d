// Linearizability of what concurrent clients saw of one register (Herlihy and Wing 1990): whether
// each operation can have taken effect at one moment between its call and its answer. Registers are
// independent: each is checked on its own (section 3.3 there, locality).
//
// The search is that of Wing and Gong (1993) with the memory of Lowe (2017): a set of operations
// done and the value that they left are tried once.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace edict::sim {

struct Operation {
    static constexpr std::int64_t NEVER = std::numeric_limits<std::int64_t>::max();

    std::int64_t called = 0;              // any unit, one clock for all
    std::int64_t answered = NEVER;        // NEVER: it may have had its effect or not
    std::optional<std::uint64_t> writes;  // none: a read
    std::optional<std::uint64_t> saw;     // the value before; none: it is not known
};

// Of a register that holds `initial` at first. An answer may not come before its call.
[[nodiscard]] bool is_linearizable(const std::vector<Operation>& history,
                                   std::uint64_t initial = 0);

}  // namespace edict::sim
