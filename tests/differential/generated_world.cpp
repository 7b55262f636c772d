#include "tests/differential/generated_world.h"

#include <gtest/gtest.h>

#include "tests/support/reference_change.h"
#include "value/calendar.h"
#include "vm/bytecode/schema.h"
#include "vm/call/explain.h"
#include "vm/call/invariants.h"
#include "vm/call/stored.h"

namespace edict::generated {

using value::Value;

namespace {

std::string text_of(const std::vector<bool>& bits) {
    std::string text;
    for (const bool bit : bits) text += bit ? '1' : '0';
    return text;
}

std::string text_of(const std::optional<Value>& value) {
    // Shown values are of many types; their bytes are compared where a state holds them.
    if (!value) return "none";
    return std::visit(
        [](const auto& held) -> std::string {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, std::int64_t>) return std::to_string(held);
            if constexpr (std::is_same_v<Held, std::string>) return "\"" + held + "\"";
            return "a value";
        },
        value->data);
}

// Everything about the end of a call, as a text to compare.
std::string told(const call::LinkedSet& set, const call::CallResult& result) {
    std::string text(call::to_text(result.outcome));
    if (result.result) text += " returned " + text_of(result.result);
    for (const call::Decision& decision : result.decisions) {
        text += "\n" + decision.module + "." + decision.action +
                (decision.passed ? " passed" : " stopped") + (decision.gap ? " gap" : "");
        for (const call::RegulationAnswer& answer : decision.answers) {
            text +=
                "\n  " + answer.regulation + " " + std::to_string(static_cast<int>(answer.answer)) +
                (answer.by_default ? " by default" : "") + (answer.conflict ? " conflict" : "") +
                (answer.overlap ? " overlap" : "") + (answer.right_denied ? " right denied" : "") +
                " " + text_of(answer.bits.active) + " " + text_of(answer.bits.effective) + " " +
                text_of(answer.bits.violated) + " " + text_of(answer.bits.error);
            for (const call::Deciding& deciding : answer.deciding) {
                text += "\n    rule " + std::to_string(deciding.rule);
                for (const auto& shown : deciding.shown) text += " " + text_of(shown);
            }
            const bytecode::Module& module = *set.find(answer.regulation);
            for (const call::FailedObserver& failed : answer.failed_observers)
                text += "\n    observer " + module.observers[failed.observer].name;
        }
    }
    return text;
}

std::string told(const check::Program& program, const reference::Ended& ended) {
    std::string text(call::to_text(ended.outcome));
    if (ended.result) text += " returned " + text_of(ended.result);
    for (const reference::Decided& decision : ended.decisions) {
        text += "\n" + decision.module + "." + decision.action +
                (decision.passed ? " passed" : " stopped") + (decision.gap ? " gap" : "");
        for (const reference::Answered& answer : decision.answers) {
            text +=
                "\n  " + answer.regulation + " " + std::to_string(static_cast<int>(answer.answer)) +
                (answer.by_default ? " by default" : "") + (answer.conflict ? " conflict" : "") +
                (answer.overlap ? " overlap" : "") + (answer.right_denied ? " right denied" : "") +
                " " + text_of(answer.active) + " " + text_of(answer.effective) + " " +
                text_of(answer.violated) + " " + text_of(answer.error);
            for (std::size_t i = 0; i < answer.deciding.size(); ++i) {
                text += "\n    rule " + std::to_string(answer.deciding[i]);
                for (const auto& shown : answer.shown[i]) text += " " + text_of(shown);
            }
            const check::Module& module = program.at(*program.find(answer.regulation));
            for (const std::uint32_t failed : answer.failed_observers)
                text += "\n    observer " + module.observers[failed].name;
        }
    }
    return text;
}

std::string told(const std::vector<call::EmittedEvent>& events) {
    std::string text;
    for (const call::EmittedEvent& event : events)
        text += event.module + "." + event.event + " " + base::to_hex(event.fields) + "\n";
    return text;
}

std::string told(const std::vector<call::CreatedDuty>& duties) {
    std::string text;
    for (const call::CreatedDuty& created : duties)
        text += call::identity(created.duty).hex() + (created.in_doubt ? " in doubt" : "") + "\n";
    return text;
}

}  // namespace

