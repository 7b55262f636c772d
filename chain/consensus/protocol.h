// Protocol: agrees on the order of batches, then on the certificate of each header. A pure step
// function: an event in, an update out. Clock, network, storage and keys are outside; the runtime
// (chain/node, chain/sim) carries out an update in the order of its fields and syncs `persist`
// before anything else of the same update.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chain/ledger/block.h"

namespace edict::consensus {

using ValidatorIndex = std::uint16_t;

enum class TimerKind : std::uint8_t { resend, view };

// A height as it is kept and handed to a replica that lacks it.
struct Stored {
    ledger::Header header;
    std::optional<ledger::Certificate> certificate;  // none: of an anchor (see pbft)
    ledger::Batch batch;
};

// ---- what a protocol is told --------------------------------------------------------------------

struct Started {  // once, first: where the node stands
    ledger::Height applied;
    ledger::Hash header;     // hash of the header at `applied`
    bool certified = false;  // whether that header has its certificate
    base::Bytes persisted;   // what the last `persist` of an earlier run held; empty: none
    // Of several validators: both headers, of which one may be the other.
    ledger::Header last_applied{};
    ledger::Header last_certified{};
    std::optional<ledger::Certificate> certificate{};  // of last_certified
    bool votes_lost = false;  // there are data, but not the votes that were cast with them
};
// Something waits to be ordered, or no longer. Said when the pool was empty and is not any more,
// when a deadline falls due, and after each certified height.
struct Waiting {
    std::int64_t now_ms = 0;
    // What has waited longest; it is watched until it is another. None, and nothing due: idle.
    std::optional<ledger::Hash> oldest{};
    bool due = false;  // time has come for an empty batch
};
struct Proposed {  // the answer to `propose`: hashes of what can run; empty: nothing can
    std::int64_t now_ms = 0;
    std::vector<ledger::Hash> transactions;
};
struct Checked {  // an answer to `check`; not said while the batch's transactions are missing
    ledger::Hash batch;
    bool accepted = false;
};
struct Executed {  // a delivered batch is executed and synced
    ledger::Height height;
    ledger::Hash header;
    ledger::Header fields{};
    bool as_expected = true;  // false: the header was another than expected; nothing is stored
};
struct Signed {  // the answer to a `sign`
    ledger::Height height;
    ledger::HeaderSignature signature;
};
struct Received {  // from a peer whom the transport has authenticated
    ValidatorIndex from = 0;
    base::Bytes message;
};
struct Loaded {  // the answer to a `load`
    ValidatorIndex to = 0;
    Stored stored;
};
struct TimerFired {
    TimerKind timer = TimerKind::resend;
};
using Event = std::variant<Started, Waiting, Proposed, Checked, Executed, Signed, Received, Loaded,
                           TimerFired>;

// ---- what it asks for ---------------------------------------------------------------------------

struct Send {
    std::optional<ValidatorIndex> to;  // none: all others
    base::Bytes message;
};
struct SignHeader {
    ledger::Height height;
    ledger::Hash header;
};
// Hold the batch's transactions (fetch what is missing), write them, then say Checked.
struct Check {
    ledger::Batch batch;
    ledger::Hash hash;
    bool first = true;  // false: a quorum checked it before; only its transactions are wanted
};
struct Deliver {
    ledger::Batch batch;
    // Of a height that is certified already: commit only if execution gives this header. A later
    // delivery of the same height replaces one whose transactions are still missing.
    std::optional<ledger::Hash> expected{};
};
// A delay from now, so that a clock that jumps moves no timer; none: the timer is stopped.
struct SetTimer {
    TimerKind timer = TimerKind::resend;
    std::optional<std::int64_t> delay_ms;
};
struct Load {  // a certified height, for a peer; not there: nothing is said
    ValidatorIndex to = 0;
    ledger::Height height;
};
// What shows that a validator is faulty; kept for the operators.
struct Misdeed {
    ValidatorIndex validator = 0;
    base::Bytes proof;  // canonical bytes of the protocol's evidence
};
// A message of a peer that was not used. Only `old` comes from correct peers as well.
enum class Unused : std::uint8_t {
    unreadable,   // no message of this protocol
    forged,       // not signed as it says, or proofs inside do not hold
    other_epoch,  // of an epoch that the connection was not made for
    old,          // about what is over: late, or a replay
    too_many,     // more of its kind than a correct peer has reason to send
};
struct Refused {
    ValidatorIndex from = 0;
    Unused why = Unused::unreadable;
    friend bool operator==(const Refused&, const Refused&) = default;
};

struct Update {
    // Replaces what was persisted before. Synced together with the transactions of every batch
    // that was Proposed or Checked before it.
    std::optional<base::Bytes> persist;
    std::vector<SignHeader> sign;
    std::vector<Send> send;
    std::vector<Check> check;
    struct Certified {
        ledger::Height height;
        ledger::Certificate certificate;
    };
    // Store the certificate (without signatures: that of an anchor, which needs none), say Waiting.
    // Before the next height is synced, which then syncs the certificate as well.
    std::vector<Certified> certify;
    std::vector<Deliver> deliver;  // execute, sync, then say Executed
    std::vector<Load> load;
    bool propose = false;  // say Proposed with what the pool holds
    std::vector<SetTimer> timers;
    std::vector<Misdeed> misdeeds;
    std::vector<Refused> refused;
    std::optional<std::string> halt;  // the node must stop: why, for its operator
};

// For operators: nothing depends on it.
struct Standing {
    std::uint64_t view = 0;
    ValidatorIndex primary = 0;
    bool changing = false;    // the view is asked for, not entered
    bool abstaining = false;  // its votes are lost; it follows without voting
    bool behind = false;      // more others than may lie speak of a certified height that it lacks
    bool informed = true;     // a quorum, itself included, said where it stands since the start
    friend bool operator==(const Standing&, const Standing&) = default;
};

class Protocol {
public:
    virtual ~Protocol() = default;
    [[nodiscard]] virtual Update step(const Event& event) = 0;
    [[nodiscard]] virtual std::string_view name() const = 0;  // solo, raft, pbft
    [[nodiscard]] virtual Standing standing() const { return {}; }
};

}  // namespace edict::consensus
