#include "verifier/smt/propagate.h"

#include <algorithm>

namespace edict::smt {
namespace {

// Nodes looked at: where bounds move in small steps, the rest is left to bisection; and to Z3.
constexpr std::int64_t MAX_STEPS_PER_NODE = 40;
constexpr std::int64_t MAX_WORK = 4'000'000;

Interval meet(Interval a, Interval b) { return {std::max(a.low, b.low), std::min(a.high, b.high)}; }
bool empty(Interval a) { return a.low > a.high; }
bool single(Interval a) { return a.low == a.high; }

}  // namespace

bool disjoint(const Box& a, const Box& b) {
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i].node < b[j].node) {
            ++i;
        } else if (b[j].node < a[i].node) {
            ++j;
        } else if (empty(meet(a[i++].within, b[j++].within))) {
            return true;
        }
    }
    return false;
}

Propagator::Propagator(const Terms& terms, const Slice& slice)
    : terms_(terms), slice_(slice), evaluator_(terms, slice) {
    if (!slice.nodes.empty()) local_.resize(slice.nodes.back() + 1);
    bounds_.reserve(slice.nodes.size());
    for (std::uint32_t i = 0; i < slice.nodes.size(); ++i) {
        local_[slice.nodes[i]] = i;
        bounds_.push_back(terms.node(slice.nodes[i]).bounds);
    }
    link_parents();
    queued_.resize(slice.nodes.size(), true);
    for (std::uint32_t i = 0; i < slice.nodes.size(); ++i) queue_.push_back(i);
}

void Propagator::link_parents() {
    first_parent_.assign(slice_.nodes.size() + 1, 0);
    for (const std::uint32_t id : slice_.nodes) {
        for (const Term operand : terms_.operands(id)) ++first_parent_[local_[operand.node()] + 1];
    }
    for (std::size_t i = 1; i < first_parent_.size(); ++i) first_parent_[i] += first_parent_[i - 1];
    parents_.resize(first_parent_.back());
    std::vector<std::uint32_t> next(first_parent_.begin(), first_parent_.end() - 1);
    for (std::uint32_t i = 0; i < slice_.nodes.size(); ++i) {
        for (const Term operand : terms_.operands(slice_.nodes[i])) {
            parents_[next[local_[operand.node()]]++] = i;
        }
    }
}

void Propagator::wake(std::uint32_t position) {
    if (queued_[position]) return;
    queued_[position] = true;
    queue_.push_back(position);
}

Interval Propagator::of(Term term) const {
    const Interval bounds = bounds_[local_[term.node()]];
    return term.negated() ? Interval{1 - bounds.high, 1 - bounds.low} : bounds;
}

bool Propagator::narrow(Term term, Interval within) {
    if (term.negated()) within = {1 - within.high, 1 - within.low};
    const std::uint32_t position = local_[term.node()];
    Interval& bounds = bounds_[position];
    const Interval narrowed = meet(bounds, within);
    if (empty(narrowed)) return false;
    if (narrowed == bounds) return true;
    trail_.push_back({position, bounds});
    bounds = narrowed;
    wake(position);
    for (std::uint32_t i = first_parent_[position]; i < first_parent_[position + 1]; ++i) {
        wake(parents_[i]);
    }
    return true;
}

