#include "tests/support/reference_call.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace edict::reference {

using call::Outcome;
using check::Norm;
using runtime::Truth;
using value::Value;

namespace {

Truth conjunction(Truth a, Truth b) {
    if (a == Truth::no || b == Truth::no) return Truth::no;
    return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::error;
}
Truth negation(Truth a) {
    if (a == Truth::error) return a;
    return a == Truth::yes ? Truth::no : Truth::yes;
}

const check::RuleBody* body_for(const check::Rule& rule, check::ActionRef action) {
    for (const check::RuleBody& body : rule.bodies) {
        if (body.action == action) return &body;
    }
    return nullptr;
}

}  // namespace

// What the rules of one regulation are found to be for one call.
struct Model::Judged {
    const check::Module& regulation;
    check::ActionRef action;
    std::vector<Truth> active, condition;
    std::vector<std::vector<Truth>> exceptions;

    // An effective rule: it applies, no exception of it holds, and nothing effective overrides it.
    [[nodiscard]] Truth effective(std::uint32_t rule) const {
        Truth truth = active[rule];
        for (const Truth exception : exceptions[rule])
            truth = conjunction(truth, negation(exception));
        for (std::uint32_t other = 0; other < regulation.rules.size(); ++other) {
            const auto& overrides = regulation.rules[other].overrides;
            if (std::ranges::find(overrides, rule) == overrides.end()) continue;
            truth = conjunction(truth, negation(effective(other)));
        }
        return truth;
    }
    [[nodiscard]] Truth violated(std::uint32_t rule) const {
        if (regulation.rules[rule].norm != Norm::require) return Truth::no;
        return conjunction(effective(rule), negation(condition[rule]));
    }
    // Nobody can owe what cannot be told.
    [[nodiscard]] bool untold(std::uint32_t rule) const {
        return regulation.rules[rule].norm == Norm::duty && effective(rule) != Truth::no &&
               condition[rule] == Truth::error;
    }
    [[nodiscard]] bool objects(std::uint32_t rule) const {
        const Norm norm = regulation.rules[rule].norm;
        return (norm == Norm::forbid && effective(rule) != Truth::no) ||
               violated(rule) != Truth::no || untold(rule);
    }
};

call::StateKey Model::place(check::StoreRef store, const Value* key) const {
    const check::Store& declared = program_.at(store);
    call::StateKey place{program_.at(store.module).name, declared.name, {}};
    if (key != nullptr) place.key = value::to_bytes(*key, *declared.key);
    return place;
}

Maybe Model::value_of(const check::ExprRef& expr, Frame& frame) {
    World world;
    world.read = [&](check::StoreRef store, const Value* key, check::Moment moment) -> Maybe {
        const State& seen = moment == check::Moment::before ? frame.before : state;
        const auto found = seen.find(place(store, key));
        return found != seen.end() ? Maybe(found->second) : program_.at(store).initial;
    };
    world.has_role = [&](const value::PartyId& party, const std::string& role) {
        return roles.contains({party, role});
    };
    world.has_duty = [&](const value::PartyId& party, check::ActionRef action, bool breached) {
        return std::ranges::any_of(duties, [&](const auto& one) {
            const call::Duty& duty = one.second.duty;
            const call::DutyStatus status = one.second.status;
            const bool wanted = breached ? status != call::DutyStatus::open &&
                                               status != call::DutyStatus::discharged
                                         : status == call::DutyStatus::open;
            return wanted && duty.bearer == party && duty.action == program_.at(action).name &&
                   duty.module == program_.at(action.module).name;
        });
    };
    world.zone_minutes = program_.at(frame.module).zone_minutes.value_or(0);
    world.today = value::day_of(frame.legal_ms, world.zone_minutes);
    world.now = {frame.legal_ms};
    world.caller = frame.caller;
    world.signer = signer_;
    world.lacking = lacking_;
    return evaluate(program_, *expr, frame.arguments, frame.locals, world);
}

Value Model::need(const check::ExprRef& expr, Frame& frame) {
    Maybe found = value_of(expr, frame);
    if (!found) throw Stop{Outcome::failed};
    return *std::move(found);
}

Truth Model::truth_of(const check::ExprRef& expr, Frame& frame) {
    const Maybe found = value_of(expr, frame);
    if (!found) return Truth::error;
    return std::get<bool>(found->data) ? Truth::yes : Truth::no;
}

