#include "verifier/encode/symbols.h"

#include <algorithm>

#include "base/check.h"

namespace edict::encode {

using smt::Terms;
using value::Kind;

namespace {

constexpr std::int64_t FIRST_FRESH = 1'000'000;  // numbers below are of constants
constexpr std::int64_t LAST_NUMBER = 1'000'000'000;
constexpr std::int64_t FIRST_DAY = -719'162;  // 0001-01-01
constexpr std::int64_t LAST_DAY = 2'932'896;  // 9999-12-31

SetRef make_set(SetNode node) { return std::make_shared<const SetNode>(std::move(node)); }

std::string constant_key(const value::Value& value, const value::Type& type) {
    if (type.kind == Kind::list) {
        return "l" + std::string(base::as_text(value::to_bytes(value, type)));
    }
    if (const auto* text = std::get_if<std::string>(&value.data)) return "t" + *text;
    if (const auto* bytes = std::get_if<base::Bytes>(&value.data)) {
        return "b" + std::string(base::as_text(*bytes));
    }
    if (const auto* party = std::get_if<value::PartyId>(&value.data)) return "p" + party->hex();
    const auto* hash = std::get_if<crypto::Hash>(&value.data);
    EDICT_CHECK(hash != nullptr);
    return "h" + hash->hex();
}

}  // namespace

smt::Origin Symbols::abstraction(source::Span span, std::string what) {
    for (std::size_t i = 0; i < abstractions_.size(); ++i) {
        if (abstractions_[i].span == span && abstractions_[i].what == what) {
            return static_cast<smt::Origin>(i + 1);
        }
    }
    abstractions_.push_back({span, std::move(what)});
    return static_cast<smt::Origin>(abstractions_.size());
}

std::int64_t Symbols::number_of(const value::Value& value, const value::Type& type) {
    const auto [entry, added] =
        numbers_.try_emplace(constant_key(value, type), static_cast<std::int64_t>(numbers_.size()));
    if (added) constants_.emplace(entry->second, value);
    return entry->second;
}

Symbol Symbols::fresh(const value::Type& type, const std::string& hint, smt::Origin origin) {
    Symbol symbol;
    switch (type.kind) {
        case Kind::boolean:
            symbol.scalar = terms_.bool_variable(origin);
            break;
        case Kind::integer:
            symbol.scalar = terms_.int_variable(type.low, type.high, 0, origin);
            break;
        case Kind::date:
            symbol.scalar = terms_.int_variable(FIRST_DAY, LAST_DAY, reference_day, origin);
            break;
        case Kind::decimal:
            symbol.scalar = decimal(origin);
            break;
        case Kind::time:
            symbol.scalar = terms_.int_variable(value::FIRST_TIME.ms, value::LAST_TIME.ms,
                                                reference_day * value::MS_OF_DAY, origin);
            break;
        case Kind::duration:
            symbol.scalar =
                terms_.int_variable(-value::MAX_DURATION_MS, value::MAX_DURATION_MS, 0, origin);
            break;
        case Kind::enumeration:
            symbol.scalar = terms_.int_variable(
                0, static_cast<std::int64_t>(type.members.size()) - 1, 0, origin);
            break;
        case Kind::text:
        case Kind::bytes:
        case Kind::party:
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
        case Kind::list: {
            const auto number = FIRST_FRESH + static_cast<std::int64_t>(hints_.size());
            hints_.emplace(number, hint);
            symbol.scalar = terms_.int_variable(0, LAST_NUMBER, number, origin);
            break;
        }
        case Kind::record:
            for (const value::Field& field : type.fields) {
                symbol.parts.push_back(fresh(*field.type, field.name, origin));
            }
            break;
        case Kind::tuple:
            for (const value::TypeRef& part : type.parts) {
                symbol.parts.push_back(fresh(*part, hint, origin));
            }
            break;
        case Kind::optional:
            symbol.scalar = terms_.bool_variable(origin);
            symbol.parts.push_back(fresh(*type.parts[0], hint, origin));
            break;
        case Kind::set: {
            SetNode node;
            node.kind = SetNode::Kind::base;
            node.base = static_cast<std::uint32_t>(bases_.size());
            BaseSet base;
            base.type = std::make_shared<const value::Type>(type);
            bases_.push_back(std::move(base));
            symbol.set = make_set(std::move(node));
            break;
        }
    }
    return symbol;
}

Symbol Symbols::nothing(const value::Type& type) {
    Symbol symbol;
    switch (type.kind) {
        case Kind::boolean:
            symbol.scalar = Terms::no();
            break;
        case Kind::integer:
            symbol.scalar = terms_.number(std::clamp<std::int64_t>(0, type.low, type.high));
            break;
        case Kind::record:
            for (const value::Field& field : type.fields) {
                symbol.parts.push_back(nothing(*field.type));
            }
            break;
        case Kind::tuple:
            for (const value::TypeRef& part : type.parts) symbol.parts.push_back(nothing(*part));
            break;
        case Kind::optional:
            symbol.scalar = Terms::no();
            symbol.parts.push_back(nothing(*type.parts[0]));
            break;
        case Kind::set:
            symbol.set = make_set({});
            break;
        default:
            symbol.scalar = terms_.number(0);
    }
    return symbol;
}

Symbol Symbols::constant(const value::Value& value, const value::Type& type) {
    Symbol symbol;
    switch (type.kind) {
        case Kind::boolean:
            symbol.scalar = Terms::truth(std::get<bool>(value.data));
            break;
        case Kind::integer:
            symbol.scalar = terms_.number(std::get<std::int64_t>(value.data));
            break;
        case Kind::date:
            symbol.scalar = terms_.number(std::get<value::Date>(value.data).days);
            break;
        case Kind::decimal:
            symbol.scalar = terms_.number(std::get<value::Decimal>(value.data).units);
            break;
        case Kind::time:
            symbol.scalar = terms_.number(std::get<value::Time>(value.data).ms);
            break;
        case Kind::duration:
            symbol.scalar = terms_.number(std::get<value::Duration>(value.data).ms);
            break;
        case Kind::enumeration:
            symbol.scalar = terms_.number(std::get<value::EnumMember>(value.data).ordinal);
            break;
        case Kind::text:
        case Kind::bytes:
        case Kind::party:
        case Kind::hash:
        case Kind::commitment:
        case Kind::pseudonym:
        case Kind::list:
            symbol.scalar = terms_.number(number_of(value, type));
            break;
        case Kind::record:
        case Kind::tuple: {
            const auto& fields = std::get<value::Record>(value.data).fields;
            for (std::size_t i = 0; i < fields.size(); ++i) {
                const bool is_record = type.kind == Kind::record;
                const auto& part = is_record ? type.fields[i].type : type.parts[i];
                symbol.parts.push_back(constant(fields[i], *part));
            }
            break;
        }
        case Kind::optional: {
            const auto& element = std::get<value::Optional>(value.data).element;
            if (element.empty()) return nothing(type);
            symbol.scalar = Terms::yes();
            symbol.parts.push_back(constant(element[0], *type.parts[0]));
            break;
        }
        case Kind::set: {
            SetNode node;
            for (const value::Value& element : std::get<value::Set>(value.data).elements) {
                node.members.emplace_back(Terms::yes(), constant(element, *type.parts[0]));
            }
            symbol.set = make_set(std::move(node));
            break;
        }
    }
    return symbol;
}

Term Symbols::equal(const Symbol& a, const Symbol& b, const value::Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return terms_.same(a.scalar, b.scalar);
        case Kind::record:
        case Kind::tuple: {
            std::vector<Term> parts;
            for (std::size_t i = 0; i < a.parts.size(); ++i) {
                const bool is_record = type.kind == Kind::record;
                const auto& part = is_record ? type.fields[i].type : type.parts[i];
                parts.push_back(equal(a.parts[i], b.parts[i], *part));
            }
            return terms_.all(std::move(parts));
        }
        case Kind::optional: {
            const Term inner = equal(a.parts[0], b.parts[0], *type.parts[0]);
            return terms_.both(terms_.same(a.scalar, b.scalar), terms_.implies(a.scalar, inner));
        }
        case Kind::set:
            return set_equal(a.set, b.set, type);
        default:
            return terms_.equal(a.scalar, b.scalar);
    }
}

