// RegLang text -> tree. The first mistake ends it: "3:14: expected `;`, but `end` stands here".
#pragma once

#include <string_view>

#include "base/result.h"
#include "compiler/reglang/tree.h"

namespace edict::reglang {

inline constexpr std::size_t MAX_TEXT_BYTES = 1'048'576;
inline constexpr std::size_t MAX_DEPTH = 64;   // of brackets in an expression
inline constexpr std::size_t MAX_SIGNS = 512;  // operators and indexes in one expression

[[nodiscard]] base::Result<File> parse(std::string_view text);

[[nodiscard]] std::string to_text(Place place);  // "3:14"

}  // namespace edict::reglang
