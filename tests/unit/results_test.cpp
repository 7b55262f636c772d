// What actions return: to their callers, to rules, counters and the decision; and what the verifier
// makes of it. Attributes of parties and tables where calls meet them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/map_state.h"
#include "tests/unit/findings_support.h"
#include "value/commitment.h"

namespace edict {
namespace {

using call::Outcome;
using findings::Kind;
using value::Value;

constexpr const char* DESK = R"(
contract desk version 1.0.0
  zone +00:00
  regulators office
role clerk, office
attribute country: Text<2>
attribute points: Int 0..10
store last: Int default 0
action take(n: Int 0..1_000) -> Int 0..2_000 by clerk {
  if n is 13 { fail "no such number" }
  if n > 500 { return n + 500 } else { last = n return n }
}
action look() by clerk { }
)";

std::string rules(const std::string& more) {
    return "regulation rules version 1.0.0 governs desk\n  zone +00:00\ndefault permit\n" + more;
}

struct Calls {
    explicit Calls(const std::vector<std::string>& texts) {
        std::vector<std::pair<std::string, std::string>> named;
        for (std::size_t i = 0; i < texts.size(); ++i)
            named.emplace_back("text_" + std::to_string(i) + ".edict", texts[i]);
        auto compiled = cli::compile_texts(std::move(named));
        EXPECT_TRUE(compiled.has_value());
        made = *std::move(compiled);
        EXPECT_FALSE(made.diagnostics.has_errors())
            << source::render(made.diagnostics, made.sources, source::Form::human);
        set(made.linked->stores[made.linked->roles_store].store,
            Value{value::Record{{{ann}, {std::string("clerk")}}}}, {true});
    }
    void set(const std::string& store, const Value& key, const Value& held) {
        for (const call::LinkedStore& one : made.linked->stores) {
            if (one.store != store) continue;
            state.values[{one.module, store, value::to_bytes(key, *one.key)}] =
                value::to_bytes(held, *one.value);
            return;
        }
        ADD_FAILURE() << store;
    }
    void attribute(const std::string& name, const std::string& text) {
        set("attributes", Value{value::Record{{{ann}, {name}}}}, {text});
    }
    call::CallResult call(const std::string& module, const std::string& action,
                          std::vector<Value> arguments) {
        return call::run_call(*made.linked, state, {module, action, std::move(arguments), ann, ann},
                              {1'770'000'000'000}, engine);
    }

