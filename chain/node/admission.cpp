#include "chain/node/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "base/check.h"
#include "chain/executor/registry.h"
#include "chain/ledger/limits.h"
#include "chain/node/limits.h"

namespace edict::node {

namespace {

using executor::REGISTRY;

ledger::StatePlace registry_place(std::string_view store, base::ByteView first,
                                  base::ByteView second = {}) {
    base::Bytes key(first.begin(), first.end());
    key.insert(key.end(), second.begin(), second.end());
    return {std::string(REGISTRY), std::string(store), std::move(key)};
}

// What was compiled: the sources alone, each with its name.
ledger::Hash hash_of_sources(const ledger::ModuleBundle& bundle) {
    base::Writer out;
    out.count(bundle.sources.size());
    for (const ledger::SourceFile& source : bundle.sources) {
        out.text(source.name);
        out.text(source.text);
    }
    return crypto::sha256(out.out());
}

// As a Text of so many bytes; what is no text at all is not shown.
std::string bounded_text(const std::string& text, std::size_t max_bytes) {
    std::string kept = value::to_nfc(text).value_or("the finding is no valid text");
    if (kept.size() <= max_bytes) return kept;
    kept.resize(max_bytes - 3);
    while (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0xC0U) == 0x80U) {
        kept.pop_back();
    }
    if (!kept.empty() && static_cast<unsigned char>(kept.back()) >= 0xC0U) kept.pop_back();
    return kept + "…";
}

bool concerns_sets(const ledger::Receipt& receipt) {
    return std::any_of(receipt.events.begin(), receipt.events.end(),
                       [](const auto& event) { return event.module == REGISTRY; });
}

// Shared with the listener, which the node may still call when the worker is gone.
struct News {
    std::mutex mutex;
    std::condition_variable wake;
    bool is_there = true;  // at the start, whatever is pending
    bool stopping = false;

    void notice(std::span<const ledger::Receipt> receipts) {
        if (std::none_of(receipts.begin(), receipts.end(), concerns_sets)) return;
        {
            const std::scoped_lock lock(mutex);
            is_there = true;
        }
        wake.notify_one();
    }
};

}  // namespace

struct AdmissionWorker::Impl {
    Node& node;
    AdmissionCheck& check;
    Attester attester;
    std::thread thread;
    std::shared_ptr<News> news = std::make_shared<News>();

    // (set, set in force) whose attestation the chain did not take: it has lapsed, or this
    // validator lacks the role. Only the worker's thread looks.
    std::set<std::pair<ledger::Hash, ledger::Hash>> given_up;

    Impl(Node& node_, AdmissionCheck& check_, const Attester& attester_)
        : node(node_), check(check_), attester(attester_) {}

    void run();
    [[nodiscard]] bool is_stopping();
    [[nodiscard]] bool is_open(const ledger::Hash& set, const ledger::Hash& current) const;
    [[nodiscard]] InForce in_force() const;
    [[nodiscard]] bool attest(const ledger::Hash& set);
    [[nodiscard]] std::optional<ledger::Transaction> attestation(const ledger::Hash& set,
                                                                 const ledger::Hash& sources,
                                                                 const ledger::Hash& against,
                                                                 const Finding& finding) const;
};

bool AdmissionWorker::Impl::is_stopping() {
    const std::scoped_lock lock(news->mutex);
    return news->stopping;
}

void AdmissionWorker::Impl::run() {
    while (true) {
        {
            std::unique_lock lock(news->mutex);
            news->wake.wait(lock, [this] { return news->is_there || news->stopping; });
            if (news->stopping) return;
            news->is_there = false;
        }
        for (const ledger::Hash& set : node.executor().bundles()) {
            if (is_stopping()) return;
            if (!is_open(set, node.executor().in_force()->identity())) continue;
            if (attest(set)) continue;
            // The call did not get through (a full pool, another set in force meanwhile): again.
            std::unique_lock lock(news->mutex);
            news->is_there = true;
            news->wake.wait_for(lock, std::chrono::seconds(1), [this] { return news->stopping; });
        }
    }
}

