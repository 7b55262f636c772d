// Every limit of the pool.
#pragma once

#include <cstddef>

namespace edict::pool {

inline constexpr std::size_t MAX_POOL_BYTES = 64 << 20;  // of canonical transactions
inline constexpr std::size_t MAX_OF_SENDER = 64;         // transactions that wait

}  // namespace edict::pool
