// Names in all scripts of Unicode, without traps: UAX #31 says what a name is made of, UTS #39
// which names look alike.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/parse/tokens.h"

namespace edict::parse {

// Checks the word of a token that holds more than ASCII: its characters (XID_Start, then
// XID_Continue) and its normal form (NFC). Reports one mistake; true if there is none.
[[nodiscard]] bool check_word(source::Span word, const source::SourceMap& sources,
                              source::Diagnostics& diagnostics);

// Over all the tokens of a file: reports a name that looks like another one of them or like a word
// of the language, or that mixes scripts whose letters look alike. Of two names in ASCII it says
// nothing. Returns the names that are reported.
std::vector<std::string> check_look_alikes(std::span<const Token> tokens,
                                           const source::SourceMap& sources,
                                           source::Diagnostics& diagnostics);

// What to write in place of a character that Edict does not use.
[[nodiscard]] std::string help_for_character(std::string_view character);

}  // namespace edict::parse
