// What holds for every text: the layout keeps the tree and the comments, is its own layout, and a
// translation comes back the same and makes the same module. The texts are all that the repository
// has, so a construct that a golden file or an example shows is held to it, and random changes of
// their spaces.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "compiler/ast/print.h"
#include "compiler/check/check.h"
#include "compiler/format/format.h"
#include "compiler/lower/lower.h"
#include "compiler/parse/lexemes.h"
#include "compiler/parse/parse.h"
#include "stdlib/stdlib.h"

namespace edict::format {
namespace {
namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool is_source(const fs::path& path) {
    return path.string().ends_with(".edict") || path.string().ends_with(".edict.md");
}

// By path. Those that do not parse are passed over, but there are many that do.
std::map<std::string, std::string> all_texts() {
    std::map<std::string, std::string> out;
    for (const char* folder :
         {"examples", "stdlib", "tests/golden", "tests/cli", "tests/fuzz/corpus"}) {
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file() && is_source(entry.path())) {
                out[entry.path().string()] = read_text(entry.path());
            }
        }
    }
    // The examples of the documents, one text for each block.
    for (const char* folder : {"docs", "docs/errors"}) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (entry.path().extension() != ".md") continue;
            const std::string text = read_text(entry.path());
            std::size_t number = 0;
            for (std::size_t at = text.find("\n```edict"); at != std::string::npos;
                 at = text.find("\n```edict", at + 1)) {
                const std::size_t begin = text.find('\n', at + 1) + 1;
                out[entry.path().string() + "-" + std::to_string(++number) + ".edict"] =
                    text.substr(begin, text.find("\n```", begin) + 1 - begin);
            }
        }
    }
    return out;
}

std::optional<std::string> laid_out(const std::string& path, const std::string& text,
                                    std::optional<parse::Language> keywords = std::nullopt) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, text);
    return file ? format(*file, sources, {keywords}, diagnostics) : std::nullopt;
}

struct Seen {
    std::string tree;  // empty: it has a mistake
    std::vector<std::string> comments;
};

Seen seen(const std::string& path, const std::string& text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, text);
    Seen out;
    const auto tree = parse::parse(*file, sources, diagnostics);
    if (!tree || diagnostics.has_errors()) return out;
    out.tree = ast::print(*tree);
    const auto lexemes = parse::read_lexemes(*file, sources, diagnostics);
    if (!lexemes) return {};
    for (const source::Span span : lexemes->comments) {
        std::string comment(sources.text(span));
        comment.resize(comment.find_last_not_of(" \t\r") + 1);
        out.comments.push_back(std::move(comment));
    }
    return out;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
    std::ranges::sort(texts);
    return texts;
}

void hold(const std::string& path, const std::string& text) {
    const Seen before = seen(path, text);
    if (before.tree.empty()) {
        EXPECT_EQ(laid_out(path, text), std::nullopt) << path;
        return;
    }
    const auto once = laid_out(path, text);
    ASSERT_TRUE(once.has_value()) << path;
    const Seen after = seen(path, *once);
    EXPECT_EQ(after.tree, before.tree) << path << "\n" << *once;
    EXPECT_EQ(after.comments, before.comments) << path;
    EXPECT_EQ(laid_out(path, *once), once) << path;
    const auto english = laid_out(path, text, parse::Language::english);
    const auto chinese = laid_out(path, text, parse::Language::chinese);
    ASSERT_TRUE(english && chinese) << path;
    const Seen translated = seen(path, *chinese);
    EXPECT_EQ(translated.tree, before.tree) << path << "\n" << *chinese;
    EXPECT_EQ(sorted(translated.comments), sorted(before.comments)) << path << "\n" << *chinese;
    EXPECT_EQ(laid_out(path, *chinese), chinese) << path;
    EXPECT_EQ(laid_out(path, *chinese, parse::Language::english), english) << path;
}

TEST(FormatProperty, every_text_of_the_repository_keeps_its_tree) {
    std::size_t read = 0;
    for (const auto& [path, text] : all_texts()) {
        hold(path, text);
        if (!seen(path, text).tree.empty()) ++read;
    }
    EXPECT_GT(read, 100u);
}

// Spaces become other spaces, and line ends come and go, outside of texts and comments.
std::string with_other_spaces(const std::string& text, std::mt19937& random) {
    std::string out;
    bool in_text = false;
    bool in_comment = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') in_comment = false;
        if (!in_text && text.compare(i, 2, "//") == 0) in_comment = true;
        if (!in_comment && c == '"' && (i == 0 || text[i - 1] != '\\')) in_text = !in_text;
        if (c != ' ' || in_text || in_comment) {
            out += c;
            continue;
        }
        const char* const spaces[] = {" ", "  ", "\t", "\n", "\r\n", "\n\n\n", " // comment\n"};
        out += spaces[random() % std::size(spaces)];
    }
    return out;
}

TEST(FormatProperty, whatever_the_spaces_the_tree_stays) {
    std::mt19937 random(20261122);
    for (const auto& [path, text] : all_texts()) {
        if (path.ends_with(".md") || seen(path, text).tree.empty() || text.size() > 10'000)
            continue;
        for (int i = 0; i < 3; ++i) hold(path, with_other_spaces(text, random));
    }
}

// The modules of the files of one folder.
std::vector<std::string> hashes(const std::vector<std::pair<std::string, std::string>>& texts) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    std::deque<ast::File> trees;
    const auto add = [&](const std::string& path, std::string text) -> const ast::File* {
        const auto file = sources.add(path, std::move(text));
        auto tree = parse::parse(*file, sources, diagnostics);
        return tree ? &trees.emplace_back(std::move(*tree)) : nullptr;
    };
    std::vector<const ast::File*> files;
    for (const auto& [path, text] : texts) {
        if (const ast::File* file = add(path, text)) files.push_back(file);
    }
    std::vector<std::string> out;
    if (diagnostics.has_errors()) return out;
    const auto program = check::check(
        files,
        [&](std::string_view name) -> const ast::File* {
            const auto text = stdlib::source(name);
            return text ? add("<built in>", std::string(*text)) : nullptr;
        },
        diagnostics);
    if (!program) return out;
    const auto lowered = lower::lower(*program, sources, diagnostics);
    if (!lowered) return out;
    for (const auto& hash : lowered->hashes) out.push_back(hash.hex());
    return out;
}

TEST(FormatProperty, an_example_and_its_translation_are_one_module) {
    std::map<std::string, std::vector<std::pair<std::string, std::string>>> folders;
    for (const auto& [path, text] : all_texts()) {
        if (path.starts_with("examples/"))
            folders[fs::path(path).parent_path()].push_back({path, text});
    }
    EXPECT_FALSE(folders.empty());
    for (const auto& [folder, texts] : folders) {
        auto chinese = texts;
        for (auto& [path, text] : chinese) {
            const std::string english = text;
            text = *laid_out(path, english, parse::Language::chinese);
            EXPECT_NE(text, english) << path;
            EXPECT_EQ(laid_out(path, text, parse::Language::english), english) << path;
        }
        const auto expected = hashes(texts);
        EXPECT_FALSE(expected.empty()) << folder;
        EXPECT_EQ(hashes(chinese), expected) << folder;
    }
}

}  // namespace
}  // namespace edict::format
