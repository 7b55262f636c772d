#include "chain/executor/records.h"

#include <fmt/format.h>

#include "chain/executor/limits.h"
#include "chain/ledger/codec.h"

namespace edict::executor {

namespace {

constexpr std::string_view HEAD = "head";

enum class LogRecord : std::uint8_t { node, leaf, position };

base::Writer log_key(LogRecord kind) {
    base::Writer out;
    out.u8(static_cast<std::uint8_t>(kind));
    return out;
}

}  // namespace

std::optional<Head> read_head(const store::KeyValue& store) {
    const std::optional<base::Bytes> bytes = store.get(store::Column::meta, base::as_bytes(HEAD));
    if (!bytes) return std::nullopt;
    base::Reader in(*bytes);
    Head head;
    head.chain_id = crypto::read_hash(in);
    head.height.value = in.u64();
    head.tree.height = in.u64();
    head.tree.hash = crypto::read_hash(in);
    const std::size_t count = in.count(MAX_MODULES_IN_FORCE, 36);
    for (std::size_t i = 0; i < count; ++i) {
        std::string name = in.text(value::MAX_NAME_BYTES);
        head.modules[std::move(name)] = crypto::read_hash(in);
    }
    if (const base::Status read = in.finish(); !read) {
        store::storage_failed("the head record is damaged: " + read.error().message);
    }
    return head;
}

void write_head(store::WriteBatch& batch, const Head& head) {
    base::Writer out;
    write(out, head.chain_id);
    out.u64(head.height.value);
    out.u64(head.tree.height);
    write(out, head.tree.hash);
    out.count(head.modules.size());
    for (const auto& [name, hash] : head.modules) {
        out.text(name);
        write(out, hash);
    }
    batch.put(store::Column::meta, base::as_bytes(HEAD), out.out());
}

base::Bytes height_key(ledger::Height height) {
    base::Writer out;
    out.u64(height.value);
    return out.take();
}

base::Bytes skipped_key(const ledger::Hash& transaction) {
    base::Writer out;  // longer than the key of one that was executed
    crypto::write(out, transaction);
    out.u8('s');
    return out.take();
}

base::Bytes receipt_key(const Place& place) {
    base::Writer out;
    out.u64(place.height.value);
    out.u32(place.index);
    return out.take();
}

// Beside the header of the same height in one column.
base::Bytes certificate_key(ledger::Height height) {
    base::Writer out;
    out.u64(height.value);
    out.u8(1);
    return out.take();
}

base::Bytes log_node_key(const merkle::LogNode& node) {
    base::Writer out = log_key(LogRecord::node);
    out.u32(node.level);
    out.u64(node.index);
    return out.take();
}

base::Bytes log_leaf_key(std::uint64_t position) {
    base::Writer out = log_key(LogRecord::leaf);
    out.u64(position);
    return out.take();
}

base::Bytes log_position_key(const ledger::Hash& hash) {
    base::Writer out = log_key(LogRecord::position);
    write(out, hash);
    return out.take();
}

base::Bytes stale_key(ledger::Height height, base::ByteView node) {
    base::Writer out;
    out.u64(height.value);
    out.raw(node);
    return out.take();
}

base::Bytes stored_transaction(const StoredTransaction& stored) {
    base::Writer out;
    out.u64(stored.place.height.value);
    out.u32(stored.place.index);
    ledger::write(out, stored.transaction);
    return out.take();
}

std::optional<StoredTransaction> find_transaction(const store::KeyValue& store,
                                                  const ledger::Hash& hash) {
    const std::optional<base::Bytes> bytes = store.get(store::Column::transactions, hash.bytes);
    if (!bytes) return std::nullopt;
    base::Reader in(*bytes);
    StoredTransaction stored;
    stored.place.height.value = in.u64();
    stored.place.index = in.u32();
    stored.transaction = ledger::read<ledger::Transaction>(in);
    if (const base::Status read = in.finish(); !read) {
        store::storage_failed("a stored transaction is damaged: " + read.error().message);
    }
    return stored;
}

std::optional<std::uint64_t> find_log_position(const store::KeyValue& store,
                                               const ledger::Hash& hash) {
    const std::optional<base::Bytes> bytes = store.get(store::Column::log, log_position_key(hash));
    if (!bytes) return std::nullopt;
    base::Reader in(*bytes);
    return in.u64();
}

merkle::ReadLogNode log_reader(const store::KeyValue& store) {
    return [&store](merkle::LogNode node) -> std::optional<ledger::Hash> {
        const std::optional<base::Bytes> bytes = store.get(store::Column::log, log_node_key(node));
        if (!bytes) return std::nullopt;
        base::Reader in(*bytes);
        return crypto::read_hash(in);
    };
}

merkle::ReadTreeNode tree_reader(const store::KeyValue& store) {
    return [&store](base::ByteView key) -> base::Result<base::Bytes> {
        std::optional<base::Bytes> bytes = store.get(store::Column::state_nodes, key);
        if (!bytes) {
            return base::environment_error(
                fmt::format("the state tree lacks the node {}", base::to_hex(key)));
        }
        return *std::move(bytes);
    };
}

template <typename T>
std::optional<T> read_record(const store::KeyValue& store, store::Column column,
                             base::ByteView key) {
    const std::optional<base::Bytes> bytes = store.get(column, key);
    if (!bytes) return std::nullopt;
    base::Result<T> record = ledger::decode<T>(*bytes);
    if (!record) store::storage_failed("a stored record is damaged: " + record.error().message);
    return *std::move(record);
}

template std::optional<ledger::Batch> read_record(const store::KeyValue&, store::Column,
                                                  base::ByteView);
template std::optional<ledger::Header> read_record(const store::KeyValue&, store::Column,
                                                   base::ByteView);
template std::optional<ledger::Certificate> read_record(const store::KeyValue&, store::Column,
                                                        base::ByteView);
template std::optional<ledger::Receipt> read_record(const store::KeyValue&, store::Column,
                                                    base::ByteView);
template std::optional<ledger::Transaction> read_record(const store::KeyValue&, store::Column,
                                                        base::ByteView);
template std::optional<ledger::ModuleBundle> read_record(const store::KeyValue&, store::Column,
                                                         base::ByteView);

}  // namespace edict::executor
