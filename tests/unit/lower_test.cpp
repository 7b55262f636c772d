// The lowering: what statements do once they are code, what a module's bytes depend on, and where
// its companion points.
#include <gtest/gtest.h>

#include "tests/unit/lower_support.h"
#include "vm/bytecode/debug.h"
#include "vm/call/case.h"
#include "vm/runtime/interpreter.h"

namespace edict::lower {
namespace {

// A contract that nobody governs, with an action that holds the statements, and test blocks.
std::string contract(const std::string& statements, const std::string& tests = "") {
    return R"(contract desk version 1.0.0
  zone +00:00
  regulators none
role clerk
event Noted(word: Text, n: Int)
record Box { size: Int 0..100, label: Text?, tags: Set<Text, 3> }
store boxes: Map<Text, Box>
store count_of: Map<Text, Int 0..1_000> default 0
store total: Int default 0
store latest: Date
action act(n: Int, word: Text, words: Set<Text, 4>) by clerk {
)" + statements +
           "\n}\n" + tests;
}

// Runs the tests of a text; all failures, one a line.
std::string failures(const std::vector<std::string>& texts) {
    const cli::Compilation made = compiled(texts);
    if (!made.linked) return said(made);
    runtime::Interpreter engine;
    std::string failed;
    for (const check::Module& module : made.program->modules) {
        for (const check::Test& test : module.tests) {
            const call::CaseReport report =
                call::run_case(*made.linked, to_case(*made.program, test), engine);
            for (const call::CaseFailure& failure : report.failures)
                failed += test.name + ": " + failure.message + "\n";
        }
    }
    return failed;
}

struct StatementCase {
    const char* name;
    const char* statements;
    const char* test;  // after `call act(3, "a", { "x", "y" }) by ann`
};

class Statements : public testing::TestWithParam<StatementCase> {};

TEST_P(Statements, DoWhatTheySay) {
    const std::string test =
        std::string("test \"it\" {\n  parties ann: clerk\n") +
        "  given boxes[\"a\"] = Box { size: 7, label: absent, tags: { \"t\" } }\n" +
        "  at 2026-02-01\n  call act(3, word: \"a\", words: { \"x\", \"y\" }) by ann\n  " +
        GetParam().test + "\n}\n";
    EXPECT_EQ(failures({contract(GetParam().statements, test)}), "");
}

INSTANTIATE_TEST_SUITE_P(
    Lowering, Statements,
    testing::Values(
        StatementCase{"assign", "total = n + 1", "expect committed expect total == 4"},
        StatementCase{"assign_compound", "count_of[word] += n  count_of[word] += n",
                      "expect count_of[\"a\"] == 6"},
        StatementCase{"assign_field",
                      "let b = boxes[word] else fail \"no\"  boxes[word] = b  total = b.size + 2",
                      "expect total == 9"},
        StatementCase{"let_otherwise", "let b = boxes[\"none\"] else fail \"no box {word}, {n}\"",
                      "expect failed \"no box a, 3\""},
        StatementCase{"let_goes_on", "let b = boxes[word] else fail \"no\"  total = b.size",
                      "expect total == 7"},
        StatementCase{"fail_plain", "fail \"closed\"", "expect failed \"closed\""},
        StatementCase{"after_fail_nothing_runs", "if n > 2 { fail \"big\" }  total = 1",
                      "expect failed \"big\" expect total == 0"},
        StatementCase{"if_else", "if n > 5 { total = 1 } else { total = 2 }", "expect total == 2"},
        StatementCase{"if_both_end", "if n > 5 { fail \"a\" } else { fail \"b\" }",
                      "expect failed \"b\""},
        StatementCase{"for_each", "for w in words { count_of[w] += n  total += 1 }",
                      "expect total == 2 expect count_of[\"x\"] == 3 expect count_of[\"y\"] == 3"},
        StatementCase{"for_in_for",
                      "for w in words { for v in words { if w != v { total += 1 } } }",
                      "expect total == 2"},
        StatementCase{"for_that_fails", "for w in words { fail \"at {w}\" }",
                      "expect failed \"at x\""},
        StatementCase{"remove", "remove boxes[word]", "expect boxes[\"a\"] == absent"},
        StatementCase{"out_of_range", "count_of[word] += 2_000", "expect failed"},
        StatementCase{"overflow", "total = n * 9_223_372_036_854_775_807", "expect failed"},
        StatementCase{"nothing_stays", "total = 5  count_of[word] += 2_000",
                      "expect failed expect total == 0"},
        StatementCase{"reads_own_write", "total = 5  total = total + n", "expect total == 8"},
        StatementCase{"set_changes", "total = count(words union { \"z\" })", "expect total == 3"},
        StatementCase{"choice", "total = if n > 2 then 10 else 20", "expect total == 10"},
        StatementCase{"date", "latest = today", "expect latest == 2026-02-01"},
        StatementCase{"emit", "emit Noted(word, n)", "expect committed"},
        StatementCase{"nothing", "", "expect committed"}),
    [](const auto& one) { return one.param.name; });

TEST(Lowering, CallsOfAnotherContractRunThere) {
    const std::string inner = R"(contract inner version 1.0.0
  regulators none
role clerk
store seen: Map<Party, Int> default 0
action see(n: Int 0..9) by anyone {
  if n > 5 { fail "{n} is too much" }
  seen[caller] += n
}
)";
    const std::string outer = R"(contract outer version 1.0.0
  zone +00:00
  regulators none
use inner
role clerk
store done: Int default 0
action go(n: Int 0..9) by clerk { done += 1  inner.see(n) }
test "the inner action runs" {
  parties ann: clerk
  at 2026-02-01
  call go(2) by ann
  expect committed
  expect done == 1
}
test "the inner failure ends the call" {
  parties ann: clerk
  at 2026-02-01
  call go(6) by ann
  expect failed "6 is too much"
  expect done == 0
}
)";
    EXPECT_EQ(failures({inner, outer}), "");
}

