#include "vm/runtime/interpreter.h"

#include <array>

#include "base/check.h"
#include "vm/bytecode/limits.h"
#include "vm/runtime/registers.h"
#include "vm/runtime/scalar_operations.h"

// Computed goto is an extension that both compilers have; a switch costs a bounds check and one
// shared, badly predicted branch for every instruction.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace edict::runtime {

namespace {

using bytecode::Instruction;

// A for_each that is running: the elements of its set as they were when it began.
struct Loop {
    const value::Value* element = nullptr;
    const value::Value* end = nullptr;
    const Instruction* head = nullptr;
};

// Runs to the ret or the failure, and returns that instruction. False in `ok`: failed, see
// Frame::why.
const Instruction* execute(Frame& f, bool& ok) {
#define OPCODE(name, operands, effect, cost, text) &&at_##name,
    static const void* const labels[] = {
#include "vm/bytecode/opcodes.def"
    };
#undef OPCODE
    std::array<Loop, bytecode::MAX_LOOP_DEPTH> loops;
    std::size_t depth = 0;
    const Instruction* const code = f.function->code.data();
    const Instruction* pc = code;

#define GO_ON goto* labels[static_cast<std::size_t>(pc->op)]
    GO_ON;

#define CODE_pure(name)                                   \
    at_##name : operations::name(f, pc->a, pc->b, pc->c); \
    ++pc;                                                 \
    GO_ON;
#define CODE_read(name) CODE_pure(name)
#define CODE_write(name)                                                    \
    at_##name : if (!operations::name(f, pc->a, pc->b, pc->c)) goto failed; \
    ++pc;                                                                   \
    GO_ON;
#define CODE_flow(name)
#define OPCODE(name, operands, effect, cost, text) CODE_##effect(name)
#include "vm/bytecode/opcodes.def"
#undef OPCODE

at_jump:
    pc = code + pc->a;
    GO_ON;
at_jump_unless:
    if (f.known[pc->a] == 0) {
        condition_has_no_value(f);
        goto failed;
    }
    pc = f.slots[pc->a] == 0 ? code + pc->b : pc + 1;
    GO_ON;
at_jump_known:
    pc = f.known[pc->a] != 0 ? code + pc->b : pc + 1;
    GO_ON;
at_for_each: {
    Loop loop;
    if (f.known[pc->b] != 0) {
        const auto& elements = elements_of(f.at(pc->b));
        loop = {elements.data(), elements.data() + elements.size(), pc};
    }
    if (loop.element == loop.end) {
        pc = code + pc->c + 1;
        GO_ON;
    }
    f.set(pc->a, loop.element);
    loops[depth++] = loop;
    ++pc;
    GO_ON;
}
at_next: {
    Loop& loop = loops[depth - 1];
    if (++loop.element == loop.end) {
        --depth;
        ++pc;
        GO_ON;
    }
    f.set(loop.head->a, loop.element);
    pc = loop.head + 1;
    GO_ON;
}
at_ret:
    ok = true;
    return pc;
failed:
    ok = false;
    return pc;
}

// One run of a function, with what its registers point to.
struct Run {
    Run(const bytecode::Module& module, bytecode::FunctionIndex index,
        const std::vector<value::Value>& arguments, Host& host)
        : function(module.functions[index]), registers(function.registers.size()) {
        EDICT_CHECK(arguments.size() == function.parameters);
        frame = {registers.slots(), registers.known(), &module, &function, &host, &arena};
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            frame.set(static_cast<Operand>(i), &arguments[i]);
        }
        last = execute(frame, ok);
    }

    const bytecode::Function& function;
    Registers registers;
    Arena arena;
    Frame frame;
    bool ok = false;
    const Instruction* last = nullptr;
};

}  // namespace

ActionEnd Interpreter::run_action(const bytecode::Module& module, bytecode::FunctionIndex f,
                                  const std::vector<value::Value>& arguments, Host& host) {
    const Run run(module, f, arguments, host);
    const auto instruction = static_cast<std::uint32_t>(run.last - run.function.code.data());
    if (!run.ok) return {true, run.frame.why, f, instruction, {}};
    if (run.last->c == 0) return {};
    if (run.frame.known[run.last->b] == 0) return {true, result_has_no_value(), f, instruction, {}};
    return {false, {}, f, instruction, run.frame.value_of(run.last->b)};
}

Truth Interpreter::run_rule(const bytecode::Module& module, bytecode::FunctionIndex f,
                            const std::vector<value::Value>& arguments, Host& host) {
    const Run run(module, f, arguments, host);
    EDICT_CHECK(run.ok);
    const Operand result = run.last->b;
    if (run.frame.known[result] == 0) return Truth::error;
    return run.frame.slots[result] != 0 ? Truth::yes : Truth::no;
}

std::vector<std::optional<value::Value>> Interpreter::run_message(
    const bytecode::Module& module, bytecode::FunctionIndex f,
    const std::vector<value::Value>& arguments, Host& host) {
    const Run run(module, f, arguments, host);
    EDICT_CHECK(run.ok);
    std::vector<std::optional<value::Value>> shown(run.last->c);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto reg = static_cast<Operand>(run.last->b + i);
        if (run.frame.known[reg] != 0) shown[i] = run.frame.value_of(reg);
    }
    return shown;
}

}  // namespace edict::runtime
