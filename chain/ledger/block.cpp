#include "chain/ledger/block.h"

#include <fmt/format.h>

#include "chain/ledger/codec.h"
#include "chain/ledger/quorum.h"
#include "chain/merkle/log.h"

namespace edict::ledger {

namespace {

template <typename T>
Hash root_over(std::span<const T> elements) {
    merkle::LogEdge log;
    for (const T& element : elements) log.append(merkle::leaf_hash(encode(element)));
    return log.root();
}

}  // namespace

Hash hash_of(const Batch& batch) { return crypto::sha256(encode(batch)); }
Hash hash_of(const Header& header) { return crypto::sha256(encode(header)); }
Hash leaf_hash_of(const LogLeaf& leaf) { return merkle::leaf_hash(encode(leaf)); }

Hash transactions_root(std::span<const Transaction> transactions) {
    return root_over(transactions);
}
Hash receipts_root(std::span<const Receipt> receipts) { return root_over(receipts); }

Signature sign_header(const Hash& chain_id, const Hash& header, const SecretKey& key) {
    return crypto::sign(key, crypto::domain::HEADER, chain_id, header.bytes);
}

bool verify_header_signature(const Hash& chain_id, const Hash& header,
                             const HeaderSignature& signature, const ValidatorSet& set) {
    if (signature.validator >= set.validators.size()) return false;
    const PublicKey& key = set.validators[signature.validator].consensus_key;
    return crypto::verify(key, crypto::domain::HEADER, chain_id, header.bytes, signature.signature);
}

base::Status verify_certificate(const Header& header, const Certificate& certificate,
                                const ValidatorSet& set) {
    const Hash hash = hash_of(header);
    if (certificate.header != hash) return base::input_error("it certifies another header");
    if (const base::Status status = check(certificate); !status) return status;
    for (const HeaderSignature& signature : certificate.signatures) {
        if (signature.validator >= set.validators.size()) {
            return base::input_error(fmt::format("it names validator {} of {}", signature.validator,
                                                 set.validators.size()));
        }
        if (!verify_header_signature(header.chain_id, hash, signature, set)) {
            return base::input_error(fmt::format("the signature of {} is not valid",
                                                 set.validators[signature.validator].name));
        }
    }
    if (certificate.signatures.size() < quorum(set)) {
        return base::input_error(fmt::format("{} of {} validators signed; {} are needed",
                                             certificate.signatures.size(), set.validators.size(),
                                             quorum(set)));
    }
    return {};
}

}  // namespace edict::ledger
