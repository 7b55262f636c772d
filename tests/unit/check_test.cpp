// What the checker makes of expressions and statements.
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/unit/check_support.h"

namespace edict::check {
namespace {

struct Row {
    std::string written;
    std::string typed;
};

void expect_rows(const std::vector<Row>& rows) {
    for (const Row& row : rows) EXPECT_EQ(typed(row.written), row.typed) << row.written;
}

TEST(CheckExpressions, EveryImplicitStepIsWrittenOut) {
    expect_rows({
        {"n + 1", "(+ p0 1)"},
        {"small + n", "(+ p1 p0)"},
        {"-n", "(- 0 p0)"},
        {"-5", "-5"},
        {"day is at least today", "(>= (unwrap p2) today)"},
        {"day is day", "(== p2 p2)"},
        {"day is absent", "(== p2 absent)"},
        {"day is known", "(known (unwrap p2))"},
        {"n is not known", "(not (known p0))"},
        {"day else today", "(else (unwrap p2) today)"},
        {"day else absent", "(unwrap (else p2 absent))"},
        {"note.day else today", "(else (unwrap (field day p6)) today)"},
        {"counts[text]", "(counts p7)"},
        {"counts[\"a\"]", "(counts \"a\")"},
        {"desk.counts[text]", "(counts p7)"},
        {"desk.total", "(total)"},
        {"marks[(caller, text)]", "(marks ((Party, Text) caller p7))"},
        {"text in names", "(in p7 p3)"},
        {"purpose in { care, research }", "(in p5 (Set<Purpose, 2> care research))"},
        {"names minus { \"a\" }", "(minus Set<Text, 8> p3 (Set<Text, 8> \"a\"))"},
        {"names union words", "(union Set<Text, 8> p3 (words))"},
        {"names is {}", "(== p3 (Set<Text, 8>))"},
        {"{} is names", "(== (Set<Text, 8>) p3)"},
        {"count(names)", "(count p3)"},
        {"level is at least middle", "(>= p4 middle)"},
        {"middle < level", "(< middle p4)"},
        {"purpose is Purpose.care", "(== p5 care)"},
        {"desk.Purpose.care is purpose", "(== care p5)"},
        {"if n > 3 then day else today", "(unwrap (if (> p0 3) p2 (wrap today)))"},
        {"not (n is 1) implies true", "(implies (not (== p0 1)) true)"},
        {"every x in names satisfies x is text", "(every l0 p3 (== l0 p7))"},
        {"some x in names satisfies (every y in words satisfies x is y)",
         "(some l0 p3 (every l1 (words) (== l0 l1)))"},
        {"has_role(caller, nurse)", "(has_role caller \"nurse\")"},
        {"has_role(signer, text)", "(has_role signer p7)"},
        {"hash(n, text)", "(hash p0 p7)"},
        {"Note { seen: n, text: text, day: today }",
         "(Note p7 (wrap today) (narrow Int 0..100 p0))"},
        {"Note { seen: 3, text: \"a\", day: absent }", "(Note \"a\" absent 3)"},
    });
}

TEST(CheckExpressions, WrongOnesHaveTheirCode) {
    expect_rows({
        {"n + text", "error E0306"},
        {"n is text", "error E0303"},
        {"purpose < care", "error E0304"},
        {"names + words", "error E0306"},
        {"nothing", "error E0201"},
        {"{}", "error E0302"},
        {"absent", "error E0302"},
        {"{ 1, \"a\" }", "error E0303"},
        {"note.nothing", "error E0208"},
        {"n.nothing", "error E0208"},
        {"Level.nothing", "error E0213"},
        {"counts", "error E0316"},
        {"total[n]", "error E0316"},
        {"names[n]", "error E0316"},
        {"hash()", "error E0312"},
        {"nothing(n)", "error E0211"},
        {"act(n)", "error E0317"},
        {"act(n) else 3", "error E0211"},
        {"before(total)", "error E0318"},
        {"has_role(caller, doctor)", "error E0207"},
        {"Note { text: \"a\" }", "error E0313"},
        {"every n in names satisfies true", "error E0203"},
        {"marks[caller]", "error E0301"},
    });
}

// The statements of the action, each as text.
std::vector<std::string> written(const std::string& statements) {
    const Checked checked = check_statements(statements);
    if (!checked.program) return {checked.human()};
    std::vector<std::string> all;
    for (const Statement& statement : checked.action("desk", "act").body) {
        const auto* assign = std::get_if<Assign>(&statement.node);
        if (assign == nullptr) continue;
        all.push_back((assign->key == nullptr ? "" : show(*checked.program, *assign->key) + ": ") +
                      show(*checked.program, *assign->value));
    }
    return all;
}

using Texts = std::vector<std::string>;

TEST(CheckStatements, AssignmentsAreWrittenOut) {
    EXPECT_EQ(written("total = n"), Texts{"p0"});
    EXPECT_EQ(written("total += small"), Texts{"(+ (total) p1)"});
    EXPECT_EQ(written("counts[text] -= 1"), Texts{"p7: (- (counts p7) 1)"});
    EXPECT_EQ(written("words += names"), Texts{"(union Set<Text, 8> (words) p3)"});
    EXPECT_EQ(written("words -= names"), Texts{"(minus Set<Text, 8> (words) p3)"});
    EXPECT_EQ(written("add text to words"),
              Texts{"(union Set<Text, 8> (words) (Set<Text, 1> p7))"});
    EXPECT_EQ(written("remove text from words"),
              Texts{"(minus Set<Text, 8> (words) (Set<Text, 1> p7))"});
    EXPECT_EQ(written("notes[text] = note"), Texts{"p7: p6"});
    EXPECT_EQ(written("marks[(caller, text)] = true"), Texts{"((Party, Text) caller p7): true"});
}

TEST(CheckStatements, AFieldIsReplacedInItsRecord) {
    EXPECT_EQ(written("let x = notes[text] else fail \"\"\nnotes[text].day = today"),
              Texts{"p7: (with day (notes p7) (wrap today))"});
    EXPECT_EQ(
        written("let x = notes[text] else fail \"\"\nnotes[text].seen += 1"),
        Texts{"p7: (with seen (notes p7) (narrow Int 0..100 (+ (field seen (notes p7)) 1)))"});
}

TEST(CheckStatements, AnElseOfALetTakesWhatAnOptionalHolds) {
    const Checked checked = check_statements("let d = day else fail \"no day\"\nlet e = day");
    ASSERT_TRUE(checked.program) << checked.human();
    const Action& action = checked.action("desk", "act");
    EXPECT_EQ(value::to_text(*action.locals[0].type), "Date");
    EXPECT_EQ(value::to_text(*action.locals[1].type), "Date?");
}

// What an action has made sure of needs no second answer; what it has not, or no longer, does.
TEST(CheckStatements, KnownValuesNeedNoAnswer) {
    const std::vector<std::string> fine = {
        "let x = notes[text] else fail \"\"\nlet y = notes[text]",
        "if notes[text] is known { notes[text].seen = 1 }",
        "if notes[text] is not known { fail \"\" }\nnotes[text].seen = 1",
        "if not (notes[text] is known and day is known) { fail \"\" }\nlet d = day else today",
        "if day is known and day > today { fail \"\" }",
        "if day is not known or day > today { fail \"\" }",
        "if day is known implies day > today { fail \"\" }",
        "let x = if day is known then day else today\nnotes[text] = note\nnotes[text].seen = 1",
        "if note.day is known and note.day > today { fail \"\" }",
        "notes[text] = note\nfor x in names { notes[text].seen = 1 }",
        "let a = last else \"\"\nlast = a\nemit Noted(last)",
        "let a = counts[text]",
    };
    for (const std::string& text : fine) {
        const Checked checked = check_statements(text);
        EXPECT_TRUE(checked.program) << text << "\n" << checked.human();
    }
    const std::vector<std::string> open = {
        "let y = notes[text]",
        "notes[text].seen = 1",
        "emit Noted(last)",
        "if day > today { fail \"\" }",
        "if day is known or day > today { fail \"\" }",
        "if notes[text] is known { let a = 1 }\nnotes[text].seen = 1",
        "let x = notes[text] else fail \"\"\nremove notes[text]\nnotes[text].seen = 1",
        "let x = notes[text] else fail \"\"\nfor y in names { notes[text].seen = 1 remove notes[y] "
        "}",
        "let x = notes[text] else fail \"\"\nlet y = notes[\"b\"]",
        "if notes[text] is known { remove notes[text]  notes[\"b\"] = note }\nnotes[\"b\"].seen = "
        "1",
        "fail \"{last}\"",
        "let x = total else fail \"{last}\"",
    };
    for (const std::string& text : open) {
        EXPECT_EQ(check_statements(text).codes(), std::vector<std::string>{"E0307"}) << text;
    }
}

TEST(CheckStatements, EffectsIncludeThoseOfCallees) {
    const Checked checked = check_texts({R"(contract inner version 1.0.0
  regulators none
role nurse
store a: Int default 0
store b: Int default 0
action move() by anyone { a = b }
)",
                                         R"(contract outer version 1.0.0
  regulators none
use inner
store c: Map<Int, Int> default 0
action both(n: Int) by nurse { if c[n] is 3 { inner.move()  remove c[n] } }
action nothing() by nurse { }
)"});
    ASSERT_TRUE(checked.program) << checked.human();
    const Action& both = checked.action("outer", "both");
    const ModuleId inner = *checked.program->find("inner");
    const ModuleId outer = *checked.program->find("outer");
    EXPECT_EQ(both.reads, (std::vector<StoreRef>{{inner, 1}, {outer, 0}}));
    EXPECT_EQ(both.writes, (std::vector<StoreRef>{{inner, 0}, {outer, 0}}));
    EXPECT_TRUE(checked.action("outer", "nothing").writes.empty());
}

TEST(CheckConstants, AreFoldedForDefaultsAndTests) {
    const Checked checked = check_texts({R"(contract desk version 1.0.0
  zone +02:00
  regulators none
role nurse
store total: Int 0..100 default 2 * 3 - -4
store hashes: Map<Hash, Party?> default absent
action act(h: Hash, n: Int) by nurse { }
test "folds" {
  parties ann: nurse
  given hashes[hash("a")] = ann
  at 2026-02-01 09:30
  call act(n: 7 mod 4, h: hash("a", 1)) by ann
  expect committed
  expect hashes[hash("a")] == absent
  expect total == 3
}
)"});
    ASSERT_TRUE(checked.program) << checked.human();
    const Module& desk = checked.module("desk");
    EXPECT_EQ(std::get<std::int64_t>(desk.stores[0].initial->data), 10);
    const check::Test& test = desk.tests.at(0);
    ASSERT_EQ(test.steps.size(), 6u);
    const auto& at = std::get<TestAt>(test.steps[1].node);
    EXPECT_EQ(at.time_ms, 1'769'931'000'000);  // 2026-02-01T07:30Z
    const auto& call = std::get<TestCall>(test.steps[2].node);
    EXPECT_EQ(std::get<std::int64_t>(call.arguments[1].data), 3);
    base::Writer bytes;
    bytes.bytes(value::to_bytes({std::string("a")}, *value::text_type(256).value()));
    bytes.bytes(value::to_bytes({std::int64_t{1}}, *value::integer_type()));
    EXPECT_EQ(std::get<crypto::Hash>(call.arguments[0].data), crypto::sha256(bytes.out()));
    EXPECT_TRUE(std::get<TestStore>(test.steps[4].node).value);  // an optional that is absent
}

// ---- types of another module, as they were ------------------------------------------------------

constexpr const char* PLACES = R"(contract places version 2.0.0
  zone +00:00
  regulators none
enum Level { open, closed since 2.0.0 }
record Place { ward: Text, level: Level, floor: Int since 2.0.0 default 3 }
upgrade Place from 1.0.0 (name: Text) = Place { ward: name, level: open, floor: 0 }
)";
constexpr const char* STORES = R"(contract stores version 1.0.0
  zone +00:00
  regulators none
use places
record Bed { place: Place, taken: Bool since 0.5.0 default false }
)";

TEST(CheckHistory, EachChoiceOfVersionsIsOneOlderType) {
    const Checked checked =
        check_texts({PLACES, std::string(STORES) + "store beds: Map<Text, Bed>\n"
                                                   "store levels: Map<Level, Level>\n"
                                                   "store count: Int default 0\n"});
    ASSERT_TRUE(checked.program) << checked.human();
    const Module& stores = checked.module("stores");
    // A place is one of two, and so is a bed; one of these four is what is stored now.
    EXPECT_EQ(stores.stores[0].older.size(), 3u);
    EXPECT_EQ(stores.stores[1].older.size(), 1u);
    EXPECT_TRUE(stores.stores[2].older.empty());
    ASSERT_EQ(stores.upgrade_uses.size(), 1u);
    EXPECT_EQ(checked.program->at(stores.upgrade_uses[0].upgrade).to->name, "places.Place");
    EXPECT_EQ(stores.field_defaults.size(), 1u);
    EXPECT_TRUE(checked.module("places").upgrade_uses.empty());  // it stores none
}

TEST(CheckHistory, KeysOfAnotherModulesTypesKeepTheirParts) {
    const Checked checked =
        check_texts({PLACES, std::string(STORES) + "store seen: Map<Place, Int>\n"});
    EXPECT_EQ(checked.codes(), std::vector<std::string>{"E0955"});
    EXPECT_NE(
        checked.human().find("the keys of `seen` had other parts in the first version of places: "
                             "they would not be found any more"),
        std::string::npos)
        << checked.human();
}

}  // namespace
}  // namespace edict::check
