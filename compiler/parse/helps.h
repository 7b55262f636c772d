// The helps of syntax errors that are ready-made, for those who hold their examples against the
// language.
#pragma once

#include <string_view>
#include <vector>

namespace edict::parse {

// Examples stand between backquotes; `…` in them stands for more of the text.
[[nodiscard]] std::vector<std::string_view> syntax_helps();

}  // namespace edict::parse
