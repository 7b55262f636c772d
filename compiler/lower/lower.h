// From Program to bytecode: one Module for each module of the program.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check/program.h"
#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"
#include "vm/bytecode/debug.h"
#include "vm/bytecode/module.h"
#include "vm/call/case.h"

namespace edict::lower {

struct Lowered {
    bytecode::Module module;
    bytecode::DebugInfo companion;  // of one file: the module's own
};

// The identity of each module that has been lowered, by its ModuleId.
using Hashes = std::map<check::ModuleId, crypto::Hash>;

// One module; `dependencies` holds the hashes of all that it uses. What it returns passes the
// validator. Reports a function or module that is over a limit of the bytecode, then nullopt.
[[nodiscard]] std::optional<Lowered> lower(const check::Program& program, check::ModuleId id,
                                           const Hashes& dependencies,
                                           const source::SourceMap& sources,
                                           source::Diagnostics& diagnostics);

struct LoweredProgram {  // each vector in the order of Program::modules
    std::vector<std::shared_ptr<const bytecode::Module>> modules;
    std::vector<crypto::Hash> hashes;
    std::vector<bytecode::DebugInfo> companions;
};

[[nodiscard]] std::optional<LoweredProgram> lower(const check::Program& program,
                                                  const source::SourceMap& sources,
                                                  source::Diagnostics& diagnostics);

// A test block as the struct that vm/call runs; CaseStep::origin is the index of the test's step.
[[nodiscard]] call::Case to_case(const check::Program& program, const check::Test& test);

}  // namespace edict::lower
