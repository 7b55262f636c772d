#include "vm/bytecode/cost.h"

#include <array>
#include <limits>
#include <set>

#include "vm/bytecode/limits.h"

namespace edict::bytecode {

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

std::uint64_t saturating_multiply(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max()
                                                  : product;
}

namespace {

std::uint64_t memory_bound(const value::Type& type) {
    std::uint64_t bytes = sizeof(value::Value);
    switch (type.kind) {
        case value::Kind::text:
        case value::Kind::bytes:
            return bytes + type.capacity;
        case value::Kind::set:
        case value::Kind::list:
            return saturating_add(bytes,
                                  saturating_multiply(type.capacity, memory_bound(*type.parts[0])));
        default:
            // Depth is bounded by MAX_TYPE_DEPTH.
            for (const value::TypeRef& part : type.parts) {
                bytes = saturating_add(bytes, memory_bound(*part));
            }
            for (const value::Field& field : type.fields) {
                bytes = saturating_add(bytes, memory_bound(*field.type));
            }
            return bytes;
    }
}

// Declared sizes of the registers of one function.
class Sizes {
public:
    Sizes(const Module& module, const Function& function) : module_(module), function_(function) {}

    [[nodiscard]] const value::Type& type(std::uint16_t reg) const {
        return *module_.types[function_.registers[reg]];
    }
    // Declared bytes of all register operands of the instruction.
    [[nodiscard]] std::uint64_t operand_bytes(const Instruction& in) const {
        const std::string_view kinds = info(in.op).operands;
        const std::array<std::uint16_t, 3> operands = {in.a, in.b, in.c};
        std::uint64_t bytes = 0;
        for (std::size_t i = 0; i < operands.size(); ++i) {
            const char kind = kinds[i];
            const bool is_register = kind == 'w' || kind == 'r' || kind == 'm' ||
                                     (kind == 'q' && operands[i] != NO_REGISTER);
            if (is_register) bytes = saturating_add(bytes, type(operands[i]).max_bytes);
            if (kind != 's') continue;
            for (std::uint32_t n = 0; n < in.c; ++n) {
                const auto reg = static_cast<std::uint16_t>(operands[i] + n);
                bytes = saturating_add(bytes, type(reg).max_bytes);
            }
        }
        return bytes;
    }

private:
    const Module& module_;
    const Function& function_;
};

// Whether the operation makes a value, and does not only point to one.
bool makes_value(Opcode op) {
    switch (op) {
        case Opcode::wrap:
        case Opcode::set_field:
        case Opcode::make_record:
        case Opcode::make_set:
        case Opcode::set_unite:
        case Opcode::set_subtract:
        case Opcode::set_intersect:
        case Opcode::hash:
        case Opcode::caller:
        case Opcode::signer:
        case Opcode::read_now:
        case Opcode::read_before:
        case Opcode::read_after:
        case Opcode::write_store:
        case Opcode::decimal_add:
        case Opcode::decimal_subtract:
        case Opcode::decimal_times:
        case Opcode::decimal_ratio:
        case Opcode::decimal_of:
        case Opcode::decimal_as:
        case Opcode::money_in:
        case Opcode::make_list:
        case Opcode::window_add:
        case Opcode::window_total:
        case Opcode::window_peak:
        case Opcode::value_of_text:
        case Opcode::format:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::optional<TypeIndex> returned_by(const Module& module, const Instruction& in) {
    if (in.op != Opcode::call_action) return std::nullopt;
    return module.callees[in.a].result;
}

std::vector<std::uint64_t> memory_of_types(const Module& module) {
    std::vector<std::uint64_t> bounds;
    bounds.reserve(module.types.size());
    for (const value::TypeRef& type : module.types) bounds.push_back(memory_bound(*type));
    return bounds;
}

Bounds bounds_of(const Module& module, const Function& function,
                 const std::vector<std::uint64_t>& memory_of_types) {
    const Sizes sizes(module, function);
    Bounds bounds;
    std::vector<std::uint64_t> outside;  // how often what surrounds each open loop runs
    std::uint64_t times = 1;
    for (const Instruction& in : function.code) {
        const OpcodeInfo& op = info(in.op);
        std::uint64_t cost = op.cost;
        if (op.sized) cost = saturating_add(cost, sizes.operand_bytes(in) / BYTES_PER_UNIT);
        bounds.cost = saturating_add(bounds.cost, saturating_multiply(cost, times));
        if (makes_value(in.op)) {
            const std::uint64_t made = memory_of_types[function.registers[in.a]];
            bounds.memory_bytes =
                saturating_add(bounds.memory_bytes, saturating_multiply(made, times));
        }
        if (const auto result = returned_by(module, in)) {
            bounds.memory_bytes = saturating_add(
                bounds.memory_bytes, saturating_multiply(memory_of_types[*result], times));
        }
        if (in.op == Opcode::call_action) bounds.calls.push_back({in.a, times});
        if (in.op == Opcode::read_now || in.op == Opcode::read_before ||
            in.op == Opcode::read_after)
            bounds.reads.push_back({in.b, times});
        if (in.op == Opcode::for_each) {
            outside.push_back(times);
            times = saturating_multiply(times, sizes.type(in.b).capacity);
        }
        if (in.op == Opcode::next) {
            times = outside.back();
            outside.pop_back();
        }
    }
    return bounds;
}

Effects effects_of(const Function& function) {
    std::set<std::uint16_t> reads, writes;
    for (const Instruction& in : function.code) {
        switch (in.op) {
            case Opcode::read_now:
            case Opcode::read_before:
            case Opcode::read_after:
                reads.insert(in.b);
                break;
            case Opcode::write_store:
            case Opcode::remove_key:
                writes.insert(in.b);
                break;
            default:
                break;
        }
    }
    return {{reads.begin(), reads.end()}, {writes.begin(), writes.end()}};
}

void set_bounds(Module& module) {
    const std::vector<std::uint64_t> memory = memory_of_types(module);
    for (Function& function : module.functions) {
        function.cost = bounds_of(module, function, memory).cost;
    }
    for (ActionDecl& action : module.actions) {
        Effects effects = effects_of(module.functions[action.code]);
        action.reads = std::move(effects.reads);
        action.writes = std::move(effects.writes);
    }
}

}  // namespace edict::bytecode
