// Decision tables.
#include "compiler/parse/builder.h"

namespace edict::parse {

ast::Declaration Builder::table(Grammar::TableDeclarationContext* context) {
    ast::TableDeclaration out;
    out.name = name(context->name());
    out.parameters = fields(context->fields());
    out.result = type(context->type());
    out.unique = context->UNIQUE() != nullptr;
    for (auto* one : context->tableRow()) {
        ast::TableRow row;
        for (auto* test : one->tableCell()) row.cells.push_back(cell(test));
        row.value = bound(one->bound());
        row.span = span(one);
        out.rows.push_back(std::move(row));
    }
    out.span = span(context);
    return out;
}

ast::TableCell Builder::cell(Grammar::TableCellContext* context) {
    using Test = ast::TableCell::Test;
    ast::TableCell out;
    out.span = span(context);
    if (context->ANY() != nullptr) return out;
    out.low = bound(context->bound(0));
    if (context->DOTDOT() != nullptr) {
        out.test = Test::range;
        out.high = bound(context->bound(1));
        return out;
    }
    out.test = context->NOT_EQUAL() != nullptr       ? Test::not_equal
               : context->LESS() != nullptr          ? Test::less
               : context->LESS_EQUAL() != nullptr    ? Test::at_most
               : context->GREATER() != nullptr       ? Test::more
               : context->GREATER_EQUAL() != nullptr ? Test::at_least
                                                     : Test::equal;
    return out;
}

ast::Expression Builder::bound(Grammar::BoundContext* context) {
    const bool negative = context->MINUS() != nullptr;
    auto* first = context->primary();
    const bool plain = context->name().empty() && first->INTEGER() != nullptr &&
                       first->UNIT() == nullptr && first->DAYS() == nullptr &&
                       first->HOURS() == nullptr;
    if (negative && plain) {  // one literal, so that the least Int can be written
        return {span(context), ast::IntLiteral{integer(first->INTEGER(), true)}};
    }
    Built built = primary(first);
    for (auto* member : context->name()) {
        const Span whole = join(built.expression.span, span(member));
        const std::size_t depth = built.depth + 1;
        auto object = std::make_unique<ast::Expression>(std::move(built.expression));
        built = limited({{whole, ast::Member{std::move(object), name(member)}}, depth});
    }
    ast::Expression value = std::move(limited(std::move(built)).expression);
    if (!negative) return value;
    return {span(context),
            ast::Unary{ast::UnaryOp::negate, std::make_unique<ast::Expression>(std::move(value))}};
}

}  // namespace edict::parse
