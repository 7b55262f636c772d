// Counters and observers: what they count over many calls, held against a plain model; what happens
// when they cannot count; what the verifier knows of them.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/support/map_state.h"
#include "tests/unit/findings_support.h"
#include "vm/call/explain.h"

namespace edict {
namespace {

using call::Outcome;
using value::Value;

constexpr const char* HUB = R"(
contract hub version 1.0.0
  zone +00:00
  regulators office
role nurse, office
store limit: Map<Text, Int>
store log: Map<Party, Int> default 0
action share(dataset: Text, to: Party, n: Int) by nurse { log[to] += 1 }
action report(to: Party, n: Int) by anyone { }
action ask(dataset: Text, to: Party) by anyone { }
)";

std::string rules(const std::string& more) {
    return "regulation rules version 1.0.0 governs hub\n  zone +00:00\ndefault permit\n" + more;
}

struct Chain {
    explicit Chain(const std::vector<std::string>& texts) {
        std::vector<std::pair<std::string, std::string>> named;
        for (std::size_t i = 0; i < texts.size(); ++i)
            named.emplace_back("text_" + std::to_string(i) + ".edict", texts[i]);
        auto compiled = cli::compile_texts(std::move(named));
        EXPECT_TRUE(compiled.has_value());
        made = *std::move(compiled);
        EXPECT_FALSE(made.diagnostics.has_errors())
            << source::render(made.diagnostics, made.sources, source::Form::human);
        const call::LinkedStore& roles = made.linked->stores[made.linked->roles_store];
        const Value key{value::Record{{{value::party_named("ann")}, {std::string("nurse")}}}};
        state.values[{roles.module, roles.store, value::to_bytes(key, *roles.key)}] =
            value::to_bytes({true}, *roles.value);
    }

    call::CallResult call(const std::string& action, std::vector<Value> arguments) {
        const value::PartyId ann = value::party_named("ann");
        call::CallResult result = call::run_call(
            *made.linked, state, {"hub", action, std::move(arguments), ann, ann}, {time}, engine);
        state.apply(result.writes);
        return result;
    }
    std::optional<Value> at(const std::string& store, const Value& key) {
        for (const call::LinkedStore& one : made.linked->stores) {
            if (one.store != store) continue;
            const auto bytes = state.get({one.module, store, value::to_bytes(key, *one.key)});
            if (!bytes) return std::nullopt;
            return *value::from_bytes(*bytes, *one.value);
        }
        ADD_FAILURE() << store;
        return std::nullopt;
    }

