// Every limit of the parser.
#pragma once

#include <cstddef>

namespace edict::parse {

// Levels of a tree: parentheses, blocks, operators in a row. Readers of trees may recurse.
inline constexpr std::size_t MAX_NESTING = 256;

// Digits of a Decimal before and after its point.
inline constexpr std::size_t MAX_DECIMAL_DIGITS = 27;
inline constexpr std::size_t MAX_DECIMAL_PLACES = 9;

}  // namespace edict::parse
