#include "chain/net/socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "crypto/sign.h"

namespace edict::net {

namespace {

constexpr int BACKLOG = 64;

timeval timeval_of(std::chrono::milliseconds time) {
    return {static_cast<time_t>(time.count() / 1000),
            static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

struct Addresses {
    addrinfo* first = nullptr;
    ~Addresses() {
        if (first != nullptr) ::freeaddrinfo(first);
    }
    Addresses() = default;
    Addresses(const Addresses&) = delete;
    Addresses& operator=(const Addresses&) = delete;
};

base::Status resolve(const std::string& host, std::uint16_t port, bool to_listen, Addresses& out) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | (to_listen ? AI_PASSIVE : 0);
    const int failed =
        ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &out.first);
    if (failed == 0) return {};
    return base::environment_error(
        fmt::format("the host {} is not known: {}", host, ::gai_strerror(failed)));
}

}  // namespace

Socket::~Socket() { ::close(descriptor_); }
void Socket::shut() { (void)::shutdown(descriptor_, SHUT_RDWR); }

void Socket::set_timeouts(std::chrono::milliseconds read, std::chrono::milliseconds write) const {
    const timeval in = timeval_of(read);
    const timeval out = timeval_of(write);
    (void)::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof in);
    (void)::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof out);
}

void set_no_delay(int descriptor) {
    const int yes = 1;
    (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

base::Result<int> open_listener(const std::string& host, std::uint16_t port) {
    Addresses found;
    if (const base::Status known = resolve(host, port, true, found); !known) {
        return base::error_of(known);
    }
    std::string why = "no address";
    for (const addrinfo* at = found.first; at != nullptr; at = at->ai_next) {
        const int descriptor =
            ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        const int yes = 1;
        if (descriptor >= 0) {
            (void)::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
            if (::bind(descriptor, at->ai_addr, at->ai_addrlen) == 0 &&
                ::listen(descriptor, BACKLOG) == 0) {
                return descriptor;
            }
        }
        why = std::strerror(errno);
        if (descriptor >= 0) ::close(descriptor);
    }
    return base::environment_error(
        fmt::format("cannot listen for other validators on {}: {}; stop what listens there, or "
                    "change the address in peers.toml",
                    to_text({host, port}), why));
}

std::uint16_t port_of(int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    if (address.ss_family == AF_INET6) {
        return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
    }
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

base::Result<int> open_connection(const Address& address, std::chrono::milliseconds at_most) {
    Addresses found;
    if (const base::Status known = resolve(address.host, address.port, false, found); !known) {
        return base::error_of(known);
    }
    std::string why = "no address";
    for (const addrinfo* at = found.first; at != nullptr; at = at->ai_next) {
        const int descriptor =
            ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (descriptor >= 0) {
            // On Linux a connect() gives up after the time of a write.
            const timeval time = timeval_of(at_most);
            (void)::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
            if (::connect(descriptor, at->ai_addr, at->ai_addrlen) == 0) return descriptor;
        }
        why = errno == EINPROGRESS ? "no answer" : std::strerror(errno);
        if (descriptor >= 0) ::close(descriptor);
    }
    return base::environment_error(fmt::format("{}: {}", to_text(address), why));
}

base::Result<std::vector<std::uint16_t>> free_ports(std::size_t count) {
    // Below the ports that the system lends to connections, or one of those may take it meanwhile.
    constexpr std::uint16_t FIRST = 12'000;
    constexpr std::uint16_t COUNT = 20'000;
    std::vector<std::unique_ptr<Socket>> held;  // together, so that they differ
    std::vector<std::uint16_t> ports;
    for (int tries = 0; ports.size() < count; ++tries) {
        std::array<std::uint8_t, 2> drawn{};
        crypto::random_bytes(drawn);
        const unsigned number = (unsigned{drawn[0]} << 8U) + drawn[1];
        const auto port = static_cast<std::uint16_t>(FIRST + number % COUNT);
        const base::Result<int> descriptor = open_listener("127.0.0.1", port);
        if (descriptor) {
            ports.push_back(port);
            held.push_back(std::make_unique<Socket>(*descriptor));
        } else if (tries == 1000) {
            return base::error_of(descriptor);
        }
    }
    return ports;
}

}  // namespace edict::net
