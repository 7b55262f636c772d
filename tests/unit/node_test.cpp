// The node: submit, execute, certify; admission of pending sets.
#include "chain/node/node.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "chain/consensus/solo/solo.h"
#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/proof.h"
#include "chain/node/admission.h"
#include "tests/unit/chain_support.h"

namespace edict::tests {
namespace {

using ledger::Outcome;
using node::Rejection;
constexpr std::chrono::milliseconds LONG{20'000};
constexpr const char* CITY = R"({"party": "site", "name": "city", "text": "Aarhus"})";

struct RunningNode {
    TestChain& chain;
    std::unique_ptr<node::Signer> signer = node::make_signer(header_key());
    node::Node node{*chain.executor, consensus::make_solo({0}), *signer, 0};

    explicit RunningNode(TestChain& chain_) : chain(chain_) {}

    ledger::Receipt did(const std::string& sender, const std::string& module,
                        const std::string& action, const std::string& arguments) {
        const auto hash = node.submit(chain.call(sender, module, action, arguments));
        EXPECT_TRUE(hash) << hash.error().message;
        if (!hash) return {};
        const auto found = node.wait_for(*hash, LONG);
        EXPECT_TRUE(found);
        return found ? found->receipt : ledger::Receipt{};
    }
};

TEST(Node, ASubmittedCallHasACertifiedReceipt) {
    TestChain chain;
    RunningNode running(chain);
    running.node.start();
    const ledger::Receipt receipt = running.did("office", "std.membership", "set_attribute", CITY);
    EXPECT_EQ(receipt.outcome, Outcome::committed);
    const auto certificate = chain.executor->certificate(receipt.height);
    ASSERT_TRUE(certificate);
    EXPECT_TRUE(ledger::verify_certificate(*chain.executor->header(receipt.height), *certificate,
                                           chain.genesis.validators));
    EXPECT_EQ(running.node.counters().executed, 1U);
    EXPECT_EQ(running.node.counters().waiting, 0U);
}

// Says in which order it was told; works for longer than its timer at the first message.
class Slow final : public consensus::Protocol {
public:
    Slow(std::vector<std::string>& told, std::mutex& mutex) : told_(told), mutex_(mutex) {}
    consensus::Update step(const consensus::Event& event) override {
        consensus::Update update;
        if (std::holds_alternative<consensus::Started>(event)) {
            update.timers.push_back({consensus::TimerKind::view, 20});
        } else if (std::holds_alternative<consensus::TimerFired>(event)) {
            tell("timer");
        } else if (const auto* message = std::get_if<consensus::Received>(&event)) {
            if (message->message.front() == 'a') {
                std::this_thread::sleep_for(std::chrono::milliseconds(60));
            }
            tell(std::string(message->message.begin(), message->message.end()));
        }
        return update;
    }
    [[nodiscard]] std::string_view name() const override { return "slow"; }

private:
    void tell(std::string what) {
        const std::scoped_lock lock(mutex_);
        told_.push_back(std::move(what));
    }
    std::vector<std::string>& told_;
    std::mutex& mutex_;
};

TEST(Node, ATimerThatFellDueDuringWorkComesAfterTheMessagesBeforeIt) {
    ledger::Genesis genesis = test_genesis();
    genesis.validators = {ledger::ProtocolKind::pbft, {}};
    for (std::uint8_t i = 1; i <= 4; ++i) {
        const auto key = ledger::SecretKey::from_seed({i}).public_key();
        genesis.validators.validators.push_back({std::string(i, 'v'), key, key, key});
    }
    TestChain chain(genesis);
    std::vector<std::string> told;
    std::mutex mutex;
    const auto signer = node::make_signer(header_key());
    node::Node node(*chain.executor, std::make_unique<Slow>(told, mutex), *signer, 0);
    for (const char letter : {'a', 'b', 'c'}) {
        EXPECT_TRUE(node.handler().received(1, net::Channel::consensus,
                                            {static_cast<std::uint8_t>(letter)}));
    }
    node.start();
    const auto end = std::chrono::steady_clock::now() + LONG;
    const auto is_done = [&] {
        const std::scoped_lock lock(mutex);
        return told.size() >= 4 || std::chrono::steady_clock::now() > end;
    };
    while (!is_done()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    node.stop();
    EXPECT_EQ(told, (std::vector<std::string>{"a", "b", "c", "timer"}));
}

TEST(Node, CallsOfManySendersRunOnceEach) {
    TestChain chain;
    RunningNode running(chain);
    running.node.start();
    const std::vector<std::string> names = {"office", "seller", "site", "stranger"};
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::set<ledger::Hash> seen;
    for (const std::string& name : names) {
        const client::KeyFile key = test_key(name);
        threads.emplace_back([&, key] {
            for (std::uint64_t nonce = 1; nonce <= 20; ++nonce) {
                ledger::Transaction call;
                call.chain_id = chain.executor->chain_id();
                call.sender = key.party;
                call.nonce.value = nonce;
                call.expiry.value = 100;
                call.module = "std.membership";
                call.action = "no_such_action";
                ledger::sign(call, key.key);
                const auto hash = running.node.submit(call);
                ASSERT_TRUE(hash) << hash.error().message;
                if (nonce % 5 == 0) {
                    ASSERT_TRUE(running.node.wait_for(*hash, LONG));
                }
                const std::scoped_lock lock(mutex);
                seen.insert(*hash);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::size_t receipts = 0;
    for (std::uint64_t h = 1; h <= chain.executor->last_applied().value; ++h) {
        receipts += chain.executor->receipts({h}).size();
    }
    EXPECT_EQ(receipts, 80U);
    for (const ledger::Hash& hash : seen) EXPECT_TRUE(chain.executor->find(hash));
}

TEST(Node, WhatIsTurnedAwaySaysWhy) {
    TestChain chain;
    RunningNode running(chain);
    const ledger::Transaction call = chain.call("office", "std.membership", "set_attribute", CITY);
    ASSERT_TRUE(running.node.submit(call));
    EXPECT_EQ(running.node.submit(call).error().why, Rejection::Why::known);
    ledger::Transaction same_nonce = call;
    same_nonce.expiry.value += 1;
    ledger::sign(same_nonce, test_key("office").key);
    EXPECT_EQ(running.node.submit(same_nonce).error().why, Rejection::Why::overtaken);
    ledger::Transaction forged = call;
    forged.nonce.value = 2;
    EXPECT_EQ(running.node.submit(forged).error().why, Rejection::Why::invalid);
    EXPECT_EQ(running.node.counters().rejected, 3U);

    running.node.start();
    ASSERT_TRUE(running.node.wait_for(ledger::hash_of(call), LONG));
    const auto again = running.node.submit(call);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().why, Rejection::Why::known);
    EXPECT_NE(again.error().message.find("was executed at height 1"), std::string::npos);
    EXPECT_EQ(running.node.submit(same_nonce).error().why, Rejection::Why::overtaken);
    running.node.stop();
    EXPECT_EQ(running.node.submit(chain.call("office", "std.membership", "set_attribute", CITY))
                  .error()
                  .why,
              Rejection::Why::stopping);
}

TEST(Node, AHeightWithoutCertificateGetsItAfterARestart) {
    TestChain chain;
    const ledger::Transaction call = chain.call("office", "std.membership", "set_attribute", CITY);
    chain.executor->commit(
        chain.executor->execute({{0}, {1}, GENESIS_MS + 1, {ledger::hash_of(call)}}, {{call}}));
    chain.reopen();
    ASSERT_FALSE(chain.executor->certificate({1}));
    RunningNode running(chain);
    running.node.start();
    EXPECT_TRUE(running.node.wait_certified({1}, LONG));
    EXPECT_TRUE(chain.executor->certificate({1}));
}

TEST(Node, ProofsHoldWhileHeightsAreCommitted) {
    TestChain chain;
    RunningNode running(chain);
    running.node.start();
    base::Writer key;
    key.raw(test_key("site").party.bytes);
    key.text("city");
    const ledger::StatePlace place{"std.membership", "attributes", key.take()};
    std::atomic<bool> is_over = false;
    std::thread caller([&] {
        for (int i = 0; i < 100; ++i) {
            const std::string text = std::to_string(i);
            (void)running.did("office", "std.membership", "set_attribute",
                              R"({"party": "site", "name": "city", "text": ")" + text + "\"}");
        }
        is_over = true;
    });
    std::size_t proved = 0;
    while (!is_over || proved == 0) {
        const base::Result<ledger::Proof> proof = chain.executor->prove_state(place);
        if (!proof) {  // the height is executed and not certified yet
            EXPECT_EQ(proof.error().kind, base::ErrorKind::unknown) << proof.error().message;
            continue;
        }
        const auto verified = ledger::verify_proof(*proof, chain.genesis);
        EXPECT_TRUE(verified) << verified.error().message;
        ++proved;
    }
    caller.join();
}

TEST(Node, ACallThatItsSendersNewKeyDidNotSignLeavesThePool) {
    TestChain chain;
    RunningNode running(chain);
    const client::KeyFile fresh = client::new_key("seller");
    ASSERT_TRUE(
        running.node.submit(chain.call("seller", "std.membership", "rotate_key",
                                       R"({"key": ")" + fresh.key.public_key().hex() + R"("})")));
    ledger::Transaction stale = chain.call("seller", "std.nowhere", "act", "{}");
    stale.nonce.value = 2;
    ledger::sign(stale, test_key("seller").key);
    ASSERT_TRUE(running.node.submit(stale));
    running.node.start();
    EXPECT_FALSE(running.node.wait_for(ledger::hash_of(stale), std::chrono::milliseconds(500)));
    EXPECT_EQ(running.node.counters().waiting, 0U);
    ledger::sign(stale, fresh.key);
    const auto signed_again = running.node.submit(stale);
    ASSERT_TRUE(signed_again) << signed_again.error().message;
    EXPECT_TRUE(running.node.wait_for(*signed_again, LONG));
}

// Says what it is told to say, and counts.
class SaidCheck final : public node::AdmissionCheck {
public:
    node::Finding check(const ledger::ModuleBundle&, const node::InForce& in_force) override {
        const std::scoped_lock lock(mutex);
        ++checks;
        modules_in_force = in_force.modules.size();
        return {verdict, verdict == ledger::Verdict::passed ? "" : "rules a and b conflict",
                "test 1"};
    }
    std::mutex mutex;
    ledger::Verdict verdict = ledger::Verdict::passed;
    std::size_t checks = 0;
    std::size_t modules_in_force = 0;
};

std::optional<ledger::StateValue> attestation(const TestChain& chain, const ledger::Hash& set) {
    base::Bytes key(set.bytes.begin(), set.bytes.end());
    const auto& validator = test_key("validator").party.bytes;
    key.insert(key.end(), validator.begin(), validator.end());
    return chain.executor->read({std::string(executor::REGISTRY), "attestations", key});
}

bool wait_until(const std::function<bool()>& holds) {
    const auto until = std::chrono::steady_clock::now() + LONG;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

const std::string ENDORSE = R"(", "contract_name": "shop", "role_name": "shop_office"})";

TEST(Admission, APendingSetIsCheckedAndAttested) {
    TestChain chain;
    RunningNode running(chain);
    SaidCheck check;
    node::AdmissionWorker worker(running.node, check,
                                 {test_key("validator").party, test_key("validator").key});
    running.node.start();
    worker.start();
    const ledger::ModuleBundle bundle = chain.bundle({SHOP, SHOP_RULES});
    const ledger::Hash set = ledger::hash_of(bundle);
    (void)running.did("seller", "std.registry", "deploy", chain.deploy_arguments(bundle));
    ASSERT_TRUE(wait_until([&] { return attestation(chain, set).has_value(); }));
    EXPECT_EQ(check.modules_in_force, chain.genesis.modules.size());
    (void)running.did("office", "std.registry", "endorse", R"({"set": ")" + set.hex() + ENDORSE);
    EXPECT_NE(chain.executor->in_force()->find("shop"), nullptr);
    EXPECT_EQ(check.checks, 1U);
}

TEST(Admission, AFindingThatBlocksIsWrittenDownAndTheSetStaysPending) {
    TestChain chain;
    RunningNode running(chain);
    SaidCheck check;
    check.verdict = ledger::Verdict::blocked;
    node::AdmissionWorker worker(running.node, check,
                                 {test_key("validator").party, test_key("validator").key});
    running.node.start();
    worker.start();
    const ledger::ModuleBundle bundle = chain.bundle({SHOP, SHOP_RULES});
    const ledger::Hash set = ledger::hash_of(bundle);
    (void)running.did("seller", "std.registry", "deploy", chain.deploy_arguments(bundle));
    ASSERT_TRUE(wait_until([&] { return attestation(chain, set).has_value(); }));
    (void)running.did("office", "std.registry", "endorse", R"({"set": ")" + set.hex() + ENDORSE);
    EXPECT_EQ(chain.executor->in_force()->find("shop"), nullptr);
    const std::string bytes(base::as_text(attestation(chain, set)->bytes));
    EXPECT_NE(bytes.find("rules a and b conflict"), std::string::npos);
}

TEST(Admission, AfterARestartItGoesOnWithWhatIsPending) {
    TestChain chain;
    const ledger::ModuleBundle bundle = chain.bundle({SHOP, SHOP_RULES});
    const ledger::Hash set = ledger::hash_of(bundle);
    (void)chain.did("seller", "std.registry", "deploy", chain.deploy_arguments(bundle));
    chain.reopen();
    RunningNode running(chain);
    SaidCheck check;
    node::AdmissionWorker worker(running.node, check,
                                 {test_key("validator").party, test_key("validator").key});
    running.node.start();
    worker.start();
    EXPECT_TRUE(wait_until([&] { return attestation(chain, set).has_value(); }));
}

TEST(Admission, WhenTheSetInForceChangesPendingSetsAreAttestedAgain) {
    TestChain chain;
    RunningNode running(chain);
    SaidCheck check;
    node::AdmissionWorker worker(running.node, check,
                                 {test_key("validator").party, test_key("validator").key});
    running.node.start();
    worker.start();
    const ledger::ModuleBundle first = chain.bundle({SHOP, SHOP_RULES});
    const std::string free_text =
        "contract notes version 1.0.0\n  regulators none\n"
        "store note: Text<64>\n"
        "action write(text: Text<64>) by anyone { note = text }\n";
    const ledger::ModuleBundle second = chain.bundle({free_text});
    (void)running.did("seller", "std.registry", "deploy", chain.deploy_arguments(first));
    ASSERT_TRUE(wait_until([&] { return attestation(chain, ledger::hash_of(first)).has_value(); }));
    const auto before = attestation(chain, ledger::hash_of(first));
    (void)running.did("seller", "std.registry", "deploy", chain.deploy_arguments(second));
    ASSERT_TRUE(wait_until([&] { return chain.executor->in_force()->find("notes") != nullptr; }));
    EXPECT_TRUE(wait_until([&] { return attestation(chain, ledger::hash_of(first)) != before; }));
}

}  // namespace
}  // namespace edict::tests
