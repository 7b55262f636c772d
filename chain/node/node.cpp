#include "chain/node/node.h"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "chain/node/limits.h"
#include "chain/pool/pool.h"

namespace edict::node {

namespace {

class KeySigner final : public Signer {
public:
    explicit KeySigner(const ledger::SecretKey& key) : key_(key) {}
    ledger::Signature sign_header(const ledger::Hash& chain_id,
                                  const ledger::Hash& header) override {
        return ledger::sign_header(chain_id, header, key_);
    }

private:
    ledger::SecretKey key_;
};

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Rejection rejection(pool::Added added) {
    switch (added) {
        case pool::Added::added:
            break;
        case pool::Added::known:
            return {Rejection::Why::known, "the call waits already"};
        case pool::Added::nonce_taken:
            return {Rejection::Why::invalid,
                    "another call of this sender waits with the same nonce"};
        case pool::Added::sender_full:
            return {Rejection::Why::full,
                    fmt::format("{} calls of this sender wait already; at most {} may",
                                pool::MAX_OF_SENDER, pool::MAX_OF_SENDER)};
        case pool::Added::full:
            return {Rejection::Why::full, "the pool of waiting calls is full"};
    }
    EDICT_CHECK(false);
    return {};
}

}  // namespace

std::unique_ptr<Signer> make_signer(const ledger::SecretKey& key) {
    return std::make_unique<KeySigner>(key);
}

struct Node::Impl {
    executor::Executor& executor;
    std::unique_ptr<consensus::Protocol> protocol;
    Signer& signer;
    std::uint16_t validator;
    std::vector<Listener> listeners;
    std::vector<ledger::Receipt> delivered;  // of the last height; the node's thread only
    std::thread thread;

    mutable std::mutex mutex;           // guards what follows
    std::condition_variable wake;       // of the node's thread
    std::condition_variable certified;  // of those who wait for a height
    pool::Pool pool;
    Counters counters;
    ledger::Height certified_height;
    bool has_new = false;  // something was added since the protocol was told
    bool stopping = false;

    Impl(executor::Executor& executor_, std::unique_ptr<consensus::Protocol> protocol_,
         Signer& signer_, std::uint16_t validator_, std::size_t pool_bytes)
        : executor(executor_),
          protocol(std::move(protocol_)),
          signer(signer_),
          validator(validator_),
          pool(pool_bytes) {}

