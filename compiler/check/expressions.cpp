#include "compiler/check/expressions.h"

#include "base/check.h"
#include "compiler/check/dates.h"
#include "compiler/check/declare.h"

namespace edict::check {

using value::Kind;

struct Expressions::Dispatch {
    Expressions& self;
    Span span;
    const TypeRef& hint;

    ExprRef operator()(const ast::IntLiteral& node) const {
        return make(value::integer_type(), span, Constant{value::Value{node.value}});
    }
    ExprRef operator()(const ast::DecimalLiteral& node) const {
        const auto number = value::decimal_from_text(node.number);
        EDICT_CHECK(number.has_value());  // the parser has checked it
        return make(value::decimal_type(), span, Constant{value::Value{*number}});
    }
    ExprRef operator()(const ast::QuantityLiteral& node) const { return self.quantity(node, span); }
    ExprRef operator()(const ast::TimeLiteral& node) const { return self.moment_of(node, span); }
    ExprRef operator()(const ast::ListLiteral& node) const { return self.list(node, span, hint); }
    ExprRef operator()(const ast::Rounded& node) const { return self.rounded(node, span); }
    ExprRef operator()(const ast::Convert& node) const {
        self.report(Code::E0326, span, "a conversion may need rounding")
            .with_help("say how: `round half_even to 2 (convert … to " + node.currency.text +
                       " at …)`");
        return nullptr;
    }
    ExprRef operator()(const ast::Aggregate& node) const { return self.aggregate(node, span); }
    ExprRef operator()(const ast::Threshold& node) const { return self.threshold(node, span); }
    ExprRef operator()(const ast::TextLiteral& node) const { return self.text(node, span); }
    ExprRef operator()(const ast::BoolLiteral& node) const {
        return make(value::boolean_type(), span, Constant{value::Value{node.value}});
    }
    ExprRef operator()(const ast::DateLiteral& node) const {
        return make(value::date_type(), span, Constant{value::Value{date_of(node.value)}});
    }
    ExprRef operator()(const ast::AbsentLiteral&) const { return self.absent(span, hint); }
    ExprRef operator()(const ast::SetLiteral& node) const { return self.set(node, span, hint); }
    ExprRef operator()(const ast::TupleLiteral& node) const { return self.tuple(node, span, hint); }
    ExprRef operator()(const ast::RecordLiteral& node) const { return self.record(node, span); }
    ExprRef operator()(const ast::NameUse& node) const { return self.name(node.name, hint); }
    ExprRef operator()(const ast::Member& node) const { return self.member(node, span); }
    ExprRef operator()(const ast::Index& node) const { return self.index(node, span); }
    ExprRef operator()(const ast::Call& node) const { return self.call(node, span); }
    ExprRef operator()(const ast::Unary& node) const { return self.unary(node, span); }
    ExprRef operator()(const ast::Binary& node) const { return self.binary(node, span, hint); }
    ExprRef operator()(const ast::IfThenElse& node) const { return self.choice(node, span, hint); }
    ExprRef operator()(const ast::Quantified& node) const { return self.quantified(node, span); }
    ExprRef operator()(const ast::HasDuty& node) const { return self.has_duty(node, span); }
    ExprRef operator()(const ast::IsKnown& node) const {
        ExprRef asked = unwrapped(self.infer(*node.operand));
        if (asked == nullptr) return nullptr;
        ExprRef known = make(value::boolean_type(), span, IsKnown{std::move(asked)});
        return node.negated ? make(value::boolean_type(), span, Not{std::move(known)}) : known;
    }
    ExprRef operator()(const ast::ContextValue& node) const {
        if (!self.may_look_around(span)) return nullptr;
        switch (node.what) {
            case ast::Context::result:
                return self.result(span);
            case ast::Context::today:
                need_zone(self.names_, span);
                return make(value::date_type(), span, FromContext{ContextValue::today});
            case ast::Context::now:
                return make(value::time_type(), span, FromContext{ContextValue::now});
            case ast::Context::caller:
                return make(value::party_type(), span, FromContext{ContextValue::caller});
            case ast::Context::signer:
                return make(value::party_type(), span, FromContext{ContextValue::signer});
        }
        return nullptr;
    }
};

ExprRef Expressions::result(Span span) {
    const Action* action = scope_.action;
    if (action == nullptr || scope_.place == Place::action || scope_.place == Place::constant ||
        scope_.place == Place::invariant) {
        report(Code::E0329, span, "`result` is what an action returned, and here none has returned")
            .with_help("ask for it in a rule, a counter, an observer or an assertion");
        return nullptr;
    }
    if (action->returns && action->result == nullptr) return nullptr;
    if (!action->returns) {
        report(Code::E0329, span, quoted(action->name) + " returns nothing")
            .with_label(action->span, "declared here")
            .with_help("write `-> TYPE` before its `by`, and `return` what it is");
        return nullptr;
    }
    return make(action->result, span,
                ParamRead{static_cast<std::uint32_t>(action->parameters.size())});
}

ExprRef Expressions::infer(const ast::Expression& tree, const TypeRef& hint) {
    return std::visit(Dispatch{*this, tree.span, hint}, tree.node);
}

ExprRef Expressions::expect(const ast::Expression& tree, const TypeRef& type) {
    if (type != nullptr) return coerce(infer(tree, type), type);
    probe(tree);
    return nullptr;
}

// What would wait for the type of the place is left alone.
void Expressions::probe(const ast::Expression& tree) {
    if (!waits_for_hint(tree)) (void)infer(tree);
}

ExprRef Expressions::condition(const ast::Expression& tree) {
    return expect(tree, value::boolean_type());
}

// Never reads a value that is not there: a T? becomes a T that may have no value.
ExprRef Expressions::coerce(ExprRef expr, const TypeRef& type) {
    if (expr == nullptr || type == nullptr || expr->type == type) return expr;
    const Span span = expr->span;
    if (type->kind == Kind::optional && expr->type->kind != Kind::optional) {
        ExprRef inner = coerce(std::move(expr), type->parts[0]);
        return inner == nullptr ? nullptr : make(type, span, Wrap{std::move(inner)});
    }
    if (type->kind != Kind::optional) expr = adapted(unwrapped(std::move(expr)), type);
    if (!value::same_shape(*expr->type, *type)) {
        report(
            Code::E0301, span,
            value::to_text(*type) + " is needed here, and this is " + value::to_text(*expr->type));
        return nullptr;
    }
    if (const auto* constant = std::get_if<Constant>(&expr->node)) {
        if (value::check(constant->value, *type)) return make(type, span, *constant);
        report(Code::E0305, span,
               value::to_text(constant->value, *expr->type) + " is not a value of " +
                   value::to_text(*type));
        return nullptr;
    }
    if (value::fits_without_check(*expr->type, *type)) return expr;
    if (std::holds_alternative<MakeSet>(expr->node)) {
        const auto constant = constant_of(*expr);
        if (constant && !value::check(*constant, *type)) {
            report(Code::E0305, span, "this is not a value of " + value::to_text(*type))
                .with_help("it has too many elements");
            return nullptr;
        }
    }
    return make(type, span, Narrow{std::move(expr)});
}

std::optional<value::Value> Expressions::constant(const ast::Expression& tree,
                                                  const TypeRef& type) {
    const ExprRef expr = type == nullptr ? nullptr : expect(tree, type);
    if (expr == nullptr) return std::nullopt;
    base::Result<value::Value> value = constant_of(*expr);
    if (value) return std::move(*value);
    report(Code::E0314, tree.span, value.error().message)
        .with_help("write the value itself: a number, a text, a date, an enum member …");
    return std::nullopt;
}

std::optional<Message> Expressions::message(const ast::Message& tree) {
    (void)within_limit(context_, tree.values.size(), MAX_MESSAGE_VALUES, "values", tree.span);
    for (const std::string& text : tree.texts) check_text(context_, text, tree.span);
    Message made{tree.texts, {}};
    bool complete = true;
    for (const ast::Expression& shown : tree.values) {
        made.values.push_back(infer(shown));
        const ExprRef& value = made.values.back();
        complete = complete && value != nullptr;
        if (value == nullptr || !holds_kind(*value->type, value::Kind::pseudonym)) continue;
        report(Code::E0331, shown.span,
               "a message shows no Pseudonym: who reads it could follow "
               "a person")
            .with_label(value::to_text(*value->type))
            .with_help("say what the matter is without the person");
        complete = false;
    }
    if (!complete) return std::nullopt;
    return made;
}

std::optional<LocalId> Expressions::bind(const ast::Name& name, TypeRef type) {
    for (const Found& found : meanings(name.text)) {
        const bool hidden = std::holds_alternative<ParamMeaning>(found.meaning) ||
                            std::holds_alternative<LocalMeaning>(found.meaning);
        if (!hidden) continue;  // another name of the modules: reported where it is used
        report_twice(context_, name, found.span);
        return std::nullopt;
    }
    check_name(context_, name.text, name.span);
    const LocalId local{static_cast<std::uint32_t>(scope_.locals->size())};
    if (local.value == MAX_LOCALS) {
        (void)within_limit(context_, MAX_LOCALS + 1, MAX_LOCALS, "local names", name.span);
    }
    scope_.locals->push_back({name.text, std::move(type)});
    scope_.bindings.push_back({name.text, local, name.span});
    return local;
}

}  // namespace edict::check
