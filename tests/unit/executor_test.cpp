// The executor: what leaves a trace and what does not, what is refused, what a height leaves
// behind.
#include <fmt/format.h>

#include "chain/executor/limits.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/proof.h"
#include "tests/unit/chain_support.h"

namespace edict::tests {
namespace {

using ledger::Outcome;
using ledger::Transaction;

constexpr const char* CITY = R"({"party": "site", "name": "city", "text": "Aarhus"})";

Transaction set_city(const TestChain& chain) {
    return chain.call("office", "std.membership", "set_attribute", CITY);
}

void sign_again(Transaction& transaction, const std::string& with) {
    ledger::sign(transaction, test_key(with).key);
}

TEST(Executor, ACommittedCallChangesTheStateAndHasAReceipt) {
    TestChain chain;
    const Transaction call = set_city(chain);
    ASSERT_TRUE(chain.executor->check_transaction(call));
    const ledger::Receipt receipt = chain.run(call);
    EXPECT_EQ(receipt.outcome, Outcome::committed) << receipt.reason;
    EXPECT_EQ(receipt.height.value, 1U);
    EXPECT_GT(receipt.cost.value, 0U);
    const auto found = chain.executor->find(ledger::hash_of(call));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->transaction, call);
    EXPECT_EQ(found->receipt, receipt);
    EXPECT_EQ(chain.executor->last_nonce(call.sender).value, 1U);
    EXPECT_EQ(chain.executor->last_header().cost, receipt.cost);
    EXPECT_EQ(chain.executor->last_header().log_size, 1U);
}

// What is changed about a good call, and what the pool's check then says.
struct BadCall {
    std::string what;
    std::function<void(TestChain&, Transaction&)> change;
    std::string message;
};

const std::vector<BadCall>& bad_calls() {
    static const std::vector<BadCall> CALLS = {
        {"a signature by another key", [](auto&, auto& t) { sign_again(t, "seller"); },
         "the signature is not by the key of the sender"},
        {"an argument changed after signing", [](auto&, auto& t) { t.arguments.back() ^= 1; },
         "the signature is not by the key of the sender"},
        {"another chain",
         [](auto&, auto& t) {
             t.chain_id.bytes[0] ^= 1;
             sign_again(t, "office");
         },
         "the call is for the chain"},
        {"an unregistered sender",
         [](auto&, auto& t) {
             t.sender = value::party_named("nobody");
             sign_again(t, "stranger");
         },
         "is not registered"},
        {"an expiry below the next height",
         [](auto&, auto& t) {
             t.expiry = {0};
             sign_again(t, "office");
         },
         "the call expired at height 0; the next height is 1"},
        {"an expiry too far ahead",
         [](auto&, auto& t) {
             t.expiry.value = 1 + ledger::MAX_EXPIRY_HEIGHTS + 1;
             sign_again(t, "office");
         },
         "at most 1001 are allowed"},
    };
    return CALLS;
}

TEST(Executor, AnEnvelopeThatIsWrongIsTurnedAwayAndLeavesNoTrace) {
    for (const BadCall& bad : bad_calls()) {
        SCOPED_TRACE(bad.what);
        TestChain chain;
        Transaction call = set_city(chain);
        bad.change(chain, call);
        const base::Status checked = chain.executor->check_transaction(call);
        ASSERT_FALSE(checked);
        EXPECT_NE(checked.error().message.find(bad.message), std::string::npos)
            << checked.error().message;
        EXPECT_TRUE(chain.executor->propose(std::vector{call}).empty());
        const ledger::Batch batch{{0}, {1}, GENESIS_MS + 1, {ledger::hash_of(call)}};
        EXPECT_FALSE(chain.executor->check_proposal(batch, {{call}}));

        TestChain empty;
        (void)empty.run(std::vector<Transaction>{});
        EXPECT_TRUE(chain.run(std::vector{call}).empty());
        EXPECT_FALSE(chain.executor->find(ledger::hash_of(call)));
        EXPECT_EQ(chain.executor->last_header(), empty.executor->last_header());
    }
}

TEST(Executor, AnExpiryMayBeTheNextHeightAndAThousandBeyond) {
    for (const std::uint64_t expiry : {std::uint64_t{1}, 1 + ledger::MAX_EXPIRY_HEIGHTS}) {
        TestChain chain;
        Transaction call = set_city(chain);
        call.expiry.value = expiry;
        sign_again(call, "office");
        EXPECT_TRUE(chain.executor->check_transaction(call)) << expiry;
        EXPECT_EQ(chain.run(call).outcome, Outcome::committed);
    }
}

TEST(Executor, ANonceIsUsedOnce) {
    TestChain chain;
    const Transaction call = set_city(chain);
    (void)chain.run(call);
    EXPECT_EQ(chain.executor->check_transaction(call).error().message,
              "the nonce 1 is used already; the next one is 2");
    const auto root = chain.executor->last_header().state_root;
    EXPECT_TRUE(chain.run(std::vector{call}).empty());
    EXPECT_EQ(chain.executor->last_header().state_root, root);
    EXPECT_EQ(chain.executor->find(ledger::hash_of(call))->receipt.height.value, 1U);

    Transaction ahead = set_city(chain);
    ahead.nonce.value = 1 + executor::MAX_NONCE_AHEAD;
    sign_again(ahead, "office");
    EXPECT_TRUE(chain.executor->check_transaction(ahead));
    ++ahead.nonce.value;
    sign_again(ahead, "office");
    EXPECT_NE(chain.executor->check_transaction(ahead).error().message.find("too far ahead"),
              std::string::npos);
}

TEST(Executor, TheSameCallTwiceInABatchRunsOnce) {
    TestChain chain;
    const Transaction call = set_city(chain);
    const ledger::Hash hash = ledger::hash_of(call);
    const base::Status checked =
        chain.executor->check_proposal({{0}, {1}, GENESIS_MS + 1, {hash, hash}}, {{call, call}});
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message, "transaction 1 is in the batch twice");
    EXPECT_EQ(chain.run({call, call}).size(), 1U);
}

