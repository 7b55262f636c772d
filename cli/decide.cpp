// edict decide: what the rules say about one call, without a chain.
#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "cli/arguments.h"
#include "cli/engine.h"
#include "cli/facts.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "vm/call/explain.h"

namespace edict::cli {

namespace {

struct DecideOptions {
    std::vector<std::string> files;
    std::string call;
    std::string facts;
    std::string engine = "interp";
    bool explain = false;
    std::uint64_t repeat = 1;
};

std::string_view word(call::Outcome outcome) {
    switch (outcome) {
        case call::Outcome::committed:
            return "committed";
        case call::Outcome::forbidden:
            return "forbidden";
        case call::Outcome::failed:
            return "failed";
        case call::Outcome::refused:
            return "refused";
    }
    return "";
}

std::string_view word(bytecode::Answer answer) {
    switch (answer) {
        case bytecode::Answer::permitted:
            return "permitted";
        case bytecode::Answer::forbidden:
            return "forbidden";
        case bytecode::Answer::silent:
            return "silent";
    }
    return "";
}

Exit exit_of(call::Outcome outcome) {
    switch (outcome) {
        case call::Outcome::committed:
            return Exit::ok;
        case call::Outcome::forbidden:
            return Exit::forbidden;
        case call::Outcome::failed:
        case call::Outcome::refused:
            return Exit::findings;
    }
    return Exit::findings;
}

std::string name_of(const Facts& facts, const value::PartyId& party) {
    const auto known = facts.names.find(party);
    return known == facts.names.end() ? party.hex() : known->second;
}

// "  data_export: forbidden by genetic_needs_approval"
std::string answer_line(const call::RegulationAnswer& answer, const bytecode::Module& regulation) {
    std::string line = fmt::format("  {}: {}", answer.regulation, word(answer.answer));
    if (answer.by_default) return line + " by default";
    for (std::size_t i = 0; i < answer.deciding.size(); ++i)
        line += (i == 0 ? " by " : ", ") + regulation.rules[answer.deciding[i].rule].name;
    return line;
}

void print_decision(const call::LinkedSet& set, const call::Decision& decision, bool inner,
                    bool explain) {
    if (inner)
        print(fmt::format("{} {}.{}\n", decision.passed ? "passed" : "forbidden", decision.module,
                          decision.action));
    for (const call::RegulationAnswer& answer : decision.answers) {
        print(answer_line(answer, *set.find(answer.regulation)) + "\n");
        if (!explain) continue;
        for (const std::string& line : call::explain(set, decision, answer))
            print(fmt::format("    {}\n", line));
    }
    if (decision.answers.empty() && !decision.passed)
        print("  no regulation governs this contract, though it names regulators\n");
    else if (decision.gap)
        print("  every regulation is silent, so the call is forbidden (a gap)\n");
}

void print_result(const call::LinkedSet& set, const Facts& facts, const call::CallResult& result,
                  bool explain) {
    print(fmt::format("{}  {}.{} by {} at {}\n", word(result.outcome), facts.call.module,
                      facts.call.action, name_of(facts, facts.call.caller), facts.at));
    if (!result.reason.empty()) print(fmt::format("  {}\n", result.reason));
    for (std::size_t i = 0; i < result.decisions.size(); ++i)
        print_decision(set, result.decisions[i], i + 1 < result.decisions.size(), explain);
}

Exit decide(const DecideOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit);
    if (!made) return exit;
    const auto text = read_file(options.facts);
    if (!text) return report(text.error());
    const auto facts = read_facts(options.facts, *text, options.call, *made->linked);
    if (!facts) return report(facts.error());
    const auto engine = make_engine(options.engine);
    if (!engine) return report(engine.error());

    const call::LinkedSet& set = *made->linked;
    const auto run = [&] {
        return call::run_call(set, facts->state, facts->call, facts->block, **engine);
    };
    const call::CallResult result = run();
    print_result(set, *facts, result, options.explain);

    if (options.repeat > 1) {
        const auto begin = std::chrono::steady_clock::now();
        for (std::uint64_t i = 0; i < options.repeat; ++i) (void)run();
        const std::chrono::duration<double, std::nano> took =
            std::chrono::steady_clock::now() - begin;
        print(fmt::format("{} calls, {:.0f} ns each ({})\n", options.repeat,
                          took.count() / static_cast<double>(options.repeat), (*engine)->name()));
    }
    if (const auto compiled = functions_compiled(**engine))
        print(fmt::format("{} functions compiled\n", *compiled));
    return exit_of(result.outcome);
}

constexpr const char* HELP =
    "The facts are one JSON object:\n"
    "  action     \"module.action\"; --call says it too\n"
    "  arguments  { \"dataset\": \"pbc\", \"to\": \"guangan\" }, or a list in order\n"
    "  caller     who calls: a name from parties, or 64 hexadecimal digits; signer: the same\n"
    "             unless it is said\n"
    "  parties    { \"xiyuan\": [\"hospital\"], \"guangan\": { \"id\": \"…\", \"roles\": [] } }\n"
    "  at         \"2026-02-01\" or \"2026-02-01T09:30:00Z\": the legal time\n"
    "  stores     { \"hub.datasets\": { \"pbc\": { … } } }: the state before the call; a map "
    "whose\n"
    "             keys are no texts is a list of { \"key\": …, \"value\": … }\n"
    "Exit codes: 0 the call would be committed, 5 forbidden, 1 failed or refused, or mistakes in\n"
    "the files or facts, 4 a file cannot be read or there is no native compiler.";

}  // namespace

void add_decide(Verb& top) {
    auto options = std::make_shared<DecideOptions>();
    Verb verb = top.add("decide", "Decide one call on given facts");
    verb.positional("FILES", options->files, "Files (.edict, .edict.md) or folders of them");
    verb.option("--call", options->call,
                "\"module.action\", or a JSON object whose members stand above those of the facts");
    verb.required("--facts", options->facts, "A JSON file");
    verb.choice("--engine", options->engine, {"interp", "jit"}, "What executes the code");
    verb.flag("--explain", options->explain, "Name each deciding rule's citations and message");
    verb.option("--repeat", options->repeat, "Decide so often again and show the time of one call");
    verb.footer(HELP);
    verb.run([options] { return decide(*options); });
}

}  // namespace edict::cli
