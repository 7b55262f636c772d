#include "value/type.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <span>
#include <utility>

#include "base/check.h"
#include "value/value.h"

namespace edict::value {

namespace {

constexpr std::int64_t MIN_INTEGER = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t MAX_INTEGER = std::numeric_limits<std::int64_t>::max();

constexpr std::size_t KIND_BYTES = 1;
constexpr std::size_t COUNT_BYTES = 4;
constexpr std::size_t INTEGER_BYTES = 8;
constexpr std::size_t ID_BYTES = 32;
constexpr std::size_t DECIMAL_BYTES = 16;
constexpr std::size_t CURRENCY_LETTERS = 3;

// A type with the sizes of the leaf `kind`; nothing to check.
Type leaf(Kind kind, std::size_t max_bytes) {
    Type type;
    type.kind = kind;
    type.max_bytes = max_bytes;
    type.own_bytes = KIND_BYTES;
    type.depth = 1;
    return type;
}

TypeRef shared_leaf(Kind kind, std::size_t max_bytes) {
    return std::make_shared<const Type>(leaf(kind, max_bytes));
}

// The limits that hold for every type. Sums cannot overflow before they come here: each part has
// passed this check, so its sizes are at most 2^20, and counts of parts are at most 2^32.
base::Result<TypeRef> finished(Type type) {
    if (type.max_bytes > MAX_VALUE_BYTES) {
        return base::input_error(
            fmt::format("a value of {} may take {} bytes; the limit is {} (MAX_VALUE_BYTES)",
                        to_text(type), type.max_bytes, MAX_VALUE_BYTES));
    }
    if (type.depth > MAX_TYPE_DEPTH) {
        return base::input_error(
            fmt::format("a type is nested {} deep; the limit is {} (MAX_TYPE_DEPTH)", type.depth,
                        MAX_TYPE_DEPTH));
    }
    if (type.own_bytes > MAX_TYPE_BYTES) {
        return base::input_error(
            fmt::format("the description of a type takes {} bytes; the limit is {} "
                        "(MAX_TYPE_BYTES)",
                        type.own_bytes, MAX_TYPE_BYTES));
    }
    return std::make_shared<const Type>(std::move(type));
}

// A type that holds `part`: one deeper, and described by as many more bytes.
void nest(Type& type, const TypeRef& part) {
    EDICT_CHECK(part != nullptr);
    type.own_bytes += part->own_bytes;
    type.depth = std::max(type.depth, part->depth + 1);
}

base::Status check_name(std::string_view what, const std::string& name) {
    if (name.empty()) return base::input_error(fmt::format("{} has an empty name", what));
    if (name.size() > MAX_NAME_BYTES) {
        return base::input_error(
            fmt::format("the name of {} has {} bytes; the limit is {} "
                        "(MAX_NAME_BYTES)",
                        what, name.size(), MAX_NAME_BYTES));
    }
    if (const base::Status text = check_text(name); !text) {
        return base::in_context(fmt::format("the name of {}", what), text.error());
    }
    return {};
}

base::Status check_count(const std::string& what, std::size_t count, std::size_t least,
                         std::size_t most, std::string_view limit_name) {
    if (count < least) {
        return base::input_error(
            fmt::format("{}: {} found, at least {} needed", what, count, least));
    }
    if (count > most) {
        return base::input_error(
            fmt::format("{}: {} found, the limit is {} ({})", what, count, most, limit_name));
    }
    return {};
}

std::size_t text_bytes(std::string_view text) { return COUNT_BYTES + text.size(); }

base::Result<TypeRef> bounded_bytes(Kind kind, std::uint32_t capacity) {
    Type type = leaf(kind, COUNT_BYTES + std::size_t{capacity});
    type.capacity = capacity;
    type.own_bytes += COUNT_BYTES;
    return finished(std::move(type));
}

// Of a set or list, with its word and the name of its limit.
base::Result<TypeRef> collection_type(Kind kind, TypeRef element, std::uint32_t capacity,
                                      std::size_t most, std::string_view word,
                                      std::string_view limit) {
    if (capacity > most) {
        return base::input_error(
            fmt::format("a {} of {} elements; the limit is {} ({})", word, capacity, most, limit));
    }
    Type type = leaf(kind, COUNT_BYTES);
    nest(type, element);
    type.own_bytes += COUNT_BYTES;
    type.capacity = capacity;
    type.max_bytes += std::size_t{capacity} * element->max_bytes;
    type.parts.push_back(std::move(element));
    return finished(std::move(type));
}

}  // namespace

TypeRef boolean_type() {
    static const TypeRef TYPE = shared_leaf(Kind::boolean, 1);
    return TYPE;
}

TypeRef integer_type() {
    static const TypeRef TYPE = integer_range(MIN_INTEGER, MAX_INTEGER).value();
    return TYPE;
}

TypeRef date_type() {
    static const TypeRef TYPE = shared_leaf(Kind::date, INTEGER_BYTES);
    return TYPE;
}

TypeRef party_type() {
    static const TypeRef TYPE = shared_leaf(Kind::party, ID_BYTES);
    return TYPE;
}

TypeRef hash_type() {
    static const TypeRef TYPE = shared_leaf(Kind::hash, ID_BYTES);
    return TYPE;
}

TypeRef decimal_type() {
    static const TypeRef TYPE = quantity_type("").value();
    return TYPE;
}

TypeRef time_type() {
    static const TypeRef TYPE = shared_leaf(Kind::time, INTEGER_BYTES);
    return TYPE;
}

TypeRef duration_type() {
    static const TypeRef TYPE = shared_leaf(Kind::duration, INTEGER_BYTES);
    return TYPE;
}

TypeRef pseudonym_type() {
    static const TypeRef TYPE = shared_leaf(Kind::pseudonym, ID_BYTES);
    return TYPE;
}

TypeRef money_type() {
    static const TypeRef TYPE =
        record_type("Money",
                    {{"amount", decimal_type()}, {"currency", text_type(CURRENCY_LETTERS).value()}})
            .value();
    return TYPE;
}

bool is_currency(std::string_view unit) {
    return unit.size() == CURRENCY_LETTERS &&
           std::ranges::all_of(unit, [](char c) { return c >= 'A' && c <= 'Z'; });
}

base::Result<TypeRef> quantity_type(std::string unit) {
    if (unit.size() > MAX_UNIT_BYTES) {
        return base::input_error(
            fmt::format("the unit {} has {} bytes; the limit is {} "
                        "(MAX_UNIT_BYTES)",
                        unit, unit.size(), MAX_UNIT_BYTES));
    }
    if (const base::Status ok = check_text(unit); !ok) return base::error_of(ok);
    Type type = leaf(Kind::decimal, DECIMAL_BYTES);
    type.own_bytes += text_bytes(unit);
    type.name = std::move(unit);
    return finished(std::move(type));
}

base::Result<TypeRef> integer_range(std::int64_t low, std::int64_t high) {
    if (low > high) {
        return base::input_error(
            fmt::format("the range {}..{} is empty: its first bound is the larger one", low, high));
    }
    Type type = leaf(Kind::integer, INTEGER_BYTES);
    type.low = low;
    type.high = high;
    type.own_bytes += 2 * INTEGER_BYTES;
    return finished(std::move(type));
}

base::Result<TypeRef> text_type(std::uint32_t capacity) {
    return bounded_bytes(Kind::text, capacity);
}

base::Result<TypeRef> bytes_type(std::uint32_t capacity) {
    return bounded_bytes(Kind::bytes, capacity);
}

base::Result<TypeRef> enum_type(std::string name, std::vector<std::string> members, bool ordered) {
    if (const base::Status ok = check_name("an enum", name); !ok) return base::error_of(ok);
    if (const base::Status ok = check_count(fmt::format("members of enum {}", name), members.size(),
                                            1, MAX_ENUM_MEMBERS, "MAX_ENUM_MEMBERS");
        !ok) {
        return base::error_of(ok);
    }
    Type type = leaf(Kind::enumeration, COUNT_BYTES);
    type.own_bytes += text_bytes(name) + 1 + COUNT_BYTES;
    std::set<std::string_view> seen;
    for (const std::string& member : members) {
        const base::Status ok = check_name(fmt::format("a member of enum {}", name), member);
        if (!ok) return base::error_of(ok);
        if (!seen.insert(member).second) {
            return base::input_error(fmt::format("enum {} has two members {}", name, member));
        }
        type.own_bytes += text_bytes(member);
    }
    type.name = std::move(name);
    type.members = std::move(members);
    type.ordered = ordered;
    return finished(std::move(type));
}

base::Result<TypeRef> record_type(std::string name, std::vector<Field> fields) {
    if (const base::Status ok = check_name("a record", name); !ok) return base::error_of(ok);
    if (const base::Status ok = check_count(fmt::format("fields of record {}", name), fields.size(),
                                            0, MAX_RECORD_FIELDS, "MAX_RECORD_FIELDS");
        !ok) {
        return base::error_of(ok);
    }
    Type type = leaf(Kind::record, 0);
    type.own_bytes += text_bytes(name) + COUNT_BYTES;
    std::set<std::string_view> seen;
    for (const Field& field : fields) {
        const base::Status ok = check_name(fmt::format("a field of record {}", name), field.name);
        if (!ok) return base::error_of(ok);
        if (!seen.insert(field.name).second) {
            return base::input_error(fmt::format("record {} has two fields {}", name, field.name));
        }
        nest(type, field.type);
        type.own_bytes += text_bytes(field.name);
        type.max_bytes += field.type->max_bytes;
    }
    // A record without fields takes no byte but memory; counted as one byte, so that max_bytes
    // bounds the memory of any value by a constant factor.
    type.max_bytes = std::max<std::size_t>(type.max_bytes, 1);
    type.name = std::move(name);
    type.fields = std::move(fields);
    return finished(std::move(type));
}

base::Result<TypeRef> optional_type(TypeRef element) {
    Type type = leaf(Kind::optional, 1);
    nest(type, element);
    type.max_bytes += element->max_bytes;
    type.parts.push_back(std::move(element));
    return finished(std::move(type));
}

base::Result<TypeRef> set_type(TypeRef element, std::uint32_t capacity) {
    return collection_type(Kind::set, std::move(element), capacity, MAX_SET_ELEMENTS, "Set",
                           "MAX_SET_ELEMENTS");
}

base::Result<TypeRef> list_type(TypeRef element, std::uint32_t capacity) {
    return collection_type(Kind::list, std::move(element), capacity, MAX_LIST_ELEMENTS, "List",
                           "MAX_LIST_ELEMENTS");
}

base::Result<TypeRef> commitment_type(TypeRef committed) {
    Type type = leaf(Kind::commitment, ID_BYTES);
    nest(type, committed);
    type.parts.push_back(std::move(committed));
    return finished(std::move(type));
}

base::Result<TypeRef> tuple_type(std::vector<TypeRef> parts) {
    if (const base::Status ok =
            check_count("parts of a tuple", parts.size(), 2, MAX_TUPLE_PARTS, "MAX_TUPLE_PARTS");
        !ok) {
        return base::error_of(ok);
    }
    Type type = leaf(Kind::tuple, 0);
    type.own_bytes += COUNT_BYTES;
    for (const TypeRef& part : parts) {
        nest(type, part);
        type.max_bytes += part->max_bytes;
    }
    type.parts = std::move(parts);
    return finished(std::move(type));
}

namespace {

using Relation = bool (*)(const Type&, const Type&);

// Whether the two have the same skeleton and `related` holds for each pair of parts.
bool parts_related(const Type& a, const Type& b, Relation related) {
    return a.kind == b.kind && a.name == b.name && a.ordered == b.ordered &&
           a.members == b.members &&
           std::ranges::equal(a.fields, b.fields,
                              [&](const Field& left, const Field& right) {
                                  return left.name == right.name &&
                                         related(*left.type, *right.type);
                              }) &&
           std::ranges::equal(a.parts, b.parts, [&](const TypeRef& left, const TypeRef& right) {
               return related(*left, *right);
           });
}

}  // namespace

bool same_type(const Type& a, const Type& b) {
    if (&a == &b) return true;
    return a.low == b.low && a.high == b.high && a.capacity == b.capacity &&
           parts_related(a, b, same_type);
}

bool same_shape(const Type& a, const Type& b) {
    return &a == &b || parts_related(a, b, same_shape);
}

bool fits_without_check(const Type& from, const Type& to) {
    if (&from == &to) return true;
    return from.low >= to.low && from.high <= to.high && from.capacity <= to.capacity &&
           parts_related(from, to, fits_without_check);
}

namespace {

// 10000000 as 10_000_000, as it is written in source.
std::string grouped(std::int64_t number) {
    std::string text = fmt::format("{}", number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > first + 3;) {
        at -= 3;
        text.insert(at, 1, '_');
    }
    return text;
}

std::string unqualified(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos ? name : name.substr(dot + 1);
}

}  // namespace

std::string to_text(const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return "Bool";
        case Kind::integer:
            if (type.low == MIN_INTEGER && type.high == MAX_INTEGER) return "Int";
            return fmt::format("Int {}..{}", grouped(type.low), grouped(type.high));
        case Kind::text:
            if (type.capacity == DEFAULT_TEXT_CAPACITY) return "Text";
            return fmt::format("Text<{}>", type.capacity);
        case Kind::bytes:
            return fmt::format("Bytes<{}>", type.capacity);
        case Kind::date:
            return "Date";
        case Kind::party:
            return "Party";
        case Kind::hash:
            return "Hash";
        case Kind::enumeration:
        case Kind::record:
            return unqualified(type.name);
        case Kind::optional:
            return to_text(*type.parts[0]) + "?";
        case Kind::decimal:
            if (type.name.empty()) return "Decimal";
            return fmt::format("{}<{}>", is_currency(type.name) ? "Money" : "Quantity", type.name);
        case Kind::time:
            return "Time";
        case Kind::duration:
            return "Duration";
        case Kind::list:
            return fmt::format("List<{}, {}>", to_text(*type.parts[0]), type.capacity);
        case Kind::commitment:
            return fmt::format("Commitment<{}>", to_text(*type.parts[0]));
        case Kind::pseudonym:
            return "Pseudonym";
        case Kind::set:
            return fmt::format("Set<{}, {}>", to_text(*type.parts[0]), type.capacity);
        case Kind::tuple: {
            std::string text = "(";
            for (const TypeRef& part : type.parts) {
                if (text.size() > 1) text += ", ";
                text += to_text(*part);
            }
            return text + ")";
        }
    }
    base::check_failed("a kind of type without a text", __FILE__, __LINE__);
}

