// Moments, durations and the calendar.
#include "compiler/check/dates.h"
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"
#include "value/calendar.h"

namespace edict::check {

using value::Kind;

namespace {

ExprRef int_constant(std::int64_t number, std::int64_t most, Span span) {
    return make(*value::integer_range(0, most), span, Constant{value::Value{number}});
}

}  // namespace

ExprRef Expressions::moment_of(const ast::TimeLiteral& tree, Span span) {
    need_zone(names_, span);
    const int zone = context_.module(names_.self()).zone_minutes.value_or(0);
    const std::int64_t minutes = std::int64_t{tree.hour} * 60 + tree.minute;
    const value::Time time{value::start_of_day_ms(date_of(tree.date), zone) + minutes * 60'000};
    const value::Value moment{time};
    if (const base::Status fits = value::check(moment, *value::time_type()); !fits) {
        report(Code::E0305, span, fits.error().message);
        return nullptr;
    }
    return make(value::time_type(), span, Constant{moment});
}

ExprRef Expressions::duration(const ast::QuantityLiteral& tree, std::int64_t unit_ms, Span span) {
    const auto number = value::decimal_from_text(tree.number);
    const auto exact = number ? value::times(*number, unit_ms) : std::nullopt;
    const auto ms = exact ? value::to_whole(*exact) : std::nullopt;
    if (!ms || !value::check(value::Value{value::Duration{*ms}}, *value::duration_type())) {
        report(Code::E0305, span, "this is no Duration")
            .with_help("a Duration is a whole number of milliseconds, of at most 9999 years");
        return nullptr;
    }
    return make(value::duration_type(), span, Constant{value::Value{value::Duration{*ms}}});
}

ExprRef Expressions::time_arith(ArithOp op, ExprRef left, ExprRef right, const ast::Binary& tree,
                                Span span) {
    const bool adds = op == ArithOp::add;
    if (adds && left->type->kind == Kind::duration) std::swap(left, right);
    const Kind x = left->type->kind, y = right->type->kind;
    if ((adds || op == ArithOp::subtract) && y == Kind::duration && x != Kind::integer) {
        const auto* length = std::get_if<Constant>(&right->node);
        if (x == Kind::date && length != nullptr &&
            std::get<value::Duration>(length->value.data).ms % value::MS_OF_DAY != 0) {
            report(Code::E0305, right->span, "a Date moves by whole days")
                .with_help("use a Time: `start_of_day(date)`");
            return nullptr;
        }
        const value::TypeRef type = left->type;
        return make(type, span,
                    Builtin{adds ? BuiltinOp::time_add : BuiltinOp::time_subtract,
                            {std::move(left), std::move(right)}});
    }
    if (op == ArithOp::subtract && x == y && (x == Kind::time || x == Kind::date)) {
        return make(value::duration_type(), span,
                    Builtin{BuiltinOp::time_subtract, {std::move(left), std::move(right)}});
    }
    if (op == ArithOp::multiply && x == Kind::integer && y == Kind::duration) {
        std::swap(left, right);
    }
    if (op == ArithOp::multiply && left->type->kind == Kind::duration &&
        right->type->kind == Kind::integer) {
        return make(value::duration_type(), span,
                    Builtin{BuiltinOp::duration_times, {std::move(left), std::move(right)}});
    }
    if (op == ArithOp::divide && x == Kind::duration && y == Kind::duration) {
        return make(value::integer_type(), span,
                    Builtin{BuiltinOp::duration_divide, {std::move(left), std::move(right)}});
    }
    const ExprRef& odd = x == Kind::integer ? right : left;
    source::Diagnostic& wrong =
        report(Code::E0306, tree.op_span,
               "arithmetic is for Int, and this is " + value::to_text(*odd->type));
    wrong.with_label(odd->span, value::to_text(*odd->type));
    const bool with_number = (x == Kind::integer) != (y == Kind::integer);
    if (with_number && (adds || op == ArithOp::subtract)) {
        wrong.with_help("say what the number counts: `today + 30 days`");
    }
    return nullptr;
}

ExprRef Expressions::time_function(const ast::Call& tree, Span span, bool& found) {
    const std::string callee = tree.callee.text();
    const auto one = [&](const value::TypeRef& type) -> ExprRef {
        return plain_arguments(tree, 1, span) ? expect(*tree.arguments[0].value, type) : nullptr;
    };
    const auto of_date = [&](const value::TypeRef& type, BuiltinOp op, auto which,
                             std::uint8_t count) -> ExprRef {
        ExprRef date = one(value::date_type());
        if (date == nullptr) return nullptr;
        ExprRef code = int_constant(static_cast<std::int64_t>(which), count - 1, span);
        return make(type, span, Builtin{op, {std::move(date), std::move(code)}});
    };
    found = true;
    if (const auto number = value::calendar_number_named(callee)) {
        return of_date(value::integer_type(), BuiltinOp::calendar_number, *number,
                       value::CALENDAR_NUMBERS);
    }
    if (const auto day = value::calendar_day_named(callee)) {
        return of_date(value::date_type(), BuiltinOp::calendar_day, *day, value::CALENDAR_DAYS);
    }
    if (callee == "date_of" || callee == "start_of_day") {
        const bool to_day = callee == "date_of";
        need_zone(names_, span);
        ExprRef when = one(to_day ? value::time_type() : value::date_type());
        if (when == nullptr) return nullptr;
        return make(to_day ? value::date_type() : value::time_type(), span,
                    Builtin{to_day ? BuiltinOp::day_of : BuiltinOp::start_of, {std::move(when)}});
    }
    if (callee != "add_months" && callee != "add_years") {
        found = false;
        return nullptr;
    }
    if (!plain_arguments(tree, 3, span)) return nullptr;
    ExprRef date = expect(*tree.arguments[0].value, value::date_type());
    ExprRef months = expect(*tree.arguments[1].value, value::integer_type());
    const auto* named = std::get_if<ast::NameUse>(&tree.arguments[2].value->node);
    const auto end = named == nullptr ? std::nullopt : value::month_end_named(named->name.text);
    if (!end) {
        report(Code::E0321, tree.arguments[2].value->span,
               "what happens at the end of a short month is not said")
            .with_help(
                "write `last_day` (31 January and a month is 28 February), `next_day` (1 "
                "March) or `same_day` (no value)");
        return nullptr;
    }
    if (date == nullptr || months == nullptr) return nullptr;
    if (callee == "add_years") {
        ExprRef twelve =
            make(value::integer_type(), span, Constant{value::Value{std::int64_t{12}}});
        months = make(value::integer_type(), span,
                      Arith{ArithOp::multiply, std::move(months), std::move(twelve)});
    }
    return make(
        value::date_type(), span,
        Builtin{BuiltinOp::add_months,
                {std::move(date), std::move(months),
                 int_constant(static_cast<std::int64_t>(*end), value::MONTH_ENDS - 1, span)}});
}

}  // namespace edict::check
