#include "vm/call/duties.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "vm/bytecode/limits.h"

namespace edict::call {

namespace {

constexpr std::size_t MAX_ARGUMENTS = 64;
constexpr std::size_t MAX_ARGUMENT_BYTES = std::size_t{1} << 20;
constexpr std::size_t MAX_WHY_BYTES = 1'024;
constexpr std::int64_t MAX_ZONE_MINUTES = 14 * 60;
constexpr std::int64_t MAX_YEAR = 9'999;
constexpr std::string_view QUEUE = "duty_queue";
constexpr std::string_view PUBLISHED = "published";

StateKey place(std::string_view store, base::Bytes key) {
    return {std::string(CHAIN_MODULE), std::string(store), std::move(key)};
}

void write(base::Writer& out, const Duty& duty, bool with_deadline) {
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
    out.i64(with_deadline ? duty.deadline_ms : 0);
    out.boolean(duty.working.has_value());
    if (duty.working) {
        out.i64(duty.working->from.days);
        out.u32(duty.working->days);
        out.i64(duty.working->zone_minutes);
    }
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
    if (in.boolean()) {
        duty.working = Duty::Working{};
        Duty::Working& working = *duty.working;
        const std::int64_t day = in.i64();
        if (day < value::FIRST_DATE.days || day > value::LAST_DATE.days) in.fail("no such day");
        working.from.days = static_cast<std::int32_t>(day);
        working.days = in.u32();
        if (working.days > bytecode::MAX_WORKING_DAYS) in.fail("too many working days");
        const std::int64_t zone = in.i64();
        if (zone < -MAX_ZONE_MINUTES || zone > MAX_ZONE_MINUTES) in.fail("no such zone");
        working.zone_minutes = static_cast<std::int16_t>(zone);
    }
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

StateKey entry_place(std::string_view heap, std::uint64_t at) {
    base::Writer key;
    key.u64(at);
    return place(heap, key.take());
}

std::string undated(std::int64_t year) { return "undated_" + std::to_string(year); }

StateKey breaches_place(const value::PartyId& bearer, std::string_view module,
                        std::string_view action) {
    return place("breaches_of", owed_place(bearer, "", module, action).key);
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
    write(out, duty, !duty.working);
    return crypto::sha256(out.out());
}

base::Bytes encode(const DutyState& state) {
    base::Writer out;
    write(out, state.duty, true);
    out.u8(static_cast<std::uint8_t>(state.status));
    out.text(state.why);
    out.boolean(state.waits_for.has_value());
    if (state.waits_for) out.i64(*state.waits_for);
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
    if (in.boolean()) {
        const std::int64_t year = in.i64();
        if (year < 1 || year > MAX_YEAR) in.fail("no such year");
        state.waits_for = static_cast<std::int32_t>(year);
    }
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

base::Status DutyBook::create(const Duty& duty, std::optional<std::int32_t> waits_for) {
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
    set(id, {duty, DutyStatus::open, {}, waits_for});
    push(QUEUE, {duty.deadline_ms, id});
    if (waits_for) push(undated(*waits_for), {*waits_for, id});
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

void DutyBook::breach(const crypto::Hash& identity, const Duty& duty) {
    close(identity, duty);
    if (!duty.bearer) return;
    const StateKey key = breaches_place(*duty.bearer, duty.module, duty.action);
    std::uint64_t count = 0;
    if (const std::optional<base::Bytes> bytes = get(key)) count = base::Reader(*bytes).u64();
    base::Writer out;
    out.u64(count + 1);
    writes_[key] = out.take();
}

std::vector<crypto::Hash> DutyBook::owed(const std::optional<value::PartyId>& bearer,
                                         std::string_view role, std::string_view module,
                                         std::string_view action) const {
    return owed(owed_place(bearer, role, module, action));
}

// The least entries of a heap are reached from its top, always taking the least that is next.
std::vector<DutyBook::Entry> DutyBook::queued(std::size_t most) const {
    const std::uint64_t count = size(QUEUE);
    std::set<std::pair<Entry, std::uint64_t>> next;
    if (count > 0) next.insert({entry(QUEUE, 0), 0});
    std::vector<Entry> all;
    while (!next.empty() && all.size() < most) {
        const auto [least, at] = *next.begin();
        next.erase(next.begin());
        all.push_back(least);
        for (const std::uint64_t below : {2 * at + 1, 2 * at + 2}) {
            if (below < count) next.insert({entry(QUEUE, below), below});
        }
    }
    return all;
}

std::vector<ListedDuty> open_duties(const StateView& state, std::size_t most) {
    DutyBook::Writes none;
    const DutyBook book(state, none);
    std::vector<ListedDuty> all;
    for (const DutyBook::Entry& entry : book.queued(most)) {
        std::optional<DutyState> found = book.find(entry.duty);
        EDICT_CHECK(found.has_value());
        // An entry may be stale, or stand there twice.
        const bool stands =
            found->status == DutyStatus::open && found->duty.deadline_ms == entry.key;
        if (stands && (all.empty() || all.back().identity != entry.duty))
            all.push_back({entry.duty, *std::move(found)});
    }
    return all;
}

std::vector<ListedDuty> open_duties_of(const StateView& state,
                                       const std::optional<value::PartyId>& bearer,
                                       std::string_view role, std::string_view module,
                                       std::string_view action) {
    DutyBook::Writes none;
    const DutyBook book(state, none);
    std::vector<ListedDuty> all;
    for (const crypto::Hash& identity : book.owed(bearer, role, module, action)) {
        std::optional<DutyState> found = book.find(identity);
        EDICT_CHECK(found.has_value());
        all.push_back({identity, *std::move(found)});
    }
    return all;
}

bool has_duty(const StateView& state, const value::PartyId& party, std::string_view module,
              std::string_view action, bool breached) {
    // Neither cell is there when there is none.
    const StateKey key =
        breached ? breaches_place(party, module, action) : owed_place(party, "", module, action);
    return state.get(key).has_value();
}

// ---- the heaps ----------------------------------------------------------------------------------

std::uint64_t DutyBook::size(std::string_view heap) const {
    const std::optional<base::Bytes> bytes = get(place(heap, {}));
    if (!bytes) return 0;
    base::Reader in(*bytes);
    return in.u64();
}

void DutyBook::set_size(std::string_view heap, std::uint64_t size) {
    base::Writer out;
    out.u64(size);
    writes_[place(heap, {})] = size == 0 ? std::nullopt : std::optional<base::Bytes>(out.take());
}

DutyBook::Entry DutyBook::entry(std::string_view heap, std::uint64_t at) const {
    const std::optional<base::Bytes> bytes = get(entry_place(heap, at));
    EDICT_CHECK(bytes.has_value());
    base::Reader in(*bytes);
    Entry made;
    made.key = in.i64();
    made.duty = crypto::read_hash(in);
    EDICT_CHECK(in.finish().has_value());
    return made;
}

void DutyBook::set_entry(std::string_view heap, std::uint64_t at, const Entry& entry) {
    base::Writer out;
    out.i64(entry.key);
    crypto::write(out, entry.duty);
    writes_[entry_place(heap, at)] = out.take();
}

void DutyBook::push(std::string_view heap, const Entry& added) {
    std::uint64_t at = size(heap);
    set_size(heap, at + 1);
    while (at > 0) {
        const std::uint64_t parent = (at - 1) / 2;
        const Entry above = entry(heap, parent);
        if (above <= added) break;
        set_entry(heap, at, above);
        at = parent;
    }
    set_entry(heap, at, added);
}

// The least entry, if its key is at most that.
std::optional<DutyBook::Entry> DutyBook::take(std::string_view heap, std::int64_t most) {
    const std::uint64_t count = size(heap);
    if (count == 0) return std::nullopt;
    const Entry first = entry(heap, 0);
    if (first.key > most) return std::nullopt;
    const Entry last = entry(heap, count - 1);
    writes_[entry_place(heap, count - 1)] = std::nullopt;
    set_size(heap, count - 1);
    if (count == 1) return first;
    std::uint64_t at = 0;
    while (2 * at + 1 < count - 1) {
        std::uint64_t child = 2 * at + 1;
        if (child + 1 < count - 1 && entry(heap, child + 1) < entry(heap, child)) ++child;
        const Entry below = entry(heap, child);
        if (last <= below) break;
        set_entry(heap, at, below);
        at = child;
    }
    set_entry(heap, at, last);
    return first;
}

std::optional<std::int64_t> DutyBook::next_ms() const {
    if (size(QUEUE) == 0) return std::nullopt;
    return entry(QUEUE, 0).key;
}

std::optional<DutyBook::Entry> DutyBook::take_due(std::int64_t now_ms) {
    return take(QUEUE, now_ms);
}

void DutyBook::published(std::int32_t year) {
    if (size(undated(year)) > 0) push(PUBLISHED, {year, {}});
}

bool DutyBook::has_datable() const { return size(PUBLISHED) > 0; }

std::optional<DutyBook::Entry> DutyBook::take_datable() {
    while (size(PUBLISHED) > 0) {
        const Entry year = entry(PUBLISHED, 0);
        // A year that was published twice stands there twice; the second finds nothing.
        std::optional<Entry> taken = take(undated(year.key), year.key);
        if (taken) return taken;
        (void)take(PUBLISHED, year.key);
    }
    return std::nullopt;
}

void DutyBook::date_again(const crypto::Hash& identity, DutyState state, std::int64_t deadline_ms,
                          std::optional<std::int32_t> waits_for) {
    // The entry of the old deadline is stale then.
    if (state.duty.deadline_ms != deadline_ms) push(QUEUE, {deadline_ms, identity});
    state.duty.deadline_ms = deadline_ms;
    state.waits_for = waits_for;
    if (waits_for) push(undated(*waits_for), {*waits_for, identity});
    set(identity, state);
}

}  // namespace edict::call
