// Test blocks.
#include <fmt/format.h>

#include "compiler/parse/builder.h"

namespace edict::parse {

ast::Declaration Builder::test(Grammar::TestDeclarationContext* context) {
    ast::TestDeclaration out;
    out.title = text(context->TEXT());
    out.title_span = span(context->TEXT());
    for (auto* one : context->step()) out.steps.push_back(step(one));
    out.span = span(context);
    return out;
}

// A test that is shown in the documentation.
ast::Declaration Builder::example(Grammar::ExampleDeclarationContext* context) {
    ast::TestDeclaration out;
    out.title = text(context->TEXT());
    out.title_span = span(context->TEXT());
    for (auto* one : context->step()) out.steps.push_back(step(one));
    out.span = span(context);
    out.example = true;
    return out;
}

ast::TestStep Builder::step(Grammar::StepContext* context) {
    const Span where = span(context);
    if (auto* c = dynamic_cast<Grammar::PartiesStepContext*>(context)) {
        ast::Parties out;
        for (auto* one : c->party()) {
            ast::TestParty party{name(one->name(0)), {}};
            for (std::size_t i = 1; i < one->name().size(); ++i) {
                party.roles.push_back(name(one->name(i)));
            }
            out.parties.push_back(std::move(party));
        }
        return {where, std::move(out)};
    }
    if (auto* c = dynamic_cast<Grammar::GivenStepContext*>(context)) {
        ast::Expression place = target(c->place());
        return {where, ast::Given{std::move(place), expression(c->expression())}};
    }
    if (auto* c = dynamic_cast<Grammar::AtStepContext*>(context)) return {where, at(c)};
    if (auto* c = dynamic_cast<Grammar::CallStepContext*>(context)) {
        return {where, ast::CallStep{path(c->path()), arguments(c->arguments()), name(c->name())}};
    }
    if (auto* c = dynamic_cast<Grammar::ExpectDutyStepContext*>(context)) {
        ast::ExpectDuty out;
        out.what = ast::ExpectDuty::What::open;
        out.bearer = name(c->name());
        out.action = path(c->path());
        out.arguments = arguments(c->arguments());
        return {where, std::move(out)};
    }
    if (dynamic_cast<Grammar::ExpectNoDutyStepContext*>(context) != nullptr)
        return {where, ast::ExpectDuty{}};
    if (auto* c = dynamic_cast<Grammar::ExpectBreachStepContext*>(context)) {
        ast::ExpectDuty out;
        out.what = ast::ExpectDuty::What::breach;
        if (c->path() != nullptr) out.by_rule = path(c->path());
        return {where, std::move(out)};
    }
    ast::TestStep out =
        expectation(dynamic_cast<Grammar::ExpectStepContext*>(context)->expectation());
    out.span = where;
    return out;
}

ast::At Builder::at(Grammar::AtStepContext* context) {
    ast::At out{date(context->DATE()), 0, 0};
    if (context->TIME() != nullptr) std::tie(out.hour, out.minute) = time_of_day(context->TIME());
    return out;
}

std::pair<std::uint8_t, std::uint8_t> Builder::time_of_day(antlr4::tree::TerminalNode* time) {
    const Span where = span(time);
    const std::string_view text = raw(where);  // 09:30
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (hour > 23 || minute > 59) {
        diagnostics_.add(Code::E0105, where, fmt::format("there is no time {}", text))
            .with_help("a time lies between 00:00 and 23:59");
        return {0, 0};
    }
    return {static_cast<std::uint8_t>(hour), static_cast<std::uint8_t>(minute)};
}

ast::TestStep Builder::expectation(Grammar::ExpectationContext* context) {
    const Span where = span(context);
    if (context->expression() == nullptr) {
        ast::ExpectOutcome out;
        if (context->FORBIDDEN() != nullptr) {
            out.outcome = ast::Outcome::forbidden;
            out.by_default = context->DEFAULT() != nullptr;
            if (context->path() != nullptr) out.by_rule = path(context->path());
        } else if (context->FAILED() != nullptr) {
            out.outcome = ast::Outcome::failed;
            if (context->TEXT() != nullptr) out.message = text(context->TEXT());
        } else if (context->REFUSED() != nullptr) {
            out.outcome = ast::Outcome::refused;
        }
        return {where, std::move(out)};
    }
    ast::Expression whole = expression(context->expression());
    if (auto* equal = std::get_if<ast::Binary>(&whole.node);
        equal != nullptr && equal->op == ast::BinaryOp::equal) {
        return {where, ast::ExpectStore{std::move(*equal->left), std::move(*equal->right)}};
    }
    diagnostics_.add(Code::E0114, where, "a test cannot expect this")
        .with_help(
            "a test expects `committed`, `forbidden`, `forbidden by RULE`, `forbidden by default`, "
            "`failed`, `failed \"…\"`, `refused`, or a store: `expect exported[to] == 418`");
    return {where, ast::ExpectOutcome{}};
}

}  // namespace edict::parse
