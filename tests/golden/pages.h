// The pages of docs/errors, as tests read them.
#pragma once

#include <string>
#include <vector>

#include "compiler/source/diagnostics.h"
#include "tests/golden/diagnose.h"

namespace edict::golden {

inline constexpr const char* ACCEPTED = "accepted";  // the folder of texts without diagnostics

// Whether only a module of many thousand lines gives this code: the tests of the lowering make it.
[[nodiscard]] inline bool needs_too_much_text(source::Code code) {
    return code == source::Code::E0690 || code == source::Code::E0691 ||
           code == source::Code::E0692;
}

// The fences marked `edict` under "## Failing" and "## Repaired": one text each. In a fence marked
// `edict bytes`, \xHH stands for that byte.
struct Page {
    std::vector<Text> failing;
    std::vector<Text> repaired;
};
[[nodiscard]] Page read_page(const std::string& markdown);

}  // namespace edict::golden
