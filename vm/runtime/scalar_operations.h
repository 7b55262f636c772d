// The operations that are a few machine instructions, inline. Every one reads all its operands
// before it writes `a`, so that `a` may be one of them.
#pragma once

#include <limits>

#include "vm/runtime/operations.h"

namespace edict::runtime::operations {

inline std::int64_t as_signed(Slot slot) { return static_cast<std::int64_t>(slot); }

inline void put(Frame& f, Operand a, Slot slot, bool known) {
    f.slots[a] = known ? slot : 0;
    f.known[a] = known ? 1 : 0;
}

inline void constant(Frame& f, Operand a, Operand b, Operand) {
    f.set(a, slot_of(f.module->constants[b].value));
}
inline void move(Frame& f, Operand a, Operand b, Operand) {
    put(f, a, f.slots[b], f.known[b] != 0);
}
inline void unknown(Frame& f, Operand a, Operand, Operand) { f.set_unknown(a); }

// A condition is (is true, is false); neither when it has no value.
struct Condition {
    bool is_true = false, is_false = false;
};
inline Condition condition(const Frame& f, Operand reg) {
    const bool known = f.known[reg] != 0;
    const bool truth = f.slots[reg] != 0;
    return {known && truth, known && !truth};
}
inline void put(Frame& f, Operand a, Condition result) {
    put(f, a, result.is_true ? 1 : 0, result.is_true || result.is_false);
}
inline void logical_and(Frame& f, Operand a, Operand b, Operand c) {
    const Condition left = condition(f, b), right = condition(f, c);
    put(f, a, {left.is_true && right.is_true, left.is_false || right.is_false});
}
inline void logical_or(Frame& f, Operand a, Operand b, Operand c) {
    const Condition left = condition(f, b), right = condition(f, c);
    put(f, a, {left.is_true || right.is_true, left.is_false && right.is_false});
}
inline void logical_implies(Frame& f, Operand a, Operand b, Operand c) {
    const Condition left = condition(f, b), right = condition(f, c);
    put(f, a, {left.is_false || right.is_true, left.is_true && right.is_false});
}
inline void logical_not(Frame& f, Operand a, Operand b, Operand) {
    const Condition operand = condition(f, b);
    put(f, a, {operand.is_false, operand.is_true});
}

inline bool both_known(const Frame& f, Operand b, Operand c) {
    return f.known[b] != 0 && f.known[c] != 0;
}
inline void add(Frame& f, Operand a, Operand b, Operand c) {
    std::int64_t sum = 0;
    const bool over = __builtin_add_overflow(as_signed(f.slots[b]), as_signed(f.slots[c]), &sum);
    put(f, a, static_cast<Slot>(sum), both_known(f, b, c) && !over);
}
inline void subtract(Frame& f, Operand a, Operand b, Operand c) {
    std::int64_t difference = 0;
    const bool over =
        __builtin_sub_overflow(as_signed(f.slots[b]), as_signed(f.slots[c]), &difference);
    put(f, a, static_cast<Slot>(difference), both_known(f, b, c) && !over);
}
inline void multiply(Frame& f, Operand a, Operand b, Operand c) {
    std::int64_t product = 0;
    const bool over =
        __builtin_mul_overflow(as_signed(f.slots[b]), as_signed(f.slots[c]), &product);
    put(f, a, static_cast<Slot>(product), both_known(f, b, c) && !over);
}
inline bool can_divide(const Frame& f, Operand b, Operand c) {
    if (!both_known(f, b, c)) return false;
    const std::int64_t divisor = as_signed(f.slots[c]);
    const bool over =
        divisor == -1 && as_signed(f.slots[b]) == std::numeric_limits<std::int64_t>::min();
    return divisor != 0 && !over;
}
inline void divide(Frame& f, Operand a, Operand b, Operand c) {
    if (!can_divide(f, b, c)) return f.set_unknown(a);
    f.set(a, static_cast<Slot>(as_signed(f.slots[b]) / as_signed(f.slots[c])));
}
inline void remainder(Frame& f, Operand a, Operand b, Operand c) {
    if (!can_divide(f, b, c)) return f.set_unknown(a);
    f.set(a, static_cast<Slot>(as_signed(f.slots[b]) % as_signed(f.slots[c])));
}
inline void decimal_compare(Frame& f, Operand a, Operand b, Operand c, bool or_equal) {
    if (!both_known(f, b, c)) return f.set_unknown(a);
    const auto order = value::compare(f.at(b), f.at(c));
    f.set(a, Slot{or_equal ? order <= 0 : order < 0});
}
inline void less(Frame& f, Operand a, Operand b, Operand c) {
    if (!is_scalar(f.type_of(b).kind)) return decimal_compare(f, a, b, c, false);
    put(f, a, as_signed(f.slots[b]) < as_signed(f.slots[c]) ? 1 : 0, both_known(f, b, c));
}
inline void less_equal(Frame& f, Operand a, Operand b, Operand c) {
    if (!is_scalar(f.type_of(b).kind)) return decimal_compare(f, a, b, c, true);
    put(f, a, as_signed(f.slots[b]) <= as_signed(f.slots[c]) ? 1 : 0, both_known(f, b, c));
}
inline void is_known(Frame& f, Operand a, Operand b, Operand) { f.set(a, Slot{f.known[b]}); }
inline void or_else(Frame& f, Operand a, Operand b, Operand c) {
    const Operand from = f.known[b] != 0 ? b : c;
    put(f, a, f.slots[from], f.known[from] != 0);
}
inline void strict_with(Frame& f, Operand a, Operand b, Operand c) {
    put(f, a, f.slots[b], both_known(f, b, c));
}
inline void choose(Frame& f, Operand a, Operand b, Operand c) {
    const Condition which = condition(f, b);
    if (which.is_false) return;
    put(f, a, f.slots[c], which.is_true && f.known[c] != 0);
}

}  // namespace edict::runtime::operations
