// Expressions as pairs of terms: whether there is a value, and which.
#include <limits>

#include "base/check.h"
#include "verifier/encode/calendar.h"
#include "verifier/encode/world.h"

namespace edict::encode {

using smt::Terms;
using value::Kind;

namespace {

// Whether an Int is at most `most` from zero, by its type or because it is 0 or 1 by a choice.
bool is_small(const check::Expr& expression, smt::Wide most) {
    if (const auto* choice = std::get_if<check::Choice>(&expression.node)) {
        return is_small(*choice->then, most) && is_small(*choice->otherwise, most);
    }
    if (const auto* constant = std::get_if<check::Constant>(&expression.node)) {
        const smt::Wide number = std::get<std::int64_t>(constant->value.data);
        return -most <= number && number <= most;
    }
    return expression.type->low >= -most && expression.type->high <= most;
}

// One visit of one expression; `operator()` for each kind of node.
class Encoding {
public:
    Encoding(World& world, const Site& site, const check::Expr& expression)
        : world_(world),
          terms_(world.terms),
          symbols_(world.symbols),
          site_(site),
          expression_(expression),
          type_(*expression.type) {}

    Encoded operator()(const check::Constant& node) {
        return known(symbols_.constant(node.value, type_));
    }
    Encoded operator()(const check::ParamRead& node) {
        return known(site_.arguments->at(node.index));
    }
    Encoded operator()(const check::LocalRead& node) {
        return known(site_.locals.at(node.local.value));
    }
    Encoded operator()(const check::StoreRead& node);
    Encoded operator()(const check::FieldRead& node) {
        Encoded record = of(node.record);
        return {record.known, record.value.parts.at(node.index)};
    }
    Encoded operator()(const check::FieldReplace& node) {
        Encoded record = of(node.record);
        Encoded value = of(node.value);
        record.value.parts.at(node.index) = std::move(value.value);
        return {terms_.both(record.known, value.known), std::move(record.value)};
    }
    Encoded operator()(const check::MakeRecord& node) {
        Symbol made;
        const Term all_known = each(node.fields, made.parts);
        return {all_known, std::move(made)};
    }
    Encoded operator()(const check::MakeSet& node);
    Encoded operator()(const check::Wrap& node) {
        Encoded inner = of(node.value);
        Symbol made;
        made.scalar = Terms::yes();
        made.parts.push_back(std::move(inner.value));
        return {inner.known, std::move(made)};
    }
    Encoded operator()(const check::Unwrap& node) {
        const Encoded optional = of(node.value);
        return {terms_.both(optional.known, optional.value.scalar), optional.value.parts.at(0)};
    }
    Encoded operator()(const check::Narrow& node) {
        Encoded wide = of(node.value);
        const Term fits = symbols_.fits(wide.value, *node.value->type, type_, expression_.span);
        return {terms_.both(wide.known, fits), std::move(wide.value)};
    }
    Encoded operator()(const check::IsKnown& node) { return boolean(of(node.value).known); }
    Encoded operator()(const check::Else& node) {
        const Encoded value = of(node.value);
        const Encoded otherwise = of(node.otherwise);
        return {terms_.either(value.known, otherwise.known),
                symbols_.choose(value.known, value.value, otherwise.value, type_)};
    }
    Encoded operator()(const check::Not& node) { return from(negate(truth(node.value))); }
    Encoded operator()(const check::Logic& node);
    Encoded operator()(const check::Compare& node);
    Encoded operator()(const check::Arith& node);
    Encoded operator()(const check::Choice& node);
    Encoded operator()(const check::Contains& node) {
        const Encoded element = of(node.element);
        const Encoded set = of(node.set);
        if (node.set->type->kind == Kind::list) {
            return abstracted(terms_.both(element.known, set.known), "what is in a list");
        }
        Encoded result = boolean(symbols_.member(element.value, set.value.set, *node.set->type));
        result.known = terms_.both(element.known, set.known);
        return result;
    }
    Encoded operator()(const check::SetCombine& node);
    Encoded operator()(const check::Count& node) {
        const Encoded set = of(node.set);
        if (node.set->type->kind == Kind::list) {
            return abstracted(set.known, "the number of elements of a list");
        }
        Symbol count;
        count.scalar = symbols_.size(set.value.set, *node.set->type);
        return {set.known, std::move(count)};
    }
    Encoded operator()(const check::Quantified& node);
    Encoded operator()(const check::Fold& node);
    Encoded operator()(const check::Bind& node);
    Encoded operator()(const check::Builtin& node);
    Encoded operator()(const check::HashOf& node) {
        std::vector<Symbol> values;
        const Term all_known = each(node.arguments, values);
        std::vector<value::TypeRef> types;
        for (const check::ExprRef& argument : node.arguments) types.push_back(argument->type);
        return {all_known, symbols_.hash(std::move(values), std::move(types), expression_.span)};
    }
    Encoded operator()(const check::HasRole& node) {
        const Encoded party = of(node.party);
        const Encoded role = of(node.role);
        Encoded result = boolean(world_.has_role(party.value.scalar, role.value.scalar));
        result.known = terms_.both(party.known, role.known);
        return result;
    }
    Encoded operator()(const check::HasDuty& node) {
        return abstracted(of(node.party).known, node.breached ? "what duties a party has breached"
                                                              : "what duties a party owes");
    }
    Encoded operator()(const check::FromContext& node) {
        Symbol value;
        value.scalar = node.what == check::ContextValue::today    ? world_.today(site_)
                       : node.what == check::ContextValue::now    ? world_.now(site_)
                       : node.what == check::ContextValue::caller ? site_.caller
                                                                  : site_.signer;
        return known(std::move(value));
    }

private:
    Encoded of(const check::ExprRef& expression) { return world_.encode(site_, *expression); }
    Truth truth(const check::ExprRef& expression) { return world_.condition(site_, expression); }
    static Encoded known(Symbol value) { return {Terms::yes(), std::move(value)}; }
    static Encoded boolean(Term value) {
        Symbol symbol;
        symbol.scalar = value;
        return known(std::move(symbol));
    }
    Encoded from(Truth truth) {
        Encoded result = boolean(truth.yes);
        result.known = terms_.either(truth.yes, truth.no);
        return result;
    }
    // The values of all; true if each has one.
    Term each(const std::vector<check::ExprRef>& expressions, std::vector<Symbol>& values) {
        std::vector<Term> all_known;
        for (const check::ExprRef& expression : expressions) {
            Encoded encoded = of(expression);
            all_known.push_back(encoded.known);
            values.push_back(std::move(encoded.value));
        }
        return terms_.all(std::move(all_known));
    }

