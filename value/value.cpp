#include "value/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/check.h"

namespace edict::value {

namespace {

// The canonical bytes start with the length, so a shorter one comes first.
std::strong_ordering compare_bytes(base::ByteView a, base::ByteView b) {
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.empty() ? std::strong_ordering::equal
                     : std::memcmp(a.data(), b.data(), a.size()) <=> 0;
}

std::strong_ordering compare_each(const std::vector<Value>& a, const std::vector<Value>& b) {
    if (a.size() != b.size()) return a.size() <=> b.size();
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (const auto order = compare(a[i], b[i]); order != 0) return order;
    }
    return std::strong_ordering::equal;
}

struct CompareSameKind {
    const Value& other;

    template <typename T>
    std::strong_ordering operator()(const T& mine) const {
        const T& theirs = std::get<T>(other.data);
        if constexpr (std::is_same_v<T, std::string>) {
            return compare_bytes(base::as_bytes(mine), base::as_bytes(theirs));
        } else if constexpr (std::is_same_v<T, base::Bytes>) {
            return compare_bytes(mine, theirs);
        } else if constexpr (std::is_same_v<T, Record>) {
            return compare_each(mine.fields, theirs.fields);
        } else if constexpr (std::is_same_v<T, Optional>) {
            return compare_each(mine.element, theirs.element);
        } else if constexpr (std::is_same_v<T, Set> || std::is_same_v<T, List>) {
            return compare_each(mine.elements, theirs.elements);
        } else {
            return mine <=> theirs;
        }
    }
};

bool before(const Value& a, const Value& b) { return compare(a, b) < 0; }

}  // namespace

std::strong_ordering compare(const Value& a, const Value& b) {
    EDICT_CHECK(a.data.index() == b.data.index());
    return std::visit(CompareSameKind{b}, a.data);
}

Set make_set(std::vector<Value> elements) {
    std::sort(elements.begin(), elements.end(), before);
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    return Set{std::move(elements)};
}