void Model::run_block(const check::Block& block, Frame& frame) {
    for (const check::Statement& statement : block) run_statement(statement, frame);
}

void Model::run_statement(const check::Statement& statement, Frame& frame) {
    if (const auto* let = std::get_if<check::Let>(&statement.node)) {
        frame.locals[let->local] = need(let->value, frame);
    } else if (const auto* assign = std::get_if<check::Assign>(&statement.node)) {
        std::optional<Value> key;
        if (assign->key != nullptr) key = need(assign->key, frame);
        const Value written = need(assign->value, frame);
        state[place(assign->store, key ? &*key : nullptr)] = written;
    } else if (const auto* removed = std::get_if<check::Remove>(&statement.node)) {
        const Value key = need(removed->key, frame);
        state.erase(place(removed->store, &key));
    } else if (const auto* branch = std::get_if<check::If>(&statement.node)) {
        const Value condition = need(branch->condition, frame);
        run_block(std::get<bool>(condition.data) ? branch->then : branch->otherwise, frame);
    } else if (const auto* loop = std::get_if<check::For>(&statement.node)) {
        const Value over = need(loop->set, frame);
        const auto* list = std::get_if<value::List>(&over.data);
        for (const Value& element :
             list != nullptr ? list->elements : std::get<value::Set>(over.data).elements) {
            frame.locals[loop->local] = element;
            run_block(loop->body, frame);
        }
    } else if (const auto* emit = std::get_if<check::Emit>(&statement.node)) {
        const check::Event& event = program_.at(emit->event);
        base::Writer out;
        for (std::size_t i = 0; i < emit->arguments.size(); ++i)
            value::encode(out, need(emit->arguments[i], frame), *event.fields[i].type);
        ended_.events.push_back({program_.at(emit->event.module).name, event.name, out.take()});
    } else if (const auto* inner = std::get_if<check::CallAction>(&statement.node)) {
        std::vector<Value> arguments;
        for (const check::ExprRef& one : inner->arguments) arguments.push_back(need(one, frame));
        try {
            const Maybe result = run(inner->action, arguments,
                                     value::party_of_module(program_.at(frame.module).name));
            if (inner->result) frame.locals[*inner->result] = *result;
        } catch (const Stop& stop) {
            // To be refused inside is to fail outside.
            throw Stop{stop.outcome == Outcome::refused ? Outcome::failed : stop.outcome};
        }
    } else if (const auto* end = std::get_if<check::Return>(&statement.node)) {
        returned_ = need(end->value, frame);  // nothing stands after it
    } else {
        throw Stop{Outcome::failed};  // fail "…"
    }
}

Maybe Model::run(check::ActionRef ref, const std::vector<Value>& arguments,
                 const value::PartyId& caller) {
    const check::Action& action = program_.at(ref);
    const bool may_call =
        action.by_roles.empty() || std::ranges::any_of(action.by_roles, [&](const auto& role) {
            return roles.contains({caller, role});
        });
    if (action.by_duty || !may_call) throw Stop{Outcome::refused};
    std::int64_t legal_ms = time_ms;
    if (action.dated) {
        legal_ms = std::get<value::Time>(arguments[action.dated->parameter].data).ms;
        const std::int64_t age = time_ms - legal_ms;
        if (age < 0 || age > action.dated->days * value::MS_OF_DAY) throw Stop{Outcome::refused};
    }
    const State before = state;
    Frame frame{arguments, caller, before, ref.module, legal_ms};
    returned_.reset();
    run_block(action.body, frame);
    const Maybe result = std::exchange(returned_, std::nullopt);
    std::vector<Value> facts = arguments;  // then what it returned
    if (result) facts.push_back(*result);
    Frame seen{facts, caller, before, ref.module, legal_ms};
    if (!decide(ref, seen)) {
        count_forbidden(ref, facts, caller, legal_ms);
        throw Stop{Outcome::forbidden};
    }
    done_.push_back({ref, arguments, caller});
    return result;
}

