#include "vm/call/execution.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "vm/bytecode/personal.h"
#include "vm/call/duties.h"
#include "vm/runtime/failing_elements.h"

namespace edict::call {

namespace {

using bytecode::Answer;
using bytecode::Norm;

constexpr std::int64_t MS_PER_HOUR = 3'600'000;
constexpr std::int64_t MS_PER_DAY = 24 * MS_PER_HOUR;

// Puts a variable back to what it was when the scope ends.
template <typename T>
class Restore {
public:
    Restore(T& variable, T value) : variable_(variable), before_(variable) {
        variable_ = std::move(value);
    }
    ~Restore() { variable_ = std::move(before_); }
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;

private:
    T& variable_;
    T before_;
};

}  // namespace

bool Execution::end(Outcome outcome, std::string reason) {
    ended_ = true;
    result_.outcome = outcome;
    result_.reason = std::move(reason);
    return false;
}

bool Execution::may_call(const bytecode::ActionDecl& action) {
    if (action.by_roles.empty()) return true;
    for (const std::string& role : action.by_roles) {
        if (has_role(caller_, role)) return true;
    }
    return false;
}

std::int64_t Execution::legal_time(const LinkedAction& action,
                                   const std::vector<value::Value>& arguments) const {
    const auto& dated = set_.modules[action.module]->actions[action.action].dated;
    return dated ? std::get<value::Time>(arguments[dated->parameter].data).ms : block_.time_ms;
}

std::string Execution::wrong_date(const bytecode::ActionDecl& action) const {
    if (!action.dated) return {};
    const std::string& parameter = action.parameter_names[action.dated->parameter];
    if (legal_ms_ > block_.time_ms)
        return fmt::format("{} is later than the time of the call", parameter);
    if (block_.time_ms - legal_ms_ <= action.dated->days * MS_PER_DAY) return {};
    return fmt::format("{} is more than {} days before the time of the call", parameter,
                       action.dated->days);
}

bool Execution::run(const LinkedAction& action, const std::vector<value::Value>& arguments,
                    const value::PartyId& caller, std::optional<value::Value>& result) {
    const Restore in_module(module_, action.module);
    const Restore by(caller_, caller);
    const Restore before(entered_, overlay_.now());
    const Restore legal(legal_ms_, legal_time(action, arguments));
    overlay_.enter();
    const bool passed = run_entered(action, arguments, result);
    overlay_.leave();
    return passed;
}

bool Execution::run_entered(const LinkedAction& action, const std::vector<value::Value>& arguments,
                            std::optional<value::Value>& result) {
    const bytecode::Module& module = *set_.modules[action.module];
    const bytecode::ActionDecl& declared = module.actions[action.action];
    if (declared.by_duty) {
        return end(Outcome::refused, fmt::format("{}.{} runs only where a duty is breached",
                                                 module.name, declared.name));
    }
    if (!may_call(declared)) {
        return end(Outcome::refused,
                   fmt::format("{}.{} may be called by {} only, and the caller has no such role",
                               module.name, declared.name, fmt::join(declared.by_roles, ", ")));
    }
    if (const std::string wrong = wrong_date(declared); !wrong.empty()) {
        return end(Outcome::refused, fmt::format("{}.{}: {}", module.name, declared.name, wrong));
    }
    runtime::ActionEnd ended = engine_.run_action(module, declared.code, arguments, *this);
    if (ended.failed) {
        // If an inner call ended it, that has said how.
        return ended_ ? false : end(Outcome::failed, ended.why);
    }
    std::vector<value::Value> facts = arguments;
    if (ended.result) facts.push_back(*ended.result);
    result = std::move(ended.result);
    if (decide(action, facts)) {
        done_.push_back({&action, arguments, caller_});
        return true;
    }
    forbidden_ = {&action, std::move(facts), caller_, legal_ms_};
    return end(Outcome::forbidden, {});
}

bool Execution::run_by_duty(const LinkedAction& action, const std::vector<value::Value>& arguments,
                            const value::PartyId& caller) {
    const Restore in_module(module_, action.module);
    const Restore by(caller_, caller);
    const bytecode::Module& module = *set_.modules[action.module];
    overlay_.enter();
    const runtime::ActionEnd ended =
        engine_.run_action(module, module.actions[action.action].code, arguments, *this);
    overlay_.leave();
    if (!ended.failed) return true;
    return ended_ ? false : end(Outcome::failed, ended.why);
}

// Whose duties to call this action the party may fulfil on the day of the block.
std::vector<value::PartyId> Execution::principals(const LinkedAction& action,
                                                  const value::PartyId& delegate) {
    const bytecode::Module& module = *set_.modules[action.module];
    const value::Value called{module.name}, what{module.actions[action.action].name};
    const value::Value key{value::Record{{{delegate}, called, what}}};
    const value::Value* found = overlay_.read(set_.principals_store, &key, overlay_.now());
    std::vector<value::PartyId> all;
    if (found == nullptr) return all;
    const value::Date day = value::day_of(block_.time_ms, module.zone_minutes.value_or(0));
    for (const value::Value& one : std::get<value::Set>(found->data).elements) {
        const value::Value until{value::Record{{one, {delegate}, called, what}}};
        const value::Value* last = overlay_.read(set_.delegated_store, &until, overlay_.now());
        if (last != nullptr && day <= std::get<value::Date>(last->data))
            all.push_back(std::get<value::PartyId>(one.data));
    }
    return all;
}

Published Execution::published() {
    return published_in(set_, [this](std::uint32_t store, const value::Value& key) {
        const value::Value* found = overlay_.read(store, &key, overlay_.now());
        return found == nullptr ? std::nullopt : std::optional(*found);
    });
}

// In the order of the call: what is done is done before what is owed for it.
bool Execution::settle_duties(const StateView& state) {
    DutyBook book(state, duty_writes_);
    for (const Done& done : done_) {
        const bytecode::Module& module = *set_.modules[done.action->module];
        const bytecode::ActionDecl& declared = module.actions[done.action->action];
        Performed performed{module.name, declared.name, {}, done.caller};
        for (std::size_t i = 0; i < done.arguments.size(); ++i) {
            performed.arguments.push_back(
                value::to_bytes(done.arguments[i], *module.types[declared.parameters[i]]));
        }
        std::vector<value::PartyId> for_whom = principals(*done.action, done.caller);
        for_whom.push_back(done.caller);
        for (const value::PartyId& party : for_whom) {
            performed.caller = party;
            book.discharge(performed);
            for (const std::string& role : done.action->owed_by_roles) {
                if (has_role(party, role)) book.discharge_of_role(performed, role);
            }
        }
    }
    if (result_.duties.size() > MAX_CALL_DUTIES) {
        return end(Outcome::failed,
                   fmt::format("it would make {} duties; a call may make {} at most",
                               result_.duties.size(), MAX_CALL_DUTIES));
    }
    for (const CreatedDuty& created : result_.duties) {
        const base::Status fits = book.create(created.duty, created.waits_for);
        if (!fits) return end(Outcome::failed, fits.error().message);
    }
    return true;
}

// The duties that a rule makes for a call; error: what they need has no value.
runtime::Truth Execution::duty_values(const GovernedBy& governed, const GovernedBy::Rule& rule,
                                      const std::vector<value::Value>& arguments,
                                      std::vector<CreatedDuty>& duties) {
    const bytecode::Module& regulation = *set_.modules[governed.regulation];
    const bytecode::DutyTerms& terms = *regulation.rules[rule.rule].bodies[rule.body].duty;
    std::vector<std::optional<value::Value>> values;
    if (terms.values) values = engine_.run_message(regulation, *terms.values, arguments, *this);
    std::vector<std::optional<value::Value>> remedy;
    if (terms.remedy && terms.remedy->arguments)
        remedy = engine_.run_message(regulation, *terms.remedy->arguments, arguments, *this);
    for (const auto* all : {&values, &remedy}) {
        for (const std::optional<value::Value>& value : *all) {
            if (!value) return runtime::Truth::error;
        }
    }
    Duty duty;
    duty.regulation = regulation.name;
    duty.module_hash = set_.hashes[governed.regulation];
    duty.rule = rule.rule;
    duty.role = terms.role;
    const bytecode::Callee& callee = regulation.callees[terms.callee];
    duty.module = callee.module;
    duty.action = callee.action;
    std::size_t next = terms.bearer == bytecode::Bearer::role ? 0 : 1;
    for (std::size_t i = 0; i < terms.any.size(); ++i) {
        duty.arguments.emplace_back();
        if (!terms.any[i]) {
            duty.arguments.back() =
                value::to_bytes(*values[next++], *regulation.types[callee.parameters[i]]);
        }
    }
    value::Date from = today(regulation);
    if (terms.after) from = std::get<value::Date>(values[next]->data);
    const int zone = regulation.zone_minutes.value_or(0);
    std::optional<std::int32_t> waits_for;
    if (terms.unit == bytecode::DutyUnit::working_days) {
        duty.working = Duty::Working{from, terms.amount, static_cast<std::int16_t>(zone)};
        const WorkingDeadline end = working_days_after(from, terms.amount, published());
        duty.deadline_ms = end_of_day_ms(end.day, zone);
        waits_for = end.waits_for;
    } else if (terms.unit == bytecode::DutyUnit::days) {  // to the end of the last day
        duty.deadline_ms = end_of_day_ms(std::int64_t{from.days} + terms.amount, zone);
    } else {  // the last instant is in time
        const std::int64_t start = terms.after ? end_of_day_ms(from.days, zone) : legal_ms_;
        duty.deadline_ms = start + std::int64_t{terms.amount} * MS_PER_HOUR + 1;
    }
    if (terms.remedy) {
        const bytecode::Callee& action = regulation.callees[terms.remedy->callee];
        base::Writer out;
        for (std::size_t i = 0; i < remedy.size(); ++i)
            value::encode(out, *remedy[i], *regulation.types[action.parameters[i]]);
        duty.remedy = Duty::Remedy{action.module, action.action, out.take()};
    }
    if (terms.bearer == bytecode::Bearer::role) {
        duties.push_back({std::move(duty), false, waits_for});
    } else if (terms.bearer == bytecode::Bearer::party) {
        duty.bearer = std::get<value::PartyId>(values[0]->data);
        duties.push_back({std::move(duty), false, waits_for});
    } else {
        for (const value::Value& one : std::get<value::Set>(values[0]->data).elements) {
            duty.bearer = std::get<value::PartyId>(one.data);
            duties.push_back({duty, false, waits_for});
        }
    }
    return runtime::Truth::yes;
}

bool Execution::decide(const LinkedAction& action, const std::vector<value::Value>& arguments) {
    const Restore in_rules(in_rules_, true);
    const bytecode::Module& module = *set_.modules[action.module];
    Decision decision{module.name, module.actions[action.action].name, {}, false, false};
    bool is_forbidden = false, is_permitted = false;
    std::vector<const bytecode::Module*> regulations;
    // All of them before the first rule.
    std::vector<std::vector<FailedObserver>> failed;
    for (const GovernedBy& governed : action.governed_by)
        failed.push_back(observe(governed, governed.observers, arguments));
    for (std::size_t i = 0; i < action.governed_by.size(); ++i) {
        const GovernedBy& governed = action.governed_by[i];
        const Restore in_regulation(module_, governed.regulation);
        decision.answers.push_back(ask(governed, arguments));
        forbid_by_observers(decision.answers.back(), std::move(failed[i]));
        regulations.push_back(set_.modules[governed.regulation].get());
        is_forbidden |= decision.answers.back().answer == Answer::forbidden;
        is_permitted |= decision.answers.back().answer == Answer::permitted;
    }
    compare_answers(regulations, decision.answers);
    if (action.governed_by.empty() && !action.must_be_governed) {
        decision.passed = true;
    } else {
        decision.passed = is_permitted && !is_forbidden;
        decision.gap = !is_permitted && !is_forbidden;
    }
    const bool passed = decision.passed;
    result_.decisions.push_back(std::move(decision));
    return passed;
}

std::vector<FailedObserver> Execution::observe(const GovernedBy& governed,
                                               const std::vector<std::uint32_t>& observers,
                                               const std::vector<value::Value>& arguments) {
    const Restore in_regulation(module_, governed.regulation);
    const bytecode::Module& regulation = *set_.modules[governed.regulation];
    std::vector<FailedObserver> failed;
    for (const std::uint32_t observer : observers) {
        const runtime::ActionEnd ended =
            engine_.run_action(regulation, regulation.observers[observer].code, arguments, *this);
        if (ended.failed) failed.push_back({observer, ended.why});
    }
    return failed;
}

void Execution::observe_forbidden(const StateView& state) {
    EDICT_CHECK(forbidden_.action != nullptr && !result_.decisions.empty());
    Decision& decision = result_.decisions.back();
    for (std::size_t i = 0; i < forbidden_.action->governed_by.size(); ++i) {
        const GovernedBy& governed = forbidden_.action->governed_by[i];
        if (governed.on_forbidden.empty()) continue;
        // Regulations write only their own stores, so none sees what another counts here.
        Execution counting(set_, state, signer_, block_, engine_);
        counting.caller_ = forbidden_.caller;
        counting.legal_ms_ = forbidden_.legal_ms;
        counting.in_rules_ = true;
        std::vector<FailedObserver> failed =
            counting.observe(governed, governed.on_forbidden, forbidden_.facts);
        if (failed.empty()) {
            forbidden_writes_.merge(counting.overlay_.writes());
            continue;
        }
        std::vector<FailedObserver>& all = decision.answers[i].failed_observers;
        all.insert(all.end(), failed.begin(), failed.end());
    }
}

RegulationAnswer Execution::ask(const GovernedBy& governed,
                                const std::vector<value::Value>& arguments) {
    const bytecode::Module& regulation = *set_.modules[governed.regulation];
    const value::Date day = today(regulation);
    std::vector<RuleFacts> facts(governed.rules.size());
    std::vector<std::vector<CreatedDuty>> duties(governed.rules.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const bytecode::RuleDecl& rule = regulation.rules[governed.rules[i].rule];
        if (!in_force(rule, day)) continue;
        const bytecode::RuleBody& body = rule.bodies[governed.rules[i].body];
        if (body.scope)
            facts[i].scope = engine_.run_rule(regulation, *body.scope, arguments, *this);
        // Nothing else about the rule matters then: `false and x` is false.
        if (facts[i].scope == runtime::Truth::no) continue;
        if (body.condition) {
            facts[i].condition = engine_.run_rule(regulation, *body.condition, arguments, *this);
        }
        if (body.duty) {
            facts[i].condition = duty_values(governed, governed.rules[i], arguments, duties[i]);
        }
        for (const bytecode::ExceptionDecl& exception : body.exceptions) {
            facts[i].exceptions.push_back(
                engine_.run_rule(regulation, exception.condition, arguments, *this));
        }
    }
    RegulationAnswer answer = answer_of(regulation, governed, day, facts);
    for (std::size_t i = 0; i < duties.size(); ++i) {
        const std::uint32_t rule = governed.rules[i].rule;
        const bool effective = answer.bits.effective[rule];
        if (!effective && !answer.bits.error[rule]) continue;
        for (CreatedDuty& duty : duties[i]) {
            duty.in_doubt = !effective;
            result_.duties.push_back(std::move(duty));
        }
    }
    if (answer.deciding.empty()) return answer;
    for (Deciding& deciding : answer.deciding) {
        const auto at = std::lower_bound(
            governed.rules.begin(), governed.rules.end(), deciding.rule,
            [](const GovernedBy::Rule& rule, std::uint32_t index) { return rule.rule < index; });
        add_shown(deciding, regulation, *at, arguments);
    }
    return answer;
}

void Execution::add_shown(Deciding& deciding, const bytecode::Module& regulation,
                          const GovernedBy::Rule& rule,
                          const std::vector<value::Value>& arguments) {
    const bytecode::RuleBody& body = regulation.rules[rule.rule].bodies[rule.body];
    if (body.because && body.because->values) {
        deciding.shown = engine_.run_message(regulation, *body.because->values, arguments, *this);
    }
    if (body.condition && !bytecode::has_personal_elements(regulation, rule.rule, rule.body)) {
        deciding.failing = failing_elements(regulation, *body.condition, arguments, *this);
    }
}

const value::Value* Execution::read(const bytecode::Module&, std::uint16_t use,
                                    const value::Value* key, Host::Moment moment) {
    const std::uint32_t store = set_.store_of[module_][use];
    const Sequence at = moment == Host::Moment::before ? entered_ : overlay_.now();
    const value::Value* found = overlay_.read(store, key, at);
    if (found != nullptr) return found;
    const std::optional<value::Value>& initial = set_.stores[store].initial;
    return initial ? &*initial : nullptr;
}

void Execution::write(const bytecode::Module&, std::uint16_t use, const value::Value* key,
                      const value::Value& written) {
    overlay_.write(set_.store_of[module_][use], key, written);
}

void Execution::remove(const bytecode::Module&, std::uint16_t use, const value::Value& key) {
    overlay_.write(set_.store_of[module_][use], &key, std::nullopt);
}

void Execution::emit(const bytecode::Module& module, std::uint16_t event,
                     std::vector<value::Value> fields) {
    const bytecode::EventDecl& declared = module.events[event];
    base::Writer out;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        value::encode(out, fields[i], *module.types[declared.fields[i]]);
    }
    result_.events.push_back({module.name, declared.name, out.take()});
}

