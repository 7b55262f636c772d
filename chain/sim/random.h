// The one source of chance in a simulation: splitmix64 (Steele, Lea, Flood, OOPSLA 2014). The
// standard library's distributions differ between implementations, so none is used.
#pragma once

#include <cstdint>

#include "base/check.h"

namespace edict::sim {

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15); }
    // 0 to bound - 1. The bias of the remainder does not matter here.
    std::uint64_t below(std::uint64_t bound) {
        EDICT_CHECK(bound > 0);
        return next() % bound;
    }
    std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
    }
    bool percent(std::uint64_t chance) { return below(100) < chance; }

private:
    std::uint64_t state_;
};

}  // namespace edict::sim
