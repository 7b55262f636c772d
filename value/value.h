// Values: one canonical encoding for each, and a total order that is the order of those bytes.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "value/decimal.h"
#include "value/type.h"

namespace edict::value {

// Days since 1970-01-01 (proleptic Gregorian), within the years 0001 to 9999.
struct Date {
    std::int32_t days = 0;
    friend auto operator<=>(const Date&, const Date&) = default;
};
inline constexpr Date FIRST_DATE{-719'162};  // 0001-01-01
inline constexpr Date LAST_DATE{2'932'896};  // 9999-12-31

// The identity of a party, fixed at registration; its keys change, this does not.
struct PartyId {
    std::array<std::uint8_t, 32> bytes{};
    friend auto operator<=>(const PartyId&, const PartyId&) = default;
    [[nodiscard]] std::string hex() const { return base::to_hex(bytes); }
};

// A moment: milliseconds since 1970-01-01T00:00Z, within the years 0001 to 9999 (UTC).
struct Time {
    std::int64_t ms = 0;
    friend auto operator<=>(const Time&, const Time&) = default;
};
inline constexpr std::int64_t MS_OF_DAY = 86'400'000;
inline constexpr Time FIRST_TIME{FIRST_DATE.days * MS_OF_DAY};
inline constexpr Time LAST_TIME{(LAST_DATE.days + 1) * MS_OF_DAY - 1};

// A span of time in milliseconds, either way.
struct Duration {
    std::int64_t ms = 0;
    friend auto operator<=>(const Duration&, const Duration&) = default;
};
inline constexpr std::int64_t MAX_DURATION_MS = LAST_TIME.ms - FIRST_TIME.ms;

struct EnumMember {
    std::uint32_t ordinal = 0;
    friend auto operator<=>(const EnumMember&, const EnumMember&) = default;
};

struct Value;

struct Record {  // fields in declared order; tuples too
    std::vector<Value> fields;
};
struct Optional {  // no element, or one
    std::vector<Value> element;
};
struct List {  // in the order in which they were given
    std::vector<Value> elements;
};
struct Set {  // strictly ascending by compare()
    std::vector<Value> elements;
};

// A value does not carry its type; what reads it is given the type beside it.
struct Value {
    std::variant<bool, std::int64_t, Date, EnumMember, std::string, base::Bytes, PartyId,
                 crypto::Hash, Record, Optional, Set, Decimal, Time, Duration, List>
        data;
};

// Total order of two values of one type; equal to the order of their canonical bytes.
[[nodiscard]] std::strong_ordering compare(const Value& a, const Value& b);
[[nodiscard]] inline bool operator==(const Value& a, const Value& b) { return compare(a, b) == 0; }

// Sorts and removes duplicates.
[[nodiscard]] Set make_set(std::vector<Value> elements);

// Ok if `value` is a value of `type`: range, capacity, NFC, members, order of sets. The error names
// the place inside the value (".subjects", "[2]").
[[nodiscard]] base::Status check(const Value& value, const Type& type);

// Canonical bytes. encode() demands a value that check() accepts. decode() accepts exactly what
// encode() makes; on failure in.ok() is false.
void encode(base::Writer& out, const Value& value, const Type& type);
[[nodiscard]] Value decode(base::Reader& in, const Type& type);
[[nodiscard]] base::Bytes to_bytes(const Value& value, const Type& type);
[[nodiscard]] base::Result<Value> from_bytes(base::ByteView bytes, const Type& type);

// As an officer writes it: 2026-02-01, "pbc", research, { "age", "sex" }, absent.
[[nodiscard]] std::string to_text(const Value& value, const Type& type);

// "2026-02-01", only this form.
[[nodiscard]] base::Result<Date> date_from_text(std::string_view text);
[[nodiscard]] std::string to_text(Date date);
// "2026-02-01T09:30:00Z", with milliseconds where there are any: only these forms.
[[nodiscard]] base::Result<Time> time_from_text(std::string_view text);
[[nodiscard]] std::string to_text(Time time);
// "30 days", "90 minutes": in the largest unit that measures it; one text for each duration.
[[nodiscard]] base::Result<Duration> duration_from_text(std::string_view text);
[[nodiscard]] std::string to_text(Duration duration);
// The milliseconds of one day, hour, minute, second, millisecond, by the unit's name in either
// number; nothing for another word.
[[nodiscard]] std::optional<std::int64_t> milliseconds_of(std::string_view unit);

// The day of a moment (milliseconds since 1970, UTC) in a zone given in minutes east of UTC.
// A moment outside the years 0001 to 9999 counts to the nearest day inside.
[[nodiscard]] Date day_of(std::int64_t time_ms, int zone_minutes);
// The first moment of a day in a zone.
[[nodiscard]] std::int64_t start_of_day_ms(Date date, int zone_minutes);

// The id that tests, devnet and examples give to a party of this name.
[[nodiscard]] PartyId party_named(std::string_view name);
// The id under which a module calls another.
[[nodiscard]] PartyId party_of_module(std::string_view module_name);

// Whether the text is UTF-8 in Normalization Form C, of characters of Unicode 15.0 (so that nodes
// with different versions of ICU agree), without control characters other than tab and line feed.
[[nodiscard]] bool is_canonical_text(std::string_view text);
// The same, with the reason.
[[nodiscard]] base::Status check_text(std::string_view text);
// For what comes from outside: normalizes; refuses what no normalization repairs.
[[nodiscard]] base::Result<std::string> to_nfc(std::string_view text);

}  // namespace edict::value
