#include "vm/jit/jit_engine.h"

#include <algorithm>

#include "vm/jit/limits.h"
#include "vm/runtime/registers.h"

namespace edict::jit {

using bytecode::FunctionIndex;

runtime::ActionEnd JitEngine::run_action(const bytecode::Module& module, FunctionIndex f,
                                         const std::vector<value::Value>& arguments,
                                         runtime::Host& host) {
    return interpreter_.run_action(module, f, arguments, host);
}

std::vector<std::optional<value::Value>> JitEngine::run_message(
    const bytecode::Module& module, FunctionIndex f, const std::vector<value::Value>& arguments,
    runtime::Host& host) {
    return interpreter_.run_message(module, f, arguments, host);
}

runtime::Truth JitEngine::run_rule(const bytecode::Module& module, FunctionIndex f,
                                   const std::vector<value::Value>& arguments,
                                   runtime::Host& host) {
    const RuleFunction run = native(module, f);
    if (run == nullptr) return interpreter_.run_rule(module, f, arguments, host);
    const bytecode::Function& function = module.functions[f];
    runtime::Registers registers(function.registers.size());
    runtime::Arena arena;
    runtime::Frame frame{registers.slots(), registers.known(), &module, &function, &host, &arena};
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        frame.set(static_cast<std::uint16_t>(i), &arguments[i]);
    }
    return static_cast<runtime::Truth>(run(&frame, frame.slots, frame.known));
}

RuleFunction JitEngine::native(const bytecode::Module& module, FunctionIndex f) {
    std::vector<Native>& functions = modules_[module.serial];
    if (functions.empty()) functions.resize(module.functions.size());
    if (!functions[f].tried) compile_chunk(module, f, functions);
    return functions[f].run;
}

void JitEngine::compile_chunk(const bytecode::Module& module, FunctionIndex f,
                              std::vector<Native>& functions) {
    const std::size_t first = f - f % FUNCTIONS_PER_CHUNK;
    const std::size_t last = std::min(first + FUNCTIONS_PER_CHUNK, functions.size());
    std::vector<FunctionIndex> wanted;
    for (std::size_t i = first; i < last; ++i) {
        functions[i].tried = true;
        const bytecode::Function& function = module.functions[i];
        if (function.kind == bytecode::FunctionKind::rule &&
            function.code.size() <= MAX_NATIVE_CODE) {
            wanted.push_back(static_cast<FunctionIndex>(i));
        }
    }
    const base::Result<std::vector<RuleFunction>> made = compiler_->compile(module, wanted);
    if (!made) return;
    for (std::size_t i = 0; i < wanted.size(); ++i) functions[wanted[i]].run = (*made)[i];
    compiled_ += wanted.size();
}

}  // namespace edict::jit

// What the program finds when it opens this shared object.
extern "C" {

edict::runtime::Engine* edict_jit_create() {
    auto compiler = edict::jit::NativeCompiler::create();
    if (!compiler) return nullptr;
    return new edict::jit::JitEngine(*std::move(compiler));
}

std::uint64_t edict_jit_functions_compiled(const edict::runtime::Engine* engine) {
    return static_cast<const edict::jit::JitEngine*>(engine)->functions_compiled();
}
}
