// Slice: the part of a graph of terms that one question mentions, in an order in which operands
// stand before what is made of them; and the value of terms under a model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "verifier/smt/term.h"

namespace edict::smt {

// A value for every variable, by its index; those that the question does not mention have their
// preferred value.
struct Model {
    std::vector<std::int64_t> values;
};

struct Slice {
    std::vector<std::uint32_t> nodes;      // ascending
    std::vector<Term> roots;               // what is asked to be true: assertions and axioms
    std::vector<std::uint32_t> variables;  // indexes of Terms::variables, ascending
};

// Takes slices again and again from one graph, without clearing its marks each time.
class Slicer {
public:
    explicit Slicer(const Terms& terms) : terms_(terms) {}
    // The axioms of every variable that is mentioned are roots too.
    [[nodiscard]] Slice take(std::span<const Term> assertions);

private:
    void visit(Term root, Slice& slice);

    const Terms& terms_;
    std::vector<std::uint32_t> mark_;  // by node: the round in which it was last seen
    std::uint32_t round_ = 0;
    std::vector<std::uint32_t> stack_;
};

[[nodiscard]] Model preferred_model(const Terms& terms);

// Computes the values of a slice's nodes, again and again.
class Evaluator {
public:
    Evaluator(const Terms& terms, const Slice& slice) : terms_(terms), slice_(slice) {}
    // Whether every root is true.
    [[nodiscard]] bool satisfies(const Model& model);
    // Of a term of the slice, after satisfies(); of a Boolean 0 or 1.
    [[nodiscard]] Wide value(Term term) const;

private:
    const Terms& terms_;
    const Slice& slice_;
    std::vector<Wide> values_;  // by node
};

// Puts the preferred value wherever the roots stay true, within a bound on its work.
void simplify(const Terms& terms, const Slice& slice, Model& model);

// The value of any term under a model.
[[nodiscard]] Wide evaluate(const Terms& terms, const Model& model, Term term);

}  // namespace edict::smt
