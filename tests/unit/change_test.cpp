// Stores over time: invariants in tests and in proofs, initial data, and what older versions
// stored.
#include <gtest/gtest.h>

#include <map>

#include "compiler/lower/lower.h"
#include "tests/unit/findings_support.h"
#include "vm/bytecode/assembler.h"
#include "vm/bytecode/limits.h"
#include "vm/bytecode/schema.h"
#include "vm/bytecode/validate.h"
#include "vm/call/invariants.h"
#include "vm/call/stored.h"

namespace edict {
namespace {

using findings::Kind;
using findings::verify_texts;
using value::Value;

cli::Compilation compiled(const std::string& text) {
    auto made = cli::compile_texts({{"text.edict", text}});
    EXPECT_TRUE(made.has_value());
    EXPECT_FALSE(made->diagnostics.has_errors())
        << source::render(made->diagnostics, made->sources, source::Form::human);
    return *std::move(made);
}

// What the tests of the text say that is wrong, one line each.
std::string failures_of(const std::string& text) {
    const cli::Compilation made = compiled(text);
    runtime::Interpreter engine;
    std::string all;
    for (const check::Module& module : made.program->modules) {
        for (const check::Test& test : module.tests) {
            for (const call::CaseFailure& failure :
                 call::run_case(*made.linked, lower::to_case(*made.program, test), engine).failures)
                all += std::to_string(failure.step) + ": " + failure.message + "\n";
        }
    }
    return all;
}

constexpr const char* BEDS = R"(
contract ward version 1.0.0
  regulators none
role nurse
store beds: Map<Text, Int 0..100>
store taken: Map<Text, Int 0..1_000> default 0
initial from "plan of 2026" sha256 "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" {
  beds["west"] = 2
  beds["east"] = 40
}
invariant enough for every room in taken: taken[room] is at most beds[room]
  because "{room}: {taken[room]} of {beds[room]}"
action enter(room: Text) by nurse { taken[room] += 1 }
action leave(room: Text) by nurse { if taken[room] > 0 { taken[room] -= 1 } }
)";

TEST(Invariants, ACallThatBreaksOneFailsTheTestOnceWithItsMessage) {
    EXPECT_EQ(
        failures_of(std::string(BEDS) + R"(
test "three in two beds" {
  parties ann: nurse
  call enter("west") by ann
  call enter("west") by ann
  call enter("west") by ann
  expect committed
  call enter("west") by ann
  expect committed
}
)"),
        "2: the invariant ward.enough does not hold for west: west: 3 of 2, after this call\n");
}

TEST(Invariants, WhatIsGivenIsLookedAtOnceAllOfARowIsThere) {
    EXPECT_EQ(failures_of(std::string(BEDS) + R"(
test "north is given in two lines" {
  parties ann: nurse
  given taken["north"] = 3
  given beds["north"] = 3
  call leave("north") by ann
  expect committed
}
)"),
              "");
    EXPECT_EQ(failures_of(std::string(BEDS) + R"(
test "north has no beds" {
  parties ann: nurse
  given beds["south"] = 3
  given taken["north"] = 3
  call leave("north") by ann
  expect committed
}
)"),
              "1: the invariant ward.enough has no value for north: north: 3 of ?, with what is "
              "given\n");
}

TEST(Invariants, AConditionOfPartsAndOneWithoutKeys) {
    const std::string text = R"(
contract lists version 1.0.0
  regulators none
role clerk
store opened: Int default 0
store closed: Int default 0
store until: Map<(Text, Int), Int> default 0
invariant in_order: closed is at most opened
invariant small for every (name, part) in until: until[(name, part)] is at most part and name is not "x"
action close() by clerk { closed += 1 }
action set(name: Text, part: Int, n: Int) by clerk { until[(name, part)] = n }
test "t" {
  parties ann: clerk
  call set("a", 5, 5) by ann
  call set("a", 5, 6) by ann
  call close() by ann
}
)";
    EXPECT_EQ(failures_of(text),
              "1: the invariant lists.small does not hold for a, 5, after this call\n"
              "2: the invariant lists.in_order does not hold, after this call\n");
}

