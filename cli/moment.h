// Moments as a person writes them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace edict::cli {

// Milliseconds since 1970-01-01 UTC of "2026-02-01", "2026-02-01T09:30", "2026-02-01T09:30:15", in
// the zone (minutes east of UTC), or in the one that the text ends with: "Z", "+08:00".
[[nodiscard]] base::Result<std::int64_t> time_from_text(std::string_view text, int zone_minutes);

}  // namespace edict::cli
