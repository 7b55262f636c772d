// The tree as an s-expression, for tests and for looking at.
#pragma once

#include <string>

#include "compiler/ast/ast.h"

namespace edict::ast {

// One declaration a line.
[[nodiscard]] std::string print(const File& file);
[[nodiscard]] std::string print(const Declaration& declaration);
[[nodiscard]] std::string print(const Statement& statement);
[[nodiscard]] std::string print(const Expression& expression);
[[nodiscard]] std::string print(const Type& type);

}  // namespace edict::ast
