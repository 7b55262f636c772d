// Execution: one call while it runs: the host of its code, inner calls and rules.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vm/call/call.h"
#include "vm/call/overlay.h"
#include "vm/call/working_days.h"

namespace edict::call {

class Execution final : public runtime::Host {
public:
    Execution(const LinkedSet& set, const StateView& state, const value::PartyId& signer,
              const BlockContext& block, runtime::Engine& engine)
        : set_(set),
          state_(state),
          overlay_(set, state, engine),
          signer_(signer),
          block_(block),
          engine_(engine),
          legal_ms_(block.time_ms) {}

    void begin(bytecode::Cost cost) { result_.cost = cost; }
    // `arguments` of rules, observers and messages are the facts of the call: the arguments of the
    // action, then what it returned.
    // Role, action, rules. False: the call ends, and outcome and reason say how.
    // `result` is set if the action returns a value.
    [[nodiscard]] bool run(const LinkedAction& action, const std::vector<value::Value>& arguments,
                           const value::PartyId& caller, std::optional<value::Value>& result);
    void commit(const LinkedAction& action, std::optional<value::Value> result);
    [[nodiscard]] bool is_forbidden() const { return result_.outcome == Outcome::forbidden; }
    // The remedy of a duty: it is not governed, and makes no duty.
    [[nodiscard]] bool run_by_duty(const LinkedAction& action,
                                   const std::vector<value::Value>& arguments,
                                   const value::PartyId& caller);
    // What the call fulfils and what it makes owed. False: the call fails.
    [[nodiscard]] bool settle_duties(const StateView& state);
    // After a call that was forbidden: runs the observers `on forbidden` of the regulations that
    // govern the action which was, each regulation's on the state before the call.
    void observe_forbidden(const StateView& state);
    [[nodiscard]] CallResult take_result();
    // Outside of any call: a condition of a module, and the values that a message of it shows.
    [[nodiscard]] runtime::Truth ask(std::uint32_t module, bytecode::FunctionIndex condition,
                                     const std::vector<value::Value>& arguments);
    [[nodiscard]] std::vector<std::optional<value::Value>> shown(
        std::uint32_t module, bytecode::FunctionIndex values,
        const std::vector<value::Value>& arguments);

    const value::Value* read(const bytecode::Module& module, std::uint16_t use,
                             const value::Value* key, Host::Moment moment) override;
    void write(const bytecode::Module& module, std::uint16_t use, const value::Value* key,
               const value::Value& written) override;
    void remove(const bytecode::Module& module, std::uint16_t use,
                const value::Value& key) override;
    void emit(const bytecode::Module& module, std::uint16_t event,
              std::vector<value::Value> fields) override;
    [[nodiscard]] bool call(const bytecode::Module& module, std::uint16_t callee,
                            std::vector<value::Value> arguments, value::Value& result) override;
    [[nodiscard]] bool has_role(const value::PartyId& party, std::string_view role) override;
    [[nodiscard]] bool has_duty(const bytecode::Module& module, std::uint16_t callee,
                                const value::PartyId& party, bool breached) override;
    [[nodiscard]] value::Date today(const bytecode::Module& module) override;
    [[nodiscard]] value::Time now() override;
    [[nodiscard]] const value::PartyId& caller() override { return caller_; }
    [[nodiscard]] const value::PartyId& signer() override { return signer_; }

private:
    [[nodiscard]] bool end(Outcome outcome, std::string reason);
    [[nodiscard]] std::int64_t legal_time(const LinkedAction& action,
                                          const std::vector<value::Value>& arguments) const;
    // Why the action may not be dated so; empty: it may.
    [[nodiscard]] std::string wrong_date(const bytecode::ActionDecl& action) const;
    [[nodiscard]] std::vector<value::PartyId> principals(const LinkedAction& action,
                                                         const value::PartyId& delegate);
    [[nodiscard]] Published published();
    [[nodiscard]] bool may_call(const bytecode::ActionDecl& action);
    [[nodiscard]] bool run_entered(const LinkedAction& action,
                                   const std::vector<value::Value>& arguments,
                                   std::optional<value::Value>& result);
    [[nodiscard]] bool decide(const LinkedAction& action,
                              const std::vector<value::Value>& arguments);
    [[nodiscard]] std::vector<FailedObserver> observe(const GovernedBy& governed,
                                                      const std::vector<std::uint32_t>& observers,
                                                      const std::vector<value::Value>& arguments);
    [[nodiscard]] RegulationAnswer ask(const GovernedBy& governed,
                                       const std::vector<value::Value>& arguments);
    [[nodiscard]] runtime::Truth duty_values(const GovernedBy& governed,
                                             const GovernedBy::Rule& rule,
                                             const std::vector<value::Value>& arguments,
                                             std::vector<CreatedDuty>& duties);
    void add_shown(Deciding& deciding, const bytecode::Module& regulation,
                   const GovernedBy::Rule& rule, const std::vector<value::Value>& arguments);

    const LinkedSet& set_;
    const StateView& state_;
    Overlay overlay_;
    value::PartyId signer_;
    BlockContext block_;
    runtime::Engine& engine_;
    std::int64_t legal_ms_;  // legal time of the action that runs just now
    CallResult result_;
    // Of the code that runs just now:
    std::uint32_t module_ = 0;  // index into LinkedSet::modules
    value::PartyId caller_;
    Sequence entered_ = 0;  // when its action was entered
    bool in_rules_ = false;
    bool ended_ = false;  // the call has ended before its time
    struct Forbidden {    // the action that was, and how it was called
        const LinkedAction* action = nullptr;
        std::vector<value::Value> facts;
        value::PartyId caller;
        std::int64_t legal_ms = 0;
    };
    Forbidden forbidden_;
    struct Done {  // an action that passed, inner ones too
        const LinkedAction* action = nullptr;
        std::vector<value::Value> arguments;
        value::PartyId caller;
    };
    std::vector<Done> done_;
    std::map<StateKey, std::optional<base::Bytes>> duty_writes_;
    std::map<StateKey, std::optional<base::Bytes>> forbidden_writes_;
};

}  // namespace edict::call
