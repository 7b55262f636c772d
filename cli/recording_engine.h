// An engine that remembers where actions ended themselves, around one that runs them.
#pragma once

#include <string>
#include <vector>

#include "vm/runtime/engine.h"

namespace edict::cli {

struct EndedAt {
    std::string module;
    std::string why;  // as the call's reason says it
    std::uint32_t function = 0;
    std::uint32_t instruction = 0;
};

class RecordingEngine final : public runtime::Engine {
public:
    explicit RecordingEngine(runtime::Engine& engine) : engine_(engine) {}

    // In the order in which they ended; an action that only an inner call ended is not among them.
    [[nodiscard]] const std::vector<EndedAt>& ended() const { return ended_; }

    [[nodiscard]] std::string_view name() const override { return engine_.name(); }
    [[nodiscard]] runtime::ActionEnd run_action(const bytecode::Module& module,
                                                bytecode::FunctionIndex f,
                                                const std::vector<value::Value>& arguments,
                                                runtime::Host& host) override {
        runtime::ActionEnd end = engine_.run_action(module, f, arguments, host);
        if (end.failed && !end.why.empty()) {
            ended_.push_back({module.name, end.why, end.function, end.instruction});
        }
        return end;
    }
    [[nodiscard]] runtime::Truth run_rule(const bytecode::Module& module, bytecode::FunctionIndex f,
                                          const std::vector<value::Value>& arguments,
                                          runtime::Host& host) override {
        return engine_.run_rule(module, f, arguments, host);
    }
    [[nodiscard]] std::vector<std::optional<value::Value>> run_message(
        const bytecode::Module& module, bytecode::FunctionIndex f,
        const std::vector<value::Value>& arguments, runtime::Host& host) override {
        return engine_.run_message(module, f, arguments, host);
    }

private:
    runtime::Engine& engine_;
    std::vector<EndedAt> ended_;
};

}  // namespace edict::cli
