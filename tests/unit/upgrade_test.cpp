// Upgrades on a chain: what an older version stored stays readable, or the new one is refused.
#include <fmt/format.h>

#include "chain/executor/registry.h"
#include "cli/pipeline.h"
#include "tests/unit/chain_support.h"

namespace edict::tests {
namespace {

using ledger::Outcome;

constexpr const char* BOOKS = R"(contract books version 1.0.0
  zone +00:00
  regulators none
role seller
enum Level { open, personal }
record Entry { item: Text<64>, level: Level }
store entries: Map<Text<64>, Entry>
store total: Int 0..1_000 default 0
initial { total = 100 }
action put(key: Text<64>) by seller { entries[key] = Entry { item: key, level: personal } }
action spend(n: Int 1..1_000) by seller { total -= n }
)";
constexpr const char* BOOKS_2 = R"(contract books version 2.0.0
  zone +00:00
  regulators none
role seller
enum Level { open, personal, genetic since 2.0.0 }
record Entry { item: Text<64>, level: Level, pages: Int since 2.0.0 default 12 }
store entries: Map<Text<64>, Entry>
store total: Int 0..1_000 default 0
store limits: Map<Text<64>, Int> default 0
initial {
  total = 500
  limits["a"] = 3
}
action put(key: Text<64>) by seller { entries[key] = Entry { item: key, level: genetic, pages: 1 } }
action copy(key: Text<64>, to: Text<64>) by seller {
  let e = entries[key] else fail "there is no {key}"
  entries[to] = e
}
action spend(n: Int 1..1_000) by seller { total -= n }
)";
constexpr const char* BOOKS_3 = R"(contract books version 3.0.0
  zone +00:00
  regulators none
role seller
enum Level { open, personal, genetic since 2.0.0 }
record Entry { title: Text<64>, secret: Bool }
upgrade Entry from 1.0.0 (item: Text<64>, level: Level) = Entry { title: item, secret: level is personal }
upgrade Entry from 2.0.0 (item: Text<64>, level: Level, pages: Int) =
  Entry { title: item, secret: level is not open }
store entries: Map<Text<64>, Entry>
store total: Int 0..1_000 default 0
store limits: Map<Text<64>, Int> default 0
action check(key: Text<64>) -> Text<64> by seller {
  let e = entries[key] else fail "there is no {key}"
  if e.secret { return e.title } else { return "open" }
}
)";

std::string key(const std::string& text) { return fmt::format(R"({{"key": "{}"}})", text); }

std::optional<ledger::StateValue> stored(const TestChain& chain, const std::string& text) {
    base::Writer place;
    place.text(text);
    return chain.executor->read({"books", "entries", place.take()});
}

std::string shown(const TestChain& chain, const std::string& text) {
    base::Writer place;
    place.text(text);
    const ledger::StatePlace at{"books", "entries", place.take()};
    const auto value = chain.executor->as_now(at, *chain.executor->read(at));
    if (!value) return value.error().message;
    for (const call::LinkedStore& store : chain.executor->in_force()->stores) {
        if (store.module == "books" && store.store == "entries")
            return value::to_text(*value, *store.value);
    }
    return {};
}

std::uint32_t number_now(const TestChain& chain) {
    for (const call::LinkedStore& store : chain.executor->in_force()->stores) {
        if (store.module == "books" && store.store == "entries") return store.numbers.back();
    }
    return 0;
}

std::int64_t total(const TestChain& chain) {
    const auto value = chain.executor->read({"books", "total", {}});
    if (!value) return -1;
    base::Reader in(value->bytes);
    return in.i64();
}

