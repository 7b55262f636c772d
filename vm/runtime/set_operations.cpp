// Operations on sets and texts, and hashes of values.
#include <algorithm>
#include <string_view>

#include "crypto/hash.h"
#include "vm/runtime/scalar_operations.h"

namespace edict::runtime::operations {

namespace {

using Elements = std::vector<value::Value>;

const Elements& elements(const Frame& f, Operand reg) { return elements_of(f.at(reg)); }

bool before(const value::Value& a, const value::Value& b) { return value::compare(a, b) < 0; }

// a = what `combine` (std::set_union and its kin) makes of b and c, or no value past a's capacity.
template <typename Combine>
void combine_sets(Frame& f, Operand a, Operand b, Operand c, Combine combine) {
    if (!both_known(f, b, c)) return f.set_unknown(a);
    value::Set made;
    combine(elements(f, b), elements(f, c), std::back_inserter(made.elements));
    if (made.elements.size() > f.type_of(a).capacity) return f.set_unknown(a);
    f.set(a, f.arena->keep({std::move(made)}));
}

// The longest head of `text` of at most `capacity` bytes that ends between characters.
std::string_view head(std::string_view text, std::size_t capacity) {
    if (text.size() <= capacity) return text;
    while (capacity > 0 && (static_cast<unsigned char>(text[capacity]) & 0xC0) == 0x80) --capacity;
    return text.substr(0, capacity);
}

}  // namespace

void make_set(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    Elements parts;
    parts.reserve(c);
    for (std::uint32_t i = 0; i < c; ++i) {
        parts.push_back(f.value_of(static_cast<Operand>(b + i)));
    }
    value::Set made = value::make_set(std::move(parts));
    if (made.elements.size() > f.type_of(a).capacity) return f.set_unknown(a);
    f.set(a, f.arena->keep({std::move(made)}));
}

void contains(Frame& f, Operand a, Operand b, Operand c) {
    if (!both_known(f, b, c)) return f.set_unknown(a);
    const Elements& in = elements(f, c);
    const value::Kind kind = f.type_of(b).kind;
    if (f.type_of(c).kind == value::Kind::list) {
        const value::Value wanted = f.value_of(b);
        return f.set(a, Slot{std::find(in.begin(), in.end(), wanted) != in.end()});
    }
    const bool found = is_scalar(kind) ? std::binary_search(in.begin(), in.end(),
                                                            scalar_value(f.slots[b], kind), before)
                                       : std::binary_search(in.begin(), in.end(), f.at(b), before);
    f.set(a, Slot{found});
}

void set_unite(Frame& f, Operand a, Operand b, Operand c) {
    combine_sets(f, a, b, c, [](const Elements& left, const Elements& right, auto out) {
        std::set_union(left.begin(), left.end(), right.begin(), right.end(), out, before);
    });
}

void set_subtract(Frame& f, Operand a, Operand b, Operand c) {
    combine_sets(f, a, b, c, [](const Elements& left, const Elements& right, auto out) {
        std::set_difference(left.begin(), left.end(), right.begin(), right.end(), out, before);
    });
}

void set_intersect(Frame& f, Operand a, Operand b, Operand c) {
    combine_sets(f, a, b, c, [](const Elements& left, const Elements& right, auto out) {
        std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), out, before);
    });
}

void count(Frame& f, Operand a, Operand b, Operand) {
    if (f.known[b] == 0) return f.set_unknown(a);
    f.set(a, Slot{elements(f, b).size()});
}

void hash(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    base::Writer out;
    for (std::uint32_t i = 0; i < c; ++i) {
        const auto reg = static_cast<Operand>(b + i);
        out.bytes(value::to_bytes(f.value_of(reg), f.type_of(reg)));
    }
    f.set(a, f.arena->keep({crypto::sha256(out.out())}));
}

void format(Frame& f, Operand a, Operand b, Operand c) {
    std::string text;
    for (std::uint32_t i = 0; i < c; ++i) {
        const auto reg = static_cast<Operand>(b + i);
        if (f.known[reg] == 0) {
            text += '?';
        } else if (f.type_of(reg).kind == value::Kind::text) {
            text += std::get<std::string>(f.at(reg).data);
        } else {
            text += value::to_text(f.value_of(reg), f.type_of(reg));
        }
    }
    // Two canonical texts in a row need not be canonical: an accent may join the letter before it.
    base::Result<std::string> canonical = value::to_nfc(text);
    const std::string whole = canonical ? std::move(*canonical) : "?";
    f.set(a, f.arena->keep({std::string(head(whole, f.type_of(a).capacity))}));
}

}  // namespace edict::runtime::operations
