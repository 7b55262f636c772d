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
}

const bytecode::RuleBody* body_for(const bytecode::RuleDecl& rule, std::string_view contract,
                                   std::string_view action) {
    const auto body =
        std::find_if(rule.bodies.begin(), rule.bodies.end(), [&](const auto& candidate) {
            return candidate.contract == contract && candidate.action == action;
        });
    return body == rule.bodies.end() ? nullptr : &*body;
}

// The types of the values that a rule's message shows, and of the elements that a failed
// `require every` names.
struct DecidingTypes {
    std::vector<const value::Type*> shown;
    const value::Type* failing = nullptr;
};

DecidingTypes types_of(const bytecode::Module& regulation, const bytecode::RuleBody& body) {
    DecidingTypes types;
    if (body.because && body.because->values) {
        const bytecode::Function& function = regulation.functions[*body.because->values];
        const bytecode::Instruction& last = function.code.back();  // returns them
        EDICT_CHECK(last.op == bytecode::Opcode::ret);
        for (std::size_t i = 0; i < last.c; ++i) {
            types.shown.push_back(regulation.types[function.registers[last.b + i]].get());
        }
    }
    if (body.condition) {
        const bytecode::Function& function = regulation.functions[*body.condition];
        const auto loop =
            std::find_if(function.code.begin(), function.code.end(),
                         [](const auto& in) { return in.op == bytecode::Opcode::for_each; });
        if (loop != function.code.end()) {
            types.failing = regulation.types[function.registers[loop->a]].get();
        }
    }
    return types;
}

ledger::DecidingRule record(const call::Deciding& deciding, const bytecode::Module& regulation,
                            const call::Decision& decision) {
    ledger::DecidingRule recorded{deciding.rule, {}, {}};
    if (deciding.shown.empty() && deciding.failing.empty()) return recorded;
    const bytecode::RuleBody* body =
        body_for(regulation.rules[deciding.rule], decision.module, decision.action);
    EDICT_CHECK(body != nullptr);
    const DecidingTypes types = types_of(regulation, *body);
    EDICT_CHECK(types.shown.size() == deciding.shown.size());
    for (std::size_t i = 0; i < deciding.shown.size(); ++i) {
        recorded.shown.emplace_back();
        if (!deciding.shown[i]) continue;
        recorded.shown.back() = ledger::shown(value::to_bytes(*deciding.shown[i], *types.shown[i]));
    }
    EDICT_CHECK(deciding.failing.empty() || types.failing != nullptr);
    const std::size_t kept = std::min(deciding.failing.size(), ledger::MAX_SHOWN);
    for (std::size_t i = 0; i < kept; ++i) {
        recorded.failing.push_back(
            ledger::shown(value::to_bytes(deciding.failing[i], *types.failing)));
    }
    return recorded;
}

std::optional<value::Value> recall(const ledger::ShownValue& shown, const value::Type& type) {
    if (shown.as != ledger::ShownAs::bytes) return std::nullopt;
    base::Result<value::Value> value = value::from_bytes(shown.bytes, type);
    if (!value) return std::nullopt;
    return *std::move(value);
}

call::Deciding recall(const ledger::DecidingRule& recorded, const bytecode::Module& regulation,
                      const ledger::DecisionRecord& decision) {
    call::Deciding deciding{recorded.rule, {}, {}};
    const bytecode::RuleBody* body =
        body_for(regulation.rules[recorded.rule], decision.module, decision.action);
    if (body == nullptr) return deciding;
    const DecidingTypes types = types_of(regulation, *body);
    for (std::size_t i = 0; i < std::min(recorded.shown.size(), types.shown.size()); ++i) {
        deciding.shown.push_back(recall(recorded.shown[i], *types.shown[i]));
    }
    if (types.failing == nullptr) return deciding;
    for (const ledger::ShownValue& failing : recorded.failing) {
        if (auto value = recall(failing, *types.failing)) deciding.failing.push_back(*value);
    }
    return deciding;
}

