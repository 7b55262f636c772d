// TLS 1.3 over blocking sockets, both sides authenticated by pinned Ed25519 keys: each shows a
// certificate that it signed itself, and only the key in it counts. One suite: ChaCha20-Poly1305,
// which needs no renewal of keys however much is sent.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/codec.h"
#include "chain/net/socket.h"
#include "crypto/sign.h"

namespace edict::net {

enum class Io : std::uint8_t { ok, closed, timeout, failed };

class Tls;

// A connection whose other end has shown the key `peer` of those pinned. Used by one thread.
class TlsConnection {
public:
    ~TlsConnection();
    [[nodiscard]] std::size_t peer() const { return peer_; }
    [[nodiscard]] Io read(std::span<std::uint8_t> into);  // all of it
    [[nodiscard]] Io write(base::ByteView bytes);         // all of it

private:
    friend class Tls;
    struct Impl;
    explicit TlsConnection(std::unique_ptr<Impl> impl, std::size_t peer);
    std::unique_ptr<Impl> impl_;
    std::size_t peer_;
};

class Tls {
public:
    // `pinned` are distinct.
    [[nodiscard]] static base::Result<std::unique_ptr<Tls>> make(
        const crypto::SecretKey& key, std::vector<crypto::PublicKey> pinned);
    ~Tls();

    // The handshake on a connected socket, which must outlive the connection. The error says why
    // not: another protocol, a key that is not pinned, or (with `expected`) not that one.
    [[nodiscard]] base::Result<std::unique_ptr<TlsConnection>> accept(Socket& socket) const;
    [[nodiscard]] base::Result<std::unique_ptr<TlsConnection>> connect(Socket& socket,
                                                                       std::size_t expected) const;

private:
    struct Impl;
    explicit Tls(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::net