bool Propagator::forward(std::uint32_t id) {
    const Node& node = terms_.node(id);
    const auto operands = terms_.operands(id);
    Interval found = node.bounds;
    switch (node.op) {
        case Op::truth:
        case Op::bool_var:
        case Op::int_var:
        case Op::number:
            return true;
        case Op::both:
            found = {1, 1};
            for (const Term part : operands) {
                const Interval bounds = of(part);
                found = {std::min(found.low, bounds.low), std::min(found.high, bounds.high)};
            }
            break;
        case Op::at_most: {
            const Interval a = of(operands[0]), b = of(operands[1]);
            if (a.high <= b.low) found = {1, 1};
            if (a.low > b.high) found = {0, 0};
            break;
        }
        case Op::equal: {
            const Interval a = of(operands[0]), b = of(operands[1]);
            if (empty(meet(a, b))) found = {0, 0};
            if (single(a) && a == b) found = {1, 1};
            break;
        }
        case Op::choose: {
            const Interval c = of(operands[0]), a = of(operands[1]), b = of(operands[2]);
            found = {std::min(a.low, b.low), std::max(a.high, b.high)};
            if (single(c)) found = c.low == 1 ? a : b;
            break;
        }
        case Op::add: {
            const Interval a = of(operands[0]), b = of(operands[1]);
            found = {a.low + b.low, a.high + b.high};
            break;
        }
        case Op::multiply:
        case Op::divide:
        case Op::remainder: {
            const Interval a = of(operands[0]), b = of(operands[1]);
            if (single(b) && b.low > 0 && node.op == Op::multiply) {
                found = {a.low * b.low, a.high * b.low};
            } else if (single(b) && b.low > 0 && node.op == Op::divide) {
                found = {a.low / b.low, a.high / b.low};
            } else if (single(a) && single(b)) {
                found.low = found.high = Terms::apply(node.op, a.low, b.low);
            }
            break;
        }
    }
    return narrow(Term{id << 1}, found);
}

bool Propagator::backward_both(std::uint32_t id) {
    const Interval self = bounds_[local_[id]];
    const auto operands = terms_.operands(id);
    if (self.low == 1) {
        for (const Term part : operands) {
            if (!narrow(part, {1, 1})) return false;
        }
    } else if (self.high == 0) {
        const Term* left = nullptr;
        for (const Term& part : operands) {
            if (of(part).low == 1) continue;
            if (left != nullptr) return true;
            left = &part;
        }
        return left != nullptr && narrow(*left, {0, 0});
    }
    return true;
}

bool Propagator::backward_compare(std::uint32_t id) {
    const Interval self = bounds_[local_[id]];
    if (!single(self)) return true;
    const Node& node = terms_.node(id);
    const Term left = terms_.operands(id)[0], right = terms_.operands(id)[1];
    const Interval a = of(left), b = of(right);
    if (node.op == Op::at_most) {
        if (self.low == 1) return narrow(left, {a.low, b.high}) && narrow(right, {a.low, b.high});
        return narrow(left, {b.low + 1, a.high}) && narrow(right, {b.low, a.high - 1});
    }
    if (self.low == 1) return narrow(left, b) && narrow(right, a);
    const auto trim = [&](Term term, Interval bounds, Wide value) {
        if (bounds.low == value) ++bounds.low;
        if (bounds.high == value) --bounds.high;
        return narrow(term, bounds);
    };
    if (single(a) && !trim(right, b, a.low)) return false;
    return !single(b) || trim(left, a, b.low);
}

bool Propagator::backward_number(std::uint32_t id) {
    const Interval self = bounds_[local_[id]];
    const Node& node = terms_.node(id);
    const auto operands = terms_.operands(id);
    if (node.op == Op::choose) {
        const Interval c = of(operands[0]);
        if (single(c)) return narrow(operands[c.low == 1 ? 1 : 2], self);
        if (empty(meet(of(operands[1]), self)) && !narrow(operands[0], {0, 0})) return false;
        return !empty(meet(of(operands[2]), self)) || narrow(operands[0], {1, 1});
    }
    if (node.op == Op::add) {
        const Interval a = of(operands[0]), b = of(operands[1]);
        return narrow(operands[0], {self.low - b.high, self.high - b.low}) &&
               narrow(operands[1], {self.low - a.high, self.high - a.low});
    }
    if (node.op == Op::multiply) {
        // x * k in [low, high], k > 0: x in [ceil(low / k), floor(high / k)].
        for (int i = 0; i < 2; ++i) {
            const Interval k = of(operands[1 - static_cast<std::size_t>(i)]);
            if (!single(k) || k.low <= 0) continue;
            const Wide low = self.low >= 0 ? (self.low + k.low - 1) / k.low : self.low / k.low;
            const Wide high =
                self.high >= 0 ? self.high / k.low : -((-self.high + k.low - 1) / k.low);
            if (!narrow(operands[static_cast<std::size_t>(i)], {low, high})) return false;
        }
    }
    return true;
}

