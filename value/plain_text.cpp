#include "value/plain_text.h"

#include <charconv>

#include "base/check.h"

namespace edict::value {

namespace {

std::optional<Value> read(std::string_view text, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            if (text == "true") return Value{true};
            if (text == "false") return Value{false};
            return std::nullopt;
        case Kind::integer: {
            std::int64_t number = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), number);
            if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
            return Value{number};
        }
        case Kind::date: {
            const auto date = date_from_text(text);
            if (!date) return std::nullopt;
            return Value{*date};
        }
        case Kind::decimal: {
            const auto number = decimal_from_text(text);
            if (!number) return std::nullopt;
            return Value{*number};
        }
        case Kind::enumeration:
            for (std::uint32_t i = 0; i < type.members.size(); ++i) {
                if (type.members[i] == text) return Value{EnumMember{i}};
            }
            return std::nullopt;
        case Kind::text:
            return Value{std::string(text)};
        default:
            return std::nullopt;
    }
}

}  // namespace

bool has_plain_text(const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
        case Kind::integer:
        case Kind::date:
        case Kind::enumeration:
        case Kind::text:
            return true;
        case Kind::decimal:
            return type.name.empty();
        default:
            return false;
    }
}

std::string to_plain_text(const Value& value, const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return std::get<bool>(value.data) ? "true" : "false";
        case Kind::integer:
            return std::to_string(std::get<std::int64_t>(value.data));
        case Kind::date:
            return to_text(std::get<Date>(value.data));
        case Kind::decimal:
            return to_text(std::get<Decimal>(value.data));
        case Kind::enumeration:
            return type.members.at(std::get<EnumMember>(value.data).ordinal);
        case Kind::text:
            return std::get<std::string>(value.data);
        default:
            EDICT_CHECK(false);
            return {};
    }
}

std::optional<Value> from_plain_text(std::string_view text, const Type& type) {
    if (!has_plain_text(type)) return std::nullopt;
    std::optional<Value> made = read(text, type);
    // One writing for each value, so that what is kept can be compared.
    if (!made || !check(*made, type) || to_plain_text(*made, type) != text) return std::nullopt;
    return made;
}

}  // namespace edict::value
