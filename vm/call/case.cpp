#include "vm/call/case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "vm/call/duties.h"
#include "vm/call/explain.h"
#include "vm/call/invariants.h"
#include "vm/call/stored.h"
#include "vm/call/working_days.h"

namespace edict::call {

namespace {

class MapState final : public StateView {
public:
    [[nodiscard]] std::optional<base::Bytes> get(const StateKey& key) const override {
        const auto at = values_.find(key);
        return at == values_.end() ? std::nullopt : std::optional(at->second);
    }
    void set(const StateKey& key, std::optional<base::Bytes> value) {
        if (value) {
            values_[key] = std::move(*value);
        } else {
            values_.erase(key);
        }
    }

    [[nodiscard]] const std::map<StateKey, base::Bytes>& all() const { return values_; }

private:
    std::map<StateKey, base::Bytes> values_;
};

class Story {
public:
    Story(const LinkedSet& set, const Case& story, runtime::Engine& engine)
        : set_(set), story_(story), engine_(engine) {}

    CaseReport run() {
        for (const auto& module : set_.modules) {
            if (story_.assumed) break;
            for (auto& [key, value] : initial_data(*module)) state_.set(key, std::move(value));
        }
        for (const CaseParty& party : story_.parties) add_party(party);
        is_new_ = !story_.assumed && !story_.steps.empty();
        for (const CaseStep& step : story_.steps) {
            if (!may_add(step)) look_at_start();
            std::visit([this](const auto& node) { take(node); }, step.node);
            ++step_;
        }
        look_at_start();
        return std::move(report_);
    }

private:
    void fail(std::string message) { report_.failures.push_back({step_, std::move(message)}); }

    // An invariant that does not hold any more is a failure of the step that broke it, once.
    void look_at_invariants(std::string_view after, bool by_call);
    void look_at_start();
    [[nodiscard]] bool may_add(const CaseStep& step) const;
    void add_party(const CaseParty& party);
    void take(const CaseGiven& given);
    void take(const CaseAt& at);
    void take(const CaseDuty& expected);
    [[nodiscard]] std::vector<DutyState> duties() const;
    [[nodiscard]] std::string duties_text() const;
    void take(const CaseCall& call);
    void take(const CaseExpect& expected);
    void take(const CaseStore& expected);
    [[nodiscard]] value::Date today(const std::string& module) const;

    // The store and where its value is, or nothing and a failure.
    const LinkedStore* locate(const std::string& module, const std::string& store,
                              const std::optional<value::Value>& key, StateKey& place);
    // With the names of the story's parties in place of their ids.
    [[nodiscard]] std::string named(std::string text) const;
    [[nodiscard]] bool decided_by(const CallResult& result, const CaseExpect& expected) const;

