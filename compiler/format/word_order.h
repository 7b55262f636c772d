// Word order: a duty says in English what is to be done and then until when, in Chinese the other
// way round. Here the items of a text are put into the order of the language in which they are
// written.
#pragma once

#include <vector>

#include "compiler/format/items.h"

namespace edict::format {

// The act, the time and its parts move as they are, with the lines and comments inside of them and
// those between them: so turning a text back gives the same text.
void order_words(std::vector<Item>& items, parse::Language language);

}  // namespace edict::format
