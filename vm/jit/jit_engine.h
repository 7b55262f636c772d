// The native engine: rules run as machine code, compiled when first used; actions and messages are
// interpreted. Where compiling is not possible the interpreter runs instead: the result is the
// same.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "vm/jit/native_code.h"
#include "vm/runtime/interpreter.h"

namespace edict::jit {

class JitEngine final : public runtime::Engine {
public:
    explicit JitEngine(std::unique_ptr<NativeCompiler> compiler) : compiler_(std::move(compiler)) {}

    [[nodiscard]] std::string_view name() const override { return "jit"; }
    [[nodiscard]] runtime::ActionEnd run_action(const bytecode::Module& module,
                                                bytecode::FunctionIndex f,
                                                const std::vector<value::Value>& arguments,
                                                runtime::Host& host) override;
    [[nodiscard]] runtime::Truth run_rule(const bytecode::Module& module, bytecode::FunctionIndex f,
                                          const std::vector<value::Value>& arguments,
                                          runtime::Host& host) override;
    [[nodiscard]] std::vector<std::optional<value::Value>> run_message(
        const bytecode::Module& module, bytecode::FunctionIndex f,
        const std::vector<value::Value>& arguments, runtime::Host& host) override;

    [[nodiscard]] std::uint64_t functions_compiled() const { return compiled_; }

private:
    struct Native {
        RuleFunction run = nullptr;  // null: interpreted
        bool tried = false;
    };
    [[nodiscard]] RuleFunction native(const bytecode::Module& module, bytecode::FunctionIndex f);
    void compile_chunk(const bytecode::Module& module, bytecode::FunctionIndex f,
                       std::vector<Native>& functions);

    std::unique_ptr<NativeCompiler> compiler_;
    runtime::Interpreter interpreter_;
    std::unordered_map<std::uint64_t, std::vector<Native>> modules_;  // by serial
    std::uint64_t compiled_ = 0;
};

}  // namespace edict::jit
