// From expressions as written to typed expressions. Not for other folders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/check/names.h"
#include "compiler/check/scope.h"
#include "compiler/check/typing.h"

namespace edict::check {

struct StorePlace {  // a store or one key of it, as something to assign to
    StoreRef store;
    ExprRef key;  // null for a single store
};

// A null result means: an error, already reported here or where its name was declared.
class Expressions {
public:
    Expressions(const ModuleScope& names, Scope& scope)
        : names_(names), scope_(scope), context_(names.context()) {}

    // The expression with its own type. `hint` is the type that the place would like: it settles
    // what `{}`, `absent` and an enum member mean, and is otherwise ignored.
    [[nodiscard]] ExprRef infer(const ast::Expression& tree, const TypeRef& hint = nullptr);
    // As a value of `type`, with the wrap, unwrap or range check that it needs.
    [[nodiscard]] ExprRef expect(const ast::Expression& tree, const TypeRef& type);
    // For what is wrong inside an expression whose place has an error already.
    void probe(const ast::Expression& tree);
    [[nodiscard]] ExprRef coerce(ExprRef expr, const TypeRef& type);
    // adapted(): for what is added to a store.
    [[nodiscard]] ExprRef as(ExprRef expr, const TypeRef& type) {
        return adapted(std::move(expr), type);
    }
    [[nodiscard]] static bool is_built_in(const std::string& function);
    // Reads the body of a function by itself.
    void function_body(FunctionRef function);
    [[nodiscard]] ExprRef condition(const ast::Expression& tree);
    [[nodiscard]] std::optional<value::Value> constant(const ast::Expression& tree,
                                                       const TypeRef& type);
    [[nodiscard]] std::optional<Message> message(const ast::Message& tree);

    // `store` or `store[key]`; otherwise reports that it is none.
    [[nodiscard]] std::optional<StorePlace> place(const ast::Expression& tree);
    [[nodiscard]] ExprRef read(const StorePlace& place, Span span);
    // Whether a tree names a store by itself: `exported`, `hub.exported`.
    [[nodiscard]] bool names_store(const ast::Expression& tree) const;
    // The store of std.membership that holds an attribute, and its key; the type that it is read
    // as.
    struct Attribute {
        StorePlace place;
        TypeRef type;
    };
    [[nodiscard]] std::optional<Attribute> attribute(ExprRef party, const ast::Name& name);
    // One field of a record; of an optional record, if it is there; an attribute of a party.
    [[nodiscard]] ExprRef field(ExprRef object, const ast::Name& field, Span span);

    // The arguments of an action or event in the order of its parameters.
    [[nodiscard]] std::optional<std::vector<ExprRef>> arguments(
        const std::vector<ast::Argument>& trees, const std::vector<Parameter>& parameters,
        Span span, const std::string& callee, Span declared);

    // A new local; nothing if its name is taken.
    [[nodiscard]] std::optional<LocalId> bind(const ast::Name& name, TypeRef type);

    // What a bare name could mean here.
    [[nodiscard]] std::vector<Found> meanings(const std::string& name) const;

    source::Diagnostic& report(Code code, Span span, std::string message) {
        return context_.report(code, span, std::move(message));
    }

private:
    struct Dispatch;
    using Pair = std::pair<ExprRef, ExprRef>;

    // literals.cpp
    ExprRef text(const ast::TextLiteral& tree, Span span);
    ExprRef absent(Span span, const TypeRef& hint);
    struct Elements {
        TypeRef type;  // of the set or list
        std::vector<ExprRef> values;
    };
    std::optional<Elements> elements_of(const std::vector<ast::Expression>& trees, Span span,
                                        const TypeRef& hint, value::Kind kind);
    ExprRef set(const ast::SetLiteral& tree, Span span, const TypeRef& hint);
    ExprRef list(const ast::ListLiteral& tree, Span span, const TypeRef& hint);
    ExprRef tuple(const ast::TupleLiteral& tree, Span span, const TypeRef& hint);
    ExprRef record(const ast::RecordLiteral& tree, Span span);

    // references.cpp
    ExprRef name(const ast::Name& tree, const TypeRef& hint);
    ExprRef member(const ast::Member& tree, Span span);
    ExprRef index(const ast::Index& tree, Span span);
    ExprRef meaning(const Found& found, const std::string& name, Span span);
    const Found* settle(const std::vector<Found>& all, const ast::Name& tree, const TypeRef& hint);
    void note(const Found& found, const ast::Name& tree);
    ExprRef enum_member(TypeDeclRef type, const ast::Name& member, Span span);
    std::optional<StoreRef> store(const ast::Expression& tree);
    ExprRef result(Span span);
    ExprRef unknown_name(const ast::Name& tree, const TypeRef& hint);
    void check_moment(StoreRef store, Span span);
    ExprRef total(ExprRef kept, const Store& counter, ModuleId module);

