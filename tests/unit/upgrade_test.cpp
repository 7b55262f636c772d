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
    ASSERT_EQ(stored(chain, "a")->schema, 0u);

    chain.activate({BOOKS_2});
    EXPECT_EQ(total(chain), 70);  // is there already: its initial data are not written again
    EXPECT_TRUE(chain.executor->read({"books", "limits", [] {
                                          base::Writer place;
                                          place.text("a");
                                          return place.take();
                                      }()}));   // this store came with the version
    EXPECT_EQ(stored(chain, "a")->schema, 0u);  // untouched
    EXPECT_EQ(shown(chain, "a"), "Entry { item: \"a\", level: personal, pages: 12 }");
    EXPECT_EQ(chain.did("seller", "books", "copy", R"({"key": "a", "to": "b"})").outcome,
              Outcome::committed);
    EXPECT_EQ(stored(chain, "b")->schema, 1u);
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
    EXPECT_EQ(stored(chain, "a")->schema, 1u);  // it knows an older type, though nothing has it
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
