// Cuts the tokens of a file into its header and its declarations before they are parsed, so that a
// mistake in one declaration cannot hide or cause one in another.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/parse/tokens.h"

namespace edict::parse {

struct Segment {  // tokens [begin, end)
    enum class Kind { header, declaration, second_header };
    Kind kind = Kind::declaration;
    std::size_t begin = 0;
    std::size_t end = 0;
};

// The first is always the header; it may be empty.
[[nodiscard]] std::vector<Segment> cut(const std::vector<Token>& tokens);

}  // namespace edict::parse
