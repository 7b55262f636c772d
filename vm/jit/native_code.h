// Native code for rule functions, made by LLVM. No LLVM header is needed to use it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "vm/runtime/frame.h"

namespace edict::jit {

// Runs a rule function on a frame whose parameters are set: a runtime::Truth.
using RuleFunction = std::uint8_t (*)(runtime::Frame* frame, runtime::Slot* slots,
                                      std::uint8_t* known);

// Owns the code that it makes; the functions live as long as it does.
class NativeCompiler {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<NativeCompiler>> create();
    ~NativeCompiler();

    // One native function for each of `functions`, all of kind rule.
    [[nodiscard]] base::Result<std::vector<RuleFunction>> compile(
        const bytecode::Module& module, const std::vector<bytecode::FunctionIndex>& functions);

private:
    struct Impl;
    explicit NativeCompiler(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::jit
