#include "cli/coverage.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/lower/lower.h"

namespace edict::cli {

namespace {

using check::Expr;
using check::ExprRef;

// The parts of a condition between and, or, not and implies, in the order of the text.
std::vector<ExprRef> parts_of(const ExprRef& condition) {
    std::vector<ExprRef> out;
    std::vector<ExprRef> open = {condition};
    while (!open.empty()) {
        const ExprRef one = open.back();
        open.pop_back();
        if (const auto* logic = std::get_if<check::Logic>(&one->node)) {
            open.push_back(logic->right);
            open.push_back(logic->left);
        } else if (const auto* negated = std::get_if<check::Not>(&one->node)) {
            open.push_back(negated->value);
        } else if (!std::holds_alternative<check::Constant>(one->node)) {
            out.push_back(one);
        }
    }
    return out;
}

ExprRef always(source::Span span) {
    return std::make_shared<const Expr>(
        Expr{value::boolean_type(), span, check::Constant{value::Value{true}}});
}

// `require true`: permits nothing, forbids nothing, whatever its scope is.
check::Rule probe_for(const check::RuleBody& body, ExprRef scope, source::Span span,
                      std::size_t number) {
    check::Rule out;
    out.name = fmt::format("coverage_probe_{}", number);
    out.norm = check::Norm::require;
    out.span = out.name_span = span;
    check::RuleBody copy;
    copy.action = body.action;
    copy.locals = body.locals;
    copy.scope = std::move(scope);
    copy.condition = always(span);
    out.bodies.push_back(std::move(copy));
    return out;
}

}  // namespace

base::Result<Coverage> Coverage::of(const Compilation& made) {
    Coverage out;
    check::Program program = *made.program;
    for (std::size_t i = 0; i < program.modules.size(); ++i) {
        if (made.is_given(program.modules[i])) out.probe(program, i);
    }
    source::Diagnostics diagnostics;
    auto lowered = lower::lower(program, made.sources, diagnostics);
    if (lowered) {
        if (auto linked = call::link(lowered->modules)) out.linked_ = std::move(*linked);
    }
    if (out.linked_.modules.empty()) {
        return base::input_error(
            "the coverage of these files cannot be measured: with its probes, a module is over a "
            "limit of the bytecode; give fewer files");
    }
    return out;
}

void Coverage::probe(check::Program& program, std::size_t module) {
    const auto rules = static_cast<std::uint32_t>(program.modules[module].rules.size());
    for (std::uint32_t rule = 0; rule < rules; ++rule) probe_rule(program, module, rule);
}

void Coverage::probe_rule(check::Program& program, std::size_t module, std::uint32_t owner) {
    std::vector<check::Rule>& rules = program.modules[module].rules;
    const check::Rule rule = rules[owner];
    const std::string& regulation = program.modules[module].name;
    const std::size_t whole = place(Kind::rule, rule.name_span, rule.name);
    for (const check::RuleBody& body : rule.bodies) {
        const std::string& of_module = program.at(body.action.module).name;
        const std::string& action = program.at(body.action).name;
        std::vector<Probe>& probes = probes_[{regulation, of_module, action}];
        probes.push_back({whole, owner, owner});
        const auto add = [&](Kind kind, source::Span span, const ExprRef& condition) {
            const auto index = static_cast<std::uint32_t>(rules.size());
            probes.push_back({place(kind, span, rule.name), index, owner});
            rules.push_back(probe_for(body, condition, span, index));
        };
        if (body.scope != nullptr) {
            for (const ExprRef& part : parts_of(body.scope)) add(Kind::part, part->span, part);
        }
        for (const check::Exception& exception : body.exceptions) {
            add(Kind::exception, exception.span, exception.condition);
        }
    }
}

std::size_t Coverage::place(Kind kind, source::Span span, const std::string& name) {
    const auto [at, is_new] =
        by_span_.try_emplace({span.file, span.begin, span.end, kind}, places_.size());
    if (is_new) places_.push_back({kind, span, name});
    return at->second;
}

void Coverage::add(const call::CaseReport& report) {
    for (const call::CallResult& result : report.calls) {
        for (const call::Decision& decision : result.decisions) {
            for (const call::RegulationAnswer& answer : decision.answers) {
                for (const Probe& probe :
                     probes_[{answer.regulation, decision.module, decision.action}]) {
                    Place& place = places_[probe.place];
                    const call::RuleBits& bits = answer.bits;
                    // An exception counts where its rule would have applied.
                    if (place.kind == Kind::exception && !bits.active[probe.owner]) continue;
                    const bool is_true = bits.active[probe.rule];
                    place.was_true = place.was_true || is_true;
                    place.was_false = place.was_false || (!is_true && !bits.error[probe.rule]);
                }
            }
        }
    }
}

bool Coverage::is_complete() const {
    return std::ranges::all_of(
        places_, [](const Place& one) { return one.kind == Kind::part || one.reached(); });
}

std::string Coverage::report(const source::SourceMap& sources) const {
    const auto count = [this](Kind kind, bool reached) {
        return std::ranges::count_if(places_, [&](const Place& one) {
            return one.kind == kind && (!reached || one.reached());
        });
    };
    std::string out = fmt::format(
        "coverage: {} of {} rules, {} of {} parts of conditions, {} of {} exceptions\n",
        count(Kind::rule, true), count(Kind::rule, false), count(Kind::part, true),
        count(Kind::part, false), count(Kind::exception, true), count(Kind::exception, false));
    std::vector<const Place*> missing;
    for (const Place& one : places_) {
        if (!one.reached()) missing.push_back(&one);
    }
    std::ranges::stable_sort(
        missing, {}, [](const Place* one) { return std::pair(one->span.file, one->span.begin); });
    for (const Place* one : missing) {
        const source::Position at = sources.position(one->span.file, one->span.begin);
        std::string what;
        if (one->kind == Kind::rule) {
            what = fmt::format("the rule `{}` never applied", one->name);
        } else if (one->kind == Kind::exception) {
            what = fmt::format("this exception of the rule `{}` never held", one->name);
        } else {
            what = fmt::format("`{}` was never {}", sources.text(one->span),
                               one->was_true    ? "false"
                               : one->was_false ? "true"
                                                : "true or false");
        }
        out +=
            fmt::format("  {}:{}:{}: {}\n", sources.path(one->span.file), at.line, at.column, what);
    }
    return out;
}

}  // namespace edict::cli
