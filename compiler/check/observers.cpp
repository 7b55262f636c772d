#include "compiler/check/observers.h"

#include "base/check.h"
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"
#include "compiler/check/rules.h"
#include "compiler/check/statements.h"
#include "compiler/check/walk.h"

namespace edict::check {
namespace {

constexpr const char* SEEN = "_seen";  // the store beside a `distinct`: which values were there

class Observers {
public:
    explicit Observers(const ModuleScope& names)
        : names_(names),
          context_(names.context()),
          exports_(context_.of(names.self())),
          module_(context_.module(names.self())) {}

    void check(const ast::CounterDeclaration& tree) {
        Observer observer{tree.name.text, tree.on_forbidden, {}, tree.name.span};
        std::vector<NameUse> uses;
        std::optional<Counter> counter;
        for (const ActionRef action : governed_actions(names_, tree.actions)) {
            ObserverBody body{action, {}, {}};
            const bool first = observer.bodies.empty();
            if (!first && !same_meaning(names_, uses, observer.bodies.front().action, action))
                break;
            Scope scope = scope_of(action, body.locals);
            if (first) scope.uses = &uses;
            if (!may_count(tree, action)) break;
            const auto parts = parts_of(tree, scope, counter);
            if (!parts) break;
            if (!counter) counter = declare(tree, *parts);
            if (!counter) break;
            body.body = counted(tree, *counter, *parts);
            observer.bodies.push_back(std::move(body));
        }
        // Its name counts even if it has an error: no second message where it is read.
        if (!counter) declare_broken(tree);
        module_.observers.push_back(std::move(observer));
    }

    void check(const ast::ObserveDeclaration& tree) {
        Observer observer{"observe_" + std::to_string(++unnamed_), false, {}, tree.span};
        const std::vector<ActionRef> actions = governed_actions(names_, tree.actions);
        std::vector<NameUse> uses;
        for (const ActionRef action : actions) {
            ObserverBody body{action, {}, {}};
            const bool first = observer.bodies.empty();
            if (!first && !same_meaning(names_, uses, observer.bodies.front().action, action))
                break;
            const std::size_t errors = context_.diagnostics.errors();
            Scope scope = scope_of(action, body.locals);
            if (first) scope.uses = &uses;
            body.body = check_observer_block(names_, tree.body, scope, tree.span);
            observer.bodies.push_back(std::move(body));
            if (context_.diagnostics.errors() != errors) break;
        }
        module_.observers.push_back(std::move(observer));
    }

    void finish() {
        std::size_t bodies = 0;
        for (const Observer& observer : module_.observers) {
            bodies += observer.bodies.size();
            if (observer.on_forbidden) continue;  // no rule of the call sees it
            for (const ObserverBody& body : observer.bodies) {
                std::set<StoreRef> reads;
                collect_effects(body.body, context_.program, reads, context_.observed[body.action]);
            }
        }
        (void)within_limit(context_, bodies, MAX_OBSERVERS,
                           "counters and observers, counted for each action", exports_.tree->span);
        (void)within_limit(context_, module_.stores.size(), MAX_STORES, "stores and counters",
                           exports_.tree->span);
    }

private:
    struct Parts {  // of a counter, for one action
        ExprRef value, key, condition;
    };
    struct Counter {
        StoreRef total;
        std::optional<StoreRef> seen;
        TypeRef amount;                     // what it counts in
        std::optional<std::uint32_t> days;  // over so many
    };

    Scope scope_of(ActionRef action, std::vector<Local>& locals) {
        Scope scope;
        scope.place = Place::observer;
        scope.action = &context_.program.at(action);
        scope.locals = &locals;
        return scope;
    }

    std::optional<Parts> parts_of(const ast::CounterDeclaration& tree, Scope& scope,
                                  const std::optional<Counter>& counter) {
        Expressions expressions(names_, scope);
        Parts parts;
        bool complete = true;
        if (tree.counted == ast::Counted::sum) {
            parts.value = counter ? expressions.expect(*tree.value, counter->amount)
                                  : summed(unwrapped(expressions.infer(*tree.value)));
        } else if (tree.value && counter) {
            const TypeRef& key = context_.program.at(*counter->seen).key;
            parts.value = expressions.expect(*tree.value, key->parts[1]);
        } else if (tree.value) {
            parts.value = unwrapped(expressions.infer(*tree.value));
        }
        complete = !tree.value || parts.value != nullptr;
        parts.key = counter ? expressions.expect(tree.key, context_.program.at(counter->total).key)
                            : unwrapped(expressions.infer(tree.key));
        complete = complete && parts.key != nullptr;
        if (tree.condition) {
            parts.condition = expressions.condition(*tree.condition);
            complete = complete && parts.condition != nullptr;
        }
        if (!complete || !told_apart(parts.key, "key of a counter") ||
            (tree.counted == ast::Counted::distinct &&
             !told_apart(parts.value, "value to count once"))) {
            return std::nullopt;
        }
        return parts;
    }