bool Execution::call(const bytecode::Module& module, std::uint16_t callee,
                     std::vector<value::Value> arguments, value::Value& result) {
    const bytecode::Callee& called = module.callees[callee];
    const LinkedAction* action = set_.find(called.module, called.action);
    EDICT_CHECK(action != nullptr);
    std::optional<value::Value> returned;
    if (run(*action, arguments, value::party_of_module(module.name), returned)) {
        if (returned) result = std::move(*returned);
        return true;
    }
    if (result_.outcome != Outcome::refused) return false;
    return end(Outcome::failed, fmt::format("{}.{} refused the call from {}: {}", called.module,
                                            called.action, module.name, result_.reason));
}

bool Execution::has_role(const value::PartyId& party, std::string_view role) {
    // No such key can be in the store.
    if (role.size() > value::MAX_NAME_BYTES) return false;
    const value::Value key{value::Record{{{party}, {std::string(role)}}}};
    const Sequence moment = in_rules_ ? entered_ : overlay_.now();
    const value::Value* held = overlay_.read(set_.roles_store, &key, moment);
    return held != nullptr && std::get<bool>(held->data);
}

bool Execution::has_duty(const bytecode::Module& module, std::uint16_t callee,
                         const value::PartyId& party, bool breached) {
    const bytecode::Callee& called = module.callees[callee];
    return call::has_duty(state_, party, called.module, called.action, breached);
}