    cli::Compilation made;
    MapState state;
    runtime::Interpreter engine;
    std::int64_t time = 1'770'000'000'000;
};

Value party(const std::string& name) { return {value::party_named(name)}; }
Value text(const std::string& name) { return {name}; }
Value number(std::int64_t n) { return {n}; }

TEST(Counters, CountWhatAPlainModelCounts) {
    Chain chain({HUB, rules(R"(
counter calls: count per to on share, report
counter total: sum n per (to, dataset) on share when n is more than 0
counter receivers: distinct to per dataset on share
counter attempts: count per to on forbidden share
store highest: Map<Party, Int> default -1
observe share { if n > highest[to] { highest[to] = n } }
rule small on share: require n is at most 7
rule cap on share: require after(total[(to, dataset)]) is at most 20
)")});
    std::mt19937_64 random(7);
    std::map<std::string, std::int64_t> calls, attempts, highest;
    std::map<std::pair<std::string, std::string>, std::int64_t> total;
    std::map<std::string, std::set<std::string>> receivers;
    std::size_t committed = 0, forbidden = 0;
    for (int i = 0; i < 600; ++i) {
        const std::string to = std::string("p") + char('0' + random() % 4);
        const std::string dataset = std::string("d") + char('0' + random() % 3);
        const auto n = static_cast<std::int64_t>(random() % 11) - 2;
        if (random() % 3 == 0) {
            ASSERT_EQ(chain.call("report", {party(to), number(n)}).outcome, Outcome::committed);
            ++calls[to];
            continue;
        }
        const std::int64_t would = total[{to, dataset}] + std::max<std::int64_t>(n, 0);
        const bool passes = n <= 7 && would <= 20;
        const call::CallResult result = chain.call("share", {text(dataset), party(to), number(n)});
        ASSERT_EQ(result.outcome, passes ? Outcome::committed : Outcome::forbidden);
        if (!passes) {
            ++attempts[to];
            ++forbidden;
            ASSERT_EQ(result.writes.size(), 1u) << "a forbidden call leaves only its count";
        } else {
            ++committed;
            ++calls[to];
            total[{to, dataset}] = would;
            receivers[dataset].insert(to);
            highest[to] = std::max(highest.contains(to) ? highest[to] : -1, n);
        }
        const auto is = [&](const char* store, const Value& key, std::int64_t expected) {
            const auto found = chain.at(store, key);
            return std::get<std::int64_t>(found.value_or(number(0)).data) == expected;
        };
        ASSERT_TRUE(is("calls", party(to), calls[to])) << i;
        ASSERT_TRUE(is("attempts", party(to), attempts[to])) << i;
        const auto distinct = static_cast<std::int64_t>(receivers[dataset].size());
        ASSERT_TRUE(is("receivers", text(dataset), distinct)) << i;
        ASSERT_TRUE(is("total", {value::Record{{party(to), text(dataset)}}}, total[{to, dataset}]));
        if (highest.contains(to) && highest[to] > -1) {
            ASSERT_TRUE(is("highest", party(to), highest[to])) << i;
        }
    }
    EXPECT_GT(committed, 50u);
    EXPECT_GT(forbidden, 50u);
}

TEST(Counters, WithoutAValueItsRegulationForbidsAndIsNamed) {
    Chain chain({HUB, rules("counter limits: sum limit[dataset] per to on share\n"
                            "store seen: Map<Party, Int> default 0\n"
                            "observe report { seen[to] = 9_223_372_036_854_775_807 + n }\n")});
    const call::CallResult result = chain.call("share", {text("d"), party("bob"), number(1)});
    EXPECT_EQ(result.outcome, Outcome::forbidden);
    EXPECT_TRUE(result.writes.empty());
    ASSERT_EQ(result.decisions.back().answers.at(0).failed_observers.size(), 1u);
    const std::string why = call::explanation(*chain.made.linked, result);
    EXPECT_NE(why.find("limits could not take note of the call"), std::string::npos) << why;
    EXPECT_EQ(call::summary(*chain.made.linked, result),
              "forbidden by rules.limits, which could not take note of it");
    EXPECT_EQ(chain.call("report", {party("bob"), number(1)}).outcome, Outcome::forbidden);
    EXPECT_EQ(chain.call("report", {party("bob"), number(0)}).outcome, Outcome::committed);
}

TEST(Counters, OfForbiddenCallsThatCannotCountLeaveNothing) {
    Chain chain({HUB, rules("counter tries: count per to on forbidden share\n"
                            "counter limits: sum limit[dataset] per to on forbidden share\n"
                            "rule never on share: forbid\n")});
    const call::CallResult result = chain.call("share", {text("d"), party("bob"), number(1)});
    EXPECT_EQ(result.outcome, Outcome::forbidden);
    EXPECT_TRUE(result.writes.empty());
    const std::string why = call::explanation(*chain.made.linked, result);
    EXPECT_NE(why.find("limits could not count this forbidden call"), std::string::npos) << why;
}

TEST(Counters, ARegulationSeesWhatAnotherCountedAsItWasBefore) {
    Chain chain({HUB,
                 "regulation first version 1.0.0 governs hub\ndefault permit\n"
                 "counter sent: count per to on share\n",
                 "regulation second version 1.0.0 governs hub\nuse first\ndefault permit\n"
                 "counter copied: sum sent[to] per to on share\n"
                 "rule same on share: require after(sent[to]) is before(sent[to]) + 1\n"});
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(chain.call("share", {text("d"), party("bob"), number(1)}).outcome,
                  Outcome::committed);
    }
    EXPECT_EQ(chain.at("copied", party("bob")), number(0 + 1 + 2));
}

// What a counter over days reads as, told by plain lists of what was counted when.
std::string codes(const std::string& more);

TEST(Counters, OverDaysCountWhatAPlainModelCounts) {
    constexpr const char* DESK = R"(
contract hub version 1.0.0
  zone +08:00
  regulators office
role nurse, office
action share(to: Party, what: Text, n: Int) by nurse { }
action book(to: Party, n: Int, happened: Time) by nurse dated by happened within 5 days { }
)";
    // What a rule reads is seen in the calls that it forbids.
    Chain chain({DESK,
                 "regulation rules version 1.0.0 governs hub\n  zone +08:00\ndefault permit\n"
                 "counter calls: count per to over 3 days on share\n"
                 "counter total: sum n per to over 4 days on share, book\n"
                 "counter kinds: distinct what per to over 5 days on share\n"
                 "rule calls_cap on share: require after(calls[to]) is at most 6\n"
                 "rule kinds_cap on share: require after(kinds[to]) is at most 4\n"
                 "rule total_cap on share, book: require after(total[to]) is at most 60\n"});
    struct Counted {
        std::string to, what;
        std::int64_t n = 0;
        std::int64_t day = 0;
        bool shared = false;
    };
    std::vector<Counted> all;
    const auto day_of = [](std::int64_t ms) { return (ms + 8 * 3'600'000) / value::MS_OF_DAY; };
    // The total of the days that end with `last`, what is counted now with it.
    const auto total = [&](const Counted& now, std::int64_t last) {
        std::int64_t sum = now.day <= last && now.day > last - 4 ? now.n : 0;
        for (const Counted& one : all) {
            if (one.to == now.to && one.day <= last && one.day > last - 4) sum += one.n;
        }
        return sum;
    };
    std::mt19937_64 random(11);
    const auto below = [&](std::size_t n) { return static_cast<std::int64_t>(random() % n); };
    std::size_t committed = 0, back = 0, refused = 0;
    std::map<std::string, std::size_t> forbidden;
    for (int i = 0; i < 3'000; ++i) {
        chain.time += below(10) == 0 ? below(4 * value::MS_OF_DAY) : below(value::MS_OF_DAY / 12);
        Counted now{std::string("p") + char('0' + random() % 3),
                    std::string("w") + char('0' + random() % 7), below(16) - 2, 0, below(3) != 0};
        std::int64_t legal = chain.time;
        if (!now.shared) legal -= below(6 * value::MS_OF_DAY) - 1'000;
        now.day = day_of(legal);
        const call::CallResult result =
            now.shared ? chain.call("share", {party(now.to), text(now.what), number(now.n)})
                       : chain.call("book", {party(now.to), number(now.n), {value::Time{legal}}});
        if (legal > chain.time || chain.time - legal > 5 * value::MS_OF_DAY) {
            ASSERT_EQ(result.outcome, Outcome::refused);
            ++refused;
            continue;
        }
        std::set<std::string> expected;
        std::int64_t most = total(now, now.day);
        if (!now.shared) {
            for (int later = 1; later < 4; ++later)
                most = std::max(most, total(now, now.day + later));
        }
        if (most > 60) expected.insert("total_cap");
        if (now.shared) {
            std::int64_t calls = 1;
            std::set<std::string> kinds{now.what};
            for (const Counted& one : all) {
                if (one.to != now.to || !one.shared) continue;
                if (one.day > now.day - 3) ++calls;
                if (one.day > now.day - 5) kinds.insert(one.what);
            }
            if (calls > 6) expected.insert("calls_cap");
            if (kinds.size() > 4) expected.insert("kinds_cap");
        }
        std::set<std::string> decided;
        const call::RegulationAnswer& answer = result.decisions.at(0).answers.at(0);
        const bytecode::Module& rules = *chain.made.linked->find("rules");
        for (const call::Deciding& one : answer.deciding)
            decided.insert(rules.rules[one.rule].name);
        ASSERT_EQ(decided, expected) << i;
        ASSERT_EQ(result.outcome, expected.empty() ? Outcome::committed : Outcome::forbidden);
        for (const std::string& rule : expected) ++forbidden[rule];
        if (!expected.empty()) continue;
        ++committed;
        if (now.day < day_of(chain.time)) ++back;
        all.push_back(now);
    }
    EXPECT_GT(committed, 300u);
    EXPECT_GT(back, 50u);
    EXPECT_GT(refused, 50u);
    for (const char* rule : {"total_cap", "calls_cap", "kinds_cap"})
        EXPECT_GT(forbidden[rule], 50u) << rule;
}

TEST(Counters, AddUpAmountsOfOneKind) {
    Chain chain({R"(
contract hub version 1.0.0
  zone +00:00
  regulators office
role nurse, office
action share(to: Party, fee: Money<CNY>, dose: Quantity<mg>) by nurse { }
)",
                 rules("counter fees: sum fee per to over 2 days on share\n"
                       "counter doses: sum dose per to on share\n"
                       "rule cap on share: require after(fees[to]) is at most 10 CNY\n"
                       "rule most on share: require after(doses[to]) is less than 6 mg\n")});
    const auto share = [&](std::int64_t yuan, std::int64_t mg) {
        return chain
            .call("share",
                  {party("bob"), {value::Decimal::whole(yuan)}, {value::Decimal::whole(mg)}})
            .outcome;
    };
    EXPECT_EQ(share(6, 1), Outcome::committed);
    EXPECT_EQ(share(5, 1), Outcome::forbidden);
    chain.time += value::MS_OF_DAY;
    EXPECT_EQ(share(4, 1), Outcome::committed);
    EXPECT_EQ(share(0, 4), Outcome::forbidden);
    chain.time += value::MS_OF_DAY;
    EXPECT_EQ(share(6, 3), Outcome::committed);
    EXPECT_EQ(share(1, 1), Outcome::forbidden);
}

