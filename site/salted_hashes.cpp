#include "site/salted_hashes.h"

#include "chain/merkle/log.h"
#include "crypto/sign.h"

namespace edict::site {

Secret Secret::generate() {
    Secret secret;
    crypto::random_bytes(secret.bytes);
    return secret;
}

crypto::Hash record_hash(const Secret& secret, std::uint64_t index, base::ByteView record) {
    base::Writer label;
    label.text("edict/record/1");
    label.u64(index);
    const crypto::Hash salt = crypto::hmac_sha256(secret.bytes, label.out());
    return crypto::Sha256().add(salt.bytes).add(record).finish();
}

std::vector<crypto::Hash> record_hashes(const Secret& secret,
                                        std::span<const base::Bytes> records) {
    std::vector<crypto::Hash> hashes;
    hashes.reserve(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        hashes.push_back(record_hash(secret, i, records[i]));
    }
    return hashes;
}

crypto::Hash root_of(std::span<const crypto::Hash> record_hashes) {
    std::vector<crypto::Hash> leaves;
    leaves.reserve(record_hashes.size());
    for (const crypto::Hash& hash : record_hashes) leaves.push_back(merkle::leaf_hash(hash.bytes));
    return merkle::log_root(leaves);
}

}  // namespace edict::site
