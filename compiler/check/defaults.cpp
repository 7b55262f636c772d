#include <map>

#include "compiler/check/rules.h"

namespace edict::check {
namespace {

Answer answer_of(ast::DefaultAnswer answer) {
    switch (answer) {
        case ast::DefaultAnswer::permit:
            return Answer::permitted;
        case ast::DefaultAnswer::forbid:
            return Answer::forbidden;
        case ast::DefaultAnswer::silent:
            return Answer::silent;
    }
    return Answer::forbidden;
}

struct Line {
    Answer answer = Answer::silent;
    Span span;
};

void report_second(Context& context, Span span, Span first, const std::string& what) {
    context.report(Code::E0407, span, "there are two defaults for " + what)
        .with_label(first, "first here")
        .with_help("remove one of them");
}

}  // namespace

void check_defaults(const ModuleScope& names) {
    Context& context = names.context();
    Module& module = context.module(names.self());
    std::optional<Line> bare;
    std::map<ActionRef, Line> named;
    const std::size_t errors = context.diagnostics.errors();
    for (const ast::Declaration& declaration : context.of(names.self()).tree->declarations) {
        const auto* tree = std::get_if<ast::DefaultDeclaration>(&declaration);
        if (tree == nullptr) continue;
        const Answer answer = answer_of(tree->answer);
        if (tree->actions.empty()) {
            if (bare) {
                report_second(context, tree->span, bare->span, "the other actions");
            } else {
                bare = Line{answer, tree->span};
            }
        }
        for (const ast::QualifiedName& name : tree->actions) {
            const auto action = governed_action(names, name);
            if (!action) continue;
            const auto [at, fresh] = named.emplace(*action, Line{answer, name.span});
            if (!fresh) report_second(context, name.span, at->second.span, quoted(name.text()));
        }
    }
    std::vector<std::string> missing;
    for (const ModuleId governed : module.governs) {
        const std::vector<Action>& actions = context.module(governed).actions;
        for (std::uint32_t i = 0; i < actions.size(); ++i) {
            const ActionRef action{governed, i};
            if (actions[i].by_duty) continue;  // nobody calls it
            const auto at = named.find(action);
            if (at != named.end()) {
                module.defaults.push_back({action, at->second.answer, at->second.span});
            } else if (bare) {
                module.defaults.push_back({action, bare->answer, bare->span});
            } else {
                missing.push_back(actions[i].name);
            }
        }
    }
    // A default line with an error may be the one that is missing.
    if (missing.empty() || context.diagnostics.errors() != errors) return;
    context
        .report(Code::E0406, context.of(names.self()).tree->span,
                quoted(module.name) + " does not say what holds for " + list_of(missing) +
                    " when no rule decides")
        .with_help("add `default silent`, `default forbid` or `default permit`");
}

}  // namespace edict::check