// ---- proofs -------------------------------------------------------------------------------------

TEST(InvariantProofs, AGuardedActionKeepsItAndAnUnguardedOneIsShown) {
    const auto broken = verify_texts({BEDS});
    const auto found = broken.all(Kind::invariant);
    ASSERT_EQ(found.size(), 1u) << broken.text();
    EXPECT_EQ(found[0].message, "the invariant enough can be broken by enter");
    ASSERT_TRUE(found[0].witness.has_value());
    EXPECT_EQ(found[0].witness->replay.outcome, call::Outcome::committed);
    EXPECT_TRUE(found[0].blocks);

    std::string guarded = BEDS;
    const std::string body = "{ taken[room] += 1 }";
    guarded.replace(guarded.find(body), body.size(),
                    "{ let all = beds[room] else fail \"no such room\"\n"
                    "  if taken[room] >= all { fail \"full\" }\n  taken[room] += 1 }");
    const auto proved = verify_texts({guarded});
    EXPECT_EQ(proved.report.proved.invariants_hold, 1u) << proved.text();
    EXPECT_TRUE(proved.report.findings.empty()) << proved.text();
}

TEST(InvariantProofs, ARuleMayBeWhatKeepsIt) {
    std::string contract = BEDS;
    contract.replace(contract.find("regulators none"), 15, "regulators nurse");
    const std::string rules = R"(regulation beds_law version 1.0.0 governs ward
  default permit
rule room_left on enter: require after(taken[room]) is at most beds[room]
)";
    const auto proved = verify_texts({contract, rules});
    EXPECT_EQ(proved.report.proved.invariants_hold, 1u) << proved.text();
    EXPECT_TRUE(proved.all(Kind::unknown).empty()) << proved.text();
}

TEST(InvariantProofs, OneThatIsProvedHelpsTheNext) {
    const auto proved = verify_texts({R"(
contract chain_of version 1.0.0
  regulators none
role clerk
store low: Int 0..1_000_000 default 0
store high: Int 0..1_000_000 default 0
store top: Int 0..1_000_000 default 0
invariant second: low is at most top
invariant first: high is at most top
action up() by clerk { if high < top { high += 1 } }
action grow() by clerk { top += 1 }
action follow() by clerk { low = high }
)"});
    EXPECT_EQ(proved.report.proved.invariants_hold, 2u) << proved.text();
    EXPECT_TRUE(proved.report.findings.empty()) << proved.text();
}

TEST(InvariantProofs, TheBeginningIsRun) {
    std::string text = BEDS;
    text.replace(text.find("  beds[\"east\"] = 40"), 19,
                 "  beds[\"east\"] = 40\n  taken[\"east\"] = 41");
    const auto found = verify_texts({text}).all(Kind::invariant);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].message, "the invariant enough does not hold in the beginning");
    EXPECT_EQ(found[0].notes.at(0),
              "the invariant ward.enough does not hold for east: east: 41 of 40, with the initial "
              "data and before any call");
}

// Only the solver finds these numbers, and gives a party the number that a text has.
constexpr const char* NUMBERED = R"(
contract ward version 1.0.0
  regulators none
role clerk
record Bed { holder: Party, kind: Text<8>, a: Int 0..1_000_000, b: Int 0..1_000_000, c: Int 0..1_000_000, d: Int 0..1_000_000, days: Int 0..100 }
store beds: Map<Int 0..100, Bed>
store owner: Map<Int 0..100, Party>
invariant short for every room in beds: beds[room].days is at most 50
action extend(room: Int 0..100) by clerk {
  let b = beds[room] else fail "none"
  let o = owner[room] else fail "none"
  if b.holder is o and (b.kind is "ward" or b.kind is "hall") and b.a * 3 + b.b * 5 + 1_797_115 is b.c * 7 and b.a * 9 + 322_877 is b.b * 2 + b.d * 4 and b.c * 6 is b.d * 5 + b.b * 3 + 2_542_430 {
    beds[room].days += 1
  }
}
)";

