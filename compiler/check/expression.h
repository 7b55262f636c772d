// Typed expressions. An expression yields a value of its type or has no value (3-valued logic:
// a condition without a value is *error*). All are pure and total.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/strong.h"
#include "compiler/source/span.h"
#include "value/value.h"

namespace edict::check {

using ModuleId = base::Strong<struct ModuleIdTag, std::uint32_t>;  // index into Program::modules
using LocalId = base::Strong<struct LocalIdTag, std::uint32_t>;    // index into the owner's locals

template <typename Tag>
struct Ref {  // the index-th declaration of a module
    ModuleId module;
    std::uint32_t index = 0;
    friend auto operator<=>(const Ref&, const Ref&) = default;
};
using StoreRef = Ref<struct StoreTag>;
using ActionRef = Ref<struct ActionTag>;
using EventRef = Ref<struct EventTag>;

struct Local {
    std::string name;
    value::TypeRef type;
};

struct Expr;
using ExprRef = std::shared_ptr<const Expr>;

struct Constant {
    value::Value value;
};
struct ParamRead {  // of the action that the code is about
    std::uint32_t index = 0;
};
struct LocalRead {
    LocalId local;
};
enum class Moment : std::uint8_t {
    current,  // in an action: the store as it is now
    before,   // in a rule: before this (inner) action was entered; a plain read means this
    after,    // in a rule: after the action
};
struct StoreRead {  // no value if the key is absent and the store has no default
    StoreRef store;
    ExprRef key;  // null for a single store
    Moment moment = Moment::current;
};
struct FieldRead {
    ExprRef record;
    std::uint32_t index = 0;
};
// A record with one field replaced (the checker writes `d[k].f = v` with it).
struct FieldReplace {
    ExprRef record;
    std::uint32_t index = 0;
    ExprRef value;
};
struct MakeRecord {  // also tuples
    std::vector<ExprRef> fields;
};
struct MakeSet {  // no value if it has more elements than the type's capacity
    std::vector<ExprRef> elements;
};
struct Wrap {  // T -> T?
    ExprRef value;
};
struct Unwrap {  // T? -> T; no value if absent
    ExprRef value;
};
struct Narrow {  // to a type of the same shape; no value if out of its range or capacity
    ExprRef value;
};
struct IsKnown {  // always a plain Bool
    ExprRef value;
};
struct Else {  // value, or otherwise when it has none
    ExprRef value;
    ExprRef otherwise;
};
struct Not {  // Kleene
    ExprRef value;
};
enum class LogicOp : std::uint8_t { conjunction, disjunction, implication };
struct Logic {  // Kleene
    LogicOp op = LogicOp::conjunction;
    ExprRef left, right;
};
enum class CompareOp : std::uint8_t { eq, ne, lt, le, gt, ge };
struct Compare {  // strict; operands of one shape; order where has_order() says so
    CompareOp op = CompareOp::eq;
    ExprRef left, right;
};
// Int, exact; no value on overflow, division by zero. Division truncates toward zero; the
// remainder has the sign of the dividend.
enum class ArithOp : std::uint8_t { add, subtract, multiply, divide, remainder };
struct Arith {
    ArithOp op = ArithOp::add;
    ExprRef left, right;
};
struct Choice {  // if c then a else b; strict in c
    ExprRef condition, then, otherwise;
};
struct Contains {  // element in set; strict
    ExprRef element, set;
};
enum class SetOp : std::uint8_t { unite, subtract, intersect };
struct SetCombine {  // type: the wider capacity for unite (no value past it), the left one's else
    SetOp op = SetOp::unite;
    ExprRef left, right;
};
struct Count {
    ExprRef set;  // or list
};
enum class Quantifier : std::uint8_t { every, some };
struct Quantified {  // Kleene over the elements; error if the set has no value
    Quantifier quantifier = Quantifier::every;
    LocalId local;
    ExprRef set;
    ExprRef condition;
};
enum class FoldOp : std::uint8_t { sum, min, max };
// Over the elements of a set or list; no value if it or one element's value has none, if a sum does
// not fit, or if there is no least or greatest.
struct Fold {
    FoldOp op = FoldOp::sum;
    LocalId local;
    ExprRef set;
    ExprRef value;  // Int, Decimal or Duration to sum; of a type with an order for the others
};
// Strict in every value; `body` sees them under their local names (a function that was called).
struct Bind {
    std::vector<std::pair<LocalId, ExprRef>> values;
    ExprRef body;
};
// The pure operations of compiler/check/builtins.def, strict in all their arguments; what they do
// is in vm/bytecode/opcodes.def, under the same names.
enum class BuiltinOp : std::uint8_t {
#define EDICT_BUILTIN(name) name,
#include "compiler/check/builtins.def"
#undef EDICT_BUILTIN
};
struct Builtin {
    BuiltinOp op = BuiltinOp::decimal_add;
    std::vector<ExprRef> arguments;
};
struct HashOf {  // SHA-256 of the canonical bytes of the arguments, each preceded by its u32 length
    std::vector<ExprRef> arguments;
};
struct HasRole {
    ExprRef party;
    ExprRef role;  // Text: a role's name, constant where the source names a role
};
struct HasDuty {  // as the state below the call has it
    ExprRef party;
    ActionRef action;
    bool breached = false;  // else open
};
enum class ContextValue : std::uint8_t { today, caller, signer, now };
struct FromContext {
    ContextValue what = ContextValue::today;
};

struct Expr {
    value::TypeRef type;
    source::Span span;
    std::variant<Constant, ParamRead, LocalRead, StoreRead, FieldRead, FieldReplace, MakeRecord,
                 MakeSet, Wrap, Unwrap, Narrow, IsKnown, Else, Not, Logic, Compare, Arith, Choice,
                 Contains, SetCombine, Count, Quantified, Fold, Bind, Builtin, HashOf, HasRole,
                 HasDuty, FromContext>
        node;
};

// "dataset {dataset} holds genetic data": literal texts around shown values;
// texts.size() == values.size() + 1.
struct Message {
    std::vector<std::string> texts;
    std::vector<ExprRef> values;
};

}  // namespace edict::check
