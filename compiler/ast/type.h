// Types as written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "compiler/ast/name.h"

namespace edict::ast {

struct Type;
using TypeBox = std::unique_ptr<Type>;  // never null in a tree

enum class SimpleKind : std::uint8_t {
    boolean,
    date,
    party,
    hash,
    decimal,
    time,
    duration,
    pseudonym
};
struct SimpleType {
    SimpleKind kind = SimpleKind::boolean;
};
struct Range {
    std::int64_t low = 0;
    std::int64_t high = 0;  // may be less than low: the checker says so
    Span span;
};
struct IntType {
    std::optional<Range> range;
};
struct TextType {
    std::optional<std::int64_t> capacity;  // bytes; 256 when not said
};
struct QuantityType {  // Quantity<mg>, Money<CNY>; Money without a currency has no unit
    std::optional<Name> unit;
    bool money = false;
};
struct BytesType {
    std::int64_t capacity = 0;
};
struct NamedType {  // enum or record
    QualifiedName name;
};
struct OptionalType {  // T?
    TypeBox element;
};
struct SetType {  // Set<T, n>
    TypeBox element;
    std::int64_t capacity = 0;
};
struct ListType {  // List<T, n>
    TypeBox element;
    std::int64_t capacity = 0;
};
struct DatedType {  // Dated<V, n>: values by date
    TypeBox value;
    std::int64_t capacity = 0;
};
struct CommitmentType {  // Commitment<T>: a salted hash of a T
    TypeBox committed;
};
struct MapType {  // Map<K, V>: only as the type of a store
    TypeBox key;
    TypeBox value;
};
struct TupleType {  // (A, B)
    std::vector<Type> parts;
};

struct Type {
    Span span;
    std::variant<SimpleType, IntType, TextType, QuantityType, BytesType, NamedType, OptionalType,
                 SetType, ListType, DatedType, CommitmentType, MapType, TupleType>
        node;
};

}  // namespace edict::ast
