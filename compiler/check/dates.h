// Days as written, as values. Not for other folders.
#pragma once

#include "compiler/ast/expression.h"
#include "value/value.h"

namespace edict::check {

// The parser has checked that the day exists.
[[nodiscard]] value::Date date_of(const ast::Date& date);

}  // namespace edict::check
