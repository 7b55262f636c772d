// Requests and answers of a node's API. What answers may be another program, or an altered node:
// reading an answer never fails otherwise than by an error.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/codec.h"
#include "base/result.h"

namespace edict::client {

// "http://HOST:PORT", as the user wrote it or with a slash at the end; else an error of usage.
[[nodiscard]] base::Result<std::string> node_address(const std::string& url);

// The path of one thing of a collection ("/v1/parties/"), whatever characters its name has; an
// error of usage if the name is empty.
[[nodiscard]] base::Result<std::string> path_of(std::string_view collection, std::string_view name);

// The field of an object; null if there is none.
[[nodiscard]] const nlohmann::json& field_of(const nlohmann::json& body, std::string_view name);
// The text in a field; empty if there is none.
[[nodiscard]] std::string text_of(const nlohmann::json& body, std::string_view name);
// The elements of an array in a field; none if there is none.
[[nodiscard]] const nlohmann::json& list_of(const nlohmann::json& body, std::string_view name);

// As they stand in a field; an error of the environment that names the field.
[[nodiscard]] base::Result<std::string> need_text(const nlohmann::json& body,
                                                  std::string_view name);
[[nodiscard]] base::Result<std::uint64_t> need_number(const nlohmann::json& body,
                                                      std::string_view name);
[[nodiscard]] base::Result<base::Bytes> need_bytes(const nlohmann::json& body,
                                                   std::string_view name);

}  // namespace edict::client
