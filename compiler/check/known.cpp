#include "compiler/check/known.h"

#include <algorithm>

#include "compiler/check/limits.h"
#include "compiler/check/typing.h"
#include "compiler/check/walk.h"

namespace edict::check {
namespace {

bool same(const ExprRef& a, const ExprRef& b) {
    if (a == nullptr || b == nullptr) return a == b;
    return same_expression(*a, *b);
}

// Only the kinds that keys and stores are made of; others are never the same.
struct Same {
    const Expr& other;

    template <typename Node, typename Equal>
    bool with(const Node&, Equal equal) const {
        const auto* node = std::get_if<Node>(&other.node);
        return node != nullptr && equal(*node);
    }
    bool operator()(const Constant& a) const {
        return with(a, [&](const Constant& b) {
            return a.value.data.index() == b.value.data.index() && a.value == b.value;
        });
    }
    bool operator()(const ParamRead& a) const {
        return with(a, [&](const ParamRead& b) { return a.index == b.index; });
    }
    bool operator()(const LocalRead& a) const {
        return with(a, [&](const LocalRead& b) { return a.local == b.local; });
    }
    bool operator()(const FromContext& a) const {
        return with(a, [&](const FromContext& b) { return a.what == b.what; });
    }
    bool operator()(const StoreRead& a) const {
        return with(a,
                    [&](const StoreRead& b) { return a.store == b.store && same(a.key, b.key); });
    }
    bool operator()(const FieldRead& a) const {
        return with(
            a, [&](const FieldRead& b) { return a.index == b.index && same(a.record, b.record); });
    }
    bool operator()(const MakeRecord& a) const {
        return with(a, [&](const MakeRecord& b) {
            return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                              same);
        });
    }
    bool operator()(const Builtin& a) const {
        return with(a, [&](const Builtin& b) {
            return a.op == b.op && std::equal(a.arguments.begin(), a.arguments.end(),
                                              b.arguments.begin(), b.arguments.end(), same);
        });
    }
    bool operator()(const Wrap& a) const {
        return with(a, [&](const Wrap& b) { return same(a.value, b.value); });
    }
    bool operator()(const Unwrap& a) const {
        return with(a, [&](const Unwrap& b) { return same(a.value, b.value); });
    }
    bool operator()(const Narrow& a) const {
        return with(a, [&](const Narrow& b) { return same(a.value, b.value); });
    }
    template <typename Other>
    bool operator()(const Other&) const {
        return false;
    }
};

bool reads_any_store(const Expr& expr) {
    bool found = std::holds_alternative<StoreRead>(expr.node);
    for_each_part(expr, [&](const Expr& part) { found = found || reads_any_store(part); });
    return found;
}

bool reads(const Expr& expr, StoreRef store) {
    const auto* read = std::get_if<StoreRead>(&expr.node);
    bool found = read != nullptr && read->store == store;
    for_each_part(expr, [&](const Expr& part) { found = found || reads(part, store); });
    return found;
}

}  // namespace

bool same_expression(const Expr& a, const Expr& b) {
    return value::same_shape(*a.type, *b.type) && std::visit(Same{b}, a.node);
}

bool Known::holds(const Expr& expr) const {
    return std::any_of(known_.begin(), known_.end(),
                       [&](const Fact& fact) { return same_expression(*fact.expr, expr); });
}