    // A number that can be added up, of the widest type of its kind.
    ExprRef summed(ExprRef value) {
        if (value == nullptr) return nullptr;
        const TypeRef& type = value->type;
        if (type->kind == value::Kind::integer) {
            if (value::same_type(*type, *value::integer_type())) return value;
            const Span span = value->span;
            return make(value::integer_type(), span, Narrow{std::move(value)});
        }
        if (type->kind == value::Kind::decimal) return value;
        context_
            .report(Code::E0328, value->span,
                    "a sum is of numbers, and this is " + value::to_text(*type))
            .with_help("add up Int, Decimal, or amounts of one unit or currency");
        return nullptr;
    }

    // Whether the days over which it counts, if it says so, can be counted.
    bool days(const ast::CounterDeclaration& tree, std::optional<std::uint32_t>& made) {
        if (!tree.days) return true;
        need_zone(names_, tree.days_span);
        if (*tree.days < 1) {
            context_.report(Code::E0328, tree.days_span, "no day is in this window")
                .with_help(
                    "`over 1 day` counts the day of the call, `over 30 days` it and the 29 before");
            return false;
        }
        if (!within_limit(context_, static_cast<std::size_t>(*tree.days),
                          static_cast<std::size_t>(MAX_WINDOW_DAYS), "days", tree.days_span,
                          "count over a shorter time"))
            return false;
        made = static_cast<std::uint32_t>(*tree.days);
        return true;
    }

    // A value that was seen before and after the day of a call that is dated back would have to be
    // counted in both windows, and only its last day is kept.
    bool may_count(const ast::CounterDeclaration& tree, ActionRef ref) {
        const Action& action = context_.program.at(ref);
        if (tree.counted != ast::Counted::distinct || !tree.days || !action.dated) return true;
        context_
            .report(Code::E0328, tree.days_span,
                    "different values over days cannot be counted on " + quoted(action.name) +
                        ", which may be dated back")
            .with_label(action.span, "dated by a parameter")
            .with_help("count calls or a sum, or count without `over`");
        return false;
    }

    // Two commitments to one value differ, so nothing can be counted by them.
    bool told_apart(const ExprRef& value, const std::string& what) {
        if (!holds_kind(*value->type, value::Kind::commitment)) return true;
        context_
            .report(Code::E0331, value->span,
                    "a Commitment is no " + what + ": the same person has another one each time")
            .with_label(value::to_text(*value->type))
            .with_help("count by a Pseudonym, which a site makes the same each time");
        return false;
    }

    bool is_free(const ast::Name& name, const std::string& stored) {
        const auto at = exports_.stores.find(stored);
        if (at == exports_.stores.end()) return true;
        report_twice(context_, {stored, name.span}, module_.stores[at->second].span);
        return false;
    }

    StoreRef add(const std::string& name, Span span, TypeRef key, TypeRef held,
                 std::optional<value::Value> initial) {
        const auto index = static_cast<std::uint32_t>(module_.stores.size());
        exports_.stores.emplace(name, index);
        Store store;
        store.name = name;
        store.key = std::move(key);
        store.value = std::move(held);
        store.initial = std::move(initial);
        store.span = span;
        store.counted = true;
        module_.stores.push_back(std::move(store));
        return {names_.self(), index};
    }

    std::optional<Counter> declare(const ast::CounterDeclaration& tree, const Parts& parts) {
        check_name(context_, tree.name.text, tree.name.span);
        if (!is_free(tree.name, tree.name.text)) return std::nullopt;
        const TypeRef key = parts.key->type;
        Counter made;
        if (!days(tree, made.days)) return std::nullopt;
        const bool sum = tree.counted == ast::Counted::sum;
        made.amount = sum ? parts.value->type : value::integer_type();
        TypeRef kept = made.amount;
        value::Value initial = zero(*made.amount);
        if (made.days) {  // (day, amount), as many days as a call may look back
            auto days = value::set_type(*value::tuple_type({value::date_type(), made.amount}),
                                        *made.days + MAX_DATED_DAYS);
            EDICT_CHECK(days.has_value());
            kept = *days;
            initial = value::Value{value::Set{}};
        }
        if (tree.counted == ast::Counted::distinct) {
            if (!is_free(tree.name, tree.name.text + SEEN)) return std::nullopt;
            auto pair = value::tuple_type({key, parts.value->type});
            if (!pair) {
                context_.report(Code::E0308, parts.value->span, pair.error().message);
                return std::nullopt;
            }
            made.total = add(tree.name.text, tree.name.span, key, kept, std::move(initial));
            // Whether it was seen; over days, on which day last.
            made.seen = made.days ? add(tree.name.text + SEEN, tree.name.span, *pair,
                                        value::date_type(), std::nullopt)
                                  : add(tree.name.text + SEEN, tree.name.span, *pair,
                                        value::boolean_type(), value::Value{false});
        } else {
            made.total = add(tree.name.text, tree.name.span, key, kept, std::move(initial));
        }
        module_.stores[made.total.index].days = made.days;
        return made;
    }

