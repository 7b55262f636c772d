// What the parser says about mistakes, and that it says each once.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/ast/print.h"
#include "compiler/parse/parse.h"
#include "compiler/source/render.h"

namespace edict::parse {
namespace {

using source::Form;

std::string errors_of(std::string_view text, Form form = Form::brief) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("f", std::string(text));
    static_cast<void>(parse(*file, sources, diagnostics));
    diagnostics.sort();
    return render(diagnostics, sources, form);
}

// Of one declaration, which stands on line 2.
std::string errors_in(std::string_view declaration) {
    return errors_of("contract c version 1.0.0\n" + std::string(declaration));
}

struct Case {
    std::string_view text;
    std::string_view errors;
};

TEST(ParseErrors, say_what_is_wrong_in_words_of_the_trade) {
    const Case cases[] = {
        {"rule r cites S \"1\" on a when b permit",
         "f:2:32: error[E0101]: a colon is missing before `permit`\n"},
        {"rule r on a when b = c: permit",
         "f:2:20: error[E0101]: `=` changes a store; it does not compare\n"},
        {"rule r when b: permit",
         "f:2:22: error[E0101]: this rule does not say on which action it is\n"},
        {"rule r when b: require c",
         "f:2:16: error[E0101]: this rule does not say on which action it is\n"},
        {"rule r when b permit a", "f:2:15: error[E0101]: a colon is missing before `permit`\n"},
        {"rule r cites S on a: permit",
         "f:2:16: error[E0101]: expected a text in quotes, but `on` stands here\n"},
        {"rule on on a: permit",
         "f:2:6: error[E0118]: `on` is a word of the language and cannot be a name\n"},
        {"rule r on a:",
         "f:2:13: error[E0101]: expected a value, `permit`, `forbid` or `require`, but the "
         "declaration ends\n"},
        {"action f(when: Date) by r { }",
         "f:2:10: error[E0118]: `when` is a word of the language and cannot be a name\n"},
        {"action f() { }", "f:2:12: error[E0101]: this action does not say who may call it\n"},
        {"action f() by r { s = }",
         "f:2:23: error[E0101]: expected a value, but `}` stands here\n"},
        {"action f() by r { s }", "f:2:19: error[E0101]: this line does nothing\n"},
        {"action f() by r { if a { }", "f:2:17: error[E0101]: this `{` is never closed\n"},
        {"action f() by r { } }",
         "f:2:21: error[E0101]: expected the end of the declaration, but `}` "
         "stands here\n"},
        {"action f() by r { s = (1 }", "f:2:26: error[E0101]: expected `)`, but `}` stands here\n"},
        {"action f() by r { f() = 3 }", "f:2:19: error[E0113]: only a store can be changed\n"},
        {"action f() by r { s = (a + c)(b) }", "f:2:23: error[E0112]: only a name can be called\n"},
        {"record R { a: Bool b: Int, c: Date }",
         "f:2:20: error[E0101]: there is no comma before `b`\n"},
        {"action f(a: Bool b: Int) by r { }",
         "f:2:18: error[E0101]: there is no comma before `b`\n"},
        {"store s Int", "f:2:9: error[E0101]: expected `:`, but `Int` stands here\n"},
        {"store s: Set<Text>",
         "f:2:10: error[E0101]: Set takes a type and how many elements it holds "
         "at most\n"},
        {"store s: Int 0..9_223_372_036_854_775_808",
         "f:2:17: error[E0107]: this number does not fit into an Int\n"},
        {"store s: Date default 2025-02-29", "f:2:23: error[E0105]: there is no day 2025-02-29\n"},
        {"role a && b", "f:2:8: error[E0102]: Edict does not use the character `&`\n"},
        {"source S \"title", "f:2:10: error[E0103]: this text has no closing quote on its line\n"},
        {"action f() by r { fail \"a {b\" }", "f:2:27: error[E0108]: this `{` is not closed\n"},
        {"action f() by r { fail \"a } b\" }",
         "f:2:27: error[E0108]: this `}` has no `{` before it\n"},
        {"action f() by r { fail \"{a b}\" }",
         "f:2:28: error[E0101]: expected the end of the expression, but `b` stands here\n"},
        {"action f() by r { fail \"\\q\" }", "f:2:25: error[E0104]: this escape does not exist\n"},
        {"rule r on a when b < c < d: permit",
         "f:2:24: error[E0109]: two comparisons stand in a row\n"},
        {"rule r effective from 2026-01-01 cites S \"1\" on a: permit",
         "f:2:34: error[E0111]: `cites` stands before `effective`\n"},
        {"rule r on a: permit unless b because \"x\" because \"y\"",
         "f:2:42: error[E0111]: `because` of the rule stands before its `unless`\n"},
        {"test \"t\" { expect a > b }", "f:2:19: error[E0114]: a test cannot expect this\n"},
        {"test \"t\" { call f() }", "f:2:21: error[E0101]: expected `by`, but `}` stands here\n"},
        {"test \"t\" { at 2026-01-01 24:00 }", "f:2:26: error[E0105]: there is no time 24:00\n"},
        {"invariant total is at most 5",
         "f:2:17: error[E0101]: expected `:`, but `is at most` stands here\n"},
        {"initial total = 5", "f:2:9: error[E0101]: expected `{`, but `total` stands here\n"},
        {"upgrade Bed from 1.0 (a: Text) = a",
         "f:2:18: error[E0101]: expected a version like 1.0.0, but `1.0` stands here\n"},
        {"rul r on a: permit", "f:2:1: error[E0101]: no declaration starts with `rul`\n"},
        {"role a role",
         "f:2:8: error[E0101]: expected the end of the declaration, but `role` stands "
         "here\n"},
    };
    for (const Case& one : cases) EXPECT_EQ(errors_in(one.text), one.errors) << one.text;
}

TEST(ParseErrors, what_a_later_version_will_read_gives_one_clear_message) {
    const Case cases[] = {
        {"store s: Float", "the type Float"},
    };
    for (const Case& one : cases) {
        const std::string errors = errors_in(one.text);
        EXPECT_NE(errors.find("error[E0110]: not in this version of Edict: " +
                              std::string(one.errors) + "\n"),
                  std::string::npos)
            << errors;
        EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
    }
}

TEST(ParseErrors, five_mistakes_give_five_messages) {
    EXPECT_EQ(
        errors_of(R"(regulation data_export version 2.1.0 governs hub
  zone +08:00
  default forbid share
  default silnt

source PIPL rank law in force 2021-11-01 "Personal Information Protection Law"

store approved_until: Map<(Party, Text), Date
action approve(to: Party, until: Date) by ministry {
  approved_until[(to, "x"] = until

rule research_use
  cites PIPL "3.2"
  on share when purpose is research and permit

rule emergency
  on share when purpose is care: permit

test "an emergency" {
  parties a: hospital
  call share(to: a) by a
  expect committed
}
)"),
        "f:4:11: error[E0101]: expected `permit`, `forbid` or `silent`, but `silnt` stands here\n"
        "f:6:22: error[E0101]: expected the end of the declaration, but `in` stands here\n"
        "f:8:46: error[E0101]: expected `>`, but the declaration ends\n"
        "f:10:26: error[E0101]: expected `)`, but `]` stands here\n"
        "f:14:41: error[E0101]: expected a value, but `permit` stands here\n");
}

TEST(ParseErrors, several_mistakes_in_one_declaration_are_all_told) {
    EXPECT_EQ(errors_of(R"(contract c version 1.0.0
action f(a: Int) by r {
  s = = 1
  let x = m[a]
  if x > 
  emit E(a b)
  t = 3
}
test "t" {
  parties a: r
  given s 3
  call f(1) by
  expect committed
  expect
}
)"),
              "f:3:7: error[E0101]: expected a value, but `=` stands here\n"
              "f:5:8: error[E0101]: expected a value after `>`\n"
              "f:6:12: error[E0101]: expected `)`, but `b` stands here\n"
              "f:11:11: error[E0101]: expected `=`, but `3` stands here\n"
              "f:13:10: error[E0101]: expected `}`, but `committed` stands here\n");
}

TEST(ParseErrors, a_missing_brace_does_not_hide_what_follows) {
    EXPECT_EQ(errors_of("contract c version 1.0.0\n"
                        "record R { a: Int\n"
                        "event E(a Int)\n"
                        "store s: R"),
              "f:2:10: error[E0101]: this `{` is never closed\n"
              "f:3:11: error[E0101]: expected `:`, but `Int` stands here\n");
}

TEST(ParseErrors, a_file_is_one_module) {
    EXPECT_EQ(errors_of(""),
              "f:1:1: error[E0119]: this file does not begin with a contract or a regulation\n");
    EXPECT_EQ(errors_of("\n role a"),
              "f:2:2: error[E0119]: this file does not begin with a contract or a regulation\n");
    EXPECT_EQ(errors_of("contract a version 1.0.0\nrole r\ncontract b version 1.0.0\nrole"),
              "f:3:1: error[E0119]: a file holds one module\n");
    EXPECT_EQ(errors_of("contract a version 1.0"),
              "f:1:20: error[E0101]: expected a version like 1.0.0, but `1.0` stands here\n");
    EXPECT_EQ(errors_of("contract a\nrole r"),
              "f:1:11: error[E0101]: expected `version`, but the declaration ends\n");
    EXPECT_EQ(errors_of("contract a version 1.0.0 zone +15:00"),
              "f:1:31: error[E0105]: no time zone is +15:00 from UTC\n");
    EXPECT_EQ(errors_of("contract a version 1.0.0 governs b"),
              "f:1:26: error[E0111]: a contract governs nothing\n");
    EXPECT_EQ(errors_of("regulation a version 1.0.0 governs b regulators c"),
              "f:1:38: error[E0111]: a regulation has no `regulators`\n");
}

TEST(ParseErrors, what_could_be_read_is_in_the_tree) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("f", "contract c version 1.0.0\nrole a\nstore s\nrole b");
    const auto tree = parse(*file, sources, diagnostics);
    ASSERT_TRUE(tree.has_value());
    EXPECT_EQ(ast::print(*tree), "(contract c 1.0.0)\n(role a)\n(role b)\n");
    EXPECT_EQ(diagnostics.errors(), 1u);
}

TEST(ParseErrors, the_human_form_shows_the_line_and_an_example) {
    EXPECT_EQ(
        errors_of("contract c version 1.0.0\naction f() {\n}\n", Form::human),
        "error E0101: this action does not say who may call it\n"
        "  f:2:12\n"
        "    |\n"
        "  2 | action f() {\n"
        "    |            ^\n"
        "  help: say it before the brace: `action share(to: Party) by hospital { … }`, or `by "
        "anyone`\n"
        "\n"
        "1 error\n");
}

TEST(ParseErrors, a_declaration_without_its_first_words_hides_no_other) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("f",
                                  "contract c version 1.0.0\n"
                                  "enum A { a }\nupgrade R (b: Int) = b\n"
                                  "enum B { b }\nevent (a: Int)\nconst = 5\n\n  invariant: true\n"
                                  "enum C { c }\npersonal enum D { d }\nenum E { e }\n");
    const auto tree = parse(*file, sources, diagnostics);
    ASSERT_TRUE(tree.has_value());
    EXPECT_EQ(ast::print(*tree),
              "(contract c 1.0.0)\n(enum A a)\n(enum B b)\n(enum C c)\n(enum E e)\n");
    diagnostics.sort();
    EXPECT_EQ(render(diagnostics, sources, Form::brief),
              "f:3:11: error[E0101]: expected `from`, but `(` stands here\n"
              "f:5:7: error[E0101]: this `event` has no name\n"
              "f:6:7: error[E0101]: this `const` has no name\n"
              "f:10:10: error[E0101]: `personal` marks fields, parameters and events, not this\n");
}

TEST(ParseErrors, a_line_of_a_declaration_may_begin_like_another_one) {
    const Case cases[] = {
        {"record R {\nowner Party,\nsource: Text\n}",
         "f:3:7: error[E0101]: expected `:`, but `Party` stands here\n"},
        {"rule r on a when b is c d\n  source is e: permit",
         "f:2:25: error[E0101]: expected `:`, but `d` stands here\n"},
        {"rule r on a when b is\n  source is = e: permit",
         "f:3:13: error[E0101]: expected a value, but `=` stands here\n"},
    };
    for (const Case& one : cases) EXPECT_EQ(errors_in(one.text), one.errors) << one.text;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

TEST(ParseErrors, a_misspelt_word_of_the_language_is_told) {
    const auto help = [](std::string_view declaration) {
        const std::string all =
            errors_of("contract c version 1.0.0\n" + std::string(declaration), Form::human);
        const std::size_t at = all.find("help: ");
        return at == std::string::npos ? all : all.substr(at, all.find('\n', at) - at);
    };
    EXPECT_EQ(help("rule r on share wehn b: permit"), "help: did you mean `when`?");
    EXPECT_EQ(help("rule r on share: permitt"), "help: did you mean `permit`?");
    EXPECT_EQ(help("rule r on share: permit becuase \"x\""), "help: did you mean `because`?");
    EXPECT_EQ(help("action f() buy r { }"), "help: did you mean `by`?");
}

TEST(ParseErrors, ten_independent_mistakes_give_ten_messages) {
    const std::string text =
        "contract c version 1.0.0\n"
        "role\n"
        "event Shared(to Party)\n"
        "enum Level { a b }\n"
        "record R { }\n"
        "store s Int\n"
        "action f() { }\n"
        "action g() by r { x = ; y += 1 }\n"
        "action h() by r { let = 3 }\n"
        "assert never share\n"
        "test { call f() by a }\n";
    const std::string errors = errors_of(text);
    EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 10) << errors;
}

TEST(ParseErrors, of_ten_thousand_mistakes_fifty_are_shown_and_all_are_counted) {
    const std::string errors =
        errors_of("contract c version 1.0.0\n" + repeated("store s Int\n", 10'000), Form::human);
    EXPECT_TRUE(errors.ends_with("\n10000 errors; the first 50 are shown\n"))
        << errors.substr(errors.size() - 80);
}

TEST(ParseErrors, a_line_of_a_megabyte_is_read_and_its_mistake_is_shown_cropped) {
    const std::string many = "{ " + repeated("123456789, ", 100'000) + "1 }";
    const std::string good = "contract c version 1.0.0 store s: Set<Int, 9> default " + many;
    ASSERT_GT(good.size(), std::size_t{1} << 20);
    EXPECT_EQ(errors_of(good), "");
    const std::string bad = errors_of(good + " } ", Form::human);
    EXPECT_LT(bad.size(), 1'000u);
    EXPECT_EQ(bad.substr(0, 69),
              "error E0101: expected the end of the declaration, but `}` stands here");
    // One name, one comment and one text of a megabyte.
    const std::string long_word(std::size_t{1} << 20, 'x');
    EXPECT_EQ(errors_of("contract c version 1.0.0 role " + long_word + " //" + long_word), "");
}

TEST(ParseErrors, line_ends_of_both_kinds_and_a_byte_order_mark_change_nothing) {
    const std::string text = "contract c version 1.0.0 // one\nrole a\n\nstore s Int\n";
    std::string windows;
    for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
    const std::string expected = "f:4:9: error[E0101]: expected `:`, but `Int` stands here\n";
    EXPECT_EQ(errors_of(text), expected);
    EXPECT_EQ(errors_of(windows), expected);
    EXPECT_EQ(errors_of("contract c version 1.0.0 // one\r\nrole a\n\r\nstore s Int\n"), expected);
    EXPECT_EQ(errors_of("\xEF\xBB\xBF" + text), expected);
    EXPECT_EQ(errors_of("contract c version 1.0.0 // one\rrole a"),
              "f:1:32: error[E0116]: the text holds the control character U+000D\n");
    EXPECT_EQ(errors_of("contract c version 1.0.0 // one\xE2\x80\xA8role a"),
              "f:1:32: error[E0116]: the text holds the control character U+2028\n");
}

TEST(ParseErrors, names_are_those_of_unicode) {
    const auto error = [](std::string_view name) {
        const std::string all = errors_of("contract c version 1.0.0\nrole " + std::string(name));
        return all.substr(0, all.find('\n'));
    };
    EXPECT_EQ(error("临床研究"), "");
    EXPECT_EQ(error("données_médicales, größe, регистр, ιατρός, データ, 기록, PBoC规定, अनुमति"),
              "");
    EXPECT_EQ(error("𠮷野"), "");  // beyond the first plane
    EXPECT_EQ(error("a\xE2\x80\x8Bz"),
              "f:2:7: error[E0102]: Edict does not use the character U+200B, which cannot be seen");
    EXPECT_EQ(error("a\xC2\xA0z"),
              "f:2:7: error[E0102]: Edict does not use the character U+00A0, which cannot be seen");
    EXPECT_EQ(error("a，b"), "f:2:7: error[E0102]: Edict does not use the character `，`");
    EXPECT_EQ(error("€"), "f:2:6: error[E0102]: Edict does not use the character `€`");
    EXPECT_EQ(error("😀"), "f:2:6: error[E0102]: Edict does not use the character `😀`");
    EXPECT_EQ(error("\xCC\x81z"), "f:2:6: error[E0102]: a name does not begin with `\xCC\x81`");
    EXPECT_EQ(error("e\xCC\x81"),
              "f:2:6: error[E0130]: the name `e\xCC\x81` is not in the normal form NFC");
}

TEST(ParseErrors, names_that_look_alike_are_told) {
    // In the second name, the first letter is Cyrillic.
    EXPECT_EQ(errors_of("contract c version 1.0.0\nrole co, со"),
              "f:2:10: error[E0131]: the name `со` looks like another one, and is not the same\n");
    EXPECT_EQ(errors_of("contract c version 1.0.0\nrole оna"),
              "f:2:6: error[E0131]: the name `оna` mixes scripts whose letters look alike\n");
    EXPECT_EQ(errors_of("contract c version 1.0.0\nrole іѕ"),
              "f:2:6: error[E0131]: the name `іѕ` looks like the word `is` of the language\n");
    // In ASCII people know what they read.
    EXPECT_EQ(errors_of("contract c version 1.0.0\nrole modern, modem, l1, ll, 规定"), "");
}

}  // namespace
}  // namespace edict::parse
