#include "compiler/check/duties.h"

#include <algorithm>

#include "compiler/check/declare.h"
#include "compiler/check/limits.h"

namespace edict::check {
namespace {

bool is_any(const ast::Argument& argument) {
    const auto* name = std::get_if<ast::NameUse>(&argument.value->node);
    return name != nullptr && name->name.text == "any";
}

class DutyCheck {
public:
    DutyCheck(const ModuleScope& names, Expressions& expressions)
        : names_(names), context_(names.context()), expressions_(expressions) {}

    std::optional<Duty> check(const ast::Duty& tree) {
        Duty made;
        bool complete = bearer(tree, made);
        const auto action = names_.action(tree.action);
        if (!action) return std::nullopt;
        made.action = *action;
        if (context_.program.at(*action).by_duty) {
            context_
                .report(Code::E0413, tree.action.span,
                        quoted(tree.action.text()) + " runs only as the `else` of a duty")
                .with_label(context_.span_of(*action), "by duty")
                .with_help("name an action that the bearer may call");
            return std::nullopt;
        }
        complete =
            arguments(tree.arguments, *action, tree.action.span, true, made.arguments) && complete;
        made.amount = tree.amount;
        made.unit = unit_of(tree.unit);
        const bool working = made.unit == DutyUnit::working_days;
        const std::int64_t most = working ? MAX_WORKING_DAYS : MAX_DUTY_AMOUNT;
        if (tree.amount > most) {
            (void)within_limit(context_, static_cast<std::size_t>(tree.amount),
                               static_cast<std::size_t>(most),
                               working                        ? "working days"
                               : made.unit == DutyUnit::hours ? "hours"
                                                              : "days",
                               tree.span, "name a nearer deadline");
            return std::nullopt;
        }
        if (working && !uses_calendar()) {
            context_
                .report(Code::E0507, tree.span,
                        "which days are worked is published in `std.calendar`, which is not used "
                        "here")
                .with_help("write `use std.calendar` in this regulation");
            return std::nullopt;
        }
        need_zone(names_, tree.span);
        if (tree.after) {
            made.after = expressions_.expect(*tree.after, value::date_type());
            complete = complete && made.after != nullptr;
        }
        if (tree.remedy) complete = remedy(*tree.remedy, made) && complete;
        if (!complete) return std::nullopt;
        return made;
    }

private:
    static DutyUnit unit_of(ast::DutyUnit unit) {
        switch (unit) {
            case ast::DutyUnit::days:
                return DutyUnit::days;
            case ast::DutyUnit::hours:
                return DutyUnit::hours;
            case ast::DutyUnit::working_days:
                return DutyUnit::working_days;
        }
        return DutyUnit::days;
    }

    [[nodiscard]] bool uses_calendar() const {
        const std::vector<ModuleId>& all = names_.visible();
        return std::any_of(all.begin(), all.end(), [this](ModuleId id) {
            return context_.module(id).name == "std.calendar";
        });
    }

    bool bearer(const ast::Duty& tree, Duty& made) {
        switch (tree.kind) {
            case ast::Duty::Bearer::role:
                made.kind = Bearer::role;
                made.role = tree.role->text;
                return names_.role(*tree.role);
            case ast::Duty::Bearer::party:
                made.bearer = expressions_.expect(*tree.bearer, value::party_type());
                return made.bearer != nullptr;
            case ast::Duty::Bearer::every:
                made.kind = Bearer::every;
                made.bearer = unwrapped(expressions_.infer(*tree.bearer));
                if (made.bearer == nullptr) return false;
                const value::Type& type = *made.bearer->type;
                if (type.kind == value::Kind::set && type.parts[0]->kind == value::Kind::party)
                    return true;
                context_.report(
                    Code::E0301, made.bearer->span,
                    "a set of parties is needed here, and this is " + value::to_text(type));
                return false;
        }
        return false;
    }

    bool arguments(const std::vector<ast::Argument>& trees, ActionRef action, Span span,
                   bool any_allowed, std::vector<ExprRef>& made) {
        const Action& declared = context_.program.at(action);
        if (trees.size() != declared.parameters.size()) {
            context_
                .report(Code::E0312, span,
                        quoted(declared.name) + " takes " +
                            std::to_string(declared.parameters.size()) +
                            " arguments, and here are " + std::to_string(trees.size()))
                .with_label(declared.span, "declared here")
                .with_help(any_allowed ? "write `any` for an argument that does not matter"
                                       : "give each of them");
            return false;
        }
        bool complete = true;
        for (std::size_t i = 0; i < trees.size(); ++i) {
            if (trees[i].name && trees[i].name->text != declared.parameters[i].name) {
                context_
                    .report(Code::E0214, trees[i].name->span,
                            "the arguments of a duty stand in the order of the parameters")
                    .with_label(declared.span, quoted(declared.name))
                    .with_help("leave the names out, or put them in that order");
                complete = false;
                continue;
            }
            if (any_allowed && is_any(trees[i])) {
                made.push_back(nullptr);
                continue;
            }
            made.push_back(expressions_.expect(*trees[i].value, declared.parameters[i].type));
            complete = complete && made.back() != nullptr;
        }
        return complete;
    }

    bool remedy(const ast::Duty::Remedy& tree, Duty& made) {
        const auto action = names_.action(tree.action);
        if (!action) return false;
        if (!context_.program.at(*action).by_duty) {
            context_
                .report(Code::E0413, tree.action.span,
                        quoted(tree.action.text()) + " is not an action that runs at a breach")
                .with_label(context_.span_of(*action), "declared here")
                .with_help("only an action `by duty` may stand after `else`");
            return false;
        }
        const std::vector<ModuleId>& governs = context_.module(names_.self()).governs;
        if (std::find(governs.begin(), governs.end(), action->module) == governs.end()) {
            context_
                .report(Code::E0401, tree.action.span,
                        quoted(tree.action.text()) +
                            " is not of a contract that this regulation governs")
                .with_label(context_.span_of(*action), "declared here")
                .with_help("add `governs " + names_.module_name(action->module) + "`");
            return false;
        }
        made.remedy = *action;
        return arguments(tree.arguments, *action, tree.action.span, false, made.remedy_arguments);
    }

    const ModuleScope& names_;
    Context& context_;
    Expressions& expressions_;
};

}  // namespace

std::optional<Duty> check_duty(const ModuleScope& names, Expressions& expressions,
                               const ast::Duty& tree, Scope&) {
    return DutyCheck(names, expressions).check(tree);
}

void check_duty_overrides(const ModuleScope& names) {
    Context& context = names.context();
    const Module& module = context.module(names.self());
    for (const Rule& rule : module.rules) {
        for (const std::uint32_t weaker : rule.overrides) {
            const Rule& other = module.rules[weaker];
            if ((rule.norm == Norm::duty) == (other.norm == Norm::duty)) continue;
            context
                .report(Code::E0412, rule.name_span,
                        quoted(rule.name) + " cannot override " + quoted(other.name) +
                            ": only one of them is a duty")
                .with_label(other.name_span, "the other")
                .with_help("a duty yields to another duty, or to its own `unless`");
        }
    }
}

}  // namespace edict::check
