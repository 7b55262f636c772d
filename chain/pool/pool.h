// Pool: transactions that wait to be ordered. Bounded in bytes and for each sender; it checks no
// signature and no state: who adds does. Not safe from several threads: the node guards it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "chain/ledger/transaction.h"
#include "chain/pool/limits.h"

namespace edict::pool {

enum class Added : std::uint8_t {
    added,
    known,        // the same transaction waits already
    nonce_taken,  // another transaction of the sender waits with this nonce
    sender_full,  // MAX_OF_SENDER of the sender wait
    full,         // max_bytes are taken
};

// The nonce that a sender's next transaction must have.
using NextNonce = std::function<ledger::Nonce(const ledger::PartyId&)>;

class Pool {
public:
    explicit Pool(std::size_t max_bytes = MAX_POOL_BYTES) : max_bytes_(max_bytes) {}

    [[nodiscard]] Added add(ledger::Transaction transaction);

    // What can run next, in the order of arrival, each sender's by nonce without a gap; at most so
    // many, of at most so many bytes together.
    [[nodiscard]] std::vector<ledger::Transaction> ready(const NextNonce& next,
                                                         std::size_t max_transactions,
                                                         std::size_t max_bytes) const;

    void remove(const ledger::Hash& transaction);
    // Drops what can no longer run: expired below `next`.
    void drop_expired(ledger::Height next);
    // Drops a sender's transactions with nonces up to `last`, which are used.
    void drop_used(const ledger::PartyId& sender, ledger::Nonce last);

    // Null: it does not wait here. Good until the pool changes.
    [[nodiscard]] const ledger::Transaction* find(const ledger::Hash& transaction) const;
    [[nodiscard]] std::size_t size() const { return by_hash_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    struct Entry {
        ledger::Transaction transaction;
        ledger::Hash hash;
        std::size_t bytes = 0;
        std::uint64_t arrival = 0;
    };
    using OfSender = std::map<ledger::Nonce, Entry>;

    void erase(const ledger::PartyId& sender, ledger::Nonce nonce);

    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    std::uint64_t arrivals_ = 0;
    std::map<ledger::PartyId, OfSender> by_sender_;
    struct At {
        ledger::PartyId sender;
        ledger::Nonce nonce;
    };
    std::unordered_map<ledger::Hash, At> by_hash_;
};

}  // namespace edict::pool