Symbol Symbols::choose(Term condition, const Symbol& a, const Symbol& b, const value::Type& type) {
    if (condition == Terms::yes()) return a;
    if (condition == Terms::no()) return b;
    Symbol symbol;
    switch (type.kind) {
        case Kind::boolean:
            symbol.scalar = terms_.choose_bool(condition, a.scalar, b.scalar);
            break;
        case Kind::optional:
            symbol.scalar = terms_.choose_bool(condition, a.scalar, b.scalar);
            symbol.parts.push_back(choose(condition, a.parts[0], b.parts[0], *type.parts[0]));
            break;
        case Kind::record:
        case Kind::tuple:
            for (std::size_t i = 0; i < a.parts.size(); ++i) {
                const bool is_record = type.kind == Kind::record;
                const auto& part = is_record ? type.fields[i].type : type.parts[i];
                symbol.parts.push_back(choose(condition, a.parts[i], b.parts[i], *part));
            }
            break;
        case Kind::set: {
            if (a.set == b.set) return a;
            SetNode node;
            node.kind = SetNode::Kind::choice;
            node.condition = condition;
            node.left = a.set;
            node.right = b.set;
            symbol.set = make_set(std::move(node));
            break;
        }
        default:
            symbol.scalar = terms_.choose(condition, a.scalar, b.scalar);
    }
    return symbol;
}

