// Node: runs a protocol's steps against an executor, with a real clock, a pool and one thread of
// its own. Everything else here may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "chain/consensus/protocol.h"
#include "chain/executor/executor.h"
#include "chain/node/signer.h"
#include "chain/pool/limits.h"

namespace edict::node {

// Why a transaction was not taken.
struct Rejection {
    enum class Why : std::uint8_t {
        invalid,   // it could never run; the message says what is wrong and what is allowed
        known,     // it waits already, or was executed
        full,      // the pool has no room now: try again later
        stopping,  // the node is about to end
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
};

class Node {
public:
    // `executor` and `signer` must outlive the node; `validator` is its index in the set.
    Node(executor::Executor& executor, std::unique_ptr<consensus::Protocol> protocol,
         Signer& signer, std::uint16_t validator, std::size_t pool_bytes = pool::MAX_POOL_BYTES);
    ~Node();  // as stop()

    // Called on the node's thread with the receipts of each certified height; to return at once.
    // Before start().
    using Listener = std::function<void(std::span<const ledger::Receipt>)>;
    void on_height(Listener listener);
    void start();
    // When it returns, the height that ran is committed and certified, and no other begins.
    void stop();

    // Ok: the transaction waits to be ordered. That is no promise that it is executed.
    [[nodiscard]] tl::expected<ledger::Hash, Rejection> submit(ledger::Transaction transaction);
    // The receipt as soon as its height is certified; none: not within the time.
    [[nodiscard]] std::optional<executor::Found> wait_for(const ledger::Hash& transaction,
                                                          std::chrono::milliseconds at_most);
    // Whether the last height is certified within the time.
    bool wait_certified(std::chrono::milliseconds at_most);

    [[nodiscard]] const executor::Executor& executor() const;
    [[nodiscard]] std::string_view protocol() const;  // its name
    [[nodiscard]] Counters counters() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::node