namespace {

// What is wrong with a value, and where inside it.
struct Problem {
    std::string place;
    std::string what;
};
using Checked = std::optional<Problem>;  // nothing: the value is fine

Problem problem(std::string what) { return {"", std::move(what)}; }

// Places grow on the way out, so that a good value pays nothing for them.
Checked within(const std::string& place, Checked inner) {
    if (inner) inner->place.insert(0, place);
    return inner;
}

Checked check_value(const Value& value, const Type& type);

// The alternative of the variant that values of this kind hold.
template <typename T>
const T* held(const Value& value) {
    return std::get_if<T>(&value.data);
}

Problem wrong_kind(const Type& type) {
    return problem(fmt::format("the value is no {}", to_text(type)));
}

Checked check_size(const Type& type, std::size_t size, std::string_view unit) {
    if (size <= type.capacity) return std::nullopt;
    return problem(
        fmt::format("{} {}; {} holds at most {}", size, unit, to_text(type), type.capacity));
}

Checked check_parts(const std::vector<Value>& values, const Type& type) {
    const bool is_record = type.kind == Kind::record;
    const std::size_t size = is_record ? type.fields.size() : type.parts.size();
    if (values.size() != size) {
        return problem(fmt::format("{} parts; {} has {}", values.size(), to_text(type), size));
    }
    for (std::size_t i = 0; i < size; ++i) {
        const Type& part = is_record ? *type.fields[i].type : *type.parts[i];
        if (Checked bad = check_value(values[i], part)) {
            const std::string place =
                is_record ? "." + type.fields[i].name : fmt::format("[{}]", i);
            return within(place, std::move(bad));
        }
    }
    return std::nullopt;
}

Checked check_set(const Set& set, const Type& type) {
    if (Checked bad = check_size(type, set.elements.size(), "elements")) return bad;
    for (std::size_t i = 0; i < set.elements.size(); ++i) {
        const std::string place = fmt::format("[{}]", i);
        if (Checked bad = check_value(set.elements[i], *type.parts[0])) {
            return within(place, std::move(bad));
        }
        if (i > 0 && !before(set.elements[i - 1], set.elements[i])) {
            return Problem{place, "the elements of a Set are in strictly ascending order"};
        }
    }
    return std::nullopt;
}

Checked check_list(const List& list, const Type& type) {
    if (Checked bad = check_size(type, list.elements.size(), "elements")) return bad;
    for (std::size_t i = 0; i < list.elements.size(); ++i) {
        if (Checked bad = check_value(list.elements[i], *type.parts[0])) {
            return within(fmt::format("[{}]", i), std::move(bad));
        }
    }
    return std::nullopt;
}

Checked check_time(std::int64_t ms) {
    if (ms >= FIRST_TIME.ms && ms <= LAST_TIME.ms) return std::nullopt;
    return problem(fmt::format("moment {} is outside of the years 0001 to 9999", ms));
}

Checked check_duration(std::int64_t ms) {
    if (ms >= -MAX_DURATION_MS && ms <= MAX_DURATION_MS) return std::nullopt;
    return problem(fmt::format("{} milliseconds are longer than any Duration", ms));
}

Checked check_decimal(const Decimal& decimal) {
    if (decimal.in_range()) return std::nullopt;
    return problem("the number has more than 27 digits before its point");
}

Checked check_integer(std::int64_t number, const Type& type) {
    if (number >= type.low && number <= type.high) return std::nullopt;
    return problem(fmt::format("{} is outside of {}", number, to_text(type)));
}

Checked check_date(std::int64_t days) {
    if (days >= FIRST_DATE.days && days <= LAST_DATE.days) return std::nullopt;
    return problem(fmt::format("day {} is outside of the years 0001 to 9999", days));
}

Checked check_ordinal(std::uint32_t ordinal, const Type& type) {
    if (ordinal < type.members.size()) return std::nullopt;
    return problem(fmt::format("{} has {} members; there is no member {}", to_text(type),
                               type.members.size(), ordinal));
}

Checked check_string(const std::string& text, const Type& type) {
    if (Checked bad = check_size(type, text.size(), "bytes")) return bad;
    if (const base::Status ok = check_text(text); !ok) return problem(ok.error().message);
    return std::nullopt;
}

Checked check_value(const Value& value, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            if (held<bool>(value)) return std::nullopt;
            break;
        case Kind::integer:
            if (const auto* number = held<std::int64_t>(value)) return check_integer(*number, type);
            break;
        case Kind::text:
            if (const auto* text = held<std::string>(value)) return check_string(*text, type);
            break;
        case Kind::bytes:
            if (const auto* bytes = held<base::Bytes>(value)) {
                return check_size(type, bytes->size(), "bytes");
            }
            break;
        case Kind::date:
            if (const auto* date = held<Date>(value)) return check_date(date->days);
            break;
        case Kind::party:
            if (held<PartyId>(value)) return std::nullopt;
            break;
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
            if (held<crypto::Hash>(value)) return std::nullopt;
            break;
        case Kind::decimal:
            if (const auto* decimal = held<Decimal>(value)) return check_decimal(*decimal);
            break;
        case Kind::time:
            if (const auto* time = held<Time>(value)) return check_time(time->ms);
            break;
        case Kind::duration:
            if (const auto* duration = held<Duration>(value)) return check_duration(duration->ms);
            break;
        case Kind::list:
            if (const auto* list = held<List>(value)) return check_list(*list, type);
            break;
        case Kind::enumeration:
            if (const auto* member = held<EnumMember>(value)) {
                return check_ordinal(member->ordinal, type);
            }
            break;
        case Kind::record:
        case Kind::tuple:
            if (const auto* record = held<Record>(value)) return check_parts(record->fields, type);
            break;
        case Kind::optional:
            if (const auto* optional = held<Optional>(value)) {
                if (optional->element.empty()) return std::nullopt;
                if (optional->element.size() > 1) return problem("an optional of two elements");
                return check_value(optional->element[0], *type.parts[0]);
            }
            break;
        case Kind::set:
            if (const auto* set = held<Set>(value)) return check_set(*set, type);
            break;
    }
    return wrong_kind(type);
}

}  // namespace

base::Status check(const Value& value, const Type& type) {
    const Checked bad = check_value(value, type);
    if (!bad) return {};
    return base::input_error(bad->place.empty() ? bad->what
                                                : fmt::format("{}: {}", bad->place, bad->what));
}

namespace {

// encode() was promised a good value; what costs little is checked again, so that a defect
// elsewhere ends the process and not in bytes that other nodes refuse.
template <typename T>
const T& promised(const Value& value) {
    const T* found = std::get_if<T>(&value.data);
    EDICT_CHECK(found != nullptr);
    return *found;
}

void encode_set(base::Writer& out, const Set& set, const Type& type) {
    EDICT_CHECK(set.elements.size() <= type.capacity);
    out.count(set.elements.size());
    for (std::size_t i = 0; i < set.elements.size(); ++i) {
        EDICT_CHECK(i == 0 || before(set.elements[i - 1], set.elements[i]));
        encode(out, set.elements[i], *type.parts[0]);
    }
}

void encode_parts(base::Writer& out, const Record& record, const Type& type) {
    if (type.kind == Kind::record) {
        EDICT_CHECK(record.fields.size() == type.fields.size());
        for (std::size_t i = 0; i < record.fields.size(); ++i) {
            encode(out, record.fields[i], *type.fields[i].type);
        }
    } else {
        EDICT_CHECK(record.fields.size() == type.parts.size());
        for (std::size_t i = 0; i < record.fields.size(); ++i) {
            encode(out, record.fields[i], *type.parts[i]);
        }
    }
}

}  // namespace

