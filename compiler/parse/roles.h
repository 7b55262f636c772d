// What part each token plays in the tree that the grammar made of it.
#pragma once

#include <span>

#include "compiler/parse/engine.h"

namespace edict::parse {

// Sets is_name and in_type of the tokens that `tree` was made of. By the names of the grammar's
// rules: `name` is a name; `range` and what begins with `type` is a type.
void mark_roles(antlr4::tree::ParseTree* tree, std::span<Token> tokens);

}  // namespace edict::parse
