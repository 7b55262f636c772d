#include <algorithm>

#include "compiler/check/expressions.h"
#include "value/commitment.h"

namespace edict::check {

using value::Kind;

namespace {

const std::vector<std::string>& functions() {
    static const std::vector<std::string> names = {"add_months",
                                                   "add_years",
                                                   "after",
                                                   "before",
                                                   "count",
                                                   "date_of",
                                                   "day",
                                                   "decimal",
                                                   "end_of_month",
                                                   "end_of_quarter",
                                                   "end_of_week",
                                                   "end_of_year",
                                                   "has_role",
                                                   "hash",
                                                   "month",
                                                   "number",
                                                   "opens",
                                                   "quarter",
                                                   "start_of_day",
                                                   "start_of_month",
                                                   "start_of_quarter",
                                                   "start_of_week",
                                                   "start_of_year",
                                                   "weekday",
                                                   "whole",
                                                   "year"};
    return names;
}

const char* plural(std::size_t count) { return count == 1 ? "" : "s"; }

}  // namespace

bool Expressions::is_built_in(const std::string& function) {
    return std::ranges::find(functions(), function) != functions().end();
}

ExprRef Expressions::call(const ast::Call& tree, Span span) {
    const std::string callee = tree.callee.text();
    if (callee == "has_role") return has_role(tree, span);
    if (callee == "hash") return hash(tree, span);
    if (callee == "opens") return opens(tree, span);
    if (callee == "count") return count(tree, span);
    if (callee == "before") return at_moment(tree, span, Moment::before);
    if (callee == "after") return at_moment(tree, span, Moment::after);
    bool found = false;
    ExprRef made = amount_function(tree, span, found);
    if (!found) made = time_function(tree, span, found);
    if (found) return made;
    const std::vector<FunctionRef> functions_named =
        tree.callee.parts.size() == 1 ? names_.functions(callee) : std::vector<FunctionRef>();
    if (functions_named.size() == 1) return called(functions_named.front(), tree, span);
    if (functions_named.size() > 1) {
        source::Diagnostic& ambiguous = report(
            Code::E0202, tree.callee.span, quoted(callee) + " could mean more than one function");
        for (const FunctionRef ref : functions_named) {
            ambiguous.with_label(context_.of(ref.module).function_decls[ref.index].span,
                                 "of " + quoted(names_.module_name(ref.module)));
        }
        return nullptr;
    }
    const std::vector<ActionRef> actions = names_.actions(tree.callee.parts.back().text);
    if (!actions.empty()) {
        report(Code::E0211, tree.callee.span,
               quoted(callee) + " is an action, and stands in no expression")
            .with_label(context_.span_of(actions.front()), "the action")
            .with_help(
                "an action is called by a line of its own, in an action of another contract; if it "
                "returns a value: `let x = " +
                callee + "(…)`");
        return nullptr;
    }
    std::vector<std::string> known = functions();
    const std::vector<std::string> declared = names_.all_names(&Exports::functions);
    known.insert(known.end(), declared.begin(), declared.end());
    names_.unknown({Code::E0211, "function"}, callee, tree.callee.span, known);
    return nullptr;
}

// Whether there are `count` arguments, none of them named.
bool Expressions::plain_arguments(const ast::Call& tree, std::size_t count, Span span) {
    for (const ast::Argument& argument : tree.arguments) {
        if (!argument.name) continue;
        report(Code::E0214, argument.name->span,
               quoted(tree.callee.text()) + " has no named arguments")
            .with_help("leave the name out");
        return false;
    }
    if (tree.arguments.size() == count) return true;
    report(Code::E0312, span,
           quoted(tree.callee.text()) + " takes " + std::to_string(count) + " argument" +
               plural(count) + ", and here are " + std::to_string(tree.arguments.size()));
    return false;
}

// A role's name, or a Text that holds one.
ExprRef Expressions::role(const ast::Expression& tree) {
    const auto* use = std::get_if<ast::NameUse>(&tree.node);
    const std::vector<Found> values =
        use == nullptr ? std::vector<Found>() : meanings(use->name.text);
    if (use != nullptr && names_.has_role(use->name.text)) {
        if (!values.empty()) {
            report(Code::E0202, tree.span,
                   quoted(use->name.text) + " could mean more than one thing")
                .with_label("a role")
                .with_label(values.front().span, values.front().what)
                .with_help("rename one of them");
            return nullptr;
        }
        const auto type = value::text_type(static_cast<std::uint32_t>(value::MAX_NAME_BYTES));
        return make(*type, tree.span, Constant{value::Value{use->name.text}});
    }
    if (use != nullptr && values.empty()) {
        names_.role(use->name);
        return nullptr;
    }
    ExprRef name = unwrapped(infer(tree));
    if (name == nullptr || name->type->kind == Kind::text) return name;
    report(Code::E0301, tree.span,
           "the name of a role is needed here, and this is " + value::to_text(*name->type));
    return nullptr;
}

ExprRef Expressions::has_role(const ast::Call& tree, Span span) {
    if (!may_look_around(span)) return nullptr;
    if (!plain_arguments(tree, 2, span)) return nullptr;
    ExprRef party = expect(*tree.arguments[0].value, value::party_type());
    ExprRef named = role(*tree.arguments[1].value);
    if (party == nullptr || named == nullptr) return nullptr;
    return make(value::boolean_type(), span, HasRole{std::move(party), std::move(named)});
}

ExprRef Expressions::hash(const ast::Call& tree, Span span) {
    if (tree.arguments.empty()) {
        report(Code::E0312, span, "`hash` takes at least one argument");
        return nullptr;
    }
    if (!plain_arguments(tree, tree.arguments.size(), span)) return nullptr;
    std::vector<ExprRef> parts;
    bool complete = true;
    for (const ast::Argument& argument : tree.arguments) {
        parts.push_back(infer(*argument.value));
        complete = complete && parts.back() != nullptr;
    }
    return complete ? make(value::hash_type(), span, HashOf{std::move(parts)}) : nullptr;
}

ExprRef Expressions::has_duty(const ast::HasDuty& tree, Span span) {
    ExprRef party = expect(*tree.party, value::party_type());
    const auto action = names_.action(tree.action);
    if (party == nullptr || !action || !may_look_around(span)) return nullptr;
    return make(value::boolean_type(), span, HasDuty{std::move(party), *action, tree.breached});
}

// opens(commitment, value, salt): whether that is what was committed to.
ExprRef Expressions::opens(const ast::Call& tree, Span span) {
    if (!plain_arguments(tree, 3, span)) return nullptr;
    ExprRef commitment = unwrapped(infer(*tree.arguments[0].value));
    const auto salt_type = value::bytes_type(value::COMMITMENT_SALT_BYTES);
    ExprRef salt = expect(*tree.arguments[2].value, *salt_type);
    if (commitment == nullptr || commitment->type->kind != Kind::commitment) {
        probe(*tree.arguments[1].value);
        if (commitment != nullptr) {
            report(Code::E0301, commitment->span,
                   "`opens` opens a Commitment, and this is " + value::to_text(*commitment->type));
        }
        return nullptr;
    }
    ExprRef value = expect(*tree.arguments[1].value, commitment->type->parts[0]);
    if (value == nullptr || salt == nullptr) return nullptr;
    const std::string domain(value::COMMITMENT_DOMAIN);
    const auto text = value::text_type(static_cast<std::uint32_t>(domain.size()));
    std::vector<ExprRef> parts{make(*text, span, Constant{value::Value{domain}}), std::move(salt),
                               std::move(value)};
    ExprRef made = make(commitment->type, span, HashOf{std::move(parts)});
    return make(value::boolean_type(), span,
                Compare{CompareOp::eq, std::move(commitment), std::move(made)});
}

ExprRef Expressions::count(const ast::Call& tree, Span span) {
    if (!plain_arguments(tree, 1, span)) return nullptr;
    ExprRef set = unwrapped(infer(*tree.arguments[0].value));
    if (set == nullptr) return nullptr;
    if (set->type->kind == Kind::set || set->type->kind == Kind::list) {
        return make(value::integer_type(), span, Count{std::move(set)});
    }
    report(Code::E0301, set->span,
           "`count` counts the elements of a set, and this is " + value::to_text(*set->type));
    return nullptr;
}

ExprRef Expressions::at_moment(const ast::Call& tree, Span span, Moment moment) {
    if (!plain_arguments(tree, 1, span)) return nullptr;
    if (scope_.place != Place::rule) {
        report(Code::E0318, span, quoted(tree.callee.text()) + " is for rules and assertions")
            .with_help("in an action a store is read as it is at that line");
        return nullptr;
    }
    if (scope_.moment) {
        report(Code::E0318, span, "`before` and `after` do not stand in each other")
            .with_help("remove one of them");
        return nullptr;
    }
    scope_.moment = moment;
    scope_.moment_used = false;
    ExprRef value = infer(*tree.arguments[0].value);
    scope_.moment.reset();
    if (value == nullptr || scope_.moment_used) return value;
    report(Code::E0409, span, "nothing in " + quoted(tree.callee.text() + "(…)") + " reads a store")
        .with_help("remove `" + tree.callee.text() + "`: only stores change in a call");
    return nullptr;
}

// ---- arguments of actions and events ------------------------------------------------------------

std::optional<std::vector<ExprRef>> Expressions::arguments(const std::vector<ast::Argument>& trees,
                                                           const std::vector<Parameter>& parameters,
                                                           Span span, const std::string& callee,
                                                           Span declared) {
    std::vector<ExprRef> made(parameters.size());
    std::vector<std::optional<Span>> given(parameters.size());
    std::vector<std::string> known;
    for (const Parameter& parameter : parameters) known.push_back(parameter.name);
    bool complete = true;
    bool named = false;
    for (std::size_t i = 0; i < trees.size(); ++i) {
        const ast::Argument& tree = trees[i];
        std::size_t index = i;
        if (tree.name) {
            named = true;
            const auto at = std::find(known.begin(), known.end(), tree.name->text);
            index = static_cast<std::size_t>(at - known.begin());
            if (at == known.end()) {
                names_.unknown({Code::E0214, "parameter"}, tree.name->text, tree.name->span, known)
                    .with_label(declared, quoted(callee));
            }
        } else if (named) {
            report(Code::E0214, tree.value->span, "after a named argument all are named")
                .with_help("write `name: value`");
            index = parameters.size();
        } else if (i >= parameters.size()) {
            report(Code::E0312, tree.value->span,
                   quoted(callee) + " takes " + std::to_string(parameters.size()) + " argument" +
                       plural(parameters.size()) + ", and here are " + std::to_string(trees.size()))
                .with_label(declared, "declared here");
            return std::nullopt;
        }
        if (index >= parameters.size()) {
            complete = false;
            continue;
        }
        if (given[index]) {
            report(Code::E0212, tree.value->span, quoted(known[index]) + " stands here twice")
                .with_label(*given[index], "first here");
            complete = false;
        }
        given[index] = tree.value->span;
        made[index] = expect(*tree.value, parameters[index].type);
        complete = complete && made[index] != nullptr;
    }
    if (!complete) return std::nullopt;
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!given[i]) missing.push_back(known[i]);
    }
    if (missing.empty()) return made;
    report(Code::E0312, span, quoted(callee) + " also needs " + list_of(missing))
        .with_label(declared, "declared here");
    return std::nullopt;
}

}  // namespace edict::check
