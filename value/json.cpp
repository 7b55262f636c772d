#include "value/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace edict::value {

using Json = nlohmann::json;

namespace {

constexpr std::size_t MAX_SHOWN_NAMES = 8;
constexpr std::size_t MAX_SHOWN_BYTES = 80;
constexpr std::size_t ID_DIGITS = 64;

// Whether null and a present element must be told apart by an array: the element may be null too.
bool is_doubly_optional(const Type& type) { return type.parts[0]->kind == Kind::optional; }

Json array_of(const std::vector<Value>& values, const Type& type) {
    Json array = Json::array();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Type& part = type.kind == Kind::tuple ? *type.parts[i] : *type.parts[0];
        array.push_back(to_json(values[i], part));
    }
    return array;
}

}  // namespace

Json to_json(const Value& value, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return std::get<bool>(value.data);
        case Kind::text:
            return std::get<std::string>(value.data);
        case Kind::integer:
        case Kind::date:
        case Kind::party:
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
        case Kind::time:
        case Kind::duration:
        case Kind::bytes:
        case Kind::enumeration:
            return to_text(value, type);
        case Kind::decimal:  // the unit is the type's
            return to_text(std::get<Decimal>(value.data));
        case Kind::list:
            return array_of(std::get<List>(value.data).elements, type);
        case Kind::record: {
            const auto& fields = std::get<Record>(value.data).fields;
            EDICT_CHECK(fields.size() == type.fields.size());
            Json object = Json::object();
            for (std::size_t i = 0; i < fields.size(); ++i) {
                object[type.fields[i].name] = to_json(fields[i], *type.fields[i].type);
            }
            return object;
        }
        case Kind::tuple:
            return array_of(std::get<Record>(value.data).fields, type);
        case Kind::set:
            return array_of(std::get<Set>(value.data).elements, type);
        case Kind::optional: {
            const auto& element = std::get<Optional>(value.data).element;
            if (element.empty()) return nullptr;
            return is_doubly_optional(type) ? array_of(element, type)
                                            : to_json(element[0], *type.parts[0]);
        }
    }
    base::check_failed("every kind has a JSON form", __FILE__, __LINE__);
}

namespace {

tl::unexpected<base::Error> error_at(const std::string& place, std::string_view what) {
    return base::input_error(place.empty() ? std::string(what)
                                           : fmt::format("{}: {}", place, what));
}

std::string field_place(const std::string& place, const std::string& field) {
    return place.empty() ? field : place + "." + field;
}

std::string index_place(const std::string& place, std::size_t index) {
    return fmt::format("{}[{}]", place, index);
}

// What was found, short enough for an error message. Bytes that are no UTF-8 are replaced.
std::string shown(const Json& json) {
    if (json.is_object()) return "an object";
    if (json.is_array()) return fmt::format("an array of {}", json.size());
    std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() <= MAX_SHOWN_BYTES) return text;
    std::size_t end = MAX_SHOWN_BYTES;
    // Not in the middle of a character.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "…";
}

tl::unexpected<base::Error> expected(const std::string& place, std::string_view what,
                                     const Json& found) {
    return error_at(place, fmt::format("expected {}, found {}", what, shown(found)));
}

// "care, research, marketing", at most MAX_SHOWN_NAMES of them.
std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), MAX_SHOWN_NAMES); ++i) {
        if (i > 0) out += ", ";
        out += names[i];
    }
    if (names.size() > MAX_SHOWN_NAMES) {
        out += fmt::format(" and {} more", names.size() - MAX_SHOWN_NAMES);
    }
    return out;
}

// Lets check() judge what was read; its place goes after the place of the whole.
base::Result<Value> checked(Value value, const Type& type, const std::string& place) {
    if (const base::Status ok = check(value, type); !ok) return error_at(place, ok.error().message);
    return value;
}

const std::string* as_string(const Json& json) { return json.get_ptr<const Json::string_t*>(); }

// Decimal digits, no leading zeros, no plus: one text for each number.
std::optional<std::int64_t> number_from(const std::string& text) {
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end || fmt::format("{}", number) != text)
        return std::nullopt;
    return number;
}

base::Result<Value> read_integer(const Json& json, const Type& type, const std::string& place) {
    std::optional<std::int64_t> number;
    if (const std::string* text = as_string(json)) {
        number = number_from(*text);
    } else if (json.is_number_unsigned()) {
        const auto found = json.get<std::uint64_t>();
        if (std::in_range<std::int64_t>(found)) number = static_cast<std::int64_t>(found);
    } else if (json.is_number_integer()) {
        number = json.get<std::int64_t>();
    }
    if (!number || *number < type.low || *number > type.high) {
        return expected(place, fmt::format("a whole number, {}", to_text(type)), json);
    }
    return Value{*number};
}

