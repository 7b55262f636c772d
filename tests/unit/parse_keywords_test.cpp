// One table of words, two languages, one tree.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "compiler/ast/print.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/tokens.h"
#include "compiler/source/render.h"
#include "grammar/EdictLexer.h"

namespace edict::parse {
namespace {

struct Read {
    std::string tree;
    std::string errors;
};

Read read(std::string text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("f", std::move(text));
    const auto tree = parse(*file, sources, diagnostics);
    quote_in_their_language(diagnostics, sources);
    return {tree ? ast::print(*tree) : "", render(diagnostics, sources, source::Form::human)};
}

TEST(Keywords, every_row_has_its_own_chinese_words) {
    std::map<std::string_view, std::string_view> seen;
    for (const Keyword& keyword : keywords()) {
        EXPECT_FALSE(keyword.chinese.empty())
            << "keywords.def: `" << keyword.english << "` has no Chinese form";
        const auto [first, is_new] = seen.emplace(keyword.chinese, keyword.english);
        EXPECT_TRUE(is_new) << "keywords.def: " << keyword.chinese << " is both `" << first->second
                            << "` and `" << keyword.english << "`";
        for (const char c : keyword.chinese) {
            EXPECT_LT(c, 0) << "`" << keyword.chinese << "` is not Chinese";
        }
    }
}

TEST(Keywords, every_word_of_the_lexer_is_in_the_table) {
    std::ifstream in("grammar/EdictLexer.g4");
    const std::string grammar((std::istreambuf_iterator<char>(in)), {});
    const std::size_t begin = grammar.find("tokens {");
    ASSERT_NE(begin, std::string::npos);
    std::size_t words = 0;
    const grammar::EdictLexer lexer(nullptr);
    for (std::size_t type = 1; type <= lexer.getVocabulary().getMaxTokenType(); ++type) {
        const std::string name = lexer.getVocabulary().getSymbolicName(type);
        const std::size_t rule = grammar.find("\n" + name + " ");
        if (rule != std::string::npos) continue;  // a sign or a kind of literal
        if (name == "UNIT") continue;             // a name of the author's, after a number
        EXPECT_NE(keyword_of(type), nullptr) << name << " stands in no row of keywords.def";
        ++words;
    }
    EXPECT_GE(words, 79u);
}

TEST(Keywords, chinese_words_make_the_same_tree) {
    const Read english = read(
        "regulation r version 1.0.0 governs c\n  zone +08:00\n  default forbid share\n"
        "source PIPL rank law in force from 2021-11-01 \"title\"\n"
        "rule research\n  cites PIPL \"art 28\"\n  effective from 2026-01-01 until 2027-01-01\n"
        "  overrides other\n  on share when purpose is research and level is at least genetic: "
        "require every x in xs satisfies x is not in ys\n  because \"no {if a then b else c}\"\n"
        "  unless until is known\n");
    const Read chinese = read(
        "法规 r 版本 1.0.0 管辖 c\n  时区 +08:00\n  默认 禁止 share\n"
        "法源 PIPL 位阶 law 生效于 2021-11-01 \"title\"\n"
        "规则 research\n  依据 PIPL \"art 28\"\n  有效期 自 2026-01-01 至 2027-01-01\n"
        "  优先于 other\n  对 share 当 purpose 是 research 且 level 至少是 genetic: "
        "必须 每个 x 取自 xs 满足 x 不属于 ys\n  因为 \"no {如果 a 则 b 否则 c}\"\n"
        "  除非 until 已知\n");
    EXPECT_EQ(english.errors, "");
    EXPECT_EQ(chinese.errors, "");
    EXPECT_EQ(chinese.tree, english.tree);
}

TEST(Keywords, a_message_quotes_in_the_language_of_the_file) {
    EXPECT_EQ(read("法规 r 版本 1.0.0 管辖 c\n规则 a 对 share 当 b 允许\n").errors,
              "error E0101: a colon is missing before `允许`\n"
              "  f:2:18\n"
              "    |\n"
              "  2 | 规则 a 对 share 当 b 允许\n"
              "    |                      ^^^^\n"
              "  help: a rule reads: `规则 NAME 依据 SOURCE \"art 1\" 当 CONDITION: 允许 ACTION`\n"
              "\n1 error\n");
    EXPECT_EQ(read("规则 a").errors.substr(0, 74),
              "error E0119: this file does not begin with a contract or a regulation\n  f:");
}

TEST(Keywords, quotes_that_may_be_names_stay) {
    EXPECT_EQ(with_quoted_keywords("`rule` and `to` and `x`", Language::chinese),
              "`规则` and `to` and `x`");
    EXPECT_EQ(with_quoted_keywords("write `default forbid share`", Language::chinese),
              "write `默认 禁止 share`");
    EXPECT_EQ(with_quoted_keywords("expected `to` or `:`, but `to` stands here", Language::chinese),
              "expected `到` or `:`, but `to` stands here");
    EXPECT_EQ(with_quoted_keywords("expected `by` after `to`", Language::chinese),
              "expected `由` after `to`");
    EXPECT_EQ(with_quoted_keywords("an open ` stays", Language::chinese), "an open ` stays");
    EXPECT_EQ(with_quoted_keywords("`rule`", Language::english), "`rule`");
}

TEST(Keywords, the_language_is_that_of_the_header) {
    const auto language = [](std::string text) {
        source::SourceMap sources;
        const auto file = sources.add("f", std::move(text));
        return language_of(*file, sources);
    };
    EXPECT_EQ(language("// 法规\ncontract c version 1.0.0"), Language::english);
    EXPECT_EQ(language("// contract\n法规 c 版本 1.0.0"), Language::chinese);
    EXPECT_EQ(language("\xEF\xBB\xBF合约 c"), Language::chinese);
    EXPECT_EQ(language(""), Language::english);
}

}  // namespace
}  // namespace edict::parse
