#include "verifier/smt/term.h"

#include <algorithm>

#include "base/check.h"

namespace edict::smt {
namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
    hash ^= more + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
    return hash * 0xff51afd7ed558ccdULL;
}

std::uint64_t hash_of(Op op, std::span<const Term> operands, Wide number) {
    std::uint64_t hash = mix(static_cast<std::uint64_t>(op), static_cast<std::uint64_t>(number));
    for (const Term term : operands) hash = mix(hash, term.code);
    return hash ^ (hash >> 32);
}

constexpr std::size_t FIRST_TABLE_SIZE = 1024;  // a power of two

}  // namespace

Terms::Terms() : table_(FIRST_TABLE_SIZE, 0) { nodes_.push_back(Node{Op::truth, 0, 0, 0, {1, 1}}); }

std::span<const Term> Terms::operands(std::uint32_t id) const {
    return std::span<const Term>(pool_).subspan(nodes_[id].first, nodes_[id].count);
}

std::optional<Wide> Terms::constant(Term integer) const {
    const Node& node = nodes_[integer.node()];
    if (node.op != Op::number) return std::nullopt;
    return node.bounds.low;
}

Wide Terms::apply(Op op, Wide a, Wide b) {
    switch (op) {
        case Op::add:
            return a + b;
        case Op::multiply:
            return a * b;
        case Op::divide:
            return b == 0 ? 0 : a / b;
        case Op::remainder:
            return b == 0 ? 0 : a % b;
        default:
            EDICT_CHECK(false);
            return 0;
    }
}

Term Terms::make(Op op, std::span<const Term> operands, Interval bounds) {
    const Wide key = op == Op::number ? bounds.low : 0;
    std::size_t at = hash_of(op, operands, key) & (table_.size() - 1);
    for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
        const std::uint32_t id = table_[at] - 1;
        const Node& node = nodes_[id];
        if (node.op != op || node.count != operands.size()) continue;
        if (op == Op::number && node.bounds.low != key) continue;
        if (std::equal(operands.begin(), operands.end(), pool_.begin() + node.first)) {
            return Term{id << 1};
        }
    }
    const auto id = static_cast<std::uint32_t>(nodes_.size());
    const auto first = static_cast<std::uint32_t>(pool_.size());
    pool_.insert(pool_.end(), operands.begin(), operands.end());
    nodes_.push_back(Node{op, first, static_cast<std::uint32_t>(operands.size()), 0, bounds});
    table_[at] = id + 1;
    if (nodes_.size() * 2 > table_.size()) {
        std::vector<std::uint32_t> larger(table_.size() * 2, 0);
        for (const std::uint32_t entry : table_) {
            if (entry == 0) continue;
            const Node& node = nodes_[entry - 1];
            const Wide number = node.op == Op::number ? node.bounds.low : 0;
            std::size_t to = hash_of(node.op, this->operands(entry - 1), number);
            to &= larger.size() - 1;
            while (larger[to] != 0) to = (to + 1) & (larger.size() - 1);
            larger[to] = entry;
        }
        table_ = std::move(larger);
    }
    return Term{id << 1};
}

Term Terms::make_variable(Op op, Variable variable) {
    const auto id = static_cast<std::uint32_t>(nodes_.size());
    variable.term = Term{id << 1};
    nodes_.push_back(Node{
        op, 0, 0, static_cast<std::uint32_t>(variables_.size()), {variable.low, variable.high}});
    variables_.push_back(std::move(variable));
    return Term{id << 1};
}

Term Terms::number(Wide value) { return make(Op::number, {}, {value, value}); }

Term Terms::bool_variable(Origin origin, bool preferred) {
    Variable variable;
    variable.preferred = preferred ? 1 : 0;
    variable.origin = origin;
    return make_variable(Op::bool_var, std::move(variable));
}

Term Terms::int_variable(std::int64_t low, std::int64_t high, std::int64_t preferred,
                         Origin origin) {
    EDICT_CHECK(low <= high);
    if (low == high) return number(low);
    Variable variable;
    variable.low = low;
    variable.high = high;
    variable.preferred = std::clamp(preferred, low, high);
    variable.origin = origin;
    return make_variable(Op::int_var, std::move(variable));
}

Term Terms::all(std::vector<Term> parts) {
    // Operands that are conjunctions themselves are taken in, so that equal sets are one node.
    std::vector<Term> flat;
    for (const Term part : parts) {
        if (!part.negated() && nodes_[part.node()].op == Op::both) {
            const auto inner = operands(part.node());
            flat.insert(flat.end(), inner.begin(), inner.end());
        } else if (part != yes()) {
            flat.push_back(part);
        }
    }
    std::sort(flat.begin(), flat.end());
    flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
    for (std::size_t i = 0; i < flat.size(); ++i) {
        if (flat[i] == no()) return no();
        if (i > 0 && flat[i].node() == flat[i - 1].node()) return no();  // a and not a
    }
    // not (a and b) beside a: only not b is left.
    for (Term& part : flat) {
        if (!part.negated() || nodes_[part.node()].op != Op::both) continue;
        const auto inner = operands(part.node());
        std::vector<Term> left;
        bool already_false = false;
        for (const Term term : inner) {
            if (std::binary_search(flat.begin(), flat.end(), term)) continue;
            if (std::binary_search(flat.begin(), flat.end(), negate(term))) already_false = true;
            left.push_back(term);
        }
        if (!already_false && left.size() == inner.size()) continue;
        std::vector<Term> rest;
        for (const Term other : flat) {
            if (other != part) rest.push_back(other);
        }
        if (!already_false) rest.push_back(negate(all(std::move(left))));
        return all(std::move(rest));
    }
    if (flat.empty()) return yes();
    if (flat.size() == 1) return flat[0];
    return make(Op::both, flat, {0, 1});
}

