// Every limit of the native compiler.
#pragma once

#include <cstddef>

namespace edict::jit {

// Functions that are compiled together, when the first of them is used.
inline constexpr std::size_t FUNCTIONS_PER_CHUNK = 16;
// A longer function is interpreted: the time to compile grows faster than its length.
inline constexpr std::size_t MAX_NATIVE_CODE = 2'048;

}  // namespace edict::jit