TEST(Upgrades, OldValuesStayReadableThroughThreeVersions) {
    TestChain chain;
    chain.activate({BOOKS});
    EXPECT_EQ(total(chain), 100);  // its initial data
    EXPECT_EQ(chain.did("seller", "books", "spend", R"({"n": 30})").outcome, Outcome::committed);
    EXPECT_EQ(chain.did("seller", "books", "put", key("a")).outcome, Outcome::committed);
    const std::uint32_t first = stored(chain, "a")->schema;

    chain.activate({BOOKS_2});
    EXPECT_EQ(total(chain), 70);  // is there already: its initial data are not written again
    EXPECT_TRUE(chain.executor->read({"books", "limits", [] {
                                          base::Writer place;
                                          place.text("a");
                                          return place.take();
                                      }()}));      // this store came with the version
    EXPECT_EQ(stored(chain, "a")->schema, first);  // untouched
    EXPECT_EQ(shown(chain, "a"), "Entry { item: \"a\", level: personal, pages: 12 }");
    EXPECT_EQ(chain.did("seller", "books", "copy", R"({"key": "a", "to": "b"})").outcome,
              Outcome::committed);
    EXPECT_NE(stored(chain, "b")->schema, first);
    EXPECT_EQ(chain.did("seller", "books", "put", key("c")).outcome, Outcome::committed);
    chain.reopen();
    EXPECT_EQ(shown(chain, "b"), "Entry { item: \"a\", level: personal, pages: 12 }");

    chain.activate({BOOKS_3});
    chain.reopen();
    EXPECT_EQ(shown(chain, "a"), "Entry { title: \"a\", secret: true }");
    EXPECT_EQ(shown(chain, "c"), "Entry { title: \"c\", secret: true }");
    const auto checked = chain.did("seller", "books", "check", key("b"));
    EXPECT_EQ(checked.outcome, Outcome::committed) << checked.reason;
}

TEST(Upgrades, AModuleOfGenesisBringsItsInitialData) {
    auto made = cli::compile_texts({{"books.edict", BOOKS_2}});
    ASSERT_TRUE(made && made->lowered);
    ledger::Genesis genesis = test_genesis();
    for (const auto& module : made->lowered->modules) {
        if (module->name == "books") genesis.modules.push_back(bytecode::encode(*module));
    }
    TestChain chain(std::move(genesis));
    EXPECT_EQ(total(chain), 500);
    EXPECT_EQ(chain.did("seller", "books", "put", key("a")).outcome, Outcome::committed);
    EXPECT_EQ(stored(chain, "a")->schema, number_now(chain));
}

TEST(Upgrades, AVersionThatCannotReadWhatIsStoredIsRefused) {
    TestChain chain;
    chain.activate({BOOKS});
    const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    struct Case {
        std::string text, message;
    };
    const Case cases[] = {
        // Not marked: the version says nothing of what was there before.
        {replaced(BOOKS_2, "pages: Int since 2.0.0 default 12", "pages: Int"),
         "the store entries of books 2.0.0: it does not say how the values of version 1.0.0 are "
         "read"},
        {replaced(BOOKS_2, "genetic since 2.0.0", "genetic"), "does not say how the values"},
        // Says something else of it than what it was.
        {replaced(BOOKS_2, "item: Text<64>, level", "item: Text<63>, level"),
         "does not say how the values"},
        {replaced(BOOKS_3, "upgrade Entry from 1.0.0 (item: Text<64>, level: Level)",
                  "upgrade Entry from 1.0.0 (item: Text<60>, level: Level)"),
         "does not say how the values"},
        {replaced(replaced(BOOKS_2, "Map<Text<64>, Entry>", "Map<Text<65>, Entry>"),
                  "entries[key] = Entry", "entries[key] = Entry"),
         "its keys are Text<65> and were Text<64>"},
        {replaced(BOOKS_2, "store total: Int 0..1_000", "store total: Int 0..2_000"),
         "the store total of books 2.0.0: it does not say"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.text);
        const auto examined =
            executor::examine_bundle(chain.bundle({one.text}), *chain.executor->in_force());
        ASSERT_FALSE(examined);
        EXPECT_NE(examined.error().message.find(one.message), std::string::npos)
            << examined.error().message;
    }
    // Later: what was said of the first version is left out.
    chain.activate({BOOKS_2});
    const auto forgotten = executor::examine_bundle(
        chain.bundle({replaced(
            BOOKS_3,
            R"(upgrade Entry from 1.0.0 (item: Text<64>, level: Level) = Entry { title: item, secret: level is personal }
)",
            "")}),
        *chain.executor->in_force());
    ASSERT_FALSE(forgotten);
    EXPECT_NE(forgotten.error().message.find("keep what older versions said"), std::string::npos)
        << forgotten.error().message;
}

// ---- records of another module ------------------------------------------------------------------

constexpr const char* PARTS = R"(contract parts version 1.0.0
  zone +00:00
  regulators none
enum Grade { plain, fine }
record Part { name: Text<64>, grade: Grade }
)";
constexpr const char* PARTS_2 = R"(contract parts version 2.0.0
  zone +00:00
  regulators none
enum Grade { plain, fine, exact since 2.0.0 }
record Part { name: Text<64>, grade: Grade, grams: Int since 2.0.0 default 5 }
)";
constexpr const char* PARTS_3 = R"(contract parts version 3.0.0
  zone +00:00
  regulators none
