// Code for the statements of an action.
#pragma once

#include "compiler/lower/code.h"

namespace edict::lower {

// Statements after one that always ends the call make no code.
void run(Code& code, const check::Block& block, const value::TypeRef& result);

// The text of a message, its values put in; a register to be released.
[[nodiscard]] Register format(Code& code, const check::Message& message);

}  // namespace edict::lower
