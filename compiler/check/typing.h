// What types and typed expressions have in common wherever the checker builds them.
#pragma once

#include <optional>
#include <utility>

#include "base/result.h"
#include "compiler/check/expression.h"
#include "value/type.h"
#include "value/value.h"

namespace edict::check {

template <typename Node>
[[nodiscard]] ExprRef make(value::TypeRef type, source::Span span, Node node) {
    return std::make_shared<const Expr>(Expr{std::move(type), span, std::move(node)});
}

[[nodiscard]] inline bool is(const value::TypeRef& type, value::Kind kind) {
    return type != nullptr && type->kind == kind;
}
[[nodiscard]] inline bool is_optional(const ExprRef& expr) {
    return expr != nullptr && is(expr->type, value::Kind::optional);
}

// T of a T?, else the type itself.
[[nodiscard]] value::TypeRef without_optional(const value::TypeRef& type);
// A T? as a T (no value if absent); any other expression as it stands.
[[nodiscard]] ExprRef unwrapped(ExprRef expr);

// The narrowest type that both fit into without a check; null if their shapes differ.
[[nodiscard]] value::TypeRef join(const value::TypeRef& a, const value::TypeRef& b);

// Whether a value of the type holds one of this kind, by itself or in a part.
[[nodiscard]] bool holds_kind(const value::Type& type, value::Kind kind);

// Whether values of the type have an order: numbers, times and ordered enums.
[[nodiscard]] bool has_order(const value::Type& type);

// The value of an expression that reads nothing; the error says what stops it from being constant.
[[nodiscard]] base::Result<value::Value> constant_of(const Expr& expr);

}  // namespace edict::check