enum Grade { plain, fine, exact since 2.0.0 }
record Part { label: Text<64>, good: Bool }
upgrade Part from 1.0.0 (name: Text<64>, grade: Grade) = Part { label: name, good: grade is fine }
upgrade Part from 2.0.0 (name: Text<64>, grade: Grade, grams: Int) =
  Part { label: name, good: grams is at least 5 }
)";

std::string depot(const std::string& version, const std::string& more, const std::string& made) {
    return "contract depot version " + version + R"(
  zone +00:00
  regulators none
use parts
role seller
record Shelf { parts: List<Part, 4>)" +
           more + R"( }
store shelves: Map<Text<64>, Shelf>
store spare: Map<Text<64>, Part>
action put(key: Text<64>) by seller {
  let p = Part )" +
           made + R"(
  spare[key] = p
  shelves[key] = Shelf { parts: [p])" +
           (more.empty() ? "" : ", row: 7") + R"( }
}
action copy(key: Text<64>, to: Text<64>) by seller {
  let s = shelves[key] else fail "there is no {key}"
  shelves[to] = s
}
)";
}
const std::string FIRST_PART = R"({ name: key, grade: plain })";
const std::string SECOND_PART = R"({ name: key, grade: exact, grams: 3 })";
const std::string THIRD_PART = R"({ label: key, good: true })";
const std::string ROW = ", row: Int since 2.0.0 default 1";

std::string held(const TestChain& chain, const std::string& name, const std::string& text,
                 const std::string& module = "depot") {
    base::Writer place;
    place.text(text);
    const ledger::StatePlace at{module, name, place.take()};
    const auto stored = chain.executor->read(at);
    if (!stored) return "nothing";
    const auto value = chain.executor->as_now(at, *stored);
    if (!value) return value.error().message;
    for (const call::LinkedStore& store : chain.executor->in_force()->stores) {
        if (store.module == module && store.store == name)
            return value::to_text(*value, *store.value);
    }
    return {};
}

TEST(Upgrades, RecordsOfAnotherModuleAreReadAsThatModuleSays) {
    TestChain chain;
    chain.activate({PARTS, depot("1.0.0", "", FIRST_PART)});
    EXPECT_EQ(chain.did("seller", "depot", "put", key("a")).outcome, Outcome::committed);

    chain.activate({PARTS_2, depot("1.1.0", "", SECOND_PART)});  // says nothing itself
    EXPECT_EQ(held(chain, "spare", "a"), "Part { name: \"a\", grade: plain, grams: 5 }");
    EXPECT_EQ(held(chain, "shelves", "a"),
              "Shelf { parts: [Part { name: \"a\", grade: plain, grams: 5 }] }");
    EXPECT_EQ(chain.did("seller", "depot", "put", key("b")).outcome, Outcome::committed);
    const auto copied = chain.did("seller", "depot", "copy", R"({"key": "a", "to": "c"})");
    EXPECT_EQ(copied.outcome, Outcome::committed) << copied.reason;

    chain.activate({PARTS_3, depot("3.0.0", ROW, THIRD_PART)});
    chain.reopen();
    EXPECT_EQ(held(chain, "spare", "a"), "Part { label: \"a\", good: false }");
    EXPECT_EQ(held(chain, "spare", "b"), "Part { label: \"b\", good: false }");
    EXPECT_EQ(held(chain, "shelves", "c"),
              "Shelf { parts: [Part { label: \"a\", good: true }], row: 1 }");
    EXPECT_EQ(chain.did("seller", "depot", "put", key("d")).outcome, Outcome::committed);
    EXPECT_EQ(held(chain, "shelves", "d"),
              "Shelf { parts: [Part { label: \"d\", good: true }], row: 7 }");
}

TEST(Upgrades, AThirdModuleThatHoldsThemInsideOfOthersReadsThemToo) {
    const auto mirror = [](const std::string& version) {
        return "contract mirror version " + version + R"(
  zone +00:00
  regulators none
use depot
role seller
store copies: Map<Text<64>, Shelf>
action take(key: Text<64>) by seller {
  let s = shelves[key] else fail "there is no {key}"
  copies[key] = s
}
action back(key: Text<64>) -> Int by seller {
  let s = copies[key] else fail "there is no {key}"
  return s.row
}
)";
    };
    const auto without_back = [&] {
        const std::string text = mirror("1.0.0");
        return text.substr(0, text.find("action back"));
    };
    TestChain chain;
    chain.activate({PARTS, depot("1.0.0", "", FIRST_PART), without_back()});
    EXPECT_EQ(chain.did("seller", "depot", "put", key("a")).outcome, Outcome::committed);
    EXPECT_EQ(chain.did("seller", "mirror", "take", key("a")).outcome, Outcome::committed);
    chain.activate({PARTS_3, depot("2.0.0", ROW, THIRD_PART), mirror("1.0.1")});
    const auto back = chain.did("seller", "mirror", "back", key("a"));
    EXPECT_EQ(back.outcome, Outcome::committed) << back.reason;
    EXPECT_EQ(held(chain, "copies", "a", "mirror"),
              "Shelf { parts: [Part { label: \"a\", good: false }], row: 1 }");
}

