// A table becomes a chain of choices in place of its name, as a function does.
#include "compiler/check/tables.h"

#include <algorithm>

#include "compiler/check/expressions.h"

namespace edict::check {

using value::Kind;
using value::Value;
using Fit = TableCell::Test;

namespace {

ExprRef boolean(source::Span span, auto node) {
    return make(value::boolean_type(), span, std::move(node));
}
ExprRef both(ExprRef a, ExprRef b) {
    if (a == nullptr) return b;
    if (b == nullptr) return a;
    const source::Span span = a->span;
    return boolean(span, Logic{LogicOp::conjunction, std::move(a), std::move(b)});
}

bool compares(CompareOp op, const Value& a, const Value& b) {
    const std::strong_ordering order = value::compare(a, b);
    switch (op) {
        case CompareOp::eq:
            return order == 0;
        case CompareOp::ne:
            return order != 0;
        case CompareOp::lt:
            return order < 0;
        case CompareOp::le:
            return order <= 0;
        case CompareOp::gt:
            return order > 0;
        case CompareOp::ge:
            return order >= 0;
    }
    return false;
}

// The comparisons that a cell with an order stands for.
std::vector<std::pair<CompareOp, Value>> bounds(const TableCell& cell) {
    switch (cell.test) {
        case Fit::less:
            return {{CompareOp::lt, cell.values[0]}};
        case Fit::at_most:
            return {{CompareOp::le, cell.values[0]}};
        case Fit::more:
            return {{CompareOp::gt, cell.values[0]}};
        case Fit::at_least:
            return {{CompareOp::ge, cell.values[0]}};
        case Fit::range:
            return {{CompareOp::ge, cell.values[0]}, {CompareOp::le, cell.values[1]}};
        default:
            return {};
    }
}

bool is_order(Fit test) {
    return test == Fit::less || test == Fit::at_most || test == Fit::more ||
           test == Fit::at_least || test == Fit::range;
}

// No value lies in both: the least of one lies past the greatest of the other.
bool orders_apart(const TableCell& a, const TableCell& b) {
    const auto excludes = [](const std::pair<CompareOp, Value>& low,
                             const std::pair<CompareOp, Value>& high) {
        const bool from = low.first == CompareOp::gt || low.first == CompareOp::ge;
        const bool until = high.first == CompareOp::lt || high.first == CompareOp::le;
        if (!from || !until) return false;
        const bool open = low.first == CompareOp::gt || high.first == CompareOp::lt;
        const std::strong_ordering order = value::compare(low.second, high.second);
        return order > 0 || (order == 0 && open);
    };
    for (const auto& one : bounds(a)) {
        for (const auto& other : bounds(b)) {
            if (excludes(one, other) || excludes(other, one)) return true;
        }
    }
    return false;
}

}  // namespace

bool fits(const TableCell& cell, const Value& given) {
    if (cell.test == Fit::any) return true;
    if (cell.test == Fit::one_of || cell.test == Fit::other_than) {
        const bool among = std::ranges::any_of(
            cell.values, [&](const Value& one) { return value::compare(one, given) == 0; });
        return among == (cell.test == Fit::one_of);
    }
    const Value* held = &given;
    if (const auto* optional = std::get_if<value::Optional>(&given.data)) {
        if (optional->element.empty()) return false;
        held = &optional->element.front();
    }
    return std::ranges::all_of(bounds(cell), [&](const auto& bound) {
        return compares(bound.first, *held, bound.second);
    });
}

bool fits(const TableRow& row, std::span<const Value> given) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (!fits(row.cells[i], given[i])) return false;
    }
    return true;
}

ExprRef fits(const TableCell& cell, const ExprRef& column) {
    const source::Span span = cell.span;
    ExprRef made;
    if (cell.test == Fit::one_of || cell.test == Fit::other_than) {
        const CompareOp op = cell.test == Fit::one_of ? CompareOp::eq : CompareOp::ne;
        const LogicOp join = cell.test == Fit::one_of ? LogicOp::disjunction : LogicOp::conjunction;
        for (const Value& one : cell.values) {
            ExprRef next =
                boolean(span, Compare{op, column, make(column->type, span, Constant{one})});
            made = made == nullptr ? std::move(next)
                                   : boolean(span, Logic{join, std::move(made), std::move(next)});
        }
        return made;
    }
    const ExprRef held = unwrapped(column);
    for (const auto& [op, bound] : bounds(cell)) {
        made =
            both(made, boolean(span, Compare{op, held, make(held->type, span, Constant{bound})}));
    }
    // `false and error` is false: where the column is absent the cell does not fit.
    if (made != nullptr && is_optional(column)) made = both(boolean(span, IsKnown{held}), made);
    return made;
}

ExprRef fits(const TableRow& row, std::span<const ExprRef> columns) {
    ExprRef all;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        all = both(std::move(all), fits(row.cells[i], columns[i]));
    }
    return all;
}

bool apart(const TableCell& a, const TableCell& b) {
    if (a.test == Fit::one_of) {
        return std::ranges::none_of(a.values, [&](const Value& one) { return fits(b, one); });
    }
    if (b.test == Fit::one_of) return apart(b, a);
    return is_order(a.test) && is_order(b.test) && orders_apart(a, b);
}

bool apart(const TableRow& a, const TableRow& b) {
    for (std::size_t i = 0; i < a.cells.size(); ++i) {
        if (apart(a.cells[i], b.cells[i])) return true;
    }
    return false;
}