bool Model::decide(check::ActionRef ref, Frame& frame) {
    const check::Module& contract = program_.at(ref.module);
    Decided decided{contract.name, program_.at(ref).name, {}, false, false};
    std::vector<check::ModuleId> governing;
    for (std::uint32_t i = 0; i < program_.modules.size(); ++i) {
        const auto& governs = program_.modules[i].governs;
        if (std::ranges::find(governs, ref.module) != governs.end())
            governing.push_back(check::ModuleId{i});
    }
    std::ranges::sort(governing, {}, [&](check::ModuleId id) { return program_.at(id).name; });

    std::vector<std::vector<std::uint32_t>> failed;
    for (const check::ModuleId regulation : governing)
        failed.push_back(observe(regulation, ref, frame, false));
    bool forbidden = false, permitted = false;
    for (std::size_t i = 0; i < governing.size(); ++i) {
        Answered answer = ask(governing[i], ref, frame);
        if (!failed[i].empty()) {
            const bool by_rules = answer.answer == check::Answer::forbidden && !answer.by_default;
            if (!by_rules) {
                answer.deciding.clear();
                answer.shown.clear();
            }
            answer.answer = check::Answer::forbidden;
            answer.by_default = false;
            answer.failed_observers = failed[i];
        }
        forbidden |= answer.answer == check::Answer::forbidden;
        permitted |= answer.answer == check::Answer::permitted;
        decided.answers.push_back(std::move(answer));
    }
    // A permit as of right meets what another regulation forbids for certain.
    const auto denies = [&](std::size_t at) {
        const Answered& answer = decided.answers[at];
        if (answer.by_default && answer.answer == check::Answer::forbidden) return true;
        const auto& rules = program_.at(governing[at]).rules;
        for (std::size_t i = 0; i < rules.size(); ++i) {
            if (answer.violated[i] || (rules[i].norm == Norm::forbid && answer.effective[i]))
                return true;
        }
        return false;
    };
    for (std::size_t at = 0; at < governing.size(); ++at) {
        bool right = false, denied = false;
        const auto& rules = program_.at(governing[at]).rules;
        for (std::size_t i = 0; i < rules.size(); ++i)
            right |= rules[i].as_of_right && decided.answers[at].effective[i];
        for (std::size_t other = 0; other < governing.size(); ++other)
            denied |= other != at && denies(other);
        decided.answers[at].right_denied = right && denied;
    }
    const bool on_role_alone = governing.empty() && contract.regulators.empty();
    decided.passed = on_role_alone || (permitted && !forbidden);
    decided.gap = !on_role_alone && !permitted && !forbidden;
    const bool passed = decided.passed;
    ended_.decisions.push_back(std::move(decided));
    return passed;
}

std::vector<std::uint32_t> Model::observe(check::ModuleId regulation, check::ActionRef action,
                                          Frame frame, bool on_forbidden) {
    std::vector<std::uint32_t> failed;
    frame.module = regulation;
    const auto& observers = program_.at(regulation).observers;
    for (std::uint32_t i = 0; i < observers.size(); ++i) {
        if (observers[i].on_forbidden != on_forbidden) continue;
        for (const check::ObserverBody& body : observers[i].bodies) {
            if (body.action != action) continue;
            frame.locals.clear();
            try {
                run_block(body.body, frame);
            } catch (const Stop&) {
                failed.push_back(i);
            }
        }
    }
    return failed;
}

// Each regulation counts on the state before the whole call; if it cannot, it counts nothing.
void Model::count_forbidden(check::ActionRef action, const std::vector<Value>& arguments,
                            const value::PartyId& caller, std::int64_t legal_ms) {
    const State now = state;
    State counted = forbidden_state_;
    for (Answered& answer : ended_.decisions.back().answers) {
        state = forbidden_state_;
        const State before = state;
        const check::ModuleId regulation = *program_.find(answer.regulation);
        const auto failed = observe(regulation, action,
                                    Frame{arguments, caller, before, regulation, legal_ms}, true);
        answer.failed_observers.insert(answer.failed_observers.end(), failed.begin(), failed.end());
        if (!failed.empty()) continue;
        for (const auto& [key, value] : state) {
            if (key.module == answer.regulation) counted[key] = value;
        }
    }
    state = now;
    forbidden_state_ = counted;
    counted_forbidden_ = true;
}

