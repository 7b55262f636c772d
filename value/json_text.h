// Texts of JSON as people and programs hand them in: facts, arguments, values, bodies of requests.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace edict::value {

inline constexpr std::size_t MAX_JSON_DEPTH = 64;

// The document. No member may stand twice in an object, nothing be nested deeper than
// MAX_JSON_DEPTH. The error names the place: "arguments.to: stands twice; the second is on line 5".
// `form` says how such a text is written, for one that is no JSON at all; it may be empty.
[[nodiscard]] base::Result<nlohmann::json> parse_json(const std::string& text,
                                                      std::string_view form = {});

// Whether it is JSON at all; parse_json() may still refuse it.
[[nodiscard]] bool is_json(std::string_view text);

}  // namespace edict::value
