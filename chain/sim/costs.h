// Costs: how long a seat's work takes, in simulated microseconds.
#pragma once

#include "chain/sim/random.h"

namespace edict::sim {

// As they are at the quickest seat. All zero: nothing takes time.
struct Costs {
    std::int64_t step_us = 0;           // a step of the protocol, with the signatures in it
    std::int64_t batch_us = 0;          // to choose, check or execute a batch
    std::int64_t sync_us = 0;           // votes, or a height
    std::uint64_t spread = 1;           // the slowest seat is at most so many times slower
    std::uint64_t stalls_permille = 0;  // of syncs: they take 20 to 200 ms
};

// Of one seat, each a little different from the one before.
class Toil {
public:
    Toil(const Costs& costs, std::uint64_t seed);

    [[nodiscard]] std::int64_t step_us() { return about(costs_.step_us); }
    [[nodiscard]] std::int64_t batch_us() { return about(costs_.batch_us); }
    [[nodiscard]] std::int64_t sync_us();

private:
    [[nodiscard]] std::int64_t about(std::int64_t usual_us);

    Costs costs_;
    Random random_;
    std::int64_t slowness_;
};

// Mostly fractions of a millisecond to some milliseconds, sometimes none.
[[nodiscard]] Costs any_costs(Random& random);

}  // namespace edict::sim
