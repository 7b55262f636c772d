#include "chain/executor/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "chain/executor/impl.h"
#include "chain/executor/limits.h"
#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "vm/call/duties.h"
#include "vm/call/stored.h"

namespace edict::executor {

namespace {

using ledger::Height;
using ledger::Transaction;

// The modules in force, from the hashes in the head record.
base::Result<std::shared_ptr<const call::LinkedSet>> load_modules(const store::KeyValue& store,
                                                                  const Head& head) {
    std::vector<std::shared_ptr<const bytecode::Module>> modules;
    for (const auto& [name, hash] : head.modules) {
        const std::optional<base::Bytes> bytes = store.get(store::Column::modules, hash.bytes);
        if (!bytes) {
            return base::environment_error(
                fmt::format("the data directory lacks the module {} ({})", name, hash.hex()));
        }
        base::Result<bytecode::Module> module = bytecode::decode(*bytes);
        if (!module) return base::in_context("the stored module " + name, module.error());
        modules.push_back(std::make_shared<const bytecode::Module>(*std::move(module)));
    }
    base::Result<call::LinkedSet> linked = call::link(std::move(modules));
    if (!linked) return base::in_context("the stored modules", linked.error());
    return std::make_shared<const call::LinkedSet>(*std::move(linked));
}

}  // namespace

ledger::Nonce nonce_in(const WorkingState& state, const ledger::PartyId& party) {
    const std::optional<base::Bytes> bytes = state.get(nonce_place(party));
    if (!bytes) return {0};
    base::Reader in(*bytes);
    return {in.u64()};
}

std::optional<ledger::PublicKey> Executor::Impl::key_of(const WorkingState& state,
                                                        const ledger::PartyId& party) {
    const std::optional<base::Bytes> bytes = state.get(key_place(party));
    if (!bytes) return std::nullopt;
    base::Reader in(*bytes);
    const base::ByteView raw = in.bytes(32);
    if (raw.size() != 32) return std::nullopt;  // a key of another length signs nothing
    base::Reader key(raw);
    return crypto::read_public_key(key);
}

base::Status Executor::Impl::check_envelope(const Transaction& transaction, Height height,
                                            const WorkingState& state) const {
    if (transaction.chain_id != chain_id) {
        return base::input_error(fmt::format("the call is for the chain {}; this is {}",
                                             transaction.chain_id.hex(), chain_id.hex()));
    }
    if (transaction.expiry < height) {
        return base::input_error(fmt::format("the call expired at height {}; the next height is {}",
                                             transaction.expiry.value, height.value));
    }
    if (transaction.expiry.value - height.value > ledger::MAX_EXPIRY_HEIGHTS) {
        return base::input_error(fmt::format(
            "the call expires at height {}; at most {} are allowed (next height {} + {})",
            transaction.expiry.value, height.value + ledger::MAX_EXPIRY_HEIGHTS, height.value,
            ledger::MAX_EXPIRY_HEIGHTS));
    }
    const std::optional<ledger::PublicKey> key = key_of(state, transaction.sender);
    if (!key) {
        return base::input_error(
            fmt::format("the sender {} is not registered", transaction.sender.hex()));
    }
    if (!signatures.valid(transaction, ledger::hash_of(transaction), *key)) {
        return base::input_error(fmt::format("the signature is not by the key of the sender {}",
                                             transaction.sender.hex()));
    }
    return {};
}

Executor::Executor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Executor::~Executor() = default;

base::Result<std::unique_ptr<Executor>> Executor::open(store::KeyValue& store,
                                                       const ledger::Genesis& genesis,
                                                       runtime::Engine& engine) {
    auto impl = std::make_unique<Impl>(store, engine, genesis);
    impl->chain_id = ledger::chain_id(genesis);
    if (const std::optional<Head> head = read_head(store)) {
        if (head->chain_id != impl->chain_id) {
            return base::environment_error(
                fmt::format("the data directory belongs to the chain {}, the genesis file to {}",
                            head->chain_id.hex(), impl->chain_id.hex()));
        }
        base::Result<std::shared_ptr<const call::LinkedSet>> modules = load_modules(store, *head);
        if (!modules) return base::error_of(modules);
        impl->head = *head;
        impl->in_force = *std::move(modules);
        const std::optional<ledger::Header> last =
            read_record<ledger::Header>(store, store::Column::headers, height_key(head->height));
        if (!last) return base::environment_error("the data directory lacks its last header");
        impl->last_header = *last;
        base::Result<merkle::LogEdge> log =
            merkle::LogEdge::read(last->log_size, log_reader(store));
        if (!log) return base::error_of(log);
        impl->log = *std::move(log);
        return std::unique_ptr<Executor>(new Executor(std::move(impl)));
    }
    Executed first;
    WorkingState state(store);
    base::Result<std::shared_ptr<const call::LinkedSet>> modules =
        write_genesis(genesis, state, first.writes);
    if (!modules) return base::error_of(modules);
    first.in_force = *std::move(modules);
    first.header.time_ms = genesis.time_ms;
    impl->head.chain_id = impl->chain_id;
    seal(store, genesis, impl->head, impl->log, nullptr, state, first);
    std::unique_ptr<Executor> executor(new Executor(std::move(impl)));
    executor->commit(std::move(first));
    return executor;
}

void Executor::commit(Executed executed) {
    impl_->store.commit(executed.writes, store::Sync::yes);
    const std::scoped_lock lock(impl_->mutex);
    impl_->head.height = executed.batch.height;
    impl_->head.tree = executed.tree;
    impl_->head.modules.clear();
    for (std::size_t i = 0; i < executed.in_force->modules.size(); ++i) {
        impl_->head.modules[executed.in_force->modules[i]->name] = executed.in_force->hashes[i];
    }
    impl_->last_header = executed.header;
    impl_->log = std::move(executed.log);
    impl_->in_force = std::move(executed.in_force);
}

void Executor::store_certificate(Height height, const ledger::Certificate& certificate) {
    store::WriteBatch batch;
    batch.put(store::Column::headers, certificate_key(height), ledger::encode(certificate));
    impl_->store.commit(batch, store::Sync::no);
}

// ---- before ordering ----

base::Status Executor::check_transaction(const Transaction& transaction) const {
    const WorkingState state(impl_->store);
    const Height next{last_applied().value + 1};
    if (const base::Status ok = impl_->check_envelope(transaction, next, state); !ok) return ok;
    const std::uint64_t last = nonce_in(state, transaction.sender).value;
    if (transaction.nonce.value <= last) {
        return base::input_error(fmt::format("the nonce {} is used already; the next one is {}",
                                             transaction.nonce.value, last + 1));
    }
    if (transaction.nonce.value - last > MAX_NONCE_AHEAD) {
        // Not wrong, only early: the same call may be taken later.
        return base::fail(
            base::ErrorKind::unknown,
            fmt::format("the nonce {} is too far ahead; the next one is {}, at most {} may wait",
                        transaction.nonce.value, last + 1, MAX_NONCE_AHEAD));
    }
    return {};
}

std::vector<Transaction> Executor::propose(std::span<const Transaction> waiting) const {
    const WorkingState state(impl_->store);
    const Height next{last_applied().value + 1};
    const ledger::ChainLimits& limits = impl_->genesis.limits;
    std::unordered_map<ledger::Hash, std::uint64_t> last_nonces;  // by sender, as of this batch
    std::vector<Transaction> chosen;
    std::size_t bytes = 0;
    for (const Transaction& transaction : waiting) {
        if (chosen.size() >= limits.batch_transactions) break;
        const std::size_t size = ledger::encode(transaction).size();
        if (bytes + size > limits.batch_bytes) break;
        const ledger::Hash sender{transaction.sender.bytes};
        const auto [last, is_new] = last_nonces.try_emplace(sender, 0);
        if (is_new) last->second = nonce_in(state, transaction.sender).value;
        if (transaction.nonce.value != last->second + 1) continue;
        if (!impl_->check_envelope(transaction, next, state)) continue;
        last->second = transaction.nonce.value;
        bytes += size;
        chosen.push_back(transaction);
    }
    return chosen;
}

base::Status Executor::check_proposal(const ledger::Batch& batch, const ledger::Body& body) const {
    const Height next{last_applied().value + 1};
    if (batch.height != next) {
        return base::input_error(fmt::format("the batch is for height {}; the next height is {}",
                                             batch.height.value, next.value));
    }
    if (batch.transactions.size() != body.transactions.size()) {
        return base::input_error(fmt::format("the batch names {} transactions, its body has {}",
                                             batch.transactions.size(), body.transactions.size()));
    }
    const WorkingState state(impl_->store);
    const ledger::ChainLimits& limits = impl_->genesis.limits;
    const std::optional<std::int64_t> due = call::next_due_ms(state);
    if (body.transactions.empty() && (!due || *due > batch.proposed_time_ms)) {
        return base::input_error("the batch is empty, and nothing is due at its time");
    }
    if (body.transactions.size() > limits.batch_transactions) {
        return base::input_error(fmt::format("the batch has {} transactions; at most {} may be",
                                             body.transactions.size(), limits.batch_transactions));
    }
    std::size_t bytes = 0;
    std::unordered_set<ledger::Hash> seen;
    std::unordered_map<ledger::Hash, std::uint64_t> last_nonces;
    for (std::size_t i = 0; i < body.transactions.size(); ++i) {
        const Transaction& transaction = body.transactions[i];
        const std::string where = fmt::format("transaction {}", i);
        if (ledger::hash_of(transaction) != batch.transactions[i]) {
            return base::input_error(where + " is not the one that the batch names");
        }
        bytes += ledger::encode(transaction).size();
        if (bytes > limits.batch_bytes) {
            return base::input_error(
                fmt::format("the batch is larger than {} bytes", limits.batch_bytes));
        }
        if (!seen.insert(batch.transactions[i]).second) {
            return base::input_error(where + " is in the batch twice");
        }
        if (const base::Status ok = impl_->check_envelope(transaction, next, state); !ok) {
            return base::in_context(where, ok.error());
        }
        const ledger::Hash sender{transaction.sender.bytes};
        const auto [last, is_new] = last_nonces.try_emplace(sender, 0);
        if (is_new) last->second = nonce_in(state, transaction.sender).value;
        if (transaction.nonce.value != last->second + 1) {
            return base::input_error(
                fmt::format("{} has the nonce {}; the next one of its sender is {}", where,
                            transaction.nonce.value, last->second + 1));
        }
        last->second = transaction.nonce.value;
    }
    return {};
}

call::CallResult Executor::dry_run(const call::Call& call, std::int64_t time_ms) const {
    const std::shared_ptr<const call::LinkedSet> set = in_force();
    const WorkingState state(impl_->store);
    const std::scoped_lock lock(impl_->engine_mutex);
    return call::run_call(*set, state, call, {time_ms}, impl_->engine);
}

// ---- what is stored ----

const ledger::Genesis& Executor::genesis() const { return impl_->genesis; }
const ledger::Hash& Executor::chain_id() const { return impl_->chain_id; }

Height Executor::last_applied() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->head.height;
}

