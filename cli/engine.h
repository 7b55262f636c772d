// Engines by name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "vm/runtime/engine.h"

namespace edict::cli {

// "interp" or "jit". The native compiler is a shared object of its own, libedict_jit.so beside the
// program or in ../lib, opened here at its first use; an error of the environment if it is not
// there.
[[nodiscard]] base::Result<std::unique_ptr<runtime::Engine>> make_engine(std::string_view name);

// How many functions the native compiler has compiled; none for the interpreter.
[[nodiscard]] std::optional<std::uint64_t> functions_compiled(const runtime::Engine& engine);

}  // namespace edict::cli
