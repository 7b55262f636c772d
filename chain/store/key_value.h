// The storage port: ordered byte maps, one for each column, with atomic batches. What cannot be
// read or written ends the process (storage_failed): a failed sync is never tried again, and a node
// that cannot read its state has nothing true to say.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "chain/store/columns.h"

namespace edict::store {

using base::Bytes;
using base::ByteView;

struct Write {
    Column column = Column::meta;
    Bytes key;
    std::optional<Bytes> value;  // none: the key is removed
};

// Applied in order, all or nothing.
class WriteBatch {
public:
    void put(Column column, ByteView key, ByteView value);
    void erase(Column column, ByteView key);
    [[nodiscard]] const std::vector<Write>& writes() const { return writes_; }
    [[nodiscard]] bool empty() const { return writes_.empty(); }

private:
    std::vector<Write> writes_;
};

// `yes`: when commit returns, this batch and all before it are on stable storage.
enum class Sync : std::uint8_t { no, yes };

// Return false to stop.
using Visit = std::function<bool(ByteView key, ByteView value)>;

// Any number of readers beside one writer; a reader sees whole batches.
class KeyValue {
public:
    virtual ~KeyValue() = default;
    [[nodiscard]] virtual std::optional<Bytes> get(Column column, ByteView key) const = 0;
    // Visits the keys from <= key < until in ascending order of bytes; an empty `until` is the end.
    // What is visited is the state when the call began. `visit` must not throw.
    virtual void visit_range(Column column, ByteView from, ByteView until,
                             const Visit& visit) const = 0;
    virtual void commit(const WriteBatch& batch, Sync sync) = 0;

    // A copy of everything that was committed, in a new directory of the same file system; while
    // others read and write. The error says what stands in the way.
    [[nodiscard]] virtual base::Status checkpoint(const std::string& path) const = 0;

    void visit_prefix(Column column, ByteView prefix, const Visit& visit) const;
    // The greatest key of a column, with its value; none: the column is empty.
    [[nodiscard]] virtual std::optional<std::pair<Bytes, Bytes>> last(Column column) const = 0;
};

// In memory, for tests and the simulator; crash() does what a power failure does.
class MemoryStore final : public KeyValue {
public:
    MemoryStore();
    ~MemoryStore() override;
    [[nodiscard]] std::optional<Bytes> get(Column column, ByteView key) const override;
    void visit_range(Column column, ByteView from, ByteView until,
                     const Visit& visit) const override;
    void commit(const WriteBatch& batch, Sync sync) override;
    [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> last(Column column) const override;
    [[nodiscard]] base::Status checkpoint(const std::string& path) const override;

    // How many batches are not on stable storage.
    [[nodiscard]] std::size_t unsynced() const;
    // Loses the unsynced batches but for the first `kept`: a prefix survives, never part of a
    // batch.
    void crash(std::size_t kept = 0);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// What is done where there is no database yet.
enum class Missing : std::uint8_t { make, refuse };

// Opens or makes a RocksDB database in the directory `path`. The error says what stands in the way
// (a file in its place, another process, permissions, a full disk, damage) and what to do.
[[nodiscard]] base::Result<std::unique_ptr<KeyValue>> open_rocksdb(const std::string& path,
                                                                   Missing missing = Missing::make);
// Whether there is one.
[[nodiscard]] bool holds_rocksdb(const std::string& path);

// Prints one line that says what could not be stored or read and ends the process with exit code 4,
// without running any destructor: nothing may pretend to be stored after this.
[[noreturn]] void storage_failed(const std::string& what);

}  // namespace edict::store