ledger::Header Executor::last_header() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->last_header;
}

std::shared_ptr<const call::LinkedSet> Executor::in_force() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->in_force;
}

ledger::Nonce Executor::last_nonce(const ledger::PartyId& party) const {
    return nonce_in(WorkingState(impl_->store), party);
}

std::optional<ledger::StateValue> Executor::read(const ledger::StatePlace& place) const {
    return read_committed(impl_->store, place);
}

base::Result<value::Value> Executor::as_now(const ledger::StatePlace& place,
                                            const ledger::StateValue& stored) const {
    const std::shared_ptr<const call::LinkedSet> set = in_force();
    const call::LinkedStore* store = set->find_store(place.module, place.name);
    if (store == nullptr) {
        return base::input_error(
            fmt::format("there is no store {}.{} in force", place.module, place.name));
    }
    const std::scoped_lock lock(impl_->engine_mutex);
    return call::read_stored(*set, *store, stored.bytes, stored.schema, impl_->engine);
}

std::optional<ledger::Header> Executor::header(Height height) const {
    return read_record<ledger::Header>(impl_->store, store::Column::headers, height_key(height));
}

std::optional<ledger::Certificate> Executor::certificate(Height height) const {
    return read_record<ledger::Certificate>(impl_->store, store::Column::headers,
                                            certificate_key(height));
}

