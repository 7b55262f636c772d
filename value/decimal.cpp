#include "value/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace edict::value {

namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr std::array<std::string_view, ROUNDINGS> ROUNDING_NAMES = {
    "half_even", "half_up", "down", "up", "floor", "ceiling"};

std::optional<Decimal> fitted(Int128 units) {
    const Decimal made{units};
    return made.in_range() ? std::optional(made) : std::nullopt;
}

Wide magnitude(Int128 number) {
    return number < 0 ? Wide{0} - static_cast<Wide>(number) : static_cast<Wide>(number);
}

struct Product {  // 256 bits
    Wide high = 0, low = 0;
};

Product multiply(Wide a, Wide b) {
    constexpr Wide HALF = ~std::uint64_t{0};
    const Wide a0 = a & HALF, a1 = a >> 64, b0 = b & HALF, b1 = b >> 64;
    const Wide low = a0 * b0;
    const Wide middle = a1 * b0 + (low >> 64);  // cannot overflow: (2^64-1)^2 + 2^64-1
    const Wide other = a0 * b1 + (middle & HALF);
    return {a1 * b1 + (middle >> 64) + (other >> 64), (other << 64) | (low & HALF)};
}

struct Quotient {
    Wide whole = 0, rest = 0;
};

// Long division, bit by bit; nothing if the quotient takes more than 127 bits. `divisor` is less
// than 2^127, so the remainder can be doubled.
std::optional<Quotient> divide(const Product& product, Wide divisor) {
    Quotient found;
    for (int bit = 255; bit >= 0; --bit) {
        const Wide half = bit >= 128 ? product.high : product.low;
        found.rest = (found.rest << 1) | ((half >> (bit % 128)) & 1);
        if ((found.whole >> 126) != 0) return std::nullopt;
        found.whole <<= 1;
        if (found.rest >= divisor) {
            found.rest -= divisor;
            found.whole |= 1;
        }
    }
    return found;
}

Wide power_of_ten(int exponent) {
    Wide power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

bool away_from_zero(Rounding rounding, bool negative, bool odd, std::strong_ordering to_half) {
    switch (rounding) {
        case Rounding::half_even:
            return to_half > 0 || (to_half == 0 && odd);
        case Rounding::half_up:
            return to_half >= 0;
        case Rounding::down:
            return false;
        case Rounding::up:
            return true;
        case Rounding::floor:
            return negative;
        case Rounding::ceiling:
            return !negative;
    }
    return false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Rounding> rounding_named(std::string_view name) {
    const auto found = std::ranges::find(ROUNDING_NAMES, name);
    if (found == ROUNDING_NAMES.end()) return std::nullopt;
    return static_cast<Rounding>(found - ROUNDING_NAMES.begin());
}

std::string_view name_of(Rounding rounding) {
    return ROUNDING_NAMES[static_cast<std::size_t>(rounding)];
}

std::optional<Decimal> add(Decimal a, Decimal b) { return fitted(a.units + b.units); }
std::optional<Decimal> subtract(Decimal a, Decimal b) { return fitted(a.units - b.units); }

std::optional<Decimal> times(Decimal a, std::int64_t b) {
    Int128 units = 0;
    if (__builtin_mul_overflow(a.units, Int128{b}, &units)) return std::nullopt;
    return fitted(units);
}

std::optional<Decimal> round_ratio(Decimal a, Decimal b, Decimal c, int places, Rounding rounding) {
    if (c.units == 0) return std::nullopt;
    const bool negative = ((a.units < 0) != (b.units < 0)) != (c.units < 0);
    const Wide divisor = magnitude(c.units);
    const auto exact = divide(multiply(magnitude(a.units), magnitude(b.units)), divisor);
    if (!exact) return std::nullopt;
    const Wide step = power_of_ten(DECIMAL_PLACES - places);
    Wide steps = exact->whole / step;
    const Wide dropped = exact->whole % step;
    if (dropped != 0 || exact->rest != 0) {
        // What is dropped is (dropped + rest / divisor) of a step.
        std::strong_ordering to_half = std::strong_ordering::equal;
        if (step == 1) {
            to_half = exact->rest * 2 <=> divisor;
        } else if (dropped * 2 != step) {
            to_half = dropped * 2 <=> step;
        } else if (exact->rest != 0) {
            to_half = std::strong_ordering::greater;
        }
        if (away_from_zero(rounding, negative, (steps & 1) != 0, to_half)) ++steps;
    }
    const auto units = static_cast<Int128>(steps * step);
    return fitted(negative ? -units : units);
}

std::optional<std::int64_t> to_whole(Decimal a) {
    if (a.units % DECIMAL_ONE != 0) return std::nullopt;
    const Int128 number = a.units / DECIMAL_ONE;
    const auto small = static_cast<std::int64_t>(number);
    return Int128{small} == number ? std::optional(small) : std::nullopt;
}

std::string to_text(Decimal decimal) {
    const Wide units = magnitude(decimal.units);
    std::string text = fmt::format("{:010}", units);
    text.insert(text.size() - DECIMAL_PLACES, 1, '.');
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return decimal.units < 0 ? "-" + text : text;
}

base::Result<Decimal> decimal_from_text(std::string_view text) {
    Decimal read;
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    int places = -1;  // digits seen after the point
    bool good = rest.size() <= 38;
    for (const char c : rest) {
        if (c == '.' && places < 0) {
            places = 0;
        } else if (good && is_digit(c)) {
            read.units = read.units * 10 + (c - '0');
            if (places >= 0) ++places;
        } else {
            good = false;
        }
    }
    good = good && places <= DECIMAL_PLACES;
    for (int i = std::max(places, 0); good && i < DECIMAL_PLACES; ++i) {
        good = read.units < Decimal::LIMIT;
        read.units *= 10;
    }
    if (negative) read.units = -read.units;
    // One text for each number: what is read must be written so.
    if (good && read.in_range() && to_text(read) == text) return read;
    return base::input_error(fmt::format(
        "a decimal is written as -12.5: at most 27 digits before its point and 9 after it, without "
        "needless zeros, not {}",
        text.substr(0, 60)));
}

void encode(base::Writer& out, Decimal decimal) {
    const auto bits = static_cast<Wide>(decimal.units) ^ (Wide{1} << 127);
    out.u64(static_cast<std::uint64_t>(bits >> 64));
    out.u64(static_cast<std::uint64_t>(bits));
}

Decimal decode_decimal(base::Reader& in) {
    const Wide high = in.u64();
    const Wide low = in.u64();
    return {static_cast<Int128>(((high << 64) | low) ^ (Wide{1} << 127))};
}

}  // namespace edict::value
