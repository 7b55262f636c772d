// Protocol: agrees on the order of batches, then on the certificate of each header. A pure step
// function: an event in, an update out. Clock, network, storage and keys are outside; the runtime
// (chain/node, later chain/sim) carries out an update in the order of its fields and syncs
// `persist` before any `send` or `sign` of the same step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "chain/ledger/block.h"

namespace edict::consensus {

using ValidatorIndex = std::uint16_t;

// ---- what a protocol is told --------------------------------------------------------------------

struct Started {  // once, first: where the node stands
    ledger::Height applied;
    ledger::Hash header;     // hash of the header at `applied`
    bool certified = false;  // whether that header has its certificate
    base::Bytes persisted;   // what the last `persist` of an earlier run held; empty: none
};
struct Waiting {  // the pool went from empty to not empty, or time has come for an empty batch
    std::int64_t now_ms = 0;
};
struct Proposed {  // the answer to `propose`: hashes of what can run; empty: nothing can
    std::int64_t now_ms = 0;
    std::vector<ledger::Hash> transactions;
};
struct Executed {  // a delivered batch is executed and synced
    ledger::Height height;
    ledger::Hash header;
};
struct Signed {  // the answer to a `sign`
    ledger::Height height;
    ledger::HeaderSignature signature;
};
struct Received {  // from an authenticated peer
    ValidatorIndex from = 0;
    base::Bytes message;
};
struct TimerFired {
    std::int64_t now_ms = 0;
};
using Event = std::variant<Started, Waiting, Proposed, Executed, Signed, Received, TimerFired>;

// ---- what it asks for ---------------------------------------------------------------------------

struct Send {
    std::optional<ValidatorIndex> to;  // none: all others
    base::Bytes message;
};
struct SignHeader {
    ledger::Height height;
    ledger::Hash header;
};
struct Update {
    std::optional<base::Bytes> persist;  // replaces what was persisted before
    std::vector<SignHeader> sign;
    std::vector<Send> send;
    std::vector<ledger::Batch> deliver;  // execute, sync, then say Executed
    struct Certified {
        ledger::Height height;
        ledger::Certificate certificate;
    };
    std::vector<Certified> certify;        // store the certificate
    bool propose = false;                  // say Proposed with what the pool holds
    std::optional<std::int64_t> timer_ms;  // say TimerFired at this time; replaces the last one
};

class Protocol {
public:
    virtual ~Protocol() = default;
    [[nodiscard]] virtual Update step(const Event& event) = 0;
    [[nodiscard]] virtual std::string_view name() const = 0;  // solo, raft, pbft
};

}  // namespace edict::consensus