std::optional<ledger::Batch> Executor::batch(Height height) const {
    return read_record<ledger::Batch>(impl_->store, store::Column::blocks, height_key(height));
}

std::vector<ledger::Receipt> Executor::receipts(Height height) const {
    std::vector<ledger::Receipt> receipts;
    impl_->store.visit_prefix(
        store::Column::receipts, height_key(height), [&](base::ByteView, base::ByteView bytes) {
            base::Result<ledger::Receipt> receipt = ledger::decode<ledger::Receipt>(bytes);
            if (!receipt) store::storage_failed("a stored receipt is damaged");
            receipts.push_back(*std::move(receipt));
            return true;
        });
    return receipts;
}

std::optional<Found> Executor::find(const ledger::Hash& transaction) const {
    std::optional<StoredTransaction> stored = find_transaction(impl_->store, transaction);
    if (!stored) return std::nullopt;
    std::optional<ledger::Receipt> receipt = read_record<ledger::Receipt>(
        impl_->store, store::Column::receipts, receipt_key(stored->place));
    if (!receipt) store::storage_failed("the receipt of a stored transaction is missing");
    return Found{std::move(stored->transaction), *std::move(receipt)};
}

std::optional<Transaction> Executor::skipped(const ledger::Hash& hash) const {
    return read_record<Transaction>(impl_->store, store::Column::transactions, skipped_key(hash));
}

