// Terms: the formulas of the verifier, as one shared graph of Booleans and mathematical integers.
// Equal terms are one node; every maker simplifies, so much is answered before anything is asked.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace edict::smt {

__extension__ typedef __int128 Wide;  // holds every product of two 64-bit numbers

// A handle; of the Terms that made it. The default one is `true`.
struct Term {
    std::uint32_t code = 0;  // twice the node, plus one if a Boolean is negated

    [[nodiscard]] std::uint32_t node() const { return code >> 1; }
    [[nodiscard]] bool negated() const { return (code & 1) != 0; }
    friend auto operator<=>(const Term&, const Term&) = default;
};

// Why a variable stands for something that was not encoded exactly; 0: it is exact.
using Origin = std::uint32_t;

enum class Op : std::uint8_t {
    truth,      // the constant true
    bool_var,   //
    both,       // n Booleans, all true
    at_most,    // a <= b
    equal,      // a == b, integers
    number,     //
    int_var,    //
    choose,     // if c then a else b, integers
    add,        //
    multiply,   //
    divide,     // toward zero; 0 if the divisor is 0
    remainder,  // sign of the dividend; 0 if the divisor is 0
};

struct Interval {
    Wide low = 0, high = 1;
    friend bool operator==(const Interval&, const Interval&) = default;
};

struct Node {
    Op op = Op::truth;
    std::uint32_t first = 0;  // its operands: a range of the pool
    std::uint32_t count = 0;
    std::uint32_t variable = 0;
    Interval bounds;  // every value that it can have; of a Boolean: within 0..1
};

struct Variable {
    Term term;
    std::int64_t low = 0, high = 1;
    std::int64_t preferred = 0;  // the simplest value, for witnesses
    Origin origin = 0;
    std::vector<Term> axioms;  // hold wherever the variable is asked about
};

class Terms {
public:
    Terms();

    [[nodiscard]] static Term yes() { return Term{0}; }
    [[nodiscard]] static Term no() { return Term{1}; }
    [[nodiscard]] static Term truth(bool value) { return value ? yes() : no(); }
    Term number(Wide value);
    Term bool_variable(Origin origin = 0, bool preferred = false);
    Term int_variable(std::int64_t low, std::int64_t high, std::int64_t preferred,
                      Origin origin = 0);

    [[nodiscard]] static Term negate(Term a) { return Term{a.code ^ 1}; }
    Term all(std::vector<Term> parts);
    Term any(std::vector<Term> parts);
    Term both(Term a, Term b) { return all({a, b}); }
    Term either(Term a, Term b) { return negate(both(negate(a), negate(b))); }
    Term implies(Term a, Term b) { return negate(both(a, negate(b))); }
    Term same(Term a, Term b);  // of Booleans
    Term choose_bool(Term condition, Term then, Term otherwise);

    Term equal(Term a, Term b);
    Term at_most(Term a, Term b);
    Term less(Term a, Term b) { return negate(at_most(b, a)); }
    Term choose(Term condition, Term then, Term otherwise);
    // `exact` where `condition` holds, which implies that it lies in `bounds`; else 0, in them too.
    Term guard(Term condition, Term exact, Interval bounds);
    Term add(Term a, Term b);
    Term multiply(Term a, Term b);
    Term subtract(Term a, Term b) { return add(a, multiply(number(-1), b)); }
    Term divide(Term a, Term b);
    Term remainder(Term a, Term b);

    // `axiom` is part of every question whose terms mention the variable.
    void attach(Term variable, Term axiom);

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] const Node& node(std::uint32_t id) const { return nodes_[id]; }
    [[nodiscard]] std::span<const Term> operands(std::uint32_t id) const;
    [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }
    [[nodiscard]] const Variable& variable_of(Term term) const {
        return variables_[nodes_[term.node()].variable];
    }
    [[nodiscard]] std::optional<Wide> constant(Term integer) const;
    // The exact value of one operation on numbers.
    [[nodiscard]] static Wide apply(Op op, Wide a, Wide b);

private:
    Term make(Op op, std::span<const Term> operands, Interval bounds);
    Term make_variable(Op op, Variable variable);
    [[nodiscard]] Interval product_bounds(Term a, Term b) const;

    std::vector<Node> nodes_;
    std::vector<Term> pool_;
    std::vector<Variable> variables_;
    std::vector<std::uint32_t> table_;  // open addressing: node + 1, or 0
};

}  // namespace edict::smt
