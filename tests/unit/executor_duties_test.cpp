// Duties on a chain: when an idle one must wake, what happens then, and what can be asked about
// them.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <nlohmann/json.hpp>

#include "chain/api/api.h"
#include "chain/api/routes.h"
#include "chain/consensus/solo/solo.h"
#include "chain/node/node.h"
#include "tests/unit/chain_support.h"

namespace edict::tests {
namespace {

using nlohmann::json;

constexpr const char* DESK = R"(contract desk version 1.0.0
  zone +00:00
  regulators shop_office
role seller, shop_office
store stopped: Map<Party, Int> default 0
action share(name: Text<64>, to: Party) by seller { }
action report(name: Text<64>, note: Text<64>) by anyone { }
action stop(party: Party) by duty { stopped[party] += 1 }
)";
constexpr const char* DESK_RULES = R"(regulation desk_rules version 1.0.0 governs desk
  zone +00:00
use std.calendar
default permit
rule tell on share: to must report(name, any) within 5 working days else stop(to)
rule look on report: any shop_office must report(name, any) within 24 hours
)";

std::vector<ledger::Receipt> empty_height(TestChain& chain, std::int64_t time_ms) {
    ledger::Batch batch;
    batch.height.value = chain.executor->last_applied().value + 1;
    batch.proposed_time_ms = time_ms;
    executor::Executed executed = chain.executor->execute(batch, {});
    std::vector<ledger::Receipt> receipts = executed.receipts;
    chain.executor->commit(std::move(executed));
    chain.certify();
    return receipts;
}

TEST(ExecutorDuties, AnIdleChainWakesForABreach) {
    TestChain chain;
    chain.activate({DESK, DESK_RULES});
    EXPECT_FALSE(chain.executor->next_wakeup());
    const ledger::Receipt receipt =
        chain.did("seller", "desk", "share", R"({"name": "a", "to": "site"})");
    ASSERT_EQ(receipt.outcome, ledger::Outcome::committed);
    ASSERT_EQ(receipt.duties.size(), 1U);
    EXPECT_TRUE(receipt.duties[0].provisional);
    const auto due = chain.executor->next_wakeup();
    ASSERT_TRUE(due);
    EXPECT_EQ(*due, receipt.duties[0].deadline_ms);

    const auto listed = chain.executor->duties(10);
    ASSERT_EQ(listed.size(), 1U);
    const auto site = value::party_named("site");
    ASSERT_EQ(chain.executor->duties_of(site, "").size(), 1U);
    EXPECT_TRUE(chain.executor->duties_of(value::party_named("office"), "").empty());

    (void)empty_height(chain, *due - 1);
    EXPECT_EQ(chain.executor->duty(listed[0].identity)->status, call::DutyStatus::open);
    chain.reopen();
    ASSERT_EQ(chain.executor->next_wakeup(), due);
    (void)empty_height(chain, *due);
    EXPECT_EQ(chain.executor->duty(listed[0].identity)->status, call::DutyStatus::remedied);
    EXPECT_FALSE(chain.executor->next_wakeup()) << "also not for what waits for a year";
    EXPECT_TRUE(chain.executor->duties(10).empty());
    const auto stopped =
        chain.executor->read({"desk", "stopped", {site.bytes.begin(), site.bytes.end()}});
    EXPECT_TRUE(stopped.has_value());
}

TEST(ExecutorDuties, ADeadlineIsDatedAgainAtOnce) {
    ledger::Genesis genesis = test_genesis();
    for (ledger::Party& party : genesis.parties) {
        if (party.name == "office") party.roles.insert(party.roles.begin() + 1, "calendar_office");
    }
    TestChain chain(genesis);
    chain.activate({DESK, DESK_RULES});
    (void)chain.did("seller", "desk", "share", R"({"name": "a", "to": "site"})");
    const auto listed = chain.executor->duties(10);
    ASSERT_EQ(listed.size(), 1U);
    ASSERT_TRUE(listed[0].state.waits_for);
    const std::int32_t year = *listed[0].state.waits_for;
    const ledger::Receipt published = chain.did(
        "office", "std.calendar", "publish",
        json({{"of_year", std::to_string(year)}, {"off", json::array()}, {"worked", json::array()}})
            .dump());
    ASSERT_EQ(published.outcome, ledger::Outcome::committed) << published.reason;
    const auto due = chain.executor->next_wakeup();
    ASSERT_TRUE(due);
    EXPECT_LT(*due, chain.executor->last_header().time_ms);
    (void)empty_height(chain, chain.executor->last_header().time_ms + 1);
    const auto dated = chain.executor->duty(listed[0].identity);
    ASSERT_TRUE(dated);
    EXPECT_FALSE(dated->waits_for);
    EXPECT_EQ(dated->duty.deadline_ms, listed[0].state.duty.deadline_ms);
    EXPECT_EQ(chain.executor->next_wakeup(), dated->duty.deadline_ms);
}

