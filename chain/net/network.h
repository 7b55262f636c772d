// Network: this validator's connections to the others. For each direction of each pair there is one
// connection, written by one thread and read by one thread at its other end: a thread that waits
// for one peer holds up nothing else, and no TLS session is shared.
//
// Nothing is promised about delivery: the protocol sends again what matters.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chain/net/address.h"
#include "chain/net/frame.h"
#include "chain/net/outbox.h"
#include "crypto/sign.h"

namespace edict::net {

using PeerIndex = std::uint16_t;  // into the validator set

struct Member {
    std::string name;  // for notices
    crypto::PublicKey tls_key;
    std::optional<Address> address;  // none: it is not called, only listened to
};

struct Config {
    Hello hello;
    PeerIndex self = 0;
    crypto::SecretKey tls_key;
    std::vector<Member> members;  // 1 to 20; `self` is among them
    std::string host;             // where to listen
    std::uint16_t port = 0;       // 0: any free one
    Timing timing{};
};

// What the network tells its owner, on threads of its own.
class Handler {
public:
    virtual ~Handler() = default;
    // May wait, which holds up this peer only. False: no correct validator sends that; the peer is
    // disconnected.
    [[nodiscard]] virtual bool received(PeerIndex from, Channel channel, base::Bytes payload) = 0;
    // From now on what is sent to the peer is on its way.
    virtual void connected(PeerIndex peer) = 0;
    // One line for the operator.
    virtual void notice(const std::string& line) = 0;
};

struct Counters {                                        // since the start of the process
    std::uint64_t connected_to = 0, connected_from = 0;  // connections that were made
    std::uint64_t refused_tls = 0;                       // no handshake, or not in time
    std::uint64_t refused_key = 0;                       // a key that is not pinned
    std::uint64_t refused_hello = 0;                     // greets as no validator does
    std::uint64_t refused_version = 0;                   // of the peer protocol
    std::uint64_t refused_chain = 0;
    std::uint64_t refused_epoch = 0;
    std::uint64_t refused_crowd = 0;  // to make room for others: too many that are not known yet
    std::uint64_t bad_frames = 0;     // disconnected for them
    std::uint64_t stalled = 0;        // disconnected: takes nothing
    std::uint64_t silent = 0;         // disconnected: sends nothing
    std::uint64_t dropped = 0;        // frames that a slow peer did not get
    std::uint64_t frames_in = 0, frames_out = 0, bytes_in = 0, bytes_out = 0;
};

class Network {
public:
    // Begins to listen, and accepts nobody before start(). `handler` must outlive the network.
    // SIGPIPE is ignored in the process from now on.
    [[nodiscard]] static base::Result<std::unique_ptr<Network>> listen(Config config,
                                                                       Handler& handler);
    ~Network();  // as stop()

    void start();
    // What Handler::received waits for must have been let go.
    void stop();

    // To one or to all others; never waits. A peer that is not connected does not get it.
    void send(std::optional<PeerIndex> to, Channel channel, Parcel payload);

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] Counters counters() const;
    // How many others this validator sends to now, and how many send to it.
    [[nodiscard]] std::size_t reached() const;
    [[nodiscard]] std::size_t heard() const;

private:
    struct Impl;
    explicit Network(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::net
