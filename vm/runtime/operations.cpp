#include "vm/runtime/operations.h"

#include "base/check.h"
#include "vm/runtime/scalar_operations.h"

namespace edict::runtime {

value::Value scalar_value(Slot slot, value::Kind kind) {
    switch (kind) {
        case value::Kind::boolean:
            return {slot != 0};
        case value::Kind::integer:
            return {static_cast<std::int64_t>(slot)};
        case value::Kind::date:
            return {value::Date{static_cast<std::int32_t>(static_cast<std::int64_t>(slot))}};
        case value::Kind::time:
            return {value::Time{static_cast<std::int64_t>(slot)}};
        case value::Kind::duration:
            return {value::Duration{static_cast<std::int64_t>(slot)}};
        default:
            EDICT_CHECK(kind == value::Kind::enumeration);
            return {value::EnumMember{static_cast<std::uint32_t>(slot)}};
    }
}

value::Value Frame::value_of(std::uint16_t reg) const {
    const value::Kind kind = type_of(reg).kind;
    return is_scalar(kind) ? scalar_value(slots[reg], kind) : at(reg);
}

namespace {

// Whether a value of a type of the same shape keeps to the ranges and capacities of `type`.
bool fits(const value::Value& candidate, const value::Type& type) {
    switch (type.kind) {
        case value::Kind::integer: {
            const std::int64_t number = std::get<std::int64_t>(candidate.data);
            return type.low <= number && number <= type.high;
        }
        case value::Kind::text:
            return std::get<std::string>(candidate.data).size() <= type.capacity;
        case value::Kind::bytes:
            return std::get<base::Bytes>(candidate.data).size() <= type.capacity;
        case value::Kind::optional: {
            const auto& element = std::get<value::Optional>(candidate.data).element;
            return element.empty() || fits(element[0], *type.parts[0]);
        }
        case value::Kind::set: {
            const auto& elements = std::get<value::Set>(candidate.data).elements;
            if (elements.size() > type.capacity) return false;
            for (const value::Value& element : elements) {
                if (!fits(element, *type.parts[0])) return false;
            }
            return true;
        }
        case value::Kind::list: {
            const auto& elements = std::get<value::List>(candidate.data).elements;
            if (elements.size() > type.capacity) return false;
            for (const value::Value& element : elements) {
                if (!fits(element, *type.parts[0])) return false;
            }
            return true;
        }
        case value::Kind::record:
        case value::Kind::tuple: {
            const auto& fields = std::get<value::Record>(candidate.data).fields;
            for (std::size_t i = 0; i < fields.size(); ++i) {
                const bool is_record = type.kind == value::Kind::record;
                if (!fits(fields[i], is_record ? *type.fields[i].type : *type.parts[i]))
                    return false;
            }
            return true;
        }
        default:
            return true;
    }
}

bool same(const Frame& f, Operand b, Operand c) {
    if (f.slots[b] == f.slots[c]) return true;
    return !is_scalar(f.type_of(b).kind) && f.at(b) == f.at(c);
}

}  // namespace

namespace operations {

void equal(Frame& f, Operand a, Operand b, Operand c) {
    if (!both_known(f, b, c)) return f.set_unknown(a);
    f.set(a, Slot{same(f, b, c)});
}

void not_equal(Frame& f, Operand a, Operand b, Operand c) {
    if (!both_known(f, b, c)) return f.set_unknown(a);
    f.set(a, Slot{!same(f, b, c)});
}

void narrow(Frame& f, Operand a, Operand b, Operand) {
    if (f.known[b] == 0) return f.set_unknown(a);
    const value::Type& to = f.type_of(a);
    bool kept = true;
    if (to.kind == value::Kind::integer) {
        kept = to.low <= as_signed(f.slots[b]) && as_signed(f.slots[b]) <= to.high;
    } else if (!is_scalar(to.kind)) {
        kept = fits(f.at(b), to);
    }
    put(f, a, f.slots[b], kept);
}

void wrap(Frame& f, Operand a, Operand b, Operand) {
    if (f.known[b] == 0) return f.set_unknown(a);
    value::Optional made;
    made.element.push_back(f.value_of(b));
    f.set(a, f.arena->keep({std::move(made)}));
}

void unwrap(Frame& f, Operand a, Operand b, Operand) {
    if (f.known[b] == 0) return f.set_unknown(a);
    const auto& element = std::get<value::Optional>(f.at(b).data).element;
    if (element.empty()) return f.set_unknown(a);
    f.set(a, &element[0]);
}

void field(Frame& f, Operand a, Operand b, Operand c) {
    if (f.known[b] == 0) return f.set_unknown(a);
    f.set(a, &std::get<value::Record>(f.at(b).data).fields[c]);
}

void set_field(Frame& f, Operand a, Operand b, Operand c) {
    if (!both_known(f, a, c)) return f.set_unknown(a);
    value::Record made = std::get<value::Record>(f.at(a).data);
    made.fields[b] = f.value_of(c);
    f.set(a, f.arena->keep({std::move(made)}));
}

void make_record(Frame& f, Operand a, Operand b, Operand c) {
    if (!f.all_known(b, c)) return f.set_unknown(a);
    value::Record made;
    made.fields.reserve(c);
    for (std::uint32_t i = 0; i < c; ++i) {
        made.fields.push_back(f.value_of(static_cast<Operand>(b + i)));
    }
    f.set(a, f.arena->keep({std::move(made)}));
}

}  // namespace operations

namespace {

// One signature for all, so that a table can hold them.
template <void (*operation)(Frame&, Operand, Operand, Operand)>
bool entry(Frame& frame, Operand a, Operand b, Operand c) {
    operation(frame, a, b, c);
    return true;
}

}  // namespace

#define TABLE_pure(name) entry<operations::name>
#define TABLE_read(name) entry<operations::name>
#define TABLE_write(name) operations::name
#define TABLE_flow(name) nullptr
#define OPCODE(name, operands, effect, cost, text) TABLE_##effect(name),
const std::array<Operation, bytecode::OPCODE_COUNT>& operation_table() {
    static constexpr std::array<Operation, bytecode::OPCODE_COUNT> table = {
#include "vm/bytecode/opcodes.def"
    };
    return table;
}
#undef OPCODE

}  // namespace edict::runtime
