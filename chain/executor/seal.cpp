// From what a height wrote to its roots and records.
#include <algorithm>

#include "base/check.h"
#include "chain/executor/impl.h"
#include "chain/executor/limits.h"
#include "chain/ledger/codec.h"

namespace edict::executor {

namespace {

merkle::TreeRoot seal_state(const store::KeyValue& store, const Head& head, ledger::Height height,
                            const WorkingState& state, store::WriteBatch& batch) {
    std::vector<merkle::TreeChange> changes;
    for (const auto& [place, value] : state.writes()) {
        const ledger::Hash key = ledger::state_key(place);
        if (value) {
            changes.push_back({key, ledger::state_value_hash(*value)});
            batch.put(store::Column::state_values, key.bytes, ledger::encode(*value));
        } else {
            changes.push_back({key, std::nullopt});
            batch.erase(store::Column::state_values, key.bytes);
        }
    }
    // At height 0 there is no version below; the first one is written as of height 1 of the tree.
    base::Result<merkle::TreeUpdate> update =
        merkle::update_tree(head.tree, height.value + 1, std::move(changes), tree_reader(store));
    if (!update) store::storage_failed(update.error().message);
    for (const auto& [key, node] : update->written) {
        batch.put(store::Column::state_nodes, key, node);
    }
    for (const base::Bytes& key : update->stale) {
        batch.put(store::Column::stale_nodes, stale_key(height, key), {});
    }
    return update->root;
}

// Nodes that no kept version of the tree needs.
void prune(const store::KeyValue& store, ledger::Height height, store::WriteBatch& batch) {
    if (height.value <= KEPT_TREE_HEIGHTS) return;
    const base::Bytes until = height_key({height.value - KEPT_TREE_HEIGHTS + 1});
    store.visit_range(store::Column::stale_nodes, {}, until,
                      [&](base::ByteView key, base::ByteView) {
                          batch.erase(store::Column::stale_nodes, key);
                          batch.erase(store::Column::state_nodes, key.subspan(8));
                          return true;
                      });
}

void append_leaf(const ledger::LogLeaf& leaf, merkle::LogEdge& log, store::WriteBatch& batch) {
    const std::uint64_t position = log.size();
    std::vector<std::pair<merkle::LogNode, ledger::Hash>> completed;
    log.append(ledger::leaf_hash_of(leaf), &completed);
    for (const auto& [node, hash] : completed) {
        batch.put(store::Column::log, log_node_key(node), hash.bytes);
    }
    batch.put(store::Column::log, log_leaf_key(position), ledger::encode(leaf));
    base::Writer at;
    at.u64(position);
    batch.put(store::Column::log, log_position_key(leaf.hash), at.out());
}

void seal_log(Executed& executed) {
    for (std::size_t i = 0; i < executed.receipts.size(); ++i) {
        const ledger::Receipt& receipt = executed.receipts[i];
        append_leaf(
            {ledger::LeafKind::transaction, receipt.height, receipt.index, receipt.transaction},
            executed.log, executed.writes);
        for (const ledger::EventRecord& event : receipt.events) {
            if (event.module != "std.anchor" || event.event != "Anchored") continue;
            append_leaf({ledger::LeafKind::anchor, receipt.height, receipt.index,
                         crypto::sha256(event.fields)},
                        executed.log, executed.writes);
        }
    }
}

void store_records(const Executed& executed, store::WriteBatch& batch) {
    const ledger::Height height = executed.batch.height;
    batch.put(store::Column::blocks, height_key(height), ledger::encode(executed.batch));
    batch.put(store::Column::headers, height_key(height), ledger::encode(executed.header));
    for (std::size_t i = 0; i < executed.receipts.size(); ++i) {
        const Place place{height, static_cast<std::uint32_t>(i)};
        const ledger::Receipt& receipt = executed.receipts[i];
        batch.put(store::Column::receipts, receipt_key(place), ledger::encode(receipt));
        batch.put(store::Column::transactions, receipt.transaction.bytes,
                  stored_transaction({place, executed.transactions[i]}));
    }
}

}  // namespace

void seal(const store::KeyValue& store, const ledger::Genesis& genesis, const Head& head,
          const merkle::LogEdge& log, const ledger::Header* previous, const WorkingState& state,
          Executed& executed) {
    EDICT_CHECK(executed.receipts.size() == executed.transactions.size());
    ledger::Header& header = executed.header;
    const ledger::Height height = executed.batch.height;
    executed.log = log;
    executed.tree = seal_state(store, head, height, state, executed.writes);
    prune(store, height, executed.writes);
    seal_log(executed);

    header.chain_id = head.chain_id;
    header.epoch = executed.batch.epoch;
    header.height = height;
    if (previous != nullptr) header.previous = ledger::hash_of(*previous);
    header.transactions_root = ledger::transactions_root(executed.transactions);
    header.receipts_root = ledger::receipts_root(executed.receipts);
    header.state_root = executed.tree.hash;
    header.log_root = executed.log.root();
    header.log_size = executed.log.size();
    header.next_validators = ledger::hash_of(genesis.validators);
    header.rules_version = genesis.rules_version;
    for (const ledger::Receipt& receipt : executed.receipts)
        header.cost.value += receipt.cost.value;
    store_records(executed, executed.writes);

    Head next{head.chain_id, height, executed.tree, {}};
    for (std::size_t i = 0; i < executed.in_force->modules.size(); ++i) {
        next.modules[executed.in_force->modules[i]->name] = executed.in_force->hashes[i];
    }
    write_head(executed.writes, next);
}

}  // namespace edict::executor
