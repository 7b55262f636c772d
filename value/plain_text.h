// Values as people write them in one text, as the attributes of parties are kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "value/value.h"

namespace edict::value {

// Bool, Int, Date, Decimal without a unit, enum member, Text. Reading accepts exactly what writing
// makes: a value has one text.
[[nodiscard]] bool has_plain_text(const Type& type);
[[nodiscard]] std::string to_plain_text(const Value& value, const Type& type);
[[nodiscard]] std::optional<Value> from_plain_text(std::string_view text, const Type& type);

}  // namespace edict::value
