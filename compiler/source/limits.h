// Every limit on source text and on what is said about it.
#pragma once

#include <cstddef>

namespace edict::source {

inline constexpr std::size_t MAX_SOURCE_BYTES = 16u << 20;  // of one file
inline constexpr std::size_t MAX_SOURCE_FILES = 4096;       // in one run
inline constexpr std::size_t MAX_DIAGNOSTICS = 50;          // kept and shown; the rest is counted
inline constexpr std::size_t MAX_MESSAGE_BYTES = 1024;      // of one text of a diagnostic
inline constexpr std::size_t MAX_SHOWN_COLUMNS = 160;       // of a source line in a diagnostic

}  // namespace edict::source
