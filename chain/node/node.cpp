#include "chain/node/node.h"

#include <fmt/format.h>

#include "base/check.h"
#include "chain/node/impl.h"
#include "chain/node/parcels.h"

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

Rejection rejection(pool::Added added) {
    switch (added) {
        case pool::Added::added:
            break;
        case pool::Added::known:
            return {Rejection::Why::known, "the call waits already"};
        case pool::Added::nonce_taken:
            return {Rejection::Why::overtaken,
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

Rejection rejection(const base::Error& error, bool is_nonce_used) {
    if (error.kind == base::ErrorKind::unknown) return {Rejection::Why::full, error.message};
    return {is_nonce_used ? Rejection::Why::overtaken : Rejection::Why::invalid, error.message};
}

}  // namespace

std::unique_ptr<Signer> make_signer(const ledger::SecretKey& key) {
    return std::make_unique<KeySigner>(key);
}

Node::Node(Setup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}

Node::Node(executor::Executor& executor, std::unique_ptr<consensus::Protocol> protocol,
           Signer& signer, std::uint16_t validator, std::size_t pool_bytes)
    : Node(Setup{executor, std::move(protocol), signer, validator, nullptr, false, pool_bytes}) {}

Node::~Node() { stop(); }

void Node::on_height(Listener listener) {
    EDICT_CHECK(!impl_->thread.joinable());
    impl_->listeners.push_back(std::move(listener));
}

void Node::on_notice(std::function<void(const std::string&)> notice) {
    EDICT_CHECK(!impl_->thread.joinable());
    impl_->on_notice = std::move(notice);
}

void Node::on_halt(std::function<void()> halted) {
    EDICT_CHECK(!impl_->thread.joinable());
    impl_->on_halt = std::move(halted);
}

net::Handler& Node::handler() { return *impl_; }

void Node::connect(net::Network& network) {
    EDICT_CHECK(!impl_->thread.joinable());
    impl_->network = &network;
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
    impl_->room.notify_all();
    impl_->certified.notify_all();
    if (impl_->thread.joinable()) impl_->thread.join();
}

bool Node::Impl::is_ending() const {
    const std::scoped_lock lock(mutex);
    return is_over();
}

// A node that lags would take calls whose nonces others have used, and never execute them.
std::string Node::Impl::not_ready() const {
    const std::scoped_lock lock(mutex);
    if (network == nullptr) return {};
    if (!standing.informed) {
        return "this node has not heard from a quorum of validators since it started";
    }
    if (standing.behind) {
        return fmt::format("this node is behind the others at height {}: it is catching up",
                           certified_height.value);
    }
    return {};
}

pool::Added Node::Impl::add(const ledger::Transaction& transaction) {
    const std::scoped_lock lock(mutex);
    const pool::Added added = pool.add(transaction);
    if (added == pool::Added::added) {
        ++counters.accepted;
        has_new = true;
        wake.notify_one();
    }
    return added;
}

void Node::Impl::tell(const ledger::Transaction& transaction) const {
    if (network == nullptr) return;
    for (const net::Parcel& parcel :
         transactions_parcels({&transaction, 1}, net::MAX_CALLS_BYTES)) {
        network->send(std::nullopt, net::Channel::calls, parcel);
    }
}

tl::expected<ledger::Hash, Rejection> Node::submit(ledger::Transaction transaction) {
    const ledger::Hash hash = ledger::hash_of(transaction);
    Rejection why;
    if (const std::optional<executor::Found> found = impl_->executor.find(hash)) {
        why = {Rejection::Why::known, fmt::format("the call {} was executed at height {} already",
                                                  hash.hex(), found->receipt.height.value)};
    } else if (impl_->is_ending()) {
        return tl::unexpected(Rejection{Rejection::Why::stopping, "the node is about to end"});
    } else if (const std::string busy = impl_->not_ready(); !busy.empty()) {
        why = {Rejection::Why::full, busy};
    } else if (const base::Status ok = impl_->executor.check_transaction(transaction); !ok) {
        why = rejection(ok.error(),
                        impl_->executor.last_nonce(transaction.sender) >= transaction.nonce);
    } else {
        const pool::Added added = impl_->add(transaction);
        if (added == pool::Added::added) {
            impl_->tell(transaction);
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
            lock, until, [&] { return impl_->is_over() || impl_->certified_height > seen; });
        if (!moved || impl_->is_over()) return found;
    }
}

bool Node::wait_certified(ledger::Height height, std::chrono::milliseconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    std::unique_lock lock(impl_->mutex);
    impl_->certified.wait_until(
        lock, until, [&] { return impl_->is_over() || impl_->certified_height >= height; });
    return impl_->certified_height >= height;
}

const executor::Executor& Node::executor() const { return impl_->executor; }
std::string_view Node::protocol() const { return impl_->setup.protocol->name(); }
const net::Network* Node::network() const { return impl_->network; }

consensus::Standing Node::standing() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->standing;
}

ledger::Height Node::certified() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->certified_height;
}

std::optional<std::string> Node::halted() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->halted;
}

std::vector<base::Bytes> Node::evidence() const {
    return impl_->setup.votes == nullptr ? std::vector<base::Bytes>{}
                                         : impl_->setup.votes->evidence();
}

Counters Node::counters() const {
    const std::scoped_lock lock(impl_->mutex);
    Counters now = impl_->counters;
    now.waiting = impl_->pool.size();
    now.waiting_bytes = impl_->pool.bytes();
    now.signatures_checked = impl_->executor.signatures_checked();
    now.signatures_us = impl_->executor.signatures_us();
    return now;
}

}  // namespace edict::node
