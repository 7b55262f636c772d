// Duties of rules. Not for other folders.
#pragma once

#include <optional>

#include "compiler/check/expressions.h"

namespace edict::check {

// The duty of a rule about the action of `scope`; nothing if it has an error, which is reported.
[[nodiscard]] std::optional<Duty> check_duty(const ModuleScope& names, Expressions& expressions,
                                             const ast::Duty& tree, Scope& scope);
// Duties override duties, and other norms override other norms: reports what does not.
void check_duty_overrides(const ModuleScope& names);

}  // namespace edict::check
