// Genesis: what every node of a chain starts from. The hash of its canonical bytes is the chain id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/codec.h"
#include "chain/ledger/ids.h"
#include "chain/ledger/limits.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "value/value.h"

namespace edict::ledger {

using base::Bytes;
using base::ByteView;
using crypto::Hash;
using crypto::PublicKey;
using crypto::SecretKey;
using crypto::Signature;
using value::PartyId;

enum class ProtocolKind : std::uint8_t { solo, raft, pbft };

struct Validator {
    std::string name;
    PublicKey consensus_key;  // signs headers and votes
    PublicKey tls_key;        // pinned by peers
    PublicKey log_key;        // signs checkpoints of the log
    friend bool operator==(const Validator&, const Validator&) = default;
};

// Who certifies headers, and by which quorum. Names and consensus keys are distinct.
struct ValidatorSet {
    ProtocolKind protocol = ProtocolKind::solo;
    std::vector<Validator> validators;  // a certificate names them by index
    friend bool operator==(const ValidatorSet&, const ValidatorSet&) = default;
};

struct PartyAttribute {
    std::string name;
    Bytes value;  // canonical bytes of the attribute's declared type
    friend bool operator==(const PartyAttribute&, const PartyAttribute&) = default;
};

struct Party {
    std::string name;
    PartyId id;
    PublicKey key;  // signs the party's calls
    std::vector<std::string> roles;
    std::vector<PartyAttribute> attributes;
    friend bool operator==(const Party&, const Party&) = default;
};

// What all nodes of one chain must agree on to execute alike.
struct ChainLimits {
    std::uint32_t batch_transactions = 1000;
    std::uint32_t batch_bytes = 4 << 20;
    std::uint32_t open_heights = 1;  // W: delivered heights above the last certified one
    std::uint32_t clock_drift_ms = 5000;
    std::uint64_t allowance = 1'000'000'000;     // cost units of a party for each window
    std::uint64_t allowance_window_ms = 60'000;  // of block time
    std::uint64_t refused_cost = 1000;           // the base charge of a refused call
    friend bool operator==(const ChainLimits&, const ChainLimits&) = default;
};

struct Genesis {
    std::uint16_t version = FORMAT_VERSION;
    std::string name;          // of the chain
    std::int64_t time_ms = 0;  // block time of height 0
    ValidatorSet validators;
    std::vector<Party> parties;  // names, ids and keys are distinct
    std::vector<Bytes> modules;  // in force from the start
    ChainLimits limits;
    std::uint32_t rules_version = 1;  // opcodes, costs, limits, Unicode tables
    std::uint16_t endorsements = 1;   // regulators of each governed contract that a deploy needs
    friend bool operator==(const Genesis&, const Genesis&) = default;
};

[[nodiscard]] Hash chain_id(const Genesis& genesis);
[[nodiscard]] Hash hash_of(const ValidatorSet& set);

}  // namespace edict::ledger