TEST(Counters, OverDaysHaveTheirLimits) {
    const auto counter = [](int days) {
        return "counter a: count per to over " + std::to_string(days) + " days on share\n";
    };
    EXPECT_EQ(codes(counter(1)), "");
    EXPECT_EQ(codes(counter(400)), "");
    EXPECT_EQ(codes(counter(401)), "E0603 ");
    EXPECT_EQ(codes(counter(0)), "E0328 ");
}

std::string codes(const std::string& more) {
    auto made = cli::compile_texts({{"hub.edict", HUB}, {"rules.edict", rules(more)}});
    std::string all;
    for (const auto& diagnostic : made->diagnostics.list())
        all += std::string(source::name(diagnostic.code)) + " ";
    return all;
}

TEST(Counters, MistakesAreReportedOnce) {
    EXPECT_EQ(codes("counter a: count per to on share\ncounter a: count per to on report\n"),
              "E0203 ");
    EXPECT_EQ(codes("counter a: count per to on share\nobserve share { a[to] = 3 }\n"), "E0315 ");
    EXPECT_EQ(codes("counter a: count per to on share\naction f() by office { a[caller] = 3 }\n"),
              "E0315 ");
    EXPECT_EQ(codes("counter a: sum dataset per to on share\n"), "E0328 ");
    EXPECT_EQ(
        codes("counter a: sum missing per to on share\nrule r on share: require a[to] is 1\n"),
        "E0201 ");
    EXPECT_EQ(codes("counter a: count per to on share\nrule r on share: require a[to] is 1\n"),
              "E0403 ");
    EXPECT_EQ(codes("counter a: count per dataset on share, report\n"), "E0402 ");
    EXPECT_EQ(codes("observe share { log[to] = 3 }\n"), "E0315 ");
    EXPECT_EQ(codes("rule r on actions of hub that write log: forbid\n"), "");
    EXPECT_EQ(codes("rule r on actions of hub that write limit: forbid\n"), "E0411 ");
    EXPECT_EQ(codes("rule r on actions of hub that write nothing: forbid\n"), "E0215 ");
    EXPECT_EQ(codes("rule r on any action of rules: forbid\n"), "E0501 ");
    EXPECT_EQ(codes("rule r on any action of hub: require to is not caller\n"), "");
    EXPECT_EQ(codes("rule r on any action of hub: require n is 1\n"), "E0402 ");
}

