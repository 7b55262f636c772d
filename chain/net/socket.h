// Sockets of the system: listening, calling, and the end of both.
#pragma once

#include <chrono>
#include <vector>

#include "chain/net/address.h"

namespace edict::net {

// Closes the descriptor at its end. shut() may be called by any thread: what reads or writes there
// returns.
class Socket {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }
    void shut();
    // For each read and each write from now on.
    void set_timeouts(std::chrono::milliseconds read, std::chrono::milliseconds write) const;

private:
    int descriptor_;
};

void set_no_delay(int descriptor);

// A descriptor that listens; the error says what to change.
[[nodiscard]] base::Result<int> open_listener(const std::string& host, std::uint16_t port);
[[nodiscard]] std::uint16_t port_of(int descriptor);  // at this end; 0: it has none

// A connected descriptor.
[[nodiscard]] base::Result<int> open_connection(const Address& address,
                                                std::chrono::milliseconds at_most);

// Where something listens on this machine: `count` ports that are free now.
[[nodiscard]] base::Result<std::vector<std::uint16_t>> free_ports(std::size_t count);

}  // namespace edict::net
