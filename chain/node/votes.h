// Votes: what a validator has promised, and the transactions of the batches that it voted for, in a
// store of their own that no backup holds. As chain/sim/seat keeps them.
//
// The store is made once, when the node is set up. Data without it, or with one that was not set up
// for this epoch, are those of a validator whose votes are lost: it abstains (docs/CONSENSUS.md).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "chain/ledger/transaction.h"
#include "chain/store/key_value.h"

namespace edict::node {

class Votes {
public:
    explicit Votes(store::KeyValue& store) : store_(store) {}  // `store` must outlive this

    // Makes it this validator's of this chain, if it is nobody's yet. The error says that it is
    // another's.
    [[nodiscard]] base::Status belong_to(const ledger::Hash& chain_id, std::uint16_t validator);

    // Sets it up for an epoch in which this validator has not voted. Synced.
    void set_up(ledger::Epoch epoch);
    // The epoch for which it was set up last; none: never, or it was lost.
    [[nodiscard]] std::optional<ledger::Epoch> epoch() const;

    // What this validator signed for a later epoch (consensus::encode of it); empty: nothing. It
    // never votes in an epoch before that, and signs nothing else for it. Synced.
    [[nodiscard]] base::Bytes promised() const;
    void promise(const base::Bytes& resume);

    // What was persisted last; empty: nothing yet.
    [[nodiscard]] base::Bytes record() const;
    // Synced, with all that was held before.
    void persist(const base::Bytes& record);

    void hold(std::span<const ledger::Transaction> transactions);
    [[nodiscard]] std::optional<ledger::Transaction> held(const ledger::Hash& hash) const;
    [[nodiscard]] std::vector<ledger::Hash> held_hashes() const;
    void let_go(std::span<const ledger::Hash> hashes);

    // What shows that a validator is faulty; each once, at most MAX_EVIDENCE.
    void keep_evidence(const base::Bytes& proof);
    [[nodiscard]] std::vector<base::Bytes> evidence() const;

private:
    store::KeyValue& store_;
};

}  // namespace edict::node
