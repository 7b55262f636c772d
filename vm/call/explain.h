// Why a call ended as it did, in an officer's words: rules with their citations and messages.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "vm/call/call.h"

namespace edict::call {

// What a party is called; without an answer its id is shown.
using PartyText = std::function<std::optional<std::string>(const value::PartyId&)>;

struct ExplainedRule {
    std::string regulation, rule;
    bytecode::Norm norm = bytecode::Norm::permit;
    bool as_of_right = false;
    bool in_doubt = false;               // it counts because a condition of it has no value
    std::vector<std::string> citations;  // "PIPL art 40"
    std::string message;                 // of `because`, with its values; empty if it has none
    std::vector<std::string> failing;    // elements of a violated `every`
};

struct ExplainedObserver {  // a counter or observer whose code lacked a value
    std::string name, why;
    bool on_forbidden = false;
};

// One line for each regulation that answered.
struct ExplainedAnswer {
    std::string regulation;
    bytecode::Answer answer = bytecode::Answer::silent;
    bool by_default = false;
    bool conflict = false, overlap = false, right_denied = false;  // as RegulationAnswer
    std::vector<ExplainedRule> deciding;
    std::vector<ExplainedObserver> observers;
};

[[nodiscard]] std::string_view to_text(Outcome outcome);
[[nodiscard]] std::string_view to_text(bytecode::Answer answer);
[[nodiscard]] std::string_view to_text(bytecode::Norm norm);

// A value inside a sentence: text without quotes, parties by name.
[[nodiscard]] std::string shown_text(const value::Value& value, const value::Type& type,
                                     const PartyText& names);

// A message with its values.
[[nodiscard]] std::string message_text(const bytecode::Module& module,
                                       const bytecode::MessageTemplate& message,
                                       const std::vector<std::optional<value::Value>>& shown,
                                       const PartyText& names);

// `decision` comes from a call of this set.
[[nodiscard]] std::vector<ExplainedAnswer> explain(const LinkedSet& set, const Decision& decision,
                                                   const PartyText& names = nullptr);

// "data_export.yearly_cap (PIPL art 40): at most 100000 subjects a year".
[[nodiscard]] std::string sentence(const ExplainedRule& rule);

// The whole story of a call, some lines, each ending with a line feed.
[[nodiscard]] std::string explanation(const LinkedSet& set, const CallResult& result,
                                      const PartyText& names = nullptr);
// The same in one sentence: "forbidden by data_export.yearly_cap (PIPL art 40)".
[[nodiscard]] std::string summary(const LinkedSet& set, const CallResult& result,
                                  const PartyText& names = nullptr);

}  // namespace edict::call
