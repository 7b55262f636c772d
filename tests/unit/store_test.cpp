#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "chain/store/key_value.h"

namespace edict::store {
namespace {

namespace fs = std::filesystem;

ByteView bytes(std::string_view text) { return base::as_bytes(text); }

// A folder of its own for each test, gone afterwards.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "edict-store-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

std::unique_ptr<KeyValue> open(const std::string& path) {
    auto opened = open_rocksdb(path);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
    return std::move(*opened);
}

std::string open_error(const std::string& path) {
    const auto opened = open_rocksdb(path);
    if (opened) return "opened";
    EXPECT_EQ(opened.error().kind, base::ErrorKind::environment);
    return opened.error().message;
}

void put(KeyValue& store, std::string_view key, std::string_view value, Sync sync = Sync::no) {
    WriteBatch batch;
    batch.put(Column::meta, bytes(key), bytes(value));
    store.commit(batch, sync);
}

std::string get(const KeyValue& store, std::string_view key) {
    const auto found = store.get(Column::meta, bytes(key));
    return found ? std::string(base::as_text(*found)) : "absent";
}

using Records = std::vector<std::pair<std::string, std::string>>;

Visit into(Records& records, std::size_t limit = 100) {
    return [&records, limit](ByteView key, ByteView value) {
        records.emplace_back(base::as_text(key), base::as_text(value));
        return records.size() < limit;
    };
}

// ---- the contract, on both stores ---------------------------------------------------------------

class KeyValueContract : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (std::string_view(GetParam()) == "memory") {
            store_ = std::make_unique<MemoryStore>();
        } else {
            store_ = open(folder_.file("db"));
        }
    }
    Folder folder_;
    std::unique_ptr<KeyValue> store_;
};

