// Values as JSON, for people and programs outside: dates "2026-02-01", parties and hashes as 64
// hexadecimal digits, bytes in hexadecimal, enum members by name, records as objects, sets and
// tuples as arrays, absent as null (a field that is absent may be left out). Lists are arrays. A
// Decimal is a string "12.5", its unit left to the type; a moment "2026-02-01T09:30:00Z", a
// duration "30 days". An Int, whatever its range, is written as a string and read as a string or a
// number. An optional of an optional is null or an array of one element.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "value/value.h"

namespace edict::value {

// Resolves a party's name in JSON input, where the reader allows names beside ids.
using PartyNames = std::function<std::optional<PartyId>(std::string_view)>;

[[nodiscard]] nlohmann::json to_json(const Value& value, const Type& type);
// The error names the place: "arguments.columns[2]: …".
[[nodiscard]] base::Result<Value> from_json(const nlohmann::json& json, const Type& type,
                                            const std::string& place,
                                            const PartyNames& names = nullptr);

}  // namespace edict::value
