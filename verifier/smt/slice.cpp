#include "verifier/smt/slice.h"

#include <algorithm>

namespace edict::smt {

constexpr std::size_t MAX_SIMPLIFY_WORK = 2'000'000;  // nodes looked at: about 10 ms

void Slicer::visit(Term root, Slice& slice) {
    stack_.push_back(root.node());
    while (!stack_.empty()) {
        const std::uint32_t id = stack_.back();
        stack_.pop_back();
        if (mark_[id] == round_) continue;
        mark_[id] = round_;
        slice.nodes.push_back(id);
        const Node& node = terms_.node(id);
        if (node.op == Op::bool_var || node.op == Op::int_var) {
            slice.variables.push_back(node.variable);
        }
        for (const Term operand : terms_.operands(id)) stack_.push_back(operand.node());
    }
}

Slice Slicer::take(std::span<const Term> assertions) {
    mark_.resize(terms_.size(), 0);
    ++round_;
    Slice slice;
    for (const Term root : assertions) {
        slice.roots.push_back(root);
        visit(root, slice);
    }
    for (std::size_t i = 0; i < slice.variables.size(); ++i) {
        for (const Term axiom : terms_.variables()[slice.variables[i]].axioms) {
            slice.roots.push_back(axiom);
            visit(axiom, slice);
        }
    }
    std::sort(slice.nodes.begin(), slice.nodes.end());
    std::sort(slice.variables.begin(), slice.variables.end());
    return slice;
}

Model preferred_model(const Terms& terms) {
    Model model;
    model.values.reserve(terms.variables().size());
    for (const Variable& variable : terms.variables()) model.values.push_back(variable.preferred);
    return model;
}

namespace {

// `value` gives the value of an operand, negation included.
template <typename Value>
Wide compute(const Terms& terms, std::uint32_t id, const Model& model, const Value& value) {
    const Node& node = terms.node(id);
    const auto operands = terms.operands(id);
    switch (node.op) {
        case Op::truth:
            return 1;
        case Op::bool_var:
        case Op::int_var:
            return model.values[node.variable];
        case Op::number:
            return node.bounds.low;
        case Op::both:
            return std::all_of(operands.begin(), operands.end(),
                               [&](Term part) { return value(part) == 1; })
                       ? 1
                       : 0;
        case Op::at_most:
            return value(operands[0]) <= value(operands[1]) ? 1 : 0;
        case Op::equal:
            return value(operands[0]) == value(operands[1]) ? 1 : 0;
        case Op::choose:
            return value(operands[0]) == 1 ? value(operands[1]) : value(operands[2]);
        case Op::add:
        case Op::multiply:
        case Op::divide:
        case Op::remainder:
            return Terms::apply(node.op, value(operands[0]), value(operands[1]));
    }
    return 0;
}

}  // namespace

Wide Evaluator::value(Term term) const {
    const Wide found = values_[term.node()];
    return term.negated() ? 1 - found : found;
}

bool Evaluator::satisfies(const Model& model) {
    values_.resize(terms_.size());
    const auto operand = [&](Term term) { return value(term); };
    for (const std::uint32_t id : slice_.nodes) {
        values_[id] = compute(terms_, id, model, operand);
    }
    return std::all_of(slice_.roots.begin(), slice_.roots.end(),
                       [&](Term root) { return value(root) == 1; });
}

void simplify(const Terms& terms, const Slice& slice, Model& model) {
    Evaluator evaluator(terms, slice);
    std::size_t work = 0;
    for (const std::uint32_t index : slice.variables) {
        const Variable& variable = terms.variables()[index];
        const std::int64_t before = model.values[index];
        if (before == variable.preferred) continue;
        work += slice.nodes.size();
        if (work > MAX_SIMPLIFY_WORK) return;
        model.values[index] = variable.preferred;
        if (!evaluator.satisfies(model)) model.values[index] = before;
    }
}

Wide evaluate(const Terms& terms, const Model& model, Term term) {
    Slicer slicer(terms);
    Slice slice = slicer.take({&term, 1});
    slice.roots.clear();
    Evaluator evaluator(terms, slice);
    (void)evaluator.satisfies(model);
    return evaluator.value(term);
}

}  // namespace edict::smt
