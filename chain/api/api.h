// Api: what a node answers over HTTP, without sockets: a request in, a reply out. Safe from several
// threads. 64-bit integers are strings in JSON; every error says what was wrong and what is
// allowed.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "chain/node/node.h"

namespace edict::api {

struct Request {
    std::string method;  // GET, POST
    std::string path;    // decoded, without the query
    std::multimap<std::string, std::string> query;
    std::string body;
};

struct Reply {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::optional<int> retry_after_seconds{};
};

class Api {
public:
    // `data_directory` is watched for space; empty: not.
    Api(node::Node& node, std::string data_directory);

    [[nodiscard]] Reply handle(const Request& request);

    // What the handlers of the routes use.
    [[nodiscard]] node::Node& node() { return node_; }
    [[nodiscard]] const executor::Executor& executor() const { return node_.executor(); }
    [[nodiscard]] std::optional<value::PartyId> party_named(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> name_of(const value::PartyId& party) const;
    [[nodiscard]] std::optional<std::uint64_t> free_disk_bytes() const;
    [[nodiscard]] const std::string& data_directory() const { return data_directory_; }
    std::mutex backup_mutex;  // one backup at a time
    // Requests that wait for a receipt or a height now.
    std::atomic<std::size_t> waiting_requests{0};

private:
    node::Node& node_;
    std::string data_directory_;
    std::map<std::string, value::PartyId, std::less<>> parties_;  // of genesis
    std::map<value::PartyId, std::string> names_;
};

// The OpenAPI document, made from the table of routes.
[[nodiscard]] std::string openapi_document();
// {"error": …, "allowed": …} with the status.
[[nodiscard]] Reply error_reply(int status, std::string_view error, std::string_view allowed);

}  // namespace edict::api
