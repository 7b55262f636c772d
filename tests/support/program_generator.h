// Whole well-typed programs from a seed: two contracts and up to two regulations, with every kind
// of statement, norm, counter, observer and duty around generated expressions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace edict::generated {

// (path, text) of each module: desk, vault, first and, for some seeds, second.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> program(std::uint64_t seed);

}  // namespace edict::generated
