// What is left to check where the text has mistakes of syntax.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/source/diagnostics.h"

namespace edict::check {

// The words of the declarations that could not be read; empty if all could.
[[nodiscard]] std::set<std::string> unread_words(const std::vector<const ast::File*>& files);

// Whether a mistake may be there only because a declaration of these words is missing: it is said
// already, as a mistake of that declaration.
[[nodiscard]] bool may_come_of(const source::Diagnostic& mistake,
                               const std::set<std::string>& unread);

}  // namespace edict::check
