#include "chain/api/api.h"

#include <fmt/format.h>

#include <filesystem>

#include "chain/api/routes.h"

namespace edict::api {

namespace {

struct Match {
    const Route* route = nullptr;
    std::string last;
};

// A route's path is literal up to an optional {parameter} at its end.
std::optional<std::string> match(const Route& route, std::string_view path) {
    const std::size_t brace = route.path.find('{');
    if (brace == std::string_view::npos) {
        return route.path == path ? std::optional<std::string>("") : std::nullopt;
    }
    if (!path.starts_with(route.path.substr(0, brace))) return std::nullopt;
    const std::string_view last = path.substr(brace);
    if (last.empty() || last.find('/') != std::string_view::npos) return std::nullopt;
    return std::string(last);
}

std::string all_routes() {
    std::string list;
    for (const Route& route : routes()) {
        if (!list.empty()) list += ", ";
        list += fmt::format("{} {}", route.method, route.path);
    }
    return list;
}

}  // namespace

Api::Api(node::Node& node, std::string data_directory)
    : node_(node), data_directory_(std::move(data_directory)) {
    for (const ledger::Party& party : executor().genesis().parties) {
        parties_[party.name] = party.id;
        names_[party.id] = party.name;
    }
}

Reply Api::handle(const Request& request) {
    const Route* same_path = nullptr;
    for (const Route& route : routes()) {
        const std::optional<std::string> last = match(route, request.path);
        if (!last) continue;
        same_path = &route;
        const bool is_head_of_get = request.method == "HEAD" && route.method == "GET";
        if (route.method != request.method && !is_head_of_get) continue;
        return route.handle(*this, request, *last);
    }
    if (same_path != nullptr) {
        return error_reply(405,
                           fmt::format("{} is not answered with {}", request.path, request.method),
                           fmt::format("{} {}", same_path->method, same_path->path));
    }
    return error_reply(404, fmt::format("there is no path {}", request.path), all_routes());
}

std::optional<value::PartyId> Api::party_named(std::string_view name) const {
    const auto found = parties_.find(name);
    if (found == parties_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string> Api::name_of(const value::PartyId& party) const {
    const auto found = names_.find(party);
    if (found == names_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::uint64_t> Api::free_disk_bytes() const {
    if (data_directory_.empty()) return std::nullopt;
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(data_directory_, error);
    if (error) return std::nullopt;
    return space.available;
}

std::optional<std::string> query_of(const Request& request, std::string_view name) {
    const auto found = request.query.find(std::string(name));
    if (found == request.query.end()) return std::nullopt;
    return found->second;
}

}  // namespace edict::api