World::World(const cli::Compilation& made, std::vector<runtime::Engine*> engines,
             std::mt19937_64& random, Tally& tally)
    : made_(made),
      program_(*made.program),
      engines_(std::move(engines)),
      tally_(tally),
      time_ms_(20'000 * value::MS_OF_DAY +
               static_cast<std::int64_t>(random() % (400 * value::MS_OF_DAY))),
      sampler_(random, {time_ms_}),
      model_(
          program_, [this](const std::string& module) { return hash_of(module); },
          [this](const std::string& why) { ++tally_.lacking[why]; }),
      states_(engines_.size()) {
    give_roles();
    delegate();
    for (std::uint32_t m = 0; m < program_.modules.size(); ++m) {
        const check::Module& module = program_.modules[m];
        if (module.kind != check::ModuleKind::contract) continue;
        if (module.name == call::ROLES_MODULE) {
            give_attributes(module);
            continue;
        }
        for (const check::Store& store : module.stores) fill(module, store);
    }
}

void World::run() {
    for (std::size_t step = 0; step < STEPS; ++step) {
        pass_time();
        if (::testing::Test::HasFatalFailure()) return;
        call();
        if (::testing::Test::HasFatalFailure()) return;
    }
}

crypto::Hash World::hash_of(const std::string& name) const {
    const call::LinkedSet& set = *made_.linked;
    for (std::size_t i = 0; i < set.modules.size(); ++i) {
        if (set.modules[i]->name == name) return set.hashes[i];
    }
    ADD_FAILURE() << name;
    return {};
}

void World::give_roles() {
    std::vector<value::PartyId> all = sampler_.parties();
    all.push_back(value::party_of_module("desk"));
    const call::LinkedStore& store = made_.linked->stores[made_.linked->roles_store];
    for (const value::PartyId& party : all) {
        for (const char* role : {"clerk", "office", "keeper", "calendar_office"}) {
            if (sampler_.below(5) == 0) continue;
            model_.roles.insert({party, role});
            const Value key{value::Record{{{party}, {std::string(role)}}}};
            for (MapState& state : states_) {
                state.values[{store.module, store.store, value::to_bytes(key, *store.key)}] =
                    value::to_bytes({true}, *store.value);
            }
        }
    }
}

void World::delegate() {
    const call::LinkedSet& set = *made_.linked;
    const call::LinkedStore& principals = set.stores[set.principals_store];
    const call::LinkedStore& until = set.stores[set.delegated_store];
    const Value called{std::string("desk")}, what{std::string("note")};
    for (const value::PartyId& to : sampler_.parties()) {
        std::vector<Value> all;
        for (const value::PartyId& from : sampler_.parties()) {
            if (from == to || sampler_.below(3) != 0) continue;
            const auto ahead = static_cast<std::int64_t>(sampler_.below(60));
            const value::Date last = value::day_of(time_ms_ + ahead * value::MS_OF_DAY, 0);
            model_.delegations.push_back({from, to, "desk", "note", last});
            all.push_back({from});
            const Value key{value::Record{{{from}, {to}, called, what}}};
            for (MapState& state : states_) {
                state.values[{until.module, until.store, value::to_bytes(key, *until.key)}] =
                    value::to_bytes({last}, *until.value);
            }
        }
        const Value key{value::Record{{{to}, called, what}}};
        const Value held{value::make_set(std::move(all))};
        for (MapState& state : states_) {
            state.values[{principals.module, principals.store,
                          value::to_bytes(key, *principals.key)}] =
                value::to_bytes(held, *principals.value);
        }
    }
}

void World::give_attributes(const check::Module& membership) {
    static constexpr const char* TEXTS[] = {
        "DE", "",   "a",  "ab", "low", "high",       "tall",       "0",          "7",
        "10", "11", "07", "-0", "+3",  "2024-10-01", "0001-01-01", "2024-13-01", "much too long"};
    const auto& store =
        *std::ranges::find(membership.stores, std::string("attributes"), &check::Store::name);
    for (const value::PartyId& party : sampler_.parties()) {
        for (const char* name : {"country", "grade", "born", "points"}) {
            if (sampler_.below(4) == 0) continue;
            const Value key{value::Record{{{party}, {std::string(name)}}}};
            const Value held{std::string(TEXTS[sampler_.below(std::size(TEXTS))])};
            const call::StateKey place{membership.name, store.name,
                                       value::to_bytes(key, *store.key)};
            model_.state[place] = held;
            for (MapState& state : states_)
                state.values[place] = value::to_bytes(held, *store.value);
        }
    }
}

