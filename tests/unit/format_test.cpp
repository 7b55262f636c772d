// The layout of edict fmt, by examples.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/format/format.h"
#include "compiler/parse/helps.h"
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
        "必须 每个 e 取自 xs 满足 e 至多是 3\n  因为 \"no\"\n");
}

TEST(Format, a_right_is_one_word_in_chinese) {
    const std::string english =
        "regulation r version 1.0.0 governs c\nrule a on share: permit as of right\n";
    const std::string chinese = "法规 r 版本 1.0.0 管辖 c\n规则 a 有权 share\n";
    EXPECT_EQ(laid_out(english, parse::Language::chinese), chinese);
    EXPECT_EQ(laid_out(chinese), chinese);
    EXPECT_EQ(laid_out(chinese, parse::Language::english), english);
    EXPECT_EQ(laid_out("法规 r 版本 1.0.0 管辖 c\n规则 a 允许 有权 share\n"), chinese);
}

// Each is one declaration in English and as Chinese says it.
TEST(Format, each_sentence_has_the_word_order_of_its_language) {
    const std::pair<std::string_view, std::string_view> sentences[] = {
        // The norm and its act last: 允许共享.
        {"rule a\n  cites X \"1\"\n  on share, send when x is 1: permit\n  because \"b\"\n",
         "规则 a\n  依据 X \"1\"\n  当 x 是 1: 允许 share, send\n  因为 \"b\"\n"},
        {"rule a on share: permit\n", "规则 a 允许 share\n"},
        {"rule a\n  on hub.share: forbid\n  unless b because \"c\"\n",
         "规则 a\n  禁止 hub.share\n  除非 b 因为 \"c\"\n"},
        {"rule a on share when own: permit as of right\n", "规则 a 当 own: 有权 share\n"},
        // What must hold, and what must be done: first of what it is said.
        {"rule a on share when b: require c\n", "规则 a 对 share 当 b: 必须 c\n"},
        {"rule a on share: to must f(x, any) within 5 days after d\n  else g(to)\n",
         "规则 a 对 share: to 应当 d 之后 5 天 之内 f(x, 任一)\n  否则 g(to)\n"},
        {"rule a on share: b must f() within 5 days after if c then d else e\n",
         "规则 a 对 share: b 应当 如果 c 则 d 否则 e 之后 5 天 之内 f()\n"},
        {"rule a on share: b must f() within 5 days after after(s[b])\n",
         "规则 a 对 share: b 应当 调用后(s[b]) 之后 5 天 之内 f()\n"},
        {"invariant few for every (a, b) in s: s[(a, b)] is at most 3\n  because \"no\"\n",
         "不变量 few 对每个 (a, b) 取自 s: s[(a, b)] 至多是 3\n  因为 \"no\"\n"},
        // Actions by what they do.
        {"rule a on any action of hub: forbid\n", "规则 a 禁止 hub 的任何行为\n"},
        {"rule a on actions of hub that write s, t: require c\n",
         "规则 a 对 hub 写入 s, t 的行为: 必须 c\n"},
        {"observe actions of std.hub that read s { t = 1 }\n",
         "观察 std.hub 读取 s 的行为 { t = 1 }\n"},
        // Lines and comments within go along; where there is no place for them, nothing moves.
        {"rule a\n  on share\n    when b: permit  // why\n",
         "规则 a\n  当 b: 允许\n    share  // why\n"},
        {"rule a\n  // on purpose\n  on share:\n    permit\n",
         "规则 a\n  // on purpose\n  允许\n    share\n"},
        {"rule a\n  on  // what\n    share: permit\n", "规则 a\n  对  // what\n    share: 允许\n"},
        {"rule a\n  on share  // what\n    : permit\n",
         "规则 a\n  对 share  // what\n    : 允许\n"},
        {"counter n: sum x per (a, b) over 5 days\n  on share, send when c\n",
         "计数器 n: 对 share, send 当 c\n  近 5 天 按 (a, b) 合计 x\n"},
        {"counter n: count per sum x in xs of x on forbidden share\n",
         "计数器 n: 对 被禁止 share 按 合计 x 取自 xs 之 x 计数\n"},
        {"assert never permitted share when c\n", "断言 share 当 c 绝不 被允许\n"},
        {"assert never forbidden share, send\n", "断言 share, send 绝不 被禁止\n"},
        {"action f(t: Time) by anyone dated by t within 5 days {}\n",
         "行为 f(t: Time) 由 任何人 记日于 t 5 天 之内 {}\n"},
        {"action f() by duty {}\n", "行为 f() 由 义务 {}\n"},
        {"test \"t\" {\n  expect forbidden by a.b\n  expect forbidden by default\n  expect "
         "forbidden\n"
         "  expect breach by a\n  expect duty b must f(any)\n}\n",
         "测试 \"t\" {\n  预期 由 a.b 被禁止\n  预期 由 默认 被禁止\n  预期 被禁止\n"
         "  预期违约 由 a\n  预期义务 b 应当 f(任一)\n}\n"},
        {"rule a on share: require at least 2 of x in xs satisfies x is in ys and at most 1 of (b, "
         "c)\n",
         "规则 a 对 share: 必须 至少 2 个 x 取自 xs 满足 x 属于 ys 且 至多 1 个 (b, c)\n"},
        {"rule a on share when after(n[k]) is before: require has_role(after, b) and before(m) is "
         "before.c\n",
         "规则 a 对 share 当 调用后(n[k]) 是 before: 必须 持有角色(after, b) 且 调用前(m) 是 "
         "before.c\n"},
        {"rule a on share: require min x in xs of x is 1 and any is 2\n",
         "规则 a 对 share: 必须 最小 x 取自 xs 之 x 是 1 且 any 是 2\n"},
    };
    const std::string in_english = "regulation r version 1.0.0 governs c\n";
    const std::string in_chinese = "法规 r 版本 1.0.0 管辖 c\n";
    for (const auto& [english, chinese] : sentences) {
        const std::string one = in_english + std::string(english);
        const std::string other = in_chinese + std::string(chinese);
        EXPECT_EQ(laid_out(one, parse::Language::chinese), other);
        EXPECT_EQ(laid_out(other, parse::Language::english), one);
        EXPECT_EQ(laid_out(one), one);
        EXPECT_EQ(laid_out(other), other);
    }
}

