// From text to tokens: ANTLR's lexer, then the table of keywords.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::parse {

struct Token {
    std::uint16_t type = 0;  // of grammar::EdictLexer
    bool first_on_line = false;
    bool broken = false;          // a mistake in it is already reported
    bool first_in_block = false;  // of literate source: what stands before it is another block
    bool first_in_declaration = false;
    // Of a token whose declaration could be parsed, and only from read_lexemes():
    bool is_name = false;       // it stands for a name, also if it is written like a keyword
    bool in_type = false;       // it is a sign or number of a type: Set<Text, 8>, Int 0..9
    std::int16_t keyword = -1;  // its row in keywords(); -1: it is not written in words
    source::Span span;
};

// The tokens of a part of a text, without comments. Reports characters and texts that are none;
// such a token is marked as broken. The comments are appended to `comments` if it is given.
[[nodiscard]] std::vector<Token> tokenize(source::Span part, const source::SourceMap& sources,
                                          source::Diagnostics& diagnostics,
                                          std::vector<source::Span>* comments = nullptr);

// As messages show a token: "`rule`", "a date".
[[nodiscard]] std::string_view token_text(std::size_t type);

// Whether a token may stand for a name: a word, or a keyword that is not reserved.
[[nodiscard]] bool is_name(std::size_t type);
// Whether it names a function that Chinese has a word for: before, after, has_role.
[[nodiscard]] bool is_function(std::size_t type);
// Whether a token is a word that may not stand for a name.
[[nodiscard]] bool is_reserved(std::size_t type);
// Whether a declaration may start with it.
[[nodiscard]] bool starts_declaration(std::size_t type);
// The words that a declaration may start with, for "did you mean", in both languages.
[[nodiscard]] const std::vector<std::string>& declaration_words();

}  // namespace edict::parse
