#include "compiler/check/rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/check/citations.h"
#include "compiler/check/dates.h"
#include "compiler/check/declare.h"
#include "compiler/check/duties.h"
#include "compiler/check/expressions.h"
#include "compiler/check/walk.h"

namespace edict::check {

namespace {

std::string govern_help(const ModuleScope& names, ModuleId module) {
    if (module == names.self()) return "a regulation does not govern its own actions";
    return "add `governs " + names.module_name(module) + "`";
}

}  // namespace

std::optional<ActionRef> governed_action(const ModuleScope& names, const ast::QualifiedName& name) {
    Context& context = names.context();
    const std::vector<ModuleId>& governs = context.module(names.self()).governs;
    const auto governed = [&](ActionRef ref) {
        return std::find(governs.begin(), governs.end(), ref.module) != governs.end();
    };
    if (name.parts.size() == 1) {
        std::vector<ActionRef> all = names.actions(name.parts[0].text);
        const bool some_other = !all.empty();
        const ActionRef other = some_other ? all.front() : ActionRef{};
        std::erase_if(all, [&](ActionRef ref) { return !governed(ref); });
        if (all.size() == 1 && !context.program.at(all.front()).by_duty) return all.front();
        if (all.empty() && some_other) {
            context
                .report(Code::E0401, name.span,
                        quoted(name.text()) + " is not an action that this regulation governs")
                .with_label(context.span_of(other),
                            "an action of " + quoted(names.module_name(other.module)))
                .with_help(govern_help(names, other.module));
            return std::nullopt;
        }
    }
    const auto ref = names.action(name);
    if (ref && context.program.at(*ref).by_duty) {
        context
            .report(Code::E0413, name.span,
                    quoted(name.text()) + " runs only as the `else` of a duty")
            .with_label(context.span_of(*ref), "by duty")
            .with_help("a rule is about what parties may call");
        return std::nullopt;
    }
    if (!ref || governed(*ref)) return ref;
    context
        .report(Code::E0401, name.span,
                quoted(name.text()) + " is not an action that this regulation governs")
        .with_label(context.span_of(*ref), "an action of " + quoted(names.module_name(ref->module)))
        .with_help(govern_help(names, ref->module));
    return std::nullopt;
}

namespace {

// Whether the action writes (reads) one of the stores, itself or through what it calls.
bool has_effect(const Action& action, ast::Selection::Effect effect,
                const std::set<StoreRef>& stores) {
    if (effect == ast::Selection::Effect::any) return true;
    const auto& touched = effect == ast::Selection::Effect::write ? action.writes : action.reads;
    return std::any_of(touched.begin(), touched.end(),
                       [&](StoreRef store) { return stores.contains(store); });
}

std::vector<ActionRef> selected_actions(const ModuleScope& names, const ast::Selection& tree) {
    Context& context = names.context();
    const std::string wanted = tree.module.text();
    const std::vector<ModuleId>& governs = context.module(names.self()).governs;
    std::optional<ModuleId> module;
    std::vector<std::string> known;
    for (const ModuleId one : governs) {
        const std::string& name = names.module_name(one);
        known.push_back(name);
        if (name == wanted || name.ends_with("." + wanted)) module = one;
    }
    if (!module) {
        names.unknown({Code::E0501, "governed module"}, wanted, tree.module.span, known);
        return {};
    }
    std::set<StoreRef> stores;
    for (const ast::QualifiedName& name : tree.stores) {
        const NameTable& table = context.of(*module).stores;
        const auto at = table.find(name.parts.back().text);
        if (at != table.end()) {
            stores.insert({*module, at->second});
            continue;
        }
        names.unknown({Code::E0215, "store"}, name.text(), name.span,
                      names.names_of(context.module(*module).stores));
        return {};
    }
    std::vector<ActionRef> all;
    const std::vector<Action>& actions = context.module(*module).actions;
    for (std::uint32_t i = 0; i < actions.size(); ++i) {
        if (!actions[i].by_duty && has_effect(actions[i], tree.effect, stores))
            all.push_back({*module, i});
    }
    if (all.empty()) {
        const std::string text = tree.effect == ast::Selection::Effect::any ? "has no action"
                                 : tree.effect == ast::Selection::Effect::write
                                     ? "has no action that writes this"
                                     : "has no action that reads this";
        context.report(Code::E0411, tree.span, quoted(names.module_name(*module)) + " " + text)
            .with_help("name the actions, or another store");
    }
    return all;
}

}  // namespace

std::vector<ActionRef> governed_actions(const ModuleScope& names, const ast::ActionSet& tree) {
    if (tree.selection) return selected_actions(names, *tree.selection);
    Context& context = names.context();
    std::vector<ActionRef> all;
    std::vector<std::pair<ActionRef, Span>> seen;
    for (const ast::QualifiedName& name : tree.named) {
        const auto action = governed_action(names, name);
        if (!action) continue;
        const auto before = std::find_if(seen.begin(), seen.end(),
                                         [&](const auto& one) { return one.first == *action; });
        if (before != seen.end()) {
            context.report(Code::E0212, name.span, quoted(name.text()) + " stands here twice")
                .with_label(before->second, "first here")
                .with_help("remove one of them");
            continue;
        }
        seen.emplace_back(*action, name.span);
        all.push_back(*action);
    }
    return all;
}

bool same_meaning(const ModuleScope& names, const std::vector<NameUse>& uses, ActionRef first,
                  ActionRef other) {
    Context& context = names.context();
    const Action& one = context.program.at(first);
    const Action& two = context.program.at(other);
    std::set<std::string> done;
    for (const NameUse& use : uses) {
        if (!done.insert(use.name).second) continue;
        const auto at = std::find_if(two.parameters.begin(), two.parameters.end(),
                                     [&](const Parameter& p) { return p.name == use.name; });
        const bool is_parameter = at != two.parameters.end();
        if (!use.parameter && !is_parameter) continue;
        if (is_parameter && at->type == nullptr) return false;  // reported where it is declared
        const TypeRef type = use.parameter ? one.parameters[*use.parameter].type : nullptr;
        if (is_parameter && type != nullptr && value::same_type(*type, *at->type)) continue;
        source::Diagnostic& differs =
            context.report(Code::E0402, use.span,
                           quoted(use.name) + " does not mean the same for " + quoted(one.name) +
                               " and " + quoted(two.name));
        const std::string here =
            type == nullptr ? use.what : "a parameter: " + value::to_text(*type);
        differs.with_label(use.declared, here + ", for " + quoted(one.name));
        if (is_parameter) {
            differs.with_label(at->span, "a parameter: " + value::to_text(*at->type) + ", for " +
                                             quoted(two.name));
        } else {
            differs.with_label(two.span, quoted(two.name) + " has no such parameter");
        }
        differs.with_help("write one for each of the actions");
        return false;
    }
    return true;
}

namespace {

class Rules {
public:
    explicit Rules(const ModuleScope& names)
        : names_(names),
          context_(names.context()),
          exports_(context_.of(names.self())),
          module_(context_.module(names.self())) {}

