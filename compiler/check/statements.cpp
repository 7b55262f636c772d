#include "compiler/check/statements.h"

#include <algorithm>
#include <set>

#include "compiler/check/expressions.h"
#include "compiler/check/known.h"
#include "compiler/check/walk.h"

namespace edict::check {
namespace {

using value::Kind;

// What a block of the tree does to stores, blocks inside it too.
struct Doing {
    bool assigns = false;
    bool removes = false;

    void of(const ast::Block& block) {
        for (const ast::Statement& statement : block.statements) std::visit(*this, statement.node);
    }
    void operator()(const ast::Assign&) { assigns = true; }
    void operator()(const ast::AddTo&) { assigns = true; }
    void operator()(const ast::RemoveFrom&) { assigns = true; }
    void operator()(const ast::RemoveKey&) { removes = true; }
    void operator()(const ast::CallAction&) { removes = true; }
    void operator()(const ast::If& node) {
        of(node.then);
        if (node.otherwise) of(*node.otherwise);
    }
    void operator()(const ast::For& node) { of(node.body); }
    void operator()(const ast::Let&) {}
    void operator()(const ast::Fail&) {}
    void operator()(const ast::Emit&) {}
    void operator()(const ast::Return&) {}
};

bool ends_with_fail(const Block& block) {
    return !block.empty() && std::holds_alternative<Fail>(block.back().node);
}

// Whether every way through a block ends by returning or failing.
bool always_returns(const ast::Block& block) {
    if (block.statements.empty()) return false;
    const auto& last = block.statements.back().node;
    if (const auto* branch = std::get_if<ast::If>(&last)) {
        return branch->otherwise && always_returns(branch->then) &&
               always_returns(*branch->otherwise);
    }
    return std::holds_alternative<ast::Return>(last) || std::holds_alternative<ast::Fail>(last);
}

bool returns_somewhere(const ast::Block& block) {
    return std::ranges::any_of(block.statements, [](const ast::Statement& one) {
        if (const auto* branch = std::get_if<ast::If>(&one.node)) {
            return returns_somewhere(branch->then) ||
                   (branch->otherwise && returns_somewhere(*branch->otherwise));
        }
        if (const auto* loop = std::get_if<ast::For>(&one.node)) {
            return returns_somewhere(loop->body);
        }
        return std::holds_alternative<ast::Return>(one.node);
    });
}

// Reports what stands after a `return`, and a `return` in a loop: it is the end of an action.
void ends_at_return(Context& context, const ast::Block& block) {
    for (std::size_t i = 0; i < block.statements.size(); ++i) {
        const ast::Statement& one = block.statements[i];
        if (const auto* loop = std::get_if<ast::For>(&one.node)) {
            if (!returns_somewhere(loop->body)) continue;
            context.report(Code::E0333, one.span, "this loop would return before its end")
                .with_help(
                    "ask for what you look for before: `some x in xs satisfies …`, `sum`, "
                    "`min`");
            continue;
        }
        const auto* branch = std::get_if<ast::If>(&one.node);
        const bool last = i + 1 == block.statements.size();
        if (!last && (std::holds_alternative<ast::Return>(one.node) ||
                      (branch != nullptr &&
                       (returns_somewhere(branch->then) ||
                        (branch->otherwise && returns_somewhere(*branch->otherwise)))))) {
            context
                .report(Code::E0333, block.statements[i + 1].span,
                        "this stands after a `return`, which is the end of an action")
                .with_label(one.span, "it may have returned here")
                .with_help(branch != nullptr ? "put it into the `else` of that `if`"
                                             : "put it before the `return`");
            return;
        }
        if (branch == nullptr) continue;
        ends_at_return(context, branch->then);
        if (branch->otherwise) ends_at_return(context, *branch->otherwise);
    }
}

void returns_at_its_ends(Context& context, const ast::ActionDeclaration& tree) {
    ends_at_return(context, tree.body);
    if (!tree.result || always_returns(tree.body)) return;
    context
        .report(Code::E0333, tree.name.span,
                quoted(tree.name.text) + " may end without returning a value")
        .with_label(tree.result->span, "it says that it returns this")
        .with_help(
            "end the action, and each branch of an `if` at its end, with `return` or `fail`");
}

class Statements {
public:
    Statements(const ModuleScope& names, Span owner, Scope& scope)
        : names_(names),
          context_(names.context()),
          owner_(owner),
          scope_(scope),
          expressions_(names, scope),
          known_(context_.program) {}

