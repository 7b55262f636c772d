// Four validators, each a process, of which one or more are killed at random moments under load,
// the one that proposes above all. No acknowledged call (its receipt was seen) is lost, all four
// end with the same headers, and when the leader dies a call commits through a survivor. On an idle
// machine within 5 s; the usual run, beside other tests, waits as long as a view change may take
// there.
//
//     four_nodes_test --seconds 180 --within 5000 --seed 7
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "chain/client/client.h"
#include "chain/executor/executor.h"
#include "chain/net/socket.h"
#include "cli/data_folder.h"
#include "tests/simulation/process_support.h"
#include "vm/runtime/interpreter.h"

namespace edict::tests {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::uint64_t seconds_to_run = 20;
std::uint64_t seed_given = 0;
std::uint64_t within = 30'000;  // milliseconds from a leader's death to the next commit

constexpr std::size_t NODES = 4;
constexpr std::size_t LOADERS = 4;
constexpr milliseconds PATIENCE{8000};  // of a loader, for one call

milliseconds since(Clock::time_point begun) {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - begun);
}

class FourNodes : public testing::Test {
protected:
    void SetUp() override {
        std::vector<cli::PartySpec> parties;
        for (std::size_t i = 0; i <= LOADERS; ++i) {
            parties.push_back({fmt::format("office{}", i), {"membership_office"}});
        }
        const auto free = net::free_ports(2 * NODES);
        ASSERT_TRUE(free);
        std::vector<net::Address> addresses;
        for (std::size_t i = 0; i < NODES; ++i) addresses.push_back({"127.0.0.1", (*free)[i]});
        const auto made = cli::make_data_folders(root, "four", parties, addresses);
        ASSERT_TRUE(made) << made.error().message;
        for (const cli::PartySpec& party : parties) {
            const auto key = client::read_key_file(root.party_key(party.name));
            ASSERT_TRUE(key);
            keys.push_back(*key);
        }
        for (std::size_t i = 0; i < NODES; ++i) {
            ports.push_back((*free)[NODES + i]);
            urls.push_back(fmt::format("http://127.0.0.1:{}", ports[i]));
        }
        nodes.resize(NODES);
    }

    void start_all() {
        for (std::size_t i = 0; i < NODES; ++i) start(i);
        for (std::size_t i = 0; i < NODES; ++i) await_start(i);
    }

    void start(std::size_t i) {
        nodes[i] = std::make_unique<Process>(std::vector<std::string>{
            "node", "run", "--data", root.of_node(i + 1).path, "--port", std::to_string(ports[i])});
    }
    void await_start(std::size_t i) {
        ASSERT_TRUE(nodes[i]->read_until("listening on ")) << nodes[i]->output();
        is_up[i] = true;
    }
    void kill(std::size_t i) {
        is_up[i] = false;
        nodes[i]->signal(SIGKILL);
        (void)nodes[i]->wait();
        output[i] += nodes[i]->output();
    }

