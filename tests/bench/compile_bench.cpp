// From source to module at three sizes, step by step, and the layout of the same text: every step
// must grow with the text. No files: compile_bench [RULES of the largest].
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <deque>

#include "base/check.h"
#include "compiler/check/check.h"
#include "compiler/format/format.h"
#include "compiler/lower/lower.h"
#include "compiler/parse/parse.h"
#include "compiler/source/render.h"
#include "vm/call/link.h"

namespace {

using namespace edict;

constexpr std::size_t RULES_OF_ACTION = 20;

std::string contract_of(std::size_t actions) {
    std::string out =
        "contract bench_hub version 1.0.0\n  zone +00:00\n  regulators office\n\n"
        "role site, office\nenum Level ordered { open, internal, personal }\n"
        "store sent: Map<Party, Int 0..1_000_000_000> default 0\n\n";
    for (std::size_t i = 0; i < actions; ++i) {
        out += fmt::format(
            "action share_{}(to: Party, level: Level, amount: Int 0..1_000_000) by site {{\n"
            "  sent[to] += amount\n}}\n",
            i);
    }
    return out;
}

// Four lines a rule.
std::string regulation_of(std::size_t rules) {
    std::string out =
        "regulation bench_rules version 1.0.0 governs bench_hub\n  zone +00:00\n"
        "  default forbid\n\nsource ACT rank law in force from 2020-01-01 \"Act\"\n\n";
    for (std::size_t i = 0; i < rules; ++i) {
        const std::size_t low = i % RULES_OF_ACTION * 1'000;
        out += fmt::format(
            "rule rule_{}\n  cites ACT \"art {}\"\n"
            "  on share_{} when amount is at least {} and amount is less than {}\n"
            "    and level is at most internal: {}\n",
            i, i, i / RULES_OF_ACTION, low, low + 1'000, i % 2 == 0 ? "permit" : "forbid");
    }
    return out;
}

struct Timer {
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    double step_ms() {
        const auto now = std::chrono::steady_clock::now();
        const std::chrono::duration<double, std::milli> took = now - begin;
        begin = now;
        return took.count();
    }
};

void measure(std::size_t rules) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto contract =
        sources.add("hub.edict", contract_of((rules + RULES_OF_ACTION - 1) / RULES_OF_ACTION));
    const auto regulation = sources.add("rules.edict", regulation_of(rules));
    EDICT_CHECK(contract && regulation);
    const std::uint32_t lines = sources.line_count(*contract) + sources.line_count(*regulation);

    Timer timer;
    std::deque<ast::File> trees;
    for (const source::FileId file : {*contract, *regulation}) {
        auto tree = parse::parse(file, sources, diagnostics);
        EDICT_CHECK(tree.has_value());
        trees.push_back(std::move(*tree));
    }
    const double parse = timer.step_ms();
    const auto program = check::check({&trees[0], &trees[1]}, nullptr, diagnostics);
    const double check = timer.step_ms();
    if (!program) fmt::print("{}", render(diagnostics, sources, source::Form::human));
    EDICT_CHECK(program.has_value());
    const auto lowered = lower::lower(*program, sources, diagnostics);
    EDICT_CHECK(lowered.has_value());
    const double lower = timer.step_ms();
    const auto linked = call::link(lowered->modules);
    EDICT_CHECK(linked.has_value());
    const double link = timer.step_ms();
    for (const source::FileId file : {*contract, *regulation}) {
        EDICT_CHECK(format::format(file, sources, {}, diagnostics).has_value());
    }
    const double format = timer.step_ms();
    const double all = parse + check + lower + link;
    fmt::print("| {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.1f} | {:.0f} |\n",
               rules, lines, parse, check, lower, link, all,
               all * 1'000 / static_cast<double>(lines), format);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t largest = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 24'000;
    fmt::print("| rules | lines | parse | check | lower | link | all, ms | us a line | format |\n");
    fmt::print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (const std::size_t part : {6u, 2u, 1u}) measure(largest / part);
    return 0;
}
