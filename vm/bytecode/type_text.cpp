#include "vm/bytecode/type_text.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace edict::bytecode {

using value::Kind;
using value::Type;
using value::TypeRef;

std::string type_text(const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return "Bool";
        case Kind::integer: {
            const bool all = type.low == std::numeric_limits<std::int64_t>::min() &&
                             type.high == std::numeric_limits<std::int64_t>::max();
            return all ? "Int" : fmt::format("Int({},{})", type.low, type.high);
        }
        case Kind::text:
            return fmt::format("Text({})", type.capacity);
        case Kind::bytes:
            return fmt::format("Bytes({})", type.capacity);
        case Kind::date:
            return "Date";
        case Kind::party:
            return "Party";
        case Kind::hash:
            return "Hash";
        case Kind::optional:
            return fmt::format("Optional({})", type_text(*type.parts[0]));
        case Kind::decimal:
            return type.name.empty() ? "Decimal" : fmt::format("Decimal({})", type.name);
        case Kind::time:
            return "Time";
        case Kind::duration:
            return "Duration";
        case Kind::pseudonym:
            return "Pseudonym";
        case Kind::commitment:
            return fmt::format("Commitment({})", type_text(*type.parts[0]));
        case Kind::list:
            return fmt::format("List({},{})", type_text(*type.parts[0]), type.capacity);
        case Kind::set:
            return fmt::format("Set({},{})", type_text(*type.parts[0]), type.capacity);
        default:
            break;
    }
    std::string text;
    if (type.kind == Kind::enumeration) {
        text = fmt::format("Enum({},{}", type.name, type.ordered ? "ordered" : "unordered");
        for (const std::string& member : type.members) text += "," + member;
    } else if (type.kind == Kind::record) {
        text = fmt::format("Record({}", type.name);
        for (const value::Field& field : type.fields) {
            text += fmt::format(",{}:{}", field.name, type_text(*field.type));
        }
    } else {
        text = "Tuple(";
        for (std::size_t i = 0; i < type.parts.size(); ++i) {
            text += (i > 0 ? "," : "") + type_text(*type.parts[i]);
        }
    }
    return text + ")";
}

namespace {

class TypeParser {
public:
    TypeParser(std::string_view text, const std::vector<TypeRef>& earlier)
        : text_(text), earlier_(earlier) {}

    base::Result<TypeRef> parse() {
        base::Result<TypeRef> type = one(0);
        if (type && !text_.empty()) return wrong();
        return type;
    }

private:
    tl::unexpected<base::Error> wrong() const {
        return base::input_error(fmt::format("this is no type, from `{}` on", text_));
    }
    std::string_view word() {
        const std::string_view word = text_.substr(0, text_.find_first_of("(),:"));
        text_.remove_prefix(word.size());
        return word;
    }
    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    template <typename Int>
    base::Result<Int> number() {
        const std::string_view digits = word();
        Int value{};
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc{} || end != digits.data() + digits.size()) {
            return base::input_error(fmt::format("`{}` is no number", digits));
        }
        return value;
    }

    base::Result<TypeRef> one(std::size_t depth);
    base::Result<TypeRef> earlier(std::string_view index);
    base::Result<TypeRef> with_arguments(std::string_view name, std::size_t depth);
    base::Result<TypeRef> sized(std::string_view name);
    base::Result<TypeRef> range();
    base::Result<TypeRef> enumeration();
    base::Result<TypeRef> record(std::size_t depth);
    base::Result<TypeRef> parts(std::string_view name, std::size_t depth);

    std::string_view text_;
    const std::vector<TypeRef>& earlier_;
};

base::Result<TypeRef> TypeParser::earlier(std::string_view index) {
    std::size_t at = 0;
    const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), at);
    if (error != std::errc{} || end != index.data() + index.size() || at >= earlier_.size()) {
        return base::input_error(fmt::format("there is no type #{} before this", index));
    }
    return earlier_[at];
}

