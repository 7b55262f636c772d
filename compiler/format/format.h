// One layout for every text: edict fmt.
//
// It works on tokens and comments, not on a printer for each construct, so a construct that it has
// never heard of comes out right: its tokens keep their order and their lines. Line ends are the
// author's (a line end is never added or removed because of a width, so that a text and its
// translation have the same lines); spaces, indentation and blank lines are made anew. Linear in
// the text.
#pragma once

#include <optional>
#include <string>

#include "compiler/parse/keywords.h"
#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::format {

struct Options {
    std::optional<parse::Language> keywords;  // none: each word stays in its language
};

// The text in its layout; nullopt if it has a mistake, which is then in the diagnostics. The result
// has the same tree, and is its own layout. Of literate source, the blocks change and the prose
// stays.
[[nodiscard]] std::optional<std::string> format(source::FileId file,
                                                const source::SourceMap& sources,
                                                const Options& options,
                                                source::Diagnostics& diagnostics);

}  // namespace edict::format