void encode(base::Writer& out, const Value& value, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            out.boolean(promised<bool>(value));
            return;
        case Kind::integer: {
            const auto number = promised<std::int64_t>(value);
            EDICT_CHECK(!check_integer(number, type));
            out.i64(number);
            return;
        }
        case Kind::text: {
            const auto& text = promised<std::string>(value);
            EDICT_CHECK(text.size() <= type.capacity);
            out.text(text);
            return;
        }
        case Kind::bytes: {
            const auto& bytes = promised<base::Bytes>(value);
            EDICT_CHECK(bytes.size() <= type.capacity);
            out.bytes(bytes);
            return;
        }
        case Kind::date: {
            const Date date = promised<Date>(value);
            EDICT_CHECK(!check_date(date.days));
            out.i64(date.days);
            return;
        }
        case Kind::party:
            out.raw(promised<PartyId>(value).bytes);
            return;
        case Kind::decimal: {
            const Decimal decimal = promised<Decimal>(value);
            EDICT_CHECK(decimal.in_range());
            encode(out, decimal);
            return;
        }
        case Kind::time: {
            const std::int64_t ms = promised<Time>(value).ms;
            EDICT_CHECK(!check_time(ms));
            out.i64(ms);
            return;
        }
        case Kind::duration: {
            const std::int64_t ms = promised<Duration>(value).ms;
            EDICT_CHECK(!check_duration(ms));
            out.i64(ms);
            return;
        }
        case Kind::list: {
            const auto& elements = promised<List>(value).elements;
            EDICT_CHECK(elements.size() <= type.capacity);
            out.count(elements.size());
            for (const Value& element : elements) encode(out, element, *type.parts[0]);
            return;
        }
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
            out.raw(promised<crypto::Hash>(value).bytes);
            return;
        case Kind::enumeration: {
            const std::uint32_t ordinal = promised<EnumMember>(value).ordinal;
            EDICT_CHECK(ordinal < type.members.size());
            out.u32(ordinal);
            return;
        }
        case Kind::record:
        case Kind::tuple:
            encode_parts(out, promised<Record>(value), type);
            return;
        case Kind::optional: {
            const auto& element = promised<Optional>(value).element;
            EDICT_CHECK(element.size() <= 1);
            out.boolean(!element.empty());
            if (!element.empty()) encode(out, element[0], *type.parts[0]);
            return;
        }
        case Kind::set:
            encode_set(out, promised<Set>(value), type);
            return;
    }
    base::check_failed("every kind has an encoding", __FILE__, __LINE__);
}

namespace {

void refuse(base::Reader& in, const Checked& bad) {
    if (bad && in.ok()) in.fail(bad->what);
}

Value decode_set(base::Reader& in, const Type& type) {
    // No size is asked of each element: one of an empty record has none. Reserving is bounded by
    // what is left, so a hostile count reserves little.
    const std::size_t count = in.count(type.capacity, 0);
    Set set;
    set.elements.reserve(std::min(count, in.left()));
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        set.elements.push_back(decode(in, *type.parts[0]));
        if (i > 0 && in.ok() && !before(set.elements[i - 1], set.elements[i])) {
            in.fail("the elements of a Set are in strictly ascending order");
        }
    }
    return Value{std::move(set)};
}

Value decode_list(base::Reader& in, const Type& type) {
    const std::size_t count = in.count(type.capacity, 0);
    List list;
    list.elements.reserve(std::min(count, in.left()));
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        list.elements.push_back(decode(in, *type.parts[0]));
    }
    return Value{std::move(list)};
}

Value decode_parts(base::Reader& in, const Type& type) {
    Record record;
    record.fields.reserve(type.fields.size() + type.parts.size());
    for (const Field& field : type.fields) {
        if (in.ok()) record.fields.push_back(decode(in, *field.type));
    }
    for (const TypeRef& part : type.parts) {
        if (in.ok()) record.fields.push_back(decode(in, *part));
    }
    return Value{std::move(record)};
}

PartyId read_party(base::Reader& in) {
    PartyId party;
    const base::ByteView bytes = in.raw(party.bytes.size());
    if (bytes.size() == party.bytes.size()) std::ranges::copy(bytes, party.bytes.begin());
    return party;
}

}  // namespace

