// Sets without bounds on their elements: membership is a predicate, asked of single elements;
// what is said of every element is said of those that turn up. Whatever holds of a real set can
// hold here, so a refutation is a proof.
#include <algorithm>

#include "base/check.h"
#include "verifier/encode/symbols.h"

namespace edict::encode {

using smt::Terms;
using value::Kind;

namespace {

constexpr std::size_t MAX_LISTED_MEMBERS = 16;  // of an enum whose sets are listed member by member
constexpr std::size_t MAX_ELEMENTS = 24;        // of one shape, of which things are said
constexpr std::uint32_t MAX_WITNESSES = 4;      // of the number of elements of a set
constexpr int MAX_ROUNDS = 3;

// Elements of equal shape may be equal, so what is said of one is said of the other.
std::string shape(const value::Type& type) {
    switch (type.kind) {
        case Kind::integer:
            return "Int";
        case Kind::text:
            return "Text";
        case Kind::bytes:
            return "Bytes";
        default:
            return value::to_text(type);
    }
}

}  // namespace

void Symbols::turn_up(const Symbol& element, const value::Type& type) {
    std::vector<Symbol>& known = elements_[shape(type)];
    const bool is_new = std::none_of(known.begin(), known.end(), [&](const Symbol& other) {
        return equal(element, other, type) == Terms::yes();
    });
    if (is_new) known.push_back(element);
}

Term Symbols::member(const Symbol& element, const SetRef& set, const value::Type& type) {
    const value::Type& element_type = *type.parts[0];
    switch (set->kind) {
        case SetNode::Kind::literal: {
            std::vector<Term> same;
            for (const auto& [condition, member] : set->members) {
                same.push_back(terms_.both(condition, equal(element, member, element_type)));
            }
            return terms_.any(std::move(same));
        }
        case SetNode::Kind::choice:
            return terms_.choose_bool(set->condition, member(element, set->left, type),
                                      member(element, set->right, type));
        case SetNode::Kind::combine: {
            const Term left = member(element, set->left, type);
            const Term right = member(element, set->right, type);
            if (set->op == check::SetOp::unite) return terms_.either(left, right);
            if (set->op == check::SetOp::intersect) return terms_.both(left, right);
            return terms_.both(left, Terms::negate(right));
        }
        case SetNode::Kind::base:
            break;
    }
    // Newest first, so that the oldest equal element decides.
    const auto asked = bases_[set->base].asked;
    Term result;
    bool is_new = true;
    std::vector<std::pair<Term, Term>> earlier;
    for (const auto& [other, membership] : asked) {
        const Term same = equal(element, other, element_type);
        earlier.emplace_back(same, membership);
        if (same == Terms::yes()) {
            is_new = false;
            break;
        }
    }
    if (is_new) {
        result = terms_.bool_variable();
        bases_[set->base].asked.emplace_back(element, result);
        turn_up(element, element_type);
    }
    for (auto at = earlier.rbegin(); at != earlier.rend(); ++at) {
        result = terms_.choose_bool(at->first, at->second, result);
    }
    // What is no value of the element type is in no such set.
    const value::Type& own = *bases_[set->base].type->parts[0];
    if (own.kind != Kind::integer) return result;
    return terms_.all({result, terms_.at_most(terms_.number(own.low), element.scalar),
                       terms_.at_most(element.scalar, terms_.number(own.high))});
}

bool Symbols::list(const SetRef& set, const value::Type& type,
                   std::vector<std::pair<Term, Symbol>>& members) {
    const auto restricted = [&](const SetRef& listed, const auto& condition) {
        std::vector<std::pair<Term, Symbol>> found;
        if (!list(listed, type, found)) return false;
        for (auto& [in, element] : found) {
            const Term keep = terms_.both(in, condition(element));
            if (keep != Terms::no()) members.emplace_back(keep, std::move(element));
        }
        return true;
    };
    switch (set->kind) {
        case SetNode::Kind::literal:
            members.insert(members.end(), set->members.begin(), set->members.end());
            return true;
        case SetNode::Kind::choice:
            return restricted(set->left, [&](const Symbol&) { return set->condition; }) &&
                   restricted(set->right,
                              [&](const Symbol&) { return Terms::negate(set->condition); });
        case SetNode::Kind::combine: {
            const auto in = [&](const SetRef& other) {
                return [&](const Symbol& element) { return member(element, other, type); };
            };
            if (set->op == check::SetOp::unite) {
                return list(set->left, type, members) && list(set->right, type, members);
            }
            if (set->op == check::SetOp::intersect) {
                return restricted(set->left, in(set->right)) ||
                       restricted(set->right, in(set->left));
            }
            return restricted(set->left, [&](const Symbol& element) {
                return Terms::negate(member(element, set->right, type));
            });
        }
        case SetNode::Kind::base: {
            const value::Type& element = *type.parts[0];
            if (element.kind != Kind::enumeration || element.members.size() > MAX_LISTED_MEMBERS) {
                return false;
            }
            for (std::uint32_t i = 0; i < element.members.size(); ++i) {
                Symbol one;
                one.scalar = terms_.number(i);
                const Term in = member(one, set, type);
                members.emplace_back(in, std::move(one));
            }
            return true;
        }
    }
    return false;
}

Term Symbols::distinct_members(const std::vector<std::pair<Term, Symbol>>& members,
                               const value::Type& element) {
    Term sum = terms_.number(0);
    for (std::size_t i = 0; i < members.size(); ++i) {
        std::vector<Term> counts{members[i].first};
        for (std::size_t j = 0; j < i; ++j) {
            const Term same = equal(members[i].second, members[j].second, element);
            counts.push_back(Terms::negate(terms_.both(members[j].first, same)));
        }
        const Term one = terms_.all(std::move(counts));
        sum = terms_.add(sum, terms_.choose(one, terms_.number(1), terms_.number(0)));
    }
    return sum;
}

// The size is at least the number of distinct elements that are known to be in.
void Symbols::bound_size(BaseSet& base) {
    if (base.counted == base.asked.size()) return;
    base.counted = base.asked.size();
    std::vector<std::pair<Term, Symbol>> members;
    for (const auto& [element, membership] : base.asked) members.emplace_back(membership, element);
    const Term known = distinct_members(members, *base.type->parts[0]);
    if (base.size_asked && terms_.node(base.size.node()).op == smt::Op::int_var) {
        terms_.attach(base.size, terms_.at_most(known, base.size));
    }
    if (base.asked.size() <= base.type->capacity) return;
    const Term small = terms_.at_most(known, terms_.number(base.type->capacity));
    for (const auto& asked : base.asked) {
        if (terms_.node(asked.second.node()).op == smt::Op::bool_var) {
            terms_.attach(asked.second, small);
        }
    }
}

Term Symbols::base_size(const SetRef& set) {
    BaseSet& base = bases_[set->base];
    if (base.size_asked) return base.size;
    base.size_asked = true;
    base.counted = 0;
    base.size = terms_.int_variable(0, base.type->capacity, 0,
                                    abstraction({}, "the number of elements of a set"));
    if (terms_.constant(base.size)) return base.size;
    // A few distinct elements stand for as many, so that what is said of every element meets them.
    const value::Type& element_type = *base.type->parts[0];
    std::vector<Symbol> witnesses;
    for (std::uint32_t i = 0; i < std::min(base.type->capacity, MAX_WITNESSES); ++i) {
        const Symbol witness = fresh(element_type, "element");
        std::vector<Term> said{member(witness, set, *base.type)};
        for (const Symbol& other : witnesses) {
            said.push_back(Terms::negate(equal(witness, other, element_type)));
        }
        const Term enough = terms_.less(terms_.number(i), base.size);
        terms_.attach(base.size, terms_.implies(enough, terms_.all(std::move(said))));
        witnesses.push_back(witness);
    }
    return base.size;
}

Term Symbols::size(const SetRef& set, const value::Type& type) {
    std::vector<std::pair<Term, Symbol>> members;
    if (list(set, type, members)) return distinct_members(members, *type.parts[0]);
    switch (set->kind) {
        case SetNode::Kind::base:
            return base_size(set);
        case SetNode::Kind::choice:
            return terms_.choose(set->condition, size(set->left, type), size(set->right, type));
        case SetNode::Kind::literal:
            break;
        case SetNode::Kind::combine: {
            const Term left = size(set->left, type), right = size(set->right, type);
            const Term result =
                terms_.int_variable(0, std::int64_t{2} * value::MAX_SET_ELEMENTS, 0,
                                    abstraction({}, "the number of elements of a set"));
            const auto say = [&](Term a, Term b) { terms_.attach(result, terms_.at_most(a, b)); };
            if (set->op == check::SetOp::unite) {
                say(left, result);
                say(right, result);
                say(result, terms_.add(left, right));
            } else {
                say(result, left);
                if (set->op == check::SetOp::intersect) say(result, right);
                if (set->op == check::SetOp::subtract) say(terms_.subtract(left, right), result);
            }
            return result;
        }
    }
    EDICT_CHECK(false);
    return {};
}

Truth Symbols::every(const SetRef& set, const value::Type& type, const Condition& condition,
                     source::Span span) {
    std::vector<std::pair<Term, Symbol>> members;
    if (list(set, type, members)) {
        std::vector<Term> holds, fails;
        for (const auto& [in, element] : members) {
            const Truth truth = condition(element);
            holds.push_back(terms_.implies(in, truth.yes));
            fails.push_back(terms_.both(in, truth.no));
        }
        return {terms_.all(std::move(holds)), terms_.any(std::move(fails))};
    }
    const value::Type& element_type = *type.parts[0];
    const smt::Origin origin = abstraction(span, "what is said of every element of a set");
    // A fresh element stands for the one that makes it not true, another for one that makes it
    // false.
    const Symbol doubtful = fresh(element_type, "element", origin);
    const Truth at_doubtful = condition(doubtful);
    const Term yes = terms_.bool_variable(origin);
    const Term in_doubtful = member(doubtful, set, type);
    terms_.attach(yes,
                  terms_.either(yes, terms_.both(in_doubtful, Terms::negate(at_doubtful.yes))));
    Truth result{yes, Terms::negate(yes)};
    const bool two_valued = at_doubtful.no == Terms::negate(at_doubtful.yes);
    if (!two_valued) {
        result.no = terms_.bool_variable(origin);
        const Symbol failing = fresh(element_type, "element", origin);
        const Term in_failing = member(failing, set, type);
        terms_.attach(result.no,
                      terms_.implies(result.no, terms_.both(in_failing, condition(failing).no)));
        terms_.attach(result.no, Terms::negate(terms_.both(result.no, yes)));
    }
    Universal universal;
    universal.element = shape(element_type);
    universal.say = [this, set, type, condition, result, two_valued](const Symbol& element) {
        const Term out = Terms::negate(member(element, set, type));
        const Truth truth = condition(element);
        terms_.attach(result.yes, terms_.any({Terms::negate(result.yes), out, truth.yes}));
        if (two_valued) return;
        terms_.attach(result.no, terms_.any({result.no, out, Terms::negate(truth.no)}));
    };
    universals_.push_back(std::move(universal));
    return result;
}

Term Symbols::set_equal(const SetRef& a, const SetRef& b, const value::Type& type) {
    if (a == b) return Terms::yes();
    if (a->kind == SetNode::Kind::base && b->kind == SetNode::Kind::base && a->base == b->base) {
        return Terms::yes();
    }
    const auto inside = [&](const SetRef& part, const SetRef& whole) {
        return every(part, type,
                     [this, whole, type](const Symbol& element) {
                         const Term in = member(element, whole, type);
                         return Truth{in, Terms::negate(in)};
                     },
                     {});
    };
    return terms_.both(inside(a, b).yes, inside(b, a).yes);
}

void Symbols::saturate() {
    for (int round = 0; round < MAX_ROUNDS; ++round) {
        bool changed = false;
        for (std::size_t i = 0; i < universals_.size(); ++i) {
            while (universals_[i].said <
                   std::min(elements_[universals_[i].element].size(), MAX_ELEMENTS)) {
                const Symbol element = elements_[universals_[i].element][universals_[i].said++];
                const auto say = universals_[i].say;  // it may add to universals_
                say(element);
                changed = true;
            }
        }
        if (!changed) break;
    }
    for (BaseSet& base : bases_) bound_size(base);
}

}  // namespace edict::encode
