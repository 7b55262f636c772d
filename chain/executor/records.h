// What the executor stores beside the state, and under which keys.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "chain/ledger/block.h"
#include "chain/merkle/log.h"
#include "chain/merkle/state_tree.h"
#include "chain/store/key_value.h"

namespace edict::executor {

// Where the chain stands: kept in one record of the meta column.
struct Head {
    ledger::Hash chain_id;
    ledger::Height height;
    merkle::TreeRoot tree;
    std::map<std::string, ledger::Hash> modules;  // in force, by name
};

[[nodiscard]] std::optional<Head> read_head(const store::KeyValue& store);
void write_head(store::WriteBatch& batch, const Head& head);

struct Place {  // of a transaction
    ledger::Height height;
    std::uint32_t index = 0;
};
struct StoredTransaction {
    Place place;
    ledger::Transaction transaction;
};

[[nodiscard]] base::Bytes skipped_key(const ledger::Hash& transaction);
[[nodiscard]] base::Bytes height_key(ledger::Height height);
[[nodiscard]] base::Bytes receipt_key(const Place& place);
[[nodiscard]] base::Bytes certificate_key(ledger::Height height);
[[nodiscard]] base::Bytes log_node_key(const merkle::LogNode& node);
[[nodiscard]] base::Bytes log_leaf_key(std::uint64_t position);
[[nodiscard]] base::Bytes log_position_key(const ledger::Hash& hash);
[[nodiscard]] base::Bytes stale_key(ledger::Height height, base::ByteView node);

[[nodiscard]] base::Bytes stored_transaction(const StoredTransaction& stored);
[[nodiscard]] std::optional<StoredTransaction> find_transaction(const store::KeyValue& store,
                                                                const ledger::Hash& hash);
[[nodiscard]] std::optional<std::uint64_t> find_log_position(const store::KeyValue& store,
                                                             const ledger::Hash& hash);
[[nodiscard]] merkle::ReadLogNode log_reader(const store::KeyValue& store);
[[nodiscard]] merkle::ReadTreeNode tree_reader(const store::KeyValue& store);

// A record that this node wrote must decode; damage ends the process.
template <typename T>
[[nodiscard]] std::optional<T> read_record(const store::KeyValue& store, store::Column column,
                                           base::ByteView key);

}  // namespace edict::executor
