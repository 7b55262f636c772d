// edict bench: how many signed calls a chain of so many nodes takes on this machine.
//
// Open loop: each call has a time at which it is due, whatever became of those before it, and its
// latency counts from that time. A node that stands still for a second is seen in the latency of
// every call that was due in that second (no coordinated omission).
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <unordered_map>

#include "chain/client/answer.h"
#include "chain/client/client.h"
#include "chain/net/socket.h"
#include "cli/arguments.h"
#include "cli/devnet_nodes.h"
#include "cli/output.h"

namespace edict::cli {

using nlohmann::json;

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::uint64_t MAX_RATE = 20'000;
constexpr std::uint64_t MAX_CALLS = 400'000;
constexpr std::uint64_t MAX_SENDERS = 1000;
constexpr std::uint64_t MAX_NODES = 20;
constexpr std::size_t CONNECTIONS = 8;
constexpr milliseconds AGAIN{5};       // after a node had no room
constexpr milliseconds LOOK{3};        // how often the watcher asks for the next height
constexpr milliseconds DRAIN{60'000};  // for what is on its way in the end
constexpr std::uint64_t LIFE = 900;    // heights until a call expires, of at most 1,000

struct BenchOptions {
    std::uint64_t nodes = 4;
    std::uint64_t rate = 1000;
    std::uint64_t seconds = 10;
    std::uint64_t senders = 64;
    std::string engine = "interp";
    bool json = false;
};

struct Call {
    ledger::Transaction transaction;  // not signed yet
    std::size_t sender = 0;
    Clock::time_point due;
};

// What one connection sends, in the order of time.
using Calls = std::vector<Call>;

class Load {
public:
    Load(const BenchOptions& options, const DataFolder& root, std::vector<DevnetNode> nodes)
        : options_(options), root_(root), nodes_(std::move(nodes)) {}

    [[nodiscard]] Exit run();

private:
    using Metrics = std::map<std::string, std::uint64_t>;

    [[nodiscard]] base::Status make_calls();
    [[nodiscard]] base::Status send_all(std::size_t connection);
    [[nodiscard]] base::Status watch();
    [[nodiscard]] base::Result<Metrics> metrics() const;  // of all nodes, added up
    [[nodiscard]] Exit print_result(const Metrics& spent, std::uint64_t heights);
    void fail(const base::Status& status);

    BenchOptions options_;
    DataFolder root_;
    std::vector<DevnetNode> nodes_;
    std::vector<client::KeyFile> keys_;  // of the senders
    std::vector<Calls> calls_{CONNECTIONS};
    std::unordered_map<ledger::Hash, Clock::time_point> due_;  // what was signed; under the mutex
    std::atomic<std::uint64_t> height_{0};                     // that the watcher saw last
    std::vector<std::uint64_t> latencies_us_;
    Clock::time_point begun_, ended_;
    std::uint64_t first_height_ = 0;
    std::uint64_t heights_ = 0;
    std::atomic<std::uint64_t> turned_away_{0};
    std::atomic<bool> failed_{false};
    std::mutex mutex_;
    base::Status status_;
};

void Load::fail(const base::Status& status) {
    const std::scoped_lock lock(mutex_);
    if (status_ && !status) status_ = status;
    failed_ = failed_ || !status;
}

base::Status Load::make_calls() {
    auto client = client::Client::connect(nodes_.front().url);
    if (!client) return base::error_of(client);
    struct Sender {
        ledger::Transaction model;
        std::uint64_t calls = 0;
    };
    std::vector<Sender> senders;
    for (std::uint64_t i = 0; i < options_.senders; ++i) {
        auto key = client::read_key_file(root_.party_key(fmt::format("bench_{}", i)));
        if (!key) return base::error_of(key);
        auto model = client->make_call(*key, "std.membership", "set_attribute",
                                       {{"party", key->name}, {"name", "n"}, {"text", "00000000"}});
        if (!model) return base::error_of(model);
        senders.push_back({*std::move(model)});
        keys_.push_back(*std::move(key));
    }
    const std::uint64_t count = options_.rate * options_.seconds;
    due_.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        Sender& sender = senders[i % senders.size()];
        Call call{sender.model, i % senders.size(), {}};
        call.transaction.nonce.value = ++sender.calls;
        // The text is the last argument: each call writes another.
        const std::string text = fmt::format("{:08}", i);
        std::copy(text.begin(), text.end(), call.transaction.arguments.end() - 8);
        calls_[i % senders.size() % CONNECTIONS].push_back(std::move(call));
    }
    return {};
}

base::Status Load::send_all(std::size_t connection) {
    auto client = client::Client::connect(nodes_[connection % nodes_.size()].url);
    if (!client) return base::error_of(client);
    for (Call& call : calls_[connection]) {
        std::this_thread::sleep_until(call.due);
        // Not before: a quick chain passes a thousand heights in seconds, and the call would
        // expire.
        call.transaction.expiry.value = height_ + LIFE;
        ledger::sign(call.transaction, keys_[call.sender].key);
        {
            const std::scoped_lock lock(mutex_);
            due_.emplace(ledger::hash_of(call.transaction), call.due);
        }
        const auto until = call.due + DRAIN;
        while (!failed_) {
            const auto taken = client->submit(call.transaction);
            if (taken) break;
            const bool is_full = taken.error().kind == base::ErrorKind::unknown;
            if (!is_full || Clock::now() > until) return base::error_of(taken);
            ++turned_away_;
            std::this_thread::sleep_for(AGAIN);
        }
    }
    return {};
}

// Sees each height at the first node, and with it when its calls were done.
base::Status Load::watch() {
    auto client = client::Client::connect(nodes_.front().url);
    if (!client) return base::error_of(client);
    std::uint64_t height = first_height_;
    auto last_seen = Clock::now();
    const std::uint64_t count = options_.rate * options_.seconds;
    while (latencies_us_.size() < count && !failed_) {
        const auto block =
            client->get(fmt::format("/v1/blocks/{}", height + 1), {{"receipts", "no"}});
        const auto now = Clock::now();
        if (!block || block->value("certificate", json(nullptr)).is_null()) {
            if (now - last_seen > DRAIN) {
                return base::fail(
                    base::ErrorKind::unknown,
                    fmt::format("{} of {} calls have no receipt after {} s",
                                count - latencies_us_.size(), count, DRAIN.count() / 1000));
            }
            std::this_thread::sleep_for(LOOK);
            continue;
        }
        height_ = ++height;
        last_seen = now;
        const std::scoped_lock lock(mutex_);
        const json& batch = client::field_of(*block, "batch");
        for (const json& named : client::list_of(batch, "transactions")) {
            const auto hash =
                crypto::hash_from_hex(named.is_string() ? named.get<std::string>() : "");
            const auto call = hash ? due_.find(*hash) : due_.end();
            if (call == due_.end()) continue;
            const auto taken = std::chrono::duration_cast<microseconds>(now - call->second);
            latencies_us_.push_back(static_cast<std::uint64_t>(taken.count()));
            ended_ = now;
        }
    }
    heights_ = height - first_height_;
    return {};
}

base::Result<Load::Metrics> Load::metrics() const {
    Metrics sum;
    for (const DevnetNode& node : nodes_) {
        auto client = client::Client::connect(node.url);
        if (!client) return base::error_of(client);
        const auto text = client->text("/metrics");
        if (!text) return base::error_of(text);
        std::size_t at = 0;
        while (at < text->size()) {
            const std::size_t end = std::min(text->find('\n', at), text->size());
            const std::string line = text->substr(at, end - at);
            at = end + 1;
            const std::size_t space = line.find(' ');
            if (line.starts_with('#') || space == std::string::npos) continue;
            sum[line.substr(0, space)] += std::strtoull(line.c_str() + space, nullptr, 10);
        }
    }
    return sum;
}

Exit Load::run() {
    if (const auto made = make_calls(); !made) return report(made.error());
    auto before = metrics();
    if (!before) return report(before.error());
    height_ = first_height_ = (*before)["edict_height"] / nodes_.size();
    // The calls of a connection are due in the order of their numbers.
    begun_ = Clock::now() + milliseconds(200);
    std::vector<std::size_t> next(CONNECTIONS);
    for (std::uint64_t i = 0; i < options_.rate * options_.seconds; ++i) {
        const std::size_t connection = i % options_.senders % CONNECTIONS;
        Call& call = calls_[connection][next[connection]++];
        call.due = begun_ + microseconds(i * 1'000'000 / options_.rate);
    }
    std::vector<std::thread> threads;
    threads.emplace_back([this] { fail(watch()); });
    for (std::size_t i = 0; i < CONNECTIONS; ++i) {
        threads.emplace_back([this, i] { fail(send_all(i)); });
    }
    for (std::thread& thread : threads) thread.join();
    if (!status_) return report(status_.error());
    const auto after = metrics();
    if (!after) return report(after.error());
    Metrics spent;
    for (const auto& [name, value] : *after) spent[name] = value - (*before)[name];
    return print_result(spent, heights_);
}

Exit Load::print_result(const Metrics& spent, std::uint64_t heights) {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    const auto percentile = [&](double part) {
        const auto at = static_cast<std::size_t>(part * static_cast<double>(latencies_us_.size()));
        return static_cast<double>(latencies_us_[std::min(at, latencies_us_.size() - 1)]) / 1000.0;
    };
    const double calls = static_cast<double>(latencies_us_.size());
    const double nodes = static_cast<double>(nodes_.size());
    const double seconds = std::chrono::duration<double>(ended_ - begun_).count();
    const auto sum = [&](const std::string& name) {
        const auto found = spent.find(name);
        return found == spent.end() ? 0.0 : static_cast<double>(found->second);
    };
    const auto us = [&](const std::string& what) {  // of one node, for one call
        return sum("edict_" + what + "_microseconds_total") / nodes / calls;
    };
    json result = {
        {"nodes", nodes_.size()},
        {"offered_a_second", options_.rate},
        {"calls", latencies_us_.size()},
        {"calls_a_second", calls / seconds},
        {"p50_ms", percentile(0.5)},
        {"p90_ms", percentile(0.9)},
        {"p99_ms", percentile(0.99)},
        {"longest_ms", static_cast<double>(latencies_us_.back()) / 1000.0},
        {"heights", heights},
        {"turned_away", turned_away_.load()},
        {"signature_checks_a_call_and_node", sum("edict_signatures_checked_total") / nodes / calls},
        {"syncs_a_height_and_node", (sum("edict_vote_syncs_total") + sum("edict_heights_total")) /
                                        nodes / static_cast<double>(heights)},
        {"views", sum("edict_views_total") / nodes},
        {"step_us_a_call", us("step")},
        {"vote_us_a_call", us("vote")},
        {"check_us_a_call", us("check")},
        {"execute_us_a_call", us("execute")},
        {"roots_us_a_call", us("seal")},
        {"signatures_us_a_call", us("signatures")},
        {"commit_us_a_call", us("commit")},
    };
    if (options_.json) {
        print(result.dump(2) + "\n");
        return Exit::ok;
    }
    print(fmt::format("{} calls of {} senders to {} nodes, {} a second offered for {} s\n",
                      latencies_us_.size(), options_.senders, nodes_.size(), options_.rate,
                      options_.seconds));
    print(
        fmt::format("{:.0f} calls a second; from due to certified: p50 {:.0f} ms, p90 {:.0f} ms, "
                    "p99 {:.0f} ms, longest {:.0f} ms\n",
                    calls / seconds, percentile(0.5), percentile(0.9), percentile(0.99),
                    static_cast<double>(latencies_us_.back()) / 1000.0));
    print(
        fmt::format("{} heights of {:.0f} calls; {:.2f} syncs a height and node; {:.3f} signature "
                    "checks a call and node; turned away for want of room {} times\n",
                    heights, calls / static_cast<double>(heights),
                    result["syncs_a_height_and_node"].get<double>(),
                    result["signature_checks_a_call_and_node"].get<double>(), turned_away_.load()));
    print(
        fmt::format("a node's thread, us a call: protocol {:.1f}, votes synced {:.1f}, proposals "
                    "checked {:.1f}, executed {:.1f}, roots hashed {:.1f}, heights synced {:.1f}; "
                    "other threads: signatures of calls {:.1f}\n",
                    us("step"), us("vote"), us("check"), us("execute") - us("seal"), us("seal"),
                    us("commit"), us("signatures")));
    return Exit::ok;
}

base::Status check_options(const BenchOptions& options) {
    if (options.seconds <= MAX_CALLS / options.rate) return {};
    return base::fail(base::ErrorKind::usage,
                      fmt::format("--seconds is 1 to {} at this rate", MAX_CALLS / options.rate));
}

Exit bench_chain(const BenchOptions& options) {
    if (const auto fits = check_options(options); !fits) return report(fits.error());
    block_devnet_signals();
    std::error_code error;
    std::string path =
        (std::filesystem::temp_directory_path(error) / "edict-bench-XXXXXX").string();
    if (error || ::mkdtemp(path.data()) == nullptr) {
        return report({base::ErrorKind::environment, "cannot make a temporary folder"});
    }
    const DataFolder root{path};
    std::vector<PartySpec> parties;
    for (std::uint64_t i = 0; i < options.senders; ++i) {
        parties.push_back({fmt::format("bench_{}", i), {"membership_office"}});
    }
    const auto ports = net::free_ports(2 * options.nodes);
    Exit end = Exit::environment;
    if (!ports) {
        end = report(ports.error());
    } else {
        std::vector<net::Address> addresses;
        std::vector<DevnetNode> nodes;
        for (std::size_t i = 0; i < options.nodes; ++i) {
            addresses.push_back({"127.0.0.1", (*ports)[i]});
            nodes.push_back({fmt::format("validator_{}", i + 1),
                             root.of_node(i + 1),
                             (*ports)[options.nodes + i],
                             0,
                             {}});
        }
        const auto made = make_data_folders(root, "bench", parties, addresses);
        if (!made) {
            end = report(made.error());
        } else {
            std::thread load;
            const Exit ran = run_devnet_nodes(std::move(nodes), options.engine, [&](auto running) {
                load = std::thread([&, running] {
                    end = Load(options, root, running).run();
                    ::kill(::getpid(), SIGTERM);  // which ends the nodes
                });
            });
            if (load.joinable()) {
                load.join();
            } else {
                end = ran;
            }
        }
    }
    std::filesystem::remove_all(path, error);
    return end;
}

}  // namespace

void add_bench(Verb& top) {
    Verb bench = top.add("bench", "Measure a chain on this machine");
    auto options = std::make_shared<BenchOptions>();
    Verb verb = bench.add("chain", "Signed calls a second, and how long each takes");
    verb.option("--nodes", options->nodes, "Validators of pbft, 1 to 20, each a process",
                {1, MAX_NODES});
    verb.option("--rate", options->rate, "Calls that are due in each second", {1, MAX_RATE});
    verb.option("--seconds", options->seconds, "For how long", {1, MAX_CALLS});
    verb.option("--senders", options->senders, "Parties that call in turn", {1, MAX_SENDERS});
    verb.choice("--engine", options->engine, {"interp", "jit"}, "What executes rule code");
    verb.flag("--json", options->json, "As JSON");
    verb.footer(
        "Starts the nodes in a temporary folder. Open loop: a call is due at its time whatever\n"
        "became of those before it, and its latency counts from then.\n"
        "Exit codes: 0 measured, 2 wrong usage, 3 calls without receipt, 4 the machine stands in\n"
        "the way.");
    verb.run([options] { return bench_chain(*options); });
}

}  // namespace edict::cli