    void check(const ast::RuleDeclaration& tree, Rule& rule) {
        context_.citation = tree.cites.empty() ? std::string() : text_of(tree.cites.front());
        fill(tree, rule);
        context_.citation.clear();
    }

    void check(const ast::AssertDeclaration& tree) {
        for (const ast::QualifiedName& name : tree.actions) {
            const auto action = names_.action(name);
            if (!action) continue;
            Assertion made{*action, tree.never == ast::Never::permitted, {}, nullptr, tree.span};
            Scope scope = scope_of(*action, made.locals);
            if (tree.condition) {
                made.condition = Expressions(names_, scope).condition(*tree.condition);
                if (made.condition == nullptr) return;
            }
            module_.assertions.push_back(std::move(made));
        }
    }

    void finish() {
        std::size_t bodies = 0;
        for (const Rule& rule : module_.rules) bodies += rule.bodies.size();
        (void)within_limit(context_, bodies, MAX_RULE_BODIES, "rules, counted for each action",
                           exports_.tree->span);
        (void)within_limit(context_, module_.assertions.size(), MAX_ASSERTIONS, "assertions",
                           exports_.tree->span);
    }

private:
    static std::string text_of(const ast::Citation& citation) {
        return citation.source.text + " " + citation.place;
    }

    void fill(const ast::RuleDeclaration& tree, Rule& rule) {
        rule.norm = norm_of(tree.norm);
        rule.as_of_right = tree.as_of_right;
        rule.cites = resolve_citations(names_, tree.cites);
        overrides(tree, rule);
        rule.window = window(tree, rule.cites);
        (void)within_limit(context_, tree.exceptions.size(), MAX_EXCEPTIONS, "exceptions",
                           tree.name.span);
        bool first = true;
        std::vector<NameUse> uses;
        for (const ActionRef action : governed_actions(names_, tree.actions)) {
            const std::size_t errors = context_.diagnostics.errors();
            if (!first && !same_meaning(names_, uses, rule.bodies.front().action, action)) return;
            rule.bodies.push_back(body(tree, action, first ? &uses : nullptr));
            // What is wrong for one action would be wrong for the next, in the same words.
            if (context_.diagnostics.errors() != errors) return;
            first = false;
        }
    }

