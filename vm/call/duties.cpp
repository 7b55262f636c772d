#include "vm/call/duties.h"

#include <algorithm>

#include "base/check.h"
#include "vm/call/execution.h"

namespace edict::call {

namespace {

constexpr std::size_t MAX_ARGUMENTS = 64;
constexpr std::size_t MAX_ARGUMENT_BYTES = std::size_t{1} << 20;
constexpr std::size_t MAX_WHY_BYTES = 1'024;

StateKey place(std::string_view store, base::Bytes key) {
    return {std::string(CHAIN_MODULE), std::string(store), std::move(key)};
}

void write(base::Writer& out, const Duty& duty) {
    out.text(duty.regulation);
    crypto::write(out, duty.module_hash);
    out.u32(duty.rule);
    out.boolean(duty.bearer.has_value());
    if (duty.bearer) out.raw(duty.bearer->bytes);
    out.text(duty.role);
    out.text(duty.module);
    out.text(duty.action);
    out.count(duty.arguments.size());
    for (const std::optional<base::Bytes>& argument : duty.arguments) {
        out.boolean(argument.has_value());
        if (argument) out.bytes(*argument);
    }
    out.i64(duty.deadline_ms);
    out.boolean(duty.remedy.has_value());
    if (!duty.remedy) return;
    out.text(duty.remedy->module);
    out.text(duty.remedy->action);
    out.bytes(duty.remedy->arguments);
}

value::PartyId read_party(base::Reader& in) {
    value::PartyId party;
    const base::ByteView raw = in.raw(party.bytes.size());
    if (in.ok()) std::copy(raw.begin(), raw.end(), party.bytes.begin());
    return party;
}

base::Bytes read_bytes(base::Reader& in) {
    const base::ByteView raw = in.bytes(MAX_ARGUMENT_BYTES);
    return {raw.begin(), raw.end()};
}

Duty read_duty(base::Reader& in) {
    Duty duty;
    duty.regulation = in.text(value::MAX_NAME_BYTES);
    duty.module_hash = crypto::read_hash(in);
    duty.rule = in.u32();
    if (in.boolean()) duty.bearer = read_party(in);
    duty.role = in.text(value::MAX_NAME_BYTES);
    duty.module = in.text(value::MAX_NAME_BYTES);
    duty.action = in.text(value::MAX_NAME_BYTES);
    const std::size_t count = in.count(MAX_ARGUMENTS);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        duty.arguments.emplace_back();
        if (in.boolean()) duty.arguments.back() = read_bytes(in);
    }
    duty.deadline_ms = in.i64();
    if (!in.boolean()) return duty;
    duty.remedy.emplace();
    duty.remedy->module = in.text(value::MAX_NAME_BYTES);
    duty.remedy->action = in.text(value::MAX_NAME_BYTES);
    duty.remedy->arguments = read_bytes(in);
    return duty;
}

StateKey owed_place(const std::optional<value::PartyId>& bearer, std::string_view role,
                    std::string_view module, std::string_view action) {
    base::Writer key;
    key.boolean(bearer.has_value());
    if (bearer) key.raw(bearer->bytes);
    key.text(role);
    key.text(module);
    key.text(action);
    return place("duties_of", key.take());
}

StateKey owed_place(const Duty& duty) {
    return owed_place(duty.bearer, duty.role, duty.module, duty.action);
}

StateKey entry_place(std::uint64_t at) {
    base::Writer key;
    key.u64(at);
    return place("duty_queue", key.take());
}

bool fulfils(const Performed& performed, const Duty& duty) {
    return std::equal(duty.arguments.begin(), duty.arguments.end(), performed.arguments.begin(),
                      performed.arguments.end(), [](const auto& asked, const base::Bytes& given) {
                          return !asked || *asked == given;
                      });
}

}  // namespace

std::string_view to_text(DutyStatus status) {
    switch (status) {
        case DutyStatus::open:
            return "open";
        case DutyStatus::discharged:
            return "discharged";
        case DutyStatus::breached:
            return "breached";
        case DutyStatus::remedied:
            return "breached, and what it says for that case was done";
        case DutyStatus::remedy_failed:
            return "breached, and what it says for that case failed";
    }
    EDICT_CHECK(false);
}

crypto::Hash identity(const Duty& duty) {
    base::Writer out;
    write(out, duty);
    return crypto::sha256(out.out());
}

base::Bytes encode(const DutyState& state) {
    base::Writer out;
    write(out, state.duty);
    out.u8(static_cast<std::uint8_t>(state.status));
    out.text(state.why);
    return out.take();
}

base::Result<DutyState> decode_duty(base::ByteView bytes) {
    base::Reader in(bytes);
    DutyState state;
    state.duty = read_duty(in);
    const std::uint8_t status = in.u8();
    if (status > static_cast<std::uint8_t>(DutyStatus::remedy_failed)) in.fail("no such status");
    state.status = static_cast<DutyStatus>(status);
    state.why = in.text(MAX_WHY_BYTES);
    if (const base::Status read = in.finish(); !read) return base::error_of(read);
    return state;
}

