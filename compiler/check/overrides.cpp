#include <algorithm>

#include "compiler/check/limits.h"
#include "compiler/check/rules.h"

namespace edict::check {
namespace {

void report_cycle(Context& context, const Module& module, std::vector<std::uint32_t> cycle) {
    // The same cycle is always told from its first rule in the text.
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    std::string path;
    bool derived = false;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
        const Rule& rule = module.rules[cycle[i]];
        const std::uint32_t weaker = cycle[(i + 1) % cycle.size()];
        const auto written = rule.overrides.begin() + rule.written_overrides;
        const bool by_order = std::find(rule.overrides.begin(), written, weaker) == written;
        derived = derived || by_order;
        if (i < MAX_CYCLE_SHOWN)
            path += quoted(rule.name) + (by_order ? " by its order overrides " : " overrides ");
    }
    const Rule& first = module.rules[cycle.front()];
    const bool is_long = cycle.size() > MAX_CYCLE_SHOWN;
    if (is_long) path += "… overrides ";
    source::Diagnostic& report =
        context.report(Code::E0404, first.name_span,
                       (is_long ? std::to_string(cycle.size()) + " rules" : "these rules") +
                           " override each other: " + path + quoted(first.name));
    for (std::size_t i = 1; i < std::min(cycle.size(), MAX_CYCLE_SHOWN); ++i) {
        report.with_label(module.rules[cycle[i]].name_span, "in the cycle");
    }
    report.with_help(derived
                         ? "say which prevails: a written `overrides` between two rules takes the "
                           "place of what `order by` adds"
                         : "remove one of these `overrides`");
}

}  // namespace

// Depth first, without recursion: rules may override each other in a chain of any length.
void check_overrides(const ModuleScope& names) {
    Context& context = names.context();
    const Module& module = context.module(names.self());
    enum class State : std::uint8_t { fresh, open, done };
    std::vector<State> state(module.rules.size(), State::fresh);
    struct Step {
        std::uint32_t rule;
        std::size_t next;
    };
    for (std::uint32_t start = 0; start < module.rules.size(); ++start) {
        if (state[start] != State::fresh) continue;
        std::vector<Step> path{{start, 0}};
        state[start] = State::open;
        while (!path.empty()) {
            Step& step = path.back();
            const std::vector<std::uint32_t>& edges = module.rules[step.rule].overrides;
            if (step.next == edges.size()) {
                state[step.rule] = State::done;
                path.pop_back();
                continue;
            }
            const std::uint32_t to = edges[step.next++];
            if (state[to] == State::fresh) {
                state[to] = State::open;
                path.push_back({to, 0});
            } else if (state[to] == State::open) {
                std::vector<std::uint32_t> cycle;
                const auto from = std::find_if(path.begin(), path.end(),
                                               [&](const Step& one) { return one.rule == to; });
                for (auto at = from; at != path.end(); ++at) cycle.push_back(at->rule);
                report_cycle(context, module, std::move(cycle));
            }
        }
    }
}

}  // namespace edict::check
