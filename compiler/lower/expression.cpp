#include "compiler/lower/expression.h"

#include "base/check.h"

namespace edict::lower {

namespace {

using bytecode::Opcode;
using check::Expr;
using check::ExprRef;

Opcode opcode(check::ArithOp op) {
    switch (op) {
        case check::ArithOp::add:
            return Opcode::add;
        case check::ArithOp::subtract:
            return Opcode::subtract;
        case check::ArithOp::multiply:
            return Opcode::multiply;
        case check::ArithOp::divide:
            return Opcode::divide;
        case check::ArithOp::remainder:
            return Opcode::remainder;
    }
    EDICT_CHECK(false);
}

Opcode opcode(check::LogicOp op) {
    switch (op) {
        case check::LogicOp::conjunction:
            return Opcode::logical_and;
        case check::LogicOp::disjunction:
            return Opcode::logical_or;
        case check::LogicOp::implication:
            return Opcode::logical_implies;
    }
    EDICT_CHECK(false);
}

Opcode opcode(check::SetOp op) {
    switch (op) {
        case check::SetOp::unite:
            return Opcode::set_unite;
        case check::SetOp::subtract:
            return Opcode::set_subtract;
        case check::SetOp::intersect:
            return Opcode::set_intersect;
    }
    EDICT_CHECK(false);
}

Opcode opcode(check::Moment moment) {
    switch (moment) {
        case check::Moment::current:
            return Opcode::read_now;
        case check::Moment::before:
            return Opcode::read_before;
        case check::Moment::after:
            return Opcode::read_after;
    }
    EDICT_CHECK(false);
}

Opcode opcode(check::BuiltinOp op) {
    switch (op) {
#define EDICT_BUILTIN(name)      \
    case check::BuiltinOp::name: \
        return Opcode::name;
#include "compiler/check/builtins.def"
#undef EDICT_BUILTIN
    }
    EDICT_CHECK(false);
}

std::vector<value::TypeRef> field_types(const value::Type& type) {
    if (type.kind == value::Kind::tuple) return type.parts;
    std::vector<value::TypeRef> types;
    for (const value::Field& field : type.fields) types.push_back(field.type);
    return types;
}

// One overload for each node: writes the value of `expr` into `into`.
struct Evaluator {
    Code& code;
    const Expr& expr;
    Register into;

    void unary(Opcode op, const ExprRef& operand) const {
        const Register value = evaluate(code, *operand);
        code.emit(op, into, value);
        code.release(value);
    }
    void binary(Opcode op, const ExprRef& left, const ExprRef& right) const {
        const Register l = evaluate(code, *left);
        const Register r = evaluate(code, *right);
        code.emit(op, into, l, r);
        code.release(r);
        code.release(l);
    }
    void gather(Opcode op, const std::vector<ExprRef>& parts,
                const std::vector<value::TypeRef>& types) const {
        const Register first = evaluate_all(code, parts, types);
        code.emit(op, into, first, static_cast<std::uint16_t>(parts.size()));
        release_all(code, first, parts.size());
    }

    void constant(Register reg, value::Value value, const value::TypeRef& type) const {
        code.emit(Opcode::constant, reg, code.tables().constant(value, type));
    }
    // Starts at zero; each round adds the value of its element.
    void sum(const check::Fold& node, Register set) const {
        const value::TypeRef type = expr.type;
        if (type->kind == value::Kind::integer) {
            constant(into, value::Value{std::int64_t{0}}, type);
            const std::uint16_t loop = code.open_loop(code.local(node.local), set);
            const Register one = evaluate(code, *node.value);
            code.emit(Opcode::add, into, into, one);
            code.release(one);
            code.close_loop(loop);
        } else {
            const bool is_decimal = type->kind == value::Kind::decimal;
            constant(into,
                     is_decimal ? value::Value{value::Decimal{}} : value::Value{value::Duration{}},
                     type);
            const Register pair = code.consecutive({type, type});
            const auto second = static_cast<Register>(pair + 1);
            const std::uint16_t loop = code.open_loop(code.local(node.local), set);
            code.emit(Opcode::move, pair, into);
            evaluate_as(code, *node.value, second);
            code.emit(is_decimal ? Opcode::decimal_add : Opcode::time_add, into, pair, 2);
            code.close_loop(loop);
            release_all(code, pair, 2);
        }
        if (!always_known(code.tables().program(), *node.set))
            code.emit(Opcode::strict_with, into, into, set);
    }
    // Starts without a value; a round takes its element if it is the first or a better one.
    void extreme(const check::Fold& node, Register set) const {
        const Register first = code.fresh(value::boolean_type());
        constant(first, value::Value{true}, value::boolean_type());
        code.emit(Opcode::unknown, into);
        const std::uint16_t loop = code.open_loop(code.local(node.local), set);
        const Register one = evaluate_as(code, *node.value, expr.type);
        const Register take = code.fresh(value::boolean_type());
        const bool least = node.op == check::FoldOp::min;
        code.emit(Opcode::less, take, least ? one : into, least ? into : one);
        code.emit(Opcode::logical_or, take, first, take);
        code.emit(Opcode::choose, into, take, one);
        constant(first, value::Value{false}, value::boolean_type());
        code.release(take);
        code.release(one);
        code.close_loop(loop);
        code.release(first);
    }

