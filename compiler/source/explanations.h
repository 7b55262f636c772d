// The pages of docs/errors as they were when the program was built.
#pragma once

#include <span>
#include <string_view>

namespace edict::source {

struct Explanation {
    std::string_view code;  // "E0101"
    std::string_view page;  // Markdown
};

[[nodiscard]] std::span<const Explanation> explanations();

}  // namespace edict::source