TEST(ExecutorDuties, ANodeThatIsIdleMakesTheBlock) {
    ledger::Genesis genesis = test_genesis();
    genesis.time_ms = 1'577'836'800'000;  // long ago: what falls due then is due now
    TestChain chain(genesis);
    chain.activate({DESK, DESK_RULES});
    (void)chain.did("seller", "desk", "share", R"({"name": "a", "to": "site"})");
    const auto listed = chain.executor->duties(10);
    ASSERT_EQ(listed.size(), 1U);
    const ledger::Height before = chain.executor->last_applied();
    const std::unique_ptr<node::Signer> signer = node::make_signer(header_key());
    node::Node node(*chain.executor, consensus::make_solo({0}), *signer, 0);
    std::promise<void> made;
    std::atomic<bool> told = false;
    node.on_height([&](const auto&) {
        if (!told.exchange(true)) made.set_value();
    });
    node.start();
    ASSERT_EQ(made.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
    node.stop();
    EXPECT_EQ(chain.executor->duty(listed[0].identity)->status, call::DutyStatus::remedied);
    EXPECT_EQ(chain.executor->last_applied().value, before.value + 1) << "one block is enough";
    EXPECT_TRUE(chain.executor->certificate(chain.executor->last_applied()));
}

TEST(ExecutorDuties, AreListedByTheApi) {
    TestChain chain;
    chain.activate({DESK, DESK_RULES});
    (void)chain.did("seller", "desk", "share", R"({"name": "a", "to": "site"})");
    (void)chain.did("site", "desk", "report", R"({"name": "b", "note": "x"})");
    const std::unique_ptr<node::Signer> signer = node::make_signer(header_key());
    node::Node node(*chain.executor, consensus::make_solo({0}), *signer, 0);
    api::Api api(node, ".");
    const auto got = [&](const std::string& path,
                         const std::multimap<std::string, std::string>& query = {}) {
        const api::Reply reply = api.handle({"GET", path, query, ""});
        return std::pair{reply.status, json::parse(reply.body)};
    };
    const json all = got("/v1/duties").second;
    ASSERT_EQ(all["duties"].size(), 2U) << all;
    EXPECT_EQ(all["duties"][0]["role"], "shop_office");
    EXPECT_EQ(all["duties"][0]["provisional"], false);
    const json of_site = got("/v1/duties", {{"party", "site"}}).second["duties"];
    ASSERT_EQ(of_site.size(), 1U);
    EXPECT_EQ(of_site[0]["bearer"]["name"], "site");
    EXPECT_EQ(of_site[0]["rule"], "tell");
    EXPECT_EQ(of_site[0]["arguments"][0]["value"], "a");
    EXPECT_EQ(of_site[0]["arguments"][1]["any"], true);
    EXPECT_EQ(of_site[0]["status"], "open");
    EXPECT_TRUE(of_site[0]["provisional"].get<bool>());
    EXPECT_EQ(got("/v1/duties", {{"role", "shop_office"}}).second["duties"].size(), 1U);
    const auto one = got("/v1/duties/" + of_site[0]["duty"].get<std::string>());
    EXPECT_EQ(one.second, of_site[0]);
    EXPECT_EQ(got("/v1/duties", {{"party", "nobody"}}).first, 404);
    EXPECT_EQ(got("/v1/duties", {{"party", "site"}, {"role", "x"}}).first, 400);
    EXPECT_EQ(got("/v1/duties/xy").first, 400);
    EXPECT_EQ(got("/v1/duties/" + std::string(64, 'a')).first, 404);
}

}  // namespace
}  // namespace edict::tests