Term Symbols::fits(const Symbol& a, const value::Type& from, const value::Type& to,
                   source::Span span) {
    if (value::fits_without_check(from, to)) return Terms::yes();
    switch (to.kind) {
        case Kind::integer:
            return terms_.both(terms_.at_most(terms_.number(to.low), a.scalar),
                               terms_.at_most(a.scalar, terms_.number(to.high)));
        case Kind::record:
        case Kind::tuple: {
            std::vector<Term> parts;
            for (std::size_t i = 0; i < a.parts.size(); ++i) {
                const bool is_record = to.kind == Kind::record;
                const auto& part = is_record ? from.fields[i].type : from.parts[i];
                const auto& wanted = is_record ? to.fields[i].type : to.parts[i];
                parts.push_back(fits(a.parts[i], *part, *wanted, span));
            }
            return terms_.all(std::move(parts));
        }
        case Kind::optional:
            return terms_.implies(a.scalar, fits(a.parts[0], *from.parts[0], *to.parts[0], span));
        case Kind::set: {
            const Term small = terms_.at_most(size(a.set, from), terms_.number(to.capacity));
            const Truth elements = every(
                a.set, from,
                [&](const Symbol& element) {
                    const Term fit = fits(element, *from.parts[0], *to.parts[0], span);
                    return Truth{fit, Terms::negate(fit)};
                },
                span);
            return terms_.both(small, elements.yes);
        }
        default: {
            const auto number = terms_.constant(a.scalar);
            if (number) {
                const auto found = constants_.find(static_cast<std::int64_t>(*number));
                if (found != constants_.end()) {
                    return Terms::truth(value::check(found->second, to).has_value());
                }
            }
            const bool is_list = to.kind == Kind::list;
            return terms_.bool_variable(
                abstraction(span, is_list ? "what fits into a list" : "the length of a text"),
                true);
        }
    }
}

// Two variables of 64 bits for the 121 that a decimal has.
Term Symbols::decimal(smt::Origin origin) {
    constexpr smt::Wide PART = smt::Wide{1} << 62;
    constexpr auto LOWS = static_cast<std::int64_t>(PART - 1);
    constexpr auto HIGHS = static_cast<std::int64_t>(value::Decimal::LIMIT / PART);
    const Term high = terms_.int_variable(-HIGHS - 1, HIGHS, 0, origin);
    const Term low = terms_.int_variable(0, LOWS, 0, origin);
    const Term units = terms_.add(terms_.multiply(terms_.number(PART), high), low);
    const Term bounds = terms_.both(terms_.less(terms_.number(-value::Decimal::LIMIT), units),
                                    terms_.less(units, terms_.number(value::Decimal::LIMIT)));
    terms_.attach(high, bounds);
    terms_.attach(low, bounds);
    return units;
}

Symbol Symbols::hash(std::vector<Symbol> arguments, std::vector<value::TypeRef> types,
                     source::Span span) {
    const smt::Origin origin = abstraction(span, "hash()");
    Symbol result = fresh(*value::hash_type(), "hash", origin);
    const Term own = result.scalar;
    // Equal arguments have one hash; no two different ones are assumed to share theirs.
    for (auto use = hashes_.rbegin(); use != hashes_.rend(); ++use) {
        bool comparable = use->types.size() == types.size();
        for (std::size_t i = 0; comparable && i < types.size(); ++i) {
            comparable = value::same_shape(*use->types[i], *types[i]);
        }
        if (!comparable) continue;
        std::vector<Term> same;
        for (std::size_t i = 0; i < types.size(); ++i) {
            same.push_back(equal(use->arguments[i], arguments[i], *types[i]));
        }
        const Term equal_arguments = terms_.all(std::move(same));
        terms_.attach(own,
                      terms_.either(equal_arguments, Terms::negate(terms_.equal(own, use->value))));
        result.scalar = terms_.choose(equal_arguments, use->value, result.scalar);
    }
    hashes_.push_back({std::move(arguments), std::move(types), own});
    return result;
}

}  // namespace edict::encode
