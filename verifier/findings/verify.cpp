#include "verifier/findings/verify.h"

#include <algorithm>
#include <tuple>

#include "verifier/findings/context.h"

namespace edict::findings {

std::string_view code_of(Kind kind) {
    constexpr std::string_view codes[] = {"V01", "V02", "V03", "V04", "V05",
                                          "V06", "V07", "V08", "V09", "V00"};
    return codes[static_cast<std::size_t>(kind)];
}

std::string_view title_of(Kind kind) {
    constexpr std::string_view titles[] = {
        "a rule against itself",
        "a permit meets a forbid",
        "a gap",
        "an assertion that fails",
        "a rule that has no value",
        "a contract without regulation",
        "a permit that yields to a restriction",
        "a table to look at",
        "an invariant that fails",
        "not settled",
    };
    return titles[static_cast<std::size_t>(kind)];
}

bool Report::has_blocking() const {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.blocks && finding.kind != Kind::unknown;
    });
}

bool Report::has_unknown() const {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.kind == Kind::unknown; });
}

Analysis::Analysis(Run& in, check::ActionRef ref)
    : run(in),
      world(in.program),
      action(in.program.at(ref)),
      module(in.program.at(ref.module).name),
      solver(world.terms, in.session) {
    world.enter(ref);
    call = encode::decide_call(world);
    base = {call.decided, call.own.observed};
    world.symbols.saturate();
}

std::vector<Term> Analysis::with(std::initializer_list<Term> more) const {
    std::vector<Term> all = base;
    all.insert(all.end(), more);
    return all;
}

smt::Verdict Analysis::ask(std::initializer_list<Term> more) { return solver.check(with(more)); }

namespace {

bool is_asserted(const check::Program& program, check::ActionRef action) {
    for (const check::Module& module : program.modules) {
        for (const check::Assertion& assertion : module.assertions) {
            if (assertion.action == action) return true;
        }
    }
    return false;
}

bool is_governed(const check::Program& program, check::ActionRef action) {
    for (const check::Module& module : program.modules) {
        for (const check::Default& line : module.defaults) {
            if (line.action == action) return true;
        }
        for (const check::Rule& rule : module.rules) {
            for (const check::RuleBody& body : rule.bodies) {
                if (body.action == action) return true;
            }
        }
    }
    return false;
}

void analyse(Run& run, check::ActionRef ref) {
    Analysis analysis(run, ref);
    ++run.report.actions;
    check_self_conflicts(analysis);
    check_conflicts(analysis);
    check_rights(analysis);
    check_gap(analysis);
    check_rule_errors(analysis);
    check_assertions(analysis);
}

// Blocking ones first, then as they stand in the texts, then as they were found.
std::vector<Finding> sorted(std::vector<Finding> findings) {
    const auto key = [&](std::size_t i) {
        const Finding& finding = findings[i];
        const source::Span at = finding.places.empty() ? source::Span{} : finding.places[0].span;
        return std::tuple(!finding.blocks, finding.kind == Kind::unknown, at.file.value, at.begin,
                          finding.kind, i);
    };
    std::vector<std::size_t> order(findings.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    std::vector<Finding> result;
    for (const std::size_t i : order) result.push_back(std::move(findings[i]));
    return result;
}

}  // namespace

Report verify(const check::Program& program, const call::LinkedSet& set, runtime::Engine& engine,
              const Options& options) {
    Run run{program, set, engine, smt::Session(options.limits), {}, {}, {}};
    for (std::uint32_t m = 0; m < program.modules.size(); ++m) {
        run.report.rules += program.modules[m].rules.size();
        for (std::uint32_t a = 0; a < program.modules[m].actions.size(); ++a) {
            const check::ActionRef ref{check::ModuleId{m}, a};
            if (is_governed(program, ref) || is_asserted(program, ref)) analyse(run, ref);
        }
    }
    report_self_conflicts(run);
    report_ungoverned(run);
    check_tables(run);
    check_invariants(run);
    run.report.findings = sorted(std::move(run.report.findings));
    run.report.statistics = run.session.statistics();
    return std::move(run.report);
}

}  // namespace edict::findings