    const LinkedSet& set_;
    const Case& story_;
    runtime::Engine& engine_;
    MapState state_;
    BlockContext block_;
    CaseReport report_;
    std::uint32_t step_ = 0;
    bool is_new_ = false;  // the state is not looked at since it began or was given
    std::optional<std::uint32_t> last_given_;  // a step
    std::set<std::pair<std::string, std::uint32_t>> broken_;
    PartyText names_ = [this](const value::PartyId& id) -> std::optional<std::string> {
        for (const CaseParty& party : story_.parties) {
            if (value::party_named(party.name) == id) return party.name;
        }
        return std::nullopt;
    };
};

void Story::add_party(const CaseParty& party) {
    const LinkedStore& roles = set_.stores[set_.roles_store];
    for (const std::string& role : party.roles) {
        const value::Value key{value::Record{{{value::party_named(party.name)}, {role}}}};
        if (const base::Status status = value::check(key, *roles.key); !status) {
            fail(fmt::format("the role {} of {}: {}", role, party.name, status.error().message));
            continue;
        }
        state_.set({roles.module, roles.store, value::to_bytes(key, *roles.key)},
                   value::to_bytes({true}, *roles.value));
    }
}

void Story::look_at_invariants(std::string_view after, bool by_call) {
    if (!has_invariants(set_)) return;
    const KeysOf keys_of = [this](const LinkedStore& store) {
        std::vector<base::Bytes> keys;
        for (const auto& [place, bytes] : state_.all()) {
            if (place.module == store.module && place.store == store.store)
                keys.push_back(place.key);
        }
        return keys;
    };
    std::set<std::pair<std::string, std::uint32_t>> broken;
    for (const BrokenInvariant& one : broken_invariants(set_, state_, keys_of, engine_)) {
        broken.emplace(one.module, one.invariant);
        if (broken_.contains({one.module, one.invariant})) continue;
        const std::string& name = set_.find(one.module)->invariants[one.invariant].name;
        report_.broken.push_back({one.module + "." + name, by_call});
        fail(fmt::format("{}, {}", to_text(set_, one, names_), after));
    }
    broken_ = std::move(broken);
}

// Whether what it begins with, or was given, is not complete yet: the initial data, the parties and
// each value that is given may be parts of what makes sense together.
bool Story::may_add(const CaseStep& step) const {
    return std::holds_alternative<CaseGiven>(step.node) ||
           (std::holds_alternative<CaseAt>(step.node) && report_.calls.empty());
}

void Story::look_at_start() {
    if (!std::exchange(is_new_, false)) return;
    const std::uint32_t now = std::exchange(step_, last_given_.value_or(0));
    look_at_invariants(last_given_ ? "with what is given" : "before anything happened", false);
    step_ = now;
}

const LinkedStore* Story::locate(const std::string& module, const std::string& store,
                                 const std::optional<value::Value>& key, StateKey& place) {
    const LinkedStore* found = set_.find_store(module, store);
    if (found == nullptr) {
        fail(fmt::format("there is no store {}.{}", module, store));
        return nullptr;
    }
    place = {module, store, {}};
    if (key.has_value() != (found->key != nullptr)) {
        fail(fmt::format("{}.{} {}", module, store, key ? "takes no key" : "takes a key"));
        return nullptr;
    }
    if (!key) return found;
    if (const base::Status status = value::check(*key, *found->key); !status) {
        fail(fmt::format("the key of {}.{}: {}", module, store, status.error().message));
        return nullptr;
    }
    place.key = value::to_bytes(*key, *found->key);
    return found;
}

void Story::take(const CaseGiven& given) {
    StateKey place;
    const LinkedStore* store = locate(given.module, given.store, given.key, place);
    if (store == nullptr) return;
    value::Value written = given.written;
    if (given.days) {  // the amount of one day
        written =
            value::Value{value::Set{{{value::Record{{{today(given.module)}, given.written}}}}}};
    }
    if (const base::Status status = value::check(written, *store->value); !status) {
        return fail(fmt::format("the value given for {}.{}: {}", given.module, given.store,
                                status.error().message));
    }
    state_.set(place, value::to_bytes(written, *store->value));
    is_new_ = true;
    last_given_ = step_;
    if (store != &set_.stores[set_.days_off_store]) return;
    DutyBook::Writes writes;
    DutyBook(state_, writes).published(year_of(set_, place.key));
    for (const auto& [key, bytes] : writes) state_.set(key, bytes);
}

void Story::take(const CaseCall& call) {
    const value::PartyId by = value::party_named(call.by);
    CallResult result =
        run_call(set_, state_, {call.module, call.action, call.arguments, by, by}, block_, engine_);
    for (const auto& [key, value] : result.writes) state_.set(key, value);
    if (!result.writes.empty()) look_at_invariants("after this call", true);
    report_.calls.push_back(std::move(result));
}

bool Story::decided_by(const CallResult& result, const CaseExpect& expected) const {
    if (result.decisions.empty()) return false;
    const Decision& last = result.decisions.back();
    const auto wanted = last.passed ? bytecode::Answer::permitted : bytecode::Answer::forbidden;
    if (expected.by_default && last.gap) return true;
    for (const ExplainedAnswer& answer : explain(set_, last)) {
        if (answer.answer != wanted) continue;
        if (expected.by_default && answer.by_default) return true;
        for (const ExplainedObserver& observer : answer.observers) {
            const bool decides = !observer.on_forbidden && expected.by_rule;
            if (decides && answer.regulation + "." + observer.name == *expected.by_rule)
                return true;
        }
        for (const ExplainedRule& rule : answer.deciding) {
            if (expected.by_rule && rule.regulation + "." + rule.rule == *expected.by_rule)
                return true;
        }
    }
    return false;
}

void Story::take(const CaseExpect& expected) {
    if (report_.calls.empty()) return fail("nothing was called before this");
    const CallResult& result = report_.calls.back();
    const std::string happened = summary(set_, result, names_);
    if (result.outcome != expected.outcome) {
        return fail(
            fmt::format("expected {}, but the call was {}", to_text(expected.outcome), happened));
    }
    if (expected.message && *expected.message != result.reason) {
        return fail(fmt::format("expected it to say \"{}\", but it said \"{}\"", *expected.message,
                                result.reason));
    }
    if ((expected.by_rule || expected.by_default) && !decided_by(result, expected)) {
        return fail(fmt::format("expected {} by {}, but the call was {}", to_text(expected.outcome),
                                expected.by_rule ? *expected.by_rule : "default", happened));
    }
}

std::string Story::named(std::string text) const {
    for (const CaseParty& party : story_.parties) {
        const std::string id = value::party_named(party.name).hex();
        for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id, at)) {
            text.replace(at, id.size(), party.name);
        }
    }
    return text;
}

