#include "compiler/check/declare.h"

#include <algorithm>

#include "compiler/check/citations.h"
#include "compiler/check/dates.h"
#include "compiler/check/expressions.h"
#include "compiler/check/personal.h"
#include "compiler/check/types.h"
#include "value/plain_text.h"

namespace edict::check {

void report_twice(Context& context, const ast::Name& name, Span first) {
    context.report(Code::E0203, name.span, quoted(name.text) + " is declared twice")
        .with_label(first, "first here")
        .with_help("rename or remove one of them");
}

bool declare_once(Context& context, std::unordered_map<std::string, Span>& seen,
                  const ast::Name& name) {
    const auto [at, fresh] = seen.emplace(name.text, name.span);
    if (!fresh) report_twice(context, name, at->second);
    return fresh;
}

void report_repeats(Context& context, const std::vector<ast::Name>& names) {
    std::unordered_map<std::string, Span> seen;
    for (const ast::Name& name : names) {
        const auto [at, fresh] = seen.emplace(name.text, name.span);
        if (fresh) continue;
        context.report(Code::E0212, name.span, quoted(name.text) + " stands here twice")
            .with_label(at->second, "first here")
            .with_help("remove one of them");
    }
}

void need_zone(const ModuleScope& scope, Span span) {
    Context& context = scope.context();
    Exports& exports = context.of(scope.self());
    if (exports.tree->zone || exports.zone_reported) return;
    exports.zone_reported = true;
    context
        .report(
            Code::E0505, span,
            quoted(scope.module_name(scope.self())) + " uses dates but does not say in which zone")
        .with_label(exports.tree->span, "the module")
        .with_help("add a line such as `zone +08:00` under this one");
}

namespace {

std::string_view word(ModuleKind kind) {
    return kind == ModuleKind::contract ? "contract" : "regulation";
}

class Declarer {
public:
    explicit Declarer(const ModuleScope& scope)
        : scope_(scope),
          context_(scope.context()),
          exports_(context_.of(scope.self())),
          module_(context_.module(scope.self())) {}

    // Before the types: what needs no type.
    void plain() {
        for (const ast::Declaration& declaration : exports_.tree->declarations) {
            if (const auto* tree = std::get_if<ast::RoleDeclaration>(&declaration)) {
                roles(*tree);
            } else if (const auto* one = std::get_if<ast::SourceDeclaration>(&declaration)) {
                source(*one);
            } else if (const auto* rule = std::get_if<ast::RuleDeclaration>(&declaration)) {
                rule_name(*rule);
            } else if (const auto* line = std::get_if<ast::DefaultDeclaration>(&declaration)) {
                belongs(ModuleKind::regulation, "a default", line->span);
            } else if (const auto* counter = std::get_if<ast::CounterDeclaration>(&declaration)) {
                belongs(ModuleKind::regulation, "a counter", counter->name.span);
            } else if (const auto* observe = std::get_if<ast::ObserveDeclaration>(&declaration)) {
                belongs(ModuleKind::regulation, "an observer", observe->span);
            } else if (const auto* order = std::get_if<ast::OrderDeclaration>(&declaration)) {
                belongs(ModuleKind::regulation, "an order", order->span);
            }
        }
    }

    // After the types: what has types.
    void typed() {
        for (const ast::Declaration& declaration : exports_.tree->declarations) {
            if (const auto* tree = std::get_if<ast::EventDeclaration>(&declaration)) {
                event(*tree);
            } else if (const auto* fixed = std::get_if<ast::ConstDeclaration>(&declaration)) {
                constant(*fixed);
            } else if (const auto* function = std::get_if<ast::FunctionDeclaration>(&declaration)) {
                function_signature(*function);
            } else if (const auto* table = std::get_if<ast::TableDeclaration>(&declaration)) {
                table_signature(*table);
            } else if (const auto* dated = std::get_if<ast::ParameterDeclaration>(&declaration)) {
                parameter(*dated);
            } else if (const auto* kept = std::get_if<ast::AttributeDeclaration>(&declaration)) {
                attribute(*kept);
            } else if (const auto* one = std::get_if<ast::StoreDeclaration>(&declaration)) {
                store(*one);
            } else if (const auto* action = std::get_if<ast::ActionDeclaration>(&declaration)) {
                signature(*action);
            }
        }
    }

