// Types: every one bounds the canonical bytes of its values by MAX_VALUE_BYTES.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "value/limits.h"

namespace edict::value {

enum class Kind : std::uint8_t {
    boolean,
    integer,      // low..high
    text,         // at most `capacity` bytes of NFC UTF-8
    bytes,        // at most `capacity` bytes
    date,         // a day of the years 0001 to 9999
    party,        // 32-byte id
    hash,         // SHA-256
    enumeration,  // name, members, ordered
    record,       // name, fields
    optional,     // parts[0] or absent
    set,          // at most `capacity` distinct elements of parts[0], ascending
    tuple,        // parts; keys of maps
    decimal,      // exact; with a unit or currency in `name`, empty for a plain number
    time,         // a moment of the years 0001 to 9999, in milliseconds
    duration,     // a span of milliseconds, at most as long as those years
    list,         // at most `capacity` elements of parts[0], in their order
    commitment,   // a salted hash of a value of parts[0]
    pseudonym,    // a person under the secret key of a site
};

struct Type;
// Types are immutable and shared. Equality is by content: same_type().
using TypeRef = std::shared_ptr<const Type>;

struct Field {
    std::string name;
    TypeRef type;
};

struct Type {
    Kind kind = Kind::boolean;
    std::int64_t low = std::numeric_limits<std::int64_t>::min();   // integer
    std::int64_t high = std::numeric_limits<std::int64_t>::max();  // integer
    std::uint32_t capacity = 0;                                    // text, bytes, set, list
    std::string name;                  // enumeration, record: "module.Name"; decimal: its unit
    bool ordered = false;              // enumeration
    std::vector<std::string> members;  // enumeration
    std::vector<Field> fields;         // record
    std::vector<TypeRef> parts;        // optional, set, list, commitment: one; tuple: two or more
    std::size_t max_bytes = 0;         // bound on the canonical bytes of a value; set by the makers
    std::size_t own_bytes = 0;         // canonical bytes of the type itself; set by the makers
    std::size_t depth = 0;             // nesting, from 1; set by the makers
};

// The simple types, made once.
[[nodiscard]] TypeRef boolean_type();
[[nodiscard]] TypeRef integer_type();  // all 64 bits
[[nodiscard]] TypeRef date_type();
[[nodiscard]] TypeRef party_type();
[[nodiscard]] TypeRef hash_type();
[[nodiscard]] TypeRef decimal_type();  // without a unit
[[nodiscard]] TypeRef time_type();
[[nodiscard]] TypeRef duration_type();
[[nodiscard]] TypeRef pseudonym_type();
// Money whose currency is part of the value: a record of an amount and a currency's code.
[[nodiscard]] TypeRef money_type();

// The makers check the limits of value/limits.h; the error says which one is passed.
[[nodiscard]] base::Result<TypeRef> integer_range(std::int64_t low, std::int64_t high);
[[nodiscard]] base::Result<TypeRef> text_type(std::uint32_t capacity);
[[nodiscard]] base::Result<TypeRef> bytes_type(std::uint32_t capacity);
[[nodiscard]] base::Result<TypeRef> enum_type(std::string name, std::vector<std::string> members,
                                              bool ordered);
[[nodiscard]] base::Result<TypeRef> record_type(std::string name, std::vector<Field> fields);
[[nodiscard]] base::Result<TypeRef> optional_type(TypeRef element);
[[nodiscard]] base::Result<TypeRef> set_type(TypeRef element, std::uint32_t capacity);
[[nodiscard]] base::Result<TypeRef> tuple_type(std::vector<TypeRef> parts);
[[nodiscard]] base::Result<TypeRef> list_type(TypeRef element, std::uint32_t capacity);
[[nodiscard]] base::Result<TypeRef> commitment_type(TypeRef committed);
// A decimal that counts a unit ("mg") or, if the unit is three capital letters, a currency.
[[nodiscard]] base::Result<TypeRef> quantity_type(std::string unit);
[[nodiscard]] bool is_currency(std::string_view unit);

[[nodiscard]] bool same_type(const Type& a, const Type& b);
// Whether a value of either type may be compared with, or (after a range or capacity check at run
// time) stored as, the other: equal but for integer ranges and capacities of text, bytes and sets.
[[nodiscard]] bool same_shape(const Type& a, const Type& b);
// Whether every value of `from` is a value of `to` as it stands, without any check.
[[nodiscard]] bool fits_without_check(const Type& from, const Type& to);
// As an officer writes it: "Int 0..10", "Set<Text<64>, 8>", "Level", "Date?".
[[nodiscard]] std::string to_text(const Type& type);

// One type as canonical bytes, its parts in place: at most MAX_TYPE_BYTES.
void write(base::Writer& out, const Type& type);
[[nodiscard]] TypeRef read_type(base::Reader& in);  // on failure: in.ok() is false, boolean_type()

}  // namespace edict::value
