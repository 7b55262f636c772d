// What is stored where: one column (column family) for each kind of record, so that each can be
// iterated, compacted and pruned by itself. Integers in keys are big-endian.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace edict::store {

enum class Column : std::uint8_t {
    meta,          // name -> small records: format, last height, tree root, log size, vote horizon
    blocks,        // height -> Batch
    headers,       // height -> Header and Certificate
    transactions,  // transaction hash -> Transaction; and where it was executed
    receipts,      // height, index -> Receipt
    state_nodes,   // height, path -> node of the state tree
    state_values,  // state key hash -> StateValue, as the executor versions it
    stale_nodes,   // height that made it stale, node key -> nothing; pruned with the commit
    log,           // level, index -> hash; position -> LogLeaf
    modules,       // module hash -> module bytes
    sources,       // bundle hash -> ModuleBundle
};

struct ColumnInfo {
    Column column;
    std::string_view name;  // of the column family on disk; never changes
    bool compress;          // hashes do not compress
};

inline constexpr std::array COLUMNS = {
    ColumnInfo{Column::meta, "meta", true},
    ColumnInfo{Column::blocks, "blocks", false},
    ColumnInfo{Column::headers, "headers", false},
    ColumnInfo{Column::transactions, "transactions", true},
    ColumnInfo{Column::receipts, "receipts", true},
    ColumnInfo{Column::state_nodes, "state_nodes", false},
    ColumnInfo{Column::state_values, "state_values", true},
    ColumnInfo{Column::stale_nodes, "stale_nodes", false},
    ColumnInfo{Column::log, "log", false},
    ColumnInfo{Column::modules, "modules", true},
    ColumnInfo{Column::sources, "sources", true},
};

[[nodiscard]] inline constexpr std::size_t index_of(Column column) {
    return static_cast<std::size_t>(column);
}

}  // namespace edict::store