    // Each body once, so that a mistake in it is told there and once.
    void bodies() {
        for (std::uint32_t i = 0; i < exports_.function_decls.size(); ++i) {
            std::vector<Local> locals;
            Scope scope;
            scope.locals = &locals;
            Expressions(scope_, scope).function_body({scope_.self(), i});
        }
    }

    void limits() {
        const Span span = exports_.tree->span;
        (void)within_limit(context_, module_.roles.size(), MAX_ROLES, "roles", span);
        (void)within_limit(context_, module_.sources.size(), MAX_SOURCES, "sources", span);
        (void)within_limit(context_, module_.rules.size(), MAX_RULES, "rules", span);
        (void)within_limit(context_, module_.events.size(), MAX_EVENTS, "events", span);
        (void)within_limit(context_, module_.stores.size(), MAX_STORES, "stores", span);
        (void)within_limit(context_, module_.actions.size(), MAX_ACTIONS, "actions", span);
    }

private:
    // Reports a declaration that has no place in this kind of module; its name counts all the same.
    void belongs(ModuleKind kind, std::string_view what, Span span) {
        if (module_.kind == kind) return;
        context_
            .report(Code::E0504, span,
                    std::string(what) + " belongs in a " + std::string(word(kind)))
            .with_label(exports_.tree->span, "this is a " + std::string(word(module_.kind)))
            .with_help("move it to a " + std::string(word(kind)));
    }

    // The index of a new name; nothing if it is taken.
    template <typename Declared>
    bool add(NameTable& table, std::vector<Declared>& all, const ast::Name& name) {
        const auto index = static_cast<std::uint32_t>(all.size());
        const auto [at, fresh] = table.emplace(name.text, index);
        if (!fresh) {
            report_twice(context_, name, name_span(all[at->second]));
            return false;
        }
        check_name(context_, name.text, name.span);
        all.emplace_back();
        all.back().name = name.text;
        all.back().span = name.span;
        return true;
    }
    template <typename Declared>
    static Span name_span(const Declared& declared) {
        return declared.span;
    }
    static Span name_span(const Rule& rule) { return rule.name_span; }

    void roles(const ast::RoleDeclaration& tree) {
        belongs(ModuleKind::contract, "a role", tree.span);
        for (const ast::Name& name : tree.names) {
            if (!declare_once(context_, exports_.roles, name)) continue;
            check_name(context_, name.text, name.span);
            module_.roles.push_back({name.text, name.span});
        }
    }

    void source(const ast::SourceDeclaration& tree) {
        belongs(ModuleKind::regulation, "a source", tree.span);
        if (!add(exports_.sources, module_.sources, tree.name)) return;
        Source& made = module_.sources.back();
        if (tree.rank) made.rank = tree.rank->text;
        made.title = tree.title;
        check_text(context_, tree.title, tree.span);
        if (tree.in_force_from) {
            made.in_force_from = date_of(*tree.in_force_from);
            need_zone(scope_, tree.in_force_from->span);
        }
    }

    void rule_name(const ast::RuleDeclaration& tree) {
        belongs(ModuleKind::regulation, "a rule", tree.name.span);
        if (!add(exports_.rules, module_.rules, tree.name)) return;
        module_.rules.back().span = tree.span;
        module_.rules.back().name_span = tree.name.span;
    }

    std::vector<Parameter> parameters(const std::vector<ast::Field>& fields, Span span,
                                      bool kept = true) {
        (void)within_limit(context_, fields.size(), MAX_PARAMETERS, "parameters", span);
        std::unordered_map<std::string, Span> seen;
        std::vector<Parameter> all;
        for (const ast::Field& field : fields) {
            if (!declare_once(context_, seen, field.name)) continue;
            check_name(context_, field.name.text, field.name.span);
            TypeRef type = resolve_type(scope_, field.type);
            const bool personal = is_marked(context_, field, type, kept);
            all.push_back({field.name.text, std::move(type), field.name.span, personal});
        }
        return all;
    }

    void event(const ast::EventDeclaration& tree) {
        belongs(ModuleKind::contract, "an event", tree.name.span);
        std::vector<value::Field> fields;
        std::vector<bool> personal;
        for (Parameter& field : parameters(tree.fields, tree.name.span)) {
            personal.push_back(field.personal || (tree.personal && shows(field.type)));
            fields.push_back({std::move(field.name), std::move(field.type)});
        }
        if (tree.personal) {
            event_mark(tree, std::ranges::find(personal, true) != personal.end());
        }
        if (!add(exports_.events, module_.events, tree.name)) return;
        module_.events.back().fields = std::move(fields);
        module_.events.back().personal = std::move(personal);
    }

