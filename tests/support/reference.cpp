#include "tests/support/reference.h"

#include "tests/support/reference_builtins.h"

#include <algorithm>
#include <limits>

namespace edict::reference {

namespace {

using check::Expr;
using check::ExprRef;
using value::Value;

__extension__ using Wide = __int128;

// True, false or none.
using Truth = std::optional<bool>;

const std::vector<Value>& elements(const Value& collection) {
    if (const auto* list = std::get_if<value::List>(&collection.data)) return list->elements;
    return std::get<value::Set>(collection.data).elements;
}

Value zero(const value::Type& type) {
    if (type.kind == value::Kind::decimal) return Value{value::Decimal{}};
    if (type.kind == value::Kind::duration) return Value{value::Duration{}};
    return Value{std::int64_t{0}};
}

Maybe plus(const Value& a, const Value& b) {
    if (const auto* decimal = std::get_if<value::Decimal>(&a.data)) {
        return decimal_if(decimal->units + std::get<value::Decimal>(b.data).units);
    }
    if (const auto* duration = std::get_if<value::Duration>(&a.data)) {
        const value::Value sum{
            value::Duration{duration->ms + std::get<value::Duration>(b.data).ms}};
        return value::check(sum, *value::duration_type()) ? Maybe(sum) : std::nullopt;
    }
    const Wide sum = Wide{std::get<std::int64_t>(a.data)} + std::get<std::int64_t>(b.data);
    if (sum != static_cast<std::int64_t>(sum)) return std::nullopt;
    return Value{static_cast<std::int64_t>(sum)};
}

struct Walk {
    const check::Program& program;
    const std::vector<Value>& arguments;
    std::map<check::LocalId, Value>& locals;
    const World& world;
    const Expr* here = nullptr;

    Maybe of(const ExprRef& expr) {
        const Expr* outer = std::exchange(here, expr.get());
        Maybe found = std::visit(*this, expr->node);
        here = outer;
        return found;
    }
    Truth truth(const ExprRef& expr) {
        const Maybe found = of(expr);
        if (!found) return std::nullopt;
        return std::get<bool>(found->data);
    }
    static Maybe boolean(Truth truth) {
        if (!truth) return std::nullopt;
        return Value{*truth};
    }
    // All of them, or none if one has no value.
    std::optional<std::vector<Value>> all(const std::vector<ExprRef>& exprs) {
        std::vector<Value> values;
        bool complete = true;
        for (const ExprRef& expr : exprs) {
            const Maybe one = of(expr);
            complete = complete && one.has_value();
            if (one) values.push_back(*one);
        }
        if (!complete) return std::nullopt;
        return values;
    }
    std::nullopt_t lacking(const std::string& why) const {
        if (world.lacking) world.lacking(why);
        return std::nullopt;
    }
    Maybe if_of_type(Value made) const {
        if (!value::check(made, *here->type)) {
            return lacking(here->type->kind == value::Kind::integer ? "out of range"
                                                                    : "more than the type holds");
        }
        return made;
    }
    Maybe held(check::StoreRef store, const Value* key, check::Moment moment) const {
        const Maybe found = world.read(store, key, moment);
        return found ? found : lacking(key != nullptr ? "absent key" : "store not set");
    }

