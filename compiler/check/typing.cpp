#include "compiler/check/typing.h"

#include <algorithm>

#include "base/check.h"

namespace edict::check {
namespace {

using value::Kind;
using value::TypeRef;

TypeRef taken(base::Result<TypeRef> made) { return made ? *made : nullptr; }

TypeRef join_tuples(const value::Type& a, const value::Type& b) {
    if (a.parts.size() != b.parts.size()) return nullptr;
    std::vector<TypeRef> parts;
    for (std::size_t i = 0; i < a.parts.size(); ++i) {
        parts.push_back(join(a.parts[i], b.parts[i]));
        if (parts.back() == nullptr) return nullptr;
    }
    return taken(value::tuple_type(std::move(parts)));
}

}  // namespace

TypeRef without_optional(const TypeRef& type) {
    return is(type, Kind::optional) ? type->parts[0] : type;
}

ExprRef unwrapped(ExprRef expr) {
    if (!is_optional(expr)) return expr;
    const source::Span span = expr->span;
    TypeRef type = expr->type->parts[0];
    return make(std::move(type), span, Unwrap{std::move(expr)});
}

TypeRef join(const TypeRef& a, const TypeRef& b) {
    if (a == nullptr || b == nullptr) return nullptr;
    if (a == b || value::same_type(*a, *b)) return a;
    if (a->kind != b->kind) return nullptr;
    switch (a->kind) {
        case Kind::integer:
            return taken(
                value::integer_range(std::min(a->low, b->low), std::max(a->high, b->high)));
        case Kind::text:
        case Kind::bytes:
            return a->capacity >= b->capacity ? a : b;
        case Kind::optional: {
            TypeRef element = join(a->parts[0], b->parts[0]);
            return element == nullptr ? nullptr : taken(value::optional_type(std::move(element)));
        }
        case Kind::set: {
            TypeRef element = join(a->parts[0], b->parts[0]);
            const auto capacity = std::max(a->capacity, b->capacity);
            return element == nullptr ? nullptr
                                      : taken(value::set_type(std::move(element), capacity));
        }
        case Kind::list: {
            TypeRef element = join(a->parts[0], b->parts[0]);
            const auto capacity = std::max(a->capacity, b->capacity);
            return element == nullptr ? nullptr
                                      : taken(value::list_type(std::move(element), capacity));
        }
        case Kind::tuple:
            return join_tuples(*a, *b);
        default:
            return nullptr;  // the others differ by name
    }
}

bool holds_kind(const value::Type& type, value::Kind kind) {
    if (type.kind == kind) return true;
    for (const value::TypeRef& part : type.parts) {
        if (holds_kind(*part, kind)) return true;
    }
    for (const value::Field& field : type.fields) {
        if (holds_kind(*field.type, kind)) return true;
    }
    return false;
}

bool has_order(const value::Type& type) {
    return type.kind == Kind::integer || type.kind == Kind::date || type.kind == Kind::decimal ||
           type.kind == Kind::time || type.kind == Kind::duration ||
           (type.kind == Kind::enumeration && type.ordered);
}

}  // namespace edict::check
