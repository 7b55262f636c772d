// Scenario: a file, one line a step, that narrates a known trap. The words are in the source and in
// tests/simulation/scenarios.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "chain/sim/world.h"

namespace edict::sim {

// Ok: every expectation held and nothing was violated. The error names the line.
[[nodiscard]] base::Status run_scenario(std::string_view text);

}  // namespace edict::sim
