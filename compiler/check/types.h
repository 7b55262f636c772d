// From types as written to value types. Not for other folders.
#pragma once

#include "compiler/check/names.h"

namespace edict::check {

// Declares the enums and records of a module: every one gets its TypeDecl and its members. The
// modules that it uses are complete.
void declare_types(const ModuleScope& scope);

// The type of a parameter, field or element; null, and reported, if it has an error.
[[nodiscard]] TypeRef resolve_type(const ModuleScope& scope, const ast::Type& type);

}  // namespace edict::check
