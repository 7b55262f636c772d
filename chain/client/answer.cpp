#include "chain/client/answer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/whole_number.h"
#include "chain/client/client.h"

namespace edict::client {

using nlohmann::json;

namespace {

constexpr std::string_view SCHEME = "http://";

bool stands_for_itself(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

tl::unexpected<base::Error> lacks(std::string_view what, std::string_view name) {
    return base::environment_error(fmt::format("the node's answer has no {} {}", what, name));
}

// The host ends where the port begins; an IPv6 address has colons in brackets.
std::size_t end_of_host(std::string_view place) {
    if (!place.starts_with('[')) return std::min(place.find(':'), place.size());
    const std::size_t bracket = place.find(']');
    return bracket == std::string_view::npos ? 0 : bracket + 1;
}

}  // namespace

base::Result<std::string> node_address(const std::string& url) {
    const auto wrong = [&url](std::string_view why) {
        return base::fail(
            base::ErrorKind::usage,
            fmt::format("{} is no address of a node: {}; write one as {}", url, why, DEFAULT_NODE));
    };
    if (!url.starts_with(SCHEME)) return wrong("it does not begin with http://");
    std::string_view place = std::string_view(url).substr(SCHEME.size());
    if (place.ends_with('/')) place.remove_suffix(1);
    const std::size_t host = end_of_host(place);
    if (host == 0) return wrong("it names no host");
    if (place.find_first_of("/?#@ ") != std::string_view::npos) {
        return wrong("it is more than a host and a port");
    }
    if (const std::string_view port = place.substr(host); !port.empty()) {
        const auto number =
            port.front() == ':' ? base::read_whole_number(port.substr(1), 65535) : std::nullopt;
        if (!number || *number == 0) return wrong("the port is a number from 1 to 65535");
    }
    return fmt::format("{}{}", SCHEME, place);
}

base::Result<std::string> path_of(std::string_view collection, std::string_view name) {
    if (name.empty()) {
        return base::fail(base::ErrorKind::usage,
                          fmt::format("an empty argument names nothing in {}", collection));
    }
    std::string path(collection);
    for (const char c : name) {
        if (stands_for_itself(c)) {
            path += c;
        } else {
            path += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return path;
}

const json& field_of(const json& body, std::string_view name) {
    static const json none;
    if (!body.is_object()) return none;
    const auto field = body.find(name);
    return field == body.end() ? none : *field;
}

std::string text_of(const json& body, std::string_view name) {
    const json& field = field_of(body, name);
    return field.is_string() ? field.get<std::string>() : std::string();
}

const json& list_of(const json& body, std::string_view name) {
    static const json none = json::array();
    const json& field = field_of(body, name);
    return field.is_array() ? field : none;
}

base::Result<std::string> need_text(const json& body, std::string_view name) {
    const json& field = field_of(body, name);
    if (!field.is_string()) return lacks("text", name);
    return field.get<std::string>();
}

base::Result<std::uint64_t> need_number(const json& body, std::string_view name) {
    const auto number = base::read_whole_number(text_of(body, name));
    if (!number) return lacks("number", name);
    return *number;
}

base::Result<base::Bytes> need_bytes(const json& body, std::string_view name) {
    const auto text = need_text(body, name);
    if (!text) return base::error_of(text);
    base::Result<base::Bytes> bytes = base::from_hex(*text);
    if (!bytes) return base::in_context(fmt::format("the node's answer: {}", name), bytes.error());
    return bytes;
}

}  // namespace edict::client
