// Expressions as pairs of terms: whether there is a value, and which.
#include <limits>

#include "base/check.h"
#include "verifier/encode/world.h"

namespace edict::encode {

using smt::Terms;

namespace {

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
        Encoded result = boolean(symbols_.member(element.value, set.value.set, *node.set->type));
        result.known = terms_.both(element.known, set.known);
        return result;
    }
    Encoded operator()(const check::SetCombine& node);
    Encoded operator()(const check::Count& node) {
        const Encoded set = of(node.set);
        Symbol count;
        count.scalar = symbols_.size(set.value.set, *node.set->type);
        return {set.known, std::move(count)};
    }
    Encoded operator()(const check::Quantified& node);
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
    Encoded operator()(const check::FromContext& node) {
        Symbol value;
        value.scalar = node.what == check::ContextValue::today    ? world_.today(site_.module)
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
