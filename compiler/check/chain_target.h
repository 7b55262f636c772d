// What keeps a program from a chain.
#pragma once

#include "compiler/check/program.h"
#include "compiler/source/diagnostics.h"

namespace edict::check {

// Reports the parameters and results of actions, the events and the stores by which a chain would
// publish personal data. On a site's own machine nothing of it is wrong.
void refuse_for_chain(const Program& program, source::Diagnostics& diagnostics);

}  // namespace edict::check
