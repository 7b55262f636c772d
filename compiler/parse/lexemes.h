// The tokens of a text with the parts that they play in its tree: for tools that write texts anew.
#pragma once

#include <optional>
#include <vector>

#include "compiler/parse/tokens.h"

namespace edict::parse {

struct Lexemes {
    std::vector<Token> tokens;           // in the order of the text, with their roles
    std::vector<Token> in_messages;      // of the expressions in messages, "{count(xs)}"; ascending
    std::vector<source::Span> comments;  // from // to the end of the line; ascending
};

// nullopt if the text has a mistake; the diagnostics are those of parse().
[[nodiscard]] std::optional<Lexemes> read_lexemes(source::FileId file,
                                                  const source::SourceMap& sources,
                                                  source::Diagnostics& diagnostics);

}  // namespace edict::parse
