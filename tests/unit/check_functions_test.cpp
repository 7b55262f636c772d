// Constants, functions and dated parameters: all three are gone when the checker is done.
#include <gtest/gtest.h>

#include "compiler/check/limits.h"
#include "tests/unit/check_support.h"

namespace edict::check {
namespace {

using Codes = std::vector<std::string>;

std::string in_contract(const std::string& declarations, const std::string& body) {
    return "contract till version 1.0.0\n  zone +08:00\n  regulators none\nrole clerk\nstore "
           "total: "
           "Int default 0\n" +
           declarations + "\naction act(n: Int, day: Date?) by clerk {\n" + body + "\n}\n";
}

Codes codes(const std::string& declarations, const std::string& body = "") {
    return check_texts({in_contract(declarations, body)}).codes();
}

std::string meaning(const std::string& declarations, const std::string& expression) {
    const Checked checked =
        check_texts({in_contract(declarations, "let it = " + expression + " else fail \"\"")});
    if (!checked.program) return "error " + checked.codes().front();
    const auto& let = std::get<Let>(checked.action("till", "act").body.front().node);
    return show(*checked.program, *let.value);
}

TEST(Constants, StandForTheirValues) {
    EXPECT_EQ(meaning("const MOST = 5", "n + MOST"), "(+ p0 5)");
    EXPECT_EQ(meaning("const MOST: Int 0..9 = 4 + 1", "MOST"), "5");
    EXPECT_EQ(meaning("const A = 5\nconst B = A", "B"), "5");
    EXPECT_EQ(codes("const A = 5\nconst A = 6"), Codes{"E0203"});
    EXPECT_EQ(codes("const A = total"), Codes{"E0314"});
    EXPECT_EQ(codes("const A = today"), Codes{"E0314"});
    EXPECT_EQ(codes("const A: Int 0..4 = 5"), Codes{"E0305"});
    EXPECT_EQ(codes("const n = 5", "total = n"), Codes{"E0202"});
}

TEST(Functions, ArePutInPlaceOfTheirNames) {
    EXPECT_EQ(meaning("function twice(x: Int) -> Int = x * 2", "twice(n)"),
              "(bind l0 p0 (* l0 2))");
    EXPECT_EQ(meaning("function twice(x: Int) -> Int = x * 2\nfunction four(x: Int) -> Int = "
                      "twice(twice(x))",
                      "four(x: n)"),
              "(bind l0 p0 (bind l2 (bind l1 l0 (* l1 2)) (* l2 2)))");
    EXPECT_EQ(meaning("function five() -> Int = 5", "five()"), "5");
    EXPECT_EQ(meaning("function first(d: Date) -> Date = start_of_year(d)", "first(day)"),
              "(bind l0 (unwrap p1) (calendar_day l0 3))");
    EXPECT_EQ(codes("function small(x: Int 0..5) -> Int = x", "total = small(9)"), Codes{"E0305"});
    EXPECT_EQ(codes("function f(x: Int) -> Text = x"), Codes{"E0301"});
    EXPECT_EQ(codes("function f(x: Int) -> Text = x", "total = count({ f(n) })"), Codes{"E0301"});
    EXPECT_EQ(codes("function f(x: Int) -> Int = x + total"), Codes{"E0324"});
    EXPECT_EQ(codes("function f(x: Int) -> Bool = has_role(caller, clerk)"), Codes{"E0324"});
    EXPECT_EQ(codes("function f(x: Int) -> Int = f(x)"), Codes{"E0325"});
    EXPECT_EQ(codes("function f(x: Int) -> Int = g(x)\nfunction g(x: Int) -> Int = f(x)"),
              Codes{"E0325"});
    EXPECT_EQ(codes("function year(x: Date) -> Int = 1"), Codes{"E0203"});
    EXPECT_EQ(codes("function f(x: Int) -> Int = x", "total = f()"), Codes{"E0312"});
    EXPECT_EQ(codes("function f(x: Int) -> Int = x", "total = fg(n)"), Codes{"E0211"});
    EXPECT_EQ(codes("function f(x: Int) -> Int = x\nstore s: Int default f(5)"), Codes{"E0314"});
}

TEST(Tables, ArePutInPlaceOfTheirNames) {
    EXPECT_EQ(meaning("table t(x: Int) -> Int first { <3 => 1 any => 2 }", "t(n)"),
              "(bind l0 p0 (if (< l0 3) 1 2))");
    EXPECT_EQ(meaning("table t(x: Int) -> Int first { 0..4 => 1 }", "t(x: n)"),
              "(bind l0 p0 (if (and (>= l0 0) (<= l0 4)) 1 (unwrap absent)))");
    // Rows that may disagree have no value where both fit; rows that agree or are apart do.
    EXPECT_EQ(
        meaning("table t(x: Int) -> Int unique { <3 => 1 >1 => 2 >9 => 2 }", "t(n)"),
        "(bind l0 p0 (if (< l0 3) (if (> l0 1) (unwrap absent) 1) (if (> l0 1) 2 (if (> l0 9) "
        "2 (unwrap absent)))))");
    EXPECT_EQ(
        meaning("table t(x: Date?) -> Int first { absent => 1 >=2026-01-01 => -2 }", "t(day)"),
        "(bind l0 p1 (if (== l0 absent) 1 (if (and (known (unwrap l0)) (>= (unwrap l0) "
        "2026-01-01)) -2 (unwrap absent))))");
    EXPECT_EQ(
        meaning("table t(x: Int) -> Bool first { {1, 2} => true !=7 => false }", "t(n)"),
        "(bind l0 p0 (if (or (== l0 1) (== l0 2)) true (if (!= l0 7) false (unwrap absent))))");
    EXPECT_EQ(codes("table t(x: Int) -> Int first { total => 1 }"), Codes{"E0314"});
    EXPECT_EQ(codes("table t(x: Int 0..5) -> Int first { 9 => 1 }"), Codes{"E0305"});
    EXPECT_EQ(codes("table t(x: Bool) -> Int first { <true => 1 }"), Codes{"E0332"});
    EXPECT_EQ(codes("table t(x: Int) -> Int first { 1, 2 => 1 }"), Codes{"E0332"});
    EXPECT_EQ(codes("table t(x: Int) -> Int first { 1 => 1 }", "total = t(n)"), Codes{"E0307"});
    EXPECT_EQ(codes("table year(x: Int) -> Int first { 1 => 1 }"), Codes{"E0203"});
}

TEST(Tables, HaveAtMostSoManyRows) {
    const auto table = [](std::size_t rows) {
        std::string all = "table t(x: Int) -> Int first {\n";
        for (std::size_t i = 0; i < rows; ++i) all += "  " + std::to_string(i) + " => 1\n";
        return all + "}\n";
    };
    EXPECT_EQ(codes(table(MAX_TABLE_ROWS)), Codes{});
    EXPECT_EQ(codes(table(MAX_TABLE_ROWS + 1)), Codes{"E0603"});
}

// Each function calls the one before it twice: 2^40 calls, if nothing stopped it.
TEST(Functions, AreNotManyTimesTheTextThatCallsThem) {
    std::string all = "function f0(x: Int) -> Int = x\n";
    for (int i = 1; i <= 40; ++i) {
        const std::string before = "f" + std::to_string(i - 1);
        all += "function f" + std::to_string(i) + "(x: Int) -> Int = " + before + "(x) + " +
               before + "(x)\n";
    }
    EXPECT_EQ(codes(all), Codes{"E0603"});
}

TEST(Parameters, AreTheValueOfTheLatestDate) {
    EXPECT_EQ(meaning("parameter cap: Int { from 2007-03-01: 5 from 2017-07-01: 7 }", "cap"),
              "(if (>= today 2017-07-01) 7 (if (>= today 2007-03-01) 5 (unwrap absent)))");
    EXPECT_EQ(codes("parameter cap: Int { from 2017-07-01: 5 from 2017-07-01: 7 }"),
              Codes{"E0323"});
    EXPECT_EQ(codes("parameter cap: Int { cites LAW \"5\" from 2017-07-01: 5 }"), Codes{"E0210"});
    EXPECT_EQ(codes("parameter cap: Int 0..4 { from 2017-07-01: 5 }"), Codes{"E0305"});
    EXPECT_EQ(codes("parameter cap: Int { from 2017-07-01: 5 }", "total = cap"), Codes{"E0307"});
    EXPECT_EQ(codes("parameter cap: Int { from 2017-07-01: 5 }\nfunction f() -> Int = cap"),
              Codes{"E0324"});
}

}  // namespace
}  // namespace edict::check