Term Terms::any(std::vector<Term> parts) {
    for (Term& part : parts) part = negate(part);
    return negate(all(std::move(parts)));
}

Term Terms::same(Term a, Term b) { return choose_bool(a, b, negate(b)); }

Term Terms::choose_bool(Term condition, Term then, Term otherwise) {
    if (condition == yes() || then == otherwise) return then;
    if (condition == no()) return otherwise;
    return both(implies(condition, then), either(condition, otherwise));
}

Term Terms::equal(Term a, Term b) {
    if (a == b) return yes();
    if (b < a) std::swap(a, b);
    const Node& left = nodes_[a.node()];
    const Node& right = nodes_[b.node()];
    if (left.bounds.high < right.bounds.low || right.bounds.high < left.bounds.low) return no();
    if (left.op == Op::number && right.op == Op::number) return yes();  // bounds overlap
    for (const auto& [chosen, other] : {std::pair{a, b}, std::pair{b, a}}) {
        if (nodes_[chosen.node()].op != Op::choose || !constant(other)) continue;
        const Term condition = operands(chosen.node())[0];
        const Term then = operands(chosen.node())[1];
        const Term otherwise = operands(chosen.node())[2];
        if (!constant(then) && !constant(otherwise)) continue;
        const Term when_then = equal(then, other);
        return choose_bool(condition, when_then, equal(otherwise, other));
    }
    const Term operands[] = {a, b};
    return make(Op::equal, operands, {0, 1});
}

Term Terms::at_most(Term a, Term b) {
    if (a == b) return yes();
    const Interval left = nodes_[a.node()].bounds;
    const Interval right = nodes_[b.node()].bounds;
    if (left.high <= right.low) return yes();
    if (left.low > right.high) return no();
    const Term operands[] = {a, b};
    return make(Op::at_most, operands, {0, 1});
}

Term Terms::choose(Term condition, Term then, Term otherwise) {
    if (condition == yes() || then == otherwise) return then;
    if (condition == no()) return otherwise;
    if (condition.negated()) {
        condition = negate(condition);
        std::swap(then, otherwise);
    }
    const Interval a = nodes_[then.node()].bounds;
    const Interval b = nodes_[otherwise.node()].bounds;
    const Term operands[] = {condition, then, otherwise};
    return make(Op::choose, operands, {std::min(a.low, b.low), std::max(a.high, b.high)});
}

Term Terms::guard(Term condition, Term exact, Interval bounds) {
    const Interval own = nodes_[exact.node()].bounds;
    if (own.low >= bounds.low && own.high <= bounds.high)
        return choose(condition, exact, number(0));
    if (condition == yes() || condition == no()) return choose(condition, exact, number(0));
    Term operands[] = {condition, exact, number(0)};
    if (condition.negated()) {
        operands[0] = negate(condition);
        std::swap(operands[1], operands[2]);
    }
    return make(Op::choose, operands, bounds);
}

Term Terms::add(Term a, Term b) {
    const auto left = constant(a);
    const auto right = constant(b);
    if (left && right) return number(*left + *right);
    if (left && *left == 0) return b;
    if (right && *right == 0) return a;
    const Interval x = nodes_[a.node()].bounds;
    const Interval y = nodes_[b.node()].bounds;
    if (b < a) std::swap(a, b);
    const Term operands[] = {a, b};
    return make(Op::add, operands, {x.low + y.low, x.high + y.high});
}

Interval Terms::product_bounds(Term a, Term b) const {
    const Interval x = nodes_[a.node()].bounds;
    const Interval y = nodes_[b.node()].bounds;
    const Wide corners[] = {x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high};
    return {*std::min_element(std::begin(corners), std::end(corners)),
            *std::max_element(std::begin(corners), std::end(corners))};
}

Term Terms::multiply(Term a, Term b) {
    const auto left = constant(a);
    const auto right = constant(b);
    if (left && right) return number(*left * *right);
    if ((left && *left == 0) || (right && *right == 0)) return number(0);
    if (left && *left == 1) return b;
    if (right && *right == 1) return a;
    const Interval bounds = product_bounds(a, b);
    if (b < a) std::swap(a, b);
    const Term operands[] = {a, b};
    return make(Op::multiply, operands, bounds);
}

Term Terms::divide(Term a, Term b) {
    const auto left = constant(a);
    const auto right = constant(b);
    if (left && right) return number(apply(Op::divide, *left, *right));
    if (right && *right == 1) return a;
    const Interval x = nodes_[a.node()].bounds;
    const Wide largest = std::max(x.high < 0 ? -x.high : x.high, x.low < 0 ? -x.low : x.low);
    const Term operands[] = {a, b};
    return make(Op::divide, operands, {-largest, largest});
}

Term Terms::remainder(Term a, Term b) {
    const auto left = constant(a);
    const auto right = constant(b);
    if (left && right) return number(apply(Op::remainder, *left, *right));
    const Interval x = nodes_[a.node()].bounds;
    const Term operands[] = {a, b};
    return make(Op::remainder, operands, {std::min<Wide>(x.low, 0), std::max<Wide>(x.high, 0)});
}

void Terms::attach(Term variable, Term axiom) {
    if (axiom == yes()) return;
    Node& node = nodes_[variable.node()];
    EDICT_CHECK(node.op == Op::bool_var || node.op == Op::int_var);
    variables_[node.variable].axioms.push_back(axiom);
}

}  // namespace edict::smt
