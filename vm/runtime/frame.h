// Frame: the registers of one run of a function. The interpreter and any other engine keep them so.
#pragma once

#include <cstdint>
#include <forward_list>
#include <string>

#include "base/strong.h"
#include "value/value.h"
#include "vm/bytecode/module.h"
#include "vm/runtime/engine.h"

namespace edict::runtime {

// What a register holds. Bool: 0 or 1. Int, Date, Time and Duration: two's complement in 64 bits.
// Enum: the ordinal. Every other kind: the address of a value that lives at least as long as the
// run. Meaningless while the register is not known.
using Slot = std::uint64_t;

// The values that a run makes. Bounded: the validator bounds what a function can make.
class Arena {
public:
    const value::Value* keep(value::Value made) {
        made_.push_front(std::move(made));
        return &made_.front();
    }

private:
    std::forward_list<value::Value> made_;
};

struct Frame {
    Slot* slots = nullptr;
    std::uint8_t* known = nullptr;  // 1: the register has a value, 0: it has none
    const bytecode::Module* module = nullptr;
    const bytecode::Function* function = nullptr;
    Host* host = nullptr;
    Arena* arena = nullptr;
    std::string why{};  // of the failure of an action; empty when an inner call ended it

    [[nodiscard]] const value::Type& type_of(std::uint16_t reg) const {
        return *module->types[function->registers[reg]];
    }
    // The value in a register that is known and not scalar.
    [[nodiscard]] const value::Value& at(std::uint16_t reg) const {
        return *reinterpret_cast<const value::Value*>(slots[reg]);
    }
    void set(std::uint16_t reg, Slot slot) {
        slots[reg] = slot;
        known[reg] = 1;
    }
    void set(std::uint16_t reg, const value::Value* value);  // a scalar is copied, else its address
    void set_unknown(std::uint16_t reg) {
        slots[reg] = 0;
        known[reg] = 0;
    }
    // Whether the `count` registers from `first` on all have values.
    [[nodiscard]] bool all_known(std::uint16_t first, std::uint16_t count) const {
        bool all = true;
        for (std::uint32_t i = 0; i < count; ++i) all = all && known[first + i] != 0;
        return all;
    }
    // A copy of what a known register holds.
    [[nodiscard]] value::Value value_of(std::uint16_t reg) const;
};

[[nodiscard]] constexpr bool is_scalar(value::Kind kind) {
    return kind == value::Kind::boolean || kind == value::Kind::integer ||
           kind == value::Kind::date || kind == value::Kind::enumeration ||
           kind == value::Kind::time || kind == value::Kind::duration;
}

// What a register holds for this value, which must outlive the run unless it is scalar.
[[nodiscard]] inline Slot slot_of(const value::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
        return static_cast<Slot>(*number);
    }
    if (const auto* truth = std::get_if<bool>(&value.data)) return *truth ? 1 : 0;
    if (const auto* date = std::get_if<value::Date>(&value.data)) {
        return static_cast<Slot>(static_cast<std::int64_t>(date->days));
    }
    if (const auto* member = std::get_if<value::EnumMember>(&value.data)) return member->ordinal;
    if (const auto* time = std::get_if<value::Time>(&value.data)) {
        return static_cast<Slot>(time->ms);
    }
    if (const auto* duration = std::get_if<value::Duration>(&value.data)) {
        return static_cast<Slot>(duration->ms);
    }
    return reinterpret_cast<Slot>(&value);
}
// The elements of a set or list.
[[nodiscard]] inline const std::vector<value::Value>& elements_of(const value::Value& value) {
    if (const auto* list = std::get_if<value::List>(&value.data)) return list->elements;
    return std::get<value::Set>(value.data).elements;
}
[[nodiscard]] value::Value scalar_value(Slot slot, value::Kind kind);

inline void Frame::set(std::uint16_t reg, const value::Value* value) { set(reg, slot_of(*value)); }

}  // namespace edict::runtime