    Block block(const ast::Block& tree) {
        const std::size_t bindings = scope_.bindings.size();
        known_.enter_block();
        Block made;
        for (const ast::Statement& statement : tree.statements) {
            if (++count_ == MAX_STATEMENTS + 1) {
                (void)within_limit(context_, count_, MAX_STATEMENTS, "statements", owner_);
            }
            auto node = std::visit(Dispatch{*this, statement.span}, statement.node);
            if (node) made.push_back({statement.span, std::move(*node)});
        }
        scope_.bindings.resize(bindings);
        known_.leave_block();
        return made;
    }

private:
    using Node = decltype(Statement::node);
    using Made = std::optional<Node>;  // nothing: an error, reported

    struct Dispatch {
        Statements& self;
        Span span;
        template <typename Tree>
        Made operator()(const Tree& tree) const {
            return self.statement(tree, span);
        }
    };

    // Reports a value that may not be there. True if there is no such.
    bool answered(const ExprRef& expr) {
        // What an observer cannot tell makes its regulation forbid the call.
        if (expr == nullptr || scope_.place == Place::observer) return true;
        const Expr* open = known_.unanswered(*expr);
        if (open == nullptr) return true;
        const auto* read = std::get_if<StoreRead>(&open->node);
        const Span span = open->span == Span{} ? expr->span : open->span;
        source::Diagnostic& report = context_.report(Code::E0307, span, "this may have no value");
        if (read == nullptr) {
            report.with_label("may be absent");
        } else if (read->key == nullptr) {
            report.with_label("may not be set yet");
        } else {
            report.with_label("the key may be absent");
        }
        if (read != nullptr) report.with_label(context_.span_of(read->store), "has no default");
        report.with_help(
            "write `let x = … else fail \"…\"` before, or `… else` another value here");
        return false;
    }
    bool all_answered(const std::vector<ExprRef>& all) {
        bool fine = true;
        for (const ExprRef& expr : all) fine = answered(expr) && fine;
        return fine;
    }
    std::optional<Message> message(const ast::Message& tree) {
        auto made = expressions_.message(tree);
        if (made && !all_answered(made->values)) return std::nullopt;
        return made;
    }

    Made statement(const ast::Let& tree, Span span) {
        if (const auto* call = std::get_if<ast::Call>(&tree.value.node);
            call != nullptr && calls_action(*call)) {
            return let_result(tree, *call, span);
        }
        ExprRef value = expressions_.infer(tree.value);
        std::optional<Message> otherwise;
        bool complete = true;
        if (tree.otherwise) {
            value = unwrapped(std::move(value));
            otherwise = message(*tree.otherwise);
            complete = otherwise.has_value();
            if (value != nullptr) known_.add(value);
        } else {
            complete = answered(value);
        }
        const auto local = expressions_.bind(tree.name, value == nullptr ? nullptr : value->type);
        if (!local || value == nullptr || !complete) return std::nullopt;
        return Let{*local, std::move(value), std::move(otherwise)};
    }

    // ---- assignment -----------------------------------------------------------------------------

    struct Target {
        StorePlace place;
        std::vector<const ast::Name*> fields;  // outermost first
        std::vector<ExprRef> records;          // what each field is read from
        ExprRef current;
    };

    bool own(StoreRef store, Span span) {
        const Store& declared = context_.program.at(store);
        if (store.module == names_.self() && declared.counted) {
            context_
                .report(Code::E0315, span,
                        "only the counter " + quoted(declared.name) + " changes its values")
                .with_label(declared.span, "declared here")
                .with_help("keep another store beside it");
            return false;
        }
        if (store.module == names_.self()) return true;
        context_
            .report(Code::E0315, span,
                    "only " + quoted(names_.module_name(store.module)) + " may change its stores")
            .with_label(context_.span_of(store), "declared here")
            .with_help("call an action of " + quoted(names_.module_name(store.module)));
        return false;
    }

    std::optional<Target> target(const ast::Expression& tree) {
        Target made;
        const ast::Expression* at = &tree;
        while (const auto* member = std::get_if<ast::Member>(&at->node)) {
            if (expressions_.names_store(*at)) break;
            made.fields.insert(made.fields.begin(), &member->member);
            at = member->object.get();
        }
        auto place = expressions_.place(*at);
        if (!place || !own(place->store, at->span) || !answered(place->key)) return std::nullopt;
        made.place = std::move(*place);
        made.current = expressions_.read(made.place, at->span);
        for (const ast::Name* field : made.fields) {
            if (made.current == nullptr) return std::nullopt;
            made.records.push_back(unwrapped(made.current));
            made.current =
                expressions_.field(made.current, *field, source::join(at->span, field->span));
        }
        if (made.current == nullptr) return std::nullopt;
        return made;
    }

