// Decimal: exact numbers, a 128-bit integer scaled by 10^-9, of at most 27 digits before the point.
// Nothing is ever rounded unless a rounding is named; what does not fit has no value.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/codec.h"
#include "base/result.h"

namespace edict::value {

__extension__ typedef __int128 Int128;

inline constexpr int DECIMAL_PLACES = 9;
inline constexpr std::int64_t DECIMAL_ONE = 1'000'000'000;

struct Decimal {
    Int128 units = 0;  // of 10^-9

    // 10^36 units: sums and differences of two stay far inside 128 bits.
    static constexpr Int128 LIMIT = Int128{DECIMAL_ONE} * DECIMAL_ONE * DECIMAL_ONE * DECIMAL_ONE;

    [[nodiscard]] static Decimal whole(std::int64_t number) {
        return {Int128{number} * DECIMAL_ONE};
    }
    [[nodiscard]] bool in_range() const { return -LIMIT < units && units < LIMIT; }
    friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
        return a.units < b.units   ? std::strong_ordering::less
               : a.units > b.units ? std::strong_ordering::greater
                                   : std::strong_ordering::equal;
    }
    friend bool operator==(const Decimal& a, const Decimal& b) { return a.units == b.units; }
};

// half_even: a tie goes to the even last digit; half_up: away from zero; down: toward zero; up:
// away from zero; floor and ceiling: toward less and more.
enum class Rounding : std::uint8_t { half_even, half_up, down, up, floor, ceiling };
inline constexpr std::uint8_t ROUNDINGS = 6;
[[nodiscard]] std::optional<Rounding> rounding_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Rounding rounding);

// Nothing if the result does not fit (or, for round_ratio, if c is zero).
[[nodiscard]] std::optional<Decimal> add(Decimal a, Decimal b);
[[nodiscard]] std::optional<Decimal> subtract(Decimal a, Decimal b);
[[nodiscard]] std::optional<Decimal> times(Decimal a, std::int64_t b);
// a * b / c, computed exactly (256 bits inside) and then rounded once to `places`, 0 to 9.
[[nodiscard]] std::optional<Decimal> round_ratio(Decimal a, Decimal b, Decimal c, int places,
                                                 Rounding rounding);
// The number if it has no fraction and fits.
[[nodiscard]] std::optional<std::int64_t> to_whole(Decimal a);

// "-12.5": no leading zeros, no zeros at the end of the fraction; only this form is read.
[[nodiscard]] std::string to_text(Decimal decimal);
[[nodiscard]] base::Result<Decimal> decimal_from_text(std::string_view text);

// 16 bytes, most significant first, the sign bit flipped: their order is that of the numbers.
void encode(base::Writer& out, Decimal decimal);
[[nodiscard]] Decimal decode_decimal(base::Reader& in);

}  // namespace edict::value
