// In literate source, a rule without `cites` cites by the nearest heading above it.
#pragma once

#include "compiler/ast/ast.h"
#include "compiler/source/diagnostics.h"
#include "compiler/source/literate.h"

namespace edict::parse {

// The nearest heading gives the place. The source is the one whose name the heading begins with
// ("## PIPL art 40"), or else the next heading of a higher level that begins with one, or else the
// only source of the module. Reports a rule for which that finds none, unless the module has no
// sources.
void cite_headings(ast::Module& module, const source::Literate& literate,
                   const source::SourceMap& sources, source::Diagnostics& diagnostics);

}  // namespace edict::parse
