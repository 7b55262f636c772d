// Symbolic values: a value of a type as terms, field by field. Texts, parties, bytes and hashes are
// only compared, so each distinct one is a number.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/check/expression.h"
#include "value/value.h"
#include "verifier/smt/term.h"

namespace edict::encode {

using smt::Term;

struct SetNode;
using SetRef = std::shared_ptr<const SetNode>;

struct Symbol {
    Term scalar;                // of a scalar type; of an optional: whether it is present
    std::vector<Symbol> parts;  // fields of a record or tuple; what an optional holds
    SetRef set;                 // of a set
};

// What an expression yields: `value` means something only where `known` holds.
struct Encoded {
    Term known;
    Symbol value;
};

// A condition: true, false, or (neither) error.
struct Truth {
    Term yes = smt::Terms::no();
    Term no = smt::Terms::no();
};
[[nodiscard]] inline Truth negate(Truth truth) { return {truth.no, truth.yes}; }

struct SetNode {
    enum class Kind : std::uint8_t { literal, base, combine, choice };
    Kind kind = Kind::literal;
    std::vector<std::pair<Term, Symbol>> members;  // literal: an element, if its condition holds
    std::uint32_t base = 0;                        // base: a set about which nothing else is said
    check::SetOp op = check::SetOp::unite;         // combine
    Term condition;                                // choice
    SetRef left, right;                            // combine, choice
};

// Something that is not encoded exactly: what it may be is a superset of what it is.
struct Abstraction {
    source::Span span;
    std::string what;  // "the loop", "every … over a set that is not listed"
};

// A set about which only the membership of single elements is known.
struct BaseSet {
    value::TypeRef type;
    std::vector<std::pair<Symbol, Term>> asked;  // an element, and its membership unless an equal
                                                 // one was asked before
    Term size;                                   // a variable, once asked
    bool size_asked = false;
    std::size_t counted = 0;  // how many of `asked` the bounds of the size mention
};

struct HashUse {  // hash(arguments), unless an earlier use has equal arguments
    std::vector<Symbol> arguments;
    std::vector<value::TypeRef> types;
    Term value;
};

}  // namespace edict::encode
