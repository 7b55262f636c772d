// Literate source: Markdown whose fenced blocks marked `edict` are the source, in order. Blocks and
// headings are spans of the Markdown, so every position of a diagnostic is one of the Markdown.
//
// Read as CommonMark reads it: a fence is three or more ` or ~ after at most three spaces, and is
// closed by one of the same character, at least as long; a heading begins with one to six #. Blocks
// of other languages and `edict` blocks with a further word (```edict example) are prose.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "compiler/source/source_map.h"

namespace edict::source {

struct Heading {
    int level = 1;  // of one to six
    Span span;      // of its text, without # and spaces around it
};

struct Literate {
    std::vector<Span> blocks;       // what stands between the fences, in order
    std::vector<Heading> headings;  // in order
    std::optional<Span> open;       // the fence of a block that is never closed
};

// By its name: FILE.edict.md.
[[nodiscard]] bool is_literate(std::string_view path);

[[nodiscard]] Literate read_literate(FileId file, const SourceMap& sources);

}  // namespace edict::source
