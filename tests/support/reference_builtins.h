// The meaning of the pure operations, told as simply as possible: numbers as rows of digits, days
// counted one year after another.
#pragma once

#include <vector>

#include "compiler/check/expression.h"
#include "tests/support/reference.h"

namespace edict::reference {

// Of arguments that all have a value, for a node of this type.
[[nodiscard]] Maybe builtin(check::BuiltinOp op, const std::vector<value::Value>& arguments,
                            const check::Builtin& node, const value::Type& type, int zone_minutes);

// The decimal of so many billionths, if it has no more digits than a decimal may have.
[[nodiscard]] Maybe decimal_if(value::Int128 units);

}  // namespace edict::reference
