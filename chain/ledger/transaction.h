// Transaction: a signed call. Its hash covers the signature too.
#pragma once

#include <cstdint>
#include <string>

#include "chain/ledger/genesis.h"

namespace edict::ledger {

struct Transaction {
    Hash chain_id;
    PartyId sender;
    Nonce nonce;    // the sender's last nonce + 1
    Height expiry;  // not executed above this height
    std::string module;
    std::string action;
    Bytes arguments;  // canonical bytes of each argument, in the order of the parameters
    Signature signature;
    friend bool operator==(const Transaction&, const Transaction&) = default;
};

// SHA-256 of the canonical bytes.
[[nodiscard]] Hash hash_of(const Transaction& transaction);
// Sets the signature, which covers every other field.
void sign(Transaction& transaction, const SecretKey& key);
[[nodiscard]] bool verify_signature(const Transaction& transaction, const PublicKey& key);

}  // namespace edict::ledger
