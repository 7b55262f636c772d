#include "chain/node/votes.h"

#include <algorithm>

#include "chain/ledger/codec.h"
#include "chain/node/limits.h"

namespace edict::node {

namespace {

using store::Column;
using store::Sync;

// All in the column `meta`.
const base::Bytes EPOCH_KEY = {'e'};
const base::Bytes RECORD_KEY = {'v'};
const base::Bytes PROMISE_KEY = {'r'};
const base::Bytes OWNER_KEY = {'o'};
constexpr std::uint8_t BODY = 'b';
constexpr std::uint8_t EVIDENCE = 'm';

base::Bytes key_of(std::uint8_t kind, const ledger::Hash& hash) {
    base::Writer key;
    key.u8(kind);
    crypto::write(key, hash);
    return key.take();
}

}  // namespace

base::Status Votes::belong_to(const ledger::Hash& chain_id, std::uint16_t validator) {
    base::Writer owner;
    crypto::write(owner, chain_id);
    owner.u16(validator);
    const std::optional<base::Bytes> known = store_.get(Column::meta, OWNER_KEY);
    if (known) {
        if (std::ranges::equal(*known, owner.out())) return {};
        return base::environment_error(
            "the votes in this folder are those of another validator or another chain: put back "
            "its own, or start it without votes/");
    }
    store::WriteBatch batch;
    batch.put(Column::meta, OWNER_KEY, owner.out());
    store_.commit(batch, Sync::yes);
    return {};
}

void Votes::set_up(ledger::Epoch epoch) {
    base::Writer number;
    number.u64(epoch.value);
    store::WriteBatch batch;
    batch.put(Column::meta, EPOCH_KEY, number.out());
    store_.commit(batch, Sync::yes);
}

std::optional<ledger::Epoch> Votes::epoch() const {
    const std::optional<base::Bytes> bytes = store_.get(Column::meta, EPOCH_KEY);
    if (!bytes) return std::nullopt;
    base::Reader in(*bytes);
    const ledger::Epoch epoch{in.u64()};
    if (!in.finish()) store::storage_failed("the votes of this validator are damaged");
    return epoch;
}

base::Bytes Votes::promised() const {
    return store_.get(Column::meta, PROMISE_KEY).value_or(base::Bytes{});
}

void Votes::promise(const base::Bytes& resume) {
    store::WriteBatch batch;
    batch.put(Column::meta, PROMISE_KEY, resume);
    store_.commit(batch, Sync::yes);
}

base::Bytes Votes::record() const {
    return store_.get(Column::meta, RECORD_KEY).value_or(base::Bytes{});
}

void Votes::persist(const base::Bytes& record) {
    store::WriteBatch batch;
    batch.put(Column::meta, RECORD_KEY, record);
    store_.commit(batch, Sync::yes);
}

void Votes::hold(std::span<const ledger::Transaction> transactions) {
    store::WriteBatch batch;
    for (const ledger::Transaction& transaction : transactions) {
        const base::Bytes bytes = ledger::encode(transaction);
        batch.put(Column::meta, key_of(BODY, crypto::sha256(bytes)), bytes);
    }
    if (!batch.empty()) store_.commit(batch, Sync::no);
}

std::optional<ledger::Transaction> Votes::held(const ledger::Hash& hash) const {
    const std::optional<base::Bytes> bytes = store_.get(Column::meta, key_of(BODY, hash));
    if (!bytes) return std::nullopt;
    base::Result<ledger::Transaction> transaction = ledger::decode<ledger::Transaction>(*bytes);
    if (!transaction) store::storage_failed("a transaction kept with the votes is damaged");
    return *std::move(transaction);
}

std::vector<ledger::Hash> Votes::held_hashes() const {
    std::vector<ledger::Hash> found;
    store_.visit_prefix(Column::meta, base::Bytes{BODY}, [&](base::ByteView key, base::ByteView) {
        base::Reader in(key.subspan(1));
        found.push_back(crypto::read_hash(in));
        return true;
    });
    return found;
}

void Votes::let_go(std::span<const ledger::Hash> hashes) {
    store::WriteBatch batch;
    for (const ledger::Hash& hash : hashes) batch.erase(Column::meta, key_of(BODY, hash));
    if (!batch.empty()) store_.commit(batch, Sync::no);
}

void Votes::keep_evidence(const base::Bytes& proof) {
    const base::Bytes key = key_of(EVIDENCE, crypto::sha256(proof));
    if (store_.get(Column::meta, key) || evidence().size() >= MAX_EVIDENCE) return;
    store::WriteBatch batch;
    batch.put(Column::meta, key, proof);
    store_.commit(batch, Sync::no);
}

std::vector<base::Bytes> Votes::evidence() const {
    std::vector<base::Bytes> found;
    store_.visit_prefix(Column::meta, base::Bytes{EVIDENCE},
                        [&](base::ByteView, base::ByteView proof) {
                            found.emplace_back(proof.begin(), proof.end());
                            return true;
                        });
    return found;
}

}  // namespace edict::node
