// Permit/forbid conflict: an effective permit meets an effective forbid of the same regulation.
#include <fmt/format.h>

#include "verifier/findings/context.h"

namespace edict::findings {

namespace {

// A rule that may be effective, with what that demands of single terms.
struct Candidate {
    const encode::RuleTerms* terms = nullptr;
    smt::Box box;
};

check::Window meet(const check::Window& a, const check::Window& b) {
    check::Window window = a;
    if (b.from && (!window.from || *b.from > *window.from)) window.from = b.from;
    if (b.until && (!window.until || *b.until < *window.until)) window.until = b.until;
    return window;
}

bool disjoint(const check::Window& a, const check::Window& b) {
    const check::Window both = meet(a, b);
    return both.from && both.until && *both.from >= *both.until;
}

Finding describe(const Analysis& analysis, RuleId permit, RuleId forbid) {
    const Run& run = analysis.run;
    const check::Rule& permits = run.at(permit);
    const check::Rule& forbids = run.at(forbid);
    Finding finding;
    finding.kind = Kind::conflict;
    finding.message = fmt::format("rule {} permits and rule {} forbids the same call of {}",
                                  permits.name, forbids.name, analysis.action.name);
    finding.module = run.program.at(permit.regulation).name;
    finding.action = analysis.action.name;
    finding.rules = {rule_name(run, permit), rule_name(run, forbid)};
    const auto cited = [&](RuleId id, const char* norm) {
        std::string text = norm;
        for (const std::string& citation : citations_of(run, id)) {
            finding.citations.push_back(citation);
            text += (text == norm ? " by " : ", ") + citation;
        }
        return text;
    };
    finding.places.push_back({permits.name_span, cited(permit, "permits")});
    finding.places.push_back({forbids.name_span, cited(forbid, "forbids")});
    const std::string window = window_text(meet(permits.window, forbids.window));
    finding.notes.push_back(window.empty() ? "both rules are in force at every date"
                                           : "both rules are in force " + window);
    finding.help = fmt::format(
        "say which prevails: `overrides {}` in rule {}, or `overrides {}` in rule {}; or narrow "
        "one "
        "of the scopes",
        permits.name, forbids.name, forbids.name, permits.name);
    return finding;
}

bool confirms(const Run& run, const call::CallResult& result, RuleId permit, RuleId forbid) {
    const auto* answer = answer_of(result, run.program.at(permit.regulation).name);
    return answer != nullptr && answer->conflict && answer->bits.effective.at(permit.rule) &&
           answer->bits.effective.at(forbid.rule);
}

std::vector<Candidate> candidates(Analysis& analysis, const encode::RegulationTerms& regulation,
                                  check::Norm norm) {
    const check::Module& module = analysis.run.program.at(regulation.regulation);
    std::vector<Candidate> found;
    for (const encode::RuleTerms& terms : regulation.rules) {
        if (module.rules[terms.rule].norm != norm) continue;
        auto box = analysis.solver.box(analysis.with({terms.effective.yes}));
        if (!box) continue;
        found.push_back({&terms, *std::move(box)});
    }
    return found;
}

void check_pair(Analysis& analysis, const Candidate& permit, const Candidate& forbid,
                check::ModuleId regulation) {
    Run& run = analysis.run;
    const RuleId p{regulation, permit.terms->rule}, f{regulation, forbid.terms->rule};
    const auto known = run.conflicts.find({p, f});
    const auto verdict = analysis.ask({permit.terms->effective.yes, forbid.terms->effective.yes});
    if (verdict == smt::Verdict::unsat) {
        ++run.report.proved.pairs_do_not_meet;
        return;
    }
    const Finding finding = describe(analysis, p, f);
    if (verdict == smt::Verdict::unknown) {
        return add_unknown(analysis, finding, analysis.solver.why());
    }
    if (known != run.conflicts.end()) {  // one finding for two rules
        run.report.findings[known->second].notes.push_back("the same in calls of " +
                                                           analysis.action.name);
        return;
    }
    const bool confirmed = add_with_witness(analysis, finding, [&](const call::CallResult& result) {
        return confirms(run, result, p, f);
    });
    if (confirmed) run.conflicts.emplace(std::pair{p, f}, run.report.findings.size() - 1);
}

}  // namespace

void check_conflicts(Analysis& analysis) {
    for (const encode::RegulationTerms& regulation : analysis.call.own.regulations) {
        const auto permits = candidates(analysis, regulation, check::Norm::permit);
        if (permits.empty()) continue;
        const auto forbids = candidates(analysis, regulation, check::Norm::forbid);
        for (const Candidate& permit : permits) {
            for (const Candidate& forbid : forbids) {
                const auto& rules = analysis.run.program.at(regulation.regulation).rules;
                if (disjoint(rules[permit.terms->rule].window, rules[forbid.terms->rule].window) ||
                    smt::disjoint(permit.box, forbid.box)) {
                    ++analysis.run.report.proved.pairs_do_not_meet;
                    continue;
                }
                check_pair(analysis, permit, forbid, regulation.regulation);
            }
        }
    }
}

}  // namespace edict::findings
