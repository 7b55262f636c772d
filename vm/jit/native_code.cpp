#include "vm/jit/native_code.h"

#include <fmt/format.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/PassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Transforms/Scalar/SROA.h>

#include "base/check.h"
#include "vm/jit/emit.h"

namespace edict::jit {

namespace {

base::Error failure(const char* what, llvm::Error error) {
    return {base::ErrorKind::environment,
            fmt::format("the native compiler: {}: {}", what, llvm::toString(std::move(error)))};
}

// Tier 1: variables become machine registers, nothing else; compiling stays linear.
void optimise(llvm::Module& module) {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager graphs;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder passes;
    passes.registerModuleAnalyses(modules);
    passes.registerCGSCCAnalyses(graphs);
    passes.registerFunctionAnalyses(functions);
    passes.registerLoopAnalyses(loops);
    passes.crossRegisterProxies(loops, functions, graphs, modules);
    llvm::FunctionPassManager pipeline;
    pipeline.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
    for (llvm::Function& function : module) {
        if (!function.isDeclaration()) pipeline.run(function, functions);
    }
}

}  // namespace

struct NativeCompiler::Impl {
    std::unique_ptr<llvm::orc::LLJIT> jit;
    std::uint64_t next_name = 0;
};

NativeCompiler::NativeCompiler(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NativeCompiler::~NativeCompiler() = default;

base::Result<std::unique_ptr<NativeCompiler>> NativeCompiler::create() {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::Expected<llvm::orc::JITTargetMachineBuilder> machine =
        llvm::orc::JITTargetMachineBuilder::detectHost();
    if (!machine) return tl::unexpected(failure("this processor", machine.takeError()));
    machine->setCodeGenOptLevel(llvm::CodeGenOptLevel::None);
    llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> jit =
        llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(*std::move(machine)).create();
    if (!jit) return tl::unexpected(failure("start", jit.takeError()));
    auto impl = std::make_unique<Impl>();
    impl->jit = std::move(*jit);
    return std::unique_ptr<NativeCompiler>(new NativeCompiler(std::move(impl)));
}

base::Result<std::vector<RuleFunction>> NativeCompiler::compile(
    const bytecode::Module& module, const std::vector<bytecode::FunctionIndex>& functions) {
    auto context = std::make_unique<llvm::LLVMContext>();
    auto target = std::make_unique<llvm::Module>("rules", *context);
    target->setDataLayout(impl_->jit->getDataLayout());
    std::vector<std::string> names;
    for (const bytecode::FunctionIndex f : functions) {
        names.push_back(fmt::format("rule_{}", impl_->next_name++));
        emit_rule(*target, names.back(), module, f);
    }
    EDICT_CHECK(!llvm::verifyModule(*target));
    optimise(*target);
    if (llvm::Error error = impl_->jit->addIRModule(
            llvm::orc::ThreadSafeModule(std::move(target), std::move(context)))) {
        return tl::unexpected(failure("compile", std::move(error)));
    }
    std::vector<RuleFunction> compiled;
    for (const std::string& name : names) {
        llvm::Expected<llvm::orc::ExecutorAddr> address = impl_->jit->lookup(name);
        if (!address) return tl::unexpected(failure("link", address.takeError()));
        compiled.push_back(address->toPtr<RuleFunction>());
    }
    return compiled;
}

}  // namespace edict::jit
