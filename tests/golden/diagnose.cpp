#include "tests/golden/diagnose.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>

#include "compiler/check/chain_target.h"
#include "compiler/check/check.h"
#include "compiler/lower/lower.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/parse.h"
#include "compiler/source/render.h"
#include "stdlib/stdlib.h"

namespace edict::golden {
namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Diagnosis diagnose(const std::vector<Text>& texts, Target target) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    std::deque<ast::File> trees;
    for (const Text& text : texts) {
        const auto file = sources.add(text.name, text.text);
        if (!file) return {file.error().message, {}};
        auto tree = parse::parse(*file, sources, diagnostics);
        if (tree) trees.push_back(std::move(*tree));
    }
    if (!texts.empty() && trees.size() == texts.size()) {
        std::vector<const ast::File*> files;
        for (const ast::File& tree : trees) files.push_back(&tree);
        const auto standard = [&](std::string_view name) -> const ast::File* {
            const auto text = stdlib::source(name);
            if (!text) return nullptr;
            const auto file = sources.add(std::string(name), std::string(*text));
            if (!file) return nullptr;
            auto tree = parse::parse(*file, sources, diagnostics);
            return tree ? &trees.emplace_back(std::move(*tree)) : nullptr;
        };
        const auto program = check::check(files, standard, diagnostics);
        if (program.has_value() == diagnostics.has_errors()) {
            return {"a program must be there exactly if there is no error", {}};
        }
        if (program && target == Target::chain) check::refuse_for_chain(*program, diagnostics);
        if (program && !diagnostics.has_errors())
            (void)lower::lower(*program, sources, diagnostics);
    }
    parse::quote_in_their_language(diagnostics, sources);
    diagnostics.sort();
    Diagnosis made{source::render(diagnostics, sources, source::Form::human), {}};
    for (const source::Diagnostic& one : diagnostics.list()) {
        made.codes.emplace(source::name(one.code));
    }
    return made;
}

namespace {

bool is_source(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.ends_with(".edict") || name.ends_with(".edict.md");
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<Case> cases_of(const fs::path& folder) {
    std::vector<Case> all;
    for (const fs::path& path : sorted_entries(folder)) {
        Case made{path, path, {}};
        if (fs::is_directory(path)) {
            for (const fs::path& part : sorted_entries(path)) {
                if (is_source(part)) made.texts.push_back({part.filename(), read_text(part)});
            }
        } else if (is_source(path)) {
            made.texts.push_back({path.filename(), read_text(path)});
        } else {
            continue;
        }
        made.expected.replace_extension(".expected");
        all.push_back(std::move(made));
    }
    return all;
}

}  // namespace

std::map<std::string, std::vector<Case>> all_cases() {
    std::map<std::string, std::vector<Case>> all;
    for (const fs::path& folder : sorted_entries("tests/golden")) {
        if (fs::is_directory(folder)) all[folder.filename()] = cases_of(folder);
    }
    return all;
}

}  // namespace edict::golden
