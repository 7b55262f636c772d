// Every limit of the ledger's formats. Bytes unless the name says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

#include "value/limits.h"

namespace edict::ledger {

inline constexpr std::uint16_t FORMAT_VERSION = 1;  // of genesis, header and proof

using value::MAX_NAME_BYTES;
inline constexpr std::size_t MAX_VALIDATORS = 20;
inline constexpr std::size_t MAX_PARTIES = 10'000;  // in genesis
inline constexpr std::size_t MAX_PARTY_ROLES = 64;
inline constexpr std::size_t MAX_PARTY_ATTRIBUTES = 64;
inline constexpr std::size_t MAX_ATTRIBUTE_BYTES = 4096;
inline constexpr std::size_t MAX_GENESIS_BYTES = 32 << 20;

inline constexpr std::uint64_t MAX_EXPIRY_HEIGHTS = 1000;  // how far ahead a call may expire
inline constexpr std::size_t MAX_ARGUMENT_BYTES = value::MAX_VALUE_BYTES;
inline constexpr std::size_t MAX_TRANSACTION_BYTES = MAX_ARGUMENT_BYTES + 1024;
inline constexpr std::size_t MAX_BATCH_TRANSACTIONS = 10'000;
inline constexpr std::size_t MAX_BODY_BYTES = 8 << 20;

inline constexpr std::size_t MAX_DECISIONS = 256;  // calls inside one call, itself included
inline constexpr std::size_t MAX_REGULATIONS = 256;
inline constexpr std::size_t MAX_RULES = 65'536;  // of one regulation
inline constexpr std::size_t MAX_DECIDING = 4096;
inline constexpr std::size_t MAX_SHOWN = 64;
inline constexpr std::size_t MAX_SHOWN_BYTES = 1024;  // a longer value is shown as its hash
inline constexpr std::size_t MAX_REASON_BYTES = 1024;
inline constexpr std::size_t MAX_EVENTS = 1024;
inline constexpr std::size_t MAX_EVENT_BYTES = value::MAX_VALUE_BYTES;
inline constexpr std::size_t MAX_DUTIES = 1024;
inline constexpr std::size_t MAX_RECEIPT_BYTES = 4 << 20;

inline constexpr std::size_t MAX_LOG_LEAF_BYTES = 256;
inline constexpr std::size_t MAX_STATE_KEY_BYTES = value::MAX_VALUE_BYTES;

inline constexpr std::size_t MAX_BUNDLE_MODULES = 256;
inline constexpr std::size_t MAX_BUNDLE_SOURCES = 256;
inline constexpr std::size_t MAX_FILE_NAME_BYTES = 256;
// std.registry.deploy takes a bundle as one argument, Bytes<1_000_000>.
inline constexpr std::size_t MAX_BUNDLE_BYTES = 1'000'000;
static_assert(MAX_BUNDLE_BYTES < MAX_ARGUMENT_BYTES);
inline constexpr std::size_t MAX_FINDING_BYTES = 16'384;

inline constexpr std::size_t MAX_LOG_PATH = 128;        // hashes; two edges of a 2^64 log
inline constexpr std::size_t MAX_TREE_DEPTH = 256;      // levels of the state tree
inline constexpr std::size_t MAX_EPOCH_LINKS = 10'000;  // in one proof
inline constexpr std::size_t MAX_PROOF_BYTES = 64 << 20;

}  // namespace edict::ledger