// What stands between backquotes and is more than a word.
std::vector<std::string> examples_in(std::string_view text) {
    std::vector<std::string> out;
    while (text.find('`') != std::string_view::npos) {
        text.remove_prefix(text.find('`') + 1);
        const std::string_view quote = text.substr(0, text.find('`'));
        text.remove_prefix(quote.size() + 1);
        if (quote.find(' ') != std::string_view::npos) out.emplace_back(quote);
    }
    return out;
}

// Where an example may stand, in English; `…` is the example.
constexpr std::string_view PLACES[] = {
    "…",
    "rule n …: require c",
    "rule n on a: …",
    "rule n cites S \"1\" … on a: permit",
    "rule n on a: permit …",
    "rule n on a …: permit",
    "const n = …",
    "record R { … }",
    "table t(a: Int) -> Int …",
    "action f() by …",
    "action f() … { }",
    "action f() by r { … }",
    "table t(a: Int, b: Int) -> Int unique { … }",
    "test \"t\" { expect … }",
    "test \"t\" { … }",
};

std::string with(std::string_view place, std::string_view example) {
    const std::size_t gap = place.find("…");
    return std::string(place.substr(0, gap)) + std::string(example) +
           std::string(place.substr(gap + std::string_view("…").size()));
}

// The example without what it leaves out.
std::string without_gaps(std::string example) {
    for (std::size_t at; (at = example.find(" … ")) != std::string::npos;)
        example.replace(at, std::string_view(" … ").size(), "");
    return example;
}

// As edict fmt writes the file in Chinese in which the example stands; empty: it stands nowhere.
std::string file_in_chinese(const std::string& example) {
    const std::string header = "regulation r version 1.0.0 governs c\n";
    if (example.starts_with("contract ") || example.starts_with("regulation "))
        return laid_out(example, parse::Language::chinese);
    for (const std::string_view place : PLACES) {
        const std::string out = laid_out(header + with(place, example), parse::Language::chinese);
        if (!out.starts_with("f.edict:")) return out;
    }
    return "";
}

// An example is a text of the language, and in Chinese what edict fmt would write.
TEST(Format, examples_of_messages_are_texts_of_both_languages) {
    std::size_t count = 0;
    for (const std::string_view help : parse::syntax_helps()) {
        for (const std::string& example : examples_in(help)) {
            const std::string quoted = "`" + example + "`";
            std::string shown = parse::with_quoted_keywords(quoted, parse::Language::chinese);
            shown = without_gaps(shown.substr(1, shown.size() - 2));
            const std::string file = file_in_chinese(without_gaps(example));
            EXPECT_FALSE(file.empty()) << example;
            EXPECT_NE(file.find(shown), std::string::npos) << shown << "\n" << file;
            ++count;
        }
    }
    EXPECT_GE(count, 50U);
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
        "  对 share: to 应当 5 个工作日 之内 hub.report(name, 任一)\n"
        "  否则 stop(to)\n"
        "规则 later\n"
        "  对 share: 每个 p 取自 ps 应当 until[(p, name)] 之后 1 日 之内 report(f(name))  // soon\n"
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
