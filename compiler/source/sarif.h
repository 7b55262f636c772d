// Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors read.
#pragma once

#include <string>

#include "compiler/source/diagnostics.h"
#include "compiler/source/source_map.h"

namespace edict::source {

// One log with one run, on one line; also if there are no diagnostics. Paths become relative URIs;
// columns count code points, as in to_short(). Diagnostics that were not kept are told as a
// notification.
[[nodiscard]] std::string to_sarif(const Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace edict::source