TEST(Executor, AProposalHoldsEachSendersNoncesInOrder) {
    TestChain chain;
    Transaction first = set_city(chain);
    Transaction second = first;
    second.nonce.value = 2;
    sign_again(second, "office");
    const auto hashes = [](const std::vector<Transaction>& calls) {
        std::vector<ledger::Hash> made;
        for (const Transaction& call : calls) made.push_back(ledger::hash_of(call));
        return made;
    };
    EXPECT_EQ(chain.executor->propose(std::vector{second, first}), std::vector{first});
    EXPECT_EQ(chain.executor->propose(std::vector{first, second}), (std::vector{first, second}));
    const auto check = [&](const std::vector<Transaction>& calls) {
        return chain.executor->check_proposal({{0}, {1}, GENESIS_MS + 1, hashes(calls)}, {calls});
    };
    EXPECT_TRUE(check({first, second}));
    EXPECT_FALSE(check({second, first}));
    EXPECT_FALSE(chain.executor->check_proposal({{0}, {2}, 1, hashes({first})}, {{first}}));
    EXPECT_FALSE(chain.executor->check_proposal({{0}, {1}, 1, hashes({second})}, {{first}}));
    EXPECT_FALSE(chain.executor->check_proposal({{0}, {1}, 1, hashes({first})}, {{}}));
}

TEST(Executor, AProposalIsWithinTheLimitsOfGenesisAndNotEmptyWithoutNeed) {
    ledger::Genesis genesis = test_genesis();
    genesis.limits.batch_transactions = 2;
    genesis.limits.batch_bytes = ledger::MAX_TRANSACTION_BYTES;
    const TestChain chain(genesis);
    std::vector<Transaction> calls;
    for (std::uint64_t nonce = 1; nonce <= 3; ++nonce) {
        Transaction call = set_city(chain);
        call.nonce.value = nonce;
        sign_again(call, "office");
        calls.push_back(call);
    }
    const auto said = [&](const std::vector<Transaction>& body) {
        std::vector<ledger::Hash> hashes;
        for (const Transaction& call : body) hashes.push_back(ledger::hash_of(call));
        const base::Status status =
            chain.executor->check_proposal({{0}, {1}, GENESIS_MS + 1, hashes}, {body});
        return status ? std::string("fits") : status.error().message;
    };
    EXPECT_EQ(said({calls[0], calls[1]}), "fits");
    EXPECT_EQ(said(calls), "the batch has 3 transactions; at most 2 may be");
    EXPECT_EQ(said({}), "the batch is empty, and nothing is due at its time");
    for (Transaction& call : calls) {
        call.arguments.assign(ledger::MAX_ARGUMENT_BYTES, 0);
        sign_again(call, "office");
    }
    EXPECT_EQ(said({calls[0], calls[1]}).substr(0, 27), "the batch is larger than 10");
}

