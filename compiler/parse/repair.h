// Cuts a mistake out of a declaration, so that the rest of it can be read for others.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "compiler/parse/tokens.h"

namespace edict::parse {

// Removes the statement or step around token `at`, where the grammar stopped. Returns the token up
// to which a new mistake may be of the cut's making; nullopt if the token stands in none, or the
// statement has no clear end.
[[nodiscard]] std::optional<std::size_t> cut_out(std::vector<Token>& tokens, std::size_t at);

}  // namespace edict::parse
