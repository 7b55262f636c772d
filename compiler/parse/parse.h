// From text to tree.
#pragma once

#include <optional>

#include "compiler/ast/ast.h"
#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::parse {

// Reports every mistake of the text, none because of another. The tree holds what could be read; a
// declaration with a mistake is left out. nullopt if there is no module header to hang it on. So a
// caller goes on to check the tree only if there are no errors.
[[nodiscard]] std::optional<ast::File> parse(source::FileId file, const source::SourceMap& sources,
                                             source::Diagnostics& diagnostics);

// A single expression, for the command line: `expression` is the whole file.
[[nodiscard]] std::optional<ast::Expression> parse_expression(source::FileId file,
                                                              const source::SourceMap& sources,
                                                              source::Diagnostics& diagnostics);

}  // namespace edict::parse
