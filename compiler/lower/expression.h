// Code for expressions: each leaves its value, or that it has none, in a register.
#pragma once

#include "compiler/lower/code.h"

namespace edict::lower {

// `into` has the expression's type. Nothing that the expression reads is in `into`.
void evaluate(Code& code, const check::Expr& expr, Register into);

// The register that holds the value: a new one, or that of the parameter or local that the
// expression names. To be released by the caller.
[[nodiscard]] Register evaluate(Code& code, const check::Expr& expr);

// The same as a value of a type of the same shape; no value if it does not fit.
void evaluate_as(Code& code, const check::Expr& expr, Register into);
[[nodiscard]] Register evaluate_as(Code& code, const check::Expr& expr, const value::TypeRef& type);

// All of them, each as its type, in consecutive registers; the first of them.
[[nodiscard]] Register evaluate_all(Code& code, const std::vector<check::ExprRef>& exprs,
                                    const std::vector<value::TypeRef>& types);
void release_all(Code& code, Register first, std::size_t count);

// Whether it has a value whatever the facts are (false when that is not plain to see).
[[nodiscard]] bool always_known(const check::Program& program, const check::Expr& expr);

}  // namespace edict::lower
