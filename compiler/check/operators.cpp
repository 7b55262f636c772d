#include <algorithm>
#include <limits>

#include "compiler/check/expressions.h"

namespace edict::check {

using value::Kind;

ExprRef Expressions::unary(const ast::Unary& tree, Span span) {
    if (tree.op == ast::UnaryOp::logical_not) {
        ExprRef operand = condition(*tree.operand);
        if (operand == nullptr) return nullptr;
        return make(value::boolean_type(), span, Not{std::move(operand)});
    }
    ExprRef operand = unwrapped(infer(*tree.operand));
    if (operand == nullptr) return nullptr;
    if (operand->type->kind == Kind::decimal || operand->type->kind == Kind::duration) {
        return negative(std::move(operand), span);
    }
    if (operand->type->kind != Kind::integer) {
        report(Code::E0306, span,
               "only an Int has a negative, and this is " + value::to_text(*operand->type));
        return nullptr;
    }
    if (const auto* constant = std::get_if<Constant>(&operand->node)) {
        const std::int64_t number = std::get<std::int64_t>(constant->value.data);
        if (number != std::numeric_limits<std::int64_t>::min()) {
            return make(value::integer_type(), span, Constant{value::Value{-number}});
        }
    }
    ExprRef zero = make(value::integer_type(), span, Constant{value::Value{std::int64_t{0}}});
    return make(value::integer_type(), span,
                Arith{ArithOp::subtract, std::move(zero), std::move(operand)});
}

ExprRef Expressions::binary(const ast::Binary& tree, Span span, const TypeRef& hint) {
    using Op = ast::BinaryOp;
    switch (tree.op) {
        case Op::implies:
            return logic(LogicOp::implication, tree, span);
        case Op::logical_or:
            return logic(LogicOp::disjunction, tree, span);
        case Op::logical_and:
            return logic(LogicOp::conjunction, tree, span);
        case Op::equal:
            return compare(CompareOp::eq, tree, span);
        case Op::not_equal:
            return compare(CompareOp::ne, tree, span);
        case Op::less:
            return compare(CompareOp::lt, tree, span);
        case Op::at_most:
            return compare(CompareOp::le, tree, span);
        case Op::more:
            return compare(CompareOp::gt, tree, span);
        case Op::at_least:
            return compare(CompareOp::ge, tree, span);
        case Op::in:
            return contains(tree, span);
        case Op::not_in: {
            ExprRef inside = contains(tree, span);
            if (inside == nullptr) return nullptr;
            return make(value::boolean_type(), span, Not{std::move(inside)});
        }
        case Op::starts_with:
            return pattern(BuiltinOp::text_starts, tree, span);
        case Op::ends_with:
            return pattern(BuiltinOp::text_ends, tree, span);
        case Op::contains:
            return pattern(BuiltinOp::text_contains, tree, span);
        case Op::as_of:
            return as_of(tree, span);
        case Op::otherwise:
            return otherwise(tree, span, hint);
        case Op::add:
            return arith(ArithOp::add, tree, span);
        case Op::subtract:
            return arith(ArithOp::subtract, tree, span);
        case Op::multiply:
            return arith(ArithOp::multiply, tree, span);
        case Op::divide:
            return arith(ArithOp::divide, tree, span);
        case Op::remainder:
            return arith(ArithOp::remainder, tree, span);
        case Op::unite:
            return combine(SetOp::unite, tree, span, hint);
        case Op::minus:
            return combine(SetOp::subtract, tree, span, hint);
        case Op::intersect:
            return combine(SetOp::intersect, tree, span, hint);
    }
    return nullptr;
}

ExprRef Expressions::logic(LogicOp op, const ast::Binary& tree, Span span) {
    ExprRef left = condition(*tree.left);
    ExprRef right = condition(*tree.right);
    if (left == nullptr || right == nullptr) return nullptr;
    return make(value::boolean_type(), span, Logic{op, std::move(left), std::move(right)});
}

// ---- two operands of one shape ------------------------------------------------------------------

// Whether the type of an operand is better taken from the other one.
bool Expressions::waits_for_hint(const ast::Expression& tree) const {
    if (std::holds_alternative<ast::AbsentLiteral>(tree.node) ||
        std::holds_alternative<ast::SetLiteral>(tree.node) ||
        std::holds_alternative<ast::ListLiteral>(tree.node)) {
        return true;
    }
    const auto* use = std::get_if<ast::NameUse>(&tree.node);
    if (use == nullptr) return false;
    const std::vector<Found> all = meanings(use->name.text);
    return std::all_of(all.begin(), all.end(), [](const Found& found) {
        return std::holds_alternative<MemberRef>(found.meaning);
    });
}

Expressions::Pair Expressions::both(const ast::Expression& left, const ast::Expression& right) {
    if (waits_for_hint(left) && !waits_for_hint(right)) {
        ExprRef second = infer(right);
        if (second == nullptr) return {nullptr, nullptr};
        ExprRef first = infer(left, second->type);
        return {std::move(first), std::move(second)};
    }
    ExprRef first = infer(left);
    // Without a left type, a name that waits for it would be reported for no fault of its own.
    if (first == nullptr && waits_for_hint(right)) return {nullptr, nullptr};
    ExprRef second = infer(right, first == nullptr ? nullptr : first->type);
    return {std::move(first), std::move(second)};
}

void Expressions::report_order(const ExprRef& operand, Span span) {
    const value::Type& type = *operand->type;
    source::Diagnostic& wrong = report(
        Code::E0304, span, value::to_text(type) + " has no order, so nothing is more or less");
    if (type.kind == Kind::enumeration) {
        wrong.with_help("declare it `ordered`: `enum " + value::to_text(type) + " ordered { … }`");
    } else if (type.kind == Kind::set) {
        wrong.with_help("compare `count(…)`, or ask `every x in a satisfies x in b`");
    } else {
        wrong.with_help("only numbers, times and ordered enums have an order");
    }
}

// Between two optionals, "the same" includes "both absent"; otherwise an absent one has no value.
ExprRef Expressions::compare(CompareOp op, const ast::Binary& tree, Span span) {
    auto [left, right] = both(*tree.left, *tree.right);
    if (left == nullptr || right == nullptr) return nullptr;
    const bool equality = op == CompareOp::eq || op == CompareOp::ne;
    if (!equality || !is_optional(left) || !is_optional(right)) {
        left = unwrapped(std::move(left));
        right = unwrapped(std::move(right));
        std::tie(left, right) = alike(std::move(left), std::move(right));
    }
    if (!value::same_shape(*left->type, *right->type)) {
        report(Code::E0303, tree.op_span,
               value::to_text(*left->type) + " and " + value::to_text(*right->type) +
                   " cannot be compared")
            .with_label(left->span, value::to_text(*left->type))
            .with_label(right->span, value::to_text(*right->type));
        return nullptr;
    }
    if (!equality && !has_order(*left->type)) {
        report_order(left, tree.op_span);
        return nullptr;
    }
    return make(value::boolean_type(), span, Compare{op, std::move(left), std::move(right)});
}

ExprRef Expressions::number(const ast::Expression& tree, const ast::Binary& op) {
    ExprRef operand = unwrapped(infer(tree));
    if (operand == nullptr || operand->type->kind == Kind::integer) return operand;
    switch (operand->type->kind) {
        case Kind::decimal:
        case Kind::time:
        case Kind::duration:
        case Kind::date:
            return operand;
        case Kind::record:  // in the currency of the other side
            if (value::same_type(*operand->type, *value::money_type())) return operand;
            break;
        default:
            break;
    }
    source::Diagnostic& wrong =
        report(Code::E0306, op.op_span,
               "arithmetic is for Int, and this is " + value::to_text(*operand->type));
    wrong.with_label(operand->span, value::to_text(*operand->type));
    if (operand->type->kind == Kind::set && op.op == ast::BinaryOp::add) {
        wrong.with_help("for sets say `a union b`");
    } else if (operand->type->kind == Kind::set && op.op == ast::BinaryOp::subtract) {
        wrong.with_help("for sets say `a minus b`");
    }
    return nullptr;
}

ExprRef Expressions::arith(ArithOp op, const ast::Binary& tree, Span span) {
    ExprRef left = number(*tree.left, tree);
    if (left == nullptr) return nullptr;  // sets on both sides are one mistake
    ExprRef right = number(*tree.right, tree);
    if (right == nullptr) return nullptr;
    if (left->type->kind != Kind::integer || right->type->kind != Kind::integer) {
        return amount_arith(op, std::move(left), std::move(right), tree, span);
    }
    return make(value::integer_type(), span, Arith{op, std::move(left), std::move(right)});
}

// ---- sets ---------------------------------------------------------------------------------------

ExprRef Expressions::combine(SetOp op, const ast::Binary& tree, Span span, const TypeRef& hint) {
    ExprRef left;
    ExprRef right;
    if (waits_for_hint(*tree.left) && waits_for_hint(*tree.right)) {
        left = infer(*tree.left, hint);
        right = infer(*tree.right, hint);
    } else {
        std::tie(left, right) = both(*tree.left, *tree.right);
    }
    if (left == nullptr || right == nullptr) return nullptr;
    left = unwrapped(std::move(left));
    right = unwrapped(std::move(right));
    for (const ExprRef& operand : {left, right}) {
        if (operand->type->kind == Kind::set) continue;
        report(Code::E0306, tree.op_span,
               "this joins sets, and one side is " + value::to_text(*operand->type))
            .with_label(operand->span, value::to_text(*operand->type));
        return nullptr;
    }
    if (!value::same_shape(*left->type, *right->type)) {
        report(Code::E0303, tree.op_span, "these sets hold different types")
            .with_label(left->span, value::to_text(*left->type))
            .with_label(right->span, value::to_text(*right->type));
        return nullptr;
    }
    const TypeRef type = op == SetOp::unite ? join(left->type, right->type) : left->type;
    if (type == nullptr) {
        report(Code::E0308, span, "together these sets are larger than any value may be");
        return nullptr;
    }
    return make(type, span, SetCombine{op, std::move(left), std::move(right)});
}

ExprRef Expressions::contains(const ast::Binary& tree, Span span) {
    const auto* currency = std::get_if<ast::NameUse>(&tree.right->node);
    if (currency != nullptr && value::is_currency(currency->name.text) &&
        meanings(currency->name.text).empty()) {
        return in_currency(tree, currency->name.text, span);
    }
    ExprRef element;
    ExprRef set;
    if (!waits_for_hint(*tree.left)) {
        element = unwrapped(infer(*tree.left));
        TypeRef hint;
        if (element != nullptr && std::holds_alternative<ast::SetLiteral>(tree.right->node)) {
            if (const auto type = value::set_type(element->type, 1)) hint = *type;
        }
        if (element == nullptr && waits_for_hint(*tree.right)) return nullptr;
        set = unwrapped(infer(*tree.right, hint));
    } else {
        set = unwrapped(infer(*tree.right));
        if (set == nullptr) return nullptr;
        const bool known = set->type->kind == Kind::set || set->type->kind == Kind::list;
        element = unwrapped(infer(*tree.left, known ? set->type->parts[0] : nullptr));
    }
    if (element == nullptr || set == nullptr) return nullptr;
    if (set->type->kind != Kind::set && set->type->kind != Kind::list) {
        report(Code::E0306, tree.op_span,
               "`in` asks about a set, and this is " + value::to_text(*set->type))
            .with_label(set->span, value::to_text(*set->type));
        return nullptr;
    }
    if (!value::same_shape(*element->type, *set->type->parts[0])) {
        report(Code::E0303, tree.op_span, "the set can never hold this")
            .with_label(element->span, value::to_text(*element->type))
            .with_label(set->span, value::to_text(*set->type));
        return nullptr;
    }
    return make(value::boolean_type(), span, Contains{std::move(element), std::move(set)});
}

ExprRef Expressions::quantified(const ast::Quantified& tree, Span span) {
    ExprRef set = collection(*tree.set);
    TypeRef element;
    if (set != nullptr) element = set->type->parts[0];
    if (scope_.locals == nullptr) {
        report(Code::E0314, span, "this is not a constant");
        return nullptr;
    }
    const auto local = bind(tree.variable, std::move(element));
    if (!local) return nullptr;
    ExprRef satisfied = condition(*tree.condition);
    scope_.bindings.pop_back();
    if (set == nullptr || satisfied == nullptr) return nullptr;
    const auto quantifier =
        tree.quantifier == ast::Quantifier::every ? Quantifier::every : Quantifier::some;
    return make(value::boolean_type(), span,
                Quantified{quantifier, *local, std::move(set), std::move(satisfied)});
}

// ---- else, if -----------------------------------------------------------------------------------

// Both as values of one type; null if there is none.
Expressions::Pair Expressions::unified(ExprRef left, ExprRef right) {
    TypeRef type = join(left->type, right->type);
    if (type == nullptr) {
        std::tie(left, right) = alike(std::move(left), std::move(right));
        type = join(left->type, right->type);
    }
    if (type == nullptr && is_optional(left) != is_optional(right)) {
        const TypeRef inner = join(without_optional(left->type), without_optional(right->type));
        if (inner != nullptr) {
            if (const auto made = value::optional_type(inner)) type = *made;
        }
    }
    if (type == nullptr) {
        report(Code::E0303, right->span,
               "the answers must be of one type: " + value::to_text(*left->type) + " first, " +
                   value::to_text(*right->type) + " here")
            .with_label(left->span, value::to_text(*left->type));
        return {nullptr, nullptr};
    }
    return {coerce(std::move(left), type), coerce(std::move(right), type)};
}

// `x else v`: an optional x answers with what it holds, unless v is optional too.
ExprRef Expressions::otherwise(const ast::Binary& tree, Span span, const TypeRef& hint) {
    ExprRef value = infer(*tree.left, hint);
    if (value == nullptr && waits_for_hint(*tree.right)) return nullptr;
    ExprRef answer = infer(*tree.right, value == nullptr ? nullptr : value->type);
    if (value == nullptr || answer == nullptr) return nullptr;
    if (!is_optional(answer)) value = unwrapped(std::move(value));
    if (is(answer->type, Kind::boolean) && !is(value->type, Kind::boolean) && !is_optional(value)) {
        report(Code::E0303, answer->span,
               "the answers must be of one type: " + value::to_text(*value->type) + " first, " +
                   value::to_text(*answer->type) + " here")
            .with_label(value->span, value::to_text(*value->type))
            .with_help(
                "`else` answers for the value right before it; for a whole condition put "
                "brackets around it: `(a is at most b) else false`");
        return nullptr;
    }
    std::tie(value, answer) = unified(std::move(value), std::move(answer));
    if (value == nullptr || answer == nullptr) return nullptr;
    const TypeRef type =
        value->type == answer->type ? value->type : join(value->type, answer->type);
    return make(type, span, Else{std::move(value), std::move(answer)});
}

ExprRef Expressions::choice(const ast::IfThenElse& tree, Span span, const TypeRef& hint) {
    ExprRef asked = condition(*tree.condition);
    ExprRef then;
    ExprRef other;
    if (hint != nullptr || !waits_for_hint(*tree.then)) {
        then = infer(*tree.then, hint);
        if (then == nullptr && hint == nullptr && waits_for_hint(*tree.otherwise)) return nullptr;
        const bool own = hint == nullptr && then != nullptr;
        other = infer(*tree.otherwise, own ? then->type : hint);
    } else {
        std::tie(then, other) = both(*tree.then, *tree.otherwise);
    }
    if (asked == nullptr || then == nullptr || other == nullptr) return nullptr;
    std::tie(then, other) = unified(std::move(then), std::move(other));
    if (then == nullptr || other == nullptr) return nullptr;
    const TypeRef type = then->type == other->type ? then->type : join(then->type, other->type);
    return make(type, span, Choice{std::move(asked), std::move(then), std::move(other)});
}

}  // namespace edict::check
