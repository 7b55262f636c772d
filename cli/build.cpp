// edict build: the bytes of each module, and its companion for people.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/pipeline.h"

namespace edict::cli {

namespace {

struct BuildOptions {
    std::vector<std::string> files;
    std::string folder;
    std::string format = "human";
    std::string target = "site";
};

Exit build(const BuildOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit, target_of(options.target));
    if (!made) return exit;

    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error)
        return report({base::ErrorKind::environment, fmt::format("cannot make the folder {}: {}",
                                                                 options.folder, error.message())});
    nlohmann::json written = nlohmann::json::array();
    const lower::LoweredProgram& lowered = *made->lowered;
    for (std::size_t i = 0; i < lowered.modules.size(); ++i) {
        const bytecode::Module& module = *lowered.modules[i];
        const std::string hash = lowered.hashes[i].hex();
        const std::string place = fmt::format("{}/{}.edo", options.folder, module.name);
        const std::string companion = fmt::format("{}/{}.debug", options.folder, hash);
        if (const auto done = write_file(place, base::as_text(bytecode::encode(module))); !done)
            return report(done.error());
        if (const auto done =
                write_file(companion, base::as_text(bytecode::encode(lowered.companions[i])));
            !done)
            return report(done.error());
        const std::string version = fmt::format("{}.{}.{}", module.version_major,
                                                module.version_minor, module.version_patch);
        if (options.format == "json") {
            written.push_back({{"module", module.name},
                               {"version", version},
                               {"hash", hash},
                               {"file", place},
                               {"companion", companion}});
        } else {
            print(fmt::format("{}  {} {}\n", hash, module.name, version));
        }
    }
    if (options.format == "json") {
        print(nlohmann::json{{"modules", std::move(written)}}.dump(
                  -1, ' ', false, nlohmann::json::error_handler_t::replace) +
              "\n");
    }
    return Exit::ok;
}

}  // namespace

void add_build(Verb& top) {
    auto options = std::make_shared<BuildOptions>();
    Verb verb = top.add("build", "Compile modules to bytecode and print their hashes");
    verb.positional("FILES", options->files, "Files (.edict) or folders of them", Takes::path);
    verb.required("-o,--output", options->folder, "The folder to write to; made if missing",
                  Takes::path);
    verb.choice("--format", options->format, {"human", "json"}, "How the modules are listed");
    verb.choice("--target", options->target, TARGETS,
                "Where the modules will run; a chain refuses what would tell it personal data");
    verb.footer(
        "Writes NAME.edo for each module, the built-in ones that are used too, and HASH.debug,\n"
        "which knows the source behind the code and is no part of the module's identity.\n"
        "Exit codes: 0 built, 1 mistakes in the files, 4 a file cannot be read or written.");
    verb.run([options] { return build(*options); });
}

}  // namespace edict::cli