    // Some value of the type, or none: what is not encoded exactly.
    Encoded abstracted(Term known, const std::string& what) {
        const smt::Origin origin = symbols_.abstraction(expression_.span, what);
        ++symbols_.opaque_uses;
        return {terms_.both(known, terms_.bool_variable(origin, true)),
                symbols_.fresh(type_, "value", origin)};
    }
    // `exact` if it is within the bounds of the type, which it passes by no more than a product of
    // two of its values; else no value.
    Encoded bounded(Term known, Term exact, smt::Wide low, smt::Wide high) {
        const Term in_range = terms_.both(terms_.at_most(terms_.number(low), exact),
                                          terms_.at_most(exact, terms_.number(high)));
        Symbol value;
        value.scalar = terms_.guard(in_range, exact, {low, high});
        return {terms_.both(known, in_range), std::move(value)};
    }

    [[nodiscard]] smt::Wide zone_ms() const;
    Term calendar_day(Term days, std::size_t which);
    Encoded add_months(Term known, Term days, Term months, smt::Wide end);

    World& world_;
    Terms& terms_;
    Symbols& symbols_;
    const Site& site_;
    const check::Expr& expression_;
    const value::Type& type_;
};

Encoded Encoding::operator()(const check::StoreRead& node) {
    Encoded key{Terms::yes(), {}};
    if (node.key) key = of(node.key);
    const Memory& memory = node.moment == check::Moment::current  ? site_.current
                           : node.moment == check::Moment::before ? site_.before
                                                                  : site_.after;
    const check::Store& store = world_.program.at(node.store);
    Cell cell = world_.read(memory, node.store, key.value);
    if (!store.initial) return {terms_.both(key.known, cell.present), std::move(cell.value)};
    const Symbol initial = symbols_.constant(*store.initial, *store.value);
    return {key.known, symbols_.choose(cell.present, cell.value, initial, *store.value)};
}

Encoded Encoding::operator()(const check::MakeSet& node) {
    std::vector<Symbol> elements;
    Term all_known = each(node.elements, elements);
    auto made = std::make_shared<SetNode>();
    for (Symbol& element : elements) made->members.emplace_back(Terms::yes(), std::move(element));
    Symbol symbol;
    symbol.set = made;
    if (node.elements.size() > type_.capacity) {
        const Term size = symbols_.size(symbol.set, type_);
        all_known = terms_.both(all_known, terms_.at_most(size, terms_.number(type_.capacity)));
    }
    return {all_known, std::move(symbol)};
}

Encoded Encoding::operator()(const check::Logic& node) {
    const Truth left = truth(node.left);
    const Truth right = truth(node.right);
    const auto both = [&](Truth a, Truth b) {
        return Truth{terms_.both(a.yes, b.yes), terms_.either(a.no, b.no)};
    };
    switch (node.op) {
        case check::LogicOp::conjunction:
            return from(both(left, right));
        case check::LogicOp::disjunction:
            return from(negate(both(negate(left), negate(right))));
        case check::LogicOp::implication:
            return from(negate(both(left, negate(right))));
    }
    EDICT_CHECK(false);
    return {};
}

Encoded Encoding::operator()(const check::Compare& node) {
    const Encoded left = of(node.left);
    const Encoded right = of(node.right);
    const Term a = left.value.scalar, b = right.value.scalar;
    Term result;
    switch (node.op) {
        case check::CompareOp::eq:
            result = symbols_.equal(left.value, right.value, *node.left->type);
            break;
        case check::CompareOp::ne:
            result = Terms::negate(symbols_.equal(left.value, right.value, *node.left->type));
            break;
        case check::CompareOp::lt:
            result = terms_.less(a, b);
            break;
        case check::CompareOp::le:
            result = terms_.at_most(a, b);
            break;
        case check::CompareOp::gt:
            result = terms_.less(b, a);
            break;
        case check::CompareOp::ge:
            result = terms_.at_most(b, a);
            break;
    }
    Encoded encoded = boolean(result);
    encoded.known = terms_.both(left.known, right.known);
    return encoded;
}

Encoded Encoding::operator()(const check::Arith& node) {
    constexpr smt::Wide lowest = std::numeric_limits<std::int64_t>::min();
    constexpr smt::Wide highest = std::numeric_limits<std::int64_t>::max();
    const Encoded left = of(node.left);
    const Encoded right = of(node.right);
    const Term a = left.value.scalar, b = right.value.scalar;
    Term known = terms_.both(left.known, right.known);
    Term exact;
    switch (node.op) {
        case check::ArithOp::add:
            exact = terms_.add(a, b);
            break;
        case check::ArithOp::subtract:
            exact = terms_.subtract(a, b);
            break;
        case check::ArithOp::multiply:
            exact = terms_.multiply(a, b);
            break;
        case check::ArithOp::divide:
            exact = terms_.divide(a, b);
            break;
        case check::ArithOp::remainder:
            exact = terms_.remainder(a, b);
            break;
    }
    const bool divides = node.op == check::ArithOp::divide || node.op == check::ArithOp::remainder;
    if (divides) known = terms_.both(known, Terms::negate(terms_.equal(b, terms_.number(0))));
    if (divides) {  // the one quotient that is too large; its remainder is an overflow as well
        const Term overflow =
            terms_.both(terms_.equal(a, terms_.number(lowest)), terms_.equal(b, terms_.number(-1)));
        known = terms_.both(known, Terms::negate(overflow));
    }
    const Term in_range = terms_.both(terms_.at_most(terms_.number(lowest), exact),
                                      terms_.at_most(exact, terms_.number(highest)));
    Symbol value;
    // Within 64 bits again, so that nested products stay exact.
    value.scalar = terms_.guard(in_range, exact, {lowest, highest});
    return {terms_.both(known, in_range), std::move(value)};
}

Encoded Encoding::operator()(const check::Choice& node) {
    const Truth condition = truth(node.condition);
    const Encoded then = of(node.then);
    const Encoded otherwise = of(node.otherwise);
    const Term known =
        terms_.choose_bool(condition.yes, then.known, terms_.both(condition.no, otherwise.known));
    return {known, symbols_.choose(condition.yes, then.value, otherwise.value, type_)};
}

Encoded Encoding::operator()(const check::SetCombine& node) {
    Encoded left = of(node.left);
    Encoded right = of(node.right);
    auto made = std::make_shared<SetNode>();
    made->kind = SetNode::Kind::combine;
    made->op = node.op;
    made->left = left.value.set;
    made->right = right.value.set;
    Symbol symbol;
    symbol.set = made;
    Term known = terms_.both(left.known, right.known);
    const std::uint64_t most =
        std::uint64_t{node.left->type->capacity} + node.right->type->capacity;
    if (node.op == check::SetOp::unite && most > type_.capacity) {
        const Term size = symbols_.size(symbol.set, type_);
        known = terms_.both(known, terms_.at_most(size, terms_.number(type_.capacity)));
    }
    return {known, std::move(symbol)};
}

// Over the elements that can be listed, each distinct one once.
Encoded Encoding::operator()(const check::Fold& node) {
    const Encoded set = of(node.set);
    const value::Type& set_type = *node.set->type;
    const std::string what = "a sum, count, least or greatest over a collection";
    std::vector<std::pair<Term, Symbol>> members;
    const bool listed =
        set_type.kind == Kind::set && symbols_.list(set.value.set, set_type, members);
    const bool sums = node.op == check::FoldOp::sum;
    const bool of_numbers = type_.kind != Kind::boolean && !type_.parts.size();
    // The order of additions would matter for a partial sum that does not fit.
    const value::Type& term = *node.value->type;
    const auto most = static_cast<smt::Wide>(std::numeric_limits<std::int64_t>::max());
    const smt::Wide count = std::max<smt::Wide>(static_cast<smt::Wide>(members.size()), 1);
    const bool safe = !sums || (term.kind == Kind::integer && is_small(*node.value, most / count));
    if (!listed || !of_numbers || !safe) return abstracted(set.known, what);
    Site site = site_;
    if (site.locals.size() <= node.local.value) site.locals.resize(node.local.value + 1);
    std::vector<Term> all_known{set.known};
    Term result = sums ? terms_.number(0) : Term{};
    Term any = Terms::no();
    for (std::size_t i = 0; i < members.size(); ++i) {
        std::vector<Term> counts{members[i].first};
        for (std::size_t j = 0; j < i; ++j) {
            const Term same =
                symbols_.equal(members[i].second, members[j].second, *set_type.parts[0]);
            counts.push_back(Terms::negate(terms_.both(members[j].first, same)));
        }
        const Term in = terms_.all(std::move(counts));
        site.locals[node.local.value] = members[i].second;
        const Encoded one = world_.encode(site, *node.value);
        all_known.push_back(terms_.implies(in, one.known));
        const Term value = one.value.scalar;
        if (sums) {
            result = terms_.add(result, terms_.choose(in, value, terms_.number(0)));
        } else if (i == 0) {
            result = value;
        } else {
            const Term better = node.op == check::FoldOp::min ? terms_.less(value, result)
                                                              : terms_.less(result, value);
            const Term take = terms_.both(in, terms_.either(Terms::negate(any), better));
            result = terms_.choose(take, value, result);
        }
        any = terms_.either(any, in);
    }
    if (!sums) all_known.push_back(any);
    if (!sums && members.empty()) return {Terms::no(), symbols_.nothing(type_)};
    Symbol value;
    value.scalar = result;
    return {terms_.all(std::move(all_known)), std::move(value)};
}

Encoded Encoding::operator()(const check::Bind& node) {
    Site site = site_;
    std::vector<Term> all_known;
    for (const auto& [local, expression] : node.values) {
        Encoded value = of(expression);
        all_known.push_back(value.known);
        if (site.locals.size() <= local.value) site.locals.resize(local.value + 1);
        site.locals[local.value] = std::move(value.value);
    }
    Encoded body = world_.encode(site, *node.body);
    all_known.push_back(body.known);
    body.known = terms_.all(std::move(all_known));
    return body;
}

smt::Wide Encoding::zone_ms() const {
    return smt::Wide{world_.program.at(site_.module).zone_minutes.value_or(0)} * 60'000;
}

// The first (0 to 3) or last (4 to 7) day of the week, month, quarter or year.
Term Encoding::calendar_day(Term days, std::size_t which) {
    const bool ends = which >= 4;
    if (which % 4 == 0) {
        const Term to_sunday = terms_.subtract(terms_.number(7), weekday_of(terms_, days));
        const Term sunday = terms_.add(days, to_sunday);
        return ends ? sunday : terms_.add(sunday, terms_.number(-6));
    }
    CivilDay at = civil_of(terms_, days);
    if (which % 4 == 2) {
        const Term last = terms_.multiply(terms_.number(3), quarter_of(terms_, at.month));
        at.month = ends ? last : terms_.add(last, terms_.number(-2));
    } else if (which % 4 == 3) {
        at.month = terms_.number(ends ? 12 : 1);
    }
    at.day = ends ? month_length(terms_, at.year, at.month) : terms_.number(1);
    return days_of(terms_, at);
}

// Where the month is too short, by `end`: its last day, the first of the next, no value.
Encoded Encoding::add_months(Term known, Term days, Term months, smt::Wide end) {
    CivilDay at = civil_of(terms_, days);
    const Term count = terms_.add(terms_.add(terms_.multiply(terms_.number(12), at.year), at.month),
                                  terms_.add(months, terms_.number(-1)));
    const Term in_range = terms_.both(terms_.at_most(terms_.number(12), count),
                                      terms_.less(count, terms_.number(12 * 10'000)));
    const Term safe = terms_.guard(in_range, count, {0, 12 * 10'000 - 1});
    at.year = terms_.divide(safe, terms_.number(12));
    at.month = terms_.add(terms_.remainder(safe, terms_.number(12)), terms_.number(1));
    const Term length = month_length(terms_, at.year, at.month);
    const Term short_month = terms_.less(length, at.day);
    at.day = terms_.choose(short_month, length, at.day);
    Term exact = days_of(terms_, at);
    if (end == 1)
        exact = terms_.add(exact, terms_.choose(short_month, terms_.number(1), terms_.number(0)));
    Term has_value = terms_.both(known, in_range);
    if (end == 2) has_value = terms_.both(has_value, Terms::negate(short_month));
    return bounded(has_value, exact, value::FIRST_DATE.days, value::LAST_DATE.days);
}

Encoded Encoding::operator()(const check::Builtin& node) {
    using Op = check::BuiltinOp;
    std::vector<Symbol> values;
    const Term known = each(node.arguments, values);
    const auto scalar = [&](std::size_t i) { return values.at(i).scalar; };
    constexpr smt::Wide FIRST_MS = value::FIRST_TIME.ms;
    constexpr smt::Wide DECIMAL = value::Decimal::LIMIT - 1;
    const auto constant = [&](std::size_t i) { return terms_.constant(scalar(i)); };
    const auto kind = [&](std::size_t i) { return node.arguments.at(i)->type->kind; };
    switch (node.op) {
        case Op::decimal_add:
            return bounded(known, terms_.add(scalar(0), scalar(1)), -DECIMAL, DECIMAL);
        case Op::decimal_subtract:
            return bounded(known, terms_.subtract(scalar(0), scalar(1)), -DECIMAL, DECIMAL);
        case Op::decimal_of: {
            Symbol value;
            value.scalar = terms_.multiply(terms_.number(value::DECIMAL_ONE), scalar(0));
            return {known, std::move(value)};
        }
        case Op::decimal_as:
            return {known, std::move(values[0])};
        case Op::decimal_times: {
            const auto factor = constant(1);
            // A product of small factors stays inside 128 bits.
            if (!factor || *factor > 100 || *factor < -100) break;
            return bounded(known, terms_.multiply(terms_.number(*factor), scalar(0)), -DECIMAL,
                           DECIMAL);
        }
        case Op::money_in: {
            const Symbol unit =
                symbols_.constant(value::Value{type_.name}, *value::money_type()->fields[1].type);
            Symbol value;
            value.scalar = values[0].parts.at(0).scalar;
            return {terms_.both(known, terms_.equal(values[0].parts.at(1).scalar, unit.scalar)),
                    std::move(value)};
        }
        case Op::time_add:
        case Op::time_subtract: {
            const bool adds = node.op == Op::time_add;
            if (kind(0) == Kind::date && kind(1) == Kind::date) {
                Symbol value;
                value.scalar = terms_.multiply(terms_.number(value::MS_OF_DAY),
                                               terms_.subtract(scalar(0), scalar(1)));
                return {known, std::move(value)};
            }
            if (kind(0) == Kind::date) {
                const Term day = terms_.number(value::MS_OF_DAY);
                const Term whole = terms_.equal(terms_.remainder(scalar(1), day), terms_.number(0));
                const Term days = terms_.divide(scalar(1), day);
                return bounded(
                    terms_.both(known, whole),
                    adds ? terms_.add(scalar(0), days) : terms_.subtract(scalar(0), days),
                    value::FIRST_DATE.days, value::LAST_DATE.days);
            }
            const Term exact =
                adds ? terms_.add(scalar(0), scalar(1)) : terms_.subtract(scalar(0), scalar(1));
            const bool is_time = type_.kind == Kind::time;
            return bounded(known, exact, is_time ? value::FIRST_TIME.ms : -value::MAX_DURATION_MS,
                           is_time ? value::LAST_TIME.ms : value::MAX_DURATION_MS);
        }
        case Op::duration_times:
            return bounded(known, terms_.multiply(scalar(0), scalar(1)), -value::MAX_DURATION_MS,
                           value::MAX_DURATION_MS);
        case Op::duration_divide: {
            Symbol value;
            value.scalar = terms_.divide(scalar(0), scalar(1));
            const Term zero = terms_.equal(scalar(1), terms_.number(0));
            return {terms_.both(known, Terms::negate(zero)), std::move(value)};
        }
        case Op::calendar_number: {
            const auto which = constant(1);
            if (!which) break;
            const CivilDay at = civil_of(terms_, scalar(0));
            const Term numbers[] = {at.year, quarter_of(terms_, at.month), at.month, at.day,
                                    weekday_of(terms_, scalar(0))};
            Symbol value;
            value.scalar = numbers[static_cast<std::size_t>(*which)];
            return {known, std::move(value)};
        }
        case Op::calendar_day: {
            const auto which = constant(1);
            if (!which) break;
            return bounded(known, calendar_day(scalar(0), static_cast<std::size_t>(*which)),
                           value::FIRST_DATE.days, value::LAST_DATE.days);
        }
        case Op::add_months: {
            const auto end = constant(2);
            if (!end) break;
            return add_months(known, scalar(0), scalar(1), *end);
        }
        case Op::day_of: {
            // Counted from the first day, where nothing is negative.
            const Term since = terms_.add(scalar(0), terms_.number(zone_ms() - FIRST_MS));
            const Term exact = terms_.add(terms_.divide(since, terms_.number(value::MS_OF_DAY)),
                                          terms_.number(value::FIRST_DATE.days));
            const Term after_first = terms_.at_most(terms_.number(0), since);
            return bounded(terms_.both(known, after_first), exact, value::FIRST_DATE.days,
                           value::LAST_DATE.days);
        }
        case Op::start_of: {
            const Term exact =
                terms_.add(terms_.multiply(terms_.number(value::MS_OF_DAY), scalar(0)),
                           terms_.number(-zone_ms()));
            return bounded(known, exact, value::FIRST_TIME.ms, value::LAST_TIME.ms);
        }
        default:
            break;
    }
    switch (node.op) {
        case Op::window_add:
        case Op::window_total:
        case Op::window_peak:
            return abstracted(known, "the total of a counter over days");
        default:
            break;
    }
    constexpr const char* NAMES[] = {
#define EDICT_BUILTIN(name) #name,
#include "compiler/check/builtins.def"
#undef EDICT_BUILTIN
    };
    return abstracted(known,
                      std::string("the operation ") + NAMES[static_cast<std::size_t>(node.op)]);
}

Encoded Encoding::operator()(const check::Quantified& node) {
    const Encoded set = of(node.set);
    const bool is_every = node.quantifier == check::Quantifier::every;
    // Kept by the set for elements that turn up later: it needs its own copy of the site.
    World* world = &world_;
    const auto condition = [world, site = site_, node, is_every](const Symbol& element) mutable {
        if (site.locals.size() <= node.local.value) site.locals.resize(node.local.value + 1);
        site.locals[node.local.value] = element;
        const Truth truth = world->condition(site, node.condition);
        return is_every ? truth : negate(truth);
    };
    if (node.set->type->kind == Kind::list) {
        return abstracted(set.known, "what is said of every element of a list");
    }
    Truth every = symbols_.every(set.value.set, *node.set->type, condition, expression_.span);
    if (!is_every) every = negate(every);
    return from({terms_.both(set.known, every.yes), terms_.both(set.known, every.no)});
}

}  // namespace

Encoded World::encode(const Site& site, const check::Expr& expression) {
    Encoding encoding(*this, site, expression);
    return std::visit(encoding, expression.node);
}

Truth World::condition(const Site& site, const check::ExprRef& expression) {
    if (!expression) return {Terms::yes(), Terms::no()};
    const Encoded encoded = encode(site, *expression);
    const Term value = encoded.value.scalar;
    return {terms.both(encoded.known, value), terms.both(encoded.known, Terms::negate(value))};
}

}  // namespace edict::encode
