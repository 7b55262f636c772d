// Gap: a call in which every regulation is silent, so that nothing says whether it may be made.
#include <fmt/format.h>

#include "verifier/findings/context.h"

namespace edict::findings {

void check_gap(Analysis& analysis) {
    Run& run = analysis.run;
    if (!analysis.call.own.governed) return;
    Finding finding;
    finding.kind = Kind::gap;
    finding.message =
        fmt::format("no regulation says anything about some calls of {}", analysis.action.name);
    finding.module = analysis.module;
    finding.action = analysis.action.name;
    finding.places.push_back({analysis.action.span, "calls of this action"});
    for (const encode::RegulationTerms& regulation : analysis.call.own.regulations) {
        for (const check::Default& line : run.program.at(regulation.regulation).defaults) {
            if (line.action == analysis.world.frames.back().action) {
                finding.places.push_back({line.span, "where no rule applies, this is silent"});
            }
        }
    }
    finding.notes.emplace_back("such a call is forbidden, and no law is the reason");
    finding.help = fmt::format(
        "add a rule `on {}` for this case, or `default permit {}` or "
        "`default forbid {}`",
        analysis.action.name, analysis.action.name, analysis.action.name);
    const smt::Verdict verdict = analysis.ask({analysis.call.own.gap});
    if (verdict == smt::Verdict::sat) {
        (void)add_with_witness(analysis, finding, [](const call::CallResult& result) {
            return result.outcome == call::Outcome::forbidden && !result.decisions.empty() &&
                   result.decisions.back().gap;
        });
    } else if (settled(analysis, verdict, finding)) {
        ++run.report.proved.actions_without_gap;
    }
}

// Not a gap in a regulation: there is none. One finding for the contract, and it does not block,
// since a contract may be deployed before its regulation.
void report_ungoverned(Run& run) {
    for (std::uint32_t m = 0; m < run.program.modules.size(); ++m) {
        const check::Module& contract = run.program.modules[m];
        if (contract.kind != check::ModuleKind::contract || contract.regulators.empty() ||
            contract.actions.empty()) {
            continue;
        }
        bool governed = false;
        for (const check::Module& regulation : run.program.modules) {
            for (const check::ModuleId id : regulation.governs) governed |= id.value == m;
        }
        if (governed) continue;
        Finding finding;
        finding.kind = Kind::ungoverned;
        finding.blocks = false;
        finding.message = fmt::format(
            "no regulation here governs {}, so every call of it is forbidden", contract.name);
        finding.module = contract.name;
        finding.places.push_back({contract.span, "names regulators"});
        run.report.findings.push_back(std::move(finding));
    }
}

}  // namespace edict::findings
