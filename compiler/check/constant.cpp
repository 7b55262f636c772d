#include <limits>
#include <string>

#include "base/check.h"
#include "compiler/check/typing.h"
#include "crypto/hash.h"

namespace edict::check {
namespace {

using base::Result;
using value::Value;

Result<std::vector<Value>> constants_of(const std::vector<ExprRef>& all) {
    std::vector<Value> values;
    for (const ExprRef& expr : all) {
        Result<Value> one = constant_of(*expr);
        if (!one) return base::error_of(one);
        values.push_back(std::move(*one));
    }
    return values;
}

// A value of a type that it may be too wide for.
Result<Value> fitted(Value made, const value::Type& type) {
    const base::Status fits = value::check(made, type);
    if (!fits) {
        return base::input_error("this is not a value of " + value::to_text(type));
    }
    return made;
}

Result<Value> combined(ArithOp op, std::int64_t left, std::int64_t right) {
    std::int64_t out = 0;
    bool fine = true;
    const bool divides = op == ArithOp::divide || op == ArithOp::remainder;
    if (divides) {
        const bool overflows = left == std::numeric_limits<std::int64_t>::min() && right == -1;
        fine = right != 0 && !overflows;
        if (fine) out = op == ArithOp::divide ? left / right : left % right;
    } else if (op == ArithOp::add) {
        fine = !__builtin_add_overflow(left, right, &out);
    } else if (op == ArithOp::subtract) {
        fine = !__builtin_sub_overflow(left, right, &out);
    } else {
        fine = !__builtin_mul_overflow(left, right, &out);
    }
    if (!fine) return base::input_error("this has no value");
    return Value{out};
}

struct Constants {
    const value::Type& type;

    Result<Value> operator()(const Constant& node) const { return node.value; }
    Result<Value> operator()(const MakeRecord& node) const {
        Result<std::vector<Value>> fields = constants_of(node.fields);
        if (!fields) return base::error_of(fields);
        return Value{value::Record{std::move(*fields)}};
    }
    Result<Value> operator()(const MakeSet& node) const {
        Result<std::vector<Value>> elements = constants_of(node.elements);
        if (!elements) return base::error_of(elements);
        return fitted(Value{value::make_set(std::move(*elements))}, type);
    }
    Result<Value> operator()(const Wrap& node) const {
        Result<Value> inner = constant_of(*node.value);
        if (!inner) return inner;
        return Value{value::Optional{{std::move(*inner)}}};
    }
    Result<Value> operator()(const Narrow& node) const {
        Result<Value> inner = constant_of(*node.value);
        if (!inner) return inner;
        return fitted(std::move(*inner), type);
    }
    Result<Value> operator()(const Arith& node) const {
        const Result<Value> left = constant_of(*node.left);
        if (!left) return left;
        const Result<Value> right = constant_of(*node.right);
        if (!right) return right;
        return combined(node.op, std::get<std::int64_t>(left->data),
                        std::get<std::int64_t>(right->data));
    }
    Result<Value> operator()(const Builtin& node) const {
        if (node.op != BuiltinOp::make_list) return base::input_error("this is not a constant");
        Result<std::vector<Value>> elements = constants_of(node.arguments);
        if (!elements) return base::error_of(elements);
        return fitted(Value{value::List{std::move(*elements)}}, type);
    }
    Result<Value> operator()(const HashOf& node) const {
        base::Writer out;
        for (const ExprRef& argument : node.arguments) {
            const Result<Value> part = constant_of(*argument);
            if (!part) return part;
            out.bytes(value::to_bytes(*part, *argument->type));
        }
        return Value{crypto::sha256(out.out())};
    }
    template <typename Other>
    Result<Value> operator()(const Other&) const {
        return base::input_error("this is not a constant");
    }
};

}  // namespace

Result<Value> constant_of(const Expr& expr) { return std::visit(Constants{*expr.type}, expr.node); }

}  // namespace edict::check
