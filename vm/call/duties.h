// Duties: who must call what until when, as the state keeps them. A duty is frozen when the call
// that made it commits; it does not change with the modules.
//
// They stand in the state under the module "chain", which no module may be called: each duty at
// "duties" by its identity; at "duties_of", for a bearer and an action, the identities of what is
// open; at "duty_queue" a binary heap by deadline (Williams 1964), one cell for each entry, so that
// the next one is found without walking over the others. What is discharged leaves the queue when
// its turn comes.
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
    std::string why;  // of remedy_failed: at most 1 KiB
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
    [[nodiscard]] base::Status create(const Duty& duty);
    // Every open duty of the bearer that the call fulfils, and of those that fall to whoever holds
    // `role`.
    void discharge(const Performed& performed);
    void discharge_of_role(const Performed& performed, const std::string& role);
    [[nodiscard]] std::optional<DutyState> find(const crypto::Hash& identity) const;
    void set(const crypto::Hash& identity, const DutyState& state);

    // When the next entry of the queue is due; it may have been discharged.
    [[nodiscard]] std::optional<std::int64_t> next_ms() const;
    // Takes the next entry that is due at `now_ms` out of the queue. None: there is none.
    [[nodiscard]] std::optional<crypto::Hash> take_due(std::int64_t now_ms);
    // It is no longer open: takes it out of what its bearer owes.
    void close(const crypto::Hash& identity, const Duty& duty);

private:
    struct Entry {
        std::int64_t deadline_ms = 0;
        crypto::Hash duty;
        friend auto operator<=>(const Entry&, const Entry&) = default;
    };
    [[nodiscard]] std::optional<base::Bytes> get(const StateKey& key) const;
    [[nodiscard]] std::vector<crypto::Hash> owed(const StateKey& key) const;
    void set_owed(const StateKey& key, const std::vector<crypto::Hash>& duties);
    void discharge_at(const StateKey& key, const Performed& performed);
    [[nodiscard]] std::uint64_t queue_size() const;
    void set_queue_size(std::uint64_t size);
    [[nodiscard]] Entry entry(std::uint64_t at) const;
    void set_entry(std::uint64_t at, const Entry& entry);
    void push(const Entry& entry);

    const StateView& state_;
    Writes& writes_;
};

// A duty that came due.
struct Breach {
    crypto::Hash identity;
    DutyState state;    // after it
    CallResult remedy;  // of its `else`, if it has one
};

// The breaches that are due at a block of this time, oldest first, at most `most`; stale entries of
// the queue count too. `else` actions run on their own, not governed, with the regulation as
// caller. What they write and the duties' new states are in `writes`.
[[nodiscard]] std::vector<Breach> run_breaches(const LinkedSet& set, const StateView& state,
                                               const BlockContext& block, runtime::Engine& engine,
                                               std::size_t most, DutyBook::Writes& writes);

}  // namespace edict::call
