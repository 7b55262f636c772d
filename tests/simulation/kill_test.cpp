// A node is killed at random moments under load, a hundred times. After each restart the chain is
// where it was, and no call that was acknowledged (its receipt was seen) is lost.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "chain/client/client.h"
#include "chain/executor/executor.h"
#include "chain/ledger/codec.h"
#include "cli/data_folder.h"
#include "tests/simulation/process_support.h"
#include "vm/runtime/interpreter.h"

namespace edict::tests {
namespace {

using nlohmann::json;

constexpr int LOADERS = 3;

// EDICT_KILLS and EDICT_SEED repeat a run that failed, or make a longer one.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = ::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Acknowledged {
    ledger::Hash transaction;
    ledger::Height height;
};

// Calls until the node is gone.
void load(const std::string& url, const client::KeyFile& key, std::mutex& mutex,
          std::vector<Acknowledged>& acknowledged) {
    auto client = client::Client::connect(url);
    for (int i = 0; client; ++i) {
        const auto end =
            client->call(key, "std.membership", "set_attribute",
                         {{"party", key.name}, {"name", "n"}, {"text", std::to_string(i)}});
        if (!end) return;
        EXPECT_EQ(end->receipt.outcome, ledger::Outcome::committed) << end->receipt.reason;
        const std::scoped_lock lock(mutex);
        acknowledged.push_back({end->receipt.transaction, end->receipt.height});
    }
}

class KillTest : public testing::Test {
protected:
    KillTest() {
        std::vector<std::string> arguments{"node", "init", "--data", folder.path};
        for (int i = 0; i < LOADERS; ++i) {
            arguments.push_back("--party");
            arguments.push_back(fmt::format("office{}:membership_office", i));
        }
        const Ended made = run(arguments);
        EXPECT_EQ(made.exit, 0) << made.output;
        for (int i = 0; i < LOADERS; ++i) {
            const auto key = client::read_key_file(folder.party_key(fmt::format("office{}", i)));
            EXPECT_TRUE(key) << key.error().message;
            if (key) keys.push_back(*key);
        }
    }

    // One life of the node: what was seen in earlier ones is there; then load, then the kill.
    void live_and_die(std::chrono::milliseconds life) {
        Process node({"node", "run", "--data", folder.path, "--port", "0"});
        const auto url = node.read_until("listening on ");
        ASSERT_TRUE(url) << node.output();
        auto client = client::Client::connect(*url);
        ASSERT_TRUE(client) << client.error().message;
        check_last(*client);

        std::mutex mutex;
        std::vector<Acknowledged> now;
        std::vector<std::thread> threads;
        for (const client::KeyFile& key : keys) {
            threads.emplace_back([&] { load(*url, key, mutex, now); });
        }
        std::this_thread::sleep_for(life);
        const auto status = client->get("/v1/status");
        if (status) {
            seen_height = status->value("height", "");
            seen_header = status->value("header", "");
        }
        node.signal(SIGKILL);
        (void)node.wait();
        for (std::thread& thread : threads) thread.join();
        last = now;
        acknowledged.insert(acknowledged.end(), now.begin(), now.end());
    }

    void check_last(client::Client& client) {
        for (const Acknowledged& call : last) {
            const auto end = client.wait_for(call.transaction, std::chrono::milliseconds(0));
            ASSERT_TRUE(end) << "lost: " << end.error().message;
            ASSERT_EQ(end->receipt.height, call.height);
        }
        if (seen_height.empty()) return;
        const auto block = client.get("/v1/blocks/" + seen_height);
        ASSERT_TRUE(block) << block.error().message;
        EXPECT_EQ(block->value("hash", ""), seen_header) << "at height " << seen_height;
    }

    TemporaryFolder temporary;
    cli::DataFolder folder{temporary.path("data")};
    std::vector<client::KeyFile> keys;
    std::vector<Acknowledged> acknowledged, last;
    std::string seen_height, seen_header;
};

TEST_F(KillTest, NothingAcknowledgedIsLostAndTheChainReplaysToTheSameHeaders) {
    const std::uint64_t kills = number_from("EDICT_KILLS", 100);
    const std::uint64_t seed = number_from("EDICT_SEED", std::random_device{}());
    SCOPED_TRACE(fmt::format("EDICT_SEED={}", seed));
    std::mt19937_64 random(seed);
    for (std::uint64_t i = 0; i < kills && !HasFatalFailure(); ++i) {
        SCOPED_TRACE(fmt::format("kill {}", i));
        live_and_die(std::chrono::milliseconds(random() % 150));
    }
    ASSERT_FALSE(HasFatalFailure());

    // The same batches on an empty state give the same header at every height.
    const auto genesis = cli::read_genesis(folder.genesis());
    ASSERT_TRUE(genesis);
    auto store = store::open_rocksdb(folder.state());
    ASSERT_TRUE(store) << store.error().message;
    runtime::Interpreter engine;
    const auto survived = executor::Executor::open(**store, *genesis, engine);
    ASSERT_TRUE(survived) << survived.error().message;
    for (const Acknowledged& call : acknowledged) {
        const auto found = (*survived)->find(call.transaction);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->receipt.height, call.height);
    }
    store::MemoryStore memory;
    const auto replayed = executor::Executor::open(memory, *genesis, engine);
    ASSERT_TRUE(replayed);
    const std::uint64_t last_height = (*survived)->last_applied().value;
    for (std::uint64_t height = 1; height <= last_height; ++height) {
        const auto batch = (*survived)->batch({height});
        ASSERT_TRUE(batch);
        ledger::Body body;
        for (const ledger::Hash& hash : batch->transactions) {
            body.transactions.push_back((*survived)->find(hash).value().transaction);
        }
        executor::Executed executed = (*replayed)->execute(*batch, body);
        ASSERT_EQ(executed.header, (*survived)->header({height}));
        (*replayed)->commit(std::move(executed));
    }
    EXPECT_GT(acknowledged.size(), kills / 2);
    fmt::print("{} kills, {} acknowledged calls, {} heights\n", kills, acknowledged.size(),
               last_height);
}

}  // namespace
}  // namespace edict::tests