TEST(Executor, WhatIsRefusedUsesItsNonceAndCostsTheBaseCharge) {
    struct Refused {
        std::string sender, module, action, reason;
    };
    for (const Refused& refused :
         {Refused{"office", "std.nowhere", "act", "there is no action std.nowhere.act in force"},
          Refused{"office", "std.membership", "fly",
                  "there is no action std.membership.fly in force"},
          Refused{"stranger", "std.membership", "set_attribute", "membership_office"}}) {
        SCOPED_TRACE(refused.reason);
        TestChain chain;
        const ledger::Receipt receipt =
            chain.did(refused.sender, refused.module, refused.action, CITY);
        EXPECT_EQ(receipt.outcome, Outcome::refused);
        EXPECT_NE(receipt.reason.find(refused.reason), std::string::npos) << receipt.reason;
        EXPECT_EQ(receipt.cost.value, chain.genesis.limits.refused_cost);
        EXPECT_EQ(chain.executor->last_nonce(test_key(refused.sender).party).value, 1U);
    }
}

TEST(Executor, ArgumentsOfTheWrongFormAreRefused) {
    TestChain chain;
    Transaction call = set_city(chain);
    call.arguments.push_back(0);
    sign_again(call, "office");
    const ledger::Receipt longer = chain.run(call);
    EXPECT_EQ(longer.outcome, Outcome::refused);
    EXPECT_NE(longer.reason.find("std.membership.set_attribute"), std::string::npos);
    call = set_city(chain);
    call.arguments.resize(40);
    sign_again(call, "office");
    const ledger::Receipt shorter = chain.run(call);
    EXPECT_EQ(shorter.outcome, Outcome::refused);
    EXPECT_NE(shorter.reason.find("the argument text of std.membership.set_attribute"),
              std::string::npos)
        << shorter.reason;
}

TEST(Executor, TheAllowanceBoundsTheCostOfAPartyInEachWindow) {
    TestChain probe;
    const std::uint64_t cost = probe.run(set_city(probe)).cost.value;
    ledger::Genesis genesis = test_genesis();
    genesis.limits.allowance = 2 * cost + 1;
    genesis.limits.allowance_window_ms = 10'000;
    TestChain chain(genesis);
    EXPECT_EQ(chain.run(set_city(chain)).outcome, Outcome::committed);
    EXPECT_EQ(chain.run(set_city(chain)).outcome, Outcome::committed);
    const ledger::Receipt third = chain.run(set_city(chain));
    EXPECT_EQ(third.outcome, Outcome::refused);
    EXPECT_NE(third.reason.find("allowance"), std::string::npos) << third.reason;
    for (int i = 0; i < 10; ++i) (void)chain.run(std::vector<Transaction>{});
    EXPECT_EQ(chain.run(set_city(chain)).outcome, Outcome::committed);
}

TEST(Executor, BlockTimeRisesByAtLeastAMillisecond) {
    TestChain chain;
    executor::Executed null_request = chain.executor->execute({{0}, {1}, 0, {}}, {});
    EXPECT_EQ(null_request.header.time_ms, GENESIS_MS + 1);
    executor::Executed later = chain.executor->execute({{0}, {1}, GENESIS_MS + 500, {}}, {});
    EXPECT_EQ(later.header.time_ms, GENESIS_MS + 500);
}

TEST(Executor, ARestartGoesOnFromTheSameHeader) {
    TestChain chain, twin;
    for (int round = 0; round < 3; ++round) {
        const Transaction call = set_city(chain);
        (void)chain.run(call);
        (void)twin.run(call);
        chain.store.crash();
        chain.reopen();
        EXPECT_EQ(chain.executor->last_header(), twin.executor->last_header());
        EXPECT_EQ(chain.executor->in_force()->identity(), twin.executor->in_force()->identity());
    }
    EXPECT_EQ(chain.executor->last_applied().value, 3U);
}

