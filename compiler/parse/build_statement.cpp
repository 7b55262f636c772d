// Statements of actions.
#include <fmt/format.h>

#include "compiler/parse/builder.h"

namespace edict::parse {
namespace {

// s, m[k], s.field, m[k].field: what may stand left of `=`. Iterates: depth is the user's.
bool is_place(const ast::Expression& expression) {
    const ast::Expression* at = &expression;
    for (;;) {
        if (std::holds_alternative<ast::NameUse>(at->node)) return true;
        if (const auto* member = std::get_if<ast::Member>(&at->node)) {
            at = member->object.get();
        } else if (const auto* index = std::get_if<ast::Index>(&at->node)) {
            at = index->object.get();
        } else {
            return false;
        }
    }
}

}  // namespace

ast::Expression Builder::target(Grammar::PlaceContext* context) {
    Built built = place(context);
    if (!is_place(built.expression)) {
        diagnostics_.add(Code::E0113, built.expression.span, "only a store can be changed")
            .with_help(
                "write the name of a store, with its key if it is a map: `exported[to] = 0`");
    }
    return std::move(built.expression);
}

ast::Block Builder::block(Grammar::BlockContext* context) {
    ast::Block out;
    out.span = span(context);
    for (auto* one : context->statement()) out.statements.push_back(statement(one));
    return out;
}

ast::Statement Builder::statement(Grammar::StatementContext* context) {
    const Span where = span(context);
    if (auto* c = dynamic_cast<Grammar::LetStatementContext*>(context)) {
        ast::Let out{name(c->name()), expression(c->expression()), std::nullopt};
        if (c->TEXT() != nullptr) out.otherwise = message(c->TEXT());
        return {where, std::move(out)};
    }
    if (auto* c = dynamic_cast<Grammar::AddStatementContext*>(context)) {
        return {where, ast::AddTo{expression(c->expression()), target(c->place())}};
    }
    if (auto* c = dynamic_cast<Grammar::RemoveStatementContext*>(context)) {
        ast::Expression first = expression(c->expression());
        if (c->place() != nullptr) {
            return {where, ast::RemoveFrom{std::move(first), target(c->place())}};
        }
        if (!is_place(first)) {
            diagnostics_.add(Code::E0113, first.span, "only a key of a map can be removed")
                .with_help("write `remove m[k]`, or `remove x from s` for an element of a set");
        }
        return {where, ast::RemoveKey{std::move(first)}};
    }
    if (auto* c = dynamic_cast<Grammar::ConditionalContext*>(context)) {
        return conditional(c->ifStatement());
    }
    if (auto* c = dynamic_cast<Grammar::ForStatementContext*>(context)) {
        return {where, ast::For{name(c->name()), expression(c->expression()), block(c->block())}};
    }
    if (auto* c = dynamic_cast<Grammar::FailStatementContext*>(context)) {
        return {where, ast::Fail{message(c->TEXT())}};
    }
    if (auto* c = dynamic_cast<Grammar::EmitStatementContext*>(context)) {
        return {where, ast::Emit{path(c->path()), arguments(c->arguments())}};
    }
    if (auto* c = dynamic_cast<Grammar::ReturnStatementContext*>(context)) {
        return {where, ast::Return{expression(c->expression())}};
    }
    return assign_or_call(dynamic_cast<Grammar::AssignOrCallContext*>(context));
}

ast::Statement Builder::conditional(Grammar::IfStatementContext* context) {
    ast::If out{expression(context->expression()), block(context->block(0)), std::nullopt};
    if (context->ifStatement() != nullptr) {
        ast::Block otherwise;
        otherwise.span = span(context->ifStatement());
        otherwise.statements.push_back(conditional(context->ifStatement()));
        out.otherwise = std::move(otherwise);
    } else if (context->block(1) != nullptr) {
        out.otherwise = block(context->block(1));
    }
    return {span(context), std::move(out)};
}

ast::Statement Builder::assign_or_call(Grammar::AssignOrCallContext* context) {
    const Span where = span(context);
    if (context->expression() != nullptr) {
        const ast::AssignOp op = context->ASSIGN() != nullptr        ? ast::AssignOp::set
                                 : context->PLUS_ASSIGN() != nullptr ? ast::AssignOp::add
                                                                     : ast::AssignOp::subtract;
        ast::Expression place = target(context->place());
        return {where, ast::Assign{std::move(place), op, expression(context->expression())}};
    }
    const std::size_t errors = diagnostics_.errors();
    Built built = place(context->place());
    if (diagnostics_.errors() != errors) return {where, ast::Fail{}};
    if (auto* call = std::get_if<ast::Call>(&built.expression.node)) {
        return {where, ast::CallAction{std::move(call->callee), std::move(call->arguments)}};
    }
    diagnostics_.add(Code::E0101, where, "this line does nothing")
        .with_help(
            "a statement changes a store (`s = v`), calls an action (`f(x)`), or starts with "
            "`let`, `if`, `for`, `add`, `remove`, `emit`, `fail` or `return`");
    return {where, ast::Fail{}};
}

}  // namespace edict::parse