// What is due by then is breached, as it would be in the blocks between.
void Story::take(const CaseAt& at) {
    block_.time_ms = at.time_ms;
    while (true) {
        DutyBook::Writes writes;
        (void)run_breaches(set_, state_, block_, engine_, BREACHES_PER_BLOCK, writes);
        if (writes.empty()) return;
        for (const auto& [key, value] : writes) state_.set(key, value);
        look_at_invariants("after what ran at a breach", true);
    }
}

std::vector<DutyState> Story::duties() const {
    std::vector<DutyState> all;
    for (const auto& [key, bytes] : state_.all()) {
        if (key.module != CHAIN_MODULE || key.store != DUTY_STORE) continue;
        base::Result<DutyState> state = decode_duty(bytes);
        EDICT_CHECK(state.has_value());
        all.push_back(*std::move(state));
    }
    return all;
}

std::string Story::duties_text() const {
    std::vector<std::string> texts;
    for (const DutyState& state : duties()) {
        const Duty& duty = state.duty;
        std::string who = "any " + duty.role;
        if (duty.bearer) who = names_(*duty.bearer).value_or("another party");
        const bytecode::Module* regulation = set_.find(duty.regulation);
        texts.push_back(fmt::format("{} must {}.{} by {}.{} ({})", who, duty.module, duty.action,
                                    duty.regulation, regulation->rules.at(duty.rule).name,
                                    to_text(state.status)));
    }
    return texts.empty() ? "there is none" : fmt::format("there is: {}", fmt::join(texts, "; "));
}

