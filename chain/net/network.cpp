#include "chain/net/network.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <list>
#include <thread>

#include "base/check.h"
#include "chain/net/notices.h"
#include "chain/net/socket.h"
#include "chain/net/tls.h"

namespace edict::net {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds LOOK_AROUND{500};  // how often ended threads are joined
constexpr milliseconds PENALTY{1000};     // nobody who sent a bad frame is heard for so long

struct Count {
    std::atomic<std::uint64_t> value{0};
    void operator++() { value.fetch_add(1, std::memory_order_relaxed); }
    void operator+=(std::uint64_t more) { value.fetch_add(more, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const { return value.load(std::memory_order_relaxed); }
};

struct Counts {
    Count connected_to, connected_from, refused_tls, refused_key, refused_hello, refused_version,
        refused_chain, refused_epoch, refused_crowd, bad_frames, stalled, silent, dropped,
        frames_in, frames_out, bytes_in, bytes_out;
};

constexpr std::size_t NOBODY = ledger::MAX_VALIDATORS;  // in notices

}  // namespace

struct Network::Impl {
    struct Peer {  // to whom this validator sends
        Outbox outbox;
        std::thread thread;
        std::mutex mutex;                // guards what follows
        std::shared_ptr<Socket> socket;  // of the connection that is being made or written
        bool connected = false;
        bool is_there = false;  // it called: no need to wait before it is called
        std::condition_variable called;
    };
    struct Inbound {  // from whom it reads
        explicit Inbound(int descriptor) : socket(descriptor) {}
        Socket socket;
        std::thread thread;
        Clock::time_point begun = Clock::now();
        std::optional<std::size_t> peer;  // once it is known; guarded by inbound_mutex
        bool is_dropped = false;          // the same
        std::atomic<bool> done{false};
    };

    Impl(Config config_, Handler& handler_, std::unique_ptr<Tls> tls_, int listener_)
        : config(std::move(config_)),
          handler(handler_),
          tls(std::move(tls_)),
          listener(listener_),
          port(port_of(listener_)),
          notices([this](const std::string& line) { handler.notice(line); },
                  config.timing.same_notice),
          peers(config.members.size()),
          banned_until(config.members.size()) {}

    void accept_all();
    void take_in(int descriptor);
    void reap(bool all);
    void serve(Inbound& inbound);
    [[nodiscard]] std::unique_ptr<TlsConnection> greet(Inbound& inbound);
    [[nodiscard]] bool make_known(Inbound& inbound, std::size_t peer);
    void read_frames(TlsConnection& connection);
    void read_ended(std::size_t peer, Io why);

    void reach(PeerIndex peer);
    [[nodiscard]] base::Result<std::unique_ptr<TlsConnection>> call(PeerIndex peer,
                                                                    std::shared_ptr<Socket>& held);
    void write_frames(PeerIndex peer, TlsConnection& connection, const Socket& socket);
    void wait_to_call(Peer& peer, milliseconds time);

    [[nodiscard]] const std::string& name_of(std::size_t peer) const {
        return config.members[peer].name;
    }

    Config config;
    Handler& handler;
    std::unique_ptr<Tls> tls;
    Socket listener;
    std::uint16_t port;
    Notices notices;
    Counts counts;

    std::atomic<bool> stopping{false};
    std::thread acceptor;

