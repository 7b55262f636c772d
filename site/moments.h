// Mean and standard deviation from exact whole numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace edict::site {

struct Moments {
    std::string mean;               // s / n
    std::optional<std::string> sd;  // of a sample: sqrt((n q - s s) / (n (n - 1))); none if n < 2
};

// Of n values with the sum s and the sum of squares q, as they were published. Numerators and
// denominators are exact 128-bit integers; one division and one root round, each by less than
// 2^-63 of the value, and 15 significant digits are given. None if no n values can have these sums.
[[nodiscard]] std::optional<Moments> moments_of(std::int64_t n, std::int64_t s, std::int64_t q);

}  // namespace edict::site