void World::set(const check::Module& module, const check::Store& store, const Value* key) {
    if (sampler_.below(3) == 0) return;
    call::StateKey place{module.name, store.name, {}};
    if (key != nullptr) place.key = value::to_bytes(*key, *store.key);
    const std::size_t number = store.older.empty() ? 0 : sampler_.below(store.older.size() + 1);
    if (number < store.older.size()) {  // as an older version stored it
        const value::Type& from = *store.older[number];
        const Value old = sampler_.draw(from);
        model_.state[place] = reference::as_now(program_, module, old, from, *store.value);
        for (MapState& state : states_) {
            state.values[place] = value::to_bytes(old, from);
            state.schemas[place] = bytecode::type_number(from);
        }
        ++tally_.outcomes["an older value"];
        return;
    }
    const Value held = sampler_.draw(*store.value);
    model_.state[place] = held;
    for (MapState& state : states_) state.values[place] = value::to_bytes(held, *store.value);
}

void World::fill(const check::Module& module, const check::Store& store) {
    if (store.key == nullptr) return set(module, store, nullptr);
    std::set<base::Bytes> keys;
    for (int i = 0; i < 12; ++i) {
        const Value key = sampler_.draw(*store.key);
        if (keys.insert(value::to_bytes(key, *store.key)).second) set(module, store, &key);
    }
}

void World::pass_time() {
    static constexpr std::int64_t STEP_MS[] = {0, 1, 3'600'000, value::MS_OF_DAY,
                                               40 * value::MS_OF_DAY};
    time_ms_ += STEP_MS[sampler_.below(5)];
    model_.time_ms = time_ms_;
    const std::size_t due = model_.breach();
    for (std::size_t i = 0; i < engines_.size(); ++i) {
        call::DutyBook::Writes writes;
        const auto breaches = call::run_breaches(*made_.linked, states_[i], {time_ms_},
                                                 *engines_[i], call::MAX_OPEN_DUTIES, writes);
        ASSERT_EQ(breaches.size(), due);
        states_[i].apply(writes);
    }
    expect_equal_states("after breaches");
}

const call::Duty* World::some_open_duty() {
    std::vector<const call::Duty*> open;
    for (const auto& [identity, known] : model_.duties) {
        if (known.status == call::DutyStatus::open) open.push_back(&known.duty);
    }
    return open.empty() ? nullptr : sampler_.pick(open);
}

check::ActionRef World::named(const std::string& module, const std::string& name) const {
    const check::ModuleId id = *program_.find(module);
    const auto& actions = program_.at(id).actions;
    const auto at = std::ranges::find(actions, name, &check::Action::name);
    return {id, static_cast<std::uint32_t>(at - actions.begin())};
}

