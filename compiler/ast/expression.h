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
struct DecimalLiteral {  // 0.25
    std::string number;  // as value::decimal_from_text reads it
};
struct QuantityLiteral {  // 5 mg, 200_000 CNY, 30 days
    std::string number;
    Name unit;
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
struct TimeLiteral {  // 2026-02-01 09:30, in the zone of the module
    Date date;
    std::uint8_t hour = 0;
    std::uint8_t minute = 0;
};
struct AbsentLiteral {};
struct ListLiteral {  // [a, b]
    std::vector<Expression> elements;
};
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
    starts_with,
    ends_with,
    contains,
    otherwise,  // x else v
    add,
    subtract,
    unite,  // union
    minus,  // of sets
    multiply,
    divide,
    remainder,  // mod
    intersect,
    as_of,  // rates as of day
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
struct HasDuty {  // p has open duty report, p has breached duty report
    Box party;
    QualifiedName action;
    bool breached = false;
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
enum class Aggregation : std::uint8_t { count, sum, min, max };
struct Aggregate {  // count x in xs satisfies c; sum x in xs of v
    Aggregation what = Aggregation::count;
    Name variable;
    Box collection;
    Box value;
};
struct Threshold {  // at least 2 of x in xs satisfies c; at least 2 of (a, b, c)
    bool at_least = true;
    std::int64_t number = 0;
    std::optional<Name> variable;
    Box collection;                      // with a variable
    std::vector<Expression> conditions;  // one with a variable
};
struct Rounded {  // round half_even to 2 (a * b)
    Name rounding;
    std::int64_t places = 0;
    Box value;
};
struct Convert {  // convert funds to CNY at rate
    Box money;
    Name currency;
    Box rate;
};
enum class Context : std::uint8_t { today, caller, signer, now, result };
struct ContextValue {
    Context what = Context::today;
};

struct Expression {
    Span span;
    std::variant<IntLiteral, DecimalLiteral, QuantityLiteral, TextLiteral, BoolLiteral, DateLiteral,
                 TimeLiteral, ListLiteral, AbsentLiteral, SetLiteral, TupleLiteral, RecordLiteral,
                 NameUse, Member, Index, Call, Unary, Binary, IsKnown, HasDuty, IfThenElse,
                 Quantified, Rounded, Convert, Aggregate, Threshold, ContextValue>
        node;
};

// "dataset {dataset} is unknown": literal texts around values; texts.size() == values.size() + 1.
struct Message {
    std::vector<std::string> texts;
    std::vector<Expression> values;
    Span span;
};

}  // namespace edict::ast
