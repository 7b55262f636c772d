// The interpreter: the reference for every other engine.
#pragma once

#include "vm/runtime/engine.h"

namespace edict::runtime {

class Interpreter final : public Engine {
public:
    [[nodiscard]] std::string_view name() const override { return "interp"; }
    [[nodiscard]] ActionEnd run_action(const bytecode::Module& module, bytecode::FunctionIndex f,
                                       const std::vector<value::Value>& arguments,
                                       Host& host) override;
    [[nodiscard]] Truth run_rule(const bytecode::Module& module, bytecode::FunctionIndex f,
                                 const std::vector<value::Value>& arguments, Host& host) override;
    [[nodiscard]] std::vector<std::optional<value::Value>> run_message(
        const bytecode::Module& module, bytecode::FunctionIndex f,
        const std::vector<value::Value>& arguments, Host& host) override;
};

}  // namespace edict::runtime
