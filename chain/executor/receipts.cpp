#include "chain/executor/receipts.h"

#include <algorithm>

#include "base/check.h"
#include "chain/ledger/state.h"

namespace edict::executor {

namespace {

// Both enums are spelled out, so that neither can change under the other unseen.
ledger::Outcome outcome_of(call::Outcome outcome) {
    switch (outcome) {
        case call::Outcome::committed:
            return ledger::Outcome::committed;
        case call::Outcome::forbidden:
            return ledger::Outcome::forbidden;
        case call::Outcome::failed:
            return ledger::Outcome::failed;
        case call::Outcome::refused:
            return ledger::Outcome::refused;
    }
    EDICT_CHECK(false);
    return ledger::Outcome::refused;
}

ledger::Answer answer_of(bytecode::Answer answer) {
    switch (answer) {
        case bytecode::Answer::permitted:
            return ledger::Answer::permitted;
        case bytecode::Answer::forbidden:
            return ledger::Answer::forbidden;
        case bytecode::Answer::silent:
            return ledger::Answer::silent;
    }
    EDICT_CHECK(false);
    return ledger::Answer::silent;
}

const bytecode::RuleBody& body_for(const bytecode::RuleDecl& rule, const call::Decision& decision) {
    const auto body =
        std::find_if(rule.bodies.begin(), rule.bodies.end(), [&](const auto& candidate) {
            return candidate.contract == decision.module && candidate.action == decision.action;
        });
    EDICT_CHECK(body != rule.bodies.end());
    return *body;
}

// The shown values have the types of the registers that the message's function returns.
std::vector<ledger::ShownValue> shown_values(const bytecode::Module& regulation,
                                             const call::Decision& decision,
                                             const call::Deciding& deciding) {
    std::vector<ledger::ShownValue> shown;
    if (deciding.shown.empty()) return shown;
    const bytecode::RuleBody& body = body_for(regulation.rules[deciding.rule], decision);
    EDICT_CHECK(body.because && body.because->values);
    const bytecode::Function& function = regulation.functions[*body.because->values];
    const bytecode::Instruction& last = function.code.back();
    EDICT_CHECK(last.op == bytecode::Opcode::ret && last.c == deciding.shown.size());
    for (std::size_t i = 0; i < deciding.shown.size(); ++i) {
        if (!deciding.shown[i]) {
            shown.emplace_back();
            continue;
        }
        const value::Type& type = *regulation.types[function.registers[last.b + i]];
        shown.push_back(ledger::shown(value::to_bytes(*deciding.shown[i], type)));
    }
    return shown;
}

ledger::RegulationAnswer record(const call::RegulationAnswer& answer,
                                const call::Decision& decision, const call::LinkedSet& set) {
    const auto found = std::lower_bound(
        set.modules.begin(), set.modules.end(), answer.regulation,
        [](const auto& module, const std::string& name) { return module->name < name; });
    EDICT_CHECK(found != set.modules.end() && (*found)->name == answer.regulation);
    const bytecode::Module& regulation = **found;
    ledger::RegulationAnswer recorded;
    recorded.module = answer.regulation;
    recorded.module_hash = set.hashes[static_cast<std::size_t>(found - set.modules.begin())];
    recorded.answer = answer_of(answer.answer);
    recorded.by_default = answer.by_default;
    recorded.conflict = answer.conflict;
    recorded.active = answer.bits.active;
    recorded.effective = answer.bits.effective;
    recorded.violated = answer.bits.violated;
    recorded.error = answer.bits.error;
    for (const call::Deciding& deciding : answer.deciding) {
        recorded.deciding.push_back({deciding.rule, shown_values(regulation, decision, deciding)});
    }
    return recorded;
}

}  // namespace

void record(const call::CallResult& result, const call::LinkedSet& set, ledger::Receipt& receipt) {
    receipt.outcome = outcome_of(result.outcome);
    receipt.reason = ledger::bounded_reason(result.reason);
    for (const call::Decision& decision : result.decisions) {
        ledger::DecisionRecord recorded{
            decision.module, decision.action, decision.passed, decision.gap, {}};
        for (const call::RegulationAnswer& answer : decision.answers) {
            recorded.answers.push_back(record(answer, decision, set));
        }
        receipt.decisions.push_back(std::move(recorded));
    }
    for (const call::EmittedEvent& event : result.events) {
        receipt.events.push_back({event.module, event.event, event.fields});
    }
    std::vector<ledger::StateWrite> writes;
    for (const auto& [key, bytes] : result.writes) {
        const ledger::Hash place = ledger::state_key({key.module, key.store, key.key});
        std::optional<ledger::Hash> written;
        if (bytes) written = ledger::state_value_hash({0, *bytes});
        writes.emplace_back(place, written);
    }
    std::sort(writes.begin(), writes.end());
    receipt.writes = ledger::writes_digest(writes);
}

}  // namespace edict::executor
