// The one encoding of every structure of pbft: that of the ledger (docs/LEDGER.md).
#pragma once

#include <concepts>
#include <string>

#include "chain/consensus/pbft/messages.h"

namespace edict::consensus::pbft {

template <typename T>
concept Format =
    std::same_as<T, Message> || std::same_as<T, VoteRecord> || std::same_as<T, Evidence>;

// Canonical bytes of a structure that keeps its rules.
template <Format T>
[[nodiscard]] base::Bytes encode(const T& structure);
// Accepts exactly what encode() makes; the error names the field.
template <Format T>
[[nodiscard]] base::Result<T> decode(base::ByteView bytes);

// The bytes that are signed.
[[nodiscard]] base::Bytes signed_bytes(const Vote& vote);
[[nodiscard]] base::Bytes signed_bytes(const ViewChange& change);

// The tables of docs/LEDGER.md, one for each structure.
[[nodiscard]] std::string field_tables();

}  // namespace edict::consensus::pbft