void write(base::Writer& out, const Type& type) {
    out.u8(static_cast<std::uint8_t>(type.kind));
    switch (type.kind) {
        case Kind::boolean:
        case Kind::date:
        case Kind::party:
        case Kind::hash:
        case Kind::time:
        case Kind::duration:
        case Kind::pseudonym:
            return;
        case Kind::decimal:
            out.text(type.name);
            return;
        case Kind::commitment:
            write(out, *type.parts[0]);
            return;
        case Kind::integer:
            out.i64(type.low);
            out.i64(type.high);
            return;
        case Kind::text:
        case Kind::bytes:
            out.u32(type.capacity);
            return;
        case Kind::enumeration:
            out.text(type.name);
            out.boolean(type.ordered);
            out.count(type.members.size());
            for (const std::string& member : type.members) out.text(member);
            return;
        case Kind::record:
            out.text(type.name);
            out.count(type.fields.size());
            for (const Field& field : type.fields) {
                out.text(field.name);
                write(out, *field.type);
            }
            return;
        case Kind::optional:
            write(out, *type.parts[0]);
            return;
        case Kind::set:
        case Kind::list:
            out.u32(type.capacity);
            write(out, *type.parts[0]);
            return;
        case Kind::tuple:
            out.count(type.parts.size());
            for (const TypeRef& part : type.parts) write(out, *part);
            return;
    }
    base::check_failed("a kind of type without an encoding", __FILE__, __LINE__);
}

