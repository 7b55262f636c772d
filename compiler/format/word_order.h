// The order of words that a language has of its own: docs/LANGUAGE.md, Words, lists them.
#pragma once

#include <vector>

#include "compiler/format/items.h"
#include "compiler/parse/keywords.h"

namespace edict::format {

// Parts of a sentence move as they are, with the lines and comments inside of them and those
// between them, so turning a text back gives the same text. Where Chinese has no place for a line
// end or comment, the sentence stays as it is: both orders are read.
void order_words(std::vector<Item>& items, parse::Language language);

}  // namespace edict::format
