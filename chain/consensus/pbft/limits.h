// Every limit of pbft.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chain/ledger/limits.h"

namespace edict::consensus::pbft {

// A new view holds a view change of each validator, each of which may hold a batch: with the
// greatest batches of 20 validators 6.5 MB of hashes.
inline constexpr std::size_t MAX_MESSAGE_BYTES = 8 << 20;
// Messages of one peer for the next height or a later view, kept until their time comes.
inline constexpr std::size_t MAX_EARLY_MESSAGES = 16;
// Heights that a replica which lags asks one peer for at a time; each may hold a batch.
inline constexpr std::uint64_t MAX_FETCHED_HEIGHTS = 8;
// View changes of one peer that are verified between two resends: each costs a quorum of
// signatures.
inline constexpr unsigned MAX_VERIFIED_CHANGES = 32;
// A view timer is doubled at most so many times.
inline constexpr unsigned MAX_DOUBLINGS = 6;

}  // namespace edict::consensus::pbft