    // `value` in the place that the target names: whole records are written.
    Made assigned(const Target& target, ExprRef value) {
        value = expressions_.coerce(std::move(value), target.current->type);
        for (std::size_t i = target.fields.size(); i-- > 0 && value != nullptr;) {
            const ExprRef& record = target.records[i];
            const auto& fields = record->type->fields;
            std::uint32_t index = 0;
            while (fields[index].name != target.fields[i]->text) ++index;
            const Span span = value->span;
            value = make(record->type, span, FieldReplace{record, index, std::move(value)});
            const TypeRef& held =
                i > 0 ? target.records[i - 1]->type->fields[field_index(target, i - 1)].type
                      : context_.program.at(target.place.store).value;
            value = expressions_.coerce(std::move(value), held);
        }
        if (value == nullptr || !answered(value)) return std::nullopt;
        known_.written(target.place.store, target.place.key);
        return Assign{target.place.store, target.place.key, std::move(value)};
    }
    static std::size_t field_index(const Target& target, std::size_t i) {
        const auto& fields = target.records[i]->type->fields;
        std::size_t index = 0;
        while (fields[index].name != target.fields[i]->text) ++index;
        return index;
    }

    Made statement(const ast::Assign& tree, Span span) {
        const auto place = target(tree.target);
        if (!place) {
            expressions_.probe(tree.value);
            return std::nullopt;
        }
        if (tree.op == ast::AssignOp::set) {
            return assigned(*place, expressions_.infer(tree.value, place->current->type));
        }
        return compound(tree, *place, span);
    }

    Made compound(const ast::Assign& tree, const Target& place, Span span) {
        const bool adds = tree.op == ast::AssignOp::add;
        ExprRef current = unwrapped(place.current);
        ExprRef value = unwrapped(expressions_.infer(tree.value, current->type));
        if (value == nullptr) return std::nullopt;
        const Kind kind = current->type->kind;
        const bool numbers =
            kind == Kind::integer || kind == Kind::decimal || kind == Kind::duration;
        if (numbers) value = expressions_.as(std::move(value), current->type);
        if ((!numbers && kind != Kind::set) || !value::same_shape(*current->type, *value->type)) {
            context_
                .report(Code::E0306, span,
                        value::to_text(*value->type) +
                            (adds ? " cannot be added to " : " cannot be taken from ") +
                            value::to_text(*current->type))
                .with_label(value->span, value::to_text(*value->type))
                .with_help("`+=` and `-=` are for numbers, and for sets of one type");
            return std::nullopt;
        }
        if (kind == Kind::decimal || kind == Kind::duration) {
            const BuiltinOp op = kind == Kind::decimal
                                     ? (adds ? BuiltinOp::decimal_add : BuiltinOp::decimal_subtract)
                                     : (adds ? BuiltinOp::time_add : BuiltinOp::time_subtract);
            const TypeRef type = current->type;
            return assigned(place,
                            make(type, span, Builtin{op, {std::move(current), std::move(value)}}));
        }
        if (numbers) {
            const ArithOp op = adds ? ArithOp::add : ArithOp::subtract;
            return assigned(place, make(value::integer_type(), span,
                                        Arith{op, std::move(current), std::move(value)}));
        }
        return assigned(place, combined(adds, std::move(current), std::move(value), span));
    }

    ExprRef combined(bool adds, ExprRef current, ExprRef other, Span span) {
        const TypeRef type = adds ? join(current->type, other->type) : current->type;
        if (type == nullptr) {
            context_.report(Code::E0308, span,
                            "together these sets are larger than any value may be");
            return nullptr;
        }
        const SetOp op = adds ? SetOp::unite : SetOp::subtract;
        return make(type, span, SetCombine{op, std::move(current), std::move(other)});
    }

    // add x to s, remove x from s
    Made change_set(const ast::Expression& element, const ast::Expression& set, bool adds,
                    Span span) {
        const auto place = target(set);
        ExprRef current = place ? unwrapped(place->current) : nullptr;
        if (current == nullptr) {
            expressions_.probe(element);
            return std::nullopt;
        }
        if (current->type->kind != Kind::set) {
            context_.report(Code::E0306, set.span,
                            "this is " + value::to_text(*current->type) + ", not a set");
            return std::nullopt;
        }
        ExprRef one = expressions_.expect(element, current->type->parts[0]);
        if (one == nullptr) return std::nullopt;
        const auto type = value::set_type(current->type->parts[0], 1);
        ExprRef single = make(*type, element.span, MakeSet{{std::move(one)}});
        return assigned(*place, combined(adds, std::move(current), std::move(single), span));
    }
    Made statement(const ast::AddTo& tree, Span span) {
        return change_set(tree.element, tree.target, true, span);
    }
    Made statement(const ast::RemoveFrom& tree, Span span) {
        return change_set(tree.element, tree.target, false, span);
    }

