// What the regulations say of one action of a call, as terms: the same meaning as
// call::answer_of, line by line (3-language design, section 5).
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/encode/world.h"

namespace edict::encode {

struct RuleTerms {
    std::uint32_t rule = 0;  // index into the regulation's rules
    std::uint32_t body = 0;  // index into the rule's bodies
    Site site;               // where its expressions are read
    Term in_force;
    Truth scope, active, effective;
    Truth condition, violated;      // of a require
    Term told = smt::Terms::yes();  // of a duty: bearer, arguments and deadline have values
    std::vector<Truth> exceptions;
};

struct RegulationTerms {
    check::ModuleId regulation;
    std::vector<RuleTerms> rules;  // those with a body for the action, in text order
    Term forbidden, permitted, silent;
    Term unobserved = smt::Terms::no();  // one of its observers lacks a value: it forbids
    Term denied;  // forbidden for certain: by a rule that applies, or by default

    [[nodiscard]] const RuleTerms* find(std::uint32_t rule) const;
};

struct DecisionTerms {
    check::ActionRef action;
    std::vector<RegulationTerms> regulations;
    bool governed = false;
    Term passes;
    Term observed = smt::Terms::yes();  // no observer lacks a value
    Term gap;  // all silent, or governed by none although the contract names regulators
};

[[nodiscard]] DecisionTerms decide(World& world, const Frame& frame);

// A call with all that is decided about it. `inner` are the decisions of inner calls, in order.
struct CallTerms {
    std::vector<DecisionTerms> inner;
    DecisionTerms own;
    // The rules of the call itself were run: its action did not fail, every inner call passed.
    Term decided;
    Term committed, forbidden;  // outcomes
};
[[nodiscard]] CallTerms decide_call(World& world);

// Where the expressions of a regulation are read, for the action of a frame.
[[nodiscard]] Site site_of(const Frame& frame, check::ModuleId regulation);

}  // namespace edict::encode
