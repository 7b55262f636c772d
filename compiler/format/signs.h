// What the layout knows of tokens: which belong close together, which begin a clause.
#pragma once

#include <string_view>

#include "compiler/parse/tokens.h"

namespace edict::format {

// How comparisons are written in a declaration.
enum class Style { words, signs, as_written };
[[nodiscard]] Style style_of(const parse::Token* declaration);  // null: as written

// "==" of a comparison that has words too; empty for all other tokens.
[[nodiscard]] std::string_view sign_of(std::size_t type);

// Whether the two are `permit` and `as of right`.
[[nodiscard]] bool is_right(const parse::Token& token, const parse::Token& next);
[[nodiscard]] bool is_text(const parse::Token& token);
[[nodiscard]] bool opens(const parse::Token& token);   // ( [ {
[[nodiscard]] bool closes(const parse::Token& token);  // ) ] }
[[nodiscard]] bool is_open_brace(const parse::Token& token);
// Whether a line that it begins is a clause of its declaration: cites, on, because.
[[nodiscard]] bool begins_clause(const parse::Token& token);
// Whether the clauses of an exception follow it: unless.
[[nodiscard]] bool begins_exception(const parse::Token& token);
// Whether it begins a rule, and what a rule says after its clauses: on, when, permit, forbid.
[[nodiscard]] bool begins_rule(const parse::Token& token);
[[nodiscard]] bool begins_norm(const parse::Token& token);
// Whether it begins a table, in whose cells a comparison stands before its value: <30.
[[nodiscard]] bool begins_table(const parse::Token& token);
// Whether it begins a declaration that belongs to the header: default, order.
[[nodiscard]] bool belongs_to_header(const parse::Token& token);
// Whether a line that it ends, or begins, goes on: an operator.
[[nodiscard]] bool goes_on_after(const parse::Token& token);
[[nodiscard]] bool goes_on_with(const parse::Token& token, const parse::Token& before);

// Whether a value ends with the token, so that a minus after it is an operator.
[[nodiscard]] bool ends_value(const parse::Token& token);

// Whether a space stands between two tokens on one line. `gap`: whether the author left one, which
// counts for signs that this layout does not know. `prefix`: `before` is a sign of a number.
[[nodiscard]] bool space_between(const parse::Token& before, const parse::Token& token, bool prefix,
                                 bool gap);

}  // namespace edict::format
