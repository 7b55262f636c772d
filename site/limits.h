// Every limit of a site's own data.
#pragma once

#include <cstddef>
#include <cstdint>

namespace edict::site {

inline constexpr std::size_t MAX_CSV_BYTES = std::size_t{1} << 30;
inline constexpr std::size_t MAX_SCHEMA_BYTES = 1 << 20;
inline constexpr std::size_t MAX_COLUMNS = 256;
inline constexpr std::size_t MAX_COLUMN_NAME_BYTES =
    64;  // of a measure too, as std.federation says
inline constexpr std::size_t MAX_FIELD_BYTES = 1 << 16;
inline constexpr std::uint64_t MAX_RECORDS = 1'000'000'000;  // as std.anchor says
inline constexpr std::uint32_t MAX_DECIMALS = 9;
inline constexpr std::size_t MAX_REPORTED_FAULTS = 100;  // the others are counted
inline constexpr std::size_t MAX_MEASURES = 64;          // values in one summary
inline constexpr std::size_t MAX_PERSON_BYTES = 256;     // of whom a pseudonym stands for
inline constexpr std::size_t MAX_PERSONS_BYTES = std::size_t{64} << 20;  // of a list of them
inline constexpr std::size_t MAX_OPENING_BYTES = 8 << 20;  // of the JSON of what is committed to

}  // namespace edict::site