TEST(Upgrades, TwoModulesMayRiseInAnyOrder) {
    const std::string old_depot = depot("1.0.0", "", FIRST_PART);
    const std::string now = depot("2.1.0", ROW, SECOND_PART);
    const auto last = [&](const std::vector<std::string>& between) {
        TestChain chain;
        chain.activate({PARTS, old_depot});
        EXPECT_EQ(chain.did("seller", "depot", "put", key("a")).outcome, Outcome::committed);
        chain.activate(between);
        EXPECT_EQ(chain.did("seller", "depot", "put", key("b")).outcome, Outcome::committed);
        chain.activate(between.size() == 1 ? std::vector{std::string(PARTS_2), now}
                                           : std::vector{now});
        return held(chain, "shelves", "a") + "\n" + held(chain, "shelves", "b");
    };
    EXPECT_EQ(last({depot("2.0.0", ROW, FIRST_PART)}),
              "Shelf { parts: [Part { name: \"a\", grade: plain, grams: 5 }], row: 1 }\n"
              "Shelf { parts: [Part { name: \"b\", grade: plain, grams: 5 }], row: 7 }");
    EXPECT_EQ(last({PARTS_2, depot("1.1.0", "", SECOND_PART)}),
              "Shelf { parts: [Part { name: \"a\", grade: plain, grams: 5 }], row: 1 }\n"
              "Shelf { parts: [Part { name: \"b\", grade: exact, grams: 3 }], row: 1 }");
}

TEST(Upgrades, ARecordOfAnotherModuleThatDoesNotSayWhatItWasIsRefused) {
    TestChain chain;
    chain.activate({PARTS, depot("1.0.0", "", FIRST_PART)});
    const auto why = [&](const std::vector<std::string>& texts) {
        const auto examined =
            executor::examine_bundle(chain.bundle(texts), *chain.executor->in_force());
        return examined ? std::string() : examined.error().message;
    };
    const auto without = [](const std::string& left_out) {
        std::string text = PARTS_2;
        return text.erase(text.find(left_out), left_out.size());
    };
    EXPECT_EQ(why({without(" since 2.0.0 default 5"), depot("1.1.0", "", SECOND_PART)}),
              "the store shelves of depot 1.1.0: it holds parts.Part, which has changed, and parts "
              "does not say how it was: mark there each field that was added with `since` (a field "
              "with its default too), or write `upgrade Part from VERSION (…) = …`, and keep what "
              "older versions said");
    std::string unmarked = PARTS_2;
    unmarked.erase(unmarked.find(" since 2.0.0 }"), std::string(" since 2.0.0").size());
    EXPECT_EQ(
        why({unmarked, depot("1.1.0", "", SECOND_PART)}),
        "the store shelves of depot 1.1.0: it holds parts.Grade, which has changed, and parts "
        "does not say how it was: mark there each member that was added with `since`, and "
        "keep what older versions said");
    EXPECT_NE(why({PARTS_2, depot("1.0.0", "", SECOND_PART)}).find("does not rise"),
              std::string::npos);
    EXPECT_EQ(why({PARTS_2, depot("1.1.0", "", SECOND_PART)}), "");
}

TEST(Upgrades, InitialDataThatBreakAnInvariantAreNotDeployed) {
    TestChain chain;
    const std::string text = R"(contract plan version 1.0.0
  zone +00:00
  regulators none
store most: Int default 10
store beds: Map<Text<64>, Int>
initial {
  beds["west"] = 8
  beds["east"] = 12
}
invariant few for every room in beds: beds[room] is at most most
)";
    const auto result =
        chain.did("seller", "std.registry", "deploy", chain.deploy_arguments(chain.bundle({text})));
    EXPECT_EQ(result.outcome, Outcome::failed);
    EXPECT_EQ(result.reason,
              "the invariant plan.few does not hold for east, with the initial data of the set");
}

}  // namespace
}  // namespace edict::tests
