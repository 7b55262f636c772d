// Self-conflict: can a rule's scope ever hold; can its requirement be met inside its scope?
#include <fmt/format.h>

#include "verifier/findings/context.h"

namespace edict::findings {

namespace {

// What must hold together, and where each part stands.
struct Parts {
    std::vector<Term> terms;
    std::vector<Place> places;

    void add(Term term, source::Span span, std::string text) {
        terms.push_back(term);
        places.push_back({span, std::move(text)});
    }
    void add_conjuncts(encode::World& world, const encode::Site& site,
                       const check::ExprRef& condition, const char* text) {
        for (const check::ExprRef& part : conjuncts(condition)) {
            add(world.condition(site, part).yes, part->span, text);
        }
    }
};

Parts parts_of(Analysis& analysis, const encode::RuleTerms& terms, RuleId id, bool requirement) {
    const check::Rule& rule = analysis.run.at(id);
    const check::RuleBody& body = rule.bodies[terms.body];
    Parts parts;
    // The circumstances first: what is tried first is what a finding does without, if it can.
    parts.add(analysis.call.decided, analysis.action.span,
              "the action has not failed, and its caller may call it");
    parts.add(terms.in_force, rule.name_span, "the rule is in force");
    parts.add_conjuncts(analysis.world, terms.site, body.scope, "the scope asks for this");
    if (requirement) {
        parts.add_conjuncts(analysis.world, terms.site, body.condition, "the requirement");
    }
    return parts;
}

// Asked only after the conjunction of all parts was found impossible.
void add_core(Analysis& analysis, const Parts& parts, Finding& finding) {
    for (const std::size_t at : analysis.solver.core({}, parts.terms)) {
        finding.places.push_back(parts.places[at]);
    }
}

Finding describe(const Analysis& analysis, RuleId id, std::string message) {
    const check::Rule& rule = analysis.run.at(id);
    Finding finding;
    finding.kind = Kind::self_conflict;
    finding.message = std::move(message);
    finding.module = analysis.run.program.at(id.regulation).name;
    finding.action = analysis.action.name;
    finding.rules = {rule_name(analysis.run, id)};
    finding.citations = citations_of(analysis.run, id);
    finding.places.push_back({rule.name_span, "this rule"});
    return finding;
}

void check_rule(Analysis& analysis, const encode::RuleTerms& terms, RuleId id) {
    RuleStatus& status = analysis.run.rules[id];
    const check::Rule& rule = analysis.run.at(id);
    const smt::Verdict applies = analysis.ask({terms.in_force, terms.scope.yes});
    if (applies == smt::Verdict::unsat) {
        if (status.contradiction || status.can_apply) return;
        Finding finding =
            describe(analysis, id, fmt::format("the scope of rule {} can never hold", rule.name));
        add_core(analysis, parts_of(analysis, terms, id, false), finding);
        finding.help = "change one of the parts shown, or remove the rule";
        status.contradiction = std::move(finding);
        return;
    }
    if (applies == smt::Verdict::unknown) {
        status.unsettled = true;
        (void)settled(
            analysis, applies,
            describe(analysis, id, fmt::format("the scope of rule {} can hold", rule.name)));
        return;
    }
    status.can_apply = true;
    if (rule.norm != check::Norm::require) return;
    const smt::Verdict met = analysis.ask({terms.in_force, terms.scope.yes, terms.condition.yes});
    if (met == smt::Verdict::sat) return;
    if (met == smt::Verdict::unknown) {
        (void)settled(analysis, met,
                      describe(analysis, id,
                               fmt::format("the requirement of rule {} can be met", rule.name)));
        return;
    }
    Finding finding =
        describe(analysis, id,
                 fmt::format("the requirement of rule {} can never be met where the rule applies",
                             rule.name));
    add_core(analysis, parts_of(analysis, terms, id, true), finding);
    finding.help =
        "if every such call is to be forbidden, say forbid; else change one of the parts";
    analysis.run.report.findings.push_back(std::move(finding));
}

}  // namespace

void check_self_conflicts(Analysis& analysis) {
    for (const encode::RegulationTerms& regulation : analysis.call.own.regulations) {
        for (const encode::RuleTerms& terms : regulation.rules) {
            check_rule(analysis, terms, {regulation.regulation, terms.rule});
        }
    }
}

void report_self_conflicts(Run& run) {
    for (auto& [id, status] : run.rules) {
        if (status.can_apply) {
            ++run.report.proved.rules_can_apply;
        } else if (status.contradiction && !status.unsettled) {
            run.report.findings.push_back(*std::move(status.contradiction));
        }
    }
}

}  // namespace edict::findings
