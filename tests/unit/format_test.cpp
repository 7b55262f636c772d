// The layout of edict fmt, by examples.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/format/format.h"
#include "compiler/source/render.h"

namespace edict::format {
namespace {

std::string laid_out(std::string text, std::optional<parse::Language> keywords = std::nullopt,
                     const std::string& path = "f.edict") {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, std::move(text));
    const auto out = format(*file, sources, {keywords}, diagnostics);
    return out ? *out : render(diagnostics, sources, source::Form::brief);
}

// Of declarations of a regulation.
std::string body(const std::string& text) {
    const std::string header = "regulation r version 1.0.0 governs c\n";
    const std::string out = laid_out(header + text);
    return out.starts_with(header) ? out.substr(header.size()) : out;
}

TEST(Format, spaces_are_made_anew) {
    EXPECT_EQ(body("store  s :Map< Party ,Int -5 .. 10>default 0"),
              "store s: Map<Party, Int -5..10> default 0\n");
    EXPECT_EQ(body("action f( a:Int?,b :Set<Text,8> )by x,y{s [ a ]= - 1+b . c*( 2-1 )}"),
              "action f(a: Int?, b: Set<Text, 8>) by x, y { s[a] = -1 + b.c * (2 - 1) }\n");
    EXPECT_EQ(body("action f() by x { d = Dataset{a:1,b:{}} e = {a,\"b\"} g(x:-1) }"),
              "action f() by x { d = Dataset { a: 1, b: {} } e = { a, \"b\" } g(x: -1) }\n");
    EXPECT_EQ(body("role a,b   // why"), "role a, b  // why\n");
}

TEST(Format, the_header_and_its_lines) {
    EXPECT_EQ(
        laid_out("\xEF\xBB\xBFregulation r version 1.0.0\r\n\tgoverns c\r\nzone +08:00\r\n"
                 "default forbid share // no\r\nrole a role b\r\n\r\n\r\n\r\nuse std.x"),
        "regulation r version 1.0.0\n  governs c\n  zone +08:00\n  default forbid share  // no\n"
        "role a\nrole b\n\nuse std.x\n");
}

TEST(Format, rules_have_a_line_for_each_clause_that_had_one) {
    EXPECT_EQ(
        body("rule a\n cites X \"1\"\n// on purpose\non share when a\n and b: permit\n"
             "because \"no\"\nunless c because \"d\"\nunless e\nbecause \"f\"\ncites X \"2\"\n"
             "unless g"),
        "rule a\n  cites X \"1\"\n  // on purpose\n  on share when a\n    and b: permit\n"
        "  because \"no\"\n  unless c because \"d\"\n  unless e\n    because \"f\"\n"
        "    cites X \"2\"\n  unless g\n");
    EXPECT_EQ(body("rule a on share: permit"), "rule a on share: permit\n");
    EXPECT_EQ(body("rule a on share:\nrequire x"), "rule a on share:\n  require x\n");
}

TEST(Format, tables_have_a_line_for_each_row_that_had_one) {
    EXPECT_EQ(body("table t(a:Int,l:Level)->Int unique{\n<30,any=>1\n>= 30 , low..mid =>-2\nis at "
                   "least 3,{low ,high}=>3\n!=4, - 3..2 =>\n 5}"),
              "table t(a: Int, l: Level) -> Int unique {\n  <30, any => 1\n  >=30, low..mid => -2\n"
              "  >=3, { low, high } => 3\n  !=4, -3..2 =>\n    5\n}\n");
    EXPECT_EQ(body("table t(a: Int) -> Int first { <3 => 1 >=3 => 2 }"),
              "table t(a: Int) -> Int first { <3 => 1 >=3 => 2 }\n");
}

TEST(Format, words_in_rules_and_signs_in_actions) {
    EXPECT_EQ(
        body("rule a on share when x==1 and y>=2 or z != 3 and m[k]<n: permit"),
        "rule a on share when x is 1 and y is at least 2 or z is not 3 and m[k] is less than n: "
        "permit\n");
    EXPECT_EQ(body("action f(p: Set<Int, 3>) by x { if a is b and c is  not  less  than d { remove "
                   "m[k] } }"),
              "action f(p: Set<Int, 3>) by x { if a == b and c >= d { remove m[k] } }\n");
    EXPECT_EQ(body("rule a on share when x is not more than 3: permit"),
              "rule a on share when x is not more than 3: permit\n");
    EXPECT_EQ(body("test \"t\" { expect a is 1 expect b == 2 }"),
              "test \"t\" { expect a is 1 expect b == 2 }\n");
}

TEST(Format, blocks_of_several_lines) {
    EXPECT_EQ(
        body(
            "action f() by x { if a {\n\n b = 1 // one\n c = {\n1,\n-2 }\n\n}\n else {\nlet d = e\n"
            "else fail \"x\"\nf = g\n+ h\n// last\n} }"),
        "action f() by x {\n  if a {\n    b = 1  // one\n    c = {\n      1,\n      -2\n    }\n  "
        "}\n"
        "  else {\n    let d = e\n      else fail \"x\"\n    f = g\n      + h\n    // last\n  "
        "}\n}\n");
    EXPECT_EQ(body("enum E { a,\nb }"), "enum E {\n  a,\n  b\n}\n");
    EXPECT_EQ(body("action f(\na: Int,\nb: Int) by x { }"),
              "action f(\n  a: Int,\n  b: Int) by x {}\n");
}

TEST(Format, comments_stay) {
    EXPECT_EQ(body("// one\n\n// two  \nrule a on b: permit // three\n// four\n\n// five"),
              "// one\n\n// two\nrule a on b: permit  // three\n// four\n\n// five\n");
    EXPECT_EQ(laid_out("// first\n\n\ncontract c version 1.0.0"),
              "// first\n\ncontract c version 1.0.0\n");
}

TEST(Format, comments_after_code_stand_in_one_column) {
    EXPECT_EQ(body("enum E {\na, // one\nlonger, // two\n// between\nb // three\n}"),
              "enum E {\n  a,       // one\n  longer,  // two\n  // between\n  b  // three\n}\n");
    EXPECT_EQ(body("role 规定 // one\nrole a // two\n\nrole bcde // three"),
              "role 规定  // one\nrole a     // two\n\nrole bcde  // three\n");
    // A line that is much longer leaves the others where they are.
    const std::string name(60, 'x');
    EXPECT_EQ(body("role a // one\nrole " + name + " // two"),
              "role a  // one\nrole " + name + "  // two\n");
}

TEST(Format, names_that_are_written_like_keywords_stay_in_both_languages) {
    const std::string english =
        "contract c version 1.0.0\n"
        "action share(to: Party, from: Int) by test {\n"
        "  if to in xs and from >= 1 { add to to xs }\n"
        "  fail \"{to} {if from == 1 then to else from} \\{if\\}\"\n"
        "}\n";
    const std::string chinese =
        "合约 c 版本 1.0.0\n"
        "行为 share(to: Party, from: Int) 由 test {\n"
        "  如果 to 在 xs 且 from >= 1 { 加入 to 到 xs }\n"
        "  失败 \"{to} {如果 from == 1 则 to 否则 from} \\{if\\}\"\n"
        "}\n";
    EXPECT_EQ(laid_out(english), english);
    EXPECT_EQ(laid_out(english, parse::Language::chinese), chinese);
    EXPECT_EQ(laid_out(chinese), chinese);
    EXPECT_EQ(laid_out(chinese, parse::Language::english), english);
}

TEST(Format, a_rule_in_chinese) {
    EXPECT_EQ(
        laid_out(
            "regulation r version 1.0.0 governs c\n"
            "rule a\n  cites X \"1\"\n  overrides b\n  on share when x == 1 and y is not in z: "
            "require every e in xs satisfies e is at most 3\n  because \"no\"\n",
            parse::Language::chinese),
        "法规 r 版本 1.0.0 管辖 c\n"
        "规则 a\n  依据 X \"1\"\n  优先于 b\n  对 share 当 x 是 1 且 y 不属于 z: "
        "必须 每个 e 在 xs 满足 e 至多是 3\n  因为 \"no\"\n");
}

TEST(Format, a_right_is_one_word_in_chinese) {
    const std::string english =
        "regulation r version 1.0.0 governs c\nrule a on share: permit as of right\n";
    const std::string chinese = "法规 r 版本 1.0.0 管辖 c\n规则 a 对 share: 有权\n";
    EXPECT_EQ(laid_out(english, parse::Language::chinese), chinese);
    EXPECT_EQ(laid_out(chinese), chinese);
    EXPECT_EQ(laid_out(chinese, parse::Language::english), english);
    EXPECT_EQ(laid_out("法规 r 版本 1.0.0 管辖 c\n规则 a 对 share: 允许 有权\n"), chinese);
}

// In Chinese the time comes before the act.
TEST(Format, a_duty_has_the_word_order_of_its_language) {
    const std::string english =
        "regulation r version 1.0.0 governs c\n"
        "rule tell\n"
        "  on share: to must hub.report(name, any) within 5 working days\n"
        "  else stop(to)\n"
        "rule later\n"
        "  on share: every p in ps must report(f(name)) within 1 day after until[(p, name)]  // "
        "soon\n"
        "  because \"late\"\n";
    const std::string chinese =
        "法规 r 版本 1.0.0 管辖 c\n"
        "规则 tell\n"
        "  对 share: to 应当 限于 5 个工作日 hub.report(name, any)\n"
        "  否则 stop(to)\n"
        "规则 later\n"
        "  对 share: 每个 p 在 ps 应当 until[(p, name)] 之后 限于 1 日 report(f(name))  // soon\n"
        "  因为 \"late\"\n";
    EXPECT_EQ(laid_out(english, parse::Language::chinese), chinese);
    EXPECT_EQ(laid_out(chinese, parse::Language::english), english);
    for (const std::string& text : {english, chinese}) EXPECT_EQ(laid_out(text), text);
    EXPECT_EQ(laid_out(english, parse::Language::english), english);
    EXPECT_EQ(laid_out(chinese, parse::Language::chinese), chinese);
}

// Lines and comments stay where they are, whatever words stand on them.
TEST(Format, a_duty_over_several_lines_comes_back_as_it_was) {
    const std::string english =
        "regulation r version 1.0.0 governs c\n"
        "rule soon\n"
        "  on share when x is more than 1: any office must report(  // which\n"
        "    any,\n"
        "    name) within 24 hours  // at once\n"
        "    after until[name]\n"
        "  unless small\n";
    const std::string turned = laid_out(english, parse::Language::chinese);
    EXPECT_EQ(laid_out(turned, parse::Language::english), laid_out(english));
    EXPECT_EQ(std::ranges::count(turned, '\n'), std::ranges::count(english, '\n'));
    EXPECT_NE(turned, english);
}

TEST(Format, of_literate_source_the_prose_stays) {
    EXPECT_EQ(
        laid_out("# A  title\n\n  prose   \n```edict\ncontract   c version 1.0.0\n```\n\n* more\n"
                 "```edict\nrole  a\nrole b\n\n```\nend",
                 std::nullopt, "f.edict.md"),
        "# A  title\n\n  prose   \n```edict\ncontract c version 1.0.0\n```\n\n* more\n"
        "```edict\nrole a\nrole b\n```\nend");
}

TEST(Format, a_text_with_a_mistake_has_no_layout) {
    EXPECT_EQ(laid_out("contract c version 1.0.0\nstore s Int"),
              "f.edict:2:9: error[E0101]: expected `:`, but `Int` stands here\n");
    EXPECT_EQ(
        laid_out(""),
        "f.edict:1:1: error[E0119]: this file does not begin with a contract or a regulation\n");
}

}  // namespace
}  // namespace edict::format
