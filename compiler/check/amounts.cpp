// Decimals, quantities and money: nothing is rounded unless a rounding is named, units never mix.
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"

namespace edict::check {

using value::Decimal;
using value::Kind;
using value::TypeRef;

namespace {

bool is_money(const value::Type& type) {
    return type.kind == Kind::record && value::same_type(type, *value::money_type());
}

ExprRef decimal_constant(std::int64_t number, Span span) {
    return make(value::decimal_type(), span, Constant{value::Value{Decimal::whole(number)}});
}

ExprRef small_int(std::int64_t number, std::int64_t most, Span span) {
    return make(*value::integer_range(0, most), span, Constant{value::Value{number}});
}

ExprRef currency_of(const ExprRef& money, Span span) {
    return make(money->type->fields[1].type, span, FieldRead{money, 1});
}

ExprRef currency_name(const std::string& currency, Span span) {
    return make(value::money_type()->fields[1].type, span, Constant{value::Value{currency}});
}

}  // namespace

ExprRef Expressions::quantity(const ast::QuantityLiteral& tree, Span span) {
    const std::string& unit = tree.unit.text;
    if (const auto ms = value::milliseconds_of(unit)) return duration(tree, *ms, span);
    if (unit == "month" || unit == "months" || unit == "year" || unit == "years" ||
        unit == "week" || unit == "weeks") {
        const bool week = unit.starts_with("week");
        report(Code::E0321, span,
               "a " + std::string(week ? "week" : "month or year") +
                   (week ? " is written in days" : " has no fixed length"))
            .with_help(week ? "write `7 days`"
                            : "write `add_months(date, 1, last_day)`: it says what happens at the "
                              "end of a month");
        return nullptr;
    }
    const auto number = value::decimal_from_text(tree.number);
    const auto type = value::quantity_type(unit);
    if (!number || !type) {
        report(Code::E0308, span, type ? number.error().message : type.error().message);
        return nullptr;
    }
    return make(*type, span, Constant{value::Value{*number}});
}

ExprRef Expressions::negative(ExprRef operand, Span span) {
    const TypeRef type = operand->type;
    const bool is_decimal = type->kind == Kind::decimal;
    if (const auto* constant = std::get_if<Constant>(&operand->node)) {
        if (is_decimal) {
            const Decimal number = std::get<Decimal>(constant->value.data);
            return make(type, span, Constant{value::Value{Decimal{-number.units}}});
        }
        const auto length = std::get<value::Duration>(constant->value.data);
        return make(type, span, Constant{value::Value{value::Duration{-length.ms}}});
    }
    ExprRef zero =
        make(type, span,
             Constant{is_decimal ? value::Value{Decimal{}} : value::Value{value::Duration{}}});
    const BuiltinOp op = is_decimal ? BuiltinOp::decimal_subtract : BuiltinOp::time_subtract;
    return make(type, span, Builtin{op, {std::move(zero), std::move(operand)}});
}

ExprRef Expressions::adapted(ExprRef expr, const TypeRef& type) {
    if (expr == nullptr || type == nullptr) return expr;
    const Span span = expr->span;
    const auto* constant = std::get_if<Constant>(&expr->node);
    if (type->kind == Kind::decimal) {
        if (constant != nullptr && expr->type->kind == Kind::integer && type->name.empty()) {
            return decimal_constant(std::get<std::int64_t>(constant->value.data), span);
        }
        if (is_money(*expr->type) && value::is_currency(type->name)) {
            return make(type, span, Builtin{BuiltinOp::money_in, {std::move(expr)}});
        }
        return expr;
    }
    const bool has_currency =
        expr->type->kind == Kind::decimal && value::is_currency(expr->type->name);
    if (!is_money(*type) || !has_currency) return expr;
    const std::string currency = expr->type->name;
    if (constant != nullptr) {
        value::Record money{{constant->value, value::Value{currency}}};
        return make(type, span, Constant{value::Value{std::move(money)}});
    }
    ExprRef amount =
        make(value::decimal_type(), span, Builtin{BuiltinOp::decimal_as, {std::move(expr)}});
    return make(type, span, MakeRecord{{std::move(amount), currency_name(currency, span)}});
}

Expressions::Pair Expressions::alike(ExprRef left, ExprRef right) {
    if (left->type->kind == Kind::decimal) right = adapted(std::move(right), left->type);
    left = adapted(std::move(left), right->type);
    right = adapted(std::move(right), left->type);
    return {std::move(left), std::move(right)};
}

ExprRef Expressions::in_currency(const ast::Binary& tree, const std::string& currency, Span span) {
    ExprRef money = unwrapped(infer(*tree.left));
    if (money == nullptr) return nullptr;
    if (is_money(*money->type)) {
        return make(value::boolean_type(), span,
                    Compare{CompareOp::eq, currency_of(money, span),
                            currency_name(currency, tree.right->span)});
    }
    report(
        Code::E0322, tree.op_span,
        "only Money can be in one currency or another, and this is " + value::to_text(*money->type))
        .with_label(money->span, value::to_text(*money->type));
    return nullptr;
}

ExprRef Expressions::amount_arith(ArithOp op, ExprRef left, ExprRef right, const ast::Binary& tree,
                                  Span span) {
    if (op == ArithOp::add || op == ArithOp::subtract) {
        std::tie(left, right) = alike(std::move(left), std::move(right));
    }
    const bool decimals = left->type->kind == Kind::decimal || right->type->kind == Kind::decimal;
    if (!decimals) return time_arith(op, std::move(left), std::move(right), tree, span);
    const auto is_number = [](const ExprRef& operand) {
        return operand->type->kind == Kind::decimal || operand->type->kind == Kind::integer;
    };
    if (op == ArithOp::remainder || !is_number(left) || !is_number(right)) {
        report(Code::E0306, tree.op_span,
               value::to_text(*left->type) + " and " + value::to_text(*right->type) +
                   " do not go together here")
            .with_label(left->span, value::to_text(*left->type))
            .with_label(right->span, value::to_text(*right->type));
        return nullptr;
    }
    if (op == ArithOp::multiply && left->type->kind == Kind::integer) std::swap(left, right);
    if (op == ArithOp::multiply && right->type->kind == Kind::integer) {
        const TypeRef type = left->type;
        return make(type, span,
                    Builtin{BuiltinOp::decimal_times, {std::move(left), std::move(right)}});
    }
    if (op == ArithOp::multiply || op == ArithOp::divide) {
        report(Code::E0326, tree.op_span,
               op == ArithOp::divide ? "this quotient may need rounding"
                                     : "this product may need rounding")
            .with_help("say how: `round half_even to 2 (a * b)`");
        return nullptr;
    }
    if (!value::same_type(*left->type, *right->type)) {
        source::Diagnostic& mixed =
            report(Code::E0322, tree.op_span,
                   value::to_text(*left->type) + " and " + value::to_text(*right->type) +
                       (op == ArithOp::add ? " cannot be added" : " cannot be subtracted"));
        mixed.with_label(left->span, value::to_text(*left->type));
        mixed.with_label(right->span, value::to_text(*right->type));
        if (left->type->kind == Kind::integer || right->type->kind == Kind::integer) {
            mixed.with_help("`decimal(n)` makes a Decimal of an Int");
        }
        return nullptr;
    }
    const TypeRef type = left->type;
    const BuiltinOp sum = op == ArithOp::add ? BuiltinOp::decimal_add : BuiltinOp::decimal_subtract;
    return make(type, span, Builtin{sum, {std::move(left), std::move(right)}});
}

// ---- rounding -----------------------------------------------------------------------------------

// An operand of what is rounded: a decimal, or an Int as one.
ExprRef Expressions::factor(const ast::Expression& tree) {
    ExprRef operand = unwrapped(infer(tree));
    if (operand == nullptr || operand->type->kind == Kind::decimal) return operand;
    if (operand->type->kind != Kind::integer) {
        report(Code::E0306, tree.span,
               "only a number can be rounded, and this is " + value::to_text(*operand->type));
        return nullptr;
    }
    operand = adapted(std::move(operand), value::decimal_type());
    if (operand->type->kind == Kind::decimal) return operand;
    return make(value::decimal_type(), tree.span,
                Builtin{BuiltinOp::decimal_of, {std::move(operand)}});
}

ExprRef Expressions::ratio(ExprRef a, ExprRef b, ExprRef c, Span span, std::int64_t places,
                           value::Rounding rounding) {
    if (a == nullptr || b == nullptr || c == nullptr) return nullptr;
    constexpr const char* PERCENT = "percent";
    if (a->type->name == PERCENT) std::swap(a, b);
    // A share of something is a hundredth of the product.
    if (b->type->name == PERCENT && a->type->name != "") {
        const TypeRef type = c->type;
        c = make(type, span,
                 Builtin{BuiltinOp::decimal_times,
                         {std::move(c), make(value::integer_type(), span,
                                             Constant{value::Value{std::int64_t{100}}})}});
        b = make(value::decimal_type(), b->span, Builtin{BuiltinOp::decimal_as, {b}});
    }
    const std::string &left = a->type->name, &right = b->type->name, &divisor = c->type->name;
    std::string unit = left.empty() ? right : left;
    if ((!left.empty() && !right.empty()) || (!divisor.empty() && divisor != unit)) {
        report(Code::E0322, span, "these units do not go together in one product or quotient")
            .with_label(a->span, value::to_text(*a->type))
            .with_label(!left.empty() && !right.empty() ? b->span : c->span,
                        value::to_text(!left.empty() && !right.empty() ? *b->type : *c->type))
            .with_help("`number(x)` is the bare number of a quantity");
        return nullptr;
    }
    if (!divisor.empty()) unit.clear();
    const auto type = value::quantity_type(unit);
    return make(
        *type, span,
        Builtin{BuiltinOp::decimal_ratio,
                {std::move(a), std::move(b), std::move(c),
                 small_int(places, value::DECIMAL_PLACES, span),
                 small_int(static_cast<std::int64_t>(rounding), value::ROUNDINGS - 1, span)}});
}

ExprRef Expressions::rounded(const ast::Rounded& tree, Span span) {
    const auto rounding = value::rounding_named(tree.rounding.text);
    if (!rounding) {
        std::vector<std::string> known;
        for (std::uint8_t i = 0; i < value::ROUNDINGS; ++i) {
            known.emplace_back(value::name_of(static_cast<value::Rounding>(i)));
        }
        report(Code::E0320, tree.rounding.span,
               "there is no rounding " + quoted(tree.rounding.text))
            .with_help("choose one of " + list_of(known));
        return nullptr;
    }
    if (tree.places > value::DECIMAL_PLACES) {
        report(Code::E0320, span, "a Decimal has no more than 9 places")
            .with_help("round to 0 to 9 places");
        return nullptr;
    }
    const ast::Expression& inner = *tree.value;
    if (const auto* convert = std::get_if<ast::Convert>(&inner.node)) {
        return conversion(*convert, span, tree.places, *rounding);
    }
    const auto product = [](const ast::Expression& part, ast::BinaryOp op) {
        const auto* binary = std::get_if<ast::Binary>(&part.node);
        return binary != nullptr && binary->op == op ? binary : nullptr;
    };
    const ast::Binary* quotient = product(inner, ast::BinaryOp::divide);
    const ast::Expression& above = quotient == nullptr ? inner : *quotient->left;
    const ast::Binary* factors = product(above, ast::BinaryOp::multiply);
    ExprRef a = factor(factors == nullptr ? above : *factors->left);
    ExprRef b = factors == nullptr ? decimal_constant(1, span) : factor(*factors->right);
    ExprRef c = quotient == nullptr ? decimal_constant(1, span) : factor(*quotient->right);
    return ratio(std::move(a), std::move(b), std::move(c), span, tree.places, *rounding);
}

// Money that is in the currency already is not converted, so no rate need be known for it.
ExprRef Expressions::conversion(const ast::Convert& tree, Span span, std::int64_t places,
                                value::Rounding rounding) {
    const std::string& currency = tree.currency.text;
    ExprRef money = unwrapped(infer(*tree.money));
    ExprRef rate = expect(*tree.rate, value::decimal_type());
    if (!value::is_currency(currency)) {
        report(Code::E0322, tree.currency.span, quoted(currency) + " is not a currency")
            .with_help("a currency has three capital letters: CNY");
        return nullptr;
    }
    if (money == nullptr || rate == nullptr) return nullptr;
    const auto type = value::quantity_type(currency);
    const auto in_currency = [&](ExprRef amount, ExprRef factor) {
        ExprRef made = ratio(std::move(amount), std::move(factor), decimal_constant(1, span), span,
                             places, rounding);
        if (made == nullptr || made->type->name == currency) return made;
        return make(*type, span, Builtin{BuiltinOp::decimal_as, {std::move(made)}});
    };
    if (is_money(*money->type)) {
        ExprRef amount = make(value::decimal_type(), span, FieldRead{money, 0});
        ExprRef asked = make(value::boolean_type(), span,
                             Compare{CompareOp::eq, currency_of(money, span),
                                     currency_name(currency, tree.currency.span)});
        return make(*type, span,
                    Choice{std::move(asked), in_currency(amount, decimal_constant(1, span)),
                           in_currency(amount, std::move(rate))});
    }
    if (money->type->kind == Kind::decimal && value::is_currency(money->type->name)) {
        ExprRef factor =
            money->type->name == currency ? decimal_constant(1, span) : std::move(rate);
        return in_currency(std::move(money), std::move(factor));
    }
    report(Code::E0322, tree.money->span,
           "only Money is converted, and this is " + value::to_text(*money->type));
    return nullptr;
}

// ---- functions ----------------------------------------------------------------------------------

ExprRef Expressions::amount_function(const ast::Call& tree, Span span, bool& found) {
    const std::string callee = tree.callee.text();
    const bool is_decimal = callee == "decimal", is_whole = callee == "whole";
    found = is_decimal || is_whole || callee == "number";
    if (!found || !plain_arguments(tree, 1, span)) return nullptr;
    const ast::Expression& given = *tree.arguments[0].value;
    if (is_decimal) {
        ExprRef number = expect(given, value::integer_type());
        if (number == nullptr) return nullptr;
        return make(value::decimal_type(), span,
                    Builtin{BuiltinOp::decimal_of, {std::move(number)}});
    }
    ExprRef number = unwrapped(infer(given));
    if (number == nullptr) return nullptr;
    if (number->type->kind != Kind::decimal) {
        report(Code::E0301, given.span,
               quoted(callee) + " takes a Decimal or a quantity, and this is " +
                   value::to_text(*number->type));
        return nullptr;
    }
    return make(
        is_whole ? value::integer_type() : value::decimal_type(), span,
        Builtin{is_whole ? BuiltinOp::decimal_whole : BuiltinOp::decimal_as, {std::move(number)}});
}

}  // namespace edict::check