call::Outcome recall(ledger::Outcome outcome) {
    switch (outcome) {
        case ledger::Outcome::committed:
            return call::Outcome::committed;
        case ledger::Outcome::forbidden:
            return call::Outcome::forbidden;
        case ledger::Outcome::failed:
            return call::Outcome::failed;
        case ledger::Outcome::refused:
            return call::Outcome::refused;
    }
    EDICT_CHECK(false);
}

bytecode::Answer recall(ledger::Answer answer) {
    switch (answer) {
        case ledger::Answer::permitted:
            return bytecode::Answer::permitted;
        case ledger::Answer::forbidden:
            return bytecode::Answer::forbidden;
        case ledger::Answer::silent:
            return bytecode::Answer::silent;
    }
    EDICT_CHECK(false);
}

std::optional<call::RegulationAnswer> recall(const ledger::RegulationAnswer& recorded,
                                             const ledger::DecisionRecord& decision,
                                             const call::LinkedSet& set) {
    for (std::size_t i = 0; i < set.modules.size(); ++i) {
        if (set.hashes[i] != recorded.module_hash) continue;
        call::RegulationAnswer answer;
        answer.regulation = recorded.module;
        answer.answer = recall(recorded.answer);
        answer.by_default = recorded.by_default;
        answer.conflict = recorded.conflict;
        answer.overlap = recorded.overlap;
        answer.right_denied = recorded.right_denied;
        for (const ledger::FailedObserver& failed : recorded.failed_observers) {
            if (failed.observer >= set.modules[i]->observers.size()) return std::nullopt;
            answer.failed_observers.push_back({failed.observer, failed.why});
        }
        answer.bits = {recorded.active, recorded.effective, recorded.violated, recorded.error};
        const std::size_t rules = set.modules[i]->rules.size();
        if (recorded.error.size() != rules) return std::nullopt;
        for (const ledger::DecidingRule& deciding : recorded.deciding) {
            if (deciding.rule >= rules) return std::nullopt;
            answer.deciding.push_back(recall(deciding, *set.modules[i], decision));
        }
        return answer;
    }
    return std::nullopt;
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
    recorded.overlap = answer.overlap;
    recorded.right_denied = answer.right_denied;
    for (const call::FailedObserver& failed : answer.failed_observers)
        recorded.failed_observers.push_back({failed.observer, ledger::bounded_reason(failed.why)});
    recorded.active = answer.bits.active;
    recorded.effective = answer.bits.effective;
    recorded.violated = answer.bits.violated;
    recorded.error = answer.bits.error;
    for (const call::Deciding& deciding : answer.deciding) {
        recorded.deciding.push_back(record(deciding, regulation, decision));
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
    for (const call::CreatedDuty& created : result.duties) {
        const call::Duty& duty = created.duty;
        base::Writer arguments;
        for (const std::optional<base::Bytes>& argument : duty.arguments) {
            arguments.boolean(argument.has_value());
            if (argument) arguments.bytes(*argument);
        }
        receipt.duties.push_back({duty.regulation, duty.module_hash, duty.rule,
                                  duty.bearer.value_or(value::PartyId{}), duty.role, duty.module,
                                  duty.action, arguments.take(), duty.deadline_ms,
                                  created.waits_for.has_value()});
    }
    receipt.result = result.result_bytes;
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

std::optional<call::CallResult> recall(const ledger::Receipt& receipt, const call::LinkedSet& set) {
    call::CallResult result;
    result.outcome = recall(receipt.outcome);
    result.reason = receipt.reason;
    for (const ledger::DecisionRecord& recorded : receipt.decisions) {
        call::Decision decision;
        decision.module = recorded.module;
        decision.action = recorded.action;
        decision.passed = recorded.passed;
        decision.gap = recorded.gap;
        for (const ledger::RegulationAnswer& answer : recorded.answers) {
            std::optional<call::RegulationAnswer> known = recall(answer, recorded, set);
            if (!known) return std::nullopt;
            decision.answers.push_back(*std::move(known));
        }
        result.decisions.push_back(std::move(decision));
    }
    return result;
}

}  // namespace edict::executor