    Maybe operator()(const check::Constant& n) { return n.value; }
    Maybe operator()(const check::ParamRead& n) { return arguments[n.index]; }
    Maybe operator()(const check::LocalRead& n) { return locals.at(n.local); }
    Maybe operator()(const check::StoreRead& n) {
        if (n.key == nullptr) return held(n.store, nullptr, n.moment);
        const Maybe key = of(n.key);
        if (!key) return std::nullopt;
        return held(n.store, &*key, n.moment);
    }
    Maybe operator()(const check::FieldRead& n) {
        const Maybe record = of(n.record);
        if (!record) return std::nullopt;
        return std::get<value::Record>(record->data).fields[n.index];
    }
    Maybe operator()(const check::FieldReplace& n) {
        Maybe record = of(n.record);
        const Maybe field = of(n.value);
        if (!record || !field) return std::nullopt;
        std::get<value::Record>(record->data).fields[n.index] = *field;
        return record;
    }
    Maybe operator()(const check::MakeRecord& n) {
        auto fields = all(n.fields);
        if (!fields) return std::nullopt;
        return Value{value::Record{std::move(*fields)}};
    }
    Maybe operator()(const check::MakeSet& n) {
        auto elements = all(n.elements);
        if (!elements) return std::nullopt;
        return if_of_type(Value{value::make_set(std::move(*elements))});
    }
    Maybe operator()(const check::Wrap& n) {
        const Maybe inner = of(n.value);
        if (!inner) return std::nullopt;
        return Value{value::Optional{{*inner}}};
    }
    Maybe operator()(const check::Unwrap& n) {
        const Maybe optional = of(n.value);
        if (!optional) return std::nullopt;
        const auto& element = std::get<value::Optional>(optional->data).element;
        if (element.empty()) return lacking("absent optional");
        return element[0];
    }
    Maybe operator()(const check::Narrow& n) {
        Maybe wide = of(n.value);
        if (!wide) return std::nullopt;
        return if_of_type(std::move(*wide));
    }
    Maybe operator()(const check::IsKnown& n) { return Value{of(n.value).has_value()}; }
    Maybe operator()(const check::Else& n) {
        Maybe first = of(n.value);
        return first ? first : of(n.otherwise);
    }
    Maybe operator()(const check::Not& n) {
        const Truth truth_of = truth(n.value);
        return truth_of ? boolean(!*truth_of) : std::nullopt;
    }
    Maybe operator()(const check::Logic& n) {
        Truth left = truth(n.left);
        const Truth right = truth(n.right);
        if (n.op == check::LogicOp::conjunction) {
            if (left == Truth(false) || right == Truth(false)) return boolean(false);
            return left && right ? boolean(true) : std::nullopt;
        }
        if (n.op == check::LogicOp::implication && left) left = !*left;
        if (left == Truth(true) || right == Truth(true)) return boolean(true);
        return left && right ? boolean(false) : std::nullopt;
    }
    Maybe operator()(const check::Compare& n) {
        const Maybe left = of(n.left), right = of(n.right);
        if (!left || !right) return std::nullopt;
        const auto order = value::compare(*left, *right);
        switch (n.op) {
            case check::CompareOp::eq:
                return boolean(order == 0);
            case check::CompareOp::ne:
                return boolean(order != 0);
            case check::CompareOp::lt:
                return boolean(order < 0);
            case check::CompareOp::le:
                return boolean(order <= 0);
            case check::CompareOp::gt:
                return boolean(order > 0);
            case check::CompareOp::ge:
                return boolean(order >= 0);
        }
        return std::nullopt;
    }
    Maybe operator()(const check::Arith& n) {
        const Maybe left = of(n.left), right = of(n.right);
        if (!left || !right) return std::nullopt;
        const Wide a = std::get<std::int64_t>(left->data), b = std::get<std::int64_t>(right->data);
        Wide result = 0;
        switch (n.op) {
            case check::ArithOp::add:
                result = a + b;
                break;
            case check::ArithOp::subtract:
                result = a - b;
                break;
            case check::ArithOp::multiply:
                result = a * b;
                break;
            case check::ArithOp::divide:
                if (b == 0) return lacking("division by zero");
                result = a / b;
                break;
            case check::ArithOp::remainder:
                // No value where the division has none.
                if (b == 0) return lacking("division by zero");
                if (b == -1 && a == std::numeric_limits<std::int64_t>::min())
                    return lacking("overflow");
                result = a % b;
                break;
        }
        if (result < std::numeric_limits<std::int64_t>::min() ||
            result > std::numeric_limits<std::int64_t>::max())
            return lacking("overflow");
        return Value{static_cast<std::int64_t>(result)};
    }
    Maybe operator()(const check::Choice& n) {
        const Truth condition = truth(n.condition);
        if (!condition) return std::nullopt;
        return of(*condition ? n.then : n.otherwise);
    }
    Maybe operator()(const check::Contains& n) {
        const Maybe element = of(n.element), set = of(n.set);
        if (!element || !set) return std::nullopt;
        return boolean(holds(elements(*set), *element));
    }
    Maybe operator()(const check::SetCombine& n) {
        const Maybe left = of(n.left), right = of(n.right);
        if (!left || !right) return std::nullopt;
        const auto& a = std::get<value::Set>(left->data).elements;
        const auto& b = std::get<value::Set>(right->data).elements;
        std::vector<Value> made;
        for (const Value& element : a) {
            const bool both = holds(b, element);
            if (n.op == check::SetOp::unite || both == (n.op == check::SetOp::intersect))
                made.push_back(element);
        }
        if (n.op == check::SetOp::unite) made.insert(made.end(), b.begin(), b.end());
        return if_of_type(Value{value::make_set(std::move(made))});
    }
    Maybe operator()(const check::Count& n) {
        const Maybe set = of(n.set);
        if (!set) return std::nullopt;
        return Value{static_cast<std::int64_t>(elements(*set).size())};
    }
    Maybe operator()(const check::Quantified& n) {
        const Maybe set = of(n.set);
        if (!set) return std::nullopt;
        const bool every = n.quantifier == check::Quantifier::every;
        bool in_doubt = false;
        for (const Value& element : elements(*set)) {
            locals[n.local] = element;
            const Truth one = truth(n.condition);
            if (one && *one != every) return boolean(!every);
            in_doubt = in_doubt || !one;
        }
        return in_doubt ? std::nullopt : boolean(every);
    }
    Maybe operator()(const check::Fold& n) {
        const Maybe collection = of(n.set);
        if (!collection) return std::nullopt;
        Maybe result;
        bool missing = false;
        if (n.op == check::FoldOp::sum) result = zero(*here->type);
        for (const Value& element : elements(*collection)) {
            locals[n.local] = element;
            const Maybe one = of(n.value);
            missing = missing || !one;
            if (missing) continue;
            if (n.op == check::FoldOp::sum) {
                result = plus(*result, *one);
                missing = !result;
                if (missing) (void)lacking("overflow of a sum");
            } else if (!result ||
                       (n.op == check::FoldOp::min ? value::compare(*one, *result) < 0
                                                   : value::compare(*one, *result) > 0)) {
                result = one;
            }
        }
        if (missing) return std::nullopt;
        return result ? result : lacking("the least or greatest of nothing");
    }
    Maybe operator()(const check::Bind& n) {
        bool complete = true;
        for (const auto& [local, value] : n.values) {
            const Maybe one = of(value);
            complete = complete && one;
            if (one) locals[local] = *one;
        }
        return complete ? of(n.body) : std::nullopt;
    }
    Maybe operator()(const check::Builtin& n) {
        const auto arguments_of = all(n.arguments);
        if (!arguments_of) return std::nullopt;
        const Maybe made = builtin(n.op, *arguments_of, n, *here->type, world.zone_minutes);
        return made ? made : lacking("no result of " + name_of(n.op));
    }
    static std::string name_of(check::BuiltinOp op) {
        static constexpr const char* NAMES[] = {
#define EDICT_BUILTIN(name) #name,
#include "compiler/check/builtins.def"
#undef EDICT_BUILTIN
        };
        return NAMES[static_cast<std::size_t>(op)];
    }
    Maybe operator()(const check::HashOf& n) {
        const auto parts = all(n.arguments);
        if (!parts) return std::nullopt;
        base::Writer bytes;
        for (std::size_t i = 0; i < parts->size(); ++i)
            bytes.bytes(value::to_bytes((*parts)[i], *n.arguments[i]->type));
        return Value{crypto::sha256(bytes.out())};
    }
    Maybe operator()(const check::HasRole& n) {
        const Maybe party = of(n.party), role = of(n.role);
        if (!party || !role) return std::nullopt;
        return boolean(world.has_role(std::get<value::PartyId>(party->data),
                                      std::get<std::string>(role->data)));
    }
    Maybe operator()(const check::HasDuty& n) {
        const Maybe party = of(n.party);
        if (!party) return std::nullopt;
        return boolean(world.has_duty(std::get<value::PartyId>(party->data), n.action, n.breached));
    }
    Maybe operator()(const check::FromContext& n) {
        switch (n.what) {
            case check::ContextValue::now:
                return Value{world.now};
            case check::ContextValue::today:
                return Value{world.today};
            case check::ContextValue::caller:
                return Value{world.caller};
            case check::ContextValue::signer:
                return Value{world.signer};
        }
        return std::nullopt;
    }

    static bool holds(const std::vector<Value>& elements, const Value& wanted) {
        return std::ranges::any_of(elements, [&](const Value& one) { return one == wanted; });
    }
};

}  // namespace

Maybe evaluate(const check::Program& program, const Expr& expr, const std::vector<Value>& arguments,
               std::map<check::LocalId, Value>& locals, const World& world) {
    Walk walk{program, arguments, locals, world, &expr};
    return std::visit(walk, expr.node);
}

}  // namespace edict::reference
