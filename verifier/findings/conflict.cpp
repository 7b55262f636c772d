// Conflicts: an effective permit meets an effective forbid of the same regulation, or one that is
// as of right meets a violated require of it, or whatever forbids in another regulation.
#include <fmt/format.h>

#include "verifier/findings/context.h"

namespace edict::findings {

namespace {

// A rule that may be effective, with what that demands of single terms.
struct Candidate {
    const encode::RuleTerms* terms = nullptr;
    Term applies;  // it is effective; of a require: violated
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
    const bool intended =
        run.program.at(permit.regulation).restrictions_first && !permits.as_of_right;
    const bool is_require = forbids.norm == check::Norm::require;
    finding.kind = intended ? Kind::overlap : Kind::conflict;
    finding.blocks = !intended;
    finding.message =
        fmt::format("rule {} permits{} and rule {} {} the same call of {}", permits.name,
                    permits.as_of_right ? " as of right" : "", forbids.name,
                    is_require ? "restricts" : "forbids", analysis.action.name);
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
    finding.places.push_back(
        {forbids.name_span, cited(forbid, is_require ? "restricts" : "forbids")});
    const std::string window = window_text(meet(permits.window, forbids.window));
    finding.notes.push_back(window.empty() ? "both rules are in force at every date"
                                           : "both rules are in force " + window);
    if (intended) {
        finding.notes.push_back(
            "the regulation says `order restrictions first`: the call is forbidden");
        return finding;
    }
    finding.help = fmt::format(
        "say which prevails: `overrides {}` in rule {}, or `overrides {}` in rule {}; or narrow "
        "one "
        "of the scopes",
        permits.name, forbids.name, forbids.name, permits.name);
    return finding;
}

bool confirms(const Run& run, const call::CallResult& result, RuleId permit, RuleId forbid) {
    const auto* answer = answer_of(result, run.program.at(permit.regulation).name);
    if (answer == nullptr || !(answer->conflict || answer->overlap)) return false;
    const bool is_require = run.at(forbid).norm == check::Norm::require;
    const std::vector<bool>& against = is_require ? answer->bits.violated : answer->bits.effective;
    return answer->bits.effective.at(permit.rule) && against.at(forbid.rule);
}

std::vector<Candidate> candidates(Analysis& analysis, const encode::RegulationTerms& regulation,
                                  check::Norm norm) {
    const check::Module& module = analysis.run.program.at(regulation.regulation);
    std::vector<Candidate> found;
    for (const encode::RuleTerms& terms : regulation.rules) {
        if (module.rules[terms.rule].norm != norm) continue;
        const Term applies =
            norm == check::Norm::require ? terms.violated.yes : terms.effective.yes;
        auto box = analysis.solver.box(analysis.with({applies}));
        if (!box) continue;
        found.push_back({&terms, applies, *std::move(box)});
    }
    return found;
}

void check_pair(Analysis& analysis, const Candidate& permit, const Candidate& forbid,
                check::ModuleId regulation) {
    Run& run = analysis.run;
    const RuleId p{regulation, permit.terms->rule}, f{regulation, forbid.terms->rule};
    const auto known = run.conflicts.find({p, f});
    const auto verdict = analysis.ask({permit.applies, forbid.applies});
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

void check_pairs(Analysis& analysis, const std::vector<Candidate>& permits,
                 const std::vector<Candidate>& restrictions, check::ModuleId regulation) {
    const std::vector<check::Rule>& rules = analysis.run.program.at(regulation).rules;
    for (const Candidate& permit : permits) {
        for (const Candidate& restriction : restrictions) {
            if (disjoint(rules[permit.terms->rule].window, rules[restriction.terms->rule].window) ||
                smt::disjoint(permit.box, restriction.box)) {
                ++analysis.run.report.proved.pairs_do_not_meet;
                continue;
            }
            check_pair(analysis, permit, restriction, regulation);
        }
    }
}

// An effective permit as of right of one regulation, and anything that denies it in another.
void check_right(Analysis& analysis, const encode::RegulationTerms& grants,
                 const encode::RuleTerms& right, const encode::RegulationTerms& denies) {
    Run& run = analysis.run;
    const RuleId id{grants.regulation, right.rule};
    const check::Rule& rule = run.at(id);
    const check::Module& other = run.program.at(denies.regulation);
    Finding finding;
    finding.kind = Kind::conflict;
    finding.message = fmt::format("rule {} permits as of right what {} forbids: a call of {}",
                                  rule.name, other.name, analysis.action.name);
    finding.module = run.program.at(grants.regulation).name;
    finding.action = analysis.action.name;
    finding.rules = {rule_name(run, id)};
    finding.citations = citations_of(run, id);
    finding.places.push_back({rule.name_span, "permits as of right"});
    finding.help =
        fmt::format("change {} so that it leaves this right alone, or narrow the scope of rule {}",
                    other.name, rule.name);
    const auto verdict = analysis.ask({right.effective.yes, denies.denied});
    if (verdict == smt::Verdict::sat) {
        bool by_rule = false;
        for (const encode::RuleTerms& terms : denies.rules) {
            const check::Rule& against = other.rules[terms.rule];
            if (against.norm != check::Norm::forbid && against.norm != check::Norm::require)
                continue;
            const bool is_require = against.norm == check::Norm::require;
            const Term applies = is_require ? terms.violated.yes : terms.effective.yes;
            if (smt::evaluate(analysis.world.terms, analysis.solver.model(), applies) != 1)
                continue;
            by_rule = true;
            const RuleId denying{denies.regulation, terms.rule};
            finding.rules.push_back(rule_name(run, denying));
            for (const std::string& citation : citations_of(run, denying))
                finding.citations.push_back(citation);
            finding.places.push_back({against.name_span, is_require ? "restricts" : "forbids"});
        }
        if (!by_rule) finding.places.push_back({other.span, "forbids by its default"});
        const std::string& granting = run.program.at(grants.regulation).name;
        (void)add_with_witness(analysis, finding, [&](const call::CallResult& result) {
            const auto* answer = answer_of(result, granting);
            return answer != nullptr && answer->right_denied &&
                   answer->bits.effective.at(right.rule);
        });
    } else if (settled(analysis, verdict, finding)) {
        ++run.report.proved.pairs_do_not_meet;
    }
}

}  // namespace

void check_conflicts(Analysis& analysis) {
    for (const encode::RegulationTerms& regulation : analysis.call.own.regulations) {
        auto permits = candidates(analysis, regulation, check::Norm::permit);
        if (permits.empty()) continue;
        const auto forbids = candidates(analysis, regulation, check::Norm::forbid);
        check_pairs(analysis, permits, forbids, regulation.regulation);
        std::erase_if(permits, [&](const Candidate& permit) {
            return !analysis.run.at({regulation.regulation, permit.terms->rule}).as_of_right;
        });
        if (permits.empty()) continue;
        const auto conditions = candidates(analysis, regulation, check::Norm::require);
        check_pairs(analysis, permits, conditions, regulation.regulation);
    }
}

void check_rights(Analysis& analysis) {
    const std::vector<encode::RegulationTerms>& regulations = analysis.call.own.regulations;
    for (const encode::RegulationTerms& grants : regulations) {
        for (const encode::RuleTerms& right : grants.rules) {
            if (!analysis.run.at({grants.regulation, right.rule}).as_of_right) continue;
            for (const encode::RegulationTerms& denies : regulations) {
                if (&denies != &grants) check_right(analysis, grants, right, denies);
            }
        }
    }
}

}  // namespace edict::findings
