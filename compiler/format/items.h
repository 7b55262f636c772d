// What a text is written from: its tokens and comments in order, each as it will be spelled.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/format/format.h"
#include "compiler/parse/lexemes.h"

namespace edict::format {

struct Item {
    const parse::Token* token = nullptr;  // null: a comment
    source::Span span;
    std::string text;  // as it will be written
    // Of a token: who begins the declaration that it stands in.
    const parse::Token* declaration = nullptr;
    std::string_view between{};  // of the text: what stood between the item before and this one
};

// Words in rules and assertions, signs in actions; keywords in the language of the options.
[[nodiscard]] std::vector<Item> items_of(const parse::Lexemes& lexemes,
                                         const source::SourceMap& sources, const Options& options);

}  // namespace edict::format
