// Rules, sources, defaults, assertions.
#include <fmt/format.h>

#include "compiler/parse/builder.h"

namespace edict::parse {
namespace {

constexpr std::string_view ORDER_OF_CLAUSES =
    "the clauses stand in this order: `cites`, `effective`, `overrides`, `on` with the norm, "
    "`because`, `unless`";

}  // namespace

ast::Declaration Builder::rule(Grammar::RuleDeclarationContext* context) {
    ast::RuleDeclaration out;
    out.name = name(context->name());
    out.span = span(context);
    if (context->act() != nullptr) {
        act(context->act(), out);
    } else {
        out.actions = action_set(context->actionSet());
        if (context->expression() != nullptr) out.scope = expression(context->expression());
        norm(context->norm(), out);
    }
    rule_clauses(context, out);
    rule_tail(context, out);
    return out;
}

void Builder::norm(Grammar::NormContext* context, ast::RuleDeclaration& out) {
    out.norm_span = span(context);
    if (context->PERMIT() != nullptr) {
        out.norm = ast::Norm::permit;
        out.as_of_right = context->AS_OF_RIGHT() != nullptr;
    } else if (context->FORBID() != nullptr) {
        out.norm = ast::Norm::forbid;
    } else if (context->duty() != nullptr) {
        out.norm = ast::Norm::duty;
        out.duty = duty(context->duty());
    } else {
        out.norm = ast::Norm::require;
        out.norm_span = span(context->REQUIRE());
        out.condition = expression(context->expression());
    }
}

// `when CONDITION: permit ACTION`.
void Builder::act(Grammar::ActContext* context, ast::RuleDeclaration& out) {
    if (context->expression() != nullptr) out.scope = expression(context->expression());
    out.norm = context->PERMIT() != nullptr ? ast::Norm::permit : ast::Norm::forbid;
    out.as_of_right = context->AS_OF_RIGHT() != nullptr;
    out.norm_span = span(context->PERMIT() != nullptr ? context->PERMIT() : context->FORBID());
    if (out.as_of_right) out.norm_span = join(out.norm_span, span(context->AS_OF_RIGHT()));
    out.actions = action_set(context->actionSet());
}

void Builder::rule_clauses(Grammar::RuleDeclarationContext* context, ast::RuleDeclaration& out) {
    std::optional<Span> overrides;
    const auto late = [this](Span where, std::string_view clause, std::string_view before) {
        diagnostics_.add(Code::E0111, where, fmt::format("`{}` stands before `{}`", clause, before))
            .with_help(std::string(ORDER_OF_CLAUSES));
    };
    for (auto* clause : context->ruleClause()) {
        const Span where = span(clause);
        if (auto* cited = clause->cites()) {
            if (out.effective)
                late(where, "cites", "effective");
            else if (overrides)
                late(where, "cites", "overrides");
            cites(cited, out.cites);
        } else if (auto* effective = clause->effective()) {
            if (out.effective) {
                diagnostics_.add(Code::E0111, where, "`effective` is given twice")
                    .with_label(out.effective->span, "first given here")
                    .with_help("keep one of the two");
            } else if (overrides) {
                late(where, "effective", "overrides");
            }
            out.effective = window(effective);
        } else {
            for (ast::Name& one : names(clause->names())) out.overrides.push_back(std::move(one));
            overrides = where;
        }
    }
}

void Builder::rule_tail(Grammar::RuleDeclarationContext* context, ast::RuleDeclaration& out) {
    for (auto* tail : context->ruleTail()) {
        if (tail->unless() != nullptr) {
            out.exceptions.push_back(exception(tail->unless()));
            continue;
        }
        const Span where = span(tail);
        if (out.because) {
            diagnostics_.add(Code::E0111, where, "`because` is given twice")
                .with_label(out.because->span, "first given here")
                .with_help("join the two reasons into one text");
        } else if (!out.exceptions.empty()) {
            diagnostics_.add(Code::E0111, where, "`because` of the rule stands before its `unless`")
                .with_label(out.exceptions.front().span, "the first `unless`")
                .with_help(std::string(ORDER_OF_CLAUSES));
        }
        out.because = message(tail->because()->TEXT());
    }
}

ast::Window Builder::window(Grammar::EffectiveContext* context) {
    ast::Window out;
    out.span = span(context);
    if (context->FROM() == nullptr && context->UNTIL() == nullptr) {
        diagnostics_.add(Code::E0101, out.span, "`effective` says neither from when nor until when")
            .with_help("write `effective from 2026-01-01`, and `until 2027-01-01` if it ends");
        return out;
    }
    const auto dates = context->DATE();
    if (context->FROM() != nullptr) out.from = date(dates.front());
    if (context->UNTIL() != nullptr) out.until = date(dates.back());
    return out;
}

ast::Unless Builder::exception(Grammar::UnlessContext* context) {
    ast::Unless out{expression(context->expression()), std::nullopt, {}, span(context)};
    if (context->because() != nullptr) out.because = message(context->because()->TEXT());
    for (auto* cited : context->cites()) cites(cited, out.cites);
    return out;
}

void Builder::cites(Grammar::CitesContext* context, std::vector<ast::Citation>& out) {
    for (auto* cited : context->citation()) {
        out.push_back({name(cited->name()), text(cited->TEXT()), span(cited)});
    }
}

ast::Declaration Builder::source(Grammar::SourceDeclarationContext* context) {
    ast::SourceDeclaration out;
    out.name = name(context->name());
    if (context->RANK() != nullptr) out.rank = rank(context->rankName());
    if (context->DATE() != nullptr) out.in_force_from = date(context->DATE());
    if (context->TEXT() != nullptr) out.title = text(context->TEXT());
    out.span = span(context);
    return out;
}

ast::Declaration Builder::default_line(Grammar::DefaultDeclarationContext* context) {
    ast::DefaultDeclaration out;
    out.answer = context->PERMIT() != nullptr   ? ast::DefaultAnswer::permit
                 : context->FORBID() != nullptr ? ast::DefaultAnswer::forbid
                                                : ast::DefaultAnswer::silent;
    if (context->paths() != nullptr) out.actions = paths(context->paths());
    out.span = span(context);
    return out;
}

ast::Expression Builder::branch(Grammar::BranchContext* context) {
    return flat(context).expression;
}

ast::Duty Builder::duty(Grammar::DutyContext* context) {
    ast::Duty out;
    Grammar::BearerContext* bearer = context->bearer();
    if (bearer->ANY() != nullptr) {
        out.kind = ast::Duty::Bearer::role;
        out.role = name(bearer->name());
    } else {
        if (bearer->EVERY() != nullptr) {
            out.kind = ast::Duty::Bearer::every;
            out.variable = name(bearer->name());
        }
        out.bearer = branch(bearer->branch());
    }
    out.action = path(context->path());
    out.arguments = arguments(context->arguments());
    out.amount = integer(context->INTEGER(), false);
    out.unit = context->HOURS() != nullptr          ? ast::DutyUnit::hours
               : context->WORKING_DAYS() != nullptr ? ast::DutyUnit::working_days
                                                    : ast::DutyUnit::days;
    if (context->AFTER() != nullptr) out.after = branch(context->branch());
    if (Grammar::RemedyContext* remedy = context->remedy()) {
        out.remedy =
            ast::Duty::Remedy{path(remedy->path()), arguments(remedy->arguments()), span(remedy)};
    }
    out.span = span(context);
    return out;
}

ast::ActionSet Builder::action_set(Grammar::ActionSetContext* context) {
    ast::ActionSet out;
    if (context->path() == nullptr) {
        out.named = paths(context->paths());
        return out;
    }
    ast::Selection selection;
    selection.module = path(context->path());
    selection.span = span(context);
    if (context->paths() != nullptr) {
        selection.effect = context->THAT_WRITE() != nullptr ? ast::Selection::Effect::write
                                                            : ast::Selection::Effect::read;
        selection.stores = paths(context->paths());
    }
    out.selection = std::move(selection);
    return out;
}

ast::Declaration Builder::counter(Grammar::CounterDeclarationContext* context) {
    ast::CounterDeclaration out;
    out.name = name(context->name());
    out.counted = context->COUNT() != nullptr ? ast::Counted::count
                  : context->SUM() != nullptr ? ast::Counted::sum
                                              : ast::Counted::distinct;
    // In their order: the value (not of count), the key, the condition; the other way in Chinese.
    const auto written = context->expression();
    const bool value = out.counted != ast::Counted::count;
    const bool turned = span(context->PER()).begin > span(context->ON()).begin;
    const auto at = [&](std::size_t i) {
        return expression(written[turned ? written.size() - 1 - i : i]);
    };
    if (value) out.value = at(0);
    out.key = at(value ? 1 : 0);
    if (context->WHEN() != nullptr) out.condition = at(value ? 2 : 1);
    if (context->OVER() != nullptr) {
        out.days = integer(context->INTEGER(), false);
        out.days_span = join(span(context->OVER()), span(context->DAYS()));
    }
    out.on_forbidden = context->FORBIDDEN() != nullptr;
    out.actions = action_set(context->actionSet());
    out.span = span(context);
    return out;
}

ast::Declaration Builder::observer(Grammar::ObserveDeclarationContext* context) {
    return ast::ObserveDeclaration{action_set(context->actionSet()), block(context->block()),
                                   span(context)};
}

ast::Declaration Builder::order(Grammar::OrderDeclarationContext* context) {
    ast::OrderDeclaration out;
    out.order = context->ORDER_BY_RANK() != nullptr   ? ast::Order::by_rank
                : context->ORDER_BY_DATE() != nullptr ? ast::Order::by_date
                                                      : ast::Order::restrictions_first;
    for (auto* one : context->rankName()) out.ranks.push_back(rank(one));
    out.span = span(context);
    return out;
}

// `rule` is the name of a rank too, in every language.
ast::Name Builder::rank(Grammar::RankNameContext* context) const {
    if (context->name() != nullptr) return name(context->name());
    return {"rule", span(context)};
}

ast::Declaration Builder::assertion(Grammar::AssertDeclarationContext* context) {
    ast::AssertDeclaration out;
    out.never = context->PERMITTED() != nullptr ? ast::Never::permitted : ast::Never::forbidden;
    out.actions = paths(context->paths());
    if (context->expression() != nullptr) out.condition = expression(context->expression());
    out.span = span(context);
    return out;
}

}  // namespace edict::parse
