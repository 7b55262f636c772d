// A ledger of nonces: a call has an effect if its nonce is the next of its sender and it has not
// expired. The state root is a running hash over all effects, so no two histories share one. Its
// registers are kept beside it, so that clients see what came before them.
#include <algorithm>

#include "base/check.h"
#include "chain/ledger/codec.h"
#include "chain/sim/machine.h"

namespace edict::sim {

namespace {

using ledger::Hash;
using ledger::Height;
using store::Column;

base::Bytes height_key(Height height, std::uint8_t kind) {
    base::Writer out;
    out.u64(height.value);
    out.u8(kind);
    return out.take();
}

template <typename T>
std::optional<T> read(const store::KeyValue& store, Column column, base::ByteView key) {
    const std::optional<base::Bytes> bytes = store.get(column, key);
    if (!bytes) return std::nullopt;
    base::Result<T> found = ledger::decode<T>(*bytes);
    EDICT_CHECK(found.has_value());
    return *std::move(found);
}

class SmallMachine final : public Machine {
public:
    SmallMachine(store::KeyValue& store, const Hash& chain_id, std::vector<std::int64_t> deadlines)
        : store_(store), deadlines_(std::move(deadlines)) {
        const auto last = store_.last(Column::blocks);
        if (last) {
            base::Reader in(last->first);
            last_ = *header({in.u64()});
            return;
        }
        last_.chain_id = chain_id;
        last_.time_ms = GENESIS_MS;
        pending_.put(Column::headers, height_key({0}, 0), ledger::encode(last_));
        pending_.put(Column::blocks, height_key({0}, 0), ledger::encode(ledger::Batch{}));
        store_.commit(pending_, store::Sync::yes);
    }

    Height applied() const override { return last_.height; }
    std::optional<ledger::Header> header(Height height) const override {
        return read<ledger::Header>(store_, Column::headers, height_key(height, 0));
    }
    std::optional<ledger::Certificate> certificate(Height height) const override {
        return read<ledger::Certificate>(store_, Column::headers, height_key(height, 1));
    }
    std::optional<ledger::Batch> batch(Height height) const override {
        return read<ledger::Batch>(store_, Column::blocks, height_key(height, 0));
    }
    std::optional<ledger::Transaction> find(const Hash& transaction) const override {
        return read<ledger::Transaction>(store_, Column::transactions, transaction.bytes);
    }

    ledger::Nonce next_nonce(const ledger::PartyId& party) const override {
        const std::optional<base::Bytes> bytes = store_.get(Column::state_values, party.bytes);
        if (!bytes) return {1};
        base::Reader in(*bytes);
        return {in.u64() + 1};
    }

    bool check(const ledger::Batch& batch, const ledger::Body& body) const override {
        if (batch.height.value != applied().value + 1) return false;
        std::map<ledger::PartyId, std::uint64_t> next;
        for (const ledger::Transaction& transaction : body.transactions) {
            const auto [at, is_new] = next.try_emplace(transaction.sender, 0);
            if (is_new) at->second = next_nonce(transaction.sender).value;
            if (transaction.nonce.value != at->second++) return false;
            if (transaction.expiry < batch.height) return false;
        }
        return true;
    }

    Outcome execute(const ledger::Batch& batch, const ledger::Body& body) override {
        EDICT_CHECK(batch.height.value == applied().value + 1);
        pending_ = {};
        Outcome outcome;
        std::map<ledger::PartyId, std::uint64_t> next;
        std::map<base::Bytes, std::uint64_t> registers;
        base::Writer effects;
        crypto::write(effects, last_.state_root);
        base::Writer roots;
        for (std::size_t i = 0; i < body.transactions.size(); ++i) {
            const ledger::Transaction& transaction = body.transactions[i];
            const auto [at, is_new] = next.try_emplace(transaction.sender, 0);
            if (is_new) at->second = next_nonce(transaction.sender).value;
            if (transaction.nonce.value != at->second || transaction.expiry < batch.height)
                continue;
            ++at->second;
            crypto::write(effects, batch.transactions[i]);
            crypto::write(roots, batch.transactions[i]);
            pending_.put(Column::transactions, batch.transactions[i].bytes,
                         ledger::encode(transaction));
            outcome.executed.push_back(transaction);
            const Hash& call = batch.transactions[i];
            const auto [held, is_first] = registers.try_emplace(register_key(call), 0);
            if (is_first) held->second = number_at(held->first);
            outcome.saw.emplace_back(call, std::exchange(held->second, number_of(call)));
        }
        for (const auto& [key, held] : registers) {
            base::Writer value;
            value.u64(held);
            pending_.put(Column::state_values, key, value.out());
        }
        for (const auto& [party, nonce] : next) {
            base::Writer value;
            value.u64(nonce - 1);
            pending_.put(Column::state_values, party.bytes, value.out());
        }
        ledger::Header& header = outcome.header;
        header = last_;
        header.epoch = batch.epoch;
        header.height = batch.height;
        header.previous = ledger::hash_of(last_);
        header.time_ms = std::max(last_.time_ms + 1, batch.proposed_time_ms);
        header.transactions_root = crypto::sha256(roots.out());
        for (const std::int64_t deadline : deadlines_) {  // each leaves its mark once
            if (last_.time_ms < deadline && deadline <= header.time_ms) effects.i64(deadline);
        }
        header.state_root = crypto::sha256(effects.out());
        header.log_size += outcome.executed.size();
        pending_.put(Column::headers, height_key(batch.height, 0), ledger::encode(header));
        pending_.put(Column::blocks, height_key(batch.height, 0), ledger::encode(batch));
        executed_ = header;
        return outcome;
    }

    void commit() override {
        store_.commit(pending_, store::Sync::yes);
        pending_ = {};
        last_ = executed_;
    }

    void store_certificate(Height height, const ledger::Certificate& certificate) override {
        store::WriteBatch batch;
        batch.put(Column::headers, height_key(height, 1), ledger::encode(certificate));
        store_.commit(batch, store::Sync::no);
    }

    std::optional<std::int64_t> next_wakeup() const override {
        std::optional<std::int64_t> next;
        for (const std::int64_t deadline : deadlines_) {
            if (deadline > last_.time_ms && (!next || deadline < *next)) next = deadline;
        }
        return next;
    }

private:
    static base::Bytes register_key(const Hash& call) {
        return {'r', static_cast<std::uint8_t>(register_of(call))};
    }
    std::uint64_t number_at(const base::Bytes& key) const {
        const std::optional<base::Bytes> bytes = store_.get(Column::state_values, key);
        if (!bytes) return 0;
        base::Reader in(*bytes);
        return in.u64();
    }

    store::KeyValue& store_;
    std::vector<std::int64_t> deadlines_;
    ledger::Header last_;
    ledger::Header executed_;
    store::WriteBatch pending_;
};

}  // namespace

std::size_t register_of(const Hash& call) { return call.bytes[0] % REGISTERS; }

std::uint64_t number_of(const Hash& call) {
    std::uint64_t number = 1;
    for (std::size_t i = 1; i < 9; ++i) number = number << 8 | call.bytes[i];
    return number | std::uint64_t{1} << 63;
}

std::unique_ptr<Machine> make_small_machine(store::KeyValue& store, const Hash& chain_id,
                                            std::vector<std::int64_t> deadlines_ms) {
    return std::make_unique<SmallMachine>(store, chain_id, std::move(deadlines_ms));
}

}  // namespace edict::sim
