#include "cli/engine.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

#include "vm/runtime/interpreter.h"

namespace edict::cli {

namespace {

// What libedict_jit.so offers, with C linkage.
using CreateEngine = runtime::Engine* (*)();
using CountFunctions = std::uint64_t (*)(const runtime::Engine*);
constexpr const char* CREATE = "edict_jit_create";
constexpr const char* COUNT = "edict_jit_functions_compiled";

struct NativeCompiler {
    CreateEngine create = nullptr;
    CountFunctions count = nullptr;
};
NativeCompiler native;  // once it is opened; it is never closed

constexpr std::string_view NOT_THERE =
    "the native compiler is not there ({}); use --engine interp, or build with EDICT_JIT=ON, which "
    "needs LLVM 19.1";

base::Result<NativeCompiler> open_native_compiler() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto folder = program.parent_path();
    std::string why = "libedict_jit.so not found";
    for (const auto& place : {folder / "libedict_jit.so", folder / "../lib/libedict_jit.so"}) {
        if (!std::filesystem::exists(place, error)) continue;
        void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            why = ::dlerror();
            continue;
        }
        NativeCompiler found;
        found.create = reinterpret_cast<CreateEngine>(::dlsym(library, CREATE));
        found.count = reinterpret_cast<CountFunctions>(::dlsym(library, COUNT));
        if (found.create != nullptr) return found;
        why = fmt::format("{} has no {}", place.string(), CREATE);
    }
    return base::environment_error(fmt::format(fmt::runtime(NOT_THERE), why));
}

}  // namespace

base::Result<std::unique_ptr<runtime::Engine>> make_engine(std::string_view name) {
    if (name == "interp") return std::make_unique<runtime::Interpreter>();
    if (name != "jit")
        return base::fail(base::ErrorKind::usage, fmt::format("there is no engine {}", name));
    if (native.create == nullptr) {
        const auto opened = open_native_compiler();
        if (!opened) return base::error_of(opened);
        native = *opened;
    }
    std::unique_ptr<runtime::Engine> engine(native.create());
    if (engine == nullptr)
        return base::environment_error("the native compiler cannot run on this machine");
    return engine;
}

std::optional<std::uint64_t> functions_compiled(const runtime::Engine& engine) {
    if (engine.name() != "jit" || native.count == nullptr) return std::nullopt;
    return native.count(&engine);
}

}  // namespace edict::cli
