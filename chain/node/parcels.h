// What nodes send each other beside the messages of the protocol: lists of transactions, and lists
// of the hashes of transactions that are missing.
//
//     calls, bodies = count u32, then each transaction as length u32 and its canonical bytes
//     want          = hashes, 32 bytes each
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "chain/ledger/transaction.h"
#include "chain/net/outbox.h"

namespace edict::node {

// As many parcels as it takes, each within `max_bytes`, which one transaction never exceeds.
[[nodiscard]] std::vector<net::Parcel> transactions_parcels(
    std::span<const ledger::Transaction> transactions, std::size_t max_bytes);
// None: no correct node sends that.
[[nodiscard]] std::optional<std::vector<ledger::Transaction>> read_transactions(
    base::ByteView bytes);

[[nodiscard]] net::Parcel want_parcel(std::span<const ledger::Hash> hashes);
[[nodiscard]] std::optional<std::vector<ledger::Hash>> read_want(base::ByteView bytes);

}  // namespace edict::node
