// The verifier: proves or refutes, over every state and call that the types allow, at every date.
#pragma once

#include "compiler/check/program.h"
#include "verifier/findings/report.h"
#include "verifier/smt/solver.h"
#include "vm/call/link.h"
#include "vm/runtime/engine.h"

namespace edict::findings {

struct Options {
    smt::Limits limits;
};

// `set` is what `program` was lowered to, all modules in force together; `engine` replays the
// witnesses. The same input gives the same report, unless a question comes to its wall time.
[[nodiscard]] Report verify(const check::Program& program, const call::LinkedSet& set,
                            runtime::Engine& engine, const Options& options = {});

}  // namespace edict::findings