bool Propagator::backward(std::uint32_t id) {
    switch (terms_.node(id).op) {
        case Op::both:
            return backward_both(id);
        case Op::at_most:
        case Op::equal:
            return backward_compare(id);
        case Op::choose:
        case Op::add:
        case Op::multiply:
            return backward_number(id);
        default:
            return true;
    }
}

bool Propagator::run() {
    const std::int64_t limit =
        work_ + MAX_STEPS_PER_NODE * static_cast<std::int64_t>(slice_.nodes.size());
    bool possible = true;
    // Whole rounds, so that one narrowing after another is seen by what stands above.
    std::vector<std::uint32_t> round;
    while (possible && !queue_.empty() && work_ < limit) {
        round.swap(queue_);
        queue_.clear();
        for (std::size_t i = 0; i < round.size(); ++i) {
            queued_[round[i]] = false;
            if (!possible) continue;
            const std::uint32_t id = slice_.nodes[round[i]];
            ++work_;
            possible = forward(id) && backward(id);
        }
    }
    for (const std::uint32_t position : queue_) queued_[position] = false;
    queue_.clear();
    return possible;
}

void Propagator::undo(std::size_t changes) {
    while (trail_.size() > changes) {
        bounds_[trail_.back().position] = trail_.back().before;
        trail_.pop_back();
    }
}

bool Propagator::propagate() {
    for (const Term root : slice_.roots) {
        if (!narrow(root, {1, 1})) return false;
    }
    return run();
}

Box Propagator::box() const {
    Box box;
    for (std::size_t i = 0; i < slice_.nodes.size(); ++i) {
        if (!(bounds_[i] == terms_.node(slice_.nodes[i]).bounds)) {
            box.push_back({slice_.nodes[i], bounds_[i]});
        }
    }
    return box;
}

// Through choices that are decided.
Term Propagator::resolved(Term term) const {
    while (terms_.node(term.node()).op == Op::choose) {
        const Interval condition = of(terms_.operands(term.node())[0]);
        if (!single(condition)) break;
        term = terms_.operands(term.node())[condition.low == 1 ? 1 : 2];
    }
    return term;
}

// Moves variables so that the decided comparisons between them hold.
void Propagator::repair(Model& model) const {
    const auto is_variable = [&](Term term) { return terms_.node(term.node()).op == Op::int_var; };
    const auto slot = [&](Term term) -> std::int64_t& {
        return model.values[terms_.node(term.node()).variable];
    };
    const auto move = [&](Term term, std::int64_t value) {
        const Interval within = of(term);
        if (value < within.low || value > within.high) return false;
        slot(term) = value;
        return true;
    };
    for (const std::uint32_t id : slice_.nodes) {
        const Op op = terms_.node(id).op;
        if (op != Op::equal && op != Op::at_most) continue;
        const Interval self = bounds_[local_[id]];
        const Term a = resolved(terms_.operands(id)[0]), b = resolved(terms_.operands(id)[1]);
        if (!single(self) || !is_variable(a) || !is_variable(b) || a == b) continue;
        const std::int64_t x = slot(a), y = slot(b);
        if (op == Op::equal && self.low == 1 && x != y) {
            if (!move(b, x)) (void)move(a, y);
        } else if (op == Op::equal && self.low == 0 && x == y) {
            const auto high = static_cast<std::int64_t>(of(b).high);
            if (y == high || !move(b, y + 1)) (void)move(b, y - 1);
        } else if (op == Op::at_most && self.low == 1 && x > y) {
            if (!move(b, x)) (void)move(a, y);
        } else if (op == Op::at_most && self.low == 0 && x <= y) {
            if (of(a).high <= y || !move(a, y + 1)) (void)move(b, x - 1);
        }
    }
}