TEST(Executor, WhatIsNotCommittedIsNotThere) {
    TestChain chain;
    const Transaction call = set_city(chain);
    const ledger::Header before = chain.executor->last_header();
    (void)chain.executor->execute({{0}, {1}, GENESIS_MS + 1, {ledger::hash_of(call)}}, {{call}});
    chain.reopen();
    EXPECT_EQ(chain.executor->last_header(), before);
    EXPECT_FALSE(chain.executor->find(ledger::hash_of(call)));
    EXPECT_EQ(chain.run(call).outcome, Outcome::committed);
}

TEST(Executor, DataOfAnotherChainAreNotOpened) {
    TestChain chain;
    ledger::Genesis other = chain.genesis;
    other.name = "other";
    const auto opened = executor::Executor::open(chain.store, other, chain.engine);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, base::ErrorKind::environment);
    EXPECT_NE(opened.error().message.find("belongs to the chain"), std::string::npos);
}

TEST(Executor, AGenesisWithoutTheRegistryOrWithABadAttributeIsAnError) {
    TestChain chain;
    ledger::Genesis genesis = chain.genesis;
    genesis.modules.clear();
    store::MemoryStore empty;
    const auto without = executor::Executor::open(empty, genesis, chain.engine);
    ASSERT_FALSE(without);
    genesis = chain.genesis;
    genesis.parties.front().attributes.push_back({"city", {1, 2, 3}});
    const auto attribute = executor::Executor::open(empty, genesis, chain.engine);
    ASSERT_FALSE(attribute);
    EXPECT_NE(attribute.error().message.find("the attribute city"), std::string::npos);
}

TEST(Executor, StaleNodesOfTheStateTreeAreRemovedAfterAThousandHeights) {
    TestChain chain;
    const auto nodes = [&] {
        std::size_t count = 0;
        chain.store.visit_range(store::Column::state_nodes, {}, {}, [&](auto, auto) {
            ++count;
            return true;
        });
        return count;
    };
    std::size_t at_the_edge = 0;
    for (std::uint64_t height = 1; height <= executor::KEPT_TREE_HEIGHTS + 60; ++height) {
        (void)chain.run(set_city(chain));
        if (height == executor::KEPT_TREE_HEIGHTS + 10) at_the_edge = nodes();
    }
    EXPECT_LE(nodes(), at_the_edge + 60);
    const ledger::StatePlace place{"std.membership", "keys", {}};
    EXPECT_TRUE(chain.executor->prove_state(place));
}

TEST(Executor, EveryProofHoldsAgainstGenesisAlone) {
    TestChain chain;
    const Transaction call = set_city(chain);
    (void)chain.run(call);
    (void)chain.run({set_city(chain), chain.call("site", "std.membership", "fly", "{}")});
    const executor::Executor& executor = *chain.executor;
    base::Writer key;
    key.raw(test_key("office").party.bytes);
    const ledger::Hash hash = ledger::hash_of(call);
    const std::vector<std::pair<std::string, base::Result<ledger::Proof>>> proofs = {
        {"header", executor.prove_header({1})},
        {"receipt", executor.prove_receipt(hash)},
        {"leaf", executor.prove_leaf(hash)},
        {"value", executor.prove_state({"std.membership", "keys", key.take()})},
        {"absence", executor.prove_state({"std.membership", "keys", {1, 2, 3}})},
        {"consistency", executor.prove_consistency({1})}};
    for (const auto& [name, proof] : proofs) {
        ASSERT_TRUE(proof) << name << ": " << proof.error().message;
        const auto again = ledger::read_proof_file(ledger::proof_file(*proof));
        ASSERT_TRUE(again) << name;
        const auto verified = ledger::verify_proof(*again, chain.genesis);
        EXPECT_TRUE(verified) << name << ": " << verified.error().message;
    }
    EXPECT_FALSE(executor.prove_header({9}));
    EXPECT_FALSE(executor.prove_receipt(ledger::Hash{}));
    EXPECT_FALSE(executor.prove_leaf(ledger::Hash{}));
}

}  // namespace
}  // namespace edict::tests