    using Events = std::deque<consensus::Event>;
    void run();
    void step(consensus::Event first);
    void carry_out(const consensus::Update& update, Events& events);
    [[nodiscard]] consensus::Proposed propose();
    [[nodiscard]] consensus::Executed deliver(const ledger::Batch& batch);
    void certify(const consensus::Update::Certified& done);
};

void Node::Impl::run() {
    const ledger::Header last = executor.last_header();
    const bool is_certified = executor.certificate(last.height).has_value();
    if (is_certified) {
        const std::scoped_lock lock(mutex);
        certified_height = last.height;
    }
    consensus::Started started;
    started.applied = last.height;
    started.header = ledger::hash_of(last);
    started.certified = is_certified;
    step(started);
    std::unique_lock lock(mutex);
    while (!stopping) {
        wake.wait(lock, [this] { return stopping || has_new; });
        if (stopping) break;
        has_new = false;
        lock.unlock();
        step(consensus::Waiting{now_ms(), ledger::Hash{}, false});
        lock.lock();
    }
}

void Node::Impl::step(consensus::Event first) {
    Events events{std::move(first)};
    while (!events.empty()) {
        const consensus::Update update = protocol->step(events.front());
        events.pop_front();
        carry_out(update, events);
    }
}

void Node::Impl::carry_out(const consensus::Update& update, Events& events) {
    // The one protocol that runs here keeps no votes, has no peers and waits for nobody.
    EDICT_CHECK(!update.persist && update.send.empty() && update.timers.empty());
    for (const consensus::SignHeader& wanted : update.sign) {
        events.emplace_back(consensus::Signed{
            wanted.height, {validator, signer.sign_header(executor.chain_id(), wanted.header)}});
    }
    for (const consensus::Deliver& wanted : update.deliver) {
        events.emplace_back(deliver(wanted.batch));
    }
    for (const consensus::Update::Certified& done : update.certify) certify(done);
    if (update.propose) events.emplace_back(propose());
}

// What waits and can run. What waits and cannot run any more (its sender's key was changed) leaves
// the pool, or it would hold up its sender for ever.
consensus::Proposed Node::Impl::propose() {
    const ledger::ChainLimits& limits = executor.genesis().limits;
    consensus::Proposed proposed{now_ms(), {}};
    while (true) {
        std::vector<ledger::Transaction> ready;
        {
            const std::scoped_lock lock(mutex);
            if (stopping) return proposed;
            ready = pool.ready(
                [this](const ledger::PartyId& party) {
                    return ledger::Nonce{executor.last_nonce(party).value + 1};
                },
                limits.batch_transactions, limits.batch_bytes);
        }
        if (ready.empty()) return proposed;
        const std::vector<ledger::Transaction> chosen = executor.propose(ready);
        for (const ledger::Transaction& transaction : chosen) {
            proposed.transactions.push_back(ledger::hash_of(transaction));
        }
        if (!chosen.empty()) return proposed;
        const std::scoped_lock lock(mutex);
        for (const ledger::Transaction& transaction : ready) {
            pool.remove(ledger::hash_of(transaction));
        }
    }
}

consensus::Executed Node::Impl::deliver(const ledger::Batch& batch) {
    ledger::Body body;
    {
        const std::scoped_lock lock(mutex);
        for (const ledger::Hash& hash : batch.transactions) {
            const ledger::Transaction* transaction = pool.find(hash);
            EDICT_CHECK(transaction != nullptr);  // proposed here, removed only below
            body.transactions.push_back(*transaction);
        }
    }
    executor::Executed executed = executor.execute(batch, body);
    delivered = std::move(executed.receipts);
    const ledger::Hash header = ledger::hash_of(executed.header);
    executor.commit(std::move(executed));

    const std::scoped_lock lock(mutex);
    for (std::size_t i = 0; i < batch.transactions.size(); ++i) {
        pool.remove(batch.transactions[i]);
    }
    for (const ledger::Transaction& transaction : body.transactions) {
        pool.drop_used(transaction.sender, transaction.nonce);
    }
    pool.drop_expired({batch.height.value + 1});
    counters.executed += delivered.size();
    ++counters.heights;
    return {batch.height, header};
}

void Node::Impl::certify(const consensus::Update::Certified& done) {
    executor.store_certificate(done.height, done.certificate);
    {
        const std::scoped_lock lock(mutex);
        certified_height = done.height;
    }
    certified.notify_all();
    for (const Listener& listener : listeners) listener(delivered);
}

Node::Node(executor::Executor& executor, std::unique_ptr<consensus::Protocol> protocol,
           Signer& signer, std::uint16_t validator, std::size_t pool_bytes)
    : impl_(std::make_unique<Impl>(executor, std::move(protocol), signer, validator, pool_bytes)) {}

Node::~Node() { stop(); }

void Node::on_height(Listener listener) {
    EDICT_CHECK(!impl_->thread.joinable());
    impl_->listeners.push_back(std::move(listener));
}

void Node::start() {
    EDICT_CHECK(!impl_->thread.joinable());
    impl_->thread = std::thread([this] { impl_->run(); });
}

void Node::stop() {
    {
        const std::scoped_lock lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->wake.notify_all();
    impl_->certified.notify_all();
    if (impl_->thread.joinable()) impl_->thread.join();
}

tl::expected<ledger::Hash, Rejection> Node::submit(ledger::Transaction transaction) {
    const ledger::Hash hash = ledger::hash_of(transaction);
    Rejection why;
    if (const std::optional<executor::Found> found = impl_->executor.find(hash)) {
        why = {Rejection::Why::known, fmt::format("the call {} was executed at height {} already",
                                                  hash.hex(), found->receipt.height.value)};
    } else if (const base::Status ok = impl_->executor.check_transaction(transaction); !ok) {
        const bool is_early = ok.error().kind == base::ErrorKind::unknown;
        why = {is_early ? Rejection::Why::full : Rejection::Why::invalid, ok.error().message};
    } else {
        const std::scoped_lock lock(impl_->mutex);
        if (impl_->stopping)
            return tl::unexpected(Rejection{Rejection::Why::stopping, "the node is about to end"});
        const pool::Added added = impl_->pool.add(std::move(transaction));
        if (added == pool::Added::added) {
            ++impl_->counters.accepted;
            impl_->has_new = true;
            impl_->wake.notify_one();
            return hash;
        }
        why = rejection(added);
    }
    const std::scoped_lock lock(impl_->mutex);
    ++impl_->counters.rejected;
    return tl::unexpected(std::move(why));
}

std::optional<executor::Found> Node::wait_for(const ledger::Hash& transaction,
                                              std::chrono::milliseconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    std::unique_lock lock(impl_->mutex);
    while (true) {
        const ledger::Height seen = impl_->certified_height;
        lock.unlock();
        std::optional<executor::Found> found = impl_->executor.find(transaction);
        if (found && found->receipt.height <= seen) return found;
        lock.lock();
        const bool moved = impl_->certified.wait_until(
            lock, until, [&] { return impl_->stopping || impl_->certified_height > seen; });
        if (!moved || impl_->stopping) return found;
    }
}

bool Node::wait_certified(std::chrono::milliseconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    std::unique_lock lock(impl_->mutex);
    return impl_->certified.wait_until(lock, until, [&] {
        return impl_->stopping || impl_->certified_height >= impl_->executor.last_applied();
    });
}

const executor::Executor& Node::executor() const { return impl_->executor; }
std::string_view Node::protocol() const { return impl_->protocol->name(); }

Counters Node::counters() const {
    const std::scoped_lock lock(impl_->mutex);
    Counters now = impl_->counters;
    now.waiting = impl_->pool.size();
    now.waiting_bytes = impl_->pool.bytes();
    now.signatures_checked = impl_->executor.signatures_checked();
    return now;
}

}  // namespace edict::node