TEST(Counters, TheVerifierProvesWhatTheyUphold) {
    const std::string counted = R"(
counter sent: sum n per to on share
rule positive on share: require n is at least 0
rule cap on share: require after(sent[to]) is at most 20
)";
    using findings::Kind;
    const auto sound = findings::verify_texts(
        {HUB, rules(counted + "assert never permitted share when before(sent[to]) + n is 21\n")});
    EXPECT_TRUE(sound.all(Kind::assertion).empty()) << sound.text();
    EXPECT_TRUE(sound.all(Kind::unknown).empty()) << sound.text();
    const auto broken = findings::verify_texts(
        {HUB, rules(counted + "assert never permitted share when before(sent[to]) + n is 20\n")});
    ASSERT_EQ(broken.all(Kind::assertion).size(), 1u) << broken.text();
    EXPECT_TRUE(broken.all(Kind::assertion)[0].witness.has_value());
}

TEST(Counters, TheVerifierTellsWhichCannotCount) {
    using findings::Kind;
    const auto open = findings::verify_texts(
        {HUB, rules("counter limits: sum limit[dataset] per to on share\n")});
    const auto found = open.all(Kind::rule_error);
    ASSERT_EQ(found.size(), 1u) << open.text();
    EXPECT_FALSE(found[0].blocks);
    EXPECT_TRUE(found[0].witness.has_value());
    // Whatever a counter lacks forbids, so nothing of that regulation can be permitted there.
    const auto asserted = findings::verify_texts(
        {HUB, rules("counter limits: sum limit[dataset] per to on share\n"
                    "assert never permitted share when limit[dataset] is not known\n")});
    EXPECT_TRUE(asserted.all(Kind::assertion).empty()) << asserted.text();
}

