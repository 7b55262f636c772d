#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/source/render.h"
#include "compiler/source/sarif.h"
#include "compiler/source/text_check.h"

namespace edict::source {
namespace {

FileId add(SourceMap& sources, std::string text) {
    const base::Result<FileId> id = sources.add("rules.edict", std::move(text));
    EXPECT_TRUE(id.has_value());
    return id.value_or(FileId{});
}

Span span_of(const SourceMap& sources, FileId file, std::string_view part) {
    const auto begin = static_cast<std::uint32_t>(sources.text(file).find(part));
    return {file, begin, begin + static_cast<std::uint32_t>(part.size())};
}

TEST(SourceMap, columns_are_code_points_from_one) {
    SourceMap sources;
    const FileId file = add(sources, "ab\nx规y\n");
    EXPECT_EQ(sources.position(file, 0), (Position{1, 1}));
    EXPECT_EQ(sources.position(file, 2), (Position{1, 3}));
    EXPECT_EQ(sources.position(file, 3), (Position{2, 1}));
    EXPECT_EQ(sources.position(file, 7), (Position{2, 3}));  // after a character of three bytes
    EXPECT_EQ(sources.position(file, 9), (Position{3, 1}));  // the end of the text
    EXPECT_EQ(sources.line_count(file), 3u);
    EXPECT_EQ(sources.line(file, 2), "x规y");
}

TEST(SourceMap, a_line_ends_before_cr_lf) {
    SourceMap sources;
    const FileId file = add(sources, "one\r\ntwo");
    EXPECT_EQ(sources.line(file, 1), "one");
    EXPECT_EQ(sources.line(file, 2), "two");
}

TEST(SourceMap, takes_a_file_of_the_largest_size_and_no_larger) {
    SourceMap sources;
    EXPECT_TRUE(sources.add("a", std::string(MAX_SOURCE_BYTES, ' ')).has_value());
    const auto larger = sources.add("b", std::string(MAX_SOURCE_BYTES + 1, ' '));
    ASSERT_FALSE(larger.has_value());
    EXPECT_EQ(larger.error().message,
              "b: the file has 16777217 bytes; a source file has at most 16777216");
}

TEST(SourceMap, takes_so_many_files_and_no_more) {
    SourceMap sources;
    for (std::size_t i = 0; i < MAX_SOURCE_FILES; ++i) {
        ASSERT_TRUE(sources.add("a", "").has_value());
    }
    EXPECT_FALSE(sources.add("a", "").has_value());
}

TEST(TextCheck, tells_what_is_wrong_with_a_text) {
    struct Case {
        std::string text;
        std::string expected;  // short form; empty: accepted
    };
    const Case cases[] = {
        {"role a // 规则 é 😀\r\n\t", ""},
        {"\xEF\xBB\xBFrole a", ""},
        {"ab\xFF", "rules.edict:1:3: error[E0115]: the byte FF is not valid UTF-8\n"},
        {"\xC0\x80", "rules.edict:1:1: error[E0115]: the byte C0 is not valid UTF-8\n"},
        {"\xE0\x80\x80", "rules.edict:1:1: error[E0115]: the byte E0 is not valid UTF-8\n"},
        {"\xED\xA0\x80", "rules.edict:1:1: error[E0115]: the byte ED is not valid UTF-8\n"},
        {"\xF4\x90\x80\x80", "rules.edict:1:1: error[E0115]: the byte F4 is not valid UTF-8\n"},
        {"a\xE8\xA7", "rules.edict:1:2: error[E0115]: the byte E8 is not valid UTF-8\n"},
        {std::string("a\0b", 3),
         "rules.edict:1:2: error[E0116]: the text holds the control character U+0000\n"},
        {"a \xE2\x80\xAE b",
         "rules.edict:1:3: error[E0117]: the character U+202E changes the direction of writing\n"},
        {"a\xE2\x81\xA6",
         "rules.edict:1:2: error[E0117]: the character U+2066 changes the direction of writing\n"},
    };
    for (const Case& one : cases) {
        SourceMap sources;
        Diagnostics diagnostics;
        const FileId file = add(sources, one.text);
        EXPECT_EQ(check_text(file, sources, diagnostics), one.expected.empty()) << one.text;
        EXPECT_EQ(render(diagnostics, sources, Form::brief), one.expected);
    }
}

TEST(Render, shows_the_users_line_with_carets_labels_and_help) {
    SourceMap sources;
    const FileId file = add(sources, "role clerk\nrole clerk\n\n\n规 clerk\n");
    Diagnostics diagnostics;
    diagnostics.add(Code::E0111, {file, 16, 21}, "`clerk` is given twice")
        .with_label("again")
        .with_label({file, 5, 10}, "first given here")
        .with_label({file, 28, 33}, "used here")
        .with_help("keep one of the two")
        .with_citation("PIPL art 40");
    EXPECT_EQ(render(diagnostics, sources, Form::human),
              "error E0111: `clerk` is given twice\n"
              "  rules.edict:2:6\n"
              "    |\n"
              "  1 | role clerk\n"
              "    |      ----- first given here\n"
              "  2 | role clerk\n"
              "    |      ^^^^^ again\n"
              "    .\n"
              "  5 | 规 clerk\n"
              "    |    ----- used here\n"
              "  cites: PIPL art 40\n"
              "  help: keep one of the two\n"
              "\n"
              "1 error\n");
}

TEST(Render, shows_each_file_that_a_mistake_touches) {
    SourceMap sources;
    const FileId one = add(sources, "role a");
    const base::Result<FileId> two = sources.add("other.edict", "\n  role b");
    ASSERT_TRUE(two.has_value());
    Diagnostics diagnostics;
    diagnostics.add(Code::E0101, {*two, 8, 9}, "wrong").with_label({one, 5, 6}, "see");
    EXPECT_EQ(to_human(diagnostics.list()[0], sources),
              "error E0101: wrong\n"
              "  other.edict:2:8\n"
              "    |\n"
              "  2 |   role b\n"
              "    |        ^\n"
              "  rules.edict:1:6\n"
              "    |\n"
              "  1 | role a\n"
              "    |      - see\n");
}

TEST(Render, crops_a_long_line_around_the_mistake) {
    SourceMap sources;
    std::string line(10'001, 'b');
    std::fill_n(line.begin(), 5000, 'a');
    line[5000] = '!';
    const FileId file = add(sources, line);
    Diagnostics diagnostics;
    diagnostics.add(Code::E0102, {file, 5000, 5001}, "wrong");
    const std::string out = to_human(diagnostics.list()[0], sources);
    EXPECT_LT(out.size(), 800u);
    EXPECT_NE(out.find("a!b"), std::string::npos);
}

TEST(Render, marks_the_end_of_a_text_and_a_span_of_several_lines) {
    SourceMap sources;
    const FileId file = add(sources, "ab\ncd\n");
    Diagnostics diagnostics;
    diagnostics.add(Code::E0101, {file, 6, 6}, "end");
    diagnostics.add(Code::E0101, {file, 1, 5}, "lines");
    EXPECT_NE(to_human(diagnostics.list()[0], sources).find("  3 | \n    | ^\n"),
              std::string::npos);
    EXPECT_NE(to_human(diagnostics.list()[1], sources).find("  1 | ab\n    |  ^\n"),
              std::string::npos);
}

TEST(Render, writes_one_json_object_a_line) {
    SourceMap sources;
    const FileId file = add(sources, "role clerk");
    Diagnostics diagnostics;
    diagnostics.add(Code::E0103, span_of(sources, file, "clerk"), "a \"text\"");
    EXPECT_EQ(render(diagnostics, sources, Form::json),
              R"({"citation":"","code":"E0103","help":"","label":"","labels":[],)"
              R"("message":"a \"text\"","severity":"error","span":{"begin":5,"column":6,"end":10,)"
              R"("end_column":11,"end_line":1,"file":"rules.edict","line":1},)"
              R"("title":"a text without its closing quote"})"
              "\n");
}

// What the schema of SARIF 2.1.0 requires of what is written here, and no more properties than it
// has.
TEST(Sarif, has_what_the_standard_requires) {
    SourceMap sources;
    const base::Result<FileId> file = sources.add("my rules/规则.edict", "role a\nrole a\n");
    ASSERT_TRUE(file.has_value());
    Diagnostics diagnostics;
    diagnostics.add(Code::E0111, {*file, 12, 13}, "`a` is given twice")
        .with_label({*file, 5, 6}, "first")
        .with_help("keep one");
    diagnostics.add(Code::E0111, {*file, 0, 4}, "again");
    const auto log = nlohmann::json::parse(to_sarif(diagnostics, sources));
    EXPECT_EQ(log["version"], "2.1.0");
    ASSERT_EQ(log["runs"].size(), 1u);
    const auto& run = log["runs"][0];
    EXPECT_EQ(run["tool"]["driver"]["name"], "edict");
    EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
    EXPECT_EQ(run["invocations"][0]["executionSuccessful"], true);
    const auto& rules = run["tool"]["driver"]["rules"];
    ASSERT_EQ(rules.size(), 1u);  // one for each code that occurs
    EXPECT_EQ(rules[0]["id"], "E0111");
    EXPECT_TRUE(rules[0]["shortDescription"]["text"].is_string());
    EXPECT_TRUE(rules[0]["help"]["text"].is_string());
    ASSERT_EQ(run["results"].size(), 2u);
    const auto& result = run["results"][0];
    EXPECT_EQ(result["ruleId"], "E0111");
    EXPECT_EQ(result["ruleIndex"], 0);
    EXPECT_EQ(result["level"], "error");
    EXPECT_EQ(result["message"]["text"], "`a` is given twice\nhelp: keep one");
    const auto& place = result["locations"][0]["physicalLocation"];
    EXPECT_EQ(place["artifactLocation"]["uri"], "my%20rules/%E8%A7%84%E5%88%99.edict");
    EXPECT_EQ(place["region"], (nlohmann::json{{"startLine", 2},
                                               {"startColumn", 6},
                                               {"endLine", 2},
                                               {"endColumn", 7},
                                               {"byteOffset", 12},
                                               {"byteLength", 1}}));
    EXPECT_EQ(result["relatedLocations"][0]["id"], 1);
    EXPECT_EQ(result["relatedLocations"][0]["message"]["text"], "first");
}

TEST(Sarif, an_empty_run_is_a_log_too) {
    const auto log = nlohmann::json::parse(to_sarif({}, {}));
    EXPECT_EQ(log["runs"][0]["results"], nlohmann::json::array());
    EXPECT_EQ(log["runs"][0]["tool"]["driver"]["rules"], nlohmann::json::array());
}

TEST(Sarif, says_how_many_are_not_shown) {
    SourceMap sources;
    const FileId file = add(sources, "x");
    Diagnostics diagnostics;
    for (std::size_t i = 0; i < MAX_DIAGNOSTICS + 2; ++i)
        diagnostics.add(Code::E0101, {file, 0, 1}, "m");
    const auto log = nlohmann::json::parse(to_sarif(diagnostics, sources));
    EXPECT_EQ(log["runs"][0]["results"].size(), MAX_DIAGNOSTICS);
    EXPECT_EQ(log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
              "2 more are not shown");
}

TEST(Diagnostics, keeps_the_first_and_counts_the_rest) {
    SourceMap sources;
    const FileId file = add(sources, "x");
    Diagnostics diagnostics;
    for (std::size_t i = 0; i < MAX_DIAGNOSTICS; ++i) {
        diagnostics.add(Code::E0101, {file, 0, 1}, "wrong").with_help("kept");
    }
    EXPECT_EQ(diagnostics.not_kept(), 0u);
    diagnostics.add(Code::E0101, {file, 0, 1}, "one more").with_help("dropped");
    EXPECT_EQ(diagnostics.list().size(), MAX_DIAGNOSTICS);
    EXPECT_EQ(diagnostics.list().back().help, "kept");
    EXPECT_EQ(diagnostics.errors(), MAX_DIAGNOSTICS + 1);
    EXPECT_TRUE(
        render(diagnostics, sources, Form::human).ends_with("51 errors; the first 50 are shown\n"));
}

TEST(Diagnostics, every_code_has_a_page_with_its_title) {
    for (const Code code : all_codes()) {
        EXPECT_EQ(find_code(name(code)), code);
        std::string heading("# ");
        heading.append(name(code)).append(": ").append(title(code)).append("\n");
        EXPECT_TRUE(explain(code).starts_with(heading)) << name(code);
    }
    EXPECT_FALSE(find_code("E9999").has_value());
}

TEST(Diagnostics, a_message_beyond_the_limit_loses_its_middle) {
    const auto message = [](std::string text) {
        Diagnostics diagnostics;
        diagnostics.add(Code::E0101, {}, std::move(text)).with_help(std::string(5'000, 'h'));
        EXPECT_EQ(diagnostics.list()[0].help.size(), MAX_MESSAGE_BYTES);
        return diagnostics.list()[0].message;
    };
    const std::string edge(MAX_MESSAGE_BYTES, 'x');
    EXPECT_EQ(message(edge), edge);
    EXPECT_EQ(message(edge + "y").size(), MAX_MESSAGE_BYTES);
    EXPECT_TRUE(message(edge + "y").ends_with("xxy"));
    std::string chinese;
    for (int i = 0; i < 1'000; ++i) chinese += "规";
    EXPECT_TRUE(std::ranges::all_of(message(chinese), [](char c) {
        return std::string_view("规 …").find(c) != std::string_view::npos;
    }));
    EXPECT_LE(message(chinese).size(), MAX_MESSAGE_BYTES);
}

TEST(Nearest, finds_a_misspelt_word_and_nothing_far_away) {
    const std::vector<std::string> words = {"rule", "role", "store", "action"};
    EXPECT_EQ(nearest("rul", words), "rule");
    EXPECT_EQ(nearest("actoin", words), "action");
    EXPECT_EQ(nearest("stores", words), "store");
    EXPECT_EQ(nearest("regulation", words), std::nullopt);
    EXPECT_EQ(nearest(std::string(1000, 'a'), words), std::nullopt);
}

}  // namespace
}  // namespace edict::source
