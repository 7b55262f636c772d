// Case: a concrete story of calls. A `test` block of the language and a witness of the verifier are
// both this struct, and both are run by run_case.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vm/call/call.h"

namespace edict::call {

struct CaseParty {
    std::string name;
    std::vector<std::string> roles;  // id: value::party_named(name)
};
struct CaseGiven {
    std::string module, store;
    std::optional<value::Value> key;
    value::Value written;
    std::optional<std::uint32_t> days{};  // of a counter over days: the amount of the day
};
struct CaseAt {
    std::int64_t time_ms = 0;
};
struct CaseCall {
    std::string module, action;
    std::vector<value::Value> arguments;
    std::string by;  // name of a party of the case
};
struct CaseExpect {
    Outcome outcome = Outcome::committed;
    std::optional<std::string> by_rule;  // "regulation.rule"
    bool by_default = false;
    std::optional<std::string> message;  // of failed
};
struct CaseStore {
    std::string module, store;
    std::optional<value::Value> key;
    std::optional<value::Value> expected;  // none: absent
    std::optional<std::uint32_t> days{};   // of a counter over days: their total
};

struct CaseDuty {  // about duties as they stand now
    enum class What : std::uint8_t { open, none, breach };
    What what = What::none;
    std::string bearer;  // of open: a party of the case that owes this call
    std::string module, action;
    std::vector<value::Value> arguments;
    std::optional<std::string> by_rule;  // of breach: "regulation.rule"
};

struct CaseStep {
    std::uint32_t origin = 0;  // index of the test step in the source, for diagnostics
    std::variant<CaseGiven, CaseAt, CaseCall, CaseExpect, CaseStore, CaseDuty> node;
};

struct Case {
    std::string name;
    std::vector<CaseParty> parties;
    std::vector<CaseStep> steps;
    // It begins with nothing but what it gives itself, without the initial data of the modules.
    bool assumed = false;
};

struct CaseFailure {
    std::uint32_t step = 0;  // index into Case::steps
    std::string message;     // what was expected and what happened, in an officer's words
};

struct CaseBroken {
    std::string invariant;  // "module.name"
    bool by_call = false;   // else it was so in what was given
};

struct CaseReport {
    std::vector<CallResult> calls;   // one for each CaseCall, in order
    std::vector<CaseBroken> broken;  // each is a failure too
    std::vector<CaseFailure> failures;
};

[[nodiscard]] CaseReport run_case(const LinkedSet& set, const Case& story, runtime::Engine& engine);

}  // namespace edict::call
