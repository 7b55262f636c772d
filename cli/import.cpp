// edict import: rules of another language as modules of Edict.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "compiler/format/format.h"
#include "compiler/reglang/parse.h"
#include "compiler/reglang/translate.h"

namespace edict::cli {

namespace {

struct ImportOptions {
    std::string file;
    std::string into = ".";
    std::string name = "imported";
};

base::Result<std::string> laid_out(const std::string& path, const std::string& text) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, text);
    if (!file) return base::error_of(file);
    const auto made = format::format(*file, sources, {}, diagnostics);
    // What is wrong is shown by the check of the whole.
    return made ? *made : text;
}

Exit import_reglang(const ImportOptions& options) {
    const auto text = read_file(options.file);
    if (!text) return report(text.error());
    const auto in_file = [&](const base::Error& error) {
        return report({error.kind, options.file + ":" + error.message});
    };
    const auto tree = reglang::parse(*text);
    if (!tree) return in_file(tree.error());
    const auto imported = reglang::translate(*tree, options.name);
    if (!imported) return in_file(imported.error());

    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& [name, module] : imported->modules) {
        const std::string path =
            (std::filesystem::path(options.into) / (name + ".edict")).generic_string();
        std::error_code error;
        if (std::filesystem::exists(path, error)) {
            return report({base::ErrorKind::input,
                           fmt::format("{} exists already; import into another folder", path)});
        }
        auto made = laid_out(path, module);
        if (!made) return report(made.error());
        files.emplace_back(path, *std::move(made));
    }
    // Nothing is written that does not check.
    const auto compiled = compile_texts(files);
    if (!compiled) return report(compiled.error());
    if (!is_usable(*compiled)) {
        return report({base::ErrorKind::input,
                       fmt::format("{} cannot be imported: what it becomes has the mistakes above",
                                   options.file)});
    }
    std::error_code error;
    std::filesystem::create_directories(options.into, error);
    if (error) {
        return report({base::ErrorKind::environment, fmt::format("cannot make the folder {}: {}",
                                                                 options.into, error.message())});
    }
    for (const auto& [path, made] : files) {
        if (const auto done = write_file(path, made); !done) return report(done.error());
        print(path + "\n");
    }
    print("assumed:\n");
    for (const reglang::Remark& remark : imported->remarks)
        print(fmt::format("  {}:{}: {}\n", options.file, reglang::to_text(remark.place),
                          remark.text));
    return Exit::ok;
}

}  // namespace

void add_import(Verb& top) {
    auto options = std::make_shared<ImportOptions>();
    Verb verb = top.add("import", "Turn rules of another language into modules");
    Verb from = verb.add("reglang", "Turn a RegLang file into contracts and a regulation");
    from.positional("FILE", options->file, "The RegLang file", Takes::path);
    from.option("--into", options->into, "The folder to write to", Takes::path);
    from.option("--name", options->name, "The name of the regulation");
    from.footer(
        "Writes a file for each contract that the rules name, and one for the regulation, and "
        "says\n"
        "what had to be assumed: RegLang has no types, coerces, and compares without case.\n"
        "Exit codes: 0 written, 1 it cannot be imported, 4 a file cannot be read or written.");
    from.run([options] { return import_reglang(*options); });
}

}  // namespace edict::cli
