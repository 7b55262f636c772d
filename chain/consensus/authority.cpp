#include "chain/consensus/authority.h"

namespace edict::consensus {

namespace {

class KeyAuthority final : public Authority {
public:
    KeyAuthority(const ledger::Hash& chain_id, const ledger::ValidatorSet& set,
                 const ledger::SecretKey& key)
        : chain_id_(chain_id), set_(set), key_(key) {}

    ledger::Signature sign_vote(base::ByteView vote) const override {
        return crypto::sign(key_, crypto::domain::VOTE, chain_id_, vote);
    }
    bool verify_vote(ValidatorIndex validator, base::ByteView vote,
                     const ledger::Signature& signature) const override {
        if (validator >= set_.validators.size()) return false;
        return crypto::verify(set_.validators[validator].consensus_key, crypto::domain::VOTE,
                              chain_id_, vote, signature);
    }
    bool verify_header(const ledger::Hash& header,
                       const ledger::HeaderSignature& signature) const override {
        return ledger::verify_header_signature(chain_id_, header, signature, set_);
    }

private:
    ledger::Hash chain_id_;
    ledger::ValidatorSet set_;
    ledger::SecretKey key_;
};

}  // namespace

std::unique_ptr<Authority> make_authority(const ledger::Hash& chain_id,
                                          const ledger::ValidatorSet& set,
                                          const ledger::SecretKey& key) {
    return std::make_unique<KeyAuthority>(chain_id, set, key);
}

}  // namespace edict::consensus
