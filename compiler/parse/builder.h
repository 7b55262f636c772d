// From ANTLR's contexts to the tree, with the checks that the grammar leaves to us.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/parse/engine.h"
#include "compiler/parse/limits.h"

namespace edict::parse {

// An expression with its number of levels.
struct Built {
    ast::Expression expression;
    std::size_t depth = 1;
};

class Builder {
public:
    Builder(source::FileId file, const source::SourceMap& sources, source::Diagnostics& diagnostics,
            std::unique_ptr<Engine>& inner, std::vector<Token>* in_messages = nullptr)
        : file_(file),
          sources_(sources),
          diagnostics_(diagnostics),
          inner_(inner),
          in_messages_(in_messages) {}

    void header(Grammar::HeaderContext* context, ast::Module& module);
    [[nodiscard]] ast::Declaration declaration(Grammar::DeclarationContext* context);
    [[nodiscard]] ast::Expression expression(Grammar::ExpressionContext* context);

private:
    using Code = source::Code;
    using Span = source::Span;

    // build_declaration.cpp
    [[nodiscard]] ast::Declaration use(Grammar::UseDeclarationContext* context);
    [[nodiscard]] ast::Declaration role(Grammar::RoleDeclarationContext* context);
    [[nodiscard]] ast::Declaration event(Grammar::EventDeclarationContext* context);
    [[nodiscard]] ast::Declaration enumeration(Grammar::EnumDeclarationContext* context);
    [[nodiscard]] ast::Declaration record(Grammar::RecordDeclarationContext* context);
    [[nodiscard]] ast::Declaration store(Grammar::StoreDeclarationContext* context);
    [[nodiscard]] ast::Declaration constant(Grammar::ConstDeclarationContext* context);
    [[nodiscard]] ast::Declaration function(Grammar::FunctionDeclarationContext* context);
    [[nodiscard]] ast::Declaration parameter(Grammar::ParameterDeclarationContext* context);
    [[nodiscard]] ast::Declaration action(Grammar::ActionDeclarationContext* context);
    [[nodiscard]] ast::Declaration attribute(Grammar::AttributeDeclarationContext* context);
    // build_change.cpp
    [[nodiscard]] ast::Declaration invariant(Grammar::InvariantDeclarationContext* context);
    [[nodiscard]] ast::Declaration initial(Grammar::InitialDeclarationContext* context);
    [[nodiscard]] ast::Declaration upgrade(Grammar::UpgradeDeclarationContext* context);
    [[nodiscard]] ast::Added added(Grammar::AddedContext* context);
    // build_table.cpp
    [[nodiscard]] ast::Declaration table(Grammar::TableDeclarationContext* context);
    [[nodiscard]] ast::TableCell cell(Grammar::TableCellContext* context);
    [[nodiscard]] ast::Expression bound(Grammar::BoundContext* context);
    [[nodiscard]] std::vector<ast::Field> fields(Grammar::FieldsContext* context);
    void by(Grammar::ByContext* context, ast::ActionDeclaration& out);
    [[nodiscard]] ast::Zone zone(antlr4::tree::TerminalNode* offset);
    [[nodiscard]] std::optional<ast::Version> version(antlr4::tree::TerminalNode* number);
    // build_type.cpp
    [[nodiscard]] ast::Type type(Grammar::TypeContext* context);
    [[nodiscard]] ast::Type core_type(Grammar::TypeCoreContext* context);
    [[nodiscard]] ast::Type built_in(Grammar::TypeCoreContext* context, const ast::QualifiedName&);
    [[nodiscard]] std::int64_t capacity(Grammar::TypeArgumentContext* context);
    [[nodiscard]] ast::Range range(Grammar::RangeContext* context);
    void wrong_type(Span span, std::string message, std::string help);
    // build_rule.cpp
    [[nodiscard]] ast::Declaration rule(Grammar::RuleDeclarationContext* context);
    void norm(Grammar::NormContext* context, ast::RuleDeclaration& out);
    void act(Grammar::ActContext* context, ast::RuleDeclaration& out);
    void rule_clauses(Grammar::RuleDeclarationContext* context, ast::RuleDeclaration& out);
    void rule_tail(Grammar::RuleDeclarationContext* context, ast::RuleDeclaration& out);
    [[nodiscard]] ast::Window window(Grammar::EffectiveContext* context);
    [[nodiscard]] ast::Unless exception(Grammar::UnlessContext* context);
    void cites(Grammar::CitesContext* context, std::vector<ast::Citation>& out);
    [[nodiscard]] ast::Declaration source(Grammar::SourceDeclarationContext* context);
    [[nodiscard]] ast::Declaration default_line(Grammar::DefaultDeclarationContext* context);
    [[nodiscard]] ast::Duty duty(Grammar::DutyContext* context);
    [[nodiscard]] ast::Expression branch(Grammar::BranchContext* context);
    [[nodiscard]] ast::ActionSet action_set(Grammar::ActionSetContext* context);
    [[nodiscard]] ast::Declaration counter(Grammar::CounterDeclarationContext* context);
    [[nodiscard]] ast::Declaration observer(Grammar::ObserveDeclarationContext* context);
    [[nodiscard]] ast::Declaration order(Grammar::OrderDeclarationContext* context);
    [[nodiscard]] ast::Declaration assertion(Grammar::AssertDeclarationContext* context);
    [[nodiscard]] ast::Name rank(Grammar::RankNameContext* context) const;
    // build_statement.cpp
    [[nodiscard]] ast::Block block(Grammar::BlockContext* context);
    [[nodiscard]] ast::Statement statement(Grammar::StatementContext* context);
    [[nodiscard]] ast::Statement conditional(Grammar::IfStatementContext* context);
    [[nodiscard]] ast::Statement assign_or_call(Grammar::AssignOrCallContext* context);
    [[nodiscard]] ast::Expression target(Grammar::PlaceContext* context);
    // build_test.cpp
    [[nodiscard]] ast::Declaration test(Grammar::TestDeclarationContext* context);
    [[nodiscard]] ast::Declaration example(Grammar::ExampleDeclarationContext* context);
    [[nodiscard]] ast::TestStep step(Grammar::StepContext* context);
    [[nodiscard]] ast::TestStep expectation(Grammar::ExpectationContext* context);
    [[nodiscard]] std::pair<std::uint8_t, std::uint8_t> time_of_day(
        antlr4::tree::TerminalNode* time);
    [[nodiscard]] ast::At at(Grammar::AtStepContext* context);
    // build_expression.cpp
    [[nodiscard]] Built flat(antlr4::ParserRuleContext* context);
    [[nodiscard]] Built simple_operand(Grammar::OperandContext* context, bool negative);
    [[nodiscard]] Built if_then_else(Grammar::IfThenElseContext* context);
    [[nodiscard]] Built quantified(Grammar::QuantifiedContext* context);
    [[nodiscard]] Built aggregate(Grammar::AggregateContext* context);
    [[nodiscard]] Built threshold(Grammar::ThresholdContext* context);
    [[nodiscard]] Built rounded(Grammar::RoundedContext* context);
    [[nodiscard]] Built conversion(Grammar::ConversionContext* context);
    [[nodiscard]] Built postfix(Grammar::PostfixContext* context);
    [[nodiscard]] Built place(Grammar::PlaceContext* context);
    [[nodiscard]] Built suffix(Built object, Grammar::SuffixContext* context);
    [[nodiscard]] Built primary(Grammar::PrimaryContext* context);
    [[nodiscard]] std::vector<ast::Argument> arguments(Grammar::ArgumentsContext* context,
                                                       std::size_t& depth);
    [[nodiscard]] std::vector<ast::Argument> arguments(Grammar::ArgumentsContext* context);
    [[nodiscard]] std::optional<ast::QualifiedName> callee(const ast::Expression& expression);
    // Past MAX_NESTING: reports it, and cuts the tree off, so that no tree is ever deeper.
    [[nodiscard]] Built limited(Built built);
    friend class Precedence;
    // build_message.cpp
    [[nodiscard]] ast::Message message(antlr4::tree::TerminalNode* text);
    [[nodiscard]] std::optional<ast::Expression> interpolation(Span span);
    [[nodiscard]] std::string text(antlr4::tree::TerminalNode* text);
    // Replaces the escape at `at` (which stands on the backslash) and moves `at` past it.
    void escape(std::string_view raw, std::size_t& at, std::uint32_t base, std::string& out);
    [[nodiscard]] ast::Date date(antlr4::tree::TerminalNode* date);
    // The digits as value::decimal_from_text reads them.
    [[nodiscard]] std::string decimal(antlr4::tree::TerminalNode* number);
    [[nodiscard]] std::int64_t integer(antlr4::tree::TerminalNode* number, bool negative);

    // What tokens and names are.
    [[nodiscard]] Span span(antlr4::ParserRuleContext* context) const;
    [[nodiscard]] Span span(antlr4::tree::TerminalNode* node) const;
    [[nodiscard]] std::string_view raw(Span span) const { return sources_.text(span); }
    [[nodiscard]] ast::Name name(Grammar::NameContext* context) const;
    [[nodiscard]] std::vector<ast::Name> names(Grammar::NamesContext* context) const;
    [[nodiscard]] ast::QualifiedName path(Grammar::PathContext* context) const;
    [[nodiscard]] std::vector<ast::QualifiedName> paths(Grammar::PathsContext* context) const;

    source::FileId file_;
    const source::SourceMap& sources_;
    source::Diagnostics& diagnostics_;
    std::unique_ptr<Engine>& inner_;   // for expressions in messages; made when first needed
    std::vector<Token>* in_messages_;  // collects their tokens if it is there
    bool depth_reported_ = false;
};

}  // namespace edict::parse
