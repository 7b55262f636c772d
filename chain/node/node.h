// Node: runs a protocol's steps against an executor, with a real clock, a pool, the votes and the
// other validators, on one thread of its own. Everything else here may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "chain/consensus/protocol.h"
#include "chain/executor/executor.h"
#include "chain/net/network.h"
#include "chain/node/signer.h"
#include "chain/node/votes.h"
#include "chain/pool/limits.h"

namespace edict::node {

// Why a transaction was not taken.
struct Rejection {
    enum class Why : std::uint8_t {
        invalid,    // it could never run; the message says what is wrong and what is allowed
        known,      // it waits already, or was executed
        overtaken,  // another call of its sender waits with its nonce, or was executed with it
        full,       // the pool has no room now: try again later
        stopping,   // the node is about to end
    };
    Why why = Why::invalid;
    std::string message;
};

struct Counters {  // since the start of the process
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t executed = 0;  // transactions with a receipt
    std::uint64_t heights = 0;
    std::uint64_t waiting = 0;  // in the pool now
    std::uint64_t waiting_bytes = 0;
    std::uint64_t signatures_checked = 0;
    std::uint64_t views = 0;          // views that were entered or asked for after the first
    std::uint64_t vote_syncs = 0;     // vote records that were synced
    std::uint64_t misdeeds = 0;       // proofs that a validator is faulty
    std::uint64_t told_calls = 0;     // calls that peers told this node of
    std::uint64_t bad_calls = 0;      // of those, calls that could never run
    std::uint64_t muted_calls = 0;    // not looked at, since their peer sent too many bad ones
    std::uint64_t muted_wants = 0;    // not answered, since their peer asked for too many
    std::uint64_t muted_heights = 0;  // the same
    // Messages of the protocol: no correct peer sends those of the first four kinds.
    std::uint64_t unreadable_messages = 0;
    std::uint64_t forged_messages = 0;  // wrongly signed, or with proofs that do not hold
    std::uint64_t epoch_messages = 0;   // of another epoch
    std::uint64_t excess_messages = 0;  // more of a kind than there is reason for
    std::uint64_t old_messages = 0;     // late, or replays
    std::uint64_t muted_messages = 0;   // not looked at, since their peer sent too many bad ones
    std::uint64_t refused_proposals = 0;
    std::uint64_t refused_times = 0;  // of those, for a time too far from this node's clock
    std::uint64_t fetched = 0;        // transactions that were missing and came
    std::uint64_t other_headers = 0;  // certified blocks that gave another header here
    // Where the time of the node's thread goes, in microseconds.
    std::uint64_t step_us = 0;     // the protocol, with its signatures
    std::uint64_t vote_us = 0;     // writing and syncing votes
    std::uint64_t check_us = 0;    // proposals: made and checked
    std::uint64_t execute_us = 0;  // calls, receipts, roots
    std::uint64_t seal_us = 0;     // of that, the roots: hashing
    std::uint64_t commit_us = 0;   // writing and syncing heights
    // Beside it, on the threads that read peers and HTTP.
    std::uint64_t signatures_us = 0;  // of calls
};

// What a node is made of; all must outlive it.
struct Setup {
    executor::Executor& executor;
    std::unique_ptr<consensus::Protocol> protocol;
    Signer& signer;
    std::uint16_t validator = 0;  // its index in the set
    Votes* votes = nullptr;       // null: the protocol keeps none
    bool votes_lost = false;      // as consensus::Started says
    std::size_t pool_bytes = pool::MAX_POOL_BYTES;
    std::function<std::int64_t()> clock_ms{};  // since 1970; none: that of the system
};

class Node {
public:
    explicit Node(Setup setup);
    Node(executor::Executor& executor, std::unique_ptr<consensus::Protocol> protocol,
         Signer& signer, std::uint16_t validator, std::size_t pool_bytes = pool::MAX_POOL_BYTES);
    ~Node();  // as stop()

    // ---- before start() ----
    // Called on the node's thread with the receipts of each certified height; to return at once.
    using Listener = std::function<void(std::span<const ledger::Receipt>)>;
    void on_height(Listener listener);
    // Lines for the operator, from any thread.
    void on_notice(std::function<void(const std::string&)> notice);
    // Called once on the node's thread if the node cannot go on; halted() says why then.
    void on_halt(std::function<void()> halted);
    // What the network hands over what peers send; and the network. It is stopped after the node.
    [[nodiscard]] net::Handler& handler();
    void connect(net::Network& network);

    void start();
    // When it returns, what ran is committed, and with one validator certified; nothing more
    // begins.
    void stop();

    // Ok: the transaction waits to be ordered. That is no promise that it is executed.
    [[nodiscard]] tl::expected<ledger::Hash, Rejection> submit(ledger::Transaction transaction);
    // The receipt as soon as its height is certified; none: not within the time.
    [[nodiscard]] std::optional<executor::Found> wait_for(const ledger::Hash& transaction,
                                                          std::chrono::milliseconds at_most);
    // Whether the height is certified within the time.
    bool wait_certified(ledger::Height height, std::chrono::milliseconds at_most);

    [[nodiscard]] const executor::Executor& executor() const;
    [[nodiscard]] std::string_view protocol() const;  // its name
    [[nodiscard]] consensus::Standing standing() const;
    [[nodiscard]] ledger::Height certified() const;
    [[nodiscard]] std::optional<std::string> halted() const;
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] const net::Network* network() const;        // null: none
    [[nodiscard]] std::vector<base::Bytes> evidence() const;  // as consensus::Misdeed::proof

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::node