    // Reports a mark of an event that says nothing, or that a field of it says again.
    void event_mark(const ast::EventDeclaration& tree, bool shows_any) {
        if (!shows_any) {
            context_
                .report(Code::E0973, tree.name.span,
                        quoted(tree.name.text) + " has no field that could be personal")
                .with_help("remove the mark");
            return;
        }
        for (const ast::Field& field : tree.fields) {
            if (!field.personal) continue;
            context_
                .report(Code::E0973, field.span,
                        "all fields of " + quoted(tree.name.text) + " are personal already")
                .with_label(tree.name.span, "marked as a whole")
                .with_help("keep the mark of the event, or those of its fields");
        }
    }

    void store(const ast::StoreDeclaration& tree) {
        TypeRef key;
        TypeRef held;
        const auto* map = std::get_if<ast::MapType>(&tree.type.node);
        if (map != nullptr) {
            key = resolve_type(scope_, *map->key);
            held = resolve_type(scope_, *map->value);
            if (key == nullptr) held = nullptr;  // the store as a whole has an error
        } else {
            held = resolve_type(scope_, tree.type);
        }
        std::optional<value::Value> initial;
        if (tree.initial) {
            Scope constants;
            initial = Expressions(scope_, constants).constant(*tree.initial, held);
            if (!initial) initial.emplace();  // it has a default, which is a mistake told already
        }
        if (!add(exports_.stores, module_.stores, tree.name)) return;
        Store& made = module_.stores.back();
        made.key = std::move(key);
        made.value = std::move(held);
        made.initial = std::move(initial);
    }

    void attribute(const ast::AttributeDeclaration& tree) {
        belongs(ModuleKind::contract, "an attribute", tree.name.span);
        TypeRef type = resolve_type(scope_, tree.type);
        if (type != nullptr && (!value::has_plain_text(*type) ||
                                (type->kind == value::Kind::text && type->capacity > 256))) {
            context_
                .report(Code::E0330, tree.type.span,
                        "an attribute cannot be " + value::to_text(*type))
                .with_help(
                    "it is kept as a text of at most 256 bytes: let it be Text, Bool, Int, "
                    "Date, Decimal or an enum");
            type = nullptr;
        }
        if (!add(exports_.attributes, exports_.attribute_decls, tree.name)) return;
        exports_.attribute_decls.back().type = std::move(type);
    }

    void constant(const ast::ConstDeclaration& tree) {
        Scope constants;
        Expressions expressions(scope_, constants);
        TypeRef type;
        std::optional<value::Value> held;
        if (tree.type) {
            type = resolve_type(scope_, *tree.type);
            held = expressions.constant(tree.value, type);
        } else if (const ExprRef expr = expressions.infer(tree.value)) {
            type = expr->type;
            held = expressions.constant(tree.value, type);
        }
        if (!add(exports_.constants, exports_.constant_decls, tree.name) || !held) return;
        exports_.constant_decls.back().type = std::move(type);
        exports_.constant_decls.back().value = std::move(*held);
    }

    // Of a function or a table: null if the name is taken.
    FunctionDecl* callable(const ast::Name& name, const std::vector<ast::Field>& fields,
                           const ast::Type& type) {
        std::vector<Parameter> all = parameters(fields, name.span, false);
        TypeRef result = resolve_type(scope_, type);
        if (Expressions::is_built_in(name.text)) {
            context_
                .report(Code::E0203, name.span,
                        quoted(name.text) + " is a function of the language")
                .with_help("choose another name");
            return nullptr;
        }
        if (!add(exports_.functions, exports_.function_decls, name)) return nullptr;
        FunctionDecl& made = exports_.function_decls.back();
        made.parameters = std::move(all);
        made.result = std::move(result);
        return &made;
    }
    void function_signature(const ast::FunctionDeclaration& tree) {
        FunctionDecl* made = callable(tree.name, tree.parameters, tree.result);
        if (made != nullptr) made->tree = &tree;
    }
    void table_signature(const ast::TableDeclaration& tree) {
        if (tree.parameters.empty()) {
            context_.report(Code::E0332, tree.name.span, "a table needs at least one column")
                .with_help(
                    "a table reads: `table risk(age: Int) -> Level unique { <30 => internal "
                    ">=30 => personal }`; a fixed value is a `const`");
        }
        FunctionDecl* made = callable(tree.name, tree.parameters, tree.result);
        if (made != nullptr) made->table = &tree;
    }