void World::call() {
    std::vector<check::ActionRef> actions;
    for (std::uint32_t m = 0; m < program_.modules.size(); ++m) {
        if (program_.modules[m].name == call::ROLES_MODULE) continue;
        const auto& declared = program_.modules[m].actions;
        for (std::uint32_t a = 0; a < declared.size(); ++a) {
            const check::ActionRef ref{check::ModuleId{m}, a};
            // The governed ones more often.
            const std::size_t weight = declared[a].by_duty                   ? 1
                                       : declared[a].name.starts_with("act") ? 16
                                                                             : 4;
            actions.insert(actions.end(), weight, ref);
        }
    }
    check::ActionRef ref = sampler_.pick(actions);
    value::PartyId caller = sampler_.pick(sampler_.parties());
    // Now and then what somebody owes is done.
    const call::Duty* owed = sampler_.below(3) == 0 ? some_open_duty() : nullptr;
    if (owed != nullptr) {
        ref = named(owed->module, owed->action);
        if (owed->bearer && sampler_.below(3) != 0) caller = *owed->bearer;
    }
    if (sampler_.below(8) == 0) {
        ref = named("std.calendar", "publish");
        owed = nullptr;
    }
    const check::Action& action = program_.at(ref);
    std::vector<Value> arguments;
    for (const check::Parameter& parameter : action.parameters) {
        const std::size_t at = arguments.size();
        arguments.push_back(sampler_.draw(*parameter.type));
        if (owed == nullptr || !owed->arguments[at]) continue;
        auto owes = value::from_bytes(*owed->arguments[at], *parameter.type);
        ASSERT_TRUE(owes.has_value())
            << owed->action << " " << parameter.name << " " << base::to_hex(*owed->arguments[at])
            << ": " << owes.error().message;
        arguments.back() = std::move(*owes);
    }

    if (action.name == "publish") arguments = some_year();
    if (action.dated && sampler_.below(5) != 0) {
        static constexpr std::int64_t AGES[] = {0, 3'600'000, 2 * value::MS_OF_DAY,
                                                5 * value::MS_OF_DAY, 5 * value::MS_OF_DAY + 1};
        arguments[action.dated->parameter] = {value::Time{time_ms_ - AGES[sampler_.below(5)]}};
    }

    const reference::Ended expected = model_.call(ref, arguments, caller);
    note(expected);
    const std::string& module = program_.at(ref.module).name;
    for (std::size_t i = 0; i < engines_.size(); ++i) {
        const call::CallResult result = call::run_call(
            *made_.linked, states_[i], {module, action.name, arguments, caller, caller}, {time_ms_},
            *engines_[i]);
        states_[i].apply(result.writes);
        ASSERT_EQ(told(*made_.linked, result), told(program_, expected))
            << engines_[i]->name() << " " << result.reason;
        ASSERT_EQ(told(result.events), told(expected.events)) << engines_[i]->name();
        ASSERT_EQ(told(result.duties), told(expected.duties)) << engines_[i]->name();
    }
    expect_equal_states(module + "." + action.name);
    expect_equal_invariants(module + "." + action.name);
}

std::vector<Value> World::some_year() {
    const value::Date today = value::day_of(time_ms_, 0);
    const std::int64_t year = value::calendar_number(today, value::CalendarNumber::year) +
                              static_cast<std::int64_t>(sampler_.below(2));
    std::vector<Value> off, worked;
    for (int i = 0; i < 20; ++i) {
        const value::Date day{today.days - 30 + static_cast<std::int32_t>(sampler_.below(400))};
        if (value::calendar_number(day, value::CalendarNumber::year) != year) continue;
        const bool weekend = value::calendar_number(day, value::CalendarNumber::weekday) > 5;
        (weekend ? worked : off).push_back({day});
    }
    return {{year}, {value::make_set(std::move(off))}, {value::make_set(std::move(worked))}};
}

void World::expect_equal_states(const std::string& when) {
    std::map<call::StateKey, base::Bytes> expected;
    for (const auto& [place, held] : model_.state) {
        if (place.module == call::ROLES_MODULE) continue;
        expected.emplace(place, value::to_bytes(held, type_of(place)));
    }
    for (std::size_t i = 0; i < states_.size(); ++i) {
        std::size_t cells = 0, duties = 0;
        for (const auto& [place, bytes] : states_[i].values) {
            if (place.module == call::ROLES_MODULE) continue;
            if (place.module == call::CHAIN_MODULE) {
                if (place.store != call::DUTY_STORE) continue;
                const auto known = call::decode_duty(bytes);
                ASSERT_TRUE(known.has_value());
                const auto model = model_.duties.find(call::identity(known->duty));
                ASSERT_TRUE(model != model_.duties.end()) << engines_[i]->name() << " " << when;
                ASSERT_EQ(call::to_text(known->status), call::to_text(model->second.status))
                    << engines_[i]->name() << " " << when;
                ASSERT_EQ(known->duty.deadline_ms, model->second.duty.deadline_ms)
                    << engines_[i]->name() << " " << when;
                ASSERT_EQ(known->waits_for, model->second.waits_for)
                    << engines_[i]->name() << " " << when;
                if (i == 0 && known->waits_for) ++tally_.outcomes["duty: provisional"];
                ++duties;
                if (i == 0) ++tally_.outcomes["duty: " + std::string(call::to_text(known->status))];
                continue;
            }
            const auto at = expected.find(place);
            ASSERT_TRUE(at != expected.end() && at->second == as_now(i, place, bytes))
                << engines_[i]->name() << ": " << place.module << "." << place.store << "["
                << base::to_hex(place.key) << "] is " << base::to_hex(bytes) << " and not "
                << (at == expected.end() ? "absent" : base::to_hex(at->second)) << ", " << when;
            ++cells;
        }
        ASSERT_EQ(cells, expected.size()) << engines_[i]->name() << " " << when;
        ASSERT_EQ(duties, model_.duties.size()) << engines_[i]->name() << " " << when;
    }
}