Answered Model::ask(check::ModuleId id, check::ActionRef action, Frame& frame) {
    const check::Module& regulation = program_.at(id);
    const std::size_t count = regulation.rules.size();
    Frame inside{frame.arguments, frame.caller, frame.before, id, frame.legal_ms};
    const value::Date today = value::day_of(frame.legal_ms, regulation.zone_minutes.value_or(0));
    Judged judged{regulation, action, std::vector<Truth>(count, Truth::no),
                  std::vector<Truth>(count, Truth::yes), std::vector<std::vector<Truth>>(count)};
    std::vector<std::vector<call::CreatedDuty>> owing(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const check::Rule& rule = regulation.rules[i];
        const check::RuleBody* body = body_for(rule, action);
        const bool in_force = (!rule.window.from || *rule.window.from <= today) &&
                              (!rule.window.until || today < *rule.window.until);
        if (body == nullptr || !in_force) continue;
        judged.active[i] = body->scope != nullptr ? truth_of(body->scope, inside) : Truth::yes;
        if (judged.active[i] == Truth::no) continue;
        if (body->condition != nullptr) judged.condition[i] = truth_of(body->condition, inside);
        if (body->duty && !owed(id, i, *body->duty, inside, owing[i]))
            judged.condition[i] = Truth::error;
        for (const check::Exception& exception : body->exceptions)
            judged.exceptions[i].push_back(truth_of(exception.condition, inside));
    }

    Answered answer;
    answer.regulation = regulation.name;
    std::vector<std::uint32_t> against, in_favour;
    bool permit = false, right = false, forbid = false, violation = false;
    for (std::uint32_t i = 0; i < count; ++i) {
        const check::Rule& rule = regulation.rules[i];
        const Truth effective = judged.effective(i), violated = judged.violated(i);
        answer.active.push_back(judged.active[i] == Truth::yes);
        answer.effective.push_back(effective == Truth::yes);
        answer.violated.push_back(violated == Truth::yes);
        answer.error.push_back(effective == Truth::error || violated == Truth::error ||
                               judged.untold(i));
        if (judged.objects(i)) against.push_back(i);
        if (effective == Truth::yes) {
            permit |= rule.norm == Norm::permit;
            right |= rule.norm == Norm::permit && rule.as_of_right;
            forbid |= rule.norm == Norm::forbid;
            if (rule.norm == Norm::permit) in_favour.push_back(i);
        }
        violation |= violated == Truth::yes;
        if (!answer.effective[i] && !answer.error[i]) continue;
        for (call::CreatedDuty& duty : owing[i]) {
            duty.in_doubt = !answer.effective[i];
            ended_.duties.push_back(std::move(duty));
        }
    }
    answer.conflict =
        (right && (forbid || violation)) || (permit && forbid && !regulation.restrictions_first);
    answer.overlap = permit && forbid && !answer.conflict;
    if (!against.empty()) {
        answer.answer = check::Answer::forbidden;
        answer.deciding = against;
    } else if (!in_favour.empty()) {
        answer.answer = check::Answer::permitted;
        answer.deciding = in_favour;
    } else {
        answer.by_default = true;
        for (const check::Default& one : regulation.defaults) {
            if (one.action == action) answer.answer = one.answer;
        }
    }
    for (const std::uint32_t rule : answer.deciding) {
        const check::RuleBody& body = *body_for(regulation.rules[rule], action);
        answer.shown.emplace_back();
        if (!body.because) continue;
        for (const check::ExprRef& value : body.because->values)
            answer.shown.back().push_back(value_of(value, inside));
    }
    return answer;
}