    void parameter(const ast::ParameterDeclaration& tree) {
        need_zone(scope_, tree.name.span);
        TypeRef type = resolve_type(scope_, tree.type);
        Scope constants;
        Expressions expressions(scope_, constants);
        std::vector<std::pair<value::Date, value::Value>> values;
        bool complete = type != nullptr;
        for (const ast::DatedValue& one : tree.values) {
            const value::Date from = date_of(one.from);
            auto held = expressions.constant(one.value, type);
            if (!values.empty() && from <= values.back().first) {
                context_.report(Code::E0323, one.from.span, "this is not after the date before it")
                    .with_help("write the values in the order of their dates");
                complete = false;
            }
            complete = complete && held.has_value();
            if (held) values.emplace_back(from, std::move(*held));
        }
        std::vector<Citation> cites = resolve_citations(scope_, tree.cites);
        if (!add(exports_.dated, exports_.dated_decls, tree.name) || !complete) return;
        module_.parameters.push_back({tree.name.text, type, std::move(cites), values, tree.span});
        exports_.dated_decls.back().type = std::move(type);
        exports_.dated_decls.back().values = std::move(values);
    }

    // dated by booked within 5 days
    std::optional<Dated> dated(const ast::Dated& tree, const Action& action, bool by_duty) {
        const auto wrong = [&](Span span, std::string text) -> source::Diagnostic& {
            return context_.report(Code::E0327, span, std::move(text));
        };
        if (by_duty) {
            wrong(tree.span, "what runs at a breach is dated by the breach")
                .with_help("remove `dated by`");
            return std::nullopt;
        }
        std::vector<std::string> known;
        for (std::uint32_t i = 0; i < action.parameters.size(); ++i) {
            const Parameter& parameter = action.parameters[i];
            known.push_back(parameter.name);
            if (parameter.name != tree.parameter.text) continue;
            if (parameter.type == nullptr) return std::nullopt;
            if (parameter.type->kind != value::Kind::time) {
                wrong(tree.parameter.span, quoted(parameter.name) + " is " +
                                               value::to_text(*parameter.type) + ", and no Time")
                    .with_label(parameter.span, "declared here")
                    .with_help("declare it as Time: the moment at which it happened");
                return std::nullopt;
            }
            if (parameter.personal) {
                context_
                    .report(Code::E0972, tree.parameter.span,
                            "this is personal, and the day and time of a call are for all to read")
                    .with_label(parameter.span, quoted(parameter.name) + " is personal")
                    .with_help("date the call by a moment that is not about a person");
            }
            if (tree.days <= MAX_DATED_DAYS) return Dated{i, static_cast<std::uint32_t>(tree.days)};
            (void)within_limit(context_, static_cast<std::size_t>(tree.days),
                               static_cast<std::size_t>(MAX_DATED_DAYS), "days", tree.span,
                               "let it be reported sooner");
            return std::nullopt;
        }
        scope_.unknown({Code::E0214, "parameter"}, tree.parameter.text, tree.parameter.span, known);
        return std::nullopt;
    }

    void signature(const ast::ActionDeclaration& tree) {
        std::vector<Parameter> all = parameters(tree.parameters, tree.name.span);
        TypeRef result = tree.result ? resolve_type(scope_, *tree.result) : nullptr;
        report_repeats(context_, tree.by_roles);
        for (const ast::Name& role : tree.by_roles) scope_.role(role);
        if (!add(exports_.actions, module_.actions, tree.name)) return;
        Action& made = module_.actions.back();
        made.parameters = std::move(all);
        made.returns = tree.result.has_value();
        made.result = std::move(result);
        made.by_duty = tree.by_duty;
        for (const ast::Name& role : tree.by_roles) made.by_roles.push_back(role.text);
        if (tree.dated) made.dated = dated(*tree.dated, made, tree.by_duty);
    }

    const ModuleScope& scope_;
    Context& context_;
    Exports& exports_;
    Module& module_;
};

}  // namespace

void declare_module(const ModuleScope& scope) {
    Declarer declarer(scope);
    declarer.plain();
    declare_types(scope);
    declarer.typed();
    declarer.bodies();
    declarer.limits();
}

}  // namespace edict::check