TEST(InvariantProofs, APartyOfAStoredRecordIsBuilt) {
    const auto verified = verify_texts({NUMBERED});
    ASSERT_GT(verified.report.statistics.solved, 0u);
    const auto found = verified.all(Kind::invariant);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    ASSERT_TRUE(found[0].witness.has_value());
    EXPECT_EQ(found[0].witness->replay.outcome, call::Outcome::committed);
    EXPECT_TRUE(found[0].notes.empty()) << verified.text();
}

constexpr const char* NAMED = R"(
contract ward version 1.0.0
  regulators none
role clerk
store names: Map<Text<16>, Text<16>>
store kinds: Map<Text<16>, Text<4>>
store used: Map<Text<16>, Int 0..100> default 0
invariant named for every room in names: names[room] starts with "w"
invariant little for every room in used: used[room] is at most 50
)";

// What cannot be built is a text of four bytes that is one of eight: nothing is wrong with `named`.
TEST(InvariantProofs, WhatAnotherInvariantSaysIsNotWhatIsNotSettled) {
    const auto verified = verify_texts({std::string(NAMED) + R"(
action use_it(room: Text<16>) by clerk {
  let name = names[room] else fail "none"
  let kind = kinds[room] else fail "none"
  if name is "westward" and kind is name { used[room] += 1 }
}
)"});
    EXPECT_EQ(verified.report.proved.invariants_hold, 1u) << verified.text();
    const auto unknown = verified.all(Kind::unknown);
    ASSERT_EQ(unknown.size(), 1u) << verified.text();
    EXPECT_EQ(unknown[0].notes,
              std::vector<std::string>{"a possible case was found, but it cannot be replayed: a "
                                       "value or a date of it cannot be built"});
    EXPECT_EQ(unknown[0].places.size(), 2u) << verified.text();
}

TEST(InvariantProofs, AStateThatBreaksAnotherInvariantSaysSo) {
    const auto verified = verify_texts({std::string(NAMED) + R"(
action use_it(room: Text<16>) by clerk {
  if names[room] is known { used[room] += 1 }
}
)"});
    EXPECT_EQ(verified.report.proved.invariants_hold, 1u) << verified.text();
    const auto found = verified.all(Kind::invariant);
    ASSERT_EQ(found.size(), 1u) << verified.text();
    ASSERT_EQ(found[0].notes.size(), 1u);
    EXPECT_EQ(found[0].notes[0],
              "the state shown breaks ward.named, which is proved but not encoded exactly: whether "
              "another state leads to this is not known");
}

TEST(InvariantProofs, WhatIsNotEncodedIsUnknownAndNeverProved) {
    const std::string head = R"(
contract c version 1.0.0
  regulators clerk
role clerk
store n: Map<Text, Int 0..9> default 0
store words: Map<Text, Text>
)";
    struct Case {
        const char* more;
        const char* rules;
        const char* named;
    };
    const Case cases[] = {
        {"invariant i for every k in n: n[k] is at most 5\naction reset(k: Text) by duty { n[k] = "
         "9 }",
         "", "by duty"},
        {"invariant i for every k in words: words[k] starts with \"a\"\n"
         "action set(k: Text, t: Text) by clerk { if t starts with \"a\" { words[k] = t } }",
         "regulation r version 1.0.0 governs c\n  default permit\n", "text_starts"},
        {"action f() by clerk { }",
         "regulation r version 1.0.0 governs c\n  default silent\n"
         "counter tries: count per 1 on forbidden f\n"
         "invariant i for every k in tries: tries[k] is at most 5\n",
         "forbidden"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.named);
        std::vector<std::string> texts{head + one.more};
        if (one.rules[0] != '\0') texts.emplace_back(one.rules);
        const auto verified = verify_texts(texts);
        EXPECT_EQ(verified.report.proved.invariants_hold, 0u);
        const auto unknown = verified.all(Kind::unknown);
        bool named = false;
        for (const auto& finding : unknown) {
            for (const std::string& note : finding.notes)
                named = named || note.find(one.named) != std::string::npos;
        }
        EXPECT_TRUE(named) << verified.text();
    }
}

// ---- initial data -------------------------------------------------------------------------------

TEST(InitialData, StandInTheModuleWithTheirSourceAndRoundTrip) {
    const cli::Compilation made = compiled(BEDS);
    const bytecode::Module& module = *made.lowered->modules.back();
    ASSERT_EQ(module.origins.size(), 1u);
    EXPECT_EQ(module.origins[0].title, "plan of 2026");
    EXPECT_EQ(module.origins[0].hash.hex(),
              "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    EXPECT_EQ(call::initial_data(module).size(), 2u);
    const base::Bytes bytes = bytecode::encode(module);
    const auto again = bytecode::decode(bytes);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(bytecode::encode(*again), bytes);
    const auto assembled = bytecode::assemble(bytecode::disassemble(module));
    ASSERT_TRUE(assembled) << assembled.error().message;
    EXPECT_EQ(bytecode::encode(*assembled), bytes);
}

TEST(InitialData, TheValidatorRefusesWhatDoesNotFit) {
    const cli::Compilation made = compiled(BEDS);
    struct Case {
        std::function<void(bytecode::Module&)> change;
        const char* message;
    };
    const Case cases[] = {
        {[](auto& m) { m.initial[0].store = 9; }, "a value of no store"},
        {[](auto& m) { m.initial[0].key.reset(); }, "a key too many or too few"},
        {[](auto& m) { m.initial[0].value = 60'000; }, "there is no such constant"},
        {[](auto& m) { m.initial[0].value = *m.initial[0].key; }, "a value of another type"},
        {[](auto& m) { m.initial[0].origin = 1; }, "it comes from nowhere"},
        {[](auto& m) { m.initial.push_back(m.initial[0]); }, "two values of one key"},
        {[](auto& m) { m.invariants.push_back(m.invariants[0]); },
         "another invariant has this name"},
        {[](auto& m) { m.invariants[0].over = 77; }, "it is about no store"},
        {[](auto& m) { m.invariants[0].over.reset(); }, "takes other parameters"},
        {[](auto& m) { m.invariants[0].condition = 70'000; }, "there is no function"},
        {[](auto& m) { m.invariants[0].cites.push_back({3, "1"}); }, "a citation of no source"},
        {[](auto& m) { m.history.stores.push_back({0, {}}); }, "had no other type"},
        {[](auto& m) { m.history.stores.push_back({0, {m.stores[0].value}}); },
         "two of its types have one number"},
        {[](auto& m) { m.history.stores.push_back({0, {m.stores[1].value}}); },
         "cannot be read as"},
        {[](auto& m) { m.history.upgrades.push_back({0, 0, 0}); },
         "an upgrade of what is no record"},
        {[](auto& m) { m.history.defaults.push_back({0, 0, 0}); }, "a default of no field"},
    };
    for (const Case& one : cases) {
        bytecode::Module module = *made.lowered->modules.back();
        one.change(module);
        const base::Status valid = bytecode::validate(module);
        ASSERT_FALSE(valid) << one.message;
        EXPECT_NE(valid.error().message.find(one.message), std::string::npos)
            << valid.error().message;
    }
}

// ---- older versions -----------------------------------------------------------------------------

constexpr const char* OLD = R"(
contract reg version 1.0.0
  regulators none
role clerk
enum Level { open, personal }
record Part { level: Level, n: Int }
record Entry { owner: Text, parts: Set<Part, 8>, main: Part? }
store entries: Map<(Text, Level), Entry>
store count: Int default 0
action put(k: Text) by clerk { entries[(k, open)] = Entry { owner: k, parts: {}, main: absent } }
)";
constexpr const char* NEW = R"(
contract reg version 3.0.0
  regulators none
role clerk
enum Level { open, personal, genetic since 2.0.0 }
record Part { level: Level, n: Int, note: Text since 2.0.0 default "none", day: Int? since 3.0.0 }
record Entry { name: Text, secret: Bool, parts: Set<Part, 8>, main: Part? }
upgrade Entry from 1.0.0 (owner: Text, parts: Set<Part, 8>, main: Part?) =
  Entry { name: owner, secret: (some p in parts satisfies p.level is personal), parts: parts, main: main }
store entries: Map<(Text, Level), Entry>
store count: Int default 0
store fresh: Map<Text, Part>
action hide(k: Text) by clerk {
  if entries[(k, open)] is known { entries[(k, open)].secret = true }
}
)";

Value part(std::uint32_t level, std::int64_t n) {
    return Value{value::Record{{{value::EnumMember{level}}, {n}}}};
}

TEST(OlderVersions, TypesAreDerivedFromTheText) {
    const cli::Compilation made = compiled(NEW);
    const call::LinkedStore& entries = *std::ranges::find_if(
        made.linked->stores, [](const auto& one) { return one.store == "entries"; });
    // Before 2.0.0 (which up to 1.0.0 is the old record), then between 2.0.0 and 3.0.0.
    const cli::Compilation old = compiled(OLD);
    const call::LinkedStore& were = *std::ranges::find_if(
        old.linked->stores, [](const auto& one) { return one.store == "entries"; });
    ASSERT_FALSE(entries.older.empty());
    EXPECT_TRUE(value::same_type(*entries.older.front(), *were.value));
    EXPECT_GT(entries.conversion_cost, 0u);
    const call::LinkedStore& fresh = *std::ranges::find_if(
        made.linked->stores, [](const auto& one) { return one.store == "fresh"; });
    EXPECT_EQ(fresh.older.size(), 2u);
    const base::Bytes bytes = bytecode::encode(*made.lowered->modules.back());
    const auto assembled = bytecode::assemble(bytecode::disassemble(*made.lowered->modules.back()));
    ASSERT_TRUE(assembled) << assembled.error().message;
    EXPECT_EQ(bytecode::encode(*assembled), bytes);
}

TEST(OlderVersions, AStoredValueIsReadAsWhatItIsNow) {
    const cli::Compilation made = compiled(NEW);
    const call::LinkedStore& entries = *std::ranges::find_if(
        made.linked->stores, [](const auto& one) { return one.store == "entries"; });
    const Value old{value::Record{{{std::string("ann")},
                                   {value::make_set({part(1, 7), part(0, 3)})},
                                   {value::Optional{{part(0, 1)}}}}}};
    const base::Bytes bytes = value::to_bytes(old, *entries.older.front());
    runtime::Interpreter engine;
    const auto read =
        call::read_stored(*made.linked, entries, bytes, entries.numbers.front(), engine);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(value::check(*read, *entries.value));
    EXPECT_EQ(
        value::to_text(*read, *entries.value),
        "Entry { name: \"ann\", secret: true, parts: { Part { level: open, n: 3, note: \"none\", "
        "day: absent }, Part { level: personal, n: 7, note: \"none\", day: absent } }, main: "
        "Part { level: open, n: 1, note: \"none\", day: absent } }");
    const auto unknown = call::read_stored(*made.linked, entries, bytes, 99, engine);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.find("type number 99"), std::string::npos);
}

// A state that holds what version 1.0.0 stored.
class OldState final : public call::StateView {
public:
    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override {
        const auto at = cells.find(key);
        return at == cells.end() ? std::nullopt : std::optional(at->second);
    }
    [[nodiscard]] std::optional<std::uint32_t> schema(const call::StateKey& key) const override {
        const auto at = old.find(key);
        return at == old.end() ? std::nullopt : std::optional(at->second);
    }
    void put_old(const call::StateKey& key, const Value& value, const value::Type& type) {
        cells[key] = value::to_bytes(value, type);
        old[key] = bytecode::type_number(type);
    }
    std::map<call::StateKey, base::Bytes> cells;
    std::map<call::StateKey, std::uint32_t> old;  // the numbers of their types
};

TEST(OlderVersions, ACallReadsOldValuesWritesNewOnesAndPaysForIt) {
    const cli::Compilation made = compiled(NEW);
    const call::LinkedSet& set = *made.linked;
    const auto store = [&](const std::string& name) -> const call::LinkedStore& {
        return *std::ranges::find_if(set.stores,
                                     [&](const auto& one) { return one.store == name; });
    };
    const call::LinkedStore& entries = store("entries");
    OldState state;
    const value::PartyId ann = value::party_named("ann");
    const call::LinkedStore& roles = set.stores[set.roles_store];
    state.cells[{roles.module, roles.store,
                 value::to_bytes({value::Record{{{ann}, {std::string("clerk")}}}}, *roles.key)}] =
        value::to_bytes({true}, *roles.value);
    const Value key{value::Record{{{std::string("k")}, {value::EnumMember{0}}}}};
    const Value old{
        value::Record{{{std::string("bob")}, {value::make_set({})}, {value::Optional{}}}}};
    const call::StateKey place{"reg", "entries", value::to_bytes(key, *entries.key)};
    state.put_old(place, old, *entries.older.front());
    runtime::Interpreter engine;
    const call::CallResult result = call::run_call(
        set, state, {"reg", "hide", {{std::string("k")}}, ann, ann}, {1'770'000'000'000}, engine);
    ASSERT_EQ(result.outcome, call::Outcome::committed) << result.reason;
    const auto written = value::from_bytes(*result.writes.at(place), *entries.value);
    ASSERT_TRUE(written);
    EXPECT_EQ(value::to_text(*written, *entries.value),
              "Entry { name: \"bob\", secret: true, parts: {}, main: absent }");
    EXPECT_GE(result.cost.value, entries.conversion_cost);
}

TEST(OlderVersions, AnUpgradeWithoutAValueFailsTheCallThatReads) {
    const cli::Compilation made = compiled(R"(
contract reg version 2.0.0
  regulators none
role clerk
record Entry { part: Int }
upgrade Entry from 1.0.0 (whole: Int, by_parts: Int) = Entry { part: whole / by_parts }
store entry: Entry
action touch() by clerk { let e = entry else fail "none" entry = e }
)");
    const call::LinkedSet& set = *made.linked;
    const call::LinkedStore& entry =
        *std::ranges::find_if(set.stores, [](const auto& one) { return one.store == "entry"; });
    OldState state;
    const value::PartyId ann = value::party_named("ann");
    const call::LinkedStore& roles = set.stores[set.roles_store];
    state.cells[{roles.module, roles.store,
                 value::to_bytes({value::Record{{{ann}, {std::string("clerk")}}}}, *roles.key)}] =
        value::to_bytes({true}, *roles.value);
    state.put_old({"reg", "entry", {}}, {value::Record{{{std::int64_t{9}}, {std::int64_t{0}}}}},
                  *entry.older[0]);
    runtime::Interpreter engine;
    const call::CallResult result =
        call::run_call(set, state, {"reg", "touch", {}, ann, ann}, {1'770'000'000'000}, engine);
    EXPECT_EQ(result.outcome, call::Outcome::failed);
    EXPECT_EQ(
        result.reason,
        "a stored value of reg.entry cannot be read as Entry: its upgrade has no value for it");
    EXPECT_TRUE(result.writes.empty());
}

}  // namespace
}  // namespace edict
