// What the files of this folder share while one report is made: one run, and in it one analysis for
// each governed action.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "verifier/encode/concrete.h"
#include "verifier/encode/decision.h"
#include "verifier/encode/world.h"
#include "verifier/findings/report.h"
#include "verifier/findings/verify.h"

namespace edict::findings {

using smt::Term;

struct RuleId {
    check::ModuleId regulation;
    std::uint32_t rule = 0;
    friend auto operator<=>(const RuleId&, const RuleId&) = default;
};

// The innermost part of a condition that has no value, and why it may have none.
struct Lack {
    check::ExprRef expression;
    Place place;
};

// What is known of a rule over all the actions that it names.
struct RuleStatus {
    bool can_apply = false;
    bool unsettled = false;
    std::optional<Finding> contradiction;  // the first one found
    std::map<std::string, bool> errors;    // parts for which an error was reported
    // What the exceptions of the rule lack, with the index of the finding that says so.
    std::vector<std::pair<Lack, std::size_t>> lacks;
};

struct Run {
    const check::Program& program;
    const call::LinkedSet& set;
    runtime::Engine& engine;
    smt::Session session;
    Report report;
    std::map<RuleId, RuleStatus> rules;
    std::map<std::pair<RuleId, RuleId>, std::size_t> conflicts;  // index of the finding

    [[nodiscard]] const check::Rule& at(RuleId id) const {
        return program.at(id.regulation).rules[id.rule];
    }
};

// One action, entered from outside, with every decision about it.
struct Analysis {
    Analysis(Run& run, check::ActionRef ref);

    Run& run;
    encode::World world;
    const check::Action& action;
    std::string module;
    encode::CallTerms call;
    std::vector<Term> base;  // holds in every call whose rules are run
    smt::Solver solver;

    // The base and more, ready to be asked.
    [[nodiscard]] std::vector<Term> with(std::initializer_list<Term> more) const;
    [[nodiscard]] smt::Verdict ask(std::initializer_list<Term> more);
};

// One file each.
void check_self_conflicts(Analysis& analysis);
void report_self_conflicts(Run& run);  // after all actions
void check_conflicts(Analysis& analysis);
void check_rights(Analysis& analysis);  // across regulations
void check_gap(Analysis& analysis);
void report_ungoverned(Run& run);
void check_tables(Run& run);
void check_invariants(Run& run);
void check_assertions(Analysis& analysis);
void check_rule_errors(Analysis& analysis);

// ---- witness.cpp
// ---------------------------------------------------------------------------------

using Confirm = std::function<bool(const call::CallResult&)>;
// After a sat answer: replays the model and adds `finding` with its witness if the replay confirms
// it, else a finding `unknown` that says why. True if it was confirmed.
// With `claim_is_opaque` the claim itself is not encoded exactly, so that no run can confirm it.
bool add_with_witness(Analysis& analysis, Finding finding, const Confirm& confirm,
                      bool claim_is_opaque = false);
// The same, with all that the run shows. With `claim`, the rest of the question is only assumed:
// what is not encoded exactly is named from the claim, if anything is.
using ConfirmRun = std::function<bool(const call::CaseReport&)>;
bool add_with_witness_of(Analysis& analysis, Finding finding, const ConfirmRun& confirm,
                         bool claim_is_opaque = false, std::span<const Term> claim = {});
void add_unknown(Analysis& analysis, const Finding& about, const std::string& why);
// After any answer other than sat; true if it was unsat.
bool settled(Analysis& analysis, smt::Verdict verdict, const Finding& about);

// ---- names.cpp
// -----------------------------------------------------------------------------------

[[nodiscard]] std::string rule_name(const Run& run, RuleId id);  // "regulation.rule"
[[nodiscard]] std::vector<std::string> citations_of(const Run& run, RuleId id);
[[nodiscard]] const call::RegulationAnswer* answer_of(const call::CallResult& result,
                                                      const std::string& regulation);
// "from 2024-01-01", "before …", "from … until …", or empty: always.
[[nodiscard]] std::string window_text(const check::Window& window);
// The parts of a condition that are joined by `and`.
[[nodiscard]] std::vector<check::ExprRef> conjuncts(const check::ExprRef& condition);
// Of the expression, in the model of the last answer.
[[nodiscard]] std::optional<Lack> lack_of(Analysis& analysis, const encode::Site& site,
                                          const check::ExprRef& expression);

}  // namespace edict::findings
