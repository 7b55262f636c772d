// UTF-8, as bytes: what characters a text may hold is another question (value/value.h).
#pragma once

#include <string_view>

namespace edict::base {

// Well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace edict::base
