// Whole numbers as people and programs write them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace edict::base {

// Decimal digits and nothing else, leading zeros allowed; none if it is larger than `max`.
[[nodiscard]] std::optional<std::uint64_t> read_whole_number(
    std::string_view text, std::uint64_t max = std::numeric_limits<std::uint64_t>::max());

}  // namespace edict::base