    value::PartyId ann = value::party_named("ann");
    cli::Compilation made;
    MapState state;
    runtime::Interpreter engine;
};

Value number(std::int64_t n) { return {n}; }

TEST(Results, AreInTheResultOfTheCall) {
    Calls calls({DESK, rules("")});
    const call::CallResult small = calls.call("desk", "take", {number(7)});
    ASSERT_EQ(small.outcome, Outcome::committed) << small.reason;
    ASSERT_TRUE(small.result.has_value());
    EXPECT_EQ(std::get<std::int64_t>(small.result->data), 7);
    const bytecode::Module& desk = *calls.made.linked->find("desk");
    EXPECT_EQ(small.result_bytes, value::to_bytes(number(7), *desk.types[*desk.actions[0].result]));
    EXPECT_EQ(std::get<std::int64_t>(calls.call("desk", "take", {number(600)}).result->data),
              1'100);
    const call::CallResult failed = calls.call("desk", "take", {number(13)});
    EXPECT_EQ(failed.outcome, Outcome::failed);
    EXPECT_FALSE(failed.result.has_value());
    EXPECT_FALSE(calls.call("desk", "look", {}).result.has_value());
}

TEST(Results, AreReadByRulesMessagesCountersAndObservers) {
    Calls calls({DESK, rules(R"(
counter taken: sum result per caller on take when result is less than 1_400
counter refused: sum result per caller on forbidden take
store seen: Int default 0
observe take { seen = result }
rule few on take: require result is at most 1_400 because "{result} are too many"
rule all_of_them on take: require after(taken[caller]) is at most 1_450
)")});
    const call::CallResult fine = calls.call("desk", "take", {number(800)});
    EXPECT_EQ(fine.outcome, Outcome::committed);
    EXPECT_EQ(std::get<std::int64_t>(fine.result->data), 1'300);
    const call::CallResult many = calls.call("desk", "take", {number(950)});
    ASSERT_EQ(many.outcome, Outcome::forbidden);
    EXPECT_FALSE(many.result.has_value());
    EXPECT_TRUE(many.result_bytes.empty());
    ASSERT_EQ(many.decisions.back().answers[0].deciding.size(), 1u);
    const auto& shown = many.decisions.back().answers[0].deciding[0].shown;
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(std::get<std::int64_t>(shown[0]->data), 1'450);
    EXPECT_EQ(many.writes.size(), 1u);  // the counter of what was forbidden
}

TEST(Results, AreTakenByTheCaller) {
    Calls calls({DESK, rules(""), R"(
contract other version 1.0.0
  regulators none
use desk
role clerk
store kept: Int default 0
action pass_on(n: Int 0..1_000) -> Int by clerk {
  let got = desk.take(n)
  take(1)
  kept = got
  return got * 2
}
)"});
    calls.set(calls.made.linked->stores[calls.made.linked->roles_store].store,
              Value{value::Record{{{value::party_of_module("other")}, {std::string("clerk")}}}},
              {true});
    const call::CallResult passed = calls.call("other", "pass_on", {number(700)});
    ASSERT_EQ(passed.outcome, Outcome::committed) << passed.reason;
    EXPECT_EQ(std::get<std::int64_t>(passed.result->data), 2'400);
    EXPECT_EQ(calls.call("other", "pass_on", {number(13)}).outcome, Outcome::failed);
}

TEST(Results, AreKnownToTheVerifier) {
    const auto verified = findings::verify_texts({DESK, rules(R"(
rule never_so_much on take when result is more than 1_500: forbid
rule at_least_what_was_asked on take: require result is at least n
assert never forbidden take when n is at most 1_000
)")});
    const auto self = verified.all(Kind::self_conflict);
    ASSERT_EQ(self.size(), 1u) << verified.text();
    EXPECT_EQ(self[0].rules, std::vector<std::string>{"rules.never_so_much"});
    EXPECT_TRUE(verified.all(Kind::assertion).empty()) << verified.text();
    const auto broken = findings::verify_texts({DESK, rules(R"(
assert never permitted take when result is 1_100
)")});
    ASSERT_EQ(broken.all(Kind::assertion).size(), 1u) << broken.text();
    EXPECT_TRUE(broken.all(Kind::assertion)[0].witness.has_value());
    EXPECT_FALSE(broken.report.has_unknown()) << broken.text();
}

TEST(Attributes, AreWhatTheMembershipOfficeKeeps) {
    Calls calls({DESK, rules(R"(
rule at_home on look: require caller.country is "DE"
rule good on look: require (caller.points else 10) is at least 5
)")});
    const auto look = [&] { return calls.call("desk", "look", {}).outcome; };
    EXPECT_EQ(look(), Outcome::forbidden);
    calls.attribute("country", "DE");
    EXPECT_EQ(look(), Outcome::committed);
    for (const char* points : {"4", "0"}) {
        calls.attribute("points", points);
        EXPECT_EQ(look(), Outcome::forbidden) << points;
    }
    calls.attribute("points", "5");
    EXPECT_EQ(look(), Outcome::committed);
    for (const char* none : {"11", "05", "+5", "five", ""}) {  // no value of the type
        calls.attribute("points", none);
        EXPECT_EQ(look(), Outcome::committed) << none;
    }
    calls.attribute("country", "DEU");
    EXPECT_EQ(look(), Outcome::forbidden);
}

TEST(Attributes, OfTypeTextAreExactForTheVerifier) {
    const auto verified = findings::verify_texts({DESK, rules(R"(
rule abroad on look when (caller.country else "") is not "DE": forbid
assert never permitted look when (caller.country else "") is "FR"
)")});
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
    const auto broken = findings::verify_texts({DESK, rules(R"(
rule abroad on look when (caller.country else "DE") is not "DE": forbid
assert never permitted look when caller.country is not known
)")});
    ASSERT_EQ(broken.all(Kind::assertion).size(), 1u) << broken.text();
    EXPECT_TRUE(broken.all(Kind::assertion)[0].witness.has_value());
}

TEST(Attributes, OfOtherTypesAreSpokenAsUnknown) {
    const auto verified = findings::verify_texts({DESK, rules(R"(
rule good on look when (caller.points else 0) is at most 5: forbid
assert never permitted look when (caller.points else 0) is 3
assert never permitted look when (caller.points else 0) is 7
)")});
    EXPECT_TRUE(verified.report.has_unknown()) << verified.text();
    EXPECT_NE(verified.text().find("value_of_text"), std::string::npos) << verified.text();
}

constexpr const char* SEALED = R"(
contract sealed version 1.0.0
  regulators none
role clerk
store offers: Map<Party, Commitment<Int>>
store opened: Map<Party, Int>
action offer(hidden: Commitment<Int>) by clerk { offers[caller] = hidden }
action open(amount: Int, salt: Bytes<32>) -> Bool by clerk {
  let hidden = offers[caller] else fail "no offer"
  return opens(hidden, amount, salt)
}
)";

TEST(Commitments, AreOpenedByTheirValueAndSaltAlone) {
    Calls calls({SEALED});
    const base::Bytes salt(32, 7);
    // As the reference says, byte by byte: three parts, each after its length.
    base::Bytes told;
    const auto append = [&](const base::Bytes& more) {
        told.insert(told.end(), more.begin(), more.end());
    };
    const std::string domain = "edict commitment";
    append({0, 0, 0, 20, 0, 0, 0, 16});
    append(base::Bytes(domain.begin(), domain.end()));
    append({0, 0, 0, 36, 0, 0, 0, 32});
    append(salt);
    append({0, 0, 0, 8});
    append(value::to_bytes(number(41), *value::integer_type()));
    value::Salt same_salt;
    std::ranges::copy(salt, same_salt.begin());
    EXPECT_EQ(value::commitment_of(number(41), *value::integer_type(), same_salt),
              crypto::sha256(told));
    calls.set("offers", {calls.ann}, {crypto::sha256(told)});
    const auto opens = [&](std::int64_t amount, const base::Bytes& with) {
        const call::CallResult result = calls.call("sealed", "open", {number(amount), {with}});
        EXPECT_EQ(result.outcome, Outcome::committed) << result.reason;
        return std::get<bool>(result.result->data);
    };
    EXPECT_TRUE(opens(41, salt));
    EXPECT_FALSE(opens(42, salt));
    EXPECT_FALSE(opens(41, base::Bytes(32, 8)));
    EXPECT_FALSE(opens(41, base::Bytes(31, 7)));
}

std::string contract_with(const std::string& table) {
    return "contract trial version 1.0.0\n  zone +00:00\n  regulators none\nenum Level ordered { "
           "low, middle, high }\n" +
           table;
}

TEST(Tables, ThatFitEverythingOnceHaveNoFinding) {
    const auto verified = findings::verify_texts({contract_with(R"(
table t(age: Int 0..150, level: Level, since: Date?) -> Int unique {
  <30, any, any => 1
  >=30, {low, high}, absent => 2
  >=30, middle, absent => 3
  30..150, any, !=absent => 4
}
)")});
    EXPECT_TRUE(verified.report.findings.empty()) << verified.text();
    EXPECT_EQ(verified.report.proved.tables_without_gap, 1u);
}

TEST(Tables, GapsAreShownAndDoNotBlock) {
    const auto verified = findings::verify_texts({contract_with(R"(
table t(age: Int 0..150, level: Level) -> Int first {
  <30, any => 1
  >30, any => 2
  30, {low, high} => 3
}
)")});
    const auto found = verified.all(Kind::table);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_FALSE(found[0].blocks);
    ASSERT_EQ(found[0].notes.size(), 1u);
    EXPECT_NE(found[0].notes[0].find("age = 30, level = middle"), std::string::npos)
        << found[0].notes[0];
}

TEST(Tables, RowsThatDisagreeBlock) {
    const auto verified = findings::verify_texts({contract_with(R"(
table t(age: Int 0..150, level: Level) -> Int unique {
  <=30, any => 1
  >=30, >=middle => 2
  >=30, low => 1
}
)")});
    const auto found = verified.all(Kind::table);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    EXPECT_TRUE(found[0].blocks);
    EXPECT_EQ(found[0].places.size(), 2u);
    EXPECT_NE(found[0].notes[0].find("both fit age = 30"), std::string::npos) << found[0].notes[0];
}

TEST(Tables, RowsThatNeverCountAreNotes) {
    const auto verified = findings::verify_texts({contract_with(R"(
table t(age: Int 0..150) -> Int first {
  <30 => 1
  <20 => 2
  any => 3
}
table u(age: Int 0..150) -> Int unique {
  any => 1
  >150 => 1
}
)")});
    EXPECT_EQ(verified.all(Kind::table).size(), 2u) << verified.text();
    EXPECT_FALSE(verified.report.has_blocking());
}

}  // namespace
}  // namespace edict
