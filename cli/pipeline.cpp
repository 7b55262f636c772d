#include "cli/pipeline.h"

#include <fmt/format.h>

#include "cli/files.h"
#include "cli/output.h"
#include "compiler/check/chain_target.h"
#include "compiler/check/check.h"
#include "compiler/parse/keywords.h"
#include "compiler/parse/parse.h"
#include "stdlib/stdlib.h"

namespace edict::cli {

namespace {

// The tree of one text of the source map, without what has an error; null if nothing is left.
const ast::File* parse(Compilation& made, source::FileId file) {
    std::optional<ast::File> tree = parse::parse(file, made.sources, made.diagnostics);
    if (!tree) return nullptr;
    return &made.trees.emplace_back(std::move(*tree));
}

// A module that a file names and no file holds.
const ast::File* find_built_in(Compilation& made, std::string_view module_name) {
    const std::optional<std::string_view> text = stdlib::source(module_name);
    if (!text) return nullptr;
    const auto file = made.sources.add(fmt::format("<{}>", module_name), std::string(*text));
    return file ? parse(made, *file) : nullptr;
}

void check(Compilation& made) {
    std::vector<const ast::File*> given;
    for (const ast::File& tree : made.trees) given.push_back(&tree);
    made.program = check::check(
        given, [&](std::string_view name) { return find_built_in(made, name); }, made.diagnostics);
    // A built-in module with a syntax error; not to happen in what is shipped.
    if (made.diagnostics.has_errors()) made.program.reset();
}

void lower_and_link(Compilation& made) {
    made.lowered = lower::lower(*made.program, made.sources, made.diagnostics);
    if (!made.lowered) return;
    auto linked = call::link(made.lowered->modules);
    if (linked) {
        made.linked = std::move(*linked);
    } else {
        const check::Module& last = made.program->modules.back();
        made.diagnostics.add(
            source::Code::E0692, last.span,
            fmt::format("these modules cannot be in force together: {}", linked.error().message));
    }
}

}  // namespace

base::Result<Compilation> compile_texts(std::vector<std::pair<std::string, std::string>> texts,
                                        Target target) {
    Compilation made;
    made.files_given = texts.size();
    for (auto& [path, text] : texts) {
        const auto file = made.sources.add(path, std::move(text));
        if (!file) return base::error_of(file);
        parse(made, *file);
    }
    if (made.trees.size() == made.files_given) check(made);
    if (made.program && target == Target::chain) {
        check::refuse_for_chain(*made.program, made.diagnostics);
        if (made.diagnostics.has_errors()) made.program.reset();
    }
    if (made.program) lower_and_link(made);
    parse::quote_in_their_language(made.diagnostics, made.sources);
    made.diagnostics.sort();
    return made;
}

base::Result<Compilation> compile(const std::vector<std::string>& arguments, Target target) {
    const auto paths = source_files(arguments);
    if (!paths) return base::error_of(paths);
    std::vector<std::pair<std::string, std::string>> texts;
    for (const std::string& path : *paths) {
        auto text = read_file(path);
        if (!text) return base::error_of(text);
        texts.emplace_back(path, std::move(*text));
    }
    return compile_texts(std::move(texts), target);
}

bool is_usable(const Compilation& compilation) {
    print_error(source::render(compilation.diagnostics, compilation.sources, source::Form::human));
    return !compilation.diagnostics.has_errors();
}

std::optional<Compilation> compile_or_report(const std::vector<std::string>& arguments, Exit& exit,
                                             Target target) {
    auto made = compile(arguments, target);
    if (!made) {
        exit = report(made.error());
        return std::nullopt;
    }
    if (!is_usable(*made)) {
        exit = Exit::findings;
        return std::nullopt;
    }
    return std::move(*made);
}

}  // namespace edict::cli