// `a and b` has a value where a is false, so b may rely on what a asks; and the other way round.
const Expr* Known::unanswered(const Expr& expr) {
    if (std::holds_alternative<IsKnown>(expr.node)) return nullptr;
    if (const auto* answered = std::get_if<Else>(&expr.node)) {
        return unanswered(*answered->otherwise);
    }
    const auto under = [&](const ExprRef& given, bool holds, const ExprRef& part) {
        enter_block();
        add_from(given, holds);
        const Expr* found = unanswered(*part);
        leave_block();
        return found;
    };
    const Expr* found = nullptr;
    if (const auto* logic = std::get_if<Logic>(&expr.node)) {
        const bool conjunction = logic->op == LogicOp::conjunction;
        const bool left_holds = logic->op != LogicOp::disjunction;
        found = under(logic->right, conjunction, logic->left);
        if (found == nullptr) found = under(logic->left, left_holds, logic->right);
        return found;
    }
    if (const auto* choice = std::get_if<Choice>(&expr.node)) {
        found = unanswered(*choice->condition);
        if (found == nullptr) found = under(choice->condition, true, choice->then);
        if (found == nullptr) found = under(choice->condition, false, choice->otherwise);
        return found;
    }
    for_each_part(expr, [&](const Expr& part) {
        if (found == nullptr) found = unanswered(part);
    });
    if (found != nullptr) return found;
    const auto* read = std::get_if<StoreRead>(&expr.node);
    const bool absent_key = read != nullptr && !program_.at(read->store).initial;
    const auto* builtin = std::get_if<Builtin>(&expr.node);
    const bool not_of_type = builtin != nullptr && (builtin->op == BuiltinOp::money_in ||
                                                    builtin->op == BuiltinOp::value_of_text);
    const bool may_lack = absent_key || not_of_type || std::holds_alternative<Unwrap>(expr.node);
    return may_lack && !holds(expr) ? &expr : nullptr;
}

// What is known of an expression is known of the reads inside it too.
void Known::add(ExprRef expr) {
    if (const auto* optional = std::get_if<Unwrap>(&expr->node)) add(optional->value);
    if (const auto* field = std::get_if<FieldRead>(&expr->node)) add(field->record);
    if (holds(*expr)) return;
    if (known_.size() == MAX_KNOWN) known_.erase(known_.begin());
    known_.push_back({std::move(expr), depth_});
}

void Known::add_from(const ExprRef& condition, bool holds) {
    if (const auto* asked = std::get_if<IsKnown>(&condition->node)) {
        if (holds) add(asked->value);
    } else if (const auto* compared = std::get_if<Compare>(&condition->node)) {
        // `funds is in CNY`: the amount in CNY is known.
        const auto* field = std::get_if<FieldRead>(&compared->left->node);
        const auto* unit = std::get_if<Constant>(&compared->right->node);
        const bool asks = field != nullptr && unit != nullptr && field->index == 1 &&
                          value::same_type(*field->record->type, *value::money_type());
        if (asks && compared->op == (holds ? CompareOp::eq : CompareOp::ne)) {
            const auto type = value::quantity_type(std::get<std::string>(unit->value.data));
            if (type) {
                add(make(*type, condition->span, Builtin{BuiltinOp::money_in, {field->record}}));
            }
        }
    } else if (const auto* negated = std::get_if<Not>(&condition->node)) {
        add_from(negated->value, !holds);
    } else if (const auto* logic = std::get_if<Logic>(&condition->node)) {
        const bool both = (logic->op == LogicOp::conjunction && holds) ||
                          (logic->op == LogicOp::disjunction && !holds);
        if (both) {
            add_from(logic->left, holds);
            add_from(logic->right, holds);
        }
    }
}

void Known::forget_readers(StoreRef store, bool keep_keys) {
    std::erase_if(known_, [&](const Fact& fact) {
        const ExprRef& known = fact.expr;
        const auto* read = std::get_if<StoreRead>(&known->node);
        const bool is_key = keep_keys && read != nullptr && read->store == store &&
                            (read->key == nullptr || !reads(*read->key, store));
        return !is_key && reads(*known, store);
    });
}

void Known::written(StoreRef store, const ExprRef& key) {
    forget_readers(store, true);
    if (key == nullptr || !reads(*key, store)) {
        add(std::make_shared<const Expr>(
            Expr{program_.at(store).value, {}, StoreRead{store, key, Moment::current}}));
    }
}

void Known::removed(StoreRef store) { forget_readers(store, false); }

void Known::called(const Action& callee) {
    for (const StoreRef store : callee.writes) removed(store);
}

void Known::enter_loop(bool assigns, bool removes) {
    if (!assigns && !removes) return;
    std::erase_if(known_, [&](const Fact& fact) {
        const ExprRef& known = fact.expr;
        const auto* read = std::get_if<StoreRead>(&known->node);
        const bool is_key =
            read != nullptr && (read->key == nullptr || !reads_any_store(*read->key));
        return (removes || !is_key) && reads_any_store(*known);
    });
}

void Known::leave_block() {
    --depth_;
    std::erase_if(known_, [&](const Fact& fact) { return fact.depth > depth_; });
}

}  // namespace edict::check
