#include "chain/api/routes.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace edict::api {

namespace {

constexpr std::string_view JSON = "application/json";
constexpr std::string_view BINARY = "application/octet-stream";

const std::vector<Route>& table() {
    static const Parameter MODULE{"module", "name of a module in force"};
    static const Parameter STORE{"store", "name of one of its stores"};
    static const Parameter KEY{"key", "the key as JSON, for a store that is a map", false};
    static const std::vector<Route> ROUTES = {
        {"POST",
         "/v1/calls",
         "Submit a signed call. Accepted (202) is not executed: ask for its receipt.",
         {},
         R"({"transaction": "canonical bytes in hexadecimal"})",
         JSON,
         submit_call},
        {"POST",
         "/v1/dry-run",
         "What a call would do now. Nothing is kept or forwarded.",
         {},
         R"({"module": …, "action": …, "caller": party, "arguments": {name: value}})",
         JSON,
         dry_run},
        {"GET",
         "/v1/receipts/{hash}",
         "The transaction with this hash and its receipt",
         {{"wait_ms", "wait up to so many milliseconds for it", false}},
         "",
         JSON,
         get_receipt},
        {"GET",
         "/v1/blocks/{height}",
         "Batch, header, certificate and receipts of a height",
         {{"receipts", "no: without them", false},
          {"wait_ms", "wait up to so many milliseconds for its certificate", false}},
         "",
         JSON,
         get_block},
        {"GET", "/v1/state", "The value of a store", {MODULE, STORE, KEY}, "", JSON, get_state},
        {"GET",
         "/v1/proofs/{kind}",
         "A proof file: receipt (transaction=), leaf (hash=), state (module=, store=, key=), "
         "header "
         "(height=), consistency (older=)",
         {{"transaction", "hash of a transaction", false},
          {"hash", "hash of a transaction or of an anchor's event", false},
          {"module", "name of a module", false},
          {"store", "name of a store", false},
          {"key", "the key as JSON", false},
          {"height", "a height", false},
          {"older", "an earlier height", false}},
         "",
         BINARY,
         get_proof},
        {"GET",
         "/v1/duties",
         "Open duties: of a party, of whoever holds a role, or the next ones due",
         {{"party", "an id or a name of genesis", false}, {"role", "name of a role", false}},
         "",
         JSON,
         get_duties},
        {"GET",
         "/v1/duties/{hash}",
         "One duty, open, fulfilled or breached",
         {},
         "",
         JSON,
         get_duty},
        {"GET", "/v1/modules", "The modules in force", {}, "", JSON, get_modules},
        {"GET",
         "/v1/modules/{name}",
         "A module by its name (in force) or by its hash",
         {},
         "",
         JSON,
         get_module},
        {"GET",
         "/v1/sets/{hash}",
         "A deployed set: what it needs, who endorsed, what was attested, of which validators an "
         "attestation is missing, and how many must have passed it (quorum)",
         {},
         "",
         JSON,
         get_set},
        {"GET",
         "/v1/bundles/{hash}",
         "The modules and sources of a deployed set, canonical bytes",
         {},
         "",
         BINARY,
         get_bundle},
        {"GET",
         "/v1/parties/{party}",
         "A party, by its id or its name in genesis",
         {},
         "",
         JSON,
         get_party},
        {"GET",
         "/v1/genesis",
         "The canonical bytes of genesis; their SHA-256 is the chain id",
         {},
         "",
         BINARY,
         get_genesis},
        {"GET", "/v1/status", "Where the chain stands", {}, "", JSON, get_status},
        {"POST",
         "/v1/backups",
         "Copy the state into the node's folder, while it runs; one copy at a time",
         {},
         "{}",
         JSON,
         make_backup},
        {"DELETE",
         "/v1/backups",
         "Remove that copy, once it was taken",
         {},
         "",
         JSON,
         erase_backup},
        {"GET",
         "/v1/evidence",
         "Proofs that a validator contradicted itself, as this node saw it",
         {},
         "",
         JSON,
         get_evidence},
        {"GET", "/v1/health", "Whether the node is well, and warnings", {}, "", JSON, get_health},
        {"GET", "/v1/openapi.json", "This document", {}, "", JSON, get_openapi},
        {"GET",
         "/metrics",
         "Counters for Prometheus",
         {},
         "",
         "text/plain; version=0.0.4",
         get_metrics},
    };
    return ROUTES;
}

nlohmann::json error_schema(std::string_view description) {
    return {{"description", description},
            {"content",
             {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}};
}

nlohmann::json operation(const Route& route) {
    nlohmann::json parameters = nlohmann::json::array();
    if (const std::size_t brace = route.path.find('{'); brace != std::string_view::npos) {
        const std::string_view name = route.path.substr(brace + 1);
        parameters.push_back({{"name", name.substr(0, name.size() - 1)},
                              {"in", "path"},
                              {"required", true},
                              {"schema", {{"type", "string"}}}});
    }
    for (const Parameter& parameter : route.query) {
        parameters.push_back({{"name", parameter.name},
                              {"in", "query"},
                              {"required", parameter.required},
                              {"description", parameter.help},
                              {"schema", {{"type", "string"}}}});
    }
    nlohmann::json made = {
        {"summary", route.summary},
        {"parameters", parameters},
        {"responses",
         {{route.path == "/v1/calls" ? "202" : "200",
           {{"description", "ok"},
            {"content", {{std::string(route.content_type), nlohmann::json::object()}}}}},
          {"default", error_schema("What was wrong, and what is allowed")}}}};
    if (!route.body.empty()) {
        made["requestBody"] = {
            {"required", true},
            {"description", route.body},
            {"content", {{"application/json", {{"schema", {{"type", "object"}}}}}}}};
    }
    return made;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

}  // namespace

std::span<const Route> routes() { return table(); }

std::string openapi_document() {
    nlohmann::json paths = nlohmann::json::object();
    for (const Route& route : routes()) {
        paths[std::string(route.path)][lower_case(route.method)] = operation(route);
    }
    const nlohmann::json text = {{"type", "string"}};
    const nlohmann::json document = {
        {"openapi", "3.0.3"},
        {"info",
         {{"title", "Edict node"},
          {"version", "1"},
          {"description",
           "Integers of 64 bits are strings; hashes, keys, parties and bytes are hexadecimal."}}},
        {"paths", paths},
        {"components",
         {{"schemas",
           {{"Error",
             {{"type", "object"},
              {"required", {"error", "allowed"}},
              {"properties", {{"error", text}, {"allowed", text}}}}}}}}}};
    return document.dump(2) + "\n";
}

Reply get_openapi(Api&, const Request&, const std::string&) { return {200, openapi_document()}; }

}  // namespace edict::api