base::Result<Value> read_text(const Json& json, const Type& type, const std::string& place) {
    const std::string* text = as_string(json);
    if (text == nullptr) return expected(place, "a string", json);
    const base::Result<std::string> normal = to_nfc(*text);
    if (normal && *normal != *text) {
        return error_at(
            place, fmt::format("{} is not in Unicode Normalization Form C\nhelp: normalize the "
                               "string to NFC before you send it",
                               shown(json)));
    }
    return checked(Value{*text}, type, place);
}

base::Result<Value> read_bytes(const Json& json, const Type& type, const std::string& place) {
    const std::string* text = as_string(json);
    if (text == nullptr) return expected(place, "a string of hexadecimal digits", json);
    base::Result<base::Bytes> bytes = base::from_hex(*text);
    if (!bytes) return expected(place, "an even number of lower-case hexadecimal digits", json);
    return checked(Value{std::move(*bytes)}, type, place);
}

base::Result<Value> read_date(const Json& json, const std::string& place) {
    const std::string* text = as_string(json);
    if (text == nullptr) return expected(place, "a date such as \"2026-02-01\"", json);
    const base::Result<Date> date = date_from_text(*text);
    if (!date) return expected(place, "a date such as \"2026-02-01\"", json);
    return Value{*date};
}

// A number with a fraction is a string, so that no reader of JSON rounds it; a whole one may be a
// number.
base::Result<Value> read_decimal(const Json& json, const Type& type, const std::string& place) {
    std::optional<Decimal> found;
    if (const std::string* text = as_string(json)) {
        const base::Result<Decimal> read = decimal_from_text(*text);
        if (read) found = *read;
    } else if (json.is_number_unsigned() &&
               std::in_range<std::int64_t>(json.get<std::uint64_t>())) {
        found = Decimal::whole(static_cast<std::int64_t>(json.get<std::uint64_t>()));
    } else if (json.is_number_integer() && !json.is_number_unsigned()) {
        found = Decimal::whole(json.get<std::int64_t>());
    }
    if (found) return Value{*found};
    return expected(place,
                    fmt::format("a number for {} as a string, such as \"12.5\", with at most 9 "
                                "digits after its point and no zeros at its end",
                                to_text(type)),
                    json);
}

base::Result<Value> read_time(const Json& json, const std::string& place) {
    const std::string* text = as_string(json);
    if (text != nullptr) {
        if (const base::Result<Time> time = time_from_text(*text)) return Value{*time};
    }
    return expected(place, "a moment such as \"2026-02-01T09:30:00Z\"", json);
}

base::Result<Value> read_duration(const Json& json, const std::string& place) {
    const std::string* text = as_string(json);
    if (text != nullptr) {
        if (const base::Result<Duration> duration = duration_from_text(*text)) {
            return Value{*duration};
        }
    }
    return expected(place, "a duration such as \"30 days\" or \"90 minutes\"", json);
}

std::optional<crypto::Hash> id_from(const Json& json) {
    const std::string* text = as_string(json);
    if (text == nullptr || text->size() != ID_DIGITS) return std::nullopt;
    const base::Result<crypto::Hash> id = crypto::hash_from_hex(*text);
    return id ? std::optional(*id) : std::nullopt;
}

base::Result<Value> read_party(const Json& json, const std::string& place,
                               const PartyNames& names) {
    if (const auto id = id_from(json)) return Value{PartyId{id->bytes}};
    if (const std::string* name = as_string(json); names && name != nullptr) {
        if (const auto party = names(*name)) return Value{*party};
    }
    return expected(place,
                    names ? "the name of a known party, or a party's id: 64 lower-case hexadecimal "
                            "digits"
                          : "a party's id: 64 lower-case hexadecimal digits",
                    json);
}

base::Result<Value> read_member(const Json& json, const Type& type, const std::string& place) {
    if (const std::string* name = as_string(json)) {
        const auto found = std::ranges::find(type.members, *name);
        if (found != type.members.end()) {
            return Value{EnumMember{static_cast<std::uint32_t>(found - type.members.begin())}};
        }
    }
    return expected(place, fmt::format("a member of {} ({})", to_text(type), listed(type.members)),
                    json);
}

base::Result<Value> read_record(const Json& json, const Type& type, const std::string& place,
                                const PartyNames& names) {
    if (!json.is_object())
        return expected(place, fmt::format("an object ({})", to_text(type)), json);
    std::size_t known = 0;
    Record record;
    for (const Field& field : type.fields) {
        const auto found = json.find(field.name);
        if (found == json.end() && field.type->kind == Kind::optional) {
            record.fields.push_back(Value{Optional{}});
            continue;
        }
        if (found == json.end()) {
            return error_at(
                place, fmt::format("the field \"{}\" of {} is missing", field.name, to_text(type)));
        }
        ++known;
        base::Result<Value> part =
            from_json(*found, *field.type, field_place(place, field.name), names);
        if (!part) return part;
        record.fields.push_back(std::move(*part));
    }
    if (known == json.size()) return Value{std::move(record)};

    std::vector<std::string> allowed;
    for (const Field& field : type.fields) allowed.push_back(field.name);
    for (const auto& item : json.items()) {
        if (std::ranges::find(allowed, item.key()) != allowed.end()) continue;
        return error_at(place, fmt::format("{} has no field {}; its fields are: {}", to_text(type),
                                           shown(Json(item.key())), listed(allowed)));
    }
    base::check_failed("an object with more members has an unknown one", __FILE__, __LINE__);
}

