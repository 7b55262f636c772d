// Report: what the verifier has to say about a set of modules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/program.h"
#include "verifier/smt/solver.h"
#include "vm/call/case.h"

namespace edict::findings {

enum class Kind : std::uint8_t {
    self_conflict,  // a scope that can never hold, a requirement that can never be met
    conflict,       // effective rules of one regulation contradict each other, or a right is denied
    gap,            // a call in which every regulation is silent
    assertion,      // an `assert` that does not hold
    rule_error,     // a rule that cannot be decided in some call
    ungoverned,     // a contract that names regulators and that nothing here governs
    overlap,        // a permit meets a forbid where restrictions come first: intended
    table,          // a table with a gap, with rows that disagree or never count
    invariant,      // a condition over stores that does not hold in every state
    unknown,        // a question that was not settled
};
[[nodiscard]] std::string_view code_of(Kind kind);   // "V01", stable
[[nodiscard]] std::string_view title_of(Kind kind);  // a few words

// A concrete call that shows a finding, and what the interpreter decided when it was run.
struct Witness {
    call::Case story;         // one call, from a state that is assumed
    call::CallResult replay;  // of that call
};

struct Place {
    source::Span span;
    std::string text;
};

struct Finding {
    Kind kind = Kind::unknown;
    bool blocks = true;                  // admission
    std::string message;                 // one sentence
    std::string module, action;          // what it is about; the action may be empty
    std::vector<std::string> rules;      // "regulation.rule"
    std::vector<std::string> citations;  // of those rules
    std::vector<Place> places;           // the first is the one to change
    std::vector<std::string> notes;
    std::string help;
    std::optional<Witness> witness;
};

struct Proved {  // how many questions of each kind were settled without a finding
    std::size_t rules_can_apply = 0;
    std::size_t pairs_do_not_meet = 0;
    std::size_t actions_without_gap = 0;
    std::size_t assertions_hold = 0;
    std::size_t conditions_without_error = 0;
    std::size_t tables_without_gap = 0;
    std::size_t invariants_hold = 0;
};

struct Report {
    std::vector<Finding> findings;  // blocking first, then in the order of the texts
    Proved proved;
    std::size_t actions = 0, rules = 0;  // that were looked at
    smt::Statistics statistics;

    [[nodiscard]] bool has_blocking() const;  // other than unknown
    [[nodiscard]] bool has_unknown() const;
};

}  // namespace edict::findings
