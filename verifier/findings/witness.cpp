// Witnesses: a model becomes a story, the story is run, and only what the run confirms is shown.
#include <fmt/format.h>

#include "verifier/findings/context.h"

namespace edict::findings {

namespace {

// The story with what its call ended in, so that it can be kept as a test.
call::Case with_expectation(const call::LinkedSet& set, call::Case story,
                            const call::CallResult& result) {
    call::CaseExpect expect;
    expect.outcome = result.outcome;
    if (result.outcome == call::Outcome::failed) expect.message = result.reason;
    if (result.outcome == call::Outcome::forbidden && !result.decisions.empty()) {
        for (const call::RegulationAnswer& answer : result.decisions.back().answers) {
            if (answer.answer != bytecode::Answer::forbidden) continue;
            expect.by_default |= answer.by_default;
            const bytecode::Module* regulation = set.find(answer.regulation);
            if (answer.deciding.empty() || expect.by_rule || regulation == nullptr) continue;
            expect.by_rule =
                answer.regulation + "." + regulation->rules.at(answer.deciding[0].rule).name;
        }
        if (expect.by_rule) expect.by_default = false;
    }
    story.steps.push_back({0, std::move(expect)});
    return story;
}

std::string names_of(const std::vector<encode::Abstraction>& abstractions) {
    std::string names;
    for (const encode::Abstraction& abstraction : abstractions) {
        if (names.find(abstraction.what) != std::string::npos) continue;
        if (!names.empty()) names += "; ";
        names += abstraction.what;
    }
    return names;
}

}  // namespace

void add_unknown(Analysis& analysis, const Finding& about, const std::string& why) {
    Finding finding = about;
    finding.kind = Kind::unknown;
    finding.blocks = true;
    finding.message = fmt::format("it is not settled whether {}", about.message);
    finding.notes = {why};
    finding.help.clear();
    finding.witness.reset();
    analysis.run.report.findings.push_back(std::move(finding));
}

bool settled(Analysis& analysis, smt::Verdict verdict, const Finding& about) {
    if (verdict == smt::Verdict::unsat) return true;
    add_unknown(analysis, about, analysis.solver.why());
    return false;
}

bool add_with_witness(Analysis& analysis, Finding finding, const Confirm& confirm,
                      bool claim_is_opaque) {
    const auto confirm_run = [&](const call::CaseReport& run) {
        return run.calls.size() == 1 && confirm(run.calls[0]);
    };
    return add_with_witness_of(analysis, std::move(finding), confirm_run, claim_is_opaque);
}

bool add_with_witness_of(Analysis& analysis, Finding finding, const ConfirmRun& confirm,
                         bool claim_is_opaque, std::span<const Term> claim) {
    encode::Concrete concrete(analysis.world, analysis.solver.model(), analysis.solver.slice());
    const std::vector<encode::Abstraction> all = concrete.abstractions();
    const std::vector<encode::Abstraction> abstractions =
        claim.empty() || all.empty()
            ? all
            : concrete.abstractions(smt::Slicer(analysis.world.terms).take(claim));
    const auto story = concrete.story();
    const bool can_show = !claim_is_opaque || all.empty();
    if (story && can_show) {
        call::CaseReport result = call::run_case(analysis.run.set, *story, analysis.run.engine);
        if (confirm(result)) {
            finding.witness = Witness{with_expectation(analysis.run.set, *story, result.calls[0]),
                                      std::move(result.calls[0])};
            analysis.run.report.findings.push_back(std::move(finding));
            return true;
        }
    }
    if (!abstractions.empty()) {
        Finding about = finding;
        for (const encode::Abstraction& abstraction : abstractions) {
            if (abstraction.span.end != 0) {
                about.places.emplace_back(abstraction.span, "not encoded exactly");
            }
        }
        add_unknown(analysis, about,
                    "a possible case was found, but it depends on what is not encoded exactly: " +
                        names_of(abstractions));
    } else if (!story) {
        add_unknown(analysis, finding,
                    "a possible case was found, but it cannot be replayed: a "
                    "value or a date of it cannot be built");
    } else if (!all.empty()) {
        add_unknown(analysis, finding,
                    "a possible case was found, but what it assumes is not encoded exactly: " +
                        names_of(all));
    } else {
        add_unknown(analysis, finding,
                    "internal error: the case that was found does not reproduce; please report it");
    }
    return false;
}

}  // namespace edict::findings
