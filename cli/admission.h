// What `edict node run` and `edict tx deploy` share: compiling new sources beside what is in force;
// and the check of a pending set that a node hands to its admission worker.
#pragma once

#include <vector>

#include "chain/node/admission.h"
#include "cli/pipeline.h"

namespace edict::cli {

// The new files first, then those of the modules in force that they do not replace. An error is
// about what is in force; what is wrong in the new files is in the diagnostics.
[[nodiscard]] base::Result<Compilation> compile_beside(const std::vector<ledger::SourceFile>& fresh,
                                                       const node::InForce& in_force);

// Compiles, compares, verifies.
class CompileAndVerify final : public node::AdmissionCheck {
public:
    [[nodiscard]] node::Finding check(const ledger::ModuleBundle& bundle,
                                      const node::InForce& in_force) override;
};

}  // namespace edict::cli
