// Simulated lives, as in `simulate seeds`, of nodes that run the real executor: membership calls,
// receipts, the state tree and the log, on disks that lose what was not synced.
#include <fmt/format.h>

#include <cstdlib>

#include "chain/ledger/codec.h"
#include "chain/sim/campaign.h"
#include "tests/unit/chain_support.h"

namespace edict::tests {
namespace {

constexpr std::size_t CLIENTS = 3;

std::string name_of(std::size_t client) { return fmt::format("client {}", client); }

ledger::Genesis genesis_with_clients() {
    ledger::Genesis genesis = test_genesis();
    for (std::size_t i = 0; i < CLIENTS; ++i) {
        const client::KeyFile& key = test_key(name_of(i));
        genesis.parties.push_back(
            {name_of(i), key.party, key.key.public_key(), {"membership_office"}, {}});
    }
    return genesis;
}

TEST(ExecutorLives, KeepEveryPromiseOfTheSimulator) {
    const char* asked = ::getenv("EDICT_LIVES");
    const std::uint64_t lives = asked == nullptr ? 60 : std::strtoull(asked, nullptr, 10);
    const TestChain model(genesis_with_clients());
    std::vector<ledger::Transaction> calls;
    for (std::size_t i = 0; i < CLIENTS; ++i) {
        calls.push_back(model.call(name_of(i), "std.membership", "set_attribute",
                                   fmt::format(R"({{"party": "{}", "name": "n", "text": "{}"}})",
                                               test_key(name_of(i)).party.hex(), i)));
    }
    runtime::Interpreter engine;
    sim::Chain chain;
    chain.id = ledger::chain_id(model.genesis);
    chain.clients = CLIENTS;
    chain.make_machine = [&](store::KeyValue& store) {
        return sim::make_executor_machine(store, model.genesis, engine);
    };
    chain.make_call = [&](std::size_t client, ledger::Nonce nonce, ledger::Height expiry) {
        ledger::Transaction call = calls[client];
        call.nonce = nonce;
        call.expiry = expiry;
        ledger::sign(call, test_key(name_of(client)).key);
        return call;
    };
    sim::Totals totals;
    for (std::uint64_t seed = 1; seed <= lives; ++seed) {
        const sim::Verdict verdict = sim::run_seed(seed, {}, {}, &chain);
        totals += verdict.totals;
        EXPECT_FALSE(verdict.violation)
            << "seed " << seed << " (" << verdict.plan << "): " << *verdict.violation;
    }
    fmt::print(
        "{} lives: {} heights, {} acknowledged calls, {} new views, {} crashes, {} blocks synced\n",
        lives, totals.heights, totals.acknowledged, totals.view_changes, totals.crashes,
        totals.syncs);
    EXPECT_GT(totals.acknowledged, 0U);
    EXPECT_GT(totals.view_changes, 0U);
    EXPECT_GT(totals.crashes, 0U);
    EXPECT_GT(totals.syncs, 0U);
    EXPECT_GT(totals.waits, 0U);
}

}  // namespace
}  // namespace edict::tests