TEST(Counters, OverDaysAreNotClaimedToBeProved) {
    using findings::Kind;
    const auto open = findings::verify_texts(
        {HUB, rules("counter sent: count per to over 3 days on share\n"
                    "rule cap on share: require after(sent[to]) is at most 20\n"
                    "assert never permitted share when after(sent[to]) is more than 20\n")});
    EXPECT_TRUE(open.all(Kind::assertion).empty()) << open.text();
    EXPECT_FALSE(open.all(Kind::unknown).empty()) << open.text();
    EXPECT_NE(open.text().find("the total of a counter over days"), std::string::npos)
        << open.text();
}

TEST(LegalTime, IsTheParameterForTheVerifierToo) {
    using findings::Kind;
    constexpr const char* DESK = R"(
contract hub version 1.0.0
  zone +00:00
  regulators office
role nurse, office
action book(to: Party, happened: Time) by nurse dated by happened within 5 days { }
)";
    const auto asserted = [&](const std::string& when) {
        return findings::verify_texts(
            {DESK, rules("rule since effective from 2026-03-01 on book: forbid\n"
                         "assert never permitted book when " +
                         when + "\n")});
    };
    for (const char* when : {"happened is at least 2026-03-01 00:00",
                             "today is at least 2026-03-01", "happened is not now"}) {
        const auto proved = asserted(when);
        EXPECT_TRUE(proved.all(Kind::assertion).empty()) << proved.text();
        EXPECT_TRUE(proved.all(Kind::unknown).empty()) << proved.text();
    }
    const auto broken = asserted("happened is at least 2026-02-20 00:00");
    ASSERT_EQ(broken.all(Kind::assertion).size(), 1u) << broken.text();
    EXPECT_TRUE(broken.all(Kind::assertion)[0].witness.has_value());
}

TEST(Duties, AreNotKnownToTheVerifier) {
    using findings::Kind;
    const auto open = findings::verify_texts(
        {HUB, rules("rule one on share when to has open duty report: forbid\n"
                    "rule two on share when to has breached duty report: forbid\n"
                    "assert never permitted share when to has open duty report\n")});
    EXPECT_TRUE(open.all(Kind::assertion).empty()) << open.text();
    EXPECT_FALSE(open.all(Kind::unknown).empty()) << open.text();
    EXPECT_NE(open.text().find("what duties a party owes"), std::string::npos) << open.text();
}

}  // namespace
}  // namespace edict
