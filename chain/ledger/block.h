// Batch, body, header, certificate and log leaf: what a height leaves behind.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "chain/ledger/receipt.h"
#include "chain/ledger/transaction.h"

namespace edict::ledger {

// What a protocol agrees on. A null request is the empty batch with proposed_time_ms 0.
struct Batch {
    Epoch epoch;
    Height height;
    std::int64_t proposed_time_ms = 0;
    std::vector<Hash> transactions;  // hashes, distinct, in the order of execution
    friend bool operator==(const Batch&, const Batch&) = default;
};

// The transactions that a batch names, in its order.
struct Body {
    std::vector<Transaction> transactions;
    friend bool operator==(const Body&, const Body&) = default;
};

struct Header {
    std::uint16_t version = FORMAT_VERSION;
    Hash chain_id;
    Epoch epoch;
    Height height;
    Hash previous;             // hash of the header below; zero at height 0
    std::int64_t time_ms = 0;  // block time: max(parent + 1, proposed)
    Hash transactions_root;    // log_root over the canonical bytes of what was executed
    Hash receipts_root;        // log_root over the canonical bytes of the receipts
    Hash state_root;
    Hash log_root;
    std::uint64_t log_size = 0;
    Hash next_validators;  // hash of the set that certifies the next height
    Cost cost;             // charged at this height
    std::uint32_t rules_version = 1;
    friend bool operator==(const Header&, const Header&) = default;
};

struct HeaderSignature {
    std::uint16_t validator = 0;  // index into the validator set of the header's height
    Signature signature;          // over the header's hash
    friend bool operator==(const HeaderSignature&, const HeaderSignature&) = default;
};

// A quorum of signatures over one header hash, ascending by validator. Not part of the header.
struct Certificate {
    Hash header;
    std::vector<HeaderSignature> signatures;
    friend bool operator==(const Certificate&, const Certificate&) = default;
};

enum class LeafKind : std::uint8_t { transaction, anchor };

struct LogLeaf {
    LeafKind kind = LeafKind::transaction;
    Height height;
    std::uint32_t index = 0;  // of the transaction in its height
    Hash hash;                // of the transaction, or of the anchor's event
    friend bool operator==(const LogLeaf&, const LogLeaf&) = default;
};

[[nodiscard]] Hash hash_of(const Batch& batch);
[[nodiscard]] Hash hash_of(const Header& header);
[[nodiscard]] Hash leaf_hash_of(const LogLeaf& leaf);  // as merkle::leaf_hash of its bytes
[[nodiscard]] Hash transactions_root(std::span<const Transaction> transactions);
[[nodiscard]] Hash receipts_root(std::span<const Receipt> receipts);

[[nodiscard]] Signature sign_header(const Hash& chain_id, const Hash& header, const SecretKey& key);
[[nodiscard]] bool verify_header_signature(const Hash& chain_id, const Hash& header,
                                           const HeaderSignature& signature,
                                           const ValidatorSet& set);
// Ok if the certificate is for this header and a quorum of `set` signed it; the error says what
// does not hold.
[[nodiscard]] base::Status verify_certificate(const Header& header, const Certificate& certificate,
                                              const ValidatorSet& set);

}  // namespace edict::ledger
