// The types of RegLang's variables, inferred: numbers and texts that are used together are of one
// type (union and find).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/reglang/tree.h"

namespace edict::reglang {

enum class Base : std::uint8_t { unknown, number, text };

using Slot = std::size_t;  // what one variable, or the key of a map, holds

class Types {
public:
    [[nodiscard]] Slot fresh();
    // The error names both places that do not agree.
    [[nodiscard]] base::Status set(Slot slot, Base base, Place place);
    [[nodiscard]] base::Status join(Slot a, Slot b, Place place);
    [[nodiscard]] Base base(Slot slot) const { return entries_[root(slot)].base; }

private:
    struct Entry {
        Slot parent;
        Base base = Base::unknown;
        Place place;  // what says so
    };
    [[nodiscard]] Slot root(Slot slot) const;

    std::vector<Entry> entries_;
};

struct Variable {
    enum class Shape : std::uint8_t { unknown, single, list, map };
    Shape shape = Shape::unknown;
    Place place;             // where it was first seen
    Place shape_place;       // what says its shape
    Slot held = 0;           // of what it holds, or each item of it
    std::vector<Slot> keys;  // of a map
};

}  // namespace edict::reglang
