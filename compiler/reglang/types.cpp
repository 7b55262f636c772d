#include "compiler/reglang/types.h"

#include <fmt/format.h>

#include "compiler/reglang/constant.h"
#include "compiler/reglang/parse.h"

namespace edict::reglang {

Slot Types::fresh() {
    entries_.push_back({entries_.size(), Base::unknown, {}});
    return entries_.size() - 1;
}

Slot Types::root(Slot slot) const {
    while (entries_[slot].parent != slot) slot = entries_[slot].parent;
    return slot;
}

base::Status Types::set(Slot slot, Base base, Place place) {
    Entry& entry = entries_[root(slot)];
    if (entry.base == base || base == Base::unknown) return {};
    if (entry.base == Base::unknown) {
        entry.base = base;
        entry.place = place;
        return {};
    }
    return tl::unexpected(error_at(
        place, fmt::format("this is a {} here and a {} at {}; say which it is",
                           base == Base::number ? "number" : "text",
                           base == Base::number ? "text" : "number", to_text(entry.place))));
}

base::Status Types::join(Slot a, Slot b, Place place) {
    const Slot to = root(a), from = root(b);
    if (to == from) return {};
    const Entry joined = entries_[from];
    if (const base::Status fits = set(to, joined.base, place); !fits) return fits;
    entries_[from].parent = to;
    return {};
}

}  // namespace edict::reglang
