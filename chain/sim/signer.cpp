#include "chain/sim/signer.h"

#include <algorithm>
#include <string>

#include "chain/sim/random.h"

namespace edict::sim {

namespace {

using consensus::ValidatorIndex;
using ledger::Hash;
using ledger::Signature;

enum Domain : std::uint64_t { VOTE = 1, HEADER = 2 };

class ChecksumSigner final : public SimSigner {
public:
    ChecksumSigner(std::uint64_t seed, ValidatorIndex self, std::size_t validators)
        : seed_(seed), self_(self), validators_(validators) {}

    Signature sign_vote(base::ByteView vote) const override { return seal(VOTE, self_, vote); }
    bool verify_vote(ValidatorIndex validator, base::ByteView vote,
                     const Signature& signature) const override {
        return validator < validators_ && seal(VOTE, validator, vote) == signature;
    }
    bool verify_header(const Hash& header,
                       const ledger::HeaderSignature& signature) const override {
        return signature.validator < validators_ &&
               seal(HEADER, signature.validator, header.bytes) == signature.signature;
    }
    Signature sign_header(const Hash& header) const override {
        return seal(HEADER, self_, header.bytes);
    }

private:
    Signature seal(std::uint64_t domain, ValidatorIndex validator, base::ByteView bytes) const {
        std::uint64_t sum = mix(seed_ ^ domain << 56 ^ (validator + 1ULL) << 32 ^ bytes.size());
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            word = word << 8 | bytes[i];
            if (i % 8 == 7) {
                sum = mix(sum ^ word) + 0x9e3779b97f4a7c15;
                word = 0;
            }
        }
        sum = mix(sum ^ word);
        Signature signature;
        for (std::size_t i = 0; i < 8; ++i) {
            signature.bytes[i] = static_cast<std::uint8_t>(sum >> 8 * i);
        }
        return signature;
    }

    std::uint64_t seed_;
    ValidatorIndex self_;
    std::size_t validators_;
};

class Ed25519Signer final : public SimSigner {
public:
    Ed25519Signer(const Hash& chain_id, const ledger::ValidatorSet& set,
                  const ledger::SecretKey& key)
        : chain_id_(chain_id), key_(key), real_(consensus::make_authority(chain_id, set, key)) {}

    Signature sign_vote(base::ByteView vote) const override { return real_->sign_vote(vote); }
    bool verify_vote(ValidatorIndex validator, base::ByteView vote,
                     const Signature& signature) const override {
        return real_->verify_vote(validator, vote, signature);
    }
    bool verify_header(const Hash& header,
                       const ledger::HeaderSignature& signature) const override {
        return real_->verify_header(header, signature);
    }
    Signature sign_header(const Hash& header) const override {
        return ledger::sign_header(chain_id_, header, key_);
    }

private:
    Hash chain_id_;
    ledger::SecretKey key_;
    std::unique_ptr<consensus::Authority> real_;
};

}  // namespace

std::vector<std::unique_ptr<SimSigner>> checksum_signers(std::uint64_t seed,
                                                         std::size_t validators) {
    std::vector<std::unique_ptr<SimSigner>> signers;
    for (std::size_t i = 0; i < validators; ++i) {
        signers.push_back(
            std::make_unique<ChecksumSigner>(seed, static_cast<ValidatorIndex>(i), validators));
    }
    return signers;
}

std::vector<std::unique_ptr<SimSigner>> ed25519_signers(std::uint64_t seed, std::size_t validators,
                                                        const Hash& chain_id) {
    std::vector<ledger::SecretKey> keys;
    ledger::ValidatorSet set{ledger::ProtocolKind::pbft, {}};
    for (std::size_t i = 0; i < validators; ++i) {
        const std::string name = "validator " + std::to_string(i) + " of " + std::to_string(seed);
        keys.push_back(ledger::SecretKey::from_seed(crypto::sha256(base::as_bytes(name)).bytes));
        set.validators.push_back({name, keys.back().public_key(), {}, {}});
    }
    std::vector<std::unique_ptr<SimSigner>> signers;
    for (const ledger::SecretKey& key : keys) {
        signers.push_back(std::make_unique<Ed25519Signer>(chain_id, set, key));
    }
    return signers;
}

}  // namespace edict::sim
