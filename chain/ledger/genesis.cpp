// Hashes of what stands alone: SHA-256 of its canonical bytes, and what is built on them.
#include "chain/ledger/genesis.h"

#include "chain/ledger/codec.h"
#include "chain/ledger/encoder.h"

namespace edict::ledger {

namespace {

Bytes signed_bytes(const Transaction& transaction) {
    base::Writer out;
    Encoder encoder(out);
    signed_fields(encoder, transaction);
    return out.take();
}

}  // namespace

Hash chain_id(const Genesis& genesis) { return crypto::sha256(encode(genesis)); }
Hash hash_of(const ValidatorSet& set) { return crypto::sha256(encode(set)); }

Hash hash_of(const Transaction& transaction) { return crypto::sha256(encode(transaction)); }

void sign(Transaction& transaction, const SecretKey& key) {
    transaction.signature = crypto::sign(key, crypto::domain::TRANSACTION, transaction.chain_id,
                                         signed_bytes(transaction));
}

bool verify_signature(const Transaction& transaction, const PublicKey& key) {
    return crypto::verify(key, crypto::domain::TRANSACTION, transaction.chain_id,
                          signed_bytes(transaction), transaction.signature);
}

Hash hash_of(const ModuleBundle& bundle) { return crypto::sha256(encode(bundle)); }
Hash module_hash(ByteView module) { return crypto::sha256(module); }

Hash state_key(const StatePlace& place) { return crypto::sha256(encode(place)); }
Hash state_value_hash(const StateValue& value) { return crypto::sha256(encode(value)); }

Hash writes_digest(std::span<const StateWrite> writes) {
    base::Writer out;
    out.count(writes.size());
    for (const auto& [key, value] : writes) {
        crypto::write(out, key);
        out.boolean(value.has_value());
        if (value) crypto::write(out, *value);
    }
    return crypto::sha256(out.out());
}

}  // namespace edict::ledger