base::Result<Value> read_tuple(const Json& json, const Type& type, const std::string& place,
                               const PartyNames& names) {
    if (!json.is_array() || json.size() != type.parts.size()) {
        return expected(place, fmt::format("an array of {}: {}", type.parts.size(), to_text(type)),
                        json);
    }
    Record record;
    for (std::size_t i = 0; i < json.size(); ++i) {
        base::Result<Value> part = from_json(json[i], *type.parts[i], index_place(place, i), names);
        if (!part) return part;
        record.fields.push_back(std::move(*part));
    }
    return Value{std::move(record)};
}

base::Result<Value> read_set(const Json& json, const Type& type, const std::string& place,
                             const PartyNames& names) {
    if (!json.is_array()) return expected(place, fmt::format("an array ({})", to_text(type)), json);
    if (json.size() > type.capacity) {
        return expected(place, fmt::format("at most {} elements", type.capacity), json);
    }
    std::vector<Value> elements;
    elements.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
        base::Result<Value> element =
            from_json(json[i], *type.parts[0], index_place(place, i), names);
        if (!element) return element;
        elements.push_back(std::move(*element));
    }
    // Sorted by index first: an element that stands twice is told with both places.
    std::vector<std::size_t> order(elements.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const auto by_value = compare(elements[a], elements[b]);
        return by_value < 0 || (by_value == 0 && a < b);
    });
    Set set;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && set.elements.back() == elements[order[i]]) {
            return error_at(
                index_place(place, order[i]),
                fmt::format("the same element as {}", index_place(place, order[i - 1])));
        }
        set.elements.push_back(std::move(elements[order[i]]));
    }
    return Value{std::move(set)};
}

base::Result<Value> read_list(const Json& json, const Type& type, const std::string& place,
                              const PartyNames& names) {
    if (!json.is_array()) return expected(place, fmt::format("an array ({})", to_text(type)), json);
    if (json.size() > type.capacity) {
        return expected(place, fmt::format("at most {} elements", type.capacity), json);
    }
    List list;
    for (std::size_t i = 0; i < json.size(); ++i) {
        base::Result<Value> element =
            from_json(json[i], *type.parts[0], index_place(place, i), names);
        if (!element) return element;
        list.elements.push_back(std::move(*element));
    }
    return Value{std::move(list)};
}

base::Result<Value> read_optional(const Json& json, const Type& type, const std::string& place,
                                  const PartyNames& names) {
    if (json.is_null()) return Value{Optional{}};
    const bool in_array = is_doubly_optional(type);
    if (in_array && (!json.is_array() || json.size() != 1)) {
        return expected(place, fmt::format("null or an array of one ({})", to_text(type)), json);
    }
    base::Result<Value> element =
        in_array ? from_json(json[0], *type.parts[0], index_place(place, 0), names)
                 : from_json(json, *type.parts[0], place, names);
    if (!element) return element;
    Optional optional;
    optional.element.push_back(std::move(*element));
    return Value{std::move(optional)};
}

}  // namespace

base::Result<Value> from_json(const Json& json, const Type& type, const std::string& place,
                              const PartyNames& names) {
    switch (type.kind) {
        case Kind::boolean:
            if (!json.is_boolean()) return expected(place, "true or false", json);
            return Value{json.get<bool>()};
        case Kind::integer:
            return read_integer(json, type, place);
        case Kind::text:
            return read_text(json, type, place);
        case Kind::bytes:
            return read_bytes(json, type, place);
        case Kind::date:
            return read_date(json, place);
        case Kind::party:
            return read_party(json, place, names);
        case Kind::decimal:
            return read_decimal(json, type, place);
        case Kind::time:
            return read_time(json, place);
        case Kind::duration:
            return read_duration(json, place);
        case Kind::list:
            return read_list(json, type, place, names);
        case Kind::commitment:
            if (const auto hash = id_from(json)) return Value{*hash};
            return expected(place, "a commitment: 64 lower-case hexadecimal digits", json);
        case Kind::pseudonym:
            if (const auto hash = id_from(json)) return Value{*hash};
            return expected(place, "a pseudonym: 64 lower-case hexadecimal digits", json);
        case Kind::hash:
            if (const auto hash = id_from(json)) return Value{*hash};
            return expected(place, "a hash: 64 lower-case hexadecimal digits", json);
        case Kind::enumeration:
            return read_member(json, type, place);
        case Kind::record:
            return read_record(json, type, place, names);
        case Kind::tuple:
            return read_tuple(json, type, place, names);
        case Kind::optional:
            return read_optional(json, type, place, names);
        case Kind::set:
            return read_set(json, type, place, names);
    }
    base::check_failed("every kind has a JSON form", __FILE__, __LINE__);
}

}  // namespace edict::value
