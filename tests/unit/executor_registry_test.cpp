// Deploying, endorsing, attesting, and what is in force afterwards.
#include <fmt/format.h>

#include "chain/executor/limits.h"
#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/limits.h"
#include "cli/admission.h"
#include "tests/unit/chain_support.h"
#include "vm/call/explain.h"

namespace edict::tests {
namespace {

using ledger::Outcome;

std::string sell(int amount) { return fmt::format(R"({{"item": "tea", "amount": {}}})", amount); }

std::string endorse_arguments(const ledger::Hash& set) {
    return fmt::format(R"({{"set": "{}", "contract_name": "shop", "role_name": "shop_office"}})",
                       set.hex());
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

TEST(Registry, ASetIsInForceOnceEndorsedAndAttested) {
    TestChain chain;
    const ledger::ModuleBundle bundle = chain.bundle({SHOP, SHOP_RULES});
    const ledger::Hash set = ledger::hash_of(bundle);
    const auto deploy =
        chain.did("seller", "std.registry", "deploy", chain.deploy_arguments(bundle));
    ASSERT_EQ(deploy.outcome, Outcome::committed) << deploy.reason;
    EXPECT_EQ(chain.executor->bundles(), std::vector{set});
    EXPECT_EQ(chain.did("seller", "shop", "sell", sell(1)).outcome, Outcome::refused);

    const auto outsider = chain.did("seller", "std.registry", "endorse", endorse_arguments(set));
    EXPECT_EQ(outsider.outcome, Outcome::failed);
    EXPECT_EQ(outsider.reason, "you do not hold the role shop_office");
    EXPECT_EQ(chain.did("office", "std.registry", "endorse", endorse_arguments(set)).outcome,
              Outcome::committed);
    EXPECT_EQ(chain.executor->in_force()->find("shop"), nullptr);
    EXPECT_EQ(chain.did("office", "std.registry", "attest", chain.attest_arguments(set, "passed"))
                  .outcome,
              Outcome::refused);
    EXPECT_EQ(
        chain.did("validator", "std.registry", "attest", chain.attest_arguments(set, "passed"))
            .outcome,
        Outcome::committed);
    ASSERT_NE(chain.executor->in_force()->find("shop"), nullptr);
    EXPECT_EQ(chain.executor->bundle_of("shop"), set);
    EXPECT_EQ(chain.executor->bundle(set), bundle);

    EXPECT_EQ(chain.did("seller", "shop", "sell", sell(100)).outcome, Outcome::committed);
    const auto large = chain.did("seller", "shop", "sell", sell(101));
    EXPECT_EQ(large.outcome, Outcome::forbidden);
    ASSERT_EQ(large.decisions.size(), 1U);
    chain.reopen();
    EXPECT_NE(chain.executor->in_force()->find("shop_rules"), nullptr);
    EXPECT_EQ(chain.did("seller", "shop", "sell", sell(5)).outcome, Outcome::committed);
}

TEST(Registry, AnAttestationThatBlocksKeepsASetPending) {
    TestChain chain;
    const ledger::ModuleBundle bundle = chain.bundle({SHOP, SHOP_RULES});
    const ledger::Hash set = ledger::hash_of(bundle);
    (void)chain.did("seller", "std.registry", "deploy", chain.deploy_arguments(bundle));
    (void)chain.did("office", "std.registry", "endorse", endorse_arguments(set));
    for (const char* verdict : {"blocked", "unknown"}) {
        const auto said =
            chain.did("validator", "std.registry", "attest", chain.attest_arguments(set, verdict));
        EXPECT_EQ(said.outcome, Outcome::committed);
        EXPECT_EQ(chain.executor->in_force()->find("shop"), nullptr);
    }
    (void)chain.did("validator", "std.registry", "attest", chain.attest_arguments(set, "passed"));
    EXPECT_NE(chain.executor->in_force()->find("shop"), nullptr);
}

TEST(Registry, WhatWasAttestedAgainstAnotherSetInForceIsVoid) {
    TestChain chain;
    const ledger::ModuleBundle waiting = chain.bundle({SHOP, SHOP_RULES});
    const ledger::Hash set = ledger::hash_of(waiting);
    (void)chain.did("seller", "std.registry", "deploy", chain.deploy_arguments(waiting));
    const std::string against_old = chain.attest_arguments(set, "passed");
    (void)chain.did("validator", "std.registry", "attest", against_old);
    chain.activate({replaced(SHOP, "contract shop", "contract stall"),
                    replaced(replaced(SHOP_RULES, "shop_rules", "stall_rules"), "governs shop",
                             "governs stall")});
    (void)chain.did("office", "std.registry", "endorse", endorse_arguments(set));
    EXPECT_EQ(chain.executor->in_force()->find("shop"), nullptr);
    const auto late = chain.did("validator", "std.registry", "attest", against_old);
    EXPECT_EQ(late.outcome, Outcome::failed);
    EXPECT_NE(late.reason.find("the set in force has changed"), std::string::npos) << late.reason;
    (void)chain.did("validator", "std.registry", "attest", chain.attest_arguments(set, "passed"));
    EXPECT_NE(chain.executor->in_force()->find("shop"), nullptr);
}

TEST(Registry, ADeployThatDoesNotFitSaysWhy) {
    TestChain chain;
    chain.activate({SHOP, SHOP_RULES});
    const ledger::ModuleBundle bundle =
        chain.bundle({replaced(SHOP_RULES, "version 1.0.0", "version 1.1.0")});
    const std::string good = chain.deploy_arguments(bundle);
    const std::string other_hash =
        replaced(good, ledger::hash_of(bundle).hex(), ledger::Hash{}.hex());
    const auto named = chain.did("seller", "std.registry", "deploy", other_hash);
    EXPECT_EQ(named.outcome, Outcome::failed);
    EXPECT_EQ(named.reason, "the bundle does not hash to the set that is named");
    const auto needs =
        chain.did("seller", "std.registry", "deploy",
                  replaced(good, R"("role_name":"shop_office")", R"("role_name":"seller")"));
    EXPECT_EQ(needs.outcome, Outcome::failed);
    EXPECT_NE(needs.reason.find("endorsements"), std::string::npos) << needs.reason;
    EXPECT_EQ(chain.did("seller", "std.registry", "deploy", good).outcome, Outcome::committed);
}

TEST(Registry, AnUpgradeKeepsStoresAndRaisesTheVersion) {
    TestChain chain;
    chain.activate({SHOP, SHOP_RULES});
    struct Upgrade {
        std::string from, to, message;
    };
    for (const Upgrade& upgrade :
         {Upgrade{"version 1.0.0", "version 1.0.0\n", "does not rise above it"},
          Upgrade{"version 1.0.0", "version 0.9.0", "does not rise above it"},
          Upgrade{"0..1_000_000", "0..2_000_000",
                  "does not say how the values of version 1.0.0 are read"}}) {
        SCOPED_TRACE(upgrade.message);
        std::string text = replaced(SHOP, upgrade.from, upgrade.to);
        if (upgrade.from[0] != 'v') text = replaced(text, "version 1.0.0", "version 2.0.0");
        const auto examined =
            executor::examine_bundle(chain.bundle({text, replaced(SHOP_RULES, "1.0.0", "3.0.0")}),
                                     *chain.executor->in_force());
        ASSERT_FALSE(examined);
        EXPECT_NE(examined.error().message.find(upgrade.message), std::string::npos)
            << examined.error().message;
    }
}

TEST(Registry, NamesOfTheNodeAreNotDeployed) {
    TestChain chain;
    const auto examined = executor::examine_bundle(
        chain.bundle({replaced(replaced(SHOP, "contract shop", "contract std.shop"),
                               "regulators shop_office", "regulators none")}),
        *chain.executor->in_force());
    ASSERT_FALSE(examined);
    EXPECT_NE(examined.error().message.find("std.shop"), std::string::npos);
}

TEST(Registry, WhatWouldTellTheChainPersonalDataIsNotDeployed) {
    TestChain chain;
    const std::string marked =
        replaced(replaced(replaced(SHOP, "action sell(", "action sell(personal "), "Sold(",
                          "Sold(personal "),
                 "regulators shop_office", "regulators none");
    const auto made = cli::compile_texts({{"shop.edict", marked}});
    ASSERT_TRUE(made && made->lowered);
    ledger::ModuleBundle bundle;
    bundle.sources = {{"shop.edict", marked}};
    for (const auto& one : made->lowered->modules) {
        if (one->name == "shop") bundle.modules.push_back(bytecode::encode(*one));
    }
    const auto examined = executor::examine_bundle(bundle, *chain.executor->in_force());
    ASSERT_FALSE(examined);
    // `edict tx deploy` and the verifying node compile for a chain, so they say it in their words.
    const auto beside = cli::compile_beside({{"shop.edict", marked}}, {});
    ASSERT_TRUE(beside);
    ASSERT_EQ(beside->diagnostics.list().size(), 2U);
    for (const source::Diagnostic& one : beside->diagnostics.list())
        EXPECT_EQ(one.code, source::Code::E0974) << one.message;
    const std::string why =
        "shop is not deployed, for every member of the chain would read personal data: the "
        "parameter item of sell; commitments and pseudonyms may be told";
    EXPECT_EQ(examined.error().message, why);
    // Whoever does not ask beforehand is told the same by every node.
    const std::string arguments =
        fmt::format(R"({{"set": "{}", "needs": [], "bundle": "{}"}})",
                    ledger::hash_of(bundle).hex(), base::to_hex(ledger::encode(bundle)));
    const auto deploy = chain.did("seller", "std.registry", "deploy", arguments);
    EXPECT_EQ(deploy.outcome, Outcome::failed);
    EXPECT_EQ(deploy.reason, why);
    // The same module with the flags taken out of its bytes is not what its source compiles to.
    ledger::ModuleBundle bare = bundle;
    auto module = bytecode::decode(bundle.modules[0]);
    ASSERT_TRUE(module);
    ASSERT_FALSE(module->personal.empty());
    module->personal.clear();
    bare.modules[0] = bytecode::encode(*module);
    ASSERT_TRUE(executor::examine_bundle(bare, *chain.executor->in_force()));
    EXPECT_NE(ledger::module_hash(bare.modules[0]), ledger::module_hash(bundle.modules[0]));
}

TEST(Registry, APendingSetLapses) {
    TestChain chain;
    const ledger::ModuleBundle bundle = chain.bundle({SHOP, SHOP_RULES});
    const ledger::Hash set = ledger::hash_of(bundle);
    (void)chain.did("seller", "std.registry", "deploy", chain.deploy_arguments(bundle));
    (void)chain.did("validator", "std.registry", "attest", chain.attest_arguments(set, "passed"));
    while (chain.executor->last_applied().value < executor::PENDING_SET_HEIGHTS + 1) {
        (void)chain.run(std::vector<ledger::Transaction>{});
    }
    const auto late = chain.did("office", "std.registry", "endorse", endorse_arguments(set));
    EXPECT_EQ(late.outcome, Outcome::failed);
    EXPECT_NE(late.reason.find("the set has lapsed"), std::string::npos) << late.reason;
}

TEST(Registry, TakesEveryBundleThatTheFormatAllows) {
    bool is_found = false;
    for (const base::Bytes& bytes : test_genesis().modules) {
        const auto module = bytecode::decode(bytes);
        ASSERT_TRUE(module);
        if (module->name != executor::REGISTRY) continue;
        for (const auto& action : module->actions) {
            if (action.name != "deploy") continue;
            ASSERT_EQ(action.parameter_names.back(), "bundle");
            const value::Type& type = *module->types[action.parameters.back()];
            EXPECT_EQ(type.capacity, ledger::MAX_BUNDLE_BYTES);
            is_found = true;
        }
    }
    EXPECT_TRUE(is_found);
}

}  // namespace
}  // namespace edict::tests