    static value::Value zero(const value::Type& type) {
        if (type.kind == value::Kind::decimal) return value::Value{value::Decimal{}};
        return value::Value{std::int64_t{0}};
    }

    void declare_broken(const ast::CounterDeclaration& tree) {
        if (exports_.stores.contains(tree.name.text)) return;
        Store store;
        store.name = tree.name.text;
        store.span = tree.name.span;
        exports_.stores.emplace(store.name, static_cast<std::uint32_t>(module_.stores.size()));
        module_.stores.push_back(std::move(store));  // without a type: silent where it is read
    }

    static ExprRef today(Span span) {
        return make(value::date_type(), span, FromContext{ContextValue::today});
    }

    // The total with an amount more; over days, with an amount more on that day.
    static ExprRef added(const Counter& counter, ExprRef total, ExprRef amount, ExprRef day,
                         Span span) {
        const TypeRef type = total->type;
        if (counter.days) {
            ExprRef keep = make(*value::integer_range(1, MAX_WINDOW_DAYS + MAX_DATED_DAYS), span,
                                Constant{value::Value{*counter.days + MAX_DATED_DAYS}});
            return make(
                type, span,
                Builtin{BuiltinOp::window_add,
                        {std::move(total), std::move(amount), std::move(day), std::move(keep)}});
        }
        if (type->kind == value::Kind::decimal) {
            return make(type, span,
                        Builtin{BuiltinOp::decimal_add, {std::move(total), std::move(amount)}});
        }
        return make(type, span, Arith{ArithOp::add, std::move(total), std::move(amount)});
    }

    // The statements that the counter stands for.
    Block counted(const ast::CounterDeclaration& tree, const Counter& counter, const Parts& parts) {
        const Span span = tree.span;
        const auto read = [&](StoreRef store, ExprRef key) {
            const TypeRef type = context_.program.at(store).value;
            return make(type, span, StoreRead{store, std::move(key), Moment::current});
        };
        const auto add_to_total = [&](ExprRef amount) {
            return Statement{span, Assign{counter.total, parts.key,
                                          added(counter, read(counter.total, parts.key),
                                                std::move(amount), today(span), span)}};
        };
        const ExprRef one =
            make(value::integer_type(), span, Constant{value::Value{std::int64_t{1}}});
        Block block;
        if (counter.seen) {
            const TypeRef& pair = context_.program.at(*counter.seen).key;
            const ExprRef key = make(pair, span, MakeRecord{{parts.key, parts.value}});
            const ExprRef seen = read(*counter.seen, key);
            If unless_seen;
            if (!counter.days) {
                const ExprRef yes = make(value::boolean_type(), span, Constant{value::Value{true}});
                unless_seen.condition = make(value::boolean_type(), span, Not{seen});
                unless_seen.then.push_back({span, Assign{*counter.seen, key, yes}});
                unless_seen.then.push_back(add_to_total(one));
            } else {
                // The value moves from the last day on which it was seen to this one.
                ExprRef last = make(value::date_type(), span, Else{seen, today(span)});
                ExprRef less =
                    make(value::integer_type(), span, Constant{value::Value{std::int64_t{-1}}});
                If before;
                before.condition = make(value::boolean_type(), span, IsKnown{seen});
                before.then.push_back(
                    {span, Assign{counter.total, parts.key,
                                  added(counter, read(counter.total, parts.key), std::move(less),
                                        std::move(last), span)}});
                unless_seen.condition =
                    make(value::boolean_type(), span,
                         Logic{LogicOp::disjunction,
                               make(value::boolean_type(), span,
                                    Not{make(value::boolean_type(), span, IsKnown{seen})}),
                               make(value::boolean_type(), span,
                                    Compare{CompareOp::ne, seen, today(span)})});
                unless_seen.then.push_back({span, std::move(before)});
                unless_seen.then.push_back(add_to_total(one));
                unless_seen.then.push_back({span, Assign{*counter.seen, key, today(span)}});
            }
            block.push_back({span, std::move(unless_seen)});
        } else {
            block.push_back(add_to_total(tree.counted == ast::Counted::sum ? parts.value : one));
        }
        if (parts.condition == nullptr) return block;
        If when;
        when.condition = parts.condition;
        when.then = std::move(block);
        Block all;
        all.push_back({span, std::move(when)});
        return all;
    }

    const ModuleScope& names_;
    Context& context_;
    Exports& exports_;
    Module& module_;
    std::size_t unnamed_ = 0;
};

}  // namespace

void check_observers(const ModuleScope& names) {
    Context& context = names.context();
    if (context.module(names.self()).kind != ModuleKind::regulation) return;
    Observers observers(names);
    for (const ast::Declaration& declaration : context.of(names.self()).tree->declarations) {
        if (const auto* counter = std::get_if<ast::CounterDeclaration>(&declaration)) {
            observers.check(*counter);
        } else if (const auto* observe = std::get_if<ast::ObserveDeclaration>(&declaration)) {
            observers.check(*observe);
        }
    }
    observers.finish();
}

}  // namespace edict::check
