// Collects what a module declares, before any of its bodies is read. Not for other folders.
#pragma once

#include <string>
#include <unordered_map>

#include "compiler/check/names.h"

namespace edict::check {

void report_twice(Context& context, const ast::Name& name, Span first);

// Notes a name; false, and reported, if `seen` has it already.
[[nodiscard]] bool declare_once(Context& context, std::unordered_map<std::string, Span>& seen,
                                const ast::Name& name);
// Reports each name that stands twice in a list ("by a, a").
void report_repeats(Context& context, const std::vector<ast::Name>& names);

// Fills the module's roles, types, events, stores, sources, and the signatures of its actions and
// rules. The modules that it uses are complete.
void declare_module(const ModuleScope& scope);

// Reports, once for each module, that it uses dates (`what`, at `span`) but states no zone.
void need_zone(const ModuleScope& scope, Span span);

}  // namespace edict::check