value::Date Execution::today(const bytecode::Module& module) {
    return value::day_of(legal_ms_, module.zone_minutes.value_or(0));
}

value::Time Execution::now() {
    return {std::clamp(legal_ms_, value::FIRST_TIME.ms, value::LAST_TIME.ms)};
}

void Execution::commit(const LinkedAction& action, std::optional<value::Value> result) {
    result_.outcome = Outcome::committed;
    for (const base::Bytes& year : overlay_.written(set_.days_off_store))
        DutyBook(state_, duty_writes_).published(year_of(set_, year));
    if (!result) return;
    const bytecode::Module& module = *set_.modules[action.module];
    const bytecode::ActionDecl& declared = module.actions[action.action];
    result_.result_bytes = value::to_bytes(*result, *module.types[*declared.result]);
    result_.result = std::move(result);
}

runtime::Truth Execution::ask(std::uint32_t module, bytecode::FunctionIndex condition,
                              const std::vector<value::Value>& arguments) {
    const Restore in_module(module_, module);
    return engine_.run_rule(*set_.modules[module], condition, arguments, *this);
}

std::vector<std::optional<value::Value>> Execution::shown(
    std::uint32_t module, bytecode::FunctionIndex values,
    const std::vector<value::Value>& arguments) {
    const Restore in_module(module_, module);
    return engine_.run_message(*set_.modules[module], values, arguments, *this);
}

CallResult Execution::take_result() {
    if (!overlay_.broken().empty()) (void)end(Outcome::failed, overlay_.broken());
    if (result_.outcome == Outcome::committed) {
        result_.writes = overlay_.writes();
        result_.writes.merge(duty_writes_);
    } else {
        result_.events.clear();
        result_.duties.clear();
        result_.result.reset();
        result_.result_bytes.clear();
        if (result_.outcome == Outcome::forbidden) result_.writes = std::move(forbidden_writes_);
    }
    return std::move(result_);
}

}  // namespace edict::call