base::Result<TypeRef> TypeParser::one(std::size_t depth) {
    if (depth > value::MAX_TYPE_DEPTH) return base::input_error("a type that is too deep");
    const std::string_view name = word();
    if (name.starts_with('#')) return earlier(name.substr(1));
    if (take('(')) {
        base::Result<TypeRef> type = with_arguments(name, depth);
        if (type && !take(')')) return wrong();
        return type;
    }
    if (name == "Bool") return value::boolean_type();
    if (name == "Int") return value::integer_type();
    if (name == "Date") return value::date_type();
    if (name == "Party") return value::party_type();
    if (name == "Hash") return value::hash_type();
    if (name == "Decimal") return value::decimal_type();
    if (name == "Time") return value::time_type();
    if (name == "Duration") return value::duration_type();
    if (name == "Pseudonym") return value::pseudonym_type();
    return base::input_error(fmt::format("there is no type `{}`", name));
}

base::Result<TypeRef> TypeParser::with_arguments(std::string_view name, std::size_t depth) {
    if (name == "Text" || name == "Bytes") return sized(name);
    if (name == "Int") return range();
    if (name == "Decimal") return value::quantity_type(std::string(word()));
    if (name == "Enum") return enumeration();
    if (name == "Record") return record(depth);
    return parts(name, depth);
}

base::Result<TypeRef> TypeParser::sized(std::string_view name) {
    const base::Result<std::uint32_t> capacity = number<std::uint32_t>();
    if (!capacity) return base::error_of(capacity);
    return name == "Text" ? value::text_type(*capacity) : value::bytes_type(*capacity);
}

base::Result<TypeRef> TypeParser::range() {
    const base::Result<std::int64_t> low = number<std::int64_t>();
    if (!low) return base::error_of(low);
    if (!take(',')) return wrong();
    const base::Result<std::int64_t> high = number<std::int64_t>();
    if (!high) return base::error_of(high);
    return value::integer_range(*low, *high);
}

base::Result<TypeRef> TypeParser::enumeration() {
    std::string name(word());
    if (!take(',')) return wrong();
    const bool ordered = word() == "ordered";
    std::vector<std::string> members;
    while (take(',')) members.emplace_back(word());
    return value::enum_type(std::move(name), std::move(members), ordered);
}

base::Result<TypeRef> TypeParser::record(std::size_t depth) {
    std::string name(word());
    std::vector<value::Field> fields;
    while (take(',')) {
        std::string field(word());
        if (!take(':')) return wrong();
        base::Result<TypeRef> type = one(depth + 1);
        if (!type) return type;
        fields.push_back({std::move(field), std::move(*type)});
    }
    return value::record_type(std::move(name), std::move(fields));
}

base::Result<TypeRef> TypeParser::parts(std::string_view name, std::size_t depth) {
    std::vector<TypeRef> parts;
    do {
        base::Result<TypeRef> type = one(depth + 1);
        if (!type) return type;
        parts.push_back(std::move(*type));
        if (name == "Set" || name == "List") break;
    } while (take(','));
    if (name == "Optional" && parts.size() == 1) return value::optional_type(parts[0]);
    if (name == "Tuple") return value::tuple_type(std::move(parts));
    if (name == "Commitment" && parts.size() == 1) return value::commitment_type(parts[0]);
    const bool is_set = name == "Set";
    if ((!is_set && name != "List") || !take(',')) return wrong();
    const base::Result<std::uint32_t> capacity = number<std::uint32_t>();
    if (!capacity) return base::error_of(capacity);
    return is_set ? value::set_type(parts[0], *capacity) : value::list_type(parts[0], *capacity);
}

}  // namespace

base::Result<TypeRef> type_from_text(std::string_view text, const std::vector<TypeRef>& earlier) {
    return TypeParser(text, earlier).parse();
}

}  // namespace edict::bytecode