    Made statement(const ast::RemoveKey& tree, Span) {
        auto place = expressions_.place(tree.target);
        if (!place || !own(place->store, tree.target.span) || !answered(place->key)) {
            return std::nullopt;
        }
        if (place->key == nullptr) {
            context_.report(Code::E0316, tree.target.span, "only the key of a Map can be removed")
                .with_label(context_.span_of(place->store), "holds one value");
            return std::nullopt;
        }
        known_.removed(place->store);
        return Remove{place->store, std::move(place->key)};
    }

    // ---- control --------------------------------------------------------------------------------

    Made statement(const ast::If& tree, Span) {
        ExprRef condition = expressions_.condition(tree.condition);
        bool complete = condition != nullptr && answered(condition);
        const auto branch = [&](const ast::Block& body, bool holds) {
            known_.enter_block();
            if (condition != nullptr) known_.add_from(condition, holds);
            Block made = block(body);
            known_.leave_block();
            return made;
        };
        Block then = branch(tree.then, true);
        Block otherwise = tree.otherwise ? branch(*tree.otherwise, false) : Block{};
        if (!complete) return std::nullopt;
        if (ends_with_fail(then)) known_.add_from(condition, false);
        return If{std::move(condition), std::move(then), std::move(otherwise)};
    }

    Made statement(const ast::For& tree, Span) {
        ExprRef set = unwrapped(expressions_.infer(tree.set));
        if (set != nullptr && set->type->kind != Kind::set && set->type->kind != Kind::list) {
            context_.report(Code::E0306, tree.set.span,
                            "only a set has elements, and this is " + value::to_text(*set->type));
            set = nullptr;
        }
        const bool complete = answered(set);
        Doing doing;
        doing.of(tree.body);
        known_.enter_loop(doing.assigns, doing.removes);
        const auto local =
            expressions_.bind(tree.variable, set == nullptr ? nullptr : set->type->parts[0]);
        Block body = block(tree.body);
        if (local) scope_.bindings.pop_back();
        if (!local || set == nullptr || !complete) return std::nullopt;
        return For{*local, std::move(set), std::move(body)};
    }

    Made statement(const ast::Fail& tree, Span) {
        auto made = message(tree.message);
        if (!made) return std::nullopt;
        return Fail{std::move(*made)};
    }

    Made statement(const ast::Emit& tree, Span span) {
        if (only_observes(span)) return std::nullopt;
        const auto event = names_.event(tree.event);
        if (!event) {
            infer_all(tree.arguments);
            return std::nullopt;
        }
        const Event& declared = context_.program.at(*event);
        if (event->module != names_.self()) {
            context_
                .report(
                    Code::E0315, tree.event.span,
                    "only " + quoted(names_.module_name(event->module)) + " may emit its events")
                .with_label(declared.span, "declared here");
            return std::nullopt;
        }
        std::vector<Parameter> parameters;
        for (const value::Field& field : declared.fields) {
            parameters.push_back({field.name, field.type, {}});
        }
        auto arguments =
            expressions_.arguments(tree.arguments, parameters, span, declared.name, declared.span);
        if (!arguments || !all_answered(*arguments)) return std::nullopt;
        return Emit{*event, std::move(*arguments)};
    }

    // Whether a name with brackets means an action, and no function.
    bool calls_action(const ast::Call& tree) {
        const std::string& last = tree.callee.parts.back().text;
        if (tree.callee.parts.size() == 1 &&
            (Expressions::is_built_in(last) || !names_.functions(last).empty())) {
            return false;
        }
        return !names_.actions(last).empty();
    }

