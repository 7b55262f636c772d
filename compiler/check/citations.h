// What a rule, an exception, an invariant or a dated parameter cites. Not for other folders.
#pragma once

#include <vector>

#include "compiler/check/names.h"

namespace edict::check {

// The citations whose sources the module declares. Reports the others, and too many.
[[nodiscard]] std::vector<Citation> resolve_citations(const ModuleScope& names,
                                                      const std::vector<ast::Citation>& trees);

}  // namespace edict::check