ExprRef value_of(const Table& table, std::span<const ExprRef> columns, source::Span span) {
    const auto maybe = value::optional_type(table.result);
    if (!maybe) return nullptr;
    const ExprRef none =
        make(table.result, span, Unwrap{make(*maybe, span, Constant{Value{value::Optional{}}})});
    ExprRef answer = none;
    for (std::size_t i = table.rows.size(); i-- > 0;) {
        const TableRow& row = table.rows[i];
        ExprRef own = make(table.result, row.span, Constant{row.value});
        for (std::size_t j = i + 1; table.unique && j < table.rows.size(); ++j) {
            const TableRow& other = table.rows[j];
            if (value::compare(row.value, other.value) == 0 || apart(row, other)) continue;
            const ExprRef clash = fits(other, columns);
            own = clash == nullptr
                      ? none
                      : make(table.result, row.span, Choice{clash, none, std::move(own)});
        }
        const ExprRef condition = fits(row, columns);
        answer = condition == nullptr ? std::move(own)
                                      : make(table.result, span,
                                             Choice{condition, std::move(own), std::move(answer)});
    }
    return answer;
}

// ---- reading ------------------------------------------------------------------------------------

std::optional<Value> Expressions::ordered_bound(const ast::Expression& tree, const TypeRef& type) {
    const TypeRef held = without_optional(type);
    if (!has_order(*held)) {
        report(Code::E0332, tree.span, "values of " + value::to_text(*held) + " have no order")
            .with_help("write the value itself, a set of values such as {a, b}, or `any`");
        return std::nullopt;
    }
    return constant(tree, held);
}

std::optional<TableCell> Expressions::table_cell(const ast::TableCell& tree, const TypeRef& type) {
    using Written = ast::TableCell::Test;
    TableCell cell;
    cell.span = tree.span;
    switch (tree.test) {
        case Written::any:
            return cell;
        case Written::equal:
        case Written::not_equal: {
            cell.test = tree.test == Written::equal ? Fit::one_of : Fit::other_than;
            const auto* set = std::get_if<ast::SetLiteral>(&tree.low->node);
            if (set != nullptr && type->kind != Kind::set) {
                bool complete = true;
                for (const ast::Expression& one : set->elements) {
                    auto value = constant(one, type);
                    complete = complete && value.has_value();
                    if (value) cell.values.push_back(std::move(*value));
                }
                if (complete && !set->elements.empty()) return cell;
                if (complete) {
                    report(Code::E0332, tree.span, "no value is in an empty set")
                        .with_help("name the values, or write `any`");
                }
                return std::nullopt;
            }
            auto value = constant(*tree.low, type);
            if (!value) return std::nullopt;
            cell.values.push_back(std::move(*value));
            return cell;
        }
        case Written::range: {
            cell.test = Fit::range;
            auto low = ordered_bound(*tree.low, type);
            if (!low) return std::nullopt;
            auto high = ordered_bound(*tree.high, type);
            if (!high) return std::nullopt;
            if (value::compare(*low, *high) > 0) {
                report(Code::E0332, tree.span, "this range is empty: it ends before it begins")
                    .with_help("write the lesser value first; both ends belong to the range");
                return std::nullopt;
            }
            cell.values = {std::move(*low), std::move(*high)};
            return cell;
        }
        case Written::less:
            cell.test = Fit::less;
            break;
        case Written::at_most:
            cell.test = Fit::at_most;
            break;
        case Written::more:
            cell.test = Fit::more;
            break;
        case Written::at_least:
            cell.test = Fit::at_least;
            break;
    }
    auto bound = ordered_bound(*tree.low, type);
    if (!bound) return std::nullopt;
    cell.values.push_back(std::move(*bound));
    return cell;
}

void Expressions::table_rows(const FunctionDecl& declared, Table& made) {
    const ast::TableDeclaration& tree = *declared.table;
    (void)within_limit(context_, tree.rows.size(), MAX_TABLE_ROWS, "rows", tree.name.span,
                       "divide it into several tables, or join rows by sets and ranges");
    if (tree.rows.empty()) {
        report(Code::E0332, tree.name.span, "this table has no row")
            .with_help("a row reads: `<30, any => internal`");
    }
    for (const ast::TableRow& line : tree.rows) {
        if (line.cells.size() != declared.parameters.size()) {
            report(Code::E0332, line.span,
                   "this row has " + std::to_string(line.cells.size()) + " cell" +
                       (line.cells.size() == 1 ? "" : "s") + ", and the table has " +
                       std::to_string(declared.parameters.size()) + " column" +
                       (declared.parameters.size() == 1 ? "" : "s"))
                .with_label(declared.span, "declared here")
                .with_help("write `any` where a column does not matter");
            continue;
        }
        TableRow row;
        row.span = line.span;
        for (std::size_t i = 0; i < line.cells.size(); ++i) {
            const TypeRef& type = declared.parameters[i].type;
            if (type == nullptr) continue;
            if (auto cell = table_cell(line.cells[i], type)) row.cells.push_back(std::move(*cell));
        }
        auto value = constant(line.value, declared.result);
        if (!value || row.cells.size() != line.cells.size()) continue;
        row.value = std::move(*value);
        made.rows.push_back(std::move(row));
    }
}

void Expressions::table(FunctionRef function) {
    FunctionDecl& declared = context_.of(function.module).function_decls[function.index];
    const std::size_t errors = context_.diagnostics.errors();
    Table made;
    made.name = declared.name;
    made.parameters = declared.parameters;
    made.result = declared.result;
    made.unique = declared.table->unique;
    made.span = declared.span;
    table_rows(declared, made);
    declared.checked = true;
    declared.sound = declared.result != nullptr && context_.diagnostics.errors() == errors;
    for (const Parameter& parameter : declared.parameters) {
        declared.sound = declared.sound && parameter.type != nullptr;
    }
    if (!declared.sound) return;
    std::vector<Table>& all = context_.module(function.module).tables;
    declared.table_index = static_cast<std::uint32_t>(all.size());
    all.push_back(std::move(made));
}

}  // namespace edict::check
