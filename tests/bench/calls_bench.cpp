// Calls a second on one node: signed calls of std.membership.set_attribute by many senders, each
// checked, ordered, executed, synced to RocksDB and certified. Prints how many signature checks and
// syncs a call took, and the time from submit to certified receipt.
//
//     calls_bench [CALLS [SENDERS [DIRECTORY [interp|http]]]]
//
// With `http`, every call goes through the HTTP API and its C++ client, on the same machine.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "chain/api/server.h"
#include "chain/client/client.h"
#include "chain/consensus/solo/solo.h"
#include "chain/ledger/codec.h"
#include "cli/data_folder.h"
#include "vm/runtime/interpreter.h"

namespace {

using namespace edict;
using Clock = std::chrono::steady_clock;

struct Options {
    std::size_t calls = 20'000;
    std::size_t senders = 64;
    std::string directory;
    bool over_http = false;
};

struct Sender {
    client::KeyFile key;
    std::vector<ledger::Transaction> calls;
};

template <typename T>
T need(base::Result<T> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(4);
    }
    return *std::move(result);
}

std::vector<Sender> make_senders(const Options& options, const cli::DataFolder& folder,
                                 const ledger::Hash& chain_id) {
    std::vector<Sender> senders;
    for (std::size_t i = 0; i < options.senders; ++i) {
        Sender& sender = senders.emplace_back(
            Sender{need(client::read_key_file(folder.party_key(fmt::format("p{}", i)))), {}});
        for (std::size_t n = 1; n <= options.calls / options.senders; ++n) {
            ledger::Transaction call;
            call.chain_id = chain_id;
            call.sender = sender.key.party;
            call.nonce.value = n;
            call.expiry.value = ledger::MAX_EXPIRY_HEIGHTS;
            call.module = "std.membership";
            call.action = "set_attribute";
            base::Writer out;
            out.raw(sender.key.party.bytes);
            out.text("counter");
            out.text(fmt::format("value {}", n));
            call.arguments = out.take();
            sender.calls.push_back(std::move(call));
        }
    }
    return senders;
}

// How many of its calls a sender has on the way.
constexpr std::size_t WINDOW = 32;

struct Latencies {
    std::mutex mutex;
    std::vector<double> ms;
    void add(const std::vector<double>& more) {
        const std::scoped_lock lock(mutex);
        ms.insert(ms.end(), more.begin(), more.end());
    }
};

// Signs as it goes, as a client would; the expiry stays ahead of the height.
void drive(node::Node& node, Sender& sender, Latencies& latencies) {
    std::vector<double> ms;
    std::vector<std::pair<ledger::Hash, Clock::time_point>> open;
    const auto finish = [&](std::size_t left) {
        while (open.size() > left) {
            const auto [hash, began] = open.front();
            const auto found = node.wait_for(hash, std::chrono::seconds(60));
            if (!found || found->receipt.outcome != ledger::Outcome::committed) {
                fmt::print(stderr, "a call was lost or not committed: {}\n",
                           found ? found->receipt.reason : "no receipt");
                std::exit(1);
            }
            ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
            open.erase(open.begin());
        }
    };
    for (ledger::Transaction& call : sender.calls) {
        finish(WINDOW - 1);
        call.expiry.value = node.executor().last_applied().value + ledger::MAX_EXPIRY_HEIGHTS;
        ledger::sign(call, sender.key.key);
        const auto began = Clock::now();
        const auto hash = node.submit(call);
        if (!hash) {
            fmt::print(stderr, "not taken: {}\n", hash.error().message);
            std::exit(1);
        }
        open.emplace_back(*hash, began);
    }
    finish(0);
    latencies.add(ms);
}

void drive_http(const std::string& url, Sender& sender, Latencies& latencies) {
    client::Client client = need(client::Client::connect(url));
    std::vector<double> ms;
    for (std::size_t i = 0; i < sender.calls.size(); ++i) {
        const auto began = Clock::now();
        const auto end = need(client.call(sender.key, "std.membership", "set_attribute",
                                          {{"party", sender.key.party.hex()},
                                           {"name", "counter"},
                                           {"text", fmt::format("value {}", i)}}));
        if (end.receipt.outcome != ledger::Outcome::committed) std::exit(1);
        ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    }
    latencies.add(ms);
}

double percentile(const std::vector<double>& sorted, double p) {
    return sorted[static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1))];
}

int measure(const Options& options) {
    const cli::DataFolder folder{options.directory};
    std::vector<cli::PartySpec> parties;
    for (std::size_t i = 0; i < options.senders; ++i) {
        parties.push_back({fmt::format("p{}", i), {"membership_office"}});
    }
    if (const auto made = cli::make_data_folder(folder, "bench", parties); !made) {
        fmt::print(stderr, "{}\n", made.error().message);
        return 4;
    }
    ledger::Genesis genesis = need(cli::read_genesis(folder.genesis()));
    runtime::Interpreter engine;
    const auto store = need(store::open_rocksdb(folder.state()));
    genesis.limits.allowance = std::uint64_t{1} << 62;  // the allowance is not what is measured
    const auto executor = need(executor::Executor::open(*store, genesis, engine));
    std::vector<Sender> senders = make_senders(options, folder, executor->chain_id());
    const auto signer = node::make_signer(need(cli::read_node_secret(folder)).header);
    node::Node node(*executor, consensus::make_solo({0}), *signer, 0);
    api::Api api(node, "");
    const auto server = need(api::Server::listen(api, 0));
    const std::string url = fmt::format("http://127.0.0.1:{}", server->port());
    node.start();

    Latencies latencies;
    const auto began = Clock::now();
    std::vector<std::thread> threads;
    for (Sender& sender : senders) {
        threads.emplace_back([&] {
            options.over_http ? drive_http(url, sender, latencies) : drive(node, sender, latencies);
        });
    }
    for (std::thread& thread : threads) thread.join();
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    const node::Counters counters = node.counters();
    node.stop();
    server->stop();

    std::sort(latencies.ms.begin(), latencies.ms.end());
    const auto calls = static_cast<double>(counters.executed);
    fmt::print("{} calls of {} senders in {:.2f} s{}: {:.0f} calls a second\n", counters.executed,
               options.senders, seconds, options.over_http ? " over HTTP" : "", calls / seconds);
    fmt::print("each: {:.3f} signature checks, {:.4f} syncs ({} heights of {:.1f} calls)\n",
               static_cast<double>(counters.signatures_checked) / calls,
               static_cast<double>(counters.heights) / calls, counters.heights,
               calls / static_cast<double>(counters.heights));
    fmt::print("submit to certified receipt, ms: p50 {:.2f}  p90 {:.2f}  p99 {:.2f}  max {:.2f}\n",
               percentile(latencies.ms, 0.5), percentile(latencies.ms, 0.9),
               percentile(latencies.ms, 0.99), latencies.ms.back());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (argc > 1) options.calls = std::strtoull(argv[1], nullptr, 10);
    if (argc > 2) options.senders = std::strtoull(argv[2], nullptr, 10);
    options.directory =
        argc > 3 ? argv[3]
                 : (std::filesystem::temp_directory_path() / "edict-calls-bench").string();
    options.over_http = argc > 4 && std::string_view(argv[4]) == "http";
    if (options.senders == 0 || options.calls < options.senders) {
        fmt::print(stderr, "calls_bench [CALLS [SENDERS [DIRECTORY [interp|http]]]]\n");
        return 2;
    }
    const int exit = measure(options);
    std::error_code error;
    std::filesystem::remove_all(options.directory, error);
    return exit;
}
