// Every limit of the executor.
#pragma once

#include <cstdint>

namespace edict::executor {

inline constexpr std::uint64_t KEPT_TREE_HEIGHTS = 1000;      // versions of the state tree kept
inline constexpr std::uint64_t MAX_NONCE_AHEAD = 64;          // waiting calls of one sender
inline constexpr std::uint64_t PENDING_SET_HEIGHTS = 10'000;  // then a pending set has lapsed
inline constexpr std::size_t MAX_MODULES_IN_FORCE = 1024;

}  // namespace edict::executor
