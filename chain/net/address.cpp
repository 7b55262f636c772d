#include "chain/net/address.h"

#include <fmt/format.h>

#include "base/whole_number.h"
#include "chain/net/limits.h"

namespace edict::net {

namespace {

bool is_host(const std::string& host) {
    if (host.empty() || host.size() > MAX_HOST_BYTES) return false;
    for (const char c : host) {
        if (c <= ' ' || c > '~' || c == '[' || c == ']' || c == '/') return false;
    }
    return true;
}

}  // namespace

base::Result<Address> read_address(const std::string& text) {
    const auto wrong = [&](std::string_view why) {
        return base::input_error(fmt::format(
            "{} is no address: {}; write HOST:PORT, for example 10.0.0.7:7501 or [::1]:7501", text,
            why));
    };
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return wrong("it names no port");
    Address address{text.substr(0, colon), 0};
    if (address.host.starts_with('[') && address.host.ends_with(']')) {
        address.host = address.host.substr(1, address.host.size() - 2);
    } else if (address.host.find(':') != std::string::npos) {
        return wrong("a number with colons stands in brackets");
    }
    if (!is_host(address.host)) return wrong("it names no host");
    const auto port = base::read_whole_number(std::string_view(text).substr(colon + 1), 65535);
    if (!port || *port == 0) return wrong("the port is a number from 1 to 65535");
    address.port = static_cast<std::uint16_t>(*port);
    return address;
}

std::string to_text(const Address& address) {
    const bool is_number = address.host.find(':') != std::string::npos;
    return is_number ? fmt::format("[{}]:{}", address.host, address.port)
                     : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace edict::net
