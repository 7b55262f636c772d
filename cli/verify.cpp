// edict verify: proves rules free of contradiction and gaps, or shows the call that is wrong.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/arguments.h"
#include "cli/engine.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "verifier/findings/render.h"
#include "verifier/findings/verify.h"

namespace edict::cli {

namespace {

struct VerifyOptions {
    std::vector<std::string> files;
    std::string format = "human";
    std::string engine = "interp";
    std::uint64_t limit_ms = smt::Limits{}.wall_ms;
    bool statistics = false;
};

Exit exit_of(const findings::Report& found) {
    if (found.has_blocking()) return Exit::findings;
    return found.has_unknown() ? Exit::unknown : Exit::ok;
}

Exit verify(const VerifyOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit);
    if (!made) return exit;
    const auto engine = make_engine(options.engine);
    if (!engine) return report(engine.error());

    findings::Options limits;
    limits.limits.wall_ms = static_cast<std::uint32_t>(options.limit_ms);
    const findings::Report found =
        findings::verify(*made->program, *made->linked, **engine, limits);
    print(options.format == "json" ? findings::to_json(found, *made->program, made->sources)
                                   : findings::to_human(found, *made->program, made->sources));
    if (options.statistics) {
        print_error(fmt::format(
            "{} questions: {} refuted by bounds, {} shown by a trial, {} left to the solver\n",
            found.statistics.questions, found.statistics.refuted, found.statistics.witnessed,
            found.statistics.solved));
    }
    return exit_of(found);
}

}  // namespace

void add_verify(Verb& top) {
    auto options = std::make_shared<VerifyOptions>();
    Verb verb = top.add("verify", "Prove rules free of contradictions and gaps");
    verb.positional("FILES", options->files, "Files (.edict) or folders of them", Takes::path);
    verb.choice("--format", options->format, {"human", "json"}, "How findings are shown");
    verb.choice("--engine", options->engine, {"interp", "jit"}, "What replays the witnesses");
    verb.option("--limit-ms", options->limit_ms,
                "How long the solver may think about one question, in milliseconds",
                {1, 86'400'000});
    verb.flag("--statistics", options->statistics, "Say how the questions were answered");
    verb.footer(
        "All modules given are in force together. Every case that is shown has been run.\n"
        "Exit codes: 0 nothing found that blocks admission, 1 findings (or mistakes in the files), "
        "3 nothing\nfound but something was not settled, 4 a file cannot be read.");
    verb.run([options] { return verify(*options); });
}

}  // namespace edict::cli
