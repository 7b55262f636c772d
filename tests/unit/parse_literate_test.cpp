// Literate source: blocks of Markdown, positions in the Markdown, citations by heading.
#include <gtest/gtest.h>

#include "compiler/ast/print.h"
#include "compiler/parse/parse.h"
#include "compiler/source/literate.h"
#include "compiler/source/render.h"

namespace edict::parse {
namespace {

struct Read {
    std::string tree;
    std::string errors;
};

Read read(const std::string& path, std::string text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, std::move(text));
    const auto tree = parse(*file, sources, diagnostics);
    return {tree ? ast::print(*tree) : "", render(diagnostics, sources, source::Form::brief)};
}
Read literate(std::string text) { return read("r.edict.md", std::move(text)); }

constexpr std::string_view HEADER =
    "```edict\nregulation r version 1.0.0 governs c\n  default permit\n"
    "source PIPL \"Personal Information Protection Law\"\nsource WARD \"House rules\"\n```\n";

std::string rule(std::string_view name) {
    return "```edict\nrule " + std::string(name) + " on share: permit\n```\n";
}

TEST(Literate, the_blocks_in_order_are_one_file) {
    const Read made = literate("# Title\n\nProse with `rule` in it.\n\n" + std::string(HEADER) +
                               "~~~edict\nrule a cites PIPL \"1\" on share: permit\n~~~\n"
                               "```sh\nedict check # no heading\n```\n"
                               "  ```edict\n  rule b cites WARD \"2\" on share: forbid\n  ```\n");
    const Read plain = read("r.edict",
                            "regulation r version 1.0.0 governs c default permit "
                            "source PIPL \"Personal Information Protection Law\" "
                            "source WARD \"House rules\" "
                            "rule a cites PIPL \"1\" on share: permit "
                            "rule b cites WARD \"2\" on share: forbid");
    EXPECT_EQ(made.errors, "");
    EXPECT_EQ(made.tree, plain.tree);
    EXPECT_NE(made.tree, "");
}

TEST(Literate, positions_are_those_of_the_markdown) {
    EXPECT_EQ(literate("# T\n" + std::string(HEADER) + "text\n```edict\nrule a on b permit\n```\n")
                  .errors,
              "r.edict.md:10:13: error[E0101]: a colon is missing before `permit`\n");
}

TEST(Literate, a_rule_without_cites_cites_by_its_heading) {
    const auto cited = [](const std::string& before) {
        const Read made = literate(std::string(HEADER) + before + rule("a"));
        if (!made.errors.empty()) return made.errors;
        const std::size_t at = made.tree.find("(cites");
        return made.tree.substr(at, made.tree.find(')', at) + 1 - at);
    };
    const auto explicitly = [](const std::string& cites) {
        const Read made =
            read("r.edict",
                 "regulation r version 1.0.0 governs c default permit source PIPL \"\" "
                 "source WARD \"\" rule a cites " +
                     cites + " on share: permit");
        EXPECT_EQ(made.errors, "");
        const std::size_t at = made.tree.find("(cites");
        return made.tree.substr(at, made.tree.find(')', at) + 1 - at);
    };
    EXPECT_EQ(cited("## PIPL art 28\n"), explicitly("PIPL \"art 28\""));
    EXPECT_EQ(cited("## PIPL: art 28 ##\n"), explicitly("PIPL \"art 28\""));
    EXPECT_EQ(cited("# WARD\n## Article 3\ntext\n### Sentence 2\n"),
              explicitly("WARD \"Sentence 2\""));
    EXPECT_EQ(cited("# WARD\n## PIPL art 1\n## Article 3\n"), explicitly("WARD \"Article 3\""));
    EXPECT_EQ(cited("# WARD\n"), explicitly("WARD \"WARD\""));
    EXPECT_EQ(cited("# WARDEN\n"),
              "r.edict.md:9:6: error[E0133]: no heading above the rule `a` names a source\n");
    EXPECT_EQ(cited(""),
              "r.edict.md:8:6: error[E0133]: no heading above the rule `a` names a source\n");
}

TEST(Literate, the_only_source_need_not_be_named) {
    const Read made = literate(
        "# Article 3\n```edict\nregulation r version 1.0.0 governs c\nsource WARD\n"
        "rule a on share: permit\nrule b cites WARD \"4\" on share: permit\n```\n");
    EXPECT_EQ(made.errors, "");
    EXPECT_NE(made.tree.find("Article 3"), std::string::npos) << made.tree;
    // Without a source there is nothing to cite.
    EXPECT_EQ(literate("# Article 3\n```edict\nregulation r version 1.0.0 governs c\n"
                       "rule a on share: permit\n```\n")
                  .errors,
              "");
}

TEST(Literate, says_what_is_wrong_with_the_blocks) {
    EXPECT_EQ(literate("# nothing\n").errors,
              "r.edict.md:1:1: error[E0119]: this file holds no block that is marked `edict`\n");
    EXPECT_EQ(literate("").errors,
              "r.edict.md:1:1: error[E0119]: this file holds no block that is marked `edict`\n");
    EXPECT_EQ(literate("```edict example\ncontract c version 1.0.0\n```\n").errors,
              "r.edict.md:1:1: error[E0119]: this file holds no block that is marked `edict`\n");
    EXPECT_EQ(literate("````edict\ncontract c version 1.0.0\n```\n").errors,
              "r.edict.md:1:1: error[E0132]: this block is never closed\n");
    EXPECT_EQ(literate("```edict").errors,
              "r.edict.md:1:1: error[E0132]: this block is never closed\n");
    EXPECT_EQ(literate("```edict\n```\n").errors.substr(0, 25), "r.edict.md:1:1: error[E01");
    // A block holds whole declarations.
    const Read cut = literate(std::string(HEADER) +
                              "```edict\nrule a cites PIPL \"1\" on share:\n```\n"
                              "```edict\npermit\n```\n");
    EXPECT_EQ(cut.errors.substr(0, 30), "r.edict.md:8:32: error[E0101]:") << cut.errors;
}

}  // namespace
}  // namespace edict::parse
