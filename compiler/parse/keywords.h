// The words of the language in both its languages: compiler/parse/keywords.def as a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::parse {

enum class Language : std::uint8_t { english, chinese };

struct Keyword {
    std::uint16_t token = 0;  // of grammar::EdictLexer
    std::string_view english;
    std::string_view chinese;

    [[nodiscard]] std::string_view in(Language language) const {
        return language == Language::english ? english : chinese;
    }
};

// In the order of keywords.def: several rows may give one token.
[[nodiscard]] std::span<const Keyword> keywords();
// The first row of a token; null if the token is not written in words.
[[nodiscard]] const Keyword* keyword_of(std::size_t token);
// The row with exactly these words, in either language; null if there is none.
[[nodiscard]] const Keyword* find_keyword(std::string_view words);

// The language of a file: that of its first word.
[[nodiscard]] Language language_of(source::FileId file, const source::SourceMap& sources);

// `text` with the words of the language that it quotes (`permit`) in another language; what is
// quoted but may be a name of the user's stays.
[[nodiscard]] std::string with_quoted_keywords(std::string_view text, Language language);
// Every diagnostic quotes in the language of its file.
void quote_in_their_language(source::Diagnostics& diagnostics, const source::SourceMap& sources);

}  // namespace edict::parse
