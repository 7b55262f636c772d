#include "chain/node/parcels.h"

#include "base/check.h"
#include "chain/ledger/codec.h"

namespace edict::node {

namespace {

net::Parcel parcel_of(const std::vector<base::Bytes>& encoded) {
    base::Writer out;
    out.count(encoded.size());
    for (const base::Bytes& one : encoded) out.bytes(one);
    return std::make_shared<const base::Bytes>(out.take());
}

}  // namespace

std::vector<net::Parcel> transactions_parcels(std::span<const ledger::Transaction> transactions,
                                              std::size_t max_bytes) {
    std::vector<net::Parcel> parcels;
    std::vector<base::Bytes> encoded;
    std::size_t bytes = 4;
    for (const ledger::Transaction& transaction : transactions) {
        base::Bytes one = ledger::encode(transaction);
        EDICT_CHECK(one.size() + 8 <= max_bytes);
        if (bytes + 4 + one.size() > max_bytes ||
            encoded.size() == ledger::MAX_BATCH_TRANSACTIONS) {
            parcels.push_back(parcel_of(encoded));
            encoded.clear();
            bytes = 4;
        }
        bytes += 4 + one.size();
        encoded.push_back(std::move(one));
    }
    if (!encoded.empty()) parcels.push_back(parcel_of(encoded));
    return parcels;
}

std::optional<std::vector<ledger::Transaction>> read_transactions(base::ByteView bytes) {
    base::Reader in(bytes);
    std::vector<ledger::Transaction> transactions;
    const std::size_t count = in.count(ledger::MAX_BATCH_TRANSACTIONS, 4);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        const base::ByteView one = in.bytes(ledger::MAX_TRANSACTION_BYTES);
        if (!in.ok()) break;
        base::Result<ledger::Transaction> transaction = ledger::decode<ledger::Transaction>(one);
        if (!transaction) return std::nullopt;
        transactions.push_back(*std::move(transaction));
    }
    if (!in.finish()) return std::nullopt;
    return transactions;
}

net::Parcel want_parcel(std::span<const ledger::Hash> hashes) {
    base::Writer out;
    for (const ledger::Hash& hash : hashes) crypto::write(out, hash);
    return std::make_shared<const base::Bytes>(out.take());
}

std::optional<std::vector<ledger::Hash>> read_want(base::ByteView bytes) {
    if (bytes.size() % 32 != 0 || bytes.size() / 32 > ledger::MAX_BATCH_TRANSACTIONS) {
        return std::nullopt;
    }
    base::Reader in(bytes);
    std::vector<ledger::Hash> hashes;
    while (in.left() > 0) hashes.push_back(crypto::read_hash(in));
    return hashes;
}

}  // namespace edict::node
