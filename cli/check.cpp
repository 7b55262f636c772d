// edict check: are the files well-formed, well-typed rules?
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "compiler/source/sarif.h"

namespace edict::cli {

namespace {

struct CheckOptions {
    std::vector<std::string> files;
    std::string format = "human";
    std::string target = "site";
    bool costs = false;
};

source::Form form_of(const std::string& format) {
    if (format == "json") return source::Form::json;
    return format == "short" ? source::Form::brief : source::Form::human;
}

// The code of one rule for one action, as call::link adds it up.
std::uint64_t cost_of(const bytecode::Module& regulation, const bytecode::RuleBody& body) {
    std::uint64_t all = 0;
    const auto add = [&](const std::optional<bytecode::FunctionIndex>& function) {
        if (function) all += regulation.functions[*function].cost;
    };
    add(body.scope);
    add(body.condition);
    add(body.condition);  // once more, to name the elements that fail
    for (const bytecode::ExceptionDecl& exception : body.exceptions) add(exception.condition);
    if (body.because) add(body.because->values);
    return all;
}

// Where the cost of one action comes from: its code, each of its rules, and the rest.
void print_parts(const call::LinkedSet& set, const call::LinkedAction& action) {
    const bytecode::Module& module = *set.modules[action.module];
    std::uint64_t rest = action.cost.value;
    const auto part = [&rest](std::uint64_t cost, const std::string& of) {
        print(fmt::format("{:>12} units    {}\n", cost, of));
        rest -= std::min(rest, cost);
    };
    part(module.functions[module.actions[action.action].code].cost, "its own code");
    for (const call::GovernedBy& governed : action.governed_by) {
        const bytecode::Module& regulation = *set.modules[governed.regulation];
        for (const call::GovernedBy::Rule& one : governed.rules) {
            const bytecode::RuleDecl& rule = regulation.rules[one.rule];
            part(cost_of(regulation, rule.bodies[one.body]),
                 fmt::format("{}.{}", regulation.name, rule.name));
        }
    }
    if (rest > 0) part(rest, "roles, windows, messages and inner calls");
}

// What each action may cost, its rules and callees included.
void print_costs(const Compilation& made) {
    for (const auto& [name, action] : made.linked->actions) {
        std::size_t rules = 0;
        for (const call::GovernedBy& governed : action.governed_by) rules += governed.rules.size();
        print(fmt::format("{:>12} units  {}.{}  ({} rule{} of {} regulation{})\n",
                          action.cost.value, name.first, name.second, rules, rules == 1 ? "" : "s",
                          action.governed_by.size(), action.governed_by.size() == 1 ? "" : "s"));
        print_parts(*made.linked, action);
    }
}

Exit check(const CheckOptions& options) {
    const auto made = compile(options.files, target_of(options.target));
    if (!made) return report(made.error());
    const bool for_programs = options.format == "json" || options.format == "sarif";
    const std::string said =
        options.format == "sarif"
            ? source::to_sarif(made->diagnostics, made->sources)
            : source::render(made->diagnostics, made->sources, form_of(options.format));
    // A person's messages do not mix with what --costs prints.
    for_programs ? print(said) : print_error(said);
    if (made->diagnostics.has_errors()) return Exit::findings;
    if (options.costs) print_costs(*made);
    return Exit::ok;
}

}  // namespace

void add_check(Verb& top) {
    auto options = std::make_shared<CheckOptions>();
    Verb verb = top.add("check", "Look for mistakes in rules and contracts");
    verb.positional("FILES", options->files, "Files (.edict) or folders of them", Takes::path);
    verb.choice("--format", options->format, {"human", "short", "json", "sarif"},
                "How mistakes are shown; json and sarif go to standard output");
    verb.choice("--target", options->target, TARGETS,
                "Where the modules will run; a chain refuses what would tell it personal data");
    verb.flag("--costs", options->costs, "Show what a call of each action costs at most");
    verb.footer(
        "All files are checked together; modules named std.… are built in.\n"
        "Exit codes: 0 no mistakes (warnings may be shown), 1 mistakes, 4 a file cannot be read.");
    verb.run([options] { return check(*options); });
}

}  // namespace edict::cli
