// The proof file: what a third party checks without a node, trusting only genesis.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "chain/ledger/block.h"
#include "chain/ledger/state.h"
#include "chain/merkle/state_tree.h"

namespace edict::ledger {

// The header stands as it is.
struct HeaderClaim {
    friend bool operator==(const HeaderClaim&, const HeaderClaim&) = default;
};
// A leaf is in the log of the header.
struct LeafClaim {
    LogLeaf leaf;
    std::uint64_t position = 0;
    std::vector<Hash> path;
    friend bool operator==(const LeafClaim&, const LeafClaim&) = default;
};
// A transaction was executed at the header's height, with this receipt.
struct ReceiptClaim {
    Transaction transaction;
    Receipt receipt;
    std::uint64_t count = 0;  // of receipts at that height
    std::vector<Hash> path;
    friend bool operator==(const ReceiptClaim&, const ReceiptClaim&) = default;
};
// A place holds a value in the state of the header.
struct ValueClaim {
    StatePlace place;
    StateValue value;
    merkle::TreeProof path;
    friend bool operator==(const ValueClaim&, const ValueClaim&) = default;
};
// A place holds nothing in the state of the header.
struct AbsenceClaim {
    StatePlace place;
    merkle::TreeProof path;
    friend bool operator==(const AbsenceClaim&, const AbsenceClaim&) = default;
};
// The log of the header begins with the log of an older certified header.
struct ConsistencyClaim {
    Header older;
    Certificate certificate;
    std::vector<Hash> path;  // empty if the older log is empty or the logs are equal
    friend bool operator==(const ConsistencyClaim&, const ConsistencyClaim&) = default;
};
using Claim =
    std::variant<HeaderClaim, LeafClaim, ReceiptClaim, ValueClaim, AbsenceClaim, ConsistencyClaim>;

// The certified header at which the validator set changed, and the set that came.
struct EpochLink {
    Header header;
    Certificate certificate;
    ValidatorSet next;
    friend bool operator==(const EpochLink&, const EpochLink&) = default;
};

struct Proof {
    std::uint16_t version = FORMAT_VERSION;
    std::vector<EpochLink> epochs;  // ascending by height, from genesis to the header
    Header header;
    Certificate certificate;
    Claim claim;
    friend bool operator==(const Proof&, const Proof&) = default;
};

struct VerifiedClaim {
    Height height;               // of the certified header
    std::int64_t time_ms = 0;    // its block time
    Hash header;                 // its hash
    std::size_t signatures = 0;  // valid ones over it
    std::string statement;       // what is now certain, in one sentence
};

// The error names the first thing that does not hold.
[[nodiscard]] base::Result<VerifiedClaim> verify_proof(const Proof& proof, const Genesis& genesis);

// A proof file begins with one line of text that says what it is.
[[nodiscard]] Bytes proof_file(const Proof& proof);
[[nodiscard]] base::Result<Proof> read_proof_file(ByteView file);

}  // namespace edict::ledger
