// Word order: a duty says in English what is to be done and then until when, in Chinese the other
// way round. Here the items of a text are put into the order of the language in which they are
// written.
#pragma once

#include <vector>

#include "compiler/format/items.h"

namespace edict::format {

// Each place of the text keeps its span, and comments keep their places: so lines stay as they are,
// and turning a text back gives the same text.
void order_words(std::vector<Item>& items, parse::Language language);

}  // namespace edict::format
