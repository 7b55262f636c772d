// The tree of one file: plain structs, a Span on every node, nothing resolved. Built by
// compiler/parse; visit a variant with std::visit and an overload set, so that a missing case does
// not compile.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "compiler/ast/expression.h"
#include "compiler/ast/name.h"
#include "compiler/ast/rule.h"
#include "compiler/ast/statement.h"
#include "compiler/ast/test.h"
#include "compiler/ast/type.h"

namespace edict::ast {

struct UseDeclaration {  // use std.membership
    QualifiedName module;
    Span span;
};
struct RoleDeclaration {  // role hospital, ministry
    std::vector<Name> names;
    Span span;
};
struct Version {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t patch = 0;
    Span span;
};
struct Added {  // since 2.0.0 default "unknown": records of older versions lack the field
    std::optional<Version> since;  // nullopt only if the text had an error there
    std::optional<Expression> initial;
    Span span;
};
struct Field {  // of an event or record; also a parameter
    Name name;
    Type type;
    Span span;
    std::optional<Added> added{};
    bool personal = false;  // personal patient: Text
};
struct EventDeclaration {
    Name name;
    std::vector<Field> fields;
    Span span;
    bool personal = false;  // personal event …: all its fields are
};
struct EnumDeclaration {
    Name name;
    bool ordered = false;
    std::vector<Name> members;                  // at least one
    std::vector<std::optional<Version>> since;  // of each member: none, it was there from the start
    Span span;
};
struct RecordDeclaration {
    Name name;
    std::vector<Field> fields;  // at least one
    Span span;
};
struct StoreDeclaration {  // store exported: Map<Party, Int> default 0
    Name name;
    Type type;
    std::optional<Expression> initial;
    Span span;
};
struct ConstDeclaration {  // const LIMIT = 50_000 CNY
    Name name;
    std::optional<Type> type;
    Expression value;
    Span span;
};
struct FunctionDeclaration {  // function fee(amount: Int) -> Int = amount / 100
    Name name;
    std::vector<Field> parameters;
    Type result;
    Expression body;
    Span span;
};
// table risk(age: Int, score: Int) -> Level unique { <30, any => internal … }
struct TableCell {
    enum class Test : std::uint8_t { any, equal, not_equal, less, at_most, more, at_least, range };
    Test test = Test::any;
    std::optional<Expression> low;   // of all but any; of equal it may be a set: one of these
    std::optional<Expression> high;  // of range: it belongs to it, as low does
    Span span;
};
struct TableRow {
    std::vector<TableCell> cells;
    Expression value;
    Span span;
};
struct TableDeclaration {
    Name name;
    std::vector<Field> parameters;
    Type result;
    bool unique = false;  // else the first row that fits counts
    std::vector<TableRow> rows;
    Span span;
};
struct AttributeDeclaration {  // attribute country: Text: of a party
    Name name;
    Type type;
    Span span;
};
struct DatedValue {  // from 2017-07-01: 50_000 CNY
    Date from;
    Expression value;
    Span span;
};
struct ParameterDeclaration {  // a constant that the law changes by date
    Name name;
    Type type;
    std::vector<Citation> cites;
    std::vector<DatedValue> values;  // at least one
    Span span;
};
struct Dated {  // dated by booked within 5 days
    Name parameter;
    std::int64_t days = 0;
    Span span;
};
struct ActionDeclaration {
    Name name;
    std::vector<Field> parameters;
    std::optional<Type> result;  // what it returns
    std::vector<Name> by_roles;  // empty: by anyone
    bool by_duty = false;        // only as the `else` of a duty
    std::optional<Dated> dated;
    Block body;
    Span span;
};

// invariant never_over_cap for every to in exported: exported[to] is at most 1_000
struct InvariantDeclaration {
    Name name;
    std::vector<Citation> cites;
    std::vector<Name> keys;             // of the store: one, or one for each part of a tuple
    std::optional<QualifiedName> over;  // the store; none: the condition holds by itself
    Expression condition;
    std::optional<Message> because;
    Span span;
};
struct InitialValue {
    Expression target;
    Expression value;
    Span span;
};
// initial from "where it comes from" sha256 "…" { quota["pbc"] = 5 }
struct InitialDeclaration {
    struct Origin {
        std::string title;
        std::string hash;  // as written
        Span hash_span;
    };
    std::optional<Origin> origin;
    std::vector<InitialValue> values;
    Span span;
};
// upgrade Dataset from 1.2.0 (owner: Party) = Dataset { owner: owner, level: internal }
struct UpgradeDeclaration {
    Name type;
    std::optional<Version> from;  // nullopt only if the text had an error there
    std::vector<Field> fields;    // of the record as that version had it
    Expression value;
    Span span;
};

struct ObserveDeclaration {  // observe share { … }
    ActionSet actions;
    Block body;
    Span span;
};

using Declaration =
    std::variant<UseDeclaration, RoleDeclaration, EventDeclaration, EnumDeclaration,
                 RecordDeclaration, StoreDeclaration, ConstDeclaration, FunctionDeclaration,
                 ParameterDeclaration, ActionDeclaration, SourceDeclaration, DefaultDeclaration,
                 RuleDeclaration, AssertDeclaration, TestDeclaration, OrderDeclaration,
                 CounterDeclaration, ObserveDeclaration, TableDeclaration, AttributeDeclaration,
                 InvariantDeclaration, InitialDeclaration, UpgradeDeclaration>;

struct Zone {                  // +08:00
    std::int32_t minutes = 0;  // east of UTC; within ±14 hours
    Span span;
};
struct Regulators {  // regulators a, b; `regulators none` has no roles
    std::vector<Name> roles;
    Span span;
};

enum class ModuleKind : std::uint8_t { contract, regulation };

struct Module {
    ModuleKind kind = ModuleKind::contract;
    QualifiedName name;
    std::optional<Version> version;  // nullopt only if the text had an error there
    std::optional<Zone> zone;
    std::optional<Regulators> regulators;   // of a contract
    std::vector<QualifiedName> governs;     // of a regulation
    std::vector<Declaration> declarations;  // in the order of the text
    std::vector<std::string> unread;  // words of declarations with a mistake; "": one has no name
    Span span;                        // of the header
};

struct File {
    source::FileId file;
    Module module;
};

}  // namespace edict::ast
