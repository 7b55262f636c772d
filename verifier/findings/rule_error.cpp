// Rule in error: can a rule be neither true nor false in a call whose action did not fail? An error
// resolves against permission, so it blocks where it can forbid: in a forbid or a require.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/known.h"
#include "verifier/findings/context.h"

namespace edict::findings {

namespace {

struct Part {
    std::string name;  // "scope", "requirement", "exception 1"
    const check::ExprRef& expression;
    encode::Truth truth;
    Term in_error;  // the rule is in error then
    bool blocks = false;
    bool is_exception = false;
};

Term error_of(smt::Terms& terms, encode::Truth truth) {
    return terms.both(smt::Terms::negate(truth.yes), smt::Terms::negate(truth.no));
}

Finding describe(const Analysis& analysis, RuleId id, const Part& part) {
    const check::Rule& rule = analysis.run.at(id);
    Finding finding;
    finding.kind = Kind::rule_error;
    finding.blocks = part.blocks;
    finding.message = fmt::format("the {} of rule {} can have no value in a call of {}", part.name,
                                  rule.name, analysis.action.name);
    finding.module = analysis.run.program.at(id.regulation).name;
    finding.action = analysis.action.name;
    finding.rules = {rule_name(analysis.run, id)};
    finding.citations = citations_of(analysis.run, id);
    finding.notes.push_back(rule.norm == check::Norm::permit
                                ? "the rule then permits nothing"
                                : "the call is then forbidden, as if the rule objected");
    finding.help = "ask first with `is known`, or answer with `else`";
    return finding;
}

// Exceptions that lack the same value make one finding: what answers for one answers for all.
bool is_said_already(Run& run, const RuleStatus& status, const Lack& lack) {
    const auto said = std::find_if(
        status.lacks.begin(), status.lacks.end(), [&](const std::pair<Lack, std::size_t>& known) {
            return check::same_expression(*known.first.expression, *lack.expression);
        });
    if (said == status.lacks.end()) return false;
    run.report.findings[said->second].places.push_back({lack.place.span, "and here"});
    return true;
}

void check_part(Analysis& analysis, const encode::RuleTerms& terms, RuleId id, const Part& part) {
    Run& run = analysis.run;
    const Term no_value = error_of(analysis.world.terms, part.truth);
    if (no_value == smt::Terms::no()) {
        ++run.report.proved.conditions_without_error;
        return;
    }
    RuleStatus& status = run.rules[id];
    if (status.errors.contains(part.name)) return;  // one finding, whatever the action
    const smt::Verdict verdict = analysis.ask({terms.in_force, no_value, part.in_error});
    Finding finding = describe(analysis, id, part);
    const source::Span whole = part.expression ? part.expression->span : run.at(id).name_span;
    if (verdict == smt::Verdict::sat) {
        const auto lack = lack_of(analysis, terms.site, part.expression);
        status.errors[part.name] = true;
        if (lack && part.is_exception && is_said_already(run, status, *lack)) return;
        finding.places.push_back(lack ? lack->place : Place{whole, "this may have no value"});
        finding.places.push_back({run.at(id).name_span, "in this rule"});
        const std::string& regulation = run.program.at(id.regulation).name;
        const auto confirm = [&](const call::CallResult& result) {
            const auto* answer = answer_of(result, regulation);
            return answer != nullptr && answer->bits.error.at(id.rule);
        };
        const bool confirmed = add_with_witness(analysis, std::move(finding), confirm);
        if (confirmed && lack && part.is_exception) {
            status.lacks.emplace_back(*lack, run.report.findings.size() - 1);
        }
        return;
    }
    finding.places.push_back({whole, "this condition"});
    if (settled(analysis, verdict, finding)) ++run.report.proved.conditions_without_error;
}

void check_rule(Analysis& analysis, const encode::RuleTerms& terms, RuleId id) {
    const check::Rule& rule = analysis.run.at(id);
    const check::RuleBody& body = rule.bodies[terms.body];
    const bool objects = rule.norm != check::Norm::permit;
    smt::Terms& graph = analysis.world.terms;
    const Term effective = error_of(graph, terms.effective);
    const Term violated = error_of(graph, terms.violated);
    const Term in_error = graph.either(effective, violated);
    check_part(analysis, terms, id, {"scope", body.scope, terms.scope, in_error, objects, false});
    if (rule.norm == check::Norm::require) {
        check_part(analysis, terms, id,
                   {"requirement", body.condition, terms.condition, violated, true, false});
    }
    for (std::size_t i = 0; i < body.exceptions.size(); ++i) {
        const std::string name =
            body.exceptions.size() == 1 ? "exception" : fmt::format("exception {}", i + 1);
        check_part(
            analysis, terms, id,
            {name, body.exceptions[i].condition, terms.exceptions[i], in_error, false, true});
    }
}

// A counter or observer without a value makes its regulation forbid the call.
void check_observers(Analysis& analysis, const encode::RegulationTerms& regulation) {
    if (regulation.unobserved == smt::Terms::no()) return;
    const check::Module& module = analysis.run.program.at(regulation.regulation);
    Finding finding;
    finding.kind = Kind::rule_error;
    finding.blocks = false;
    finding.message = fmt::format("a counter or observer of {} may have no value in a call of {}",
                                  module.name, analysis.action.name);
    finding.module = module.name;
    finding.action = analysis.action.name;
    for (const check::Observer& observer : module.observers) {
        for (const check::ObserverBody& body : observer.bodies) {
            if (!observer.on_forbidden && body.action == analysis.world.frames.back().action)
                finding.places.push_back({observer.span, "takes note of this action"});
        }
    }
    finding.notes.push_back("such a call is forbidden");
    finding.help = "say what holds where a value is missing: `… else` another value";
    const Term question[] = {analysis.call.decided, regulation.unobserved};
    const smt::Verdict verdict = analysis.solver.check(question);
    if (verdict == smt::Verdict::sat) {
        (void)add_with_witness(analysis, finding, [&](const call::CallResult& result) {
            const auto* answer = answer_of(result, module.name);
            return answer != nullptr && !answer->failed_observers.empty();
        });
    } else if (settled(analysis, verdict, finding)) {
        ++analysis.run.report.proved.conditions_without_error;
    }
}

}  // namespace

void check_rule_errors(Analysis& analysis) {
    for (const encode::RegulationTerms& regulation : analysis.call.own.regulations) {
        check_observers(analysis, regulation);
        for (const encode::RuleTerms& terms : regulation.rules) {
            check_rule(analysis, terms, {regulation.regulation, terms.rule});
        }
    }
}

}  // namespace edict::findings