std::optional<base::Bytes> Executor::module(const ledger::Hash& hash) const {
    return impl_->store.get(store::Column::modules, hash.bytes);
}

std::optional<ledger::ModuleBundle> Executor::bundle(const ledger::Hash& hash) const {
    return read_record<ledger::ModuleBundle>(impl_->store, store::Column::sources, hash.bytes);
}

std::vector<ledger::Hash> Executor::bundles() const {
    std::vector<ledger::Hash> found;
    impl_->store.visit_range(store::Column::sources, {}, {},
                             [&](base::ByteView key, base::ByteView) {
                                 base::Reader in(key);
                                 found.push_back(crypto::read_hash(in));
                                 return true;
                             });
    return found;
}

std::optional<ledger::Hash> Executor::bundle_of(std::string_view module) const {
    const std::optional<ledger::StateValue> origin = read(origin_place(module));
    if (!origin) return std::nullopt;
    base::Reader in(origin->bytes);
    return crypto::read_hash(in);
}

std::optional<std::int64_t> Executor::next_wakeup() const {
    const WorkingState state(impl_->store);
    return call::next_due_ms(state);
}

std::optional<call::DutyState> Executor::duty(const ledger::Hash& identity) const {
    const WorkingState state(impl_->store);
    call::DutyBook::Writes none;
    return call::DutyBook(state, none).find(identity);
}

std::vector<call::ListedDuty> Executor::duties(std::size_t most) const {
    const WorkingState state(impl_->store);
    return call::open_duties(state, most);
}

std::vector<call::ListedDuty> Executor::duties_of(const std::optional<ledger::PartyId>& bearer,
                                                  std::string_view role) const {
    const WorkingState state(impl_->store);
    std::vector<call::ListedDuty> all;
    const std::shared_ptr<const call::LinkedSet> set = in_force();
    for (const auto& [name, action] : set->actions) {
        for (call::ListedDuty& one :
             call::open_duties_of(state, bearer, role, name.first, name.second))
            all.push_back(std::move(one));
    }
    return all;
}

base::Status Executor::back_up(const std::string& path) const {
    return impl_->store.checkpoint(path);
}

std::uint64_t Executor::signatures_checked() const { return impl_->signatures.checked(); }
std::uint64_t Executor::signatures_us() const { return impl_->signatures.spent_us(); }

}  // namespace edict::executor