// Null: none are published.
const std::vector<Value>* Model::days_of_calendar(const char* store, std::int32_t year) const {
    const auto found =
        state.find({"std.calendar", store,
                    value::to_bytes({std::int64_t{year}}, **value::integer_range(1, 9'999))});
    return found == state.end() ? nullptr : &std::get<value::Set>(found->second.data).elements;
}

// One day after the other.
std::int64_t Model::working_day(std::int64_t day, std::uint32_t left,
                                std::optional<std::int32_t>& waits_for) const {
    const auto holds = [&](const std::vector<Value>* days) {
        const Value wanted{value::Date{static_cast<std::int32_t>(day)}};
        return days != nullptr && std::ranges::find(*days, wanted) != days->end();
    };
    waits_for.reset();
    while (left > 0) {
        ++day;
        const std::chrono::sys_days date{std::chrono::days{day}};
        const std::chrono::weekday weekday{date};
        const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
        const auto year = static_cast<int>(std::chrono::year_month_day{date}.year());
        const bool can_be_published = day <= value::LAST_DATE.days;
        const auto* off = can_be_published ? days_of_calendar("days_off", year) : nullptr;
        if (off == nullptr && can_be_published && !waits_for) waits_for = year;
        bool works = !weekend;
        if (off != nullptr)
            works = weekend ? holds(days_of_calendar("days_worked", year)) : !holds(off);
        if (works) --left;
    }
    return day;
}

// False: a bearer, an argument or the deadline has no value.
bool Model::owed(check::ModuleId id, std::uint32_t rule, const check::Duty& terms, Frame& frame,
                 std::vector<call::CreatedDuty>& made) {
    const check::Module& regulation = program_.at(id);
    bool complete = true;
    const auto bytes_of = [&](const check::ExprRef& expr, const value::Type& type) {
        const Maybe found = value_of(expr, frame);
        complete = complete && found;
        return found ? value::to_bytes(*found, type) : base::Bytes{};
    };
    call::Duty duty;
    duty.regulation = regulation.name;
    duty.module_hash = hash_of_(regulation.name);
    duty.rule = rule;
    duty.role = terms.kind == check::Bearer::role ? terms.role : "";
    duty.module = program_.at(terms.action.module).name;
    const check::Action& action = program_.at(terms.action);
    duty.action = action.name;
    for (std::size_t i = 0; i < terms.arguments.size(); ++i) {
        duty.arguments.emplace_back();
        if (terms.arguments[i] != nullptr)
            duty.arguments.back() = bytes_of(terms.arguments[i], *action.parameters[i].type);
    }
    const int zone = regulation.zone_minutes.value_or(0);
    value::Date from = value::day_of(frame.legal_ms, zone);
    if (terms.after != nullptr) {
        const Maybe after = value_of(terms.after, frame);
        complete = complete && after;
        if (after) from = std::get<value::Date>(after->data);
    }
    const auto midnight_after = [&](std::int64_t day) {
        return (day + 1) * value::MS_OF_DAY - std::int64_t{zone} * 60'000;
    };
    std::optional<std::int32_t> waits_for;
    if (terms.unit == check::DutyUnit::working_days) {
        const auto days = static_cast<std::uint32_t>(terms.amount);
        duty.working = call::Duty::Working{from, days, static_cast<std::int16_t>(zone)};
        duty.deadline_ms = midnight_after(working_day(from.days, days, waits_for));
    } else if (terms.unit == check::DutyUnit::hours) {  // the last instant is in time
        const std::int64_t start =
            terms.after != nullptr ? midnight_after(from.days) : frame.legal_ms;
        duty.deadline_ms = start + terms.amount * 3'600'000 + 1;
    } else {
        duty.deadline_ms = midnight_after(from.days + terms.amount);
    }
    if (terms.remedy) {
        const check::Action& remedy = program_.at(*terms.remedy);
        call::Duty::Remedy frozen{program_.at(terms.remedy->module).name, remedy.name, {}};
        for (std::size_t i = 0; i < terms.remedy_arguments.size(); ++i) {
            const base::Bytes one = bytes_of(terms.remedy_arguments[i], *remedy.parameters[i].type);
            frozen.arguments.insert(frozen.arguments.end(), one.begin(), one.end());
        }
        duty.remedy = std::move(frozen);
    }
    std::vector<Value> bearers;
    if (terms.bearer != nullptr) {
        const Maybe bearer = value_of(terms.bearer, frame);
        complete = complete && bearer;
        if (bearer && terms.kind == check::Bearer::every) {
            bearers = std::get<value::Set>(bearer->data).elements;
        } else if (bearer) {
            bearers.push_back(*bearer);
        }
    }
    if (!complete) {
        if (lacking_) lacking_("a duty that cannot be told");
        return false;
    }
    if (terms.kind == check::Bearer::role) made.push_back({duty, false, waits_for});
    for (const Value& bearer : bearers) {
        duty.bearer = std::get<value::PartyId>(bearer.data);
        made.push_back({duty, false, waits_for});
    }
    return true;
}

void Model::discharge(const Done& done) {
    const check::Action& action = program_.at(done.action);
    for (auto& [identity, known] : duties) {
        const call::Duty& duty = known.duty;
        if (known.status != call::DutyStatus::open || duty.action != action.name ||
            duty.module != program_.at(done.action.module).name)
            continue;
        const auto bears_it = [&](const value::PartyId& party) {
            return duty.bearer ? *duty.bearer == party : roles.contains({party, duty.role});
        };
        const int zone = program_.at(done.action.module).zone_minutes.value_or(0);
        bool bears = bears_it(done.caller);
        for (const Delegation& one : delegations) {
            const bool stands = one.to == done.caller && one.module == duty.module &&
                                one.action == duty.action &&
                                value::day_of(time_ms, zone) <= one.until;
            bears = bears || (stands && bears_it(one.from));
        }
        bool fits = bears;
        for (std::size_t i = 0; i < duty.arguments.size(); ++i) {
            fits = fits && (!duty.arguments[i] ||
                            *duty.arguments[i] ==
                                value::to_bytes(done.arguments[i], *action.parameters[i].type));
        }
        if (fits) known.status = call::DutyStatus::discharged;
    }
}

Ended Model::call(check::ActionRef action, const std::vector<Value>& arguments,
                  const value::PartyId& caller) {
    const State start = state;
    ended_ = {};
    done_.clear();
    signer_ = caller;
    forbidden_state_ = start;
    counted_forbidden_ = false;
    try {
        ended_.result = run(action, arguments, caller);
        ended_.outcome = Outcome::committed;
        for (const Done& done : done_) discharge(done);
        for (const call::CreatedDuty& created : ended_.duties) {
            call::DutyState& known = duties[call::identity(created.duty)];
            const bool is_new = known.duty.action.empty();
            if (is_new || known.status != call::DutyStatus::open)
                known = {created.duty, call::DutyStatus::open, {}, created.waits_for};
        }
    } catch (const Stop& stop) {
        ended_.outcome = stop.outcome;
        ended_.events.clear();
        ended_.duties.clear();
        ended_.result.reset();
        state = counted_forbidden_ && stop.outcome == Outcome::forbidden ? forbidden_state_ : start;
    }
    return std::move(ended_);
}

std::size_t Model::breach() {
    for (auto& [identity, known] : duties) {
        if (known.status != call::DutyStatus::open || !known.waits_for) continue;
        // Nothing else dates it again: not a later year, nor a year that is published once more.
        if (days_of_calendar("days_off", *known.waits_for) == nullptr) continue;
        std::optional<std::int32_t> waits_for;
        const call::Duty::Working& working = *known.duty.working;
        const std::int64_t day = working_day(working.from.days, working.days, waits_for);
        known.duty.deadline_ms = (day + 1) * value::MS_OF_DAY - working.zone_minutes * 60'000;
        known.waits_for = waits_for;
    }
    std::vector<std::pair<std::int64_t, crypto::Hash>> due;
    for (const auto& [identity, known] : duties) {
        if (known.status == call::DutyStatus::open && known.duty.deadline_ms <= time_ms)
            due.emplace_back(known.duty.deadline_ms, identity);
    }
    std::ranges::sort(due);
    for (const auto& [deadline, identity] : due) {
        call::DutyState& known = duties.at(identity);
        known.status = call::DutyStatus::breached;
        if (!known.duty.remedy) continue;
        const check::ModuleId module = *program_.find(known.duty.remedy->module);
        const auto& actions = program_.at(module).actions;
        const auto at = std::ranges::find(actions, known.duty.remedy->action, &check::Action::name);
        base::Reader in(known.duty.remedy->arguments);
        std::vector<Value> arguments;
        for (const check::Parameter& parameter : at->parameters)
            arguments.push_back(value::decode(in, *parameter.type));
        const State before = state;
        ended_ = {};
        signer_ = value::party_of_module(known.duty.regulation);
        Frame frame{arguments, signer_, before, module, time_ms};
        try {
            run_block(at->body, frame);
            known.status = call::DutyStatus::remedied;
        } catch (const Stop&) {
            known.status = call::DutyStatus::remedy_failed;
            state = before;
        }
    }
    return due.size();
}

}  // namespace edict::reference