TEST(Lowering, EqualTypesAndConstantsStandOnce) {
    const auto made =
        compiled({contract("total = 7  total = 7 + n  count_of[\"k\"] = 7\n"
                           "count_of[\"l\"] = 7")});
    ASSERT_TRUE(made.lowered) << said(made);
    const bytecode::Module& module = *made.lowered->modules.front();
    for (std::size_t i = 0; i < module.types.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_FALSE(same_type(*module.types[i], *module.types[j])) << i << " " << j;
    }
    for (std::size_t i = 0; i < module.constants.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_FALSE(module.constants[i].type == module.constants[j].type &&
                         module.constants[i].value == module.constants[j].value);
    }
}

TEST(Lowering, CommentsAndTestsChangeNoHash) {
    const auto plain = compiled({contract("total = n")});
    const auto noted =
        compiled({"// a comment\n\n" +
                  contract("total   =   n  // here too", "test \"t\" { parties a: clerk }\n")});
    const auto other = compiled({contract("total = n + 0")});
    ASSERT_TRUE(plain.lowered && noted.lowered && other.lowered) << said(noted);
    EXPECT_EQ(plain.lowered->hashes, noted.lowered->hashes);
    EXPECT_NE(plain.lowered->hashes, other.lowered->hashes);
}

TEST(Lowering, ModulesAreLinkedByTheHashOfWhatTheyUse) {
    const std::string rules =
        "regulation rules version 1.0.0 governs hub\n  default permit\n"
        "rule r on go when n is more than 3: forbid\n";
    const std::string hub =
        "contract hub version 1.0.0\n  regulators clerk\nrole clerk\n"
        "action go(n: Int) by clerk { }\n";
    const auto first = compiled({hub, rules});
    const auto second = compiled({hub + "store more: Int default 1\n", rules});
    ASSERT_TRUE(first.lowered && second.lowered) << said(first) << said(second);
    ASSERT_EQ(first.lowered->modules[1]->imports.size(), 1u);
    EXPECT_EQ(first.lowered->modules[1]->imports[0].hash, first.lowered->hashes[0]);
    EXPECT_NE(first.lowered->hashes[1], second.lowered->hashes[1]);
}

TEST(Lowering, TheCompanionPointsAtTheText) {
    const auto made =
        compiled({contract("total = n\n  let b = boxes[\"none\"] else fail \"gone\"")});
    ASSERT_TRUE(made.lowered) << said(made);
    const bytecode::Module& module = *made.lowered->modules.front();
    const bytecode::DebugInfo& companion = made.lowered->companions.front();
    EXPECT_EQ(companion.module, made.lowered->hashes.front());
    ASSERT_EQ(companion.functions.size(), module.functions.size());
    const auto& code = module.functions[0].code;
    for (std::uint32_t i = 0; i < code.size(); ++i) {
        if (code[i].op != bytecode::Opcode::fail) continue;
        const auto range = bytecode::range_of(companion, 0, i);
        ASSERT_TRUE(range);
        const source::Span span{source::FileId{0}, range->begin, range->end};
        EXPECT_EQ(made.sources.text(span), "let b = boxes[\"none\"] else fail \"gone\"");
    }
    EXPECT_EQ(bytecode::encode(*bytecode::decode_debug(bytecode::encode(companion))),
              bytecode::encode(companion));
}

TEST(Lowering, EveryBuiltModuleDecodes) {
    const auto made = compiled({contract("for w in words { count_of[w] += n }")});
    ASSERT_TRUE(made.lowered) << said(made);
    const base::Bytes bytes = bytecode::encode(*made.lowered->modules.front());
    const auto again = bytecode::decode(bytes);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(bytecode::encode(*again), bytes);
}

}  // namespace
}  // namespace edict::lower
