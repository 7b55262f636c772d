// Where a validator listens: "host:port", "[::1]:port".
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace edict::net {

struct Address {
    std::string host;  // a name or a number, without brackets
    std::uint16_t port = 0;
    friend bool operator==(const Address&, const Address&) = default;
};

[[nodiscard]] base::Result<Address> read_address(const std::string& text);
[[nodiscard]] std::string to_text(const Address& address);

}  // namespace edict::net