    void operator()(const check::Constant& node) const {
        code.emit(Opcode::constant, into, code.tables().constant(node.value, expr.type));
    }
    void operator()(const check::ParamRead& node) const {
        code.emit(Opcode::move, into, static_cast<Register>(node.index));
    }
    void operator()(const check::LocalRead& node) const {
        code.emit(Opcode::move, into, code.local(node.local));
    }
    void operator()(const check::StoreRead& node) const {
        const check::Store& store = code.tables().program().at(node.store);
        const std::uint16_t use = code.tables().store(node.store);
        if (node.key == nullptr) {
            code.emit(opcode(node.moment), into, use, bytecode::NO_REGISTER);
            return;
        }
        const Register key = evaluate_as(code, *node.key, store.key);
        code.emit(opcode(node.moment), into, use, key);
        code.release(key);
    }
    void operator()(const check::FieldRead& node) const {
        const Register record = evaluate(code, *node.record);
        code.emit(Opcode::field, into, record, static_cast<std::uint16_t>(node.index));
        code.release(record);
    }
    void operator()(const check::FieldReplace& node) const {
        evaluate_as(code, *node.record, into);
        const Register value = evaluate_as(code, *node.value, field_types(*expr.type)[node.index]);
        code.emit(Opcode::set_field, into, static_cast<std::uint16_t>(node.index), value);
        code.release(value);
    }
    void operator()(const check::MakeRecord& node) const {
        gather(Opcode::make_record, node.fields, field_types(*expr.type));
    }
    void operator()(const check::MakeSet& node) const {
        gather(Opcode::make_set, node.elements,
               std::vector<value::TypeRef>(node.elements.size(), expr.type->parts[0]));
    }
    void operator()(const check::Wrap& node) const {
        const Register value = evaluate_as(code, *node.value, expr.type->parts[0]);
        code.emit(Opcode::wrap, into, value);
        code.release(value);
    }
    void operator()(const check::Unwrap& node) const { unary(Opcode::unwrap, node.value); }
    void operator()(const check::Narrow& node) const { unary(Opcode::narrow, node.value); }
    void operator()(const check::IsKnown& node) const { unary(Opcode::is_known, node.value); }
    void operator()(const check::Else& node) const {
        const Register value = evaluate_as(code, *node.value, expr.type);
        const Register otherwise = evaluate_as(code, *node.otherwise, expr.type);
        code.emit(Opcode::or_else, into, value, otherwise);
        code.release(otherwise);
        code.release(value);
    }
    void operator()(const check::Not& node) const { unary(Opcode::logical_not, node.value); }
    void operator()(const check::Logic& node) const {
        binary(opcode(node.op), node.left, node.right);
    }
    void operator()(const check::Compare& node) const {
        switch (node.op) {
            case check::CompareOp::eq:
                return binary(Opcode::equal, node.left, node.right);
            case check::CompareOp::ne:
                return binary(Opcode::not_equal, node.left, node.right);
            case check::CompareOp::lt:
                return binary(Opcode::less, node.left, node.right);
            case check::CompareOp::le:
                return binary(Opcode::less_equal, node.left, node.right);
            case check::CompareOp::gt:
                return binary(Opcode::less, node.right, node.left);
            case check::CompareOp::ge:
                return binary(Opcode::less_equal, node.right, node.left);
        }
    }
    void operator()(const check::Arith& node) const {
        binary(opcode(node.op), node.left, node.right);
    }
    void operator()(const check::Choice& node) const {
        evaluate_as(code, *node.otherwise, into);
        const Register condition = evaluate(code, *node.condition);
        const Register then = evaluate_as(code, *node.then, expr.type);
        code.emit(Opcode::choose, into, condition, then);
        code.release(then);
        code.release(condition);
    }
    void operator()(const check::Contains& node) const {
        binary(Opcode::contains, node.element, node.set);
    }
    void operator()(const check::SetCombine& node) const {
        binary(opcode(node.op), node.left, node.right);
    }
    void operator()(const check::Count& node) const { unary(Opcode::count, node.set); }
    // The result starts as the answer for no elements; each round joins its element's condition to
    // it. A set without value makes no round, so strict_with then takes the answer away.
    void operator()(const check::Quantified& node) const {
        const bool every = node.quantifier == check::Quantifier::every;
        const Register set = evaluate(code, *node.set);
        code.emit(Opcode::constant, into,
                  code.tables().constant(value::Value{every}, value::boolean_type()));
        const std::uint16_t loop = code.open_loop(code.local(node.local), set);
        const Register condition = evaluate(code, *node.condition);
        code.emit(every ? Opcode::logical_and : Opcode::logical_or, into, into, condition);
        code.release(condition);
        code.close_loop(loop);
        if (!always_known(code.tables().program(), *node.set))
            code.emit(Opcode::strict_with, into, into, set);
        code.release(set);
    }
    void operator()(const check::Fold& node) const {
        const Register set = evaluate(code, *node.set);
        if (node.op == check::FoldOp::sum) {
            sum(node, set);
        } else {
            extreme(node, set);
        }
        code.release(set);
    }
    void operator()(const check::Bind& node) const {
        for (const auto& [local, value] : node.values) {
            evaluate_as(code, *value, code.local(local));
        }
        evaluate_as(code, *node.body, into);
        for (const auto& [local, value] : node.values) {
            if (always_known(code.tables().program(), *value)) continue;
            code.emit(Opcode::strict_with, into, into, code.local(local));
        }
    }
    void operator()(const check::Builtin& node) const {
        std::vector<value::TypeRef> types;
        for (const ExprRef& argument : node.arguments) {
            types.push_back(node.op == check::BuiltinOp::make_list ? expr.type->parts[0]
                                                                   : argument->type);
        }
        gather(opcode(node.op), node.arguments, types);
    }
    void operator()(const check::HashOf& node) const {
        std::vector<value::TypeRef> types;
        for (const ExprRef& argument : node.arguments) types.push_back(argument->type);
        gather(Opcode::hash, node.arguments, types);
    }
    void operator()(const check::HasRole& node) const {
        binary(Opcode::has_role, node.party, node.role);
    }
    void operator()(const check::HasDuty& node) const {
        const Register party = evaluate(code, *node.party);
        code.emit(node.breached ? Opcode::breached_duty : Opcode::open_duty, into, party,
                  code.tables().callee(node.action));
        code.release(party);
    }
    void operator()(const check::FromContext& node) const {
        switch (node.what) {
            case check::ContextValue::today:
                code.emit(Opcode::today, into);
                return;
            case check::ContextValue::now:
                code.emit(Opcode::now, into);
                return;
            case check::ContextValue::caller:
                code.emit(Opcode::caller, into);
                return;
            case check::ContextValue::signer:
                code.emit(Opcode::signer, into);
                return;
        }
    }
};

}  // namespace

void evaluate(Code& code, const Expr& expr, Register into) {
    const source::Span outer = code.at(expr.span);
    std::visit(Evaluator{code, expr, into}, expr.node);
    code.at(outer);
}

Register evaluate(Code& code, const Expr& expr) {
    if (const auto* parameter = std::get_if<check::ParamRead>(&expr.node))
        return static_cast<Register>(parameter->index);
    if (const auto* local = std::get_if<check::LocalRead>(&expr.node))
        return code.local(local->local);
    const Register into = code.fresh(expr.type);
    evaluate(code, expr, into);
    return into;
}

void evaluate_as(Code& code, const Expr& expr, Register into) {
    // A copy: the table of register types may grow under a reference.
    const value::TypeRef type = code.type(into);
    if (same_type(*expr.type, *type)) {
        evaluate(code, expr, into);
        return;
    }
    const Register value = evaluate(code, expr);
    const source::Span outer = code.at(expr.span);
    code.emit(Opcode::narrow, into, value);
    code.at(outer);
    code.release(value);
}

Register evaluate_as(Code& code, const Expr& expr, const value::TypeRef& type) {
    if (same_type(*expr.type, *type)) return evaluate(code, expr);
    const Register into = code.fresh(type);
    evaluate_as(code, expr, into);
    return into;
}

Register evaluate_all(Code& code, const std::vector<ExprRef>& exprs,
                      const std::vector<value::TypeRef>& types) {
    EDICT_CHECK(exprs.size() == types.size());
    const Register first = code.consecutive(types);
    for (std::size_t i = 0; i < exprs.size() && code.overflow().empty(); ++i)
        evaluate_as(code, *exprs[i], static_cast<Register>(first + i));
    return first;
}

void release_all(Code& code, Register first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) code.release(static_cast<Register>(first + i));
}

bool always_known(const check::Program& program, const Expr& expr) {
    if (const auto* read = std::get_if<check::StoreRead>(&expr.node)) {
        return program.at(read->store).initial.has_value() &&
               (read->key == nullptr || always_known(program, *read->key));
    }
    return std::holds_alternative<check::Constant>(expr.node) ||
           std::holds_alternative<check::ParamRead>(expr.node) ||
           std::holds_alternative<check::IsKnown>(expr.node) ||
           std::holds_alternative<check::FromContext>(expr.node);
}

}  // namespace edict::lower
