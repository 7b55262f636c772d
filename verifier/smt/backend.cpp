#include "verifier/smt/backend.h"

#include <z3++.h>

#include <algorithm>

#include "base/check.h"

namespace edict::smt {

struct Backend::State {
    explicit State(const Limits& limits) : solver(context, z3::solver::simple()) {
        z3::params params(context);
        params.set("random_seed", 7u);
        params.set("rlimit", limits.resources);
        params.set("timeout", limits.wall_ms);
        solver.set(params);
    }

    z3::context context;
    z3::solver solver;
    const Terms* terms = nullptr;
    std::vector<Z3_ast> made;                         // by node; null: not yet
    z3::ast_vector alive{context};                    // keeps `made` alive
    std::vector<Term> pushed;                         // roots, one level each
    std::vector<std::vector<std::uint32_t>> bounded;  // variables whose bounds stand at a level
    std::vector<bool> is_bounded;

    void forget();
    void grow(const Terms& of);
    z3::expr term(Term wanted);
    z3::expr node(std::uint32_t id);
    z3::expr operand(std::uint32_t id, std::size_t index) {
        return term(terms->operands(id)[index]);
    }
    z3::expr quotient(const z3::expr& a, const z3::expr& b);
    void build(std::uint32_t root);
    void push(Term root, const Slice& slice);
    void pop();
    Verdict check(const Slice& slice, Model& model, std::string& why);
};

void Backend::State::forget() {
    while (!pushed.empty()) pop();
    made.clear();
    alive = z3::ast_vector(context);
    is_bounded.clear();
    terms = nullptr;
}

void Backend::State::grow(const Terms& of) {
    EDICT_CHECK(terms == nullptr || terms == &of);
    terms = &of;
    made.resize(of.size(), nullptr);
    is_bounded.resize(of.variables().size(), false);
}

z3::expr Backend::State::term(Term wanted) {
    z3::expr found(context, made[wanted.node()]);
    return wanted.negated() ? !found : found;
}

// Toward zero; Z3's own rounds so that the remainder is not negative.
z3::expr Backend::State::quotient(const z3::expr& a, const z3::expr& b) {
    return z3::ite(a >= 0, a / b, -((-a) / b));
}

z3::expr Backend::State::node(std::uint32_t id) {
    const Node& node = terms->node(id);
    const auto name = [&](const char* prefix) { return prefix + std::to_string(node.variable); };
    switch (node.op) {
        case Op::truth:
            return context.bool_val(true);
        case Op::bool_var:
            return context.bool_const(name("b").c_str());
        case Op::int_var:
            return context.int_const(name("i").c_str());
        case Op::number: {
            std::string digits;
            Wide rest = node.bounds.low;
            const bool negative = rest < 0;
            do {
                const int digit = static_cast<int>(rest % 10);
                digits.push_back(static_cast<char>('0' + (digit < 0 ? -digit : digit)));
                rest /= 10;
            } while (rest != 0);
            if (negative) digits.push_back('-');
            std::reverse(digits.begin(), digits.end());
            return context.int_val(digits.c_str());
        }
        case Op::both: {
            z3::expr_vector parts(context);
            for (const Term part : terms->operands(id)) parts.push_back(term(part));
            return z3::mk_and(parts);
        }
        case Op::at_most:
            return operand(id, 0) <= operand(id, 1);
        case Op::equal:
            return operand(id, 0) == operand(id, 1);
        case Op::choose:
            return z3::ite(operand(id, 0), operand(id, 1), operand(id, 2));
        case Op::add:
            return operand(id, 0) + operand(id, 1);
        case Op::multiply:
            return operand(id, 0) * operand(id, 1);
        case Op::divide:
        case Op::remainder: {
            const z3::expr a = operand(id, 0), b = operand(id, 1);
            const z3::expr q = quotient(a, b);
            const z3::expr value = node.op == Op::divide ? q : a - b * q;
            return z3::ite(b == 0, context.int_val(0), value);
        }
    }
    return context.bool_val(true);
}

void Backend::State::build(std::uint32_t root) {
    std::vector<std::uint32_t> open{root};
    while (!open.empty()) {
        const std::uint32_t id = open.back();
        if (made[id] != nullptr) {
            open.pop_back();
            continue;
        }
        const std::size_t before = open.size();
        for (const Term operand : terms->operands(id)) {
            if (made[operand.node()] == nullptr) open.push_back(operand.node());
        }
        if (open.size() != before) continue;
        const z3::expr expression = node(id);
        alive.push_back(expression);
        made[id] = expression;
        open.pop_back();
    }
}

void Backend::State::push(Term root, const Slice& slice) {
    solver.push();
    pushed.push_back(root);
    bounded.emplace_back();
    for (const std::uint32_t index : slice.variables) {
        const Variable& variable = terms->variables()[index];
        if (is_bounded[index] || terms->node(variable.term.node()).op != Op::int_var) continue;
        is_bounded[index] = true;
        bounded.back().push_back(index);
        build(variable.term.node());
        const z3::expr value = term(variable.term);
        solver.add(value >= context.int_val(variable.low));
        solver.add(value <= context.int_val(variable.high));
    }
    build(root.node());
    solver.add(term(root));
}

void Backend::State::pop() {
    solver.pop();
    pushed.pop_back();
    for (const std::uint32_t index : bounded.back()) is_bounded[index] = false;
    bounded.pop_back();
}

Verdict Backend::State::check(const Slice& slice, Model& model, std::string& why) {
    std::size_t shared = 0;
    while (shared < pushed.size() && shared < slice.roots.size() &&
           pushed[shared] == slice.roots[shared]) {
        ++shared;
    }
    while (pushed.size() > shared) pop();
    for (std::size_t i = shared; i < slice.roots.size(); ++i) push(slice.roots[i], slice);
    const z3::check_result result = solver.check();
    if (result == z3::unsat) return Verdict::unsat;
    if (result == z3::unknown) {
        why = "the solver came to its limit (" + solver.reason_unknown() + ")";
        return Verdict::unknown;
    }
    const z3::model found = solver.get_model();
    for (const std::uint32_t index : slice.variables) {
        const Variable& variable = terms->variables()[index];
        if (made[variable.term.node()] == nullptr) build(variable.term.node());
        const z3::expr value = found.eval(term(variable.term), true);
        if (terms->node(variable.term.node()).op == Op::bool_var) {
            model.values[index] = value.is_true() ? 1 : 0;
        } else {
            model.values[index] = value.get_numeral_int64();
        }
    }
    return Verdict::sat;
}

Backend::Backend(const Limits& limits) : state_(std::make_unique<State>(limits)) {}
Backend::~Backend() = default;
void Backend::forget() { state_->forget(); }

Verdict Backend::check(const Terms& terms, const Slice& slice, Model& model, std::string& why) {
    try {
        state_->grow(terms);
        return state_->check(slice, model, why);
    } catch (const z3::exception& problem) {
        why = std::string("the solver stopped: ") + problem.msg();
        return Verdict::unknown;
    }
}

}  // namespace edict::smt
