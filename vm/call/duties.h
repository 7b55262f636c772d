// Duties: who must call what until when, as the state keeps them. A duty is frozen when the call
// that made it commits; it does not change with the modules.
//
// They stand in the state under the module "chain", which no module may be called: each duty at
// "duties" by its identity; at "duties_of", for a bearer and an action, the identities of what is
// open; at "duty_queue" a binary heap by deadline (Williams 1964), one cell for each entry, so that
// the next one is found without walking over the others. What is discharged leaves the queue when
// its turn comes. At "undated_YEAR" a heap of the same form holds the duties whose deadline waits
// until the working days of that year are published, and at "published" another the years that
// were published since and for which duties wait; at "breaches_of", for a bearer and an action,
// how many duties were breached.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "vm/call/call.h"

namespace edict::call {

inline constexpr std::string_view CHAIN_MODULE = "chain";
inline constexpr std::string_view DUTY_STORE = "duties";

// Open duties of one bearer to call one action. A call that would make one more fails.
inline constexpr std::size_t MAX_OPEN_DUTIES = 1'024;
inline constexpr std::size_t MAX_CALL_DUTIES = 256;  // that one call makes; with more it fails
inline constexpr std::size_t BREACHES_PER_BLOCK = 64;

enum class DutyStatus : std::uint8_t { open, discharged, breached, remedied, remedy_failed };

struct DutyState {
    Duty duty;
    DutyStatus status = DutyStatus::open;
    std::string why{};  // of remedy_failed: at most 1 KiB
    std::optional<std::int32_t>
        waits_for{};  // its deadline is provisional until that year is published
};

[[nodiscard]] crypto::Hash identity(const Duty& duty);
[[nodiscard]] base::Bytes encode(const DutyState& state);
[[nodiscard]] base::Result<DutyState> decode_duty(base::ByteView bytes);
[[nodiscard]] StateKey duty_place(const crypto::Hash& identity);
[[nodiscard]] std::string_view to_text(DutyStatus status);

// What was called, and by whom.
struct Performed {
    std::string module, action;
    std::vector<base::Bytes> arguments;  // canonical, one by one
    value::PartyId caller;
};

// Reads and changes duties over a state; the changes are added to `writes`, which stand above it.
class DutyBook {
public:
    using Writes = std::map<StateKey, std::optional<base::Bytes>>;
    DutyBook(const StateView& state, Writes& writes) : state_(state), writes_(writes) {}

    // An equal duty that is open takes it in. An error: there are MAX_OPEN_DUTIES.
    [[nodiscard]] base::Status create(const Duty& duty,
                                      std::optional<std::int32_t> waits_for = std::nullopt);
    // Every open duty of the bearer that the call fulfils, and of those that fall to whoever holds
    // `role`.
    void discharge(const Performed& performed);
    void discharge_of_role(const Performed& performed, const std::string& role);
    [[nodiscard]] std::optional<DutyState> find(const crypto::Hash& identity) const;
    void set(const crypto::Hash& identity, const DutyState& state);

    struct Entry {
        std::int64_t key = 0;  // a deadline or a year
        crypto::Hash duty;
        friend auto operator<=>(const Entry&, const Entry&) = default;
    };
    // When the next entry of the queue is due; it may have been discharged or dated again.
    [[nodiscard]] std::optional<std::int64_t> next_ms() const;
    // Takes the next entry that is due at `now_ms` out of the queue. None: there is none.
    [[nodiscard]] std::optional<Entry> take_due(std::int64_t now_ms);
    // The working days of that year are in the state now: what waits for them can be dated.
    void published(std::int32_t year);
    // Whether a duty may be there that take_datable() would take.
    [[nodiscard]] bool has_datable() const;
    // Takes out a duty that was to wait for a year that is published now; `key` is the year.
    [[nodiscard]] std::optional<Entry> take_datable();
    // Gives an open duty the deadline of its working days.
    void date_again(const crypto::Hash& identity, DutyState state, std::int64_t deadline_ms,
                    std::optional<std::int32_t> waits_for);
    // What the bearer, or without one whoever holds the role, owes to call the action.
    [[nodiscard]] std::vector<crypto::Hash> owed(const std::optional<value::PartyId>& bearer,
                                                 std::string_view role, std::string_view module,
                                                 std::string_view action) const;
    // The first entries of the queue as it stands, at most so many; by deadline.
    [[nodiscard]] std::vector<Entry> queued(std::size_t most) const;
    // It is no longer open: takes it out of what its bearer owes.
    void close(const crypto::Hash& identity, const Duty& duty);
    // The same, and counts the breach for the bearer.
    void breach(const crypto::Hash& identity, const Duty& duty);

private:
    [[nodiscard]] std::optional<base::Bytes> get(const StateKey& key) const;
    [[nodiscard]] std::vector<crypto::Hash> owed(const StateKey& key) const;
    void set_owed(const StateKey& key, const std::vector<crypto::Hash>& duties);
    void discharge_at(const StateKey& key, const Performed& performed);
    // A binary heap at one store, the least entry first.
    [[nodiscard]] std::uint64_t size(std::string_view heap) const;
    void set_size(std::string_view heap, std::uint64_t size);
    [[nodiscard]] Entry entry(std::string_view heap, std::uint64_t at) const;
    void set_entry(std::string_view heap, std::uint64_t at, const Entry& entry);
    void push(std::string_view heap, const Entry& entry);
    [[nodiscard]] std::optional<Entry> take(std::string_view heap, std::int64_t most);

    const StateView& state_;
    Writes& writes_;
};

// Whether the party has an open duty to call the action, or has breached one. What falls to whoever
// holds a role is nobody's in particular.
[[nodiscard]] bool has_duty(const StateView& state, const value::PartyId& party,
                            std::string_view module, std::string_view action, bool breached);

// When the end of that many working days is, as milliseconds since 1970: the first instant past it.
[[nodiscard]] std::int64_t end_of_day_ms(std::int64_t day, int zone_minutes);

// When a block is needed so that a breach happens or a deadline is dated again, if one is; in the
// past: now.
[[nodiscard]] std::optional<std::int64_t> next_due_ms(const StateView& state);

struct ListedDuty {
    crypto::Hash identity;
    DutyState state;
};
// Open duties, by deadline; those of the `most` entries that the queue holds first.
[[nodiscard]] std::vector<ListedDuty> open_duties(const StateView& state, std::size_t most);
// Of a bearer, or without one of whoever holds the role, to call one action.
[[nodiscard]] std::vector<ListedDuty> open_duties_of(const StateView& state,
                                                     const std::optional<value::PartyId>& bearer,
                                                     std::string_view role, std::string_view module,
                                                     std::string_view action);

// A duty that came due.
struct Breach {
    crypto::Hash identity;
    DutyState state;    // after it
    CallResult remedy;  // of its `else`, if it has one
};

// First deadlines are dated again for which working days have been published since. Then the
// breaches that are due at a block of this time, oldest first. At most `most` of both together;
// stale entries of the queues count too. `else` actions run on their own, not governed, with the
// regulation as caller. What they write and the duties' new states are in `writes`.
[[nodiscard]] std::vector<Breach> run_breaches(const LinkedSet& set, const StateView& state,
                                               const BlockContext& block, runtime::Engine& engine,
                                               std::size_t most, DutyBook::Writes& writes);

}  // namespace edict::call