    // amounts.cpp: decimals, quantities, money
    ExprRef quantity(const ast::QuantityLiteral& tree, Span span);
    ExprRef rounded(const ast::Rounded& tree, Span span);
    ExprRef conversion(const ast::Convert& tree, Span span, std::int64_t places,
                       value::Rounding rounding);
    ExprRef ratio(ExprRef a, ExprRef b, ExprRef c, Span span, std::int64_t places,
                  value::Rounding rounding);
    ExprRef factor(const ast::Expression& tree);
    ExprRef amount_arith(ArithOp op, ExprRef left, ExprRef right, const ast::Binary& tree,
                         Span span);
    ExprRef negative(ExprRef operand, Span span);
    ExprRef in_currency(const ast::Binary& tree, const std::string& currency, Span span);
    // Both operands as what they have in common: money in the currency of the other one.
    Pair alike(ExprRef left, ExprRef right);
    // As a value of `type` if nothing is lost: 5 where a Decimal is needed, Money<CNY> where Money
    // is, Money of the right currency (else no value) where Money<CNY> is; else as it stands.
    ExprRef adapted(ExprRef expr, const TypeRef& type);
    ExprRef amount_function(const ast::Call& tree, Span span, bool& found);
    // functions.cpp
    // Reports what a function may not read: anything but its arguments.
    bool may_look_around(Span span);
    ExprRef dated_parameter(const DatedDecl& declared, Span span);
    // tables.cpp
    void table(FunctionRef function);
    void table_rows(const FunctionDecl& declared, Table& made);
    [[nodiscard]] std::optional<TableCell> table_cell(const ast::TableCell& tree,
                                                      const TypeRef& type);
    [[nodiscard]] std::optional<value::Value> ordered_bound(const ast::Expression& tree,
                                                            const TypeRef& type);
    ExprRef called(FunctionRef function, const ast::Call& tree, Span span);
    // times.cpp
    ExprRef moment_of(const ast::TimeLiteral& tree, Span span);
    ExprRef duration(const ast::QuantityLiteral& tree, std::int64_t unit_ms, Span span);
    ExprRef time_arith(ArithOp op, ExprRef left, ExprRef right, const ast::Binary& tree, Span span);
    ExprRef time_function(const ast::Call& tree, Span span, bool& found);
    // folds.cpp: texts, count, sum, least, at least n
    ExprRef aggregate(const ast::Aggregate& tree, Span span);
    ExprRef threshold(const ast::Threshold& tree, Span span);
    ExprRef pattern(BuiltinOp op, const ast::Binary& tree, Span span);
    ExprRef as_of(const ast::Binary& tree, Span span);
    ExprRef collection(const ast::Expression& tree);

    // operators.cpp
    ExprRef unary(const ast::Unary& tree, Span span);
    ExprRef binary(const ast::Binary& tree, Span span, const TypeRef& hint);
    ExprRef logic(LogicOp op, const ast::Binary& tree, Span span);
    ExprRef compare(CompareOp op, const ast::Binary& tree, Span span);
    ExprRef arith(ArithOp op, const ast::Binary& tree, Span span);
    ExprRef combine(SetOp op, const ast::Binary& tree, Span span, const TypeRef& hint);
    ExprRef contains(const ast::Binary& tree, Span span);
    ExprRef otherwise(const ast::Binary& tree, Span span, const TypeRef& hint);
    ExprRef choice(const ast::IfThenElse& tree, Span span, const TypeRef& hint);
    ExprRef quantified(const ast::Quantified& tree, Span span);
    Pair both(const ast::Expression& left, const ast::Expression& right);
    bool waits_for_hint(const ast::Expression& tree) const;
    Pair unified(ExprRef left, ExprRef right);
    ExprRef number(const ast::Expression& tree, const ast::Binary& op);
    void report_order(const ExprRef& operand, Span span);

    // calls.cpp
    ExprRef call(const ast::Call& tree, Span span);
    ExprRef has_role(const ast::Call& tree, Span span);
    ExprRef has_duty(const ast::HasDuty& tree, Span span);
    ExprRef role(const ast::Expression& tree);
    ExprRef hash(const ast::Call& tree, Span span);
    ExprRef opens(const ast::Call& tree, Span span);
    ExprRef count(const ast::Call& tree, Span span);
    ExprRef at_moment(const ast::Call& tree, Span span, Moment moment);
    bool plain_arguments(const ast::Call& tree, std::size_t count, Span span);

    const ModuleScope& names_;
    Scope& scope_;
    Context& context_;
};

}  // namespace edict::check