void Story::take(const CaseDuty& expected) {
    const std::vector<DutyState> all = duties();
    const auto is_open = [](const DutyState& state) { return state.status == DutyStatus::open; };
    if (expected.what == CaseDuty::What::none) {
        if (std::none_of(all.begin(), all.end(), is_open)) return;
        return fail("expected no duty, but " + duties_text());
    }
    if (expected.what == CaseDuty::What::breach) {
        const bool found = std::any_of(all.begin(), all.end(), [&](const DutyState& state) {
            if (is_open(state) || state.status == DutyStatus::discharged) return false;
            const std::string& rule =
                set_.find(state.duty.regulation)->rules.at(state.duty.rule).name;
            return !expected.by_rule || state.duty.regulation + "." + rule == *expected.by_rule;
        });
        if (!found) fail("expected a breach, but " + duties_text());
        return;
    }
    const LinkedAction* action = set_.find(expected.module, expected.action);
    if (action == nullptr) return fail("there is no such action");
    const bytecode::Module& module = *set_.modules[action->module];
    const bytecode::ActionDecl& declared = module.actions[action->action];
    const value::PartyId bearer = value::party_named(expected.bearer);
    const bool found = std::any_of(all.begin(), all.end(), [&](const DutyState& state) {
        const Duty& duty = state.duty;
        if (!is_open(state) || duty.bearer != bearer || duty.module != expected.module ||
            duty.action != expected.action || duty.arguments.size() != expected.arguments.size()) {
            return false;
        }
        for (std::size_t i = 0; i < duty.arguments.size(); ++i) {
            const value::Type& type = *module.types[declared.parameters[i]];
            if (duty.arguments[i] &&
                *duty.arguments[i] != value::to_bytes(expected.arguments[i], type))
                return false;
        }
        return true;
    });
    if (found) return;
    fail(fmt::format("expected the duty that {} must {}.{}, but {}", expected.bearer,
                     expected.module, expected.action, duties_text()));
}

value::Date Story::today(const std::string& module) const {
    const bytecode::Module* found = set_.find(module);
    const int zone = found == nullptr ? 0 : found->zone_minutes.value_or(0);
    return value::day_of(block_.time_ms, zone);
}

// Of the (day, amount) that a counter keeps, those of the days that end today; nothing if it is
// outside the range of an amount.
static std::optional<value::Value> total(const value::Value& kept, const value::Type& type,
                                         value::Date today, std::uint32_t days) {
    value::Int128 sum = 0;
    for (const value::Value& entry : std::get<value::Set>(kept.data).elements) {
        const std::vector<value::Value>& fields = std::get<value::Record>(entry.data).fields;
        const std::int64_t age =
            std::int64_t{today.days} - std::get<value::Date>(fields[0].data).days;
        if (age < 0 || age >= days) continue;
        const auto* number = std::get_if<std::int64_t>(&fields[1].data);
        sum += number != nullptr ? *number : std::get<value::Decimal>(fields[1].data).units;
    }
    if (type.kind == value::Kind::decimal) return value::Value{value::Decimal{sum}};
    if (sum < type.low || sum > type.high) return std::nullopt;
    return value::Value{static_cast<std::int64_t>(sum)};
}

void Story::take(const CaseStore& expected) {
    StateKey place;
    const LinkedStore* store = locate(expected.module, expected.store, expected.key, place);
    if (store == nullptr) return;
    std::optional<value::Value> found = store->initial;
    if (const std::optional<base::Bytes> bytes = state_.get(place)) {
        base::Result<value::Value> value = value::from_bytes(*bytes, *store->value);
        if (!value) return fail(value.error().message);
        found = std::move(*value);
    }
    value::TypeRef type = store->value;
    if (expected.days) {
        type = type->parts[0]->parts[1];
        if (found) found = total(*found, *type, today(expected.module), *expected.days);
    }
    const auto text = [&](const std::optional<value::Value>& value) {
        return value ? named(value::to_text(*value, *type)) : std::string("absent");
    };
    const bool equal = found.has_value() == expected.expected.has_value() &&
                       (!found || *found == *expected.expected);
    if (equal) return;
    const std::string key =
        expected.key ? fmt::format("[{}]", named(value::to_text(*expected.key, *store->key))) : "";
    fail(fmt::format("expected {}.{}{} to be {}, but it is {}", expected.module, expected.store,
                     key, text(expected.expected), text(found)));
}

}  // namespace

CaseReport run_case(const LinkedSet& set, const Case& story, runtime::Engine& engine) {
    return Story(set, story, engine).run();
}

}  // namespace edict::call