    std::vector<Peer> peers;
    mutable std::mutex inbound_mutex;  // guards what follows
    std::list<Inbound> inbound;
    std::vector<Clock::time_point> banned_until;
};

// ---- from others --------------------------------------------------------------------------------

void Network::Impl::accept_all() {
    while (!stopping) {
        pollfd wanted{listener.get(), POLLIN, 0};
        (void)::poll(&wanted, 1, static_cast<int>(LOOK_AROUND.count()));
        reap(false);
        if (stopping || (wanted.revents & POLLIN) == 0) continue;
        const int descriptor = ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor >= 0) {
            take_in(descriptor);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            notices.say(NOBODY, "accept",
                        fmt::format("cannot accept a connection: {}", std::strerror(errno)));
            std::this_thread::sleep_for(LOOK_AROUND);
        }
    }
}

void Network::Impl::take_in(int descriptor) {
    set_no_delay(descriptor);
    const std::scoped_lock lock(inbound_mutex);
    const auto is_unknown = [](const Inbound& one) {
        return !one.peer && !one.is_dropped && !one.done;
    };
    if (std::ranges::count_if(inbound, is_unknown) >= static_cast<long>(MAX_UNKNOWN)) {
        const auto oldest = std::ranges::find_if(inbound, is_unknown);  // the list is in order
        oldest->is_dropped = true;
        oldest->socket.shut();
        ++counts.refused_crowd;
        notices.say(
            NOBODY, "crowd",
            fmt::format("more than {} connections of strangers at once: the oldest is ended",
                        MAX_UNKNOWN));
    }
    Inbound& made = inbound.emplace_back(descriptor);
    made.thread = std::thread([this, &made] {
        serve(made);
        made.done = true;
    });
}

void Network::Impl::reap(bool all) {
    std::list<Inbound> ended;
    {
        const std::scoped_lock lock(inbound_mutex);
        for (auto at = inbound.begin(); at != inbound.end();) {
            const auto next = std::next(at);
            if (all) at->socket.shut();
            if (all || at->done) ended.splice(ended.end(), inbound, at);
            at = next;
        }
    }
    for (Inbound& one : ended) one.thread.join();
}

void Network::Impl::serve(Inbound& inbound_) {
    const Timing& timing = config.timing;
    inbound_.socket.set_timeouts(timing.connect, timing.connect);
    const std::unique_ptr<TlsConnection> connection = greet(inbound_);
    if (!connection) {
        inbound_.socket.shut();
        return;
    }
    inbound_.socket.set_timeouts(timing.silence, timing.connect);
    ++counts.connected_from;
    Peer& back = peers[connection->peer()];
    {
        const std::scoped_lock lock(back.mutex);
        back.is_there = true;
    }
    back.called.notify_all();
    read_frames(*connection);
    inbound_.socket.shut();
    const std::scoped_lock lock(inbound_mutex);
    inbound_.peer.reset();
    inbound_.is_dropped = true;
}

std::unique_ptr<TlsConnection> Network::Impl::greet(Inbound& inbound_) {
    auto connection = tls->accept(inbound_.socket);
    if (!connection) {
        const bool is_key = connection.error().kind == base::ErrorKind::forbidden;
        ++(is_key ? counts.refused_key : counts.refused_tls);
        if (!stopping) {
            notices.say(NOBODY, is_key ? "key" : "tls",
                        "a connection was refused: " + connection.error().message);
        }
        return nullptr;
    }
    const std::size_t peer = (*connection)->peer();
    base::Bytes bytes(HELLO_BYTES);
    const bool is_read = (*connection)->read(bytes) == Io::ok;
    const std::optional<Hello> hello = is_read ? decode_hello(bytes) : std::nullopt;
    const Refusal refusal = judge(config.hello, hello);
    if (refusal == Refusal::none && !make_known(inbound_, peer)) return nullptr;
    switch (refusal) {
        case Refusal::none:
            break;
        case Refusal::garbage:
            ++counts.refused_hello;
            break;
        case Refusal::version:
            ++counts.refused_version;
            break;
        case Refusal::chain:
            ++counts.refused_chain;
            break;
        case Refusal::epoch:
            ++counts.refused_epoch;
            break;
    }
    const bool is_told = (*connection)->write(encode(Answer{refusal, config.hello})) == Io::ok;
    if (refusal == Refusal::none) return is_told ? *std::move(connection) : nullptr;
    if (!stopping) {
        notices.say(peer, "hello",
                    fmt::format("{} was refused: {}", name_of(peer),
                                explain(refusal, config.hello, hello.value_or(Hello{}))));
    }
    return nullptr;
}

// A newer connection of a peer takes the place of an older one, whose end it may not have seen.
bool Network::Impl::make_known(Inbound& inbound_, std::size_t peer) {
    const std::scoped_lock lock(inbound_mutex);
    if (peer == config.self || inbound_.is_dropped || Clock::now() < banned_until[peer]) {
        return false;
    }
    for (Inbound& other : inbound) {
        if (other.peer != peer) continue;
        other.peer.reset();
        other.is_dropped = true;
        other.socket.shut();
    }
    inbound_.peer = peer;
    return true;
}

void Network::Impl::read_frames(TlsConnection& connection) {
    const std::size_t peer = connection.peer();
    const auto is_bad = [&](const std::string& why) {
        ++counts.bad_frames;
        notices.say(peer, "frame",
                    fmt::format("{} was disconnected: it sent {}", name_of(peer), why));
        const std::scoped_lock lock(inbound_mutex);
        banned_until[peer] = Clock::now() + PENALTY;
    };
    std::array<std::uint8_t, FRAME_HEAD> head_bytes{};
    while (!stopping) {
        Io io = connection.read(head_bytes);
        if (io != Io::ok) return read_ended(peer, io);
        const base::Result<FrameHead> head = read_head(head_bytes);
        if (!head) return is_bad(head.error().message);
        base::Bytes payload(head->length);
        io = connection.read(payload);
        if (io != Io::ok) return read_ended(peer, io);
        ++counts.frames_in;
        counts.bytes_in += FRAME_HEAD + payload.size();
        if (head->channel == Channel::ping) continue;
        if (!handler.received(static_cast<PeerIndex>(peer), head->channel, std::move(payload))) {
            return is_bad("what no correct validator sends");
        }
    }
}

void Network::Impl::read_ended(std::size_t peer, Io why) {
    if (stopping) return;
    if (why == Io::timeout) {
        ++counts.silent;
        notices.say(peer, "silent",
                    fmt::format("{} was disconnected: it sent nothing for {} ms", name_of(peer),
                                config.timing.silence.count()));
    } else if (why == Io::failed) {
        ++counts.bad_frames;
        notices.say(peer, "frame",
                    fmt::format("{} was disconnected: its TLS records are damaged", name_of(peer)));
    }
}

// ---- to others ----------------------------------------------------------------------------------

void Network::Impl::wait_to_call(Peer& peer, milliseconds time) {
    std::unique_lock lock(peer.mutex);
    // Not at once even then: a peer that refuses would be called again and again.
    peer.called.wait_for(lock, config.timing.first_retry, [this] { return stopping.load(); });
    peer.called.wait_for(lock, time, [&] { return stopping || peer.is_there; });
    peer.is_there = false;
}

void Network::Impl::reach(PeerIndex peer) {
    const Timing& timing = config.timing;
    milliseconds wait = timing.first_retry;
    Peer& to = peers[peer];
    while (!stopping) {
        std::shared_ptr<Socket> socket;
        const auto connection = call(peer, socket);
        if (connection) {
            wait = timing.first_retry;
            ++counts.connected_to;
            socket->set_timeouts(timing.connect, timing.stall);
            to.outbox.open();
            {
                const std::scoped_lock lock(to.mutex);
                to.connected = true;
            }
            notices.forget(peer, "call");
            notices.say(peer, "reached", fmt::format("connected to {}", name_of(peer)));
            handler.connected(peer);
            write_frames(peer, **connection, *socket);
            {
                const std::scoped_lock lock(to.mutex);
                to.connected = false;
            }
            to.outbox.close();
            if (!stopping) {
                notices.say(peer, "lost", fmt::format("lost the connection to {}", name_of(peer)));
            }
        } else if (!stopping) {
            notices.say(
                peer, "call",
                fmt::format("cannot reach {}: {}", name_of(peer), connection.error().message));
        }
        {
            const std::scoped_lock lock(to.mutex);
            to.socket.reset();
        }
        wait_to_call(to, wait);
        wait = std::min(wait * 2, timing.last_retry);
    }
}

base::Result<std::unique_ptr<TlsConnection>> Network::Impl::call(PeerIndex peer,
                                                                 std::shared_ptr<Socket>& held) {
    const Timing& timing = config.timing;
    const base::Result<int> descriptor =
        open_connection(*config.members[peer].address, timing.connect);
    if (!descriptor) return base::error_of(descriptor);
    held = std::make_shared<Socket>(*descriptor);
    set_no_delay(held->get());
    held->set_timeouts(timing.connect, timing.connect);
    {
        const std::scoped_lock lock(peers[peer].mutex);
        peers[peer].socket = held;
    }
    if (stopping) return base::environment_error("the node ends");
    auto connection = tls->connect(*held, peer);
    if (!connection) {
        ++(connection.error().kind == base::ErrorKind::forbidden ? counts.refused_key
                                                                 : counts.refused_tls);
        return base::error_of(connection);
    }
    base::Bytes bytes(ANSWER_BYTES);
    if ((*connection)->write(encode(config.hello)) != Io::ok ||
        (*connection)->read(bytes) != Io::ok) {
        return base::environment_error(
            "it ended the connection without a word: does its genesis name this node's key?");
    }
    const std::optional<Answer> answer = decode_answer(bytes);
    if (!answer) return base::environment_error("it does not answer as a validator does");
    if (answer->refusal != Refusal::none) {
        return base::environment_error("it refused: " +
                                       explain(answer->refusal, config.hello, answer->hello));
    }
    return connection;
}

void Network::Impl::write_frames(PeerIndex peer, TlsConnection& connection, const Socket& socket) {
    Outbox& outbox = peers[peer].outbox;
    while (!stopping) {
        std::vector<Frame> frames = outbox.take(WRITE_BYTES, config.timing.ping);
        if (stopping) return;
        // Nothing is ever sent back: what can be read is the end.
        pollfd state{socket.get(), POLLIN, 0};
        if (::poll(&state, 1, 0) > 0) return;
        if (frames.empty()) frames.push_back({Channel::ping, std::make_shared<base::Bytes>()});
        base::Writer out;
        for (const Frame& frame : frames) {
            write_head(out, {frame.channel, static_cast<std::uint32_t>(frame.payload->size())});
            out.raw(*frame.payload);
        }
        const Io io = connection.write(out.out());
        if (io == Io::timeout && !stopping) {
            ++counts.stalled;
            notices.say(peer, "stalled",
                        fmt::format("{} was disconnected: it took nothing for {} ms", name_of(peer),
                                    config.timing.stall.count()));
        }
        if (io != Io::ok) return;
        counts.frames_out += frames.size();
        counts.bytes_out += out.out().size();
    }
}

// ---- the whole ----------------------------------------------------------------------------------

Network::Network(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Network::~Network() { stop(); }

base::Result<std::unique_ptr<Network>> Network::listen(Config config, Handler& handler) {
    EDICT_CHECK(config.self < config.members.size() &&
                config.members.size() <= ledger::MAX_VALIDATORS);
    (void)std::signal(SIGPIPE, SIG_IGN);
    std::vector<crypto::PublicKey> pinned;
    for (const Member& member : config.members) pinned.push_back(member.tls_key);
    auto tls = Tls::make(config.tls_key, std::move(pinned));
    if (!tls) return base::error_of(tls);
    const base::Result<int> listener = open_listener(config.host, config.port);
    if (!listener) return base::error_of(listener);
    return std::unique_ptr<Network>(new Network(
        std::make_unique<Impl>(std::move(config), handler, *std::move(tls), *listener)));
}

void Network::start() {
    EDICT_CHECK(!impl_->acceptor.joinable());
    impl_->acceptor = std::thread([this] { impl_->accept_all(); });
    for (PeerIndex peer = 0; peer < impl_->peers.size(); ++peer) {
        if (peer == impl_->config.self || !impl_->config.members[peer].address) continue;
        impl_->peers[peer].thread = std::thread([this, peer] { impl_->reach(peer); });
    }
}

void Network::stop() {
    impl_->stopping = true;
    impl_->listener.shut();
    for (Impl::Peer& peer : impl_->peers) {
        {
            const std::scoped_lock lock(peer.mutex);
            if (peer.socket) peer.socket->shut();
        }
        peer.called.notify_all();
        peer.outbox.close();
    }
    if (impl_->acceptor.joinable()) impl_->acceptor.join();
    impl_->reap(true);
    for (Impl::Peer& peer : impl_->peers) {
        if (peer.thread.joinable()) peer.thread.join();
    }
}

void Network::send(std::optional<PeerIndex> to, Channel channel, Parcel payload) {
    EDICT_CHECK(payload->size() <= max_bytes(channel));
    for (PeerIndex peer = 0; peer < impl_->peers.size(); ++peer) {
        if (peer == impl_->config.self || (to && *to != peer)) continue;
        impl_->counts.dropped += impl_->peers[peer].outbox.put({channel, payload});
    }
}

std::uint16_t Network::port() const { return impl_->port; }

Counters Network::counters() const {
    const Counts& now = impl_->counts;
    Counters out;
    out.connected_to = now.connected_to.get();
    out.connected_from = now.connected_from.get();
    out.refused_tls = now.refused_tls.get();
    out.refused_key = now.refused_key.get();
    out.refused_hello = now.refused_hello.get();
    out.refused_version = now.refused_version.get();
    out.refused_chain = now.refused_chain.get();
    out.refused_epoch = now.refused_epoch.get();
    out.refused_crowd = now.refused_crowd.get();
    out.bad_frames = now.bad_frames.get();
    out.stalled = now.stalled.get();
    out.silent = now.silent.get();
    out.dropped = now.dropped.get();
    out.frames_in = now.frames_in.get();
    out.frames_out = now.frames_out.get();
    out.bytes_in = now.bytes_in.get();
    out.bytes_out = now.bytes_out.get();
    return out;
}

std::size_t Network::reached() const {
    std::size_t count = 0;
    for (Impl::Peer& peer : impl_->peers) {
        const std::scoped_lock lock(peer.mutex);
        count += peer.connected ? 1 : 0;
    }
    return count;
}

std::size_t Network::heard() const {
    const std::scoped_lock lock(impl_->inbound_mutex);
    return static_cast<std::size_t>(std::ranges::count_if(
        impl_->inbound, [](const auto& one) { return one.peer.has_value(); }));
}

}  // namespace edict::net
