#include "site/moments.h"

#include <fmt/format.h>

#include <cfloat>
#include <cmath>

namespace edict::site {

namespace {

__extension__ using Wide = __int128;
// Where long double is no wider than double, 15 digits would not be safe.
static_assert(LDBL_MANT_DIG >= 64);

constexpr std::int64_t MOST_VALUES = std::int64_t{1} << 40;  // keeps every product in 128 bits

std::string digits(long double value) { return fmt::format("{:.15g}", value); }

}  // namespace

std::optional<Moments> moments_of(std::int64_t n, std::int64_t s, std::int64_t q) {
    if (n < 1 || n > MOST_VALUES || q < 0) return std::nullopt;
    const Wide spread = Wide{n} * q - Wide{s} * s;  // n times the sum of squared deviations
    if (spread < 0) return std::nullopt;
    Moments moments;
    moments.mean = digits(static_cast<long double>(s) / static_cast<long double>(n));
    if (n > 1) {
        const Wide denominator = Wide{n} * (n - 1);
        moments.sd = digits(
            std::sqrt(static_cast<long double>(spread) / static_cast<long double>(denominator)));
    }
    return moments;
}

}  // namespace edict::site