    static Norm norm_of(ast::Norm norm) {
        switch (norm) {
            case ast::Norm::permit:
                return Norm::permit;
            case ast::Norm::forbid:
                return Norm::forbid;
            case ast::Norm::require:
                return Norm::require;
            case ast::Norm::duty:
                return Norm::duty;
        }
        return Norm::forbid;
    }

    void overrides(const ast::RuleDeclaration& tree, Rule& rule) {
        report_repeats(context_, tree.overrides);
        std::set<std::uint32_t> seen;
        for (const ast::Name& name : tree.overrides) {
            const auto at = exports_.rules.find(name.text);
            if (at == exports_.rules.end()) {
                names_.unknown({Code::E0209, "rule"}, name.text, name.span,
                               names_.names_of(module_.rules));
                continue;
            }
            if (&module_.rules[at->second] == &rule) {
                context_.report(Code::E0405, name.span, quoted(name.text) + " overrides itself")
                    .with_help("remove it; `unless` says when a rule does not hold");
                continue;
            }
            if (seen.insert(at->second).second) rule.overrides.push_back(at->second);
        }
        rule.written_overrides = static_cast<std::uint32_t>(rule.overrides.size());
    }

    Window window(const ast::RuleDeclaration& tree, const std::vector<Citation>& cites) {
        Window made;
        if (!tree.effective) {
            for (const Citation& citation : cites) {
                const auto& from = module_.sources[citation.source].in_force_from;
                if (from && (!made.from || *made.from < *from)) made.from = from;
            }
            return made;
        }
        need_zone(names_, tree.effective->span);
        if (tree.effective->from) made.from = date_of(*tree.effective->from);
        if (tree.effective->until) made.until = date_of(*tree.effective->until);
        if (made.from && made.until && !(*made.from < *made.until)) {
            context_.report(Code::E0408, tree.effective->span, "this rule would never be in force")
                .with_help(
                    "a window holds on its first day and not on its last: `until` comes later");
        }
        return made;
    }

    Scope scope_of(ActionRef action, std::vector<Local>& locals) {
        Scope scope;
        scope.place = Place::rule;
        scope.action = &context_.program.at(action);
        scope.observed = observed(action);
        scope.locals = &locals;
        return scope;
    }

    // What observers write when the action is called, and when it calls others.
    const std::set<StoreRef>* observed(ActionRef action) {
        const auto [at, fresh] = observed_.try_emplace(action);
        if (!fresh) return &at->second;
        std::set<ActionRef> called{action};
        collect_calls(context_.program.at(action).body, context_.program, called);
        for (const ActionRef one : called) {
            const auto writes = context_.observed.find(one);
            if (writes == context_.observed.end()) continue;
            at->second.insert(writes->second.begin(), writes->second.end());
        }
        return &at->second;
    }

    RuleBody body(const ast::RuleDeclaration& tree, ActionRef action, std::vector<NameUse>* uses) {
        RuleBody made;
        made.action = action;
        Scope scope = scope_of(action, made.locals);
        scope.uses = uses;
        Expressions expressions(names_, scope);
        if (tree.scope) made.scope = expressions.condition(*tree.scope);
        if (tree.condition) made.condition = expressions.condition(*tree.condition);
        if (tree.duty) made.duty = check_duty(names_, expressions, *tree.duty, scope);
        if (tree.because) made.because = expressions.message(*tree.because);
        for (const ast::Unless& exception : tree.exceptions) {
            Exception one;
            one.condition = expressions.condition(exception.condition);
            if (exception.because) one.because = expressions.message(*exception.because);
            one.cites = resolve_citations(names_, exception.cites);
            one.span = exception.span;
            made.exceptions.push_back(std::move(one));
        }
        return made;
    }

    const ModuleScope& names_;
    Context& context_;
    Exports& exports_;
    Module& module_;
    std::map<ActionRef, std::set<StoreRef>> observed_;
};

}  // namespace

void check_rules(const ModuleScope& names) {
    Context& context = names.context();
    Module& module = context.module(names.self());
    Exports& exports = context.of(names.self());
    Rules rules(names);
    const bool regulation = module.kind == ModuleKind::regulation;
    for (const ast::Declaration& declaration : exports.tree->declarations) {
        if (const auto* tree = std::get_if<ast::RuleDeclaration>(&declaration)) {
            Rule& rule = module.rules[exports.rules.at(tree->name.text)];
            if (regulation && rule.name_span == tree->name.span) rules.check(*tree, rule);
        } else if (const auto* assertion = std::get_if<ast::AssertDeclaration>(&declaration)) {
            rules.check(*assertion);
        }
    }
    rules.finish();
    check_duty_overrides(names);
    check_order(names);
    check_overrides(names);
    if (regulation) check_defaults(names);
}

}  // namespace edict::check
