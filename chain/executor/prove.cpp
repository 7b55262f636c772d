// Proofs, each against the last certified header that contains what is proved.
#include <fmt/format.h>

#include "base/check.h"
#include "chain/executor/impl.h"
#include "chain/ledger/codec.h"

namespace edict::executor {

namespace {

base::Result<ledger::Proof> certified(const Executor& executor, ledger::Height height) {
    std::optional<ledger::Header> header = executor.header(height);
    if (!header) {
        return base::input_error(fmt::format("there is no height {}; the last one is {}",
                                             height.value, executor.last_applied().value));
    }
    std::optional<ledger::Certificate> certificate = executor.certificate(height);
    if (!certificate && height == ledger::Height{0}) {
        return base::input_error(
            "height 0 is genesis itself, which the validators do not sign: proofs begin with "
            "height 1");
    }
    if (!certificate) {
        return base::fail(base::ErrorKind::unknown,
                          fmt::format("the height {} has no certificate yet: too few validators "
                                      "signed it; try again later",
                                      height.value));
    }
    ledger::Proof proof;
    proof.header = *std::move(header);
    proof.certificate = *std::move(certificate);
    return proof;
}

}  // namespace

base::Result<ledger::Proof> Executor::prove_header(ledger::Height height) const {
    base::Result<ledger::Proof> proof = certified(*this, height);
    if (proof) proof->claim = ledger::HeaderClaim{};
    return proof;
}

base::Result<ledger::Proof> Executor::prove_receipt(const ledger::Hash& transaction) const {
    std::optional<Found> found = find(transaction);
    if (!found) {
        return base::input_error(fmt::format("no transaction {} was executed", transaction.hex()));
    }
    base::Result<ledger::Proof> proof = certified(*this, found->receipt.height);
    if (!proof) return proof;
    std::vector<ledger::Hash> leaves;
    for (const ledger::Receipt& receipt : receipts(found->receipt.height)) {
        leaves.push_back(merkle::leaf_hash(ledger::encode(receipt)));
    }
    const std::uint32_t index = found->receipt.index;
    proof->claim = ledger::ReceiptClaim{std::move(found->transaction), std::move(found->receipt),
                                        leaves.size(), merkle::inclusion_path(index, leaves)};
    return proof;
}

base::Result<ledger::Proof> Executor::prove_leaf(const ledger::Hash& hash) const {
    const std::optional<std::uint64_t> position = find_log_position(impl_->store, hash);
    if (!position) {
        return base::input_error(fmt::format("the log has no leaf for the hash {}", hash.hex()));
    }
    const ledger::Header header = last_header();
    base::Result<ledger::Proof> proof = certified(*this, header.height);
    if (!proof) return proof;
    if (*position >= header.log_size) {
        return base::fail(base::ErrorKind::unknown,
                          "the height of this leaf is not certified yet: try again later");
    }
    const std::optional<base::Bytes> bytes =
        impl_->store.get(store::Column::log, log_leaf_key(*position));
    EDICT_CHECK(bytes.has_value());
    const base::Result<ledger::LogLeaf> leaf = ledger::decode<ledger::LogLeaf>(*bytes);
    if (!leaf) store::storage_failed("a stored log leaf is damaged: " + leaf.error().message);
    base::Result<std::vector<ledger::Hash>> path =
        merkle::inclusion_path(*position, proof->header.log_size, log_reader(impl_->store));
    if (!path) return base::error_of(path);
    proof->claim = ledger::LeafClaim{*leaf, *position, *std::move(path)};
    return proof;
}

base::Result<ledger::Proof> Executor::prove_state(const ledger::StatePlace& place) const {
    const ledger::Hash key = ledger::state_key(place);
    const merkle::ReadTreeNode nodes = tree_reader(impl_->store);
    while (true) {
        Head head;
        {
            const std::scoped_lock lock(impl_->mutex);
            head = impl_->head;
        }
        base::Result<ledger::Proof> proof = certified(*this, head.height);
        if (!proof) return proof;
        std::optional<ledger::StateValue> value = read(place);
        const auto in_tree = merkle::find_in_tree(head.tree, key, nodes);
        if (!in_tree) return base::error_of(in_tree);
        // A height that was committed between these reads has changed the value: again.
        const std::optional<ledger::Hash> hash =
            value ? std::optional(ledger::state_value_hash(*value)) : std::nullopt;
        if (*in_tree != hash) continue;
        base::Result<merkle::TreeProof> path = merkle::prove_in_tree(head.tree, key, nodes);
        if (!path) return base::error_of(path);
        if (value) {
            proof->claim = ledger::ValueClaim{place, *std::move(value), *std::move(path)};
        } else {
            proof->claim = ledger::AbsenceClaim{place, *std::move(path)};
        }
        return proof;
    }
}

base::Result<ledger::Proof> Executor::prove_consistency(ledger::Height older) const {
    base::Result<ledger::Proof> proof = certified(*this, last_applied());
    if (!proof) return proof;
    base::Result<ledger::Proof> before = certified(*this, older);
    if (!before) return before;
    std::vector<ledger::Hash> path;
    if (before->header.log_size > 0 && before->header.log_size < proof->header.log_size) {
        base::Result<std::vector<ledger::Hash>> found = merkle::consistency_path(
            before->header.log_size, proof->header.log_size, log_reader(impl_->store));
        if (!found) return base::error_of(found);
        path = *std::move(found);
    }
    proof->claim = ledger::ConsistencyClaim{std::move(before->header),
                                            std::move(before->certificate), std::move(path)};
    return proof;
}

}  // namespace edict::executor
