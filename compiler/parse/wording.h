// Where the grammar stopped, in words for people.
#pragma once

#include <span>

#include "compiler/parse/engine.h"
#include "compiler/parse/tokens.h"
#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::parse {

// Whether the name is missing after the first word of a declaration that has one.
[[nodiscard]] bool lacks_name(std::span<const Token> tokens);

// `tokens` is what was parsed, and not empty.
[[nodiscard]] source::Diagnostic explain_syntax_error(std::span<const Token> tokens,
                                                      const SyntaxError& error,
                                                      const source::SourceMap& sources);

}  // namespace edict::parse
