#include "vm/runtime/failing_elements.h"

#include <optional>

#include "vm/runtime/operations.h"

namespace edict::runtime {

namespace {

using bytecode::Instruction;
using bytecode::Opcode;

// Where a loop puts the conditions of its elements together: `at` is logical_and(all, all, each).
struct EveryLoop {
    std::size_t for_each = 0;
    std::size_t at = 0;
    Operand each = 0;
};

bool writes(const Instruction& in, Operand reg) {
    const char kind = bytecode::info(in.op).operands[0];
    return (kind == 'w' || kind == 'm') && in.a == reg;
}

// The only for_each of the function that stands in no other, if there is just one.
std::optional<std::size_t> only_loop(const std::vector<Instruction>& code) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i].op != Opcode::for_each) continue;
        if (found) return std::nullopt;
        found = i;
        i = code[i].c;
    }
    return found;
}

std::optional<EveryLoop> every_loop(const std::vector<Instruction>& code) {
    const std::optional<std::size_t> loop = only_loop(code);
    if (!loop) return std::nullopt;
    const std::size_t end = code[*loop].c;

    Operand all = code.back().b;
    for (std::size_t i = code.size() - 1; i-- > end + 1;) {
        if (!writes(code[i], all)) continue;
        if (code[i].op != Opcode::move && code[i].op != Opcode::strict_with) return std::nullopt;
        all = code[i].b;
    }
    std::optional<EveryLoop> found;
    std::size_t depth = 0;
    for (std::size_t i = *loop + 1; i < end; ++i) {
        const Instruction& in = code[i];
        if (in.op == Opcode::for_each) ++depth;
        if (in.op == Opcode::next) --depth;
        if (!writes(in, all)) continue;
        const bool gathers = in.op == Opcode::logical_and && (in.b == all) != (in.c == all);
        if (found || depth > 0 || !gathers) return std::nullopt;
        found = EveryLoop{*loop, i, in.b == all ? in.c : in.b};
    }
    return found;
}

struct Loop {
    const std::vector<value::Value>* elements = nullptr;
    std::size_t at = 0;
    std::size_t head = 0;
};

// Runs rule code instruction by instruction and takes note at the one that `every` names.
std::vector<value::Value> run(Frame& f, const EveryLoop& every) {
    std::vector<value::Value> failing;
    std::vector<Loop> loops;
    const std::vector<Instruction>& code = f.function->code;
    for (std::size_t pc = 0; code[pc].op != Opcode::ret;) {
        const Instruction& in = code[pc];
        if (in.op == Opcode::for_each) {
            const auto* elements = f.known[in.b] == 0 ? nullptr : &elements_of(f.at(in.b));
            if (elements == nullptr || elements->empty()) {
                pc = std::size_t{in.c} + 1;
                continue;
            }
            loops.push_back({elements, 0, pc});
            f.set(in.a, elements->data());
        } else if (in.op == Opcode::next) {
            Loop& loop = loops.back();
            if (++loop.at < loop.elements->size()) {
                f.set(code[loop.head].a, &(*loop.elements)[loop.at]);
                pc = loop.head;
            } else {
                loops.pop_back();
            }
        } else {
            const bool holds = f.known[every.each] != 0 && f.slots[every.each] != 0;
            if (pc == every.at && !holds) {
                failing.push_back((*loops.front().elements)[loops.front().at]);
            }
            // Rule code has no operation that can fail.
            (void)operation_table()[static_cast<std::size_t>(in.op)](f, in.a, in.b, in.c);
        }
        ++pc;
    }
    return failing;
}

}  // namespace

std::vector<value::Value> failing_elements(const bytecode::Module& module,
                                           bytecode::FunctionIndex index,
                                           const std::vector<value::Value>& arguments, Host& host) {
    const bytecode::Function& function = module.functions[index];
    const std::optional<EveryLoop> every = every_loop(function.code);
    if (!every) return {};
    std::vector<Slot> slots(function.registers.size());
    std::vector<std::uint8_t> known(function.registers.size());
    Arena arena;
    Frame frame{slots.data(), known.data(), &module, &function, &host, &arena};
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        frame.set(static_cast<Operand>(i), &arguments[i]);
    }
    return run(frame, *every);
}

}  // namespace edict::runtime
