// The table of routes: one line for each path. Dispatch, the OpenAPI document and the list in the
// answer to an unknown path derive from it. Known to this folder and its tests only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chain/api/api.h"

namespace edict::api {

struct Parameter {
    std::string_view name;
    std::string_view help;
    bool required = true;
};

struct Route {
    std::string_view method;
    std::string_view path;  // "/v1/receipts/{hash}": the last part may be a parameter
    std::string_view summary;
    std::vector<Parameter> query;
    std::string_view body;  // what a POST carries, in words; empty: nothing
    std::string_view content_type;
    // `last` is what stands in the place of the {parameter}.
    Reply (*handle)(Api& api, const Request& request, const std::string& last);
};

[[nodiscard]] std::span<const Route> routes();

// The query parameter; none: not there.
[[nodiscard]] std::optional<std::string> query_of(const Request& request, std::string_view name);

Reply submit_call(Api& api, const Request& request, const std::string& last);
Reply dry_run(Api& api, const Request& request, const std::string& last);
Reply get_receipt(Api& api, const Request& request, const std::string& last);
Reply get_block(Api& api, const Request& request, const std::string& last);
Reply get_state(Api& api, const Request& request, const std::string& last);
Reply get_proof(Api& api, const Request& request, const std::string& last);
Reply get_modules(Api& api, const Request& request, const std::string& last);
Reply get_module(Api& api, const Request& request, const std::string& last);
Reply get_set(Api& api, const Request& request, const std::string& last);
Reply get_bundle(Api& api, const Request& request, const std::string& last);
Reply get_party(Api& api, const Request& request, const std::string& last);
Reply get_duties(Api& api, const Request& request, const std::string& last);
Reply get_duty(Api& api, const Request& request, const std::string& last);
Reply get_genesis(Api& api, const Request& request, const std::string& last);
Reply get_status(Api& api, const Request& request, const std::string& last);
Reply get_health(Api& api, const Request& request, const std::string& last);
Reply make_backup(Api& api, const Request& request, const std::string& last);
Reply erase_backup(Api& api, const Request& request, const std::string& last);
Reply get_evidence(Api& api, const Request& request, const std::string& last);
Reply get_metrics(Api& api, const Request& request, const std::string& last);
Reply get_openapi(Api& api, const Request& request, const std::string& last);

}  // namespace edict::api
