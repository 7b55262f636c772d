// The pages of docs/errors, as tests read them.
#pragma once

#include <string>
#include <vector>

#include "tests/golden/diagnose.h"

namespace edict::golden {

inline constexpr const char* ACCEPTED = "accepted";  // the folder of texts without diagnostics

// What a page says in place of an example whose characters a page cannot hold: then only
// tests/golden shows one.
inline constexpr const char* NO_EXAMPLE = "An example cannot be shown here.";

// The fences marked `edict` under "## Fails" and "## Repaired": one text each.
struct Page {
    std::vector<Text> failing;
    std::vector<Text> repaired;
};
[[nodiscard]] Page read_page(const std::string& markdown);

}  // namespace edict::golden