StateKey duty_place(const crypto::Hash& identity) {
    return place(DUTY_STORE, {identity.bytes.begin(), identity.bytes.end()});
}

std::optional<base::Bytes> DutyBook::get(const StateKey& key) const {
    if (const auto written = writes_.find(key); written != writes_.end()) return written->second;
    return state_.get(key);
}

std::optional<DutyState> DutyBook::find(const crypto::Hash& identity) const {
    const std::optional<base::Bytes> bytes = get(duty_place(identity));
    if (!bytes) return std::nullopt;
    base::Result<DutyState> state = decode_duty(*bytes);
    EDICT_CHECK(state.has_value());  // written by encode() alone
    return *std::move(state);
}

void DutyBook::set(const crypto::Hash& identity, const DutyState& state) {
    writes_[duty_place(identity)] = encode(state);
}

std::vector<crypto::Hash> DutyBook::owed(const StateKey& key) const {
    std::vector<crypto::Hash> duties;
    const std::optional<base::Bytes> bytes = get(key);
    if (!bytes) return duties;
    base::Reader in(*bytes);
    const std::size_t count = in.count(MAX_OPEN_DUTIES);
    for (std::size_t i = 0; i < count; ++i) duties.push_back(crypto::read_hash(in));
    EDICT_CHECK(in.finish().has_value());
    return duties;
}

void DutyBook::set_owed(const StateKey& key, const std::vector<crypto::Hash>& duties) {
    if (duties.empty()) {
        writes_[key] = std::nullopt;
        return;
    }
    base::Writer out;
    out.count(duties.size());
    for (const crypto::Hash& duty : duties) crypto::write(out, duty);
    writes_[key] = out.take();
}

base::Status DutyBook::create(const Duty& duty) {
    const crypto::Hash id = call::identity(duty);
    const std::optional<DutyState> known = find(id);
    if (known && known->status == DutyStatus::open) return {};
    const StateKey key = owed_place(duty);
    std::vector<crypto::Hash> duties = owed(key);
    if (duties.size() == MAX_OPEN_DUTIES) {
        return base::input_error("the bearer of a duty owes as many calls of " + duty.module + "." +
                                 duty.action + " as one may, " + std::to_string(MAX_OPEN_DUTIES));
    }
    duties.push_back(id);
    set_owed(key, duties);
    set(id, {duty, DutyStatus::open, {}});
    push({duty.deadline_ms, id});
    return {};
}

void DutyBook::discharge_at(const StateKey& key, const Performed& performed) {
    std::vector<crypto::Hash> left;
    const std::vector<crypto::Hash> all = owed(key);
    for (const crypto::Hash& id : all) {
        std::optional<DutyState> state = find(id);
        EDICT_CHECK(state.has_value());
        if (!fulfils(performed, state->duty)) {
            left.push_back(id);
            continue;
        }
        state->status = DutyStatus::discharged;
        set(id, *state);
    }
    if (left.size() != all.size()) set_owed(key, left);
}

void DutyBook::discharge(const Performed& performed) {
    discharge_at(owed_place(performed.caller, "", performed.module, performed.action), performed);
}

void DutyBook::discharge_of_role(const Performed& performed, const std::string& role) {
    discharge_at(owed_place(std::nullopt, role, performed.module, performed.action), performed);
}

void DutyBook::close(const crypto::Hash& identity, const Duty& duty) {
    const StateKey key = owed_place(duty);
    std::vector<crypto::Hash> duties = owed(key);
    std::erase(duties, identity);
    set_owed(key, duties);
}

// ---- the queue ----------------------------------------------------------------------------------

std::uint64_t DutyBook::queue_size() const {
    const std::optional<base::Bytes> bytes = get(place("duty_queue", {}));
    if (!bytes) return 0;
    base::Reader in(*bytes);
    return in.u64();
}

void DutyBook::set_queue_size(std::uint64_t size) {
    base::Writer out;
    out.u64(size);
    writes_[place("duty_queue", {})] =
        size == 0 ? std::nullopt : std::optional<base::Bytes>(out.take());
}

DutyBook::Entry DutyBook::entry(std::uint64_t at) const {
    const std::optional<base::Bytes> bytes = get(entry_place(at));
    EDICT_CHECK(bytes.has_value());
    base::Reader in(*bytes);
    Entry made;
    made.deadline_ms = in.i64();
    made.duty = crypto::read_hash(in);
    EDICT_CHECK(in.finish().has_value());
    return made;
}

void DutyBook::set_entry(std::uint64_t at, const Entry& entry) {
    base::Writer out;
    out.i64(entry.deadline_ms);
    crypto::write(out, entry.duty);
    writes_[entry_place(at)] = out.take();
}

