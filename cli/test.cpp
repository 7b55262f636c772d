// edict test: runs the test blocks of rules and contracts.
#include <fmt/format.h>

#include <memory>

#include "cli/arguments.h"
#include "cli/coverage.h"
#include "cli/engine.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "cli/recording_engine.h"
#include "vm/call/case.h"

namespace edict::cli {

namespace {

struct TestOptions {
    std::vector<std::string> files;
    std::string engine = "interp";
    std::string filter;
    bool coverage = false;
};

struct Tally {
    std::size_t passed = 0;
    std::size_t failed = 0;
};

// "file:12:3: expected …" and the user's own line.
void print_failure(const Compilation& made, const source::Span& span, const std::string& message) {
    const source::Position at = made.sources.position(span.file, span.begin);
    print(fmt::format("          {}:{}:{}: {}\n", made.sources.path(span.file), at.line, at.column,
                      message));
    print(fmt::format("          {:>5} | {}\n", at.line, made.sources.line(span.file, at.line)));
}

// Where the action of each failed call ended itself; empty for all other calls.
std::vector<std::optional<EndedAt>> places_of(const call::CaseReport& result,
                                              const RecordingEngine& engine) {
    std::vector<std::optional<EndedAt>> out;
    std::size_t next = 0;
    for (const call::CallResult& one : result.calls) {
        const bool fits = one.outcome == call::Outcome::failed && next < engine.ended().size() &&
                          engine.ended()[next].why == one.reason;
        out.push_back(fits ? std::optional(engine.ended()[next++]) : std::nullopt);
    }
    return out;
}

std::optional<source::Span> span_of(const Compilation& made, const EndedAt& at) {
    for (std::size_t i = 0; i < made.lowered->modules.size(); ++i) {
        if (made.lowered->modules[i]->name != at.module) continue;
        const auto range =
            bytecode::range_of(made.lowered->companions[i], at.function, at.instruction);
        const auto module = made.program->find(at.module);
        if (!range || !module) return std::nullopt;
        return source::Span{made.program->at(*module).file, range->begin, range->end};
    }
    return std::nullopt;
}

// What an expectation was about: the index of the call before it; none if it asks for a store.
std::optional<std::size_t> call_before(const call::Case& story, std::uint32_t step) {
    if (!std::holds_alternative<call::CaseExpect>(story.steps[step].node)) return std::nullopt;
    std::size_t calls = 0;
    for (std::uint32_t i = 0; i < step; ++i) {
        if (std::holds_alternative<call::CaseCall>(story.steps[i].node)) ++calls;
    }
    return calls == 0 ? std::nullopt : std::optional(calls - 1);
}

void run_test(const Compilation& made, const check::Test& test, runtime::Engine& engine,
              Coverage* coverage, Tally& tally) {
    const call::Case story = lower::to_case(*made.program, test);
    if (coverage != nullptr) coverage->add(call::run_case(coverage->set(), story, engine));
    RecordingEngine recording(engine);
    const call::CaseReport result = call::run_case(*made.linked, story, recording);
    if (result.failures.empty()) {
        ++tally.passed;
        print(fmt::format("  ok      {}\n", test.name));
        return;
    }
    ++tally.failed;
    print(fmt::format("  failed  {}\n", test.name));
    for (const call::CaseFailure& failure : result.failures) {
        const std::uint32_t step = story.steps[failure.step].origin;
        print_failure(made, test.steps[step].span, failure.message);
        const auto about = call_before(story, failure.step);
        const auto at = about ? places_of(result, recording)[*about] : std::nullopt;
        const auto span = at ? span_of(made, *at) : std::nullopt;
        if (span) print_failure(made, *span, "the action failed here");
    }
}

Exit run_tests(const TestOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit);
    if (!made) return exit;
    const auto engine = make_engine(options.engine);
    if (!engine) return report(engine.error());

    std::optional<Coverage> coverage;
    if (options.coverage) {
        auto measured = Coverage::of(*made);
        if (!measured) return report(measured.error());
        coverage = std::move(*measured);
    }
    Tally tally;
    for (const check::Module& module : made->program->modules) {
        if (!made->is_given(module)) continue;
        bool named = false;
        for (const check::Test& test : module.tests) {
            if (test.name.find(options.filter) == std::string::npos) continue;
            if (!named) print(module.name + "\n");
            named = true;
            run_test(*made, test, **engine, coverage ? &*coverage : nullptr, tally);
        }
    }
    const std::size_t all = tally.passed + tally.failed;
    if (all == 0) {
        print(options.filter.empty() ? "no test blocks in these files\n"
                                     : "no test has such a name\n");
        if (coverage) print(coverage->report(made->sources));
        return Exit::ok;
    }
    print(fmt::format("{} test{}: {} ok, {} failed\n", all, all == 1 ? "" : "s", tally.passed,
                      tally.failed));
    if (coverage) print(coverage->report(made->sources));
    return tally.failed == 0 ? Exit::ok : Exit::findings;
}

}  // namespace

void add_test(Verb& top) {
    auto options = std::make_shared<TestOptions>();
    Verb verb = top.add("test", "Run the test blocks of rules and contracts");
    verb.positional("FILES", options->files, "Files (.edict) or folders of them", Takes::path);
    verb.choice("--engine", options->engine, {"interp", "jit"}, "What executes the code");
    verb.option("--filter", options->filter, "Only tests whose name contains this text");
    verb.flag("--coverage", options->coverage,
              "Name the rules, parts of conditions and exceptions that no test reached");
    verb.footer(
        "All modules given are in force together. Each test begins with the initial data.\n"
        "Exit codes: 0 all passed, 1 mistakes in the files or a test failed, 4 a file cannot be "
        "read.");
    verb.run([options] { return run_tests(*options); });
}

}  // namespace edict::cli
