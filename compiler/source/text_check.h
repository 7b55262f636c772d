// What every source text must be before anything reads it.
#pragma once

#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::source {

// Reports invalid UTF-8, NUL and other control characters, and characters that change the direction
// of writing (which make a text show other than it means). True if there are none. A byte order
// mark at the start is accepted.
[[nodiscard]] bool check_text(FileId file, const SourceMap& sources, Diagnostics& diagnostics);

// The bytes of a byte order mark that the text starts with: 3 or 0.
[[nodiscard]] std::size_t byte_order_mark(std::string_view text);

}  // namespace edict::source
