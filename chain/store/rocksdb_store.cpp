// The only file that sees RocksDB. Its iterators, statuses and background errors end here.
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <filesystem>
#include <system_error>

#include "base/check.h"
#include "chain/store/key_value.h"

namespace edict::store {

namespace {

constexpr std::size_t BLOCK_CACHE_BYTES = 128 << 20;
constexpr std::size_t WRITE_BUFFER_BYTES = 16 << 20;
constexpr std::uint64_t WAL_BYTES = 256 << 20;
constexpr int FILTER_BITS_PER_KEY = 10;
constexpr int OPEN_FILES = 512;

rocksdb::Slice slice_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
ByteView view_of(const rocksdb::Slice& slice) {
    return base::as_bytes(std::string_view(slice.data(), slice.size()));
}
Bytes copy_of(const rocksdb::Slice& slice) {
    const ByteView bytes = view_of(slice);
    return {bytes.begin(), bytes.end()};
}

// What a failure of the store means to the operator.
std::string meaning_of(const rocksdb::Status& status, const std::string& path) {
    const std::string detail = status.ToString();
    const auto says = [&detail](std::string_view text) { return detail.find(text) != detail.npos; };
    if (status.IsNoSpace() || says("No space left") || says("File too large") ||
        says("Disk quota")) {
        return fmt::format("the disk that holds {} is full: free some space ({})", path, detail);
    }
    if (says("While lock file") || says("lock hold by current process")) {
        return fmt::format("{} is in use by another process: stop the other node ({})", path,
                           detail);
    }
    if (says("Permission denied") || says("Read-only file system")) {
        return fmt::format("{} may not be written by this user: change its owner or mode ({})",
                           path, detail);
    }
    if (status.IsCorruption() || says("Corruption")) {
        return fmt::format(
            "the data in {} are damaged: restore the directory from a backup; a node that has "
            "peers "
            "may also start with an empty one and copy the chain from them ({})",
            path, detail);
    }
    return fmt::format("the data in {} cannot be used ({})", path, detail);
}

// A failure in the background (flush, compaction) must not wait for the next write to be noticed.
class EndOnError final : public rocksdb::EventListener {
public:
    explicit EndOnError(std::string path) : path_(std::move(path)) {}
    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
        storage_failed(meaning_of(*status, path_));
    }

private:
    std::string path_;
};

// RocksDB's own log is a file in the data directory: on a full disk its writer breaks an assertion
// (builds with assertions are packaged) before the listener above can say what is wrong.
class NoLog final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

rocksdb::ColumnFamilyOptions options_of(const ColumnInfo& column,
                                        const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(FILTER_BITS_PER_KEY));
    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = WRITE_BUFFER_BYTES;
    options.compression = column.compress ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
    return options;
}

class RocksStore final : public KeyValue {
public:
    RocksStore(std::string path, std::unique_ptr<rocksdb::DB> db,
               std::vector<rocksdb::ColumnFamilyHandle*> columns)
        : path_(std::move(path)), db_(std::move(db)), columns_(std::move(columns)) {}

    RocksStore(const RocksStore&) = delete;
    RocksStore& operator=(const RocksStore&) = delete;

    ~RocksStore() override {
        for (rocksdb::ColumnFamilyHandle* column : columns_) {
            (void)db_->DestroyColumnFamilyHandle(column);
        }
        (void)db_->Close();
    }

    std::optional<Bytes> get(Column column, ByteView key) const override {
        rocksdb::PinnableSlice value;
        const auto status = db_->Get(rocksdb::ReadOptions(), handle(column), slice_of(key), &value);
        if (status.IsNotFound()) return std::nullopt;
        demand(status);
        return copy_of(value);
    }

