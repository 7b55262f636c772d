// Names as they stand in the text.
#pragma once

#include <string>
#include <vector>

#include "compiler/source/span.h"

namespace edict::ast {

using source::Span;

struct Name {
    std::string text;  // never empty in a tree that parsed without error
    Span span;
};

// `share`, `stroke_hub.share`, `std.membership.Party`.
struct QualifiedName {
    std::vector<Name> parts;  // at least one
    Span span;

    [[nodiscard]] std::string text() const {
        std::string joined;
        for (const Name& part : parts) joined += (joined.empty() ? "" : ".") + part.text;
        return joined;
    }
};

}  // namespace edict::ast
