// Examples in documentation, as tests read them.
#pragma once

#include <string>
#include <vector>

#include "tests/golden/diagnose.h"

namespace edict::golden {

inline constexpr const char* ACCEPTED = "accepted";  // the folder of texts without diagnostics

// What a page says in place of an example whose characters a page cannot hold: then only
// tests/golden shows one.
inline constexpr const char* NO_EXAMPLE = "An example cannot be shown here.";

// The fences marked `edict` of one part of a Markdown text, from a heading to the next.
struct Section {
    std::string heading;  // as written: "## Fails"
    std::vector<Text> texts;
};
[[nodiscard]] std::vector<Section> sections(const std::string& markdown);
// The texts under one heading.
[[nodiscard]] std::vector<Text> under(const std::string& markdown, const std::string& heading);

}  // namespace edict::golden
