// Authority: the port for votes. It signs with this validator's key and checks what others signed;
// both are pure, so that a step stays a function of its events. A node may check signatures
// beforehand, in parallel, and remember what it found.
#pragma once

#include <memory>

#include "chain/consensus/protocol.h"

namespace edict::consensus {

class Authority {
public:
    virtual ~Authority() = default;
    [[nodiscard]] virtual ledger::Signature sign_vote(base::ByteView vote) const = 0;
    [[nodiscard]] virtual bool verify_vote(ValidatorIndex validator, base::ByteView vote,
                                           const ledger::Signature& signature) const = 0;
    // As ledger::verify_header_signature.
    [[nodiscard]] virtual bool verify_header(const ledger::Hash& header,
                                             const ledger::HeaderSignature& signature) const = 0;
};

// Ed25519 over the domain edict/vote/1, the chain id and the vote. `key` belongs to a validator of
// `set`.
[[nodiscard]] std::unique_ptr<Authority> make_authority(const ledger::Hash& chain_id,
                                                        const ledger::ValidatorSet& set,
                                                        const ledger::SecretKey& key);

}  // namespace edict::consensus
