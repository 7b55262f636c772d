#include "verifier/encode/decision.h"

#include <algorithm>
#include <optional>

#include "base/check.h"

namespace edict::encode {

using smt::Terms;

namespace {

Truth both(smt::Terms& terms, Truth a, Truth b) {
    return {terms.both(a.yes, b.yes), terms.either(a.no, b.no)};
}

Term in_window(World& world, const Site& site, const check::Window& window) {
    std::vector<Term> parts;
    if (window.from) {
        const Term from = world.terms.number(window.from->days);
        parts.push_back(world.terms.at_most(from, world.today(site)));
    }
    if (window.until) {
        const Term until = world.terms.number(window.until->days);
        parts.push_back(world.terms.less(world.today(site), until));
    }
    return world.terms.all(std::move(parts));
}

RuleTerms encode_rule(World& world, const Frame& frame, check::ModuleId regulation,
                      std::uint32_t index, std::uint32_t body_index) {
    const check::Rule& rule = world.program.at(regulation).rules[index];
    const check::RuleBody& body = rule.bodies[body_index];
    RuleTerms terms;
    terms.rule = index;
    terms.body = body_index;
    terms.site = site_of(frame, regulation);
    terms.in_force = in_window(world, terms.site, rule.window);
    terms.scope = world.condition(terms.site, body.scope);
    terms.active = both(world.terms, terms.scope, {terms.in_force, Terms::negate(terms.in_force)});
    for (const check::Exception& exception : body.exceptions) {
        terms.exceptions.push_back(world.condition(terms.site, exception.condition));
    }
    terms.condition = world.condition(terms.site, body.condition);
    if (body.duty) {
        std::vector<Term> known;
        const auto add = [&](const check::ExprRef& value) {
            if (value) known.push_back(world.encode(terms.site, *value).known);
        };
        add(body.duty->bearer);
        add(body.duty->after);
        for (const check::ExprRef& value : body.duty->arguments) add(value);
        for (const check::ExprRef& value : body.duty->remedy_arguments) add(value);
        terms.told = world.terms.all(std::move(known));
    }
    return terms;
}

// Each rule after all that override it, which the checker has found possible.
void settle_overrides(World& world, RegulationTerms& regulation) {
    const std::vector<check::Rule>& rules = world.program.at(regulation.regulation).rules;
    std::vector<RuleTerms*> by_rule(rules.size(), nullptr);
    std::vector<std::vector<RuleTerms*>> overridden_by(rules.size());
    for (RuleTerms& terms : regulation.rules) by_rule[terms.rule] = &terms;
    for (RuleTerms& terms : regulation.rules) {
        for (const std::uint32_t weaker : rules[terms.rule].overrides) {
            overridden_by[weaker].push_back(&terms);
        }
    }
    std::vector<bool> done(rules.size(), false);
    std::vector<RuleTerms*> open;
    for (RuleTerms& terms : regulation.rules) open.push_back(&terms);
    while (!open.empty()) {
        RuleTerms* terms = open.back();
        if (done[terms->rule]) {
            open.pop_back();
            continue;
        }
        bool ready = true;
        for (RuleTerms* stronger : overridden_by[terms->rule]) {
            if (done[stronger->rule]) continue;
            open.push_back(stronger);
            ready = false;
        }
        if (!ready) continue;
        open.pop_back();
        done[terms->rule] = true;
        Truth effective = terms->active;
        for (const Truth exception : terms->exceptions) {
            effective = both(world.terms, effective, negate(exception));
        }
        for (const RuleTerms* stronger : overridden_by[terms->rule]) {
            effective = both(world.terms, effective, negate(stronger->effective));
        }
        terms->effective = effective;
        terms->violated = {Terms::no(), Terms::yes()};
        if (rules[terms->rule].norm == check::Norm::require) {
            terms->violated = both(world.terms, effective, negate(terms->condition));
        }
    }
}

void answer(World& world, RegulationTerms& regulation, check::Answer by_default) {
    const std::vector<check::Rule>& rules = world.program.at(regulation.regulation).rules;
    std::vector<Term> clear, permits, denied;
    for (const RuleTerms& terms : regulation.rules) {
        switch (rules[terms.rule].norm) {
            case check::Norm::permit:
                permits.push_back(terms.effective.yes);
                break;
            case check::Norm::forbid:
                clear.push_back(terms.effective.no);
                denied.push_back(terms.effective.yes);
                break;
            case check::Norm::duty:  // what cannot be told forbids
                clear.push_back(world.terms.either(terms.effective.no, terms.told));
                break;
            case check::Norm::require:
                clear.push_back(terms.violated.no);
                denied.push_back(terms.violated.yes);
                break;
        }
    }
    const Term no_objection = world.terms.all(std::move(clear));
    const Term permit = world.terms.any(std::move(permits));
    const Term left = world.terms.both(no_objection, Terms::negate(permit));
    const auto when = [&](check::Answer wanted) {
        return by_default == wanted ? left : Terms::no();
    };
    const Term observed = Terms::negate(regulation.unobserved);
    const auto if_observed = [&](Term term) { return world.terms.both(observed, term); };
    regulation.forbidden = world.terms.any(
        {regulation.unobserved, Terms::negate(no_objection), when(check::Answer::forbidden)});
    regulation.permitted = if_observed(
        world.terms.either(world.terms.both(no_objection, permit), when(check::Answer::permitted)));
    regulation.silent = if_observed(when(check::Answer::silent));
    denied.push_back(when(check::Answer::forbidden));
    regulation.denied = world.terms.any(std::move(denied));
}

std::optional<check::Answer> default_of(const check::Module& module, check::ActionRef action) {
    for (const check::Default& line : module.defaults) {
        if (line.action == action) return line.answer;
    }
    return std::nullopt;
}

}  // namespace

const RuleTerms* RegulationTerms::find(std::uint32_t rule) const {
    for (const RuleTerms& terms : rules) {
        if (terms.rule == rule) return &terms;
    }
    return nullptr;
}

Site site_of(const Frame& frame, check::ModuleId regulation) {
    Site site;
    site.module = regulation;
    site.arguments = frame.arguments;
    site.caller = frame.caller;
    site.signer = frame.signer;
    site.current = site.before = frame.before;
    site.apart = frame.apart;
    site.after = frame.after;
    return site;
}

DecisionTerms decide(World& world, const Frame& frame) {
    DecisionTerms decision;
    decision.action = frame.action;
    std::vector<Term> not_forbidden, permitted, silent;
    for (std::uint32_t m = 0; m < world.program.modules.size(); ++m) {
        const check::Module& module = world.program.modules[m];
        if (module.kind != check::ModuleKind::regulation) continue;
        RegulationTerms regulation;
        regulation.regulation = check::ModuleId{m};
        for (std::uint32_t r = 0; r < module.rules.size(); ++r) {
            for (std::uint32_t b = 0; b < module.rules[r].bodies.size(); ++b) {
                if (module.rules[r].bodies[b].action != frame.action) continue;
                regulation.rules.push_back(encode_rule(world, frame, regulation.regulation, r, b));
            }
        }
        const auto by_default = default_of(module, frame.action);
        if (!by_default && regulation.rules.empty()) continue;
        settle_overrides(world, regulation);
        const auto failed = frame.observers_failed.find(regulation.regulation);
        if (failed != frame.observers_failed.end()) {
            regulation.unobserved = failed->second;
            decision.observed =
                world.terms.both(decision.observed, Terms::negate(regulation.unobserved));
        }
        answer(world, regulation, by_default.value_or(check::Answer::silent));
        not_forbidden.push_back(Terms::negate(regulation.forbidden));
        permitted.push_back(regulation.permitted);
        silent.push_back(regulation.silent);
        decision.regulations.push_back(std::move(regulation));
    }
    decision.governed = !decision.regulations.empty();
    const bool must_be_governed = !world.program.at(frame.action.module).regulators.empty();
    if (!decision.governed) {
        decision.passes = Terms::truth(!must_be_governed);
        decision.gap = Terms::truth(must_be_governed);
        return decision;
    }
    decision.passes = world.terms.both(world.terms.all(std::move(not_forbidden)),
                                       world.terms.any(std::move(permitted)));
    decision.gap = world.terms.all(std::move(silent));
    return decision;
}

CallTerms decide_call(World& world) {
    EDICT_CHECK(!world.frames.empty());
    CallTerms call;
    smt::Terms& terms = world.terms;
    std::vector<Term> all_pass, some_forbidden;
    for (std::size_t i = 0; i + 1 < world.frames.size(); ++i) {
        const Frame& frame = world.frames[i];
        call.inner.push_back(decide(world, frame));
        const Term passes = call.inner.back().passes;
        all_pass.push_back(terms.implies(frame.reached, passes));
        // Nothing after it runs, so what failed later did not happen.
        some_forbidden.push_back(
            terms.all({frame.reached, Terms::negate(frame.failed_by_then), Terms::negate(passes)}));
    }
    if (world.hidden_calls) {
        const Term passes =
            terms.bool_variable(world.symbols.abstraction({}, "the calls inside a loop"), true);
        all_pass.push_back(passes);
        some_forbidden.push_back(Terms::negate(passes));
    }
    call.own = decide(world, world.frames.back());
    all_pass.push_back(world.assumed);
    call.decided = terms.all(std::move(all_pass));
    call.committed = terms.both(call.decided, call.own.passes);
    some_forbidden.push_back(terms.both(call.decided, Terms::negate(call.own.passes)));
    call.forbidden = terms.both(world.may_call, terms.any(std::move(some_forbidden)));
    return call;
}

}  // namespace edict::encode