// Whether the set is pending and this validator has said nothing about it beside `current`.
bool AdmissionWorker::Impl::is_open(const ledger::Hash& set, const ledger::Hash& current) const {
    const executor::Executor& executor = node.executor();
    if (given_up.contains({set, current})) return false;
    if (!executor.read(registry_place("pending", set.bytes))) return false;
    const std::optional<ledger::StateValue> said =
        executor.read(registry_place("attestations", set.bytes, attester.party.bytes));
    if (!said) return true;
    base::Reader in(said->bytes);  // the record begins with the set in force
    return crypto::read_hash(in) != current;
}

InForce AdmissionWorker::Impl::in_force() const {
    const executor::Executor& executor = node.executor();
    const std::shared_ptr<const call::LinkedSet> set = executor.in_force();
    InForce found;
    std::set<ledger::Hash> origins;
    for (std::size_t i = 0; i < set->modules.size(); ++i) {
        found.modules[set->modules[i]->name] = set->hashes[i];
        if (const auto origin = executor.bundle_of(set->modules[i]->name)) origins.insert(*origin);
    }
    for (const ledger::Hash& origin : origins) {
        std::optional<ledger::ModuleBundle> bundle = executor.bundle(origin);
        EDICT_CHECK(bundle.has_value());
        found.bundles.push_back(*std::move(bundle));
    }
    return found;
}

// Whether the attestation was executed, or there is nothing more to do.
bool AdmissionWorker::Impl::attest(const ledger::Hash& set) {
    const std::optional<ledger::ModuleBundle> bundle = node.executor().bundle(set);
    EDICT_CHECK(bundle.has_value());
    const ledger::Hash against = node.executor().in_force()->identity();
    const Finding finding = check.check(*bundle, in_force());
    const std::optional<ledger::Transaction> call =
        attestation(set, hash_of_sources(*bundle), against, finding);
    if (!call) return true;
    const auto submitted = node.submit(*call);
    if (!submitted) return false;
    const std::optional<executor::Found> found = node.wait_for(*submitted, ATTEST_WAIT);
    if (!found) return false;
    if (found->receipt.outcome == ledger::Outcome::committed) return true;
    given_up.emplace(set, against);
    node.handler().notice(fmt::format("the attestation of the set {} was not taken: {}", set.hex(),
                                      found->receipt.reason));
    return true;
}

// None: the registry in force has no such action, so there is nothing to say.
std::optional<ledger::Transaction> AdmissionWorker::Impl::attestation(
    const ledger::Hash& set, const ledger::Hash& sources, const ledger::Hash& against,
    const Finding& finding) const {
    const executor::Executor& executor = node.executor();
    const std::shared_ptr<const call::LinkedSet> modules = executor.in_force();
    const call::LinkedAction* action = modules->find(REGISTRY, "attest");
    if (action == nullptr) return std::nullopt;
    const bytecode::Module& module = *modules->modules[action->module];
    const bytecode::ActionDecl& declared = module.actions[action->action];
    const std::vector<value::Value> arguments = {
        {set},
        {sources},
        {against},
        {bounded_text(finding.verifier_version, 64)},
        {value::EnumMember{static_cast<std::uint32_t>(finding.verdict)}},
        {bounded_text(finding.text, ledger::MAX_FINDING_BYTES)}};
    EDICT_CHECK(declared.parameters.size() == arguments.size());

    ledger::Transaction call;
    call.chain_id = executor.chain_id();
    call.sender = attester.party;
    call.nonce.value = executor.last_nonce(attester.party).value + 1;
    call.expiry.value = executor.last_applied().value + ledger::MAX_EXPIRY_HEIGHTS;
    call.module = REGISTRY;
    call.action = declared.name;
    base::Writer out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        value::encode(out, arguments[i], *module.types[declared.parameters[i]]);
    }
    call.arguments = out.take();
    ledger::sign(call, attester.key);
    return call;
}

AdmissionWorker::AdmissionWorker(Node& node, AdmissionCheck& check, const Attester& attester)
    : impl_(std::make_unique<Impl>(node, check, attester)) {
    node.on_height([news = impl_->news](std::span<const ledger::Receipt> receipts) {
        news->notice(receipts);
    });
}

AdmissionWorker::~AdmissionWorker() { stop(); }

void AdmissionWorker::start() {
    EDICT_CHECK(!impl_->thread.joinable());
    impl_->thread = std::thread([this] { impl_->run(); });
}

void AdmissionWorker::stop() {
    {
        const std::scoped_lock lock(impl_->news->mutex);
        impl_->news->stopping = true;
    }
    impl_->news->wake.notify_all();
    if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace edict::node
