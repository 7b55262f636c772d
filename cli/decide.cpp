// edict decide: what the rules say about one call, without a chain.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/engine.h"
#include "cli/facts.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "value/json.h"
#include "vm/call/explain.h"

namespace edict::cli {

namespace {

struct DecideOptions {
    std::vector<std::string> files;
    std::string call;
    std::string facts;
    std::string engine = "interp";
    std::string format = "human";
    bool explain = false;
    std::uint64_t repeat = 1;
};

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

// "  data_export: forbidden by genetic_needs_approval"
std::string answer_line(const call::ExplainedAnswer& answer) {
    std::string line = fmt::format("  {}: {}", answer.regulation, call::to_text(answer.answer));
    if (answer.by_default) line += " by default";
    for (std::size_t i = 0; i < answer.deciding.size(); ++i)
        line += (i == 0 ? " by " : ", ") + answer.deciding[i].rule;
    for (const call::ExplainedObserver& observer : answer.observers)
        line += fmt::format(" ({}: {})", observer.name, observer.why);
    if (answer.conflict) line += " (rules that permit and rules that restrict meet)";
    if (answer.overlap) line += " (restrictions come first)";
    if (answer.right_denied) line += " (a right that another regulation denies)";
    return line + "\n";
}

void print_result(const call::LinkedSet& set, const call::Call& call,
                  const call::CallResult& result) {
    for (const call::Decision& decision : result.decisions) {
        if (decision.module != call.module || decision.action != call.action)
            print(fmt::format("  {}.{} inside it:\n", decision.module, decision.action));
        for (const call::ExplainedAnswer& answer : call::explain(set, decision))
            print(answer_line(answer));
        if (decision.gap)
            print("  no regulation permits or forbids it: a gap, so it is forbidden\n");
    }
    if (!result.reason.empty()) print(fmt::format("  {}\n", result.reason));
}

nlohmann::json rule_json(const call::ExplainedRule& rule) {
    return {{"rule", rule.regulation + "." + rule.rule},
            {"norm", call::to_text(rule.norm)},
            {"in_doubt", rule.in_doubt},
            {"citations", rule.citations},
            {"message", rule.message},
            {"failing", rule.failing}};
}

nlohmann::json decision_json(const call::LinkedSet& set, const call::Decision& decision,
                             const call::PartyText& names) {
    nlohmann::json answers = nlohmann::json::array();
    for (const call::ExplainedAnswer& answer : call::explain(set, decision, names)) {
        nlohmann::json deciding = nlohmann::json::array();
        for (const call::ExplainedRule& rule : answer.deciding) deciding.push_back(rule_json(rule));
        answers.push_back({{"regulation", answer.regulation},
                           {"answer", call::to_text(answer.answer)},
                           {"by_default", answer.by_default},
                           {"conflict", answer.conflict},
                           {"deciding", std::move(deciding)}});
    }
    return {{"action", decision.module + "." + decision.action},
            {"passed", decision.passed},
            {"gap", decision.gap},
            {"answers", std::move(answers)}};
}

// One object on one line; see docs/DECIDE.md.
// Of the action that was called, which returns a value.
const value::Type* result_type(const call::LinkedSet& set, const Facts& facts) {
    const call::LinkedAction* action = set.find(facts.call.module, facts.call.action);
    const bytecode::Module& module = *set.modules[action->module];
    return module.types[*module.actions[action->action].result].get();
}

void print_json(const call::LinkedSet& set, const Facts& facts, const call::CallResult& result,
                const call::PartyText& names) {
    nlohmann::json decisions = nlohmann::json::array();
    for (const call::Decision& decision : result.decisions) {
        decisions.push_back(decision_json(set, decision, names));
    }
    nlohmann::json all = {{"outcome", call::to_text(result.outcome)},
                          {"action", facts.call.module + "." + facts.call.action},
                          {"caller", names(facts.call.caller).value_or(facts.call.caller.hex())},
                          {"at", facts.at},
                          {"reason", result.reason},
                          {"cost", std::to_string(result.cost.value)},
                          {"decisions", std::move(decisions)}};
    if (result.result) all["result"] = value::to_json(*result.result, *result_type(set, facts));
    print(all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
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
    const call::PartyText names = [&](const value::PartyId& party) {
        return facts->name_of(party);
    };
    if (options.format == "json") {
        print_json(set, *facts, result, names);
        return exit_of(result.outcome);
    }
    print(fmt::format("{}  {}.{} by {} at {}\n", call::to_text(result.outcome), facts->call.module,
                      facts->call.action,
                      names(facts->call.caller).value_or(facts->call.caller.hex()), facts->at));
    if (result.result) {
        print(fmt::format("  returns {}\n",
                          value::to_text(*result.result, *result_type(set, *facts))));
    }
    if (options.explain) {
        const std::string story = call::explanation(set, result, names);
        print(std::string_view(story).substr(story.find('\n') + 1));  // its first line is said
        if (!result.reason.empty()) print(fmt::format("  {}\n", result.reason));
    } else {
        print_result(set, facts->call, result);
    }

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
    "             keys are no texts is a list of { \"key\": …, \"value\": … }; a store that is "
    "not\n"
    "             named holds its initial data\n"
    "Exit codes: 0 the call would be committed, 5 forbidden, 1 failed or refused, or mistakes in\n"
    "the files or facts, 4 a file cannot be read or there is no native compiler.";

}  // namespace

void add_decide(Verb& top) {
    auto options = std::make_shared<DecideOptions>();
    Verb verb = top.add("decide", "Decide one call on given facts");
    verb.positional("FILES", options->files, "Files (.edict) or folders of them", Takes::path);
    verb.option("--call", options->call,
                "\"module.action\", or a JSON object whose members stand above those of the facts");
    verb.required("--facts", options->facts, "A JSON file", Takes::path);
    verb.choice("--engine", options->engine, {"interp", "jit"}, "What executes the code");
    verb.choice("--format", options->format, {"human", "json"},
                "json: one object with every regulation's answer and its deciding rules");
    verb.flag("--explain", options->explain, "Name each deciding rule's citations and message");
    verb.option("--repeat", options->repeat, "Decide so often again and show the time of one call",
                {1, 1'000'000'000});
    verb.footer(HELP);
    verb.run([options] { return decide(*options); });
}

}  // namespace edict::cli
