// Decision tables: which row fits, as a condition over the columns and for given values.
#pragma once

#include <span>
#include <vector>

#include "compiler/check/program.h"

namespace edict::check {

// True or false, never without a value; null: every value fits. `column` has a value.
[[nodiscard]] ExprRef fits(const TableCell& cell, const ExprRef& column);
[[nodiscard]] bool fits(const TableCell& cell, const value::Value& given);

// Whether all cells of a row fit; null: always.
[[nodiscard]] ExprRef fits(const TableRow& row, std::span<const ExprRef> columns);
[[nodiscard]] bool fits(const TableRow& row, std::span<const value::Value> given);

// Sure that no value fits both cells, or rows.
[[nodiscard]] bool apart(const TableCell& a, const TableCell& b);
[[nodiscard]] bool apart(const TableRow& a, const TableRow& b);

// The value of the table: of the first row that fits; of a unique table none where another row fits
// that says otherwise; none where no row fits.
[[nodiscard]] ExprRef value_of(const Table& table, std::span<const ExprRef> columns,
                               source::Span span);

}  // namespace edict::check