base::Bytes World::as_now(std::size_t engine, const call::StateKey& place,
                          const base::Bytes& bytes) {
    const auto schema = states_[engine].schema(place);
    if (!schema) return bytes;
    const call::LinkedStore* store = made_.linked->find_store(place.module, place.store);
    if (store == nullptr) return {};
    const auto value = call::read_stored(*made_.linked, *store, bytes, schema, *engines_[engine]);
    return value ? value::to_bytes(*value, *store->value) : base::Bytes();
}

void World::expect_equal_invariants(const std::string& when) {
    const auto place_of = [&](check::StoreRef ref, const Value* key) {
        const check::Store& store = program_.at(ref);
        call::StateKey place{program_.at(ref.module).name, store.name, {}};
        if (key != nullptr) place.key = value::to_bytes(*key, *store.key);
        return place;
    };
    const auto expected = reference::broken_invariants(
        program_,
        [&](check::StoreRef ref, const Value* key) -> reference::Maybe {
            const auto found = model_.state.find(place_of(ref, key));
            if (found != model_.state.end()) return found->second;
            return program_.at(ref).initial;
        },
        [&](check::StoreRef ref) {
            std::vector<Value> keys;
            const call::StateKey store = place_of(ref, nullptr);
            for (const auto& [place, held] : model_.state) {
                if (place.module != store.module || place.store != store.store) continue;
                keys.push_back(*value::from_bytes(place.key, *program_.at(ref).key));
            }
            return keys;
        });
    for (const auto& [module, invariant] : expected)
        ++tally_.outcomes["broken: " + module + "." + invariant];
    for (std::size_t i = 0; i < engines_.size(); ++i) {
        const call::KeysOf keys_of = [&](const call::LinkedStore& store) {
            std::vector<base::Bytes> keys;
            for (const auto& [place, bytes] : states_[i].values) {
                if (place.module == store.module && place.store == store.store)
                    keys.push_back(place.key);
            }
            return keys;
        };
        std::set<std::pair<std::string, std::string>> broken;
        for (const call::BrokenInvariant& one :
             call::broken_invariants(*made_.linked, states_[i], keys_of, *engines_[i])) {
            const bytecode::Module& module = *made_.linked->find(one.module);
            broken.emplace(one.module, module.invariants[one.invariant].name);
        }
        ASSERT_EQ(broken, expected) << engines_[i]->name() << " " << when;
    }
}

const value::Type& World::type_of(const call::StateKey& place) const {
    const call::LinkedStore* store = made_.linked->find_store(place.module, place.store);
    if (store != nullptr) return *store->value;
    ADD_FAILURE() << place.store;
    return *value::boolean_type();
}

void World::note(const reference::Ended& ended) {
    ++tally_.outcomes["call: " + std::string(call::to_text(ended.outcome))];
    for (const call::CreatedDuty& duty : ended.duties)
        ++tally_.outcomes[duty.in_doubt ? "duty in doubt" : "duty made"];
    if (ended.decisions.size() > 1) ++tally_.outcomes["an inner call"];
    for (const reference::Decided& decided : ended.decisions) {
        if (decided.gap) ++tally_.outcomes["gap"];
        for (const reference::Answered& answer : decided.answers) {
            if (answer.conflict) ++tally_.outcomes["conflict"];
            if (answer.overlap) ++tally_.outcomes["overlap"];
            if (answer.right_denied) ++tally_.outcomes["right denied"];
            if (answer.by_default) ++tally_.outcomes["by default"];
            if (!answer.failed_observers.empty()) ++tally_.outcomes["failed observer"];
            const auto some = [](const std::vector<bool>& bits) {
                return std::ranges::find(bits, true) != bits.end();
            };
            if (some(answer.error)) ++tally_.outcomes["a rule in error"];
            if (some(answer.violated)) ++tally_.outcomes["a rule violated"];
        }
    }
}

}  // namespace edict::generated
