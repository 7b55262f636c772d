// What the handlers share about JSON: bodies, typed values, receipts. Known to this folder only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "chain/api/api.h"

namespace edict::api {

[[nodiscard]] Reply json_reply(const nlohmann::json& json, int status = 200);
[[nodiscard]] Reply error_reply(const base::Error& error);  // by its kind
// The body as a JSON object of bounded depth.
[[nodiscard]] base::Result<nlohmann::json> read_json(const std::string& text);

// A store of a module in force, and the place that a key (JSON) names in it.
struct NamedPlace {
    ledger::StatePlace place;
    value::TypeRef type;                  // of the value
    std::optional<value::Value> initial;  // what an absent place reads as
};
[[nodiscard]] base::Result<NamedPlace> find_place(const Api& api, const Request& request);

// The receipt with its explanation and typed events; for people and for chain/client.
[[nodiscard]] nlohmann::json receipt_json(const Api& api, const ledger::Receipt& receipt);

// Arguments as an object by parameter name, or as an array in the order of the parameters.
[[nodiscard]] base::Result<std::vector<value::Value>> read_arguments(
    const Api& api, const nlohmann::json& json, const bytecode::Module& module,
    const bytecode::ActionDecl& action);

}  // namespace edict::api