namespace {

// What a maker refuses is refused here too; a maker is never called with what failed to be read.
TypeRef made(base::Reader& in, const base::Result<TypeRef>& type) {
    if (type) return *type;
    in.fail(type.error().message);
    return boolean_type();
}

TypeRef read_at_depth(base::Reader& in, std::size_t depth);

TypeRef read_enum(base::Reader& in) {
    std::string name = in.text(MAX_NAME_BYTES);
    const bool ordered = in.boolean();
    const std::size_t count = in.count(MAX_ENUM_MEMBERS, COUNT_BYTES);
    std::vector<std::string> members;
    members.reserve(count);
    for (std::size_t i = 0; i < count && in.ok(); ++i) members.push_back(in.text(MAX_NAME_BYTES));
    if (!in.ok()) return boolean_type();
    return made(in, enum_type(std::move(name), std::move(members), ordered));
}

TypeRef read_record(base::Reader& in, std::size_t depth) {
    std::string name = in.text(MAX_NAME_BYTES);
    const std::size_t count = in.count(MAX_RECORD_FIELDS, COUNT_BYTES + KIND_BYTES);
    std::vector<Field> fields;
    fields.reserve(count);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        std::string field = in.text(MAX_NAME_BYTES);
        fields.push_back({std::move(field), read_at_depth(in, depth + 1)});
    }
    if (!in.ok()) return boolean_type();
    return made(in, record_type(std::move(name), std::move(fields)));
}

