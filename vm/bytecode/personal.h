// What of a module holds personal data in clear, in words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vm/bytecode/module.h"

namespace edict::bytecode {

// The first place by which a chain would publish personal data: "the parameter patient of admit".
// None: it would not.
[[nodiscard]] std::optional<std::string> published_personal(const Module& module);

// Whether the elements that fail under a body of a rule are not to be named.
[[nodiscard]] bool has_personal_elements(const Module& module, std::uint32_t rule,
                                         std::uint32_t body);

// What is wrong with the flags of a module; empty: each stands once, in order, and names what is
// there.
[[nodiscard]] std::string personal_problem(const Module& module);

}  // namespace edict::bytecode