Value decode(base::Reader& in, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return Value{in.boolean()};
        case Kind::integer: {
            const std::int64_t number = in.i64();
            refuse(in, check_integer(number, type));
            return Value{number};
        }
        case Kind::text: {
            std::string text = in.text(type.capacity);
            if (in.ok()) refuse(in, check_string(text, type));
            return Value{std::move(text)};
        }
        case Kind::bytes: {
            const base::ByteView bytes = in.bytes(type.capacity);
            return Value{base::Bytes(bytes.begin(), bytes.end())};
        }
        case Kind::date: {
            const std::int64_t days = in.i64();
            const Checked bad = check_date(days);
            refuse(in, bad);
            return Value{Date{bad ? 0 : static_cast<std::int32_t>(days)}};
        }
        case Kind::party:
            return Value{read_party(in)};
        case Kind::decimal: {
            const Decimal decimal = decode_decimal(in);
            refuse(in, check_decimal(decimal));
            return Value{decimal};
        }
        case Kind::time: {
            const std::int64_t ms = in.i64();
            refuse(in, check_time(ms));
            return Value{Time{ms}};
        }
        case Kind::duration: {
            const std::int64_t ms = in.i64();
            refuse(in, check_duration(ms));
            return Value{Duration{ms}};
        }
        case Kind::list:
            return decode_list(in, type);
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
            return Value{crypto::read_hash(in)};
        case Kind::enumeration: {
            const std::uint32_t ordinal = in.u32();
            refuse(in, check_ordinal(ordinal, type));
            return Value{EnumMember{ordinal}};
        }
        case Kind::record:
        case Kind::tuple:
            return decode_parts(in, type);
        case Kind::optional: {
            Optional optional;
            if (in.boolean() && in.ok()) optional.element.push_back(decode(in, *type.parts[0]));
            return Value{std::move(optional)};
        }
        case Kind::set:
            return decode_set(in, type);
    }
    base::check_failed("every kind has an encoding", __FILE__, __LINE__);
}

base::Bytes to_bytes(const Value& value, const Type& type) {
    base::Writer out;
    encode(out, value, type);
    return out.take();
}

base::Result<Value> from_bytes(base::ByteView bytes, const Type& type) {
    base::Reader in(bytes);
    Value value = decode(in, type);
    if (const base::Status ok = in.finish(); !ok) return base::error_of(ok);
    return value;
}

namespace {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                out += c;
        }
    }
    return out + "\"";
}

std::string list_text(const std::vector<Value>& values, const Type& type) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ", ";
        switch (type.kind) {
            case Kind::record:
                out += fmt::format("{}: {}", type.fields[i].name,
                                   to_text(values[i], *type.fields[i].type));
                break;
            case Kind::tuple:
                out += to_text(values[i], *type.parts[i]);
                break;
            default:  // a set or list: one type for all
                out += to_text(values[i], *type.parts[0]);
        }
    }
    return out;
}

}  // namespace

std::string to_text(const Value& value, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return promised<bool>(value) ? "true" : "false";
        case Kind::integer:
            return fmt::format("{}", promised<std::int64_t>(value));
        case Kind::text:
            return quoted(promised<std::string>(value));
        case Kind::bytes:
            return base::to_hex(promised<base::Bytes>(value));
        case Kind::date:
            return to_text(promised<Date>(value));
        case Kind::party:
            return promised<PartyId>(value).hex();
        case Kind::decimal: {
            const std::string number = to_text(promised<Decimal>(value));
            return type.name.empty() ? number : fmt::format("{} {}", number, type.name);
        }
        case Kind::time:
            return to_text(promised<Time>(value));
        case Kind::duration:
            return to_text(promised<Duration>(value));
        case Kind::list:
            return fmt::format("[{}]", list_text(promised<List>(value).elements, type));
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
            return promised<crypto::Hash>(value).hex();
        case Kind::enumeration:
            return type.members.at(promised<EnumMember>(value).ordinal);
        case Kind::record: {
            const auto& fields = promised<Record>(value).fields;
            if (fields.empty()) return to_text(type) + " {}";
            return fmt::format("{} {{ {} }}", to_text(type), list_text(fields, type));
        }
        case Kind::tuple:
            return fmt::format("({})", list_text(promised<Record>(value).fields, type));
        case Kind::optional: {
            const auto& element = promised<Optional>(value).element;
            return element.empty() ? "absent" : to_text(element[0], *type.parts[0]);
        }
        case Kind::set: {
            const auto& elements = promised<Set>(value).elements;
            if (elements.empty()) return "{}";
            return fmt::format("{{ {} }}", list_text(elements, type));
        }
    }
    base::check_failed("every kind has a text", __FILE__, __LINE__);
}

namespace {

PartyId party_from(std::string_view prefix, std::string_view name) {
    const crypto::Hash hash =
        crypto::Sha256().add(base::as_bytes(prefix)).add(base::as_bytes(name)).finish();
    return PartyId{hash.bytes};
}

}  // namespace

PartyId party_named(std::string_view name) { return party_from("edict/party/", name); }
PartyId party_of_module(std::string_view module_name) {
    return party_from("edict/module/", module_name);
}

}  // namespace edict::value