    // let x = hub.f(a)
    Made let_result(const ast::Let& tree, const ast::Call& call, Span span) {
        auto made = called(call.callee, call.arguments, span);
        TypeRef type;
        if (made) type = context_.program.at(made->action).result;
        if (made && type == nullptr) {
            const Action& declared = context_.program.at(made->action);
            if (!declared.returns) {
                context_
                    .report(Code::E0329, call.callee.span,
                            quoted(declared.name) + " returns nothing")
                    .with_label(declared.span, "declared here")
                    .with_help("call it on a line of its own, without `let`");
            }
        }
        if (tree.otherwise) {
            context_
                .report(Code::E0329, tree.otherwise->span,
                        "a call that returns always has its value")
                .with_help("leave the `else` out: a call that fails ends this one too");
            made.reset();
        }
        const auto local = expressions_.bind(tree.name, type);
        if (!local || !made || type == nullptr) return std::nullopt;
        made->result = *local;
        return std::move(*made);
    }
    Made statement(const ast::Return& tree, Span span) {
        if (scope_.action == nullptr || scope_.place != Place::action ||
            scope_.action->result == nullptr) {
            expressions_.probe(tree.value);
            if (scope_.place == Place::action && scope_.action->returns) {
                return std::nullopt;
            }
            context_
                .report(Code::E0333, span,
                        scope_.place == Place::action
                            ? quoted(scope_.action->name) + " does not say what it returns"
                            : std::string("an observer returns nothing"))
                .with_help(scope_.place == Place::action ? "write `-> TYPE` before its `by`"
                                                         : "write what happened to a store");
            return std::nullopt;
        }
        ExprRef value = expressions_.expect(tree.value, scope_.action->result);
        if (value == nullptr || !answered(value)) return std::nullopt;
        return Return{std::move(value)};
    }

    Made statement(const ast::CallAction& tree, Span span) {
        auto made = called(tree.action, tree.arguments, span);
        if (!made) return std::nullopt;
        return std::move(*made);
    }
    std::optional<CallAction> called(const ast::QualifiedName& name,
                                     const std::vector<ast::Argument>& given, Span span) {
        if (only_observes(span)) return std::nullopt;
        const auto callee = names_.action(name);
        if (!callee) {
            infer_all(given);
            return std::nullopt;
        }
        const Action& declared = context_.program.at(*callee);
        if (declared.by_duty) {
            context_
                .report(Code::E0413, name.span,
                        quoted(declared.name) + " runs only as the `else` of a duty")
                .with_label(declared.span, "by duty")
                .with_help("call an action that says by whom it is called");
            return std::nullopt;
        }
        if (callee->module == names_.self()) {
            context_.report(Code::E0317, name.span, "an action calls only actions of other modules")
                .with_label(declared.span, "of this module")
                .with_help("write out here what it does");
            return std::nullopt;
        }
        auto arguments =
            expressions_.arguments(given, declared.parameters, span, declared.name, declared.span);
        if (!arguments || !all_answered(*arguments)) return std::nullopt;
        known_.called(declared);
        return CallAction{*callee, std::move(*arguments), std::nullopt};
    }

    // An observer writes stores and does nothing else: reports that.
    bool only_observes(Span span) {
        if (scope_.place != Place::observer) return false;
        context_.report(Code::E0319, span, "an observer only keeps stores of its regulation")
            .with_help("write what happened to a store, or make it a duty");
        return true;
    }

    void infer_all(const std::vector<ast::Argument>& arguments) {
        for (const ast::Argument& argument : arguments) expressions_.probe(*argument.value);
    }

    const ModuleScope& names_;
    Context& context_;
    Span owner_;
    Scope& scope_;
    Expressions expressions_;
    Known known_;
    std::size_t count_ = 0;
};

}  // namespace

Block check_observer_block(const ModuleScope& names, const ast::Block& tree, Scope& scope,
                           Span owner) {
    return Statements(names, owner, scope).block(tree);
}

void check_actions(const ModuleScope& names) {
    Context& context = names.context();
    Module& module = context.module(names.self());
    for (const ast::Declaration& declaration : context.of(names.self()).tree->declarations) {
        const auto* tree = std::get_if<ast::ActionDeclaration>(&declaration);
        if (tree == nullptr) continue;
        Action& action = module.actions[context.of(names.self()).actions.at(tree->name.text)];
        if (!(action.span == tree->name.span)) continue;  // declared twice: the first counts
        Scope scope;
        scope.place = Place::action;
        scope.action = &action;
        scope.locals = &action.locals;
        returns_at_its_ends(context, *tree);
        action.body = Statements(names, action.span, scope).block(tree->body);
        std::set<StoreRef> reads;
        std::set<StoreRef> writes;
        collect_effects(action.body, context.program, reads, writes);
        action.reads.assign(reads.begin(), reads.end());
        action.writes.assign(writes.begin(), writes.end());
    }
}

}  // namespace edict::check
