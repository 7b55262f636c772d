// Operations that ask the host, and the words in which an action's failure is told.
#include <fmt/format.h>

#include "vm/runtime/scalar_operations.h"

namespace edict::runtime {

namespace {

constexpr std::string_view WHY_NO_VALUE =
    "has no value: a key or an optional is absent, or a number or a set is out of its range";

bool no_value(Frame& f, std::string what) {
    f.why = fmt::format("{} {}", what, WHY_NO_VALUE);
    return false;
}

// A register for the host: a scalar is put into `room`, others are where they are.
const value::Value* lend(const Frame& f, Operand reg, value::Value& room) {
    const value::Kind kind = f.type_of(reg).kind;
    if (!is_scalar(kind)) return &f.at(reg);
    room = scalar_value(f.slots[reg], kind);
    return &room;
}

void read_store(Frame& f, Operand a, Operand use, Operand key, Host::Moment moment) {
    if (key != bytecode::NO_REGISTER && f.known[key] == 0) return f.set_unknown(a);
    value::Value room;
    const value::Value* lent = key == bytecode::NO_REGISTER ? nullptr : lend(f, key, room);
    const value::Value* found = f.host->read(*f.module, use, lent, moment);
    if (found == nullptr) return f.set_unknown(a);
    f.set(a, found);
}

std::string store_name(const Frame& f, Operand use) {
    const bytecode::StoreUse& store = f.module->store_table[use];
    return fmt::format("{}.{}", store.module, store.store);
}

// The values of the registers, or nothing and the place of the first that has none.
bool values_of(const Frame& f, Operand first, Operand count, std::vector<value::Value>& values,
               std::uint32_t& missing) {
    values.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto reg = static_cast<Operand>(first + i);
        if (f.known[reg] == 0) {
            missing = i;
            return false;
        }
        values.push_back(f.value_of(reg));
    }
    return true;
}

}  // namespace

void condition_has_no_value(Frame& f) { no_value(f, "a condition of the action"); }
std::string result_has_no_value() {
    return fmt::format("what the action returns {}", WHY_NO_VALUE);
}

namespace operations {

void today(Frame& f, Operand a, Operand, Operand) {
    f.set(a, static_cast<Slot>(static_cast<std::int64_t>(f.host->today(*f.module).days)));
}
void now(Frame& f, Operand a, Operand, Operand) { f.set(a, static_cast<Slot>(f.host->now().ms)); }
void caller(Frame& f, Operand a, Operand, Operand) { f.set(a, f.arena->keep({f.host->caller()})); }
void signer(Frame& f, Operand a, Operand, Operand) { f.set(a, f.arena->keep({f.host->signer()})); }
void has_role(Frame& f, Operand a, Operand b, Operand c) {
    if (!both_known(f, b, c)) return f.set_unknown(a);
    const auto& party = std::get<value::PartyId>(f.at(b).data);
    f.set(a, Slot{f.host->has_role(party, std::get<std::string>(f.at(c).data))});
}

void open_duty(Frame& f, Operand a, Operand b, Operand c) {
    if (f.known[b] == 0) return f.set_unknown(a);
    const auto& party = std::get<value::PartyId>(f.at(b).data);
    f.set(a, Slot{f.host->has_duty(*f.module, c, party, false)});
}
void breached_duty(Frame& f, Operand a, Operand b, Operand c) {
    if (f.known[b] == 0) return f.set_unknown(a);
    const auto& party = std::get<value::PartyId>(f.at(b).data);
    f.set(a, Slot{f.host->has_duty(*f.module, c, party, true)});
}

void read_now(Frame& f, Operand a, Operand b, Operand c) {
    read_store(f, a, b, c, Host::Moment::now);
}
void read_before(Frame& f, Operand a, Operand b, Operand c) {
    read_store(f, a, b, c, Host::Moment::before);
}
void read_after(Frame& f, Operand a, Operand b, Operand c) {
    read_store(f, a, b, c, Host::Moment::after);
}

bool write_store(Frame& f, Operand a, Operand b, Operand c) {
    const bool has_key = c != bytecode::NO_REGISTER;
    if (has_key && f.known[c] == 0) return no_value(f, "the key of store " + store_name(f, b));
    if (f.known[a] == 0) return no_value(f, "what would be written to store " + store_name(f, b));
    value::Value key_room, room;
    f.host->write(*f.module, b, has_key ? lend(f, c, key_room) : nullptr, *lend(f, a, room));
    return true;
}

bool remove_key(Frame& f, Operand, Operand b, Operand c) {
    if (f.known[c] == 0) return no_value(f, "the key of store " + store_name(f, b));
    value::Value room;
    f.host->remove(*f.module, b, *lend(f, c, room));
    return true;
}

bool emit(Frame& f, Operand a, Operand b, Operand c) {
    std::vector<value::Value> fields;
    std::uint32_t missing = 0;
    const bytecode::EventDecl& event = f.module->events[a];
    if (!values_of(f, b, c, fields, missing)) {
        return no_value(f, fmt::format("{} of event {}", event.field_names[missing], event.name));
    }
    f.host->emit(*f.module, a, std::move(fields));
    return true;
}

bool call_action(Frame& f, Operand a, Operand b, Operand c) {
    std::vector<value::Value> arguments;
    std::uint32_t missing = 0;
    if (!values_of(f, b, c, arguments, missing)) {
        const bytecode::Callee& callee = f.module->callees[a];
        return no_value(f, fmt::format("argument {} of the call of {}.{}", missing + 1,
                                       callee.module, callee.action));
    }
    value::Value result;
    if (!f.host->call(*f.module, a, std::move(arguments), result)) return false;
    if (f.module->callees[a].result)
        f.set(static_cast<Operand>(b + c), f.arena->keep(std::move(result)));
    return true;
}

bool fail(Frame& f, Operand a, Operand, Operand) {
    if (f.known[a] == 0) return no_value(f, "the action ended itself, and its message");
    f.why = std::get<std::string>(f.at(a).data);
    return false;
}

}  // namespace operations

}  // namespace edict::runtime