INSTANTIATE_TEST_SUITE_P(Stores, KeyValueContract, testing::Values("memory", "rocksdb"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(KeyValueContract, WhatIsPutIsRead) {
    EXPECT_EQ(get(*store_, "a"), "absent");
    put(*store_, "a", "1");
    put(*store_, "b", "", Sync::yes);
    EXPECT_EQ(get(*store_, "a"), "1");
    EXPECT_EQ(get(*store_, "b"), "");
    put(*store_, "a", "2");
    EXPECT_EQ(get(*store_, "a"), "2");
}

TEST_P(KeyValueContract, ABatchIsAppliedInOrder) {
    WriteBatch batch;
    batch.put(Column::meta, bytes("a"), bytes("1"));
    batch.erase(Column::meta, bytes("a"));
    batch.erase(Column::meta, bytes("b"));
    batch.put(Column::meta, bytes("b"), bytes("2"));
    batch.put(Column::log, bytes("a"), bytes("other column"));
    store_->commit(batch, Sync::yes);
    EXPECT_EQ(get(*store_, "a"), "absent");
    EXPECT_EQ(get(*store_, "b"), "2");
    EXPECT_TRUE(store_->get(Column::log, bytes("a")).has_value());
}

TEST_P(KeyValueContract, EveryColumnStandsAlone) {
    WriteBatch batch;
    for (const ColumnInfo& column : COLUMNS) {
        batch.put(column.column, bytes("name"), bytes(column.name));
    }
    store_->commit(batch, Sync::no);
    for (const ColumnInfo& column : COLUMNS) {
        const auto found = store_->get(column.column, bytes("name"));
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(base::as_text(*found), column.name);
        EXPECT_EQ(&column, &COLUMNS.at(index_of(column.column)));
    }
}

TEST_P(KeyValueContract, RangesAndPrefixesAscendByUnsignedBytes) {
    const std::string high("\xff\xff", 2);
    for (const std::string& key : {std::string("b"), std::string("ab"), std::string("a"), high,
                                   std::string("a\xff"), std::string("\x01", 1), high + "z"}) {
        put(*store_, key, "v");
    }
    Records all;
    store_->visit_range(Column::meta, {}, {}, into(all));
    EXPECT_EQ(all, (Records{{"\x01", "v"},
                            {"a", "v"},
                            {"ab", "v"},
                            {"a\xff", "v"},
                            {"b", "v"},
                            {high, "v"},
                            {high + "z", "v"}}));
    Records range;
    store_->visit_range(Column::meta, bytes("ab"), bytes("b"), into(range));
    EXPECT_EQ(range, (Records{{"ab", "v"}, {"a\xff", "v"}}));
    Records prefix;
    store_->visit_prefix(Column::meta, bytes("a"), into(prefix));
    EXPECT_EQ(prefix, (Records{{"a", "v"}, {"ab", "v"}, {"a\xff", "v"}}));
    Records last_prefix;
    store_->visit_prefix(Column::meta, bytes(high), into(last_prefix));
    EXPECT_EQ(last_prefix, (Records{{high, "v"}, {high + "z", "v"}}));
    Records two;
    store_->visit_range(Column::meta, {}, {}, into(two, 2));
    EXPECT_EQ(two.size(), 2U);
    Records none;
    store_->visit_range(Column::meta, bytes("b"), bytes("a"), into(none));
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(base::as_text(store_->last(Column::meta)->first), high + "z");
    EXPECT_FALSE(store_->last(Column::receipts).has_value());
}

TEST_P(KeyValueContract, AVisitSeesTheStateInWhichItBeganAndMayWrite) {
    put(*store_, "a", "1");
    put(*store_, "b", "2");
    Records seen;
    store_->visit_range(Column::meta, {}, {}, [&](ByteView key, ByteView value) {
        seen.emplace_back(base::as_text(key), base::as_text(value));
        put(*store_, "b", "3");
        put(*store_, "c", "4");
        return true;
    });
    EXPECT_EQ(seen, (Records{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(get(*store_, "c"), "4");
}

TEST_P(KeyValueContract, AReaderBesideTheWriterSeesWholeBatches) {
    const auto write_pair = [this](int number) {
        WriteBatch batch;
        batch.put(Column::meta, bytes("a"), bytes(std::to_string(number)));
        batch.put(Column::meta, bytes("b"), bytes(std::to_string(number)));
        store_->commit(batch, Sync::no);
    };
    write_pair(0);
    std::jthread reader([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            Records both;
            store_->visit_range(Column::meta, {}, {}, into(both));
            ASSERT_EQ(both.size(), 2U);
            ASSERT_EQ(both[0].second, both[1].second);
        }
    });
    for (int i = 1; i <= 2000; ++i) write_pair(i);
}

TEST(WriteBatch, KnowsWhetherItIsEmpty) {
    WriteBatch batch;
    EXPECT_TRUE(batch.empty());
    batch.erase(Column::meta, bytes("a"));
    EXPECT_FALSE(batch.empty());
}

// ---- crashes in memory --------------------------------------------------------------------------

TEST(MemoryStore, ACrashLosesWhatWasNotSynced) {
    MemoryStore store;
    put(store, "a", "1", Sync::yes);
    put(store, "a", "2");
    put(store, "b", "3");
    EXPECT_EQ(store.unsynced(), 2U);
    store.crash();
    EXPECT_EQ(get(store, "a"), "1");
    EXPECT_EQ(get(store, "b"), "absent");
    EXPECT_EQ(store.unsynced(), 0U);
}

TEST(MemoryStore, ASyncCoversEveryBatchBeforeIt) {
    MemoryStore store;
    put(store, "a", "1");
    put(store, "b", "2", Sync::yes);
    store.crash();
    EXPECT_EQ(get(store, "a"), "1");
    EXPECT_EQ(get(store, "b"), "2");
}

TEST(MemoryStore, ACrashMayKeepAPrefixButNeverPartOfABatch) {
    for (std::size_t kept = 0; kept <= 3; ++kept) {
        MemoryStore store;
        put(store, "0", "synced", Sync::yes);
        for (int i = 1; i <= 3; ++i) {
            WriteBatch batch;
            batch.put(Column::meta, bytes("a"), bytes(std::to_string(i)));
            batch.erase(Column::meta, bytes("0"));
            batch.put(Column::meta, bytes("b"), bytes(std::to_string(i)));
            store.commit(batch, Sync::no);
        }
        store.crash(kept);
        const std::string expected = kept == 0 ? "absent" : std::to_string(kept);
        EXPECT_EQ(get(store, "a"), expected);
        EXPECT_EQ(get(store, "b"), expected);
        EXPECT_EQ(get(store, "0"), kept == 0 ? "synced" : "absent");
    }
}

// ---- RocksDB on real files ----------------------------------------------------------------------

TEST(RocksStore, KeepsItsDataWhenItIsOpenedAgain) {
    const Folder folder;
    put(*open(folder.file("new/deep/db")), "a", "1");
    EXPECT_EQ(get(*open(folder.file("new/deep/db")), "a"), "1");
}

TEST(RocksStore, AFileInPlaceOfTheDirectoryIsNamed) {
    const Folder folder;
    std::ofstream(folder.file("db")) << "text";
    EXPECT_EQ(open_error(folder.file("db")),
              folder.file("db") +
                  " is a file; a directory for the data is needed here: name another place");
    EXPECT_NE(open_error(folder.file("db/below")).find("Not a directory"), std::string::npos);
}

TEST(RocksStore, ALockHeldByAnotherNodeIsNamed) {
    const Folder folder;
    const auto first = open(folder.file("db"));
    EXPECT_NE(open_error(folder.file("db")).find("is in use by another process"),
              std::string::npos);
}

TEST(RocksStore, AMissingPermissionIsNamed) {
    const Folder folder;
    fs::create_directory(folder.file("db"));
    fs::permissions(folder.file("db"), fs::perms(0555));
    fs::permissions(folder.file("."), fs::perms(0755));
    // Root may write everywhere, so this test is somebody else for a moment.
    const uid_t user = ::geteuid();
    ASSERT_TRUE(user != 0 || ::seteuid(65534) == 0);
    const std::string message = open_error(folder.file("db"));
    ASSERT_TRUE(user != 0 || ::seteuid(0) == 0);
    EXPECT_NE(message.find("may not be written by this user"), std::string::npos) << message;
}

TEST(RocksStore, DamagedFilesAreNamed) {
    const Folder folder;
    put(*open(folder.file("db")), "a", "1", Sync::yes);
    for (const auto& entry : fs::directory_iterator(folder.file("db"))) {
        if (entry.path().filename().string().starts_with("MANIFEST")) {
            std::ofstream(entry.path(), std::ios::binary) << std::string(200, 'x');
        }
    }
    EXPECT_NE(open_error(folder.file("db")).find("are damaged"), std::string::npos);
}

TEST(RocksStore, ATornLastRecordIsABatchThatWasNeverAcknowledged) {
    const Folder folder;
    {
        const auto store = open(folder.file("db"));
        put(*store, "a", "1", Sync::yes);
        put(*store, "b", std::string(1000, 'x'), Sync::yes);
    }
    fs::path newest;
    for (const auto& entry : fs::directory_iterator(folder.file("db"))) {
        if (entry.path().extension() == ".log" && fs::file_size(entry) > 0) newest = entry.path();
    }
    fs::resize_file(newest, fs::file_size(newest) - 100);
    const auto store = open(folder.file("db"));
    EXPECT_EQ(get(*store, "a"), "1");
    EXPECT_EQ(get(*store, "b"), "absent");
}

// ---- ends of the process ------------------------------------------------------------------------

class StoreDeathTest : public testing::Test {
protected:
    StoreDeathTest() { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

// Commits numbered batches of 1 KiB, synced, and notes each in `noted` once it is acknowledged.
// The same place for parent and child: the child is a new process that begins from main().
struct Place {
    std::string folder =
        (fs::temp_directory_path() / "edict-store-death").string() + std::to_string(::getuid());
    std::string db = folder + "/db";
    std::string noted = folder + "/noted";
};

void write_until(int count, const Place& place) {
    const auto store = open(place.db);
    for (int i = 0; i < count; ++i) {
        put(*store, std::to_string(i), std::string(1024, 'x'), Sync::yes);
        const std::string size(1, 'x');
        const int file = ::open(place.noted.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (::write(file, size.data(), 1) != 1) std::abort();
        ::close(file);
    }
}

void write_on_a_small_disk(const Place& place) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{128 << 10, 128 << 10};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    write_until(1000, place);
}

void write_and_be_killed(const Place& place) {
    write_until(50, place);
    std::raise(SIGKILL);
}

// Every acknowledged batch is there afterwards.
void expect_nothing_lost(const Place& place) {
    const std::size_t acknowledged = fs::file_size(place.noted);
    EXPECT_GT(acknowledged, 0U);
    const auto store = open(place.db);
    for (std::size_t i = 0; i < acknowledged; ++i) {
        EXPECT_EQ(get(*store, std::to_string(i)).size(), 1024U) << i;
    }
}

TEST_F(StoreDeathTest, AFullDiskEndsTheProcessWithAClearMessageAndLosesNothing) {
    const Place place;
    fs::remove_all(place.folder);
    fs::create_directories(place.folder);
    EXPECT_EXIT(write_on_a_small_disk(place), testing::ExitedWithCode(4),
                "the disk that holds .* is full: free some space");
    expect_nothing_lost(place);
    fs::remove_all(place.folder);
}

TEST_F(StoreDeathTest, AKilledProcessLosesNothingThatWasAcknowledged) {
    const Place place;
    fs::remove_all(place.folder);
    fs::create_directories(place.folder);
    EXPECT_EXIT(write_and_be_killed(place), testing::KilledBySignal(SIGKILL), "");
    expect_nothing_lost(place);
    fs::remove_all(place.folder);
}

TEST_F(StoreDeathTest, AStorageFailureExitsWith4) {
    EXPECT_EXIT(storage_failed("the disk is gone"), testing::ExitedWithCode(4),
                "error: the disk is gone\nhelp: the node stops here");
}

}  // namespace
}  // namespace edict::store
