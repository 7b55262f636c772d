// Assertions: `assert never permitted …` and `assert never forbidden …`, over the outcome of the
// call under all regulations together.
#include <fmt/format.h>

#include "verifier/findings/context.h"

namespace edict::findings {

namespace {

// An assertion often fails on a day on which what should uphold it is not in force.
void note_rules_out_of_force(const Analysis& analysis, Finding& finding) {
    for (const encode::RegulationTerms& regulation : analysis.call.own.regulations) {
        for (const encode::RuleTerms& terms : regulation.rules) {
            const smt::Model& model = analysis.solver.model();
            if (smt::evaluate(analysis.world.terms, model, terms.in_force) == 1) continue;
            const RuleId id{regulation.regulation, terms.rule};
            finding.notes.push_back(fmt::format("rule {} is not in force on that day, but {}",
                                                analysis.run.at(id).name,
                                                window_text(analysis.run.at(id).window)));
        }
    }
}

void check_assertion(Analysis& analysis, check::ModuleId regulation,
                     const check::Assertion& assertion) {
    Run& run = analysis.run;
    const char* outcome = assertion.never_permitted ? "permitted" : "forbidden";
    Finding finding;
    finding.kind = Kind::assertion;
    finding.message = fmt::format("a call of {} that must never be {} can be {}",
                                  analysis.action.name, outcome, outcome);
    finding.module = run.program.at(regulation).name;
    finding.action = analysis.action.name;
    finding.places.push_back({assertion.span, "asserted here"});

    const encode::Site site = encode::site_of(analysis.world.frames.back(), regulation);
    const std::size_t opaque_before = analysis.world.symbols.opaque_uses;
    const Term condition = analysis.world.condition(site, assertion.condition).yes;
    // The run shows the outcome, not whether what is asserted about held.
    const bool opaque = analysis.world.symbols.opaque_uses != opaque_before;
    analysis.world.symbols.saturate();
    const Term violated =
        assertion.never_permitted ? analysis.call.committed : analysis.call.forbidden;
    const Term question[] = {violated, condition};
    const smt::Verdict verdict = analysis.solver.check(question);
    const auto wanted =
        assertion.never_permitted ? call::Outcome::committed : call::Outcome::forbidden;
    if (verdict == smt::Verdict::sat) {
        note_rules_out_of_force(analysis, finding);
        (void)add_with_witness(
            analysis, finding,
            [&](const call::CallResult& result) { return result.outcome == wanted; }, opaque);
    } else if (settled(analysis, verdict, finding)) {
        ++run.report.proved.assertions_hold;
    }
}

}  // namespace

void check_assertions(Analysis& analysis) {
    const check::Program& program = analysis.run.program;
    for (std::uint32_t m = 0; m < program.modules.size(); ++m) {
        for (const check::Assertion& assertion : program.modules[m].assertions) {
            if (assertion.action != analysis.world.frames.back().action) continue;
            check_assertion(analysis, check::ModuleId{m}, assertion);
        }
    }
}

}  // namespace edict::findings