    [[nodiscard]] std::optional<json> status_of(std::size_t i) const {
        auto client = client::Client::connect(urls[i]);
        if (!client) return std::nullopt;
        const auto status = client->get("/v1/status");
        return status ? std::optional(*status) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::uint64_t> height_of(std::size_t i) const {
        const auto status = status_of(i);
        return status ? std::optional(std::stoull(status->value("certified", "0"))) : std::nullopt;
    }
    [[nodiscard]] bool is_connected(std::size_t i) const {
        const auto status = status_of(i);
        return status && status->value("reached", 0U) == NODES - 1 &&
               status->value("heard", 0U) == NODES - 1;
    }
    // Who proposes in the highest view: a node that came back may not know of it yet.
    [[nodiscard]] std::size_t leader() const {
        std::uint64_t highest = 0;
        std::size_t found = 0;
        for (std::size_t i = 0; i < NODES; ++i) {
            const auto status = status_of(i);
            if (!status) continue;
            const std::uint64_t view = std::stoull(status->value("view", "0"));
            if (view < highest) continue;
            highest = view;
            found = static_cast<std::size_t>(status->value("primary", "validator_1").back()) - '1';
        }
        return found;
    }
    [[nodiscard]] std::optional<std::size_t> some_node(std::size_t from) const {
        for (std::size_t i = 0; i < NODES; ++i) {
            if (is_up[(from + i) % NODES]) return (from + i) % NODES;
        }
        return std::nullopt;
    }

    // One call through a node that is up; what was acknowledged is kept.
    bool call(std::size_t loader, std::size_t number, milliseconds at_most) {
        const auto node = some_node(loader + number);
        if (!node) return false;
        auto client = client::Client::connect(urls[*node]);
        if (!client) return false;
        const auto made = client->make_call(
            keys[loader], "std.membership", "set_attribute",
            {{"party", keys[loader].name}, {"name", "n"}, {"text", std::to_string(number)}});
        if (!made) return false;
        const auto hash = client->submit(*made);
        if (!hash) return false;
        const auto end = client->wait_for(*hash, at_most);
        if (!end) return false;
        EXPECT_EQ(end->receipt.outcome, ledger::Outcome::committed) << end->receipt.reason;
        const std::scoped_lock lock(mutex);
        acknowledged[end->receipt.transaction] = end->receipt.height;
        return true;
    }
    void load(std::size_t loader) {
        for (std::size_t number = 0; !stop; ++number) {
            if (!call(loader, number, PATIENCE)) std::this_thread::sleep_for(milliseconds(20));
        }
    }

    // From now until a call of its own commits through a survivor.
    [[nodiscard]] milliseconds until_commit(std::size_t number) {
        const auto begun = Clock::now();
        while (since(begun) < milliseconds(60'000)) {
            if (call(LOADERS, number, milliseconds(60'000))) break;
            std::this_thread::sleep_for(milliseconds(20));
        }
        return since(begun);
    }
    // All four are up and stand where the others stood when this began.
    void until_together() {
        std::uint64_t target = 0;
        for (std::size_t i = 0; i < NODES; ++i) target = std::max(target, height_of(i).value_or(0));
        const auto begun = Clock::now();
        for (std::size_t i = 0; i < NODES; ++i) {
            while (height_of(i).value_or(0) < target || !is_connected(i)) {
                ASSERT_LT(since(begun), milliseconds(60'000))
                    << "node " << i + 1 << " does not reach height " << target << "\n"
                    << status_of(i).value_or(json()).dump(2);
                std::this_thread::sleep_for(milliseconds(20));
            }
        }
    }
    void compare(std::size_t from);  // of the nodes from this one

    TemporaryFolder temporary;
    cli::DataFolder root{temporary.path("chain")};
    std::vector<client::KeyFile> keys;  // of the loaders, and one for probes
    std::vector<std::uint16_t> ports;
    std::vector<std::string> urls;
    std::vector<std::unique_ptr<Process>> nodes;
    std::array<std::atomic<bool>, NODES> is_up{};
    std::array<std::string, NODES> output;
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::map<ledger::Hash, ledger::Height> acknowledged;
};

// What is on the disks in the end.
void FourNodes::compare(std::size_t from) {
    const auto genesis = cli::read_genesis(root.of_node(1).genesis());
    ASSERT_TRUE(genesis);
    std::vector<ledger::Hash> headers;
    std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = from; i < NODES; ++i) {
        auto store = store::open_rocksdb(root.of_node(i + 1).state());
        ASSERT_TRUE(store) << store.error().message;
        runtime::Interpreter engine;
        const auto executor = executor::Executor::open(**store, *genesis, engine);
        ASSERT_TRUE(executor) << executor.error().message;
        const std::uint64_t last = (*executor)->last_applied().value;
        lowest = std::min(lowest, last);
        for (std::uint64_t height = 0; height <= last; ++height) {
            const ledger::Hash hash = ledger::hash_of((*executor)->header({height}).value());
            if (headers.size() <= height) headers.push_back(hash);
            ASSERT_EQ(headers[height], hash) << "node " << i + 1 << ", height " << height;
        }
        for (const auto& [hash, height] : acknowledged) {
            if (from > 0 && height.value > last) continue;  // stopped before it had this height
            const auto found = (*executor)->find(hash);
            ASSERT_TRUE(found) << "lost by node " << i + 1 << ": " << hash.hex();
            ASSERT_EQ(found->receipt.height, height);
        }
    }
    fmt::print("equal headers at every height, {} to {}\n", lowest, headers.size() - 1);
}

TEST_F(FourNodes, SurviveEachOther) {
    const std::uint64_t seed = seed_given == 0 ? std::random_device{}() : seed_given;
    SCOPED_TRACE(fmt::format("--seed {}", seed));
    std::mt19937_64 random(seed);
    start_all();
    ASSERT_FALSE(HasFatalFailure());
    std::vector<std::thread> loaders;
    for (std::size_t i = 0; i < LOADERS; ++i) loaders.emplace_back([this, i] { load(i); });

    const auto end = Clock::now() + std::chrono::seconds(seconds_to_run);
    std::size_t kills = 0, leaders = 0, several = 0;
    milliseconds longest{0};
    while (Clock::now() < end && !HasFailure()) {
        std::this_thread::sleep_for(milliseconds(static_cast<int>(random() % 700)));
        const std::uint64_t kind = random() % 10;
        std::set<std::size_t> dead;
        if (kind < 6) {
            dead = {leader()};
        } else if (kind < 8) {
            dead = {random() % NODES};
        } else {  // too many for the others to go on
            const std::uint64_t count = 2 + random() % 3;
            while (dead.size() < count) dead.insert(random() % NODES);
        }
        const bool was_leader = dead.size() == 1 && *dead.begin() == leader();
        for (const std::size_t i : dead) kill(i);
        kills += dead.size();
        if (dead.size() > 1) ++several;
        if (was_leader) {
            ++leaders;
            const milliseconds taken = until_commit(kills);
            const milliseconds at_most(static_cast<std::int64_t>(within));
            EXPECT_LE(taken, at_most) << "after the death of node " << *dead.begin() + 1;
            for (std::size_t i = 0; i < NODES && taken > at_most; ++i) {
                if (is_up[i]) ADD_FAILURE() << status_of(i).value_or(json()).dump(2);
                nodes[i]->signal(SIGTERM);
                (void)nodes[i]->wait();
                ADD_FAILURE() << "node " << i + 1 << ":\n" << output[i] << nodes[i]->output();
            }
            longest = std::max(longest, taken);
        }
        std::this_thread::sleep_for(milliseconds(static_cast<int>(random() % 500)));
        for (const std::size_t i : dead) start(i);
        for (const std::size_t i : dead) await_start(i);
        if (!HasFatalFailure()) until_together();
    }
    stop = true;
    for (std::thread& loader : loaders) loader.join();
    ASSERT_FALSE(HasFatalFailure());
    until_together();
    ASSERT_FALSE(HasFatalFailure());

    const std::string named = std::to_string(height_of(0).value());
    const Ended root_of_first = run({"query", "root", "--height", named, "--node", urls[0]});
    EXPECT_EQ(root_of_first.exit, 0) << root_of_first.output;
    for (std::size_t i = 1; i < NODES; ++i) {
        until_together();
        const Ended other = run({"query", "root", "--height", named, "--node", urls[i]});
        EXPECT_EQ(other.output, root_of_first.output) << "node " << i + 1;
    }
    std::uint64_t views = 0;
    for (std::size_t i = 0; i < NODES; ++i) {
        views = std::max<std::uint64_t>(views, std::stoull(status_of(i)->value("view", "0")));
        nodes[i]->signal(SIGTERM);
        EXPECT_EQ(nodes[i]->wait(), 0) << nodes[i]->output();
    }
    compare(0);
    EXPECT_GT(acknowledged.size(), kills);
    EXPECT_GT(leaders, 0U);
    fmt::print(
        "{} s, seed {}: {} kills ({} of the leader, {} times more than one at once), the last view "
        "{}\nlongest time from a leader's death to the next commit {} ms\n{} acknowledged calls, "
        "none lost; state root at height {}: {}",
        seconds_to_run, seed, kills, leaders, several, views, longest.count(), acknowledged.size(),
        named, root_of_first.output);
}

// The validator that proposes first misbehaves in every way that byzantine.h knows. The other three
// go on, agree, and hold the proof.
TEST_F(FourNodes, AByzantineValidatorChangesOnlyLatency) {
    const char* byzantine = ::getenv("EDICT_BYZANTINE");
    ASSERT_NE(byzantine, nullptr) << "name the program byzantine_node in EDICT_BYZANTINE";
    const std::uint64_t seed = seed_given == 0 ? std::random_device{}() % 1'000'000 : seed_given;
    SCOPED_TRACE(fmt::format("--seed {}", seed));
    nodes[0] = std::make_unique<Process>(
        std::vector<std::string>{root.of_node(1).path, std::to_string(ports[0]),
                                 std::to_string(seed)},
        std::nullopt, byzantine);
    ASSERT_TRUE(nodes[0]->read_until("listening on ")) << nodes[0]->output();
    for (std::size_t i = 1; i < NODES; ++i) start(i);
    for (std::size_t i = 1; i < NODES; ++i) await_start(i);
    ASSERT_FALSE(HasFatalFailure());

    constexpr std::size_t CALLS = 40;
    std::atomic<std::uint64_t> longest{0}, total{0};
    std::vector<std::thread> loaders;
    for (std::size_t loader = 0; loader < LOADERS; ++loader) {
        loaders.emplace_back([&, loader] {
            for (std::size_t number = 0; number < CALLS; ++number) {
                const auto begun = Clock::now();
                while (!call(loader, number, milliseconds(30'000))) {
                    if (since(begun) > milliseconds(60'000)) {
                        ADD_FAILURE() << "call " << number << " of " << loader << " has no receipt";
                        return;
                    }
                    std::this_thread::sleep_for(milliseconds(20));
                }
                const auto taken = static_cast<std::uint64_t>(since(begun).count());
                total += taken;
                longest = std::max(longest.load(), taken);
            }
        });
    }
    for (std::thread& loader : loaders) loader.join();
    if (HasFailure()) {
        for (std::size_t i = 0; i < NODES; ++i) nodes[i]->signal(SIGTERM);
        for (std::size_t i = 0; i < NODES; ++i) {
            (void)nodes[i]->wait();
            ADD_FAILURE() << "node " << i + 1 << ":\n" << nodes[i]->output();
        }
        return;
    }
    std::size_t proofs = 0;
    for (std::size_t i = 1; i < NODES; ++i) {
        const Ended evidence = run({"query", "evidence", "--node", urls[i]});
        EXPECT_EQ(evidence.exit, 0) << evidence.output;
        const json said = json::parse(evidence.output);
        for (const json& proof : said["evidence"]) {
            EXPECT_EQ(proof.value("validator", ""), "validator_1");
            ++proofs;
        }
    }
    EXPECT_GT(proofs, 0U);
    for (std::size_t i = 0; i < NODES; ++i) nodes[i]->signal(SIGTERM);
    for (std::size_t i = 1; i < NODES; ++i) EXPECT_EQ(nodes[i]->wait(), 0) << nodes[i]->output();
    (void)nodes[0]->wait();
    EXPECT_EQ(acknowledged.size(), CALLS * LOADERS);
    fmt::print("seed {}: {} calls, {} ms each on average, at most {} ms; {} proofs of misdeeds\n",
               seed, acknowledged.size(), total / acknowledged.size(), longest.load(), proofs);
    compare(1);
}

}  // namespace
}  // namespace edict::tests

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i], text = argv[i + 1];
        std::uint64_t number = 0;
        const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool is_number = error == std::errc() && at == text.data() + text.size();
        if (is_number && name == "--seconds") edict::tests::seconds_to_run = number;
        if (is_number && name == "--seed") edict::tests::seed_given = number;
        if (is_number && name == "--within") edict::tests::within = number;
        if (!is_number || (name != "--seconds" && name != "--seed" && name != "--within")) {
            fmt::print(stderr, "four_nodes_test [--seconds N] [--within MS] [--seed N]\n");
            return 2;
        }
    }
    return RUN_ALL_TESTS();
}