void DutyBook::push(const Entry& added) {
    std::uint64_t at = queue_size();
    set_queue_size(at + 1);
    while (at > 0) {
        const std::uint64_t parent = (at - 1) / 2;
        const Entry above = entry(parent);
        if (above <= added) break;
        set_entry(at, above);
        at = parent;
    }
    set_entry(at, added);
}

std::optional<std::int64_t> DutyBook::next_ms() const {
    if (queue_size() == 0) return std::nullopt;
    return entry(0).deadline_ms;
}

std::optional<crypto::Hash> DutyBook::take_due(std::int64_t now_ms) {
    const std::uint64_t size = queue_size();
    if (size == 0) return std::nullopt;
    const Entry first = entry(0);
    if (first.deadline_ms > now_ms) return std::nullopt;
    const Entry last = entry(size - 1);
    writes_[entry_place(size - 1)] = std::nullopt;
    set_queue_size(size - 1);
    if (size == 1) return first.duty;
    std::uint64_t at = 0;
    while (2 * at + 1 < size - 1) {
        std::uint64_t child = 2 * at + 1;
        if (child + 1 < size - 1 && entry(child + 1) < entry(child)) ++child;
        const Entry below = entry(child);
        if (last <= below) break;
        set_entry(at, below);
        at = child;
    }
    set_entry(at, last);
    return first.duty;
}

// ---- breaches -----------------------------------------------------------------------------------

namespace {

// The state under what was written so far.
class Written final : public StateView {
public:
    Written(const StateView& state, const DutyBook::Writes& writes)
        : state_(state), writes_(writes) {}
    [[nodiscard]] std::optional<base::Bytes> get(const StateKey& key) const override {
        const auto written = writes_.find(key);
        return written != writes_.end() ? written->second : state_.get(key);
    }

private:
    const StateView& state_;
    const DutyBook::Writes& writes_;
};

CallResult run_remedy(const LinkedSet& set, const StateView& state, const Duty& duty,
                      const BlockContext& block, runtime::Engine& engine) {
    CallResult result;
    result.outcome = Outcome::failed;
    const LinkedAction* action = set.find(duty.remedy->module, duty.remedy->action);
    if (action == nullptr || !set.modules[action->module]->actions[action->action].by_duty) {
        result.reason = "the action is not in force any more";
        return result;
    }
    const bytecode::Module& module = *set.modules[action->module];
    const bytecode::ActionDecl& declared = module.actions[action->action];
    base::Reader in(duty.remedy->arguments);
    std::vector<value::Value> arguments;
    for (const bytecode::TypeIndex type : declared.parameters) {
        if (in.ok()) arguments.push_back(value::decode(in, *module.types[type]));
    }
    if (!in.finish()) {
        result.reason = "the action in force takes other arguments";
        return result;
    }
    const value::PartyId caller = value::party_of_module(duty.regulation);
    Execution execution(set, state, caller, block, engine);
    execution.begin(action->cost);
    if (execution.run_by_duty(*action, arguments, caller))
        execution.commit(*action, std::nullopt);  // nobody waits for what it returns
    return execution.take_result();
}

}  // namespace

std::vector<Breach> run_breaches(const LinkedSet& set, const StateView& state,
                                 const BlockContext& block, runtime::Engine& engine,
                                 std::size_t most, DutyBook::Writes& writes) {
    std::vector<Breach> breaches;
    DutyBook book(state, writes);
    const Written now(state, writes);
    for (std::size_t i = 0; i < most; ++i) {
        const std::optional<crypto::Hash> due = book.take_due(block.time_ms);
        if (!due) break;
        std::optional<DutyState> found = book.find(*due);
        EDICT_CHECK(found.has_value());
        if (found->status != DutyStatus::open) continue;
        book.close(*due, found->duty);
        Breach breach{*due, *std::move(found), {}};
        breach.state.status = DutyStatus::breached;
        if (breach.state.duty.remedy) {
            breach.remedy = run_remedy(set, now, breach.state.duty, block, engine);
            if (breach.remedy.outcome == Outcome::committed) {
                breach.state.status = DutyStatus::remedied;
                for (auto& [key, bytes] : breach.remedy.writes) writes[key] = bytes;
            } else {
                breach.state.status = DutyStatus::remedy_failed;
                breach.state.why = breach.remedy.reason.substr(0, MAX_WHY_BYTES);
                if (breach.remedy.outcome == Outcome::forbidden)
                    breach.state.why = "a call inside it was forbidden";
                // A cut may fall inside a character.
                if (!value::is_canonical_text(breach.state.why)) breach.state.why = "it failed";
            }
        }
        book.set(*due, breach.state);
        breaches.push_back(std::move(breach));
    }
    return breaches;
}

}  // namespace edict::call