    void visit_range(Column column, ByteView from, ByteView until,
                     const Visit& visit) const override {
        const rocksdb::Slice end = slice_of(until);
        rocksdb::ReadOptions options;
        if (!until.empty()) options.iterate_upper_bound = &end;
        const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options, handle(column)));
        for (at->Seek(slice_of(from)); at->Valid(); at->Next()) {
            if (!visit(view_of(at->key()), view_of(at->value()))) return;
        }
        demand(at->status());
    }

    std::optional<std::pair<Bytes, Bytes>> last(Column column) const override {
        const std::unique_ptr<rocksdb::Iterator> at(
            db_->NewIterator(rocksdb::ReadOptions(), handle(column)));
        at->SeekToLast();
        if (at->Valid()) return std::pair(copy_of(at->key()), copy_of(at->value()));
        demand(at->status());
        return std::nullopt;
    }

    void commit(const WriteBatch& batch, Sync sync) override {
        rocksdb::WriteBatch writes;
        for (const Write& write : batch.writes()) {
            demand(write.value ? writes.Put(handle(write.column), slice_of(write.key),
                                            slice_of(*write.value))
                               : writes.Delete(handle(write.column), slice_of(write.key)));
        }
        rocksdb::WriteOptions options;
        options.sync = sync == Sync::yes;
        demand(db_->Write(options, &writes));
    }

    base::Status checkpoint(const std::string& path) const override {
        rocksdb::Checkpoint* made = nullptr;
        rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
        const std::unique_ptr<rocksdb::Checkpoint> checkpoint_maker(made);
        if (status.ok()) status = checkpoint_maker->CreateCheckpoint(path);
        if (status.ok()) return {};
        return base::environment_error(meaning_of(status, path));
    }

private:
    rocksdb::ColumnFamilyHandle* handle(Column column) const {
        return columns_.at(index_of(column));
    }
    void demand(const rocksdb::Status& status) const {
        if (!status.ok()) storage_failed(meaning_of(status, path_));
    }

    std::string path_;
    std::unique_ptr<rocksdb::DB> db_;
    std::vector<rocksdb::ColumnFamilyHandle*> columns_;
};

rocksdb::DBOptions database_options(const std::string& path) {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.paranoid_checks = true;
    options.max_total_wal_size = WAL_BYTES;
    options.max_open_files = OPEN_FILES;
    options.info_log = std::make_shared<NoLog>();
    // A torn last record is a batch that was never acknowledged; damage before it is an error.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.listeners.push_back(std::make_shared<EndOnError>(path));
    return options;
}

// What RocksDB would say less clearly.
base::Status check_place(const std::string& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        std::filesystem::create_directories(path, error);
        if (!error) return {};
        return base::environment_error(
            fmt::format("the directory {} cannot be made: {}", path, error.message()));
    }
    if (error) {
        return base::environment_error(
            fmt::format("the directory {} cannot be opened: {}", path, error.message()));
    }
    if (status.type() != std::filesystem::file_type::directory) {
        return base::environment_error(fmt::format(
            "{} is a file; a directory for the data is needed here: name another place", path));
    }
    return {};
}

}  // namespace

bool holds_rocksdb(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::path(path) / "CURRENT", error);
}

base::Result<std::unique_ptr<KeyValue>> open_rocksdb(const std::string& path, Missing missing) {
    if (missing == Missing::refuse && !holds_rocksdb(path)) {
        return base::environment_error(fmt::format("{} holds no data of a node", path));
    }
    if (const base::Status status = check_place(path); !status) return base::error_of(status);
    const auto cache = rocksdb::NewLRUCache(BLOCK_CACHE_BYTES);
    // RocksDB wants its own column family "default" as well; nothing is stored there.
    std::vector<rocksdb::ColumnFamilyDescriptor> families = {
        {rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions()}};
    for (const ColumnInfo& column : COLUMNS) {
        families.emplace_back(std::string(column.name), options_of(column, cache));
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::Open(database_options(path), path, families, &handles, &opened);
    if (!status.ok()) return base::environment_error(meaning_of(status, path));
    std::unique_ptr<rocksdb::DB> db(opened);
    EDICT_CHECK(handles.size() == families.size());
    (void)db->DestroyColumnFamilyHandle(handles.front());
    handles.erase(handles.begin());
    return std::make_unique<RocksStore>(path, std::move(db), std::move(handles));
}

}  // namespace edict::store