bool Propagator::assign(Model& model) {
    for (const std::uint32_t index : slice_.variables) {
        const Variable& variable = terms_.variables()[index];
        const Interval within = of(variable.term);
        model.values[index] = static_cast<std::int64_t>(
            std::clamp<Wide>(variable.preferred, within.low, within.high));
    }
    for (int sweep = 0; sweep < 3; ++sweep) repair(model);
    return evaluator_.satisfies(model);
}

// Below `term`: a condition that is not decided, taken as the model has it; else a variable.
bool Propagator::split_inside(Term term, const Model& model, Split& split) const {
    std::vector<Term> open{term};
    bool found = false;
    while (!open.empty()) {
        const Term next = resolved(open.back());
        open.pop_back();
        const Interval within = bounds_[local_[next.node()]];
        const Node& node = terms_.node(next.node());
        if (node.op == Op::choose) {
            const Term condition = terms_.operands(next.node())[0];
            const Wide value = evaluator_.value(Term{condition.node() << 1});
            split = {condition.node(), {value, value}, {1 - value, 1 - value}};
            return true;
        }
        if (node.op == Op::bool_var || node.op == Op::int_var) {
            if (found || single(within)) continue;
            found = true;
            const Wide tried = model.values[node.variable];
            split.node = next.node();
            split.first = tried < within.high ? Interval{tried + 1, within.high}
                                              : Interval{within.low, tried - 1};
            split.second =
                tried < within.high ? Interval{within.low, tried} : Interval{tried, tried};
            continue;
        }
        for (const Term operand : terms_.operands(next.node())) open.push_back(operand);
    }
    return found;
}

bool Propagator::choose_split(const Model& model, Split& split) const {
    Term at = Term{1};
    for (const Term root : slice_.roots) {
        if (evaluator_.value(root) != 1) at = root;
    }
    if (at == Term{1}) return false;
    // Down to a part that has another value than it must have, or may yet have either.
    while (terms_.node(at.node()).op == Op::both) {
        const auto operands = terms_.operands(at.node());
        const auto wrong = [&](Term part) {  // of a conjunction that must be true
            return evaluator_.value(part) != 1;
        };
        const auto open = [&](Term part) { return !single(of(part)); };
        const auto missed = [&](Term part) {  // must be false and is true
            return of(part).high == 0 && evaluator_.value(part) == 1;
        };
        if (!at.negated()) {
            const auto part = std::find_if(operands.begin(), operands.end(), wrong);
            if (part == operands.end()) break;
            at = *part;
            continue;
        }
        auto part = std::find_if(operands.begin(), operands.end(), missed);
        if (part != operands.end()) {
            at = Terms::negate(*part);
            continue;
        }
        part = std::find_if(operands.begin(), operands.end(), open);
        if (part == operands.end()) break;
        // One of them must be false: try this one.
        const Wide value = part->negated() ? 1 : 0;
        split = {part->node(), {value, value}, {1 - value, 1 - value}};
        return true;
    }
    if (!single(bounds_[local_[at.node()]])) {
        const Wide value = at.negated() ? 0 : 1;
        split = {at.node(), {value, value}, {1 - value, 1 - value}};
        return true;
    }
    return split_inside(at, model, split);
}

Settled Propagator::settle(Model& model, std::uint32_t budget) {
    struct Choice {
        std::size_t changes = 0;
        Split split;
    };
    std::vector<Choice> choices;
    bool possible = propagate();
    for (std::uint32_t step = 0; step < budget && work_ < MAX_WORK; ++step) {
        if (possible) {
            if (assign(model)) return Settled::sat;
            Split split;
            if (!choose_split(model, split)) return Settled::open;
            choices.push_back({trail_.size(), split});
            possible = narrow(Term{split.node << 1}, split.first) && run();
            continue;
        }
        if (choices.empty()) return Settled::unsat;
        undo(choices.back().changes);
        const Split split = choices.back().split;
        choices.pop_back();
        possible = narrow(Term{split.node << 1}, split.second) && run();
    }
    return Settled::open;
}

}  // namespace edict::smt
