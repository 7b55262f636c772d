// Lists and what is asked of all elements of a set or list: how many, their sum, the least. Also
// patterns of texts and values by date.
#include <algorithm>
#include <limits>

#include "compiler/check/expressions.h"

namespace edict::check {

using value::Kind;

namespace {

ExprRef truth(bool value, Span span) {
    return make(value::boolean_type(), span, Constant{value::Value{value}});
}
ExprRef number(std::int64_t value, Span span) {
    return make(value::integer_type(), span, Constant{value::Value{value}});
}
// 1 if the condition is true, 0 if it is false; no value if it has none.
ExprRef one_if(ExprRef condition, Span span) {
    return make(value::integer_type(), span,
                Choice{std::move(condition), number(1, span), number(0, span)});
}
ExprRef at_least(ExprRef count, std::int64_t least, Span span) {
    return make(value::boolean_type(), span,
                Compare{CompareOp::ge, std::move(count), number(least, span)});
}

}  // namespace

// A set or list; null, and reported, for anything else.
ExprRef Expressions::collection(const ast::Expression& tree) {
    ExprRef made = unwrapped(infer(tree));
    if (made == nullptr) return nullptr;
    if (made->type->kind == Kind::set || made->type->kind == Kind::list) return made;
    report(Code::E0306, tree.span,
           "only a set has elements, and this is " + value::to_text(*made->type));
    return nullptr;
}

ExprRef Expressions::aggregate(const ast::Aggregate& tree, Span span) {
    ExprRef set = collection(*tree.collection);
    if (scope_.locals == nullptr) {
        report(Code::E0314, span, "this is not a constant");
        return nullptr;
    }
    const auto local = bind(tree.variable, set == nullptr ? nullptr : set->type->parts[0]);
    if (!local) return nullptr;
    const bool counts = tree.what == ast::Aggregation::count;
    ExprRef value = counts ? condition(*tree.value) : unwrapped(infer(*tree.value));
    scope_.bindings.pop_back();
    if (set == nullptr || value == nullptr) return nullptr;
    if (counts) {
        return make(value::integer_type(), span,
                    Fold{FoldOp::sum, *local, std::move(set), one_if(std::move(value), span)});
    }
    const value::Type& type = *value->type;
    const bool sums = tree.what == ast::Aggregation::sum;
    const bool summable =
        type.kind == Kind::integer || type.kind == Kind::decimal || type.kind == Kind::duration;
    if (sums ? !summable : !has_order(type)) {
        report(sums ? Code::E0306 : Code::E0304, tree.value->span,
               sums ? "only numbers and durations have a sum, and this is " + value::to_text(type)
                    : value::to_text(type) + " has no order, so nothing is more or less");
        return nullptr;
    }
    const FoldOp op = sums                                 ? FoldOp::sum
                      : tree.what == ast::Aggregation::min ? FoldOp::min
                                                           : FoldOp::max;
    const TypeRef result = sums && type.kind == Kind::integer ? value::integer_type() : value->type;
    return make(result, span, Fold{op, *local, std::move(set), std::move(value)});
}

// At least n are true: true if n are surely true, false if fewer than n can be, else an error.
// `at most n` is not `at least n + 1`.
ExprRef Expressions::threshold(const ast::Threshold& tree, Span span) {
    ExprRef sure;      // how many are true
    ExprRef possible;  // how many are true or have no value
    ExprRef unsure;    // true if all have a value, none if one has none
    const auto has_value = [](const ExprRef& asked) {
        return make(value::boolean_type(), asked->span,
                    Choice{asked, truth(true, asked->span), truth(true, asked->span)});
    };
    const auto sure_of = [&](const ExprRef& asked, bool otherwise) {
        return one_if(
            make(value::boolean_type(), asked->span, Else{asked, truth(otherwise, asked->span)}),
            asked->span);
    };
    if (tree.variable) {
        ExprRef set = collection(*tree.collection);
        if (scope_.locals == nullptr) {
            report(Code::E0314, span, "this is not a constant");
            return nullptr;
        }
        const auto local = bind(*tree.variable, set == nullptr ? nullptr : set->type->parts[0]);
        if (!local) return nullptr;
        const ExprRef asked = condition(tree.conditions[0]);
        scope_.bindings.pop_back();
        if (set == nullptr || asked == nullptr) return nullptr;
        sure = make(value::integer_type(), span,
                    Fold{FoldOp::sum, *local, set, sure_of(asked, false)});
        possible =
            make(value::integer_type(), span, Fold{FoldOp::sum, *local, set, sure_of(asked, true)});
        unsure = make(value::boolean_type(), span,
                      Quantified{Quantifier::every, *local, set, has_value(asked)});
    } else {
        bool complete = true;
        for (const ast::Expression& one : tree.conditions) {
            const ExprRef asked = condition(one);
            complete = complete && asked != nullptr;
            if (!complete) continue;
            const auto plus = [&](const ExprRef& sum, ExprRef more) {
                if (sum == nullptr) return more;
                return make(value::integer_type(), span, Arith{ArithOp::add, sum, std::move(more)});
            };
            sure = plus(sure, sure_of(asked, false));
            possible = plus(possible, sure_of(asked, true));
            unsure = unsure == nullptr
                         ? has_value(asked)
                         : make(value::boolean_type(), span,
                                Logic{LogicOp::conjunction, unsure, has_value(asked)});
        }
        if (!complete) return nullptr;
    }
    const std::int64_t least =
        tree.at_least ? tree.number
                      : (tree.number == std::numeric_limits<std::int64_t>::max() ? tree.number
                                                                                 : tree.number + 1);
    // Where `unsure` is asked, one has no value, so neither has the answer.
    ExprRef otherwise = make(
        value::boolean_type(), span,
        Choice{at_least(std::move(possible), least, span), std::move(unsure), truth(false, span)});
    ExprRef answer = make(
        value::boolean_type(), span,
        Choice{at_least(std::move(sure), least, span), truth(true, span), std::move(otherwise)});
    return tree.at_least ? answer : make(value::boolean_type(), span, Not{std::move(answer)});
}

ExprRef Expressions::pattern(BuiltinOp op, const ast::Binary& tree, Span span) {
    ExprRef text = unwrapped(infer(*tree.left));
    ExprRef part = infer(*tree.right);
    if (text == nullptr || part == nullptr) return nullptr;
    for (const ExprRef& operand : {text, part}) {
        if (operand->type->kind == Kind::text) continue;
        report(Code::E0306, tree.op_span,
               "this asks about a text, and one side is " + value::to_text(*operand->type))
            .with_label(operand->span, value::to_text(*operand->type));
        return nullptr;
    }
    if (!constant_of(*part)) {
        report(Code::E0314, part->span, "what a text is asked for must be a constant")
            .with_help("write the text itself: `starts with \"C18\"`");
        return nullptr;
    }
    return make(value::boolean_type(), span, Builtin{op, {std::move(text), std::move(part)}});
}

ExprRef Expressions::as_of(const ast::Binary& tree, Span span) {
    ExprRef dated = unwrapped(infer(*tree.left));
    ExprRef day = expect(*tree.right, value::date_type());
    if (dated == nullptr || day == nullptr) return nullptr;
    const TypeRef entry = dated->type->kind == Kind::set ? dated->type->parts[0] : nullptr;
    if (!is(entry, Kind::tuple) || entry->parts.size() != 2 || !is(entry->parts[0], Kind::date)) {
        report(Code::E0306, tree.op_span,
               "`as of` asks values by date, and this is " + value::to_text(*dated->type))
            .with_label(dated->span, value::to_text(*dated->type))
            .with_help("declare it as Dated<…>: `store rates: Map<Text, Dated<Decimal, 100>>`");
        return nullptr;
    }
    return make(entry->parts[1], span,
                Builtin{BuiltinOp::as_of, {std::move(dated), std::move(day)}});
}

}  // namespace edict::check