TypeRef read_tuple(base::Reader& in, std::size_t depth) {
    const std::size_t count = in.count(MAX_TUPLE_PARTS, KIND_BYTES);
    std::vector<TypeRef> parts;
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        parts.push_back(read_at_depth(in, depth + 1));
    }
    if (!in.ok()) return boolean_type();
    return made(in, tuple_type(std::move(parts)));
}

TypeRef read_at_depth(base::Reader& in, std::size_t depth) {
    // Checked on the way down: the makers would see the depth only after the recursion.
    if (depth > MAX_TYPE_DEPTH) {
        in.fail(fmt::format("a type is nested more than {} deep (MAX_TYPE_DEPTH)", MAX_TYPE_DEPTH));
    }
    const std::uint8_t kind = in.u8();
    if (!in.ok()) return boolean_type();
    switch (static_cast<Kind>(kind)) {
        case Kind::boolean:
            return boolean_type();
        case Kind::date:
            return date_type();
        case Kind::party:
            return party_type();
        case Kind::hash:
            return hash_type();
        case Kind::time:
            return time_type();
        case Kind::duration:
            return duration_type();
        case Kind::pseudonym:
            return pseudonym_type();
        case Kind::decimal: {
            std::string unit = in.text(MAX_UNIT_BYTES);
            return in.ok() ? made(in, quantity_type(std::move(unit))) : boolean_type();
        }
        case Kind::commitment: {
            const TypeRef committed = read_at_depth(in, depth + 1);
            return in.ok() ? made(in, commitment_type(committed)) : boolean_type();
        }
        case Kind::list: {
            const std::uint32_t capacity = in.u32();
            const TypeRef element = read_at_depth(in, depth + 1);
            return in.ok() ? made(in, list_type(element, capacity)) : boolean_type();
        }
        case Kind::integer: {
            const std::int64_t low = in.i64();
            const std::int64_t high = in.i64();
            return in.ok() ? made(in, integer_range(low, high)) : boolean_type();
        }
        case Kind::text: {
            const std::uint32_t capacity = in.u32();
            return in.ok() ? made(in, text_type(capacity)) : boolean_type();
        }
        case Kind::bytes: {
            const std::uint32_t capacity = in.u32();
            return in.ok() ? made(in, bytes_type(capacity)) : boolean_type();
        }
        case Kind::enumeration:
            return read_enum(in);
        case Kind::record:
            return read_record(in, depth);
        case Kind::optional: {
            const TypeRef element = read_at_depth(in, depth + 1);
            return in.ok() ? made(in, optional_type(element)) : boolean_type();
        }
        case Kind::set: {
            const std::uint32_t capacity = in.u32();
            const TypeRef element = read_at_depth(in, depth + 1);
            return in.ok() ? made(in, set_type(element, capacity)) : boolean_type();
        }
        case Kind::tuple:
            return read_tuple(in, depth);
    }
    in.fail(fmt::format("{} is no kind of type", kind));
    return boolean_type();
}

}  // namespace

TypeRef read_type(base::Reader& in) { return read_at_depth(in, 1); }

}  // namespace edict::value
