// edict fmt: one layout for every text; keywords in English or Chinese.
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/output.h"
#include "compiler/ast/print.h"
#include "compiler/format/format.h"
#include "compiler/parse/parse.h"
#include "compiler/source/render.h"

namespace edict::cli {

namespace {

struct FmtOptions {
    std::vector<std::string> files;
    std::string keywords = "as written";
    bool check = false;
};

struct Tally {
    std::size_t changed = 0;
    bool mistakes = false;
};

std::string tree_of(const std::string& path, std::string text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, std::move(text));
    const auto tree = file ? parse::parse(*file, sources, diagnostics) : std::nullopt;
    return tree && !diagnostics.has_errors() ? ast::print(*tree) : std::string();
}

base::Status format_file(const std::string& path, const FmtOptions& options, Tally& tally) {
    auto text = read_file(path);
    if (!text) return base::error_of(text);
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, *text);
    if (!file) return base::error_of(file);
    format::Options style;
    if (options.keywords == "en") style.keywords = parse::Language::english;
    if (options.keywords == "zh") style.keywords = parse::Language::chinese;
    const auto laid_out = format::format(*file, sources, style, diagnostics);
    if (!laid_out) {
        parse::quote_in_their_language(diagnostics, sources);
        diagnostics.sort();
        print_error(source::render(diagnostics, sources, source::Form::human));
        tally.mistakes = true;
        return {};
    }
    if (*laid_out == *text) return {};
    // The last line of defence: no layout is worth a rule.
    if (tree_of(path, *laid_out) != tree_of(path, *text)) {
        return base::environment_error(fmt::format(
            "{}: its layout would change its meaning, so it stays as it is; please report this",
            path));
    }
    ++tally.changed;
    print(path + "\n");
    if (options.check) return {};
    return write_file(path, *laid_out);
}

Exit format_files(const FmtOptions& options) {
    const auto paths = source_files(options.files);
    if (!paths) return report(paths.error());
    Tally tally;
    for (const std::string& path : *paths) {
        if (const base::Status done = format_file(path, options, tally); !done) {
            return report(done.error());
        }
    }
    if (tally.mistakes) return Exit::findings;
    if (!options.check || tally.changed == 0) return Exit::ok;
    print_error(fmt::format("edict: {} file{} not in the layout of `edict fmt`\n", tally.changed,
                            tally.changed == 1 ? " is" : "s are"));
    return Exit::findings;
}

}  // namespace

void add_fmt(Verb& top) {
    auto options = std::make_shared<FmtOptions>();
    Verb verb = top.add("fmt", "Put files into the one layout");
    verb.positional("FILES", options->files, "Files (.edict, .edict.md) or folders of them",
                    Takes::path);
    verb.flag("--check", options->check, "Change nothing; name the files that would change");
    verb.choice("--keywords", options->keywords, {"as written", "en", "zh"},
                "Write the words of the language in English or in Chinese");
    verb.footer(
        "Changes files in place and prints the name of each changed one. Comments and line ends "
        "stay;\n"
        "spaces, indentation and blank lines are made anew; rules use words (`is at least`), "
        "actions\n"
        "use signs (`>=`). A text in Chinese and the same text in English are one module.\n"
        "Exit codes: 0 done, 1 a file has a mistake, or --check found a file to change, 4 a file "
        "cannot\n"
        "be read or written.");
    verb.run([options] { return format_files(*options); });
}

}  // namespace edict::cli
