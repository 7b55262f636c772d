// The meaning of calls (3-language design, sections 5 to 7), told as simply as possible over the
// typed program: the state is a plain map that is copied whole, duties stand in a list. The calls
// of vm/call are compared with it; it shares nothing with them but the forms of values and of
// duties.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "tests/support/reference.h"
#include "vm/call/duties.h"

namespace edict::reference {

using State = std::map<call::StateKey, value::Value>;

struct Answered {  // by one regulation
    std::string regulation;
    check::Answer answer = check::Answer::silent;
    bool by_default = false, conflict = false, overlap = false, right_denied = false;
    std::vector<bool> active, effective, violated, error;  // one for each of its rules
    std::vector<std::uint32_t> deciding;
    std::vector<std::vector<Maybe>> shown;        // beside `deciding`
    std::vector<std::uint32_t> failed_observers;  // indexes into Module::observers
};
struct Decided {  // about one action
    std::string module, action;
    std::vector<Answered> answers;
    bool passed = false, gap = false;
};
struct Ended {
    call::Outcome outcome = call::Outcome::refused;
    std::vector<Decided> decisions;
    std::vector<call::EmittedEvent> events;
    std::vector<call::CreatedDuty> duties;
    Maybe result;
};

class Model {
public:
    // `hash_of` a module: duties are frozen with it.
    Model(const check::Program& program,
          std::function<crypto::Hash(const std::string& module)> hash_of,
          std::function<void(const std::string& why)> lacking)
        : program_(program), hash_of_(std::move(hash_of)), lacking_(std::move(lacking)) {}

    State state;
    std::set<std::pair<value::PartyId, std::string>> roles;
    std::map<crypto::Hash, call::DutyState> duties;
    struct Delegation {  // `to` may fulfil what `from` owes, up to that day
        value::PartyId from, to;
        std::string module, action;
        value::Date until;
    };
    std::vector<Delegation> delegations;
    std::int64_t time_ms = 0;

    [[nodiscard]] Ended call(check::ActionRef action, const std::vector<value::Value>& arguments,
                             const value::PartyId& caller);
    // Every duty whose deadline has come by `time_ms`, oldest first. How many there were.
    std::size_t breach();

private:
    struct Stop {
        call::Outcome outcome;
    };
    struct Frame {  // what the code that runs just now can see
        const std::vector<value::Value>& arguments;
        value::PartyId caller;
        const State& before;  // when its action was entered
        check::ModuleId module;
        std::int64_t legal_ms = 0;
        std::map<check::LocalId, value::Value> locals{};
    };
    struct Done {
        check::ActionRef action;
        std::vector<value::Value> arguments;
        value::PartyId caller;
    };
    struct Judged;

    // What it returned.
    Maybe run(check::ActionRef action, const std::vector<value::Value>& arguments,
              const value::PartyId& caller);
    void run_block(const check::Block& block, Frame& frame);
    void run_statement(const check::Statement& statement, Frame& frame);
    [[nodiscard]] bool decide(check::ActionRef action, Frame& frame);
    [[nodiscard]] Answered ask(check::ModuleId regulation, check::ActionRef action, Frame& frame);
    [[nodiscard]] std::vector<std::uint32_t> observe(check::ModuleId regulation,
                                                     check::ActionRef action, Frame frame,
                                                     bool on_forbidden);
    void count_forbidden(check::ActionRef action, const std::vector<value::Value>& arguments,
                         const value::PartyId& caller, std::int64_t legal_ms);
    [[nodiscard]] bool owed(check::ModuleId regulation, std::uint32_t rule, const check::Duty& duty,
                            Frame& frame, std::vector<call::CreatedDuty>& made);
    // The last of so many working days after a day; `waits_for` the first year not published.
    [[nodiscard]] const std::vector<value::Value>* days_of_calendar(const char* store,
                                                                    std::int32_t year) const;
    [[nodiscard]] std::int64_t working_day(std::int64_t day, std::uint32_t left,
                                           std::optional<std::int32_t>& waits_for) const;
    void discharge(const Done& done);
    [[nodiscard]] Maybe value_of(const check::ExprRef& expr, Frame& frame);
    [[nodiscard]] value::Value need(const check::ExprRef& expr, Frame& frame);
    [[nodiscard]] runtime::Truth truth_of(const check::ExprRef& expr, Frame& frame);
    [[nodiscard]] call::StateKey place(check::StoreRef store, const value::Value* key) const;

    const check::Program& program_;
    std::function<crypto::Hash(const std::string&)> hash_of_;
    std::function<void(const std::string&)> lacking_;
    value::PartyId signer_;
    Ended ended_;
    std::vector<Done> done_;
    Maybe returned_;  // by the action whose body has just run
    bool counted_forbidden_ = false;
    State forbidden_state_;
};

}  // namespace edict::reference
