// Expressions as written. Depth is at most parse's MAX_NESTING, so recursion over a tree is safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ast/name.h"

namespace edict::ast {

struct Expression;
using Box = std::unique_ptr<Expression>;  // never null in a tree

struct IntLiteral {
    std::int64_t value = 0;
};
struct TextLiteral {
    std::string value;  // escapes already replaced
};
struct BoolLiteral {
    bool value = false;
};
struct Date {  // a day that exists, of the years 0001 to 9999
    std::int32_t year = 1;
    std::uint8_t month = 1;
    std::uint8_t day = 1;
    Span span;
};
struct DateLiteral {
    Date value;
};
struct AbsentLiteral {};
struct SetLiteral {  // { a, b }; {} is empty
    std::vector<Expression> elements;
};
struct TupleLiteral {  // (a, b): at least two
    std::vector<Expression> elements;
};
struct FieldValue {
    Name field;
    Box value;
};
struct RecordLiteral {  // Dataset { owner: xiyuan, subjects: 418 }
    QualifiedName type;
    std::vector<FieldValue> fields;
};
struct NameUse {  // parameter, local, store, enum member, rule's argument …
    Name name;
};
struct Member {  // a.b: a field, or a part of a qualified name: the checker tells
    Box object;
    Name member;
};
struct Index {  // m[k]
    Box object;
    Box key;
};
struct Argument {
    std::optional<Name> name;  // to: x
    Box value;
};
struct Call {  // f(a, b), hub.f(a): has_role, hash, count, before, after
    QualifiedName callee;
    std::vector<Argument> arguments;
};
enum class UnaryOp : std::uint8_t { logical_not, negate };
struct Unary {
    UnaryOp op = UnaryOp::logical_not;
    Box operand;
};
enum class BinaryOp : std::uint8_t {
    implies,
    logical_or,
    logical_and,
    equal,
    not_equal,
    less,
    at_most,
    more,
    at_least,
    in,
    not_in,
    otherwise,  // x else v
    add,
    subtract,
    unite,  // union
    minus,  // of sets
    multiply,
    divide,
    remainder,  // mod
    intersect,
};
struct Binary {
    BinaryOp op = BinaryOp::implies;
    Span op_span;
    Box left;
    Box right;
};
struct IsKnown {  // x is known, x is not known
    Box operand;
    bool negated = false;
};
struct IfThenElse {
    Box condition;
    Box then;
    Box otherwise;
};
enum class Quantifier : std::uint8_t { every, some };
struct Quantified {  // every x in xs satisfies c
    Quantifier quantifier = Quantifier::every;
    Name variable;
    Box set;
    Box condition;
};
enum class Context : std::uint8_t { today, caller, signer };
struct ContextValue {
    Context what = Context::today;
};

struct Expression {
    Span span;
    std::variant<IntLiteral, TextLiteral, BoolLiteral, DateLiteral, AbsentLiteral, SetLiteral,
                 TupleLiteral, RecordLiteral, NameUse, Member, Index, Call, Unary, Binary, IsKnown,
                 IfThenElse, Quantified, ContextValue>
        node;
};

// "dataset {dataset} is unknown": literal texts around values; texts.size() == values.size() + 1.
struct Message {
    std::vector<std::string> texts;
    std::vector<Expression> values;
    Span span;
};

}  // namespace edict::ast
