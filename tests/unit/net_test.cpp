// Connections between validators, and what strangers and faulty validators do to them.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <functional>
#include <mutex>
#include <sstream>
#include <thread>

#include "chain/net/network.h"
#include "chain/net/socket.h"
#include "chain/net/tls.h"

namespace edict::tests {
namespace {

using namespace net;
using std::chrono::milliseconds;

crypto::SecretKey key_of(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    return crypto::SecretKey::from_seed(seed);
}

Hello hello() { return {PROTOCOL_VERSION, crypto::sha256(base::as_bytes("chain")), {0}}; }

Parcel parcel(std::string_view text) {
    const base::ByteView bytes = base::as_bytes(text);
    return std::make_shared<const base::Bytes>(bytes.begin(), bytes.end());
}

// Long enough for the slowest machine; nothing waits so long unless it fails.
constexpr std::chrono::seconds LONG{60};

class Box final : public Handler {
public:
    bool received(PeerIndex from, Channel channel, base::Bytes payload) override {
        std::unique_lock lock(mutex_);
        seen_.push_back({from, channel, std::string(base::as_text(payload))});
        changed_.notify_all();
        if (seen_.back().text == "hold") changed_.wait(lock, [this] { return released_; });
        return channel != Channel::want;  // of which these tests take none
    }
    void connected(PeerIndex peer) override {
        const std::scoped_lock lock(mutex_);
        connected_.push_back(peer);
        changed_.notify_all();
    }
    void notice(const std::string& line) override {
        const std::scoped_lock lock(mutex_);
        notices_ += line + "\n";
        changed_.notify_all();
    }
    void release() {
        const std::scoped_lock lock(mutex_);
        released_ = true;
        changed_.notify_all();
    }

    struct Seen {
        PeerIndex from;
        Channel channel;
        std::string text;
    };
    [[nodiscard]] bool until_seen(PeerIndex from, std::string_view text) {
        return until([&] {
            return std::any_of(seen_.begin(), seen_.end(), [&](const Seen& one) {
                return one.from == from && one.text == text;
            });
        });
    }
    [[nodiscard]] bool until_connected(PeerIndex peer) {
        return until([&] { return std::count(connected_.begin(), connected_.end(), peer) > 0; });
    }
    [[nodiscard]] bool until_notice(std::string_view text) {
        return until([&] { return notices_.find(text) != std::string::npos; });
    }
    [[nodiscard]] std::string notices() {
        const std::scoped_lock lock(mutex_);
        return notices_;
    }

private:
    [[nodiscard]] bool until(const std::function<bool()>& what) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, LONG, what);
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Seen> seen_;
    std::vector<PeerIndex> connected_;
    std::string notices_;
    bool released_ = false;
};

bool until(const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + LONG;
    while (!what()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
}

// Validators 0 to n-1, of which some run here. The others are what the test makes of them.
class NetTest : public testing::Test {
protected:
    void set_up(std::size_t n) {
        const auto free = free_ports(n);
        ASSERT_TRUE(free);
        ports = *free;
        for (std::size_t i = 0; i < n; ++i) {
            members.push_back({fmt::format("validator_{}", i),
                               key_of(static_cast<std::uint8_t>(i + 1)).public_key(),
                               Address{"127.0.0.1", ports[i]}});
        }
        boxes = std::vector<Box>(n);
        networks.resize(n);
    }
    [[nodiscard]] Config config(std::size_t i) const {
        Config config{hello(),
                      static_cast<PeerIndex>(i),
                      key_of(static_cast<std::uint8_t>(i + 1)),
                      members,
                      "127.0.0.1",
                      ports[i],
                      Timing{}};
        config.timing.first_retry = milliseconds(5);
        config.timing.last_retry = milliseconds(50);
        return config;
    }
    void run(std::size_t i) { run(config(i)); }
    void run(const Config& config) {
        auto made = Network::listen(config, boxes[config.self]);
        ASSERT_TRUE(made) << made.error().message;
        networks[config.self] = *std::move(made);
        networks[config.self]->start();
    }
    void TearDown() override {
        for (Box& box : boxes) box.release();
        networks.clear();
    }

    std::vector<std::uint16_t> ports;
    std::vector<Member> members;
    std::vector<Box> boxes;
    std::vector<std::unique_ptr<Network>> networks;
};

// A connection to validator 0 that the test drives by hand.
class ByHand {
public:
    explicit ByHand(std::uint16_t port) : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(
            ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
        socket.set_timeouts(LONG, LONG);
    }
    // TLS as the holder of `key`, to validator 0.
    bool shake(const crypto::SecretKey& key) {
        auto made = Tls::make(key, {key_of(1).public_key()});
        EXPECT_TRUE(made);
        tls = *std::move(made);
        auto connected = tls->connect(socket, 0);
        if (connected) connection = *std::move(connected);
        return connection != nullptr;
    }
    std::optional<Answer> greet(base::ByteView bytes) {
        (void)connection->write(bytes);
        base::Bytes answer(ANSWER_BYTES);
        if (connection->read(answer) != Io::ok) return std::nullopt;
        return decode_answer(answer);
    }
    // The other end hangs up sooner or later.
    bool is_ended() {
        std::array<std::uint8_t, 1> byte{};
        return connection->read(byte) != Io::timeout;
    }
    void frame(std::uint8_t kind, std::uint32_t length, base::ByteView payload) {
        base::Writer out;
        out.u32(length);
        out.u8(kind);
        out.raw(payload);
        (void)connection->write(out.out());
    }

    Socket socket;
    std::unique_ptr<Tls> tls;
    std::unique_ptr<TlsConnection> connection;
};

TEST_F(NetTest, EachHearsAllOthersInOrder) {
    set_up(4);
    for (std::size_t i = 0; i < 4; ++i) run(i);
    for (std::size_t i = 0; i < 4; ++i) {
        for (PeerIndex j = 0; j < 4; ++j) {
            if (i == j) continue;
            ASSERT_TRUE(boxes[i].until_connected(j)) << boxes[i].notices();
        }
    }
    networks[0]->send(std::nullopt, Channel::consensus, parcel("to all"));
    networks[0]->send(2, Channel::calls, parcel("to one"));
    for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(boxes[i].until_seen(0, "to all"));
    EXPECT_TRUE(boxes[2].until_seen(0, "to one"));
    networks[3]->send(0, Channel::bodies, parcel("back"));
    EXPECT_TRUE(boxes[0].until_seen(3, "back"));
    EXPECT_TRUE(until([&] { return networks[0]->heard() == 3; }));
    EXPECT_EQ(networks[0]->reached(), 3U);
}

TEST_F(NetTest, AValidatorThatComesBackIsReachedAgain) {
    set_up(2);
    run(0);
    for (int life = 0; life < 3; ++life) {
        run(1);
        const std::string text = fmt::format("life {}", life);
        ASSERT_TRUE(until([&] {
            networks[0]->send(1, Channel::consensus, parcel(text));
            return networks[0]->counters().connected_to > static_cast<std::uint64_t>(life) &&
                   networks[0]->reached() == 1;
        }));
        networks[0]->send(1, Channel::consensus, parcel(text));
        EXPECT_TRUE(boxes[1].until_seen(0, text));
        networks[1].reset();
        ASSERT_TRUE(until([&] {
            networks[0]->send(1, Channel::consensus, parcel("gone?"));
            return networks[0]->reached() == 0;
        }));
    }
    EXPECT_TRUE(boxes[0].until_notice("lost the connection to validator_1"));
}

TEST_F(NetTest, AFrameAtTheLimitPassesAndOnePastItEndsTheConnection) {
    set_up(2);
    run(0);
    ByHand peer(ports[0]);
    ASSERT_TRUE(peer.shake(key_of(2)));
    ASSERT_EQ(peer.greet(encode(hello())).value().refusal, Refusal::none);
    const std::string most(MAX_CONSENSUS_BYTES, 'x');
    peer.frame(1, MAX_CONSENSUS_BYTES, base::as_bytes(most));
    EXPECT_TRUE(boxes[0].until_seen(1, most));
    peer.frame(1, MAX_CONSENSUS_BYTES + 1, {});
    EXPECT_TRUE(peer.is_ended());
    EXPECT_TRUE(boxes[0].until_notice("validator_1 was disconnected: it sent a frame of 8388609"));
    EXPECT_EQ(networks[0]->counters().bad_frames, 1U);
}

TEST_F(NetTest, AnUnknownKindAndARefusedPayloadEndTheConnection) {
    set_up(3);
    run(0);
    ByHand first(ports[0]);
    ASSERT_TRUE(first.shake(key_of(2)));
    ASSERT_EQ(first.greet(encode(hello())).value().refusal, Refusal::none);
    first.frame(9, 0, {});
    EXPECT_TRUE(first.is_ended());
    EXPECT_TRUE(boxes[0].until_notice("unknown kind 9"));
    ByHand second(ports[0]);
    ASSERT_TRUE(second.shake(key_of(3)));
    ASSERT_EQ(second.greet(encode(hello())).value().refusal, Refusal::none);
    second.frame(3, 1, base::as_bytes("x"));
    EXPECT_TRUE(second.is_ended());
    EXPECT_TRUE(boxes[0].until_notice("validator_2 was disconnected: it sent what no correct"));
    EXPECT_EQ(networks[0]->counters().bad_frames, 2U);
}

TEST_F(NetTest, AKeyThatIsNotPinnedIsRefused) {
    set_up(2);
    run(0);
    ByHand stranger(ports[0]);
    // In TLS 1.3 who connects learns of it with its first read.
    if (stranger.shake(key_of(99))) {
        EXPECT_FALSE(stranger.greet(encode(hello())));
    }
    EXPECT_TRUE(until([&] { return networks[0]->counters().refused_key == 1; }));
    EXPECT_TRUE(boxes[0].until_notice("a key that is not that of a validator"));
    EXPECT_EQ(networks[0]->counters().connected_from, 0U);
}

TEST_F(NetTest, WhoShowsAnotherValidatorsKeyIsNotTalkedTo) {
    set_up(3);
    std::swap(members[1].address, members[2].address);  // as a mistake in peers.toml does
    run(0);
    Config other = config(1);
    run(other);
    EXPECT_TRUE(boxes[0].until_notice("cannot reach validator_2: it shows the key of another"));
}

TEST_F(NetTest, AnotherVersionChainOrEpochIsRefusedWithItsReason) {
    set_up(2);
    run(0);
    const auto refusal = [&](const Hello& other) {
        ByHand peer(ports[0]);
        EXPECT_TRUE(peer.shake(key_of(2)));
        const auto answer = peer.greet(encode(other));
        EXPECT_TRUE(answer);
        EXPECT_EQ(answer->hello, hello());
        return answer->refusal;
    };
    Hello other = hello();
    other.version = 2;
    EXPECT_EQ(refusal(other), Refusal::version);
    other = hello();
    other.chain_id.bytes[0] ^= 1;
    EXPECT_EQ(refusal(other), Refusal::chain);
    other = hello();
    other.epoch = {1};
    EXPECT_EQ(refusal(other), Refusal::epoch);
    EXPECT_EQ(networks[0]->counters().refused_version, 1U);
    EXPECT_EQ(networks[0]->counters().refused_chain, 1U);
    EXPECT_EQ(networks[0]->counters().refused_epoch, 1U);
    EXPECT_TRUE(boxes[0].until_notice("validator_1 was refused: it speaks version 2"));
    ByHand garbage(ports[0]);
    ASSERT_TRUE(garbage.shake(key_of(2)));
    EXPECT_EQ(garbage.greet(base::Bytes(HELLO_BYTES, 7)).value().refusal, Refusal::garbage);
    EXPECT_EQ(networks[0]->counters().refused_hello, 1U);
}

TEST_F(NetTest, WhoIsRefusedSaysWhy) {
    set_up(2);
    run(0);
    Config other = config(1);
    other.hello.epoch = {3};
    run(other);
    EXPECT_TRUE(boxes[1].until_notice(
        "cannot reach validator_0: it refused: it is in epoch 0, this node in epoch 3"));
    EXPECT_TRUE(
        boxes[0].until_notice("validator_1 was refused: it is in epoch 3, this node in epoch 0"));
}

TEST_F(NetTest, StrangersThatSayNothingMakeRoomForValidators) {
    set_up(2);
    run(0);
    std::vector<std::unique_ptr<ByHand>> crowd;
    for (std::size_t i = 0; i < 3 * MAX_UNKNOWN; ++i) {
        crowd.push_back(std::make_unique<ByHand>(ports[0]));
    }
    run(1);
    ASSERT_TRUE(boxes[1].until_connected(0));
    networks[1]->send(0, Channel::consensus, parcel("through"));
    EXPECT_TRUE(boxes[0].until_seen(1, "through"));
    EXPECT_TRUE(
        until([&] { return networks[0]->counters().refused_crowd >= 2 * MAX_UNKNOWN - 1; }));
    EXPECT_TRUE(boxes[0].until_notice("more than 32 connections of strangers at once"));
}

TEST_F(NetTest, GarbageInPlaceOfTlsEndsOnlyItsOwnConnection) {
    set_up(2);
    run(0);
    ByHand garbage(ports[0]);
    const std::string noise(4096, '\x5a');
    ASSERT_GT(::send(garbage.socket.get(), noise.data(), noise.size(), MSG_NOSIGNAL), 0);
    EXPECT_TRUE(until([&] { return networks[0]->counters().refused_tls == 1; }));
    EXPECT_TRUE(boxes[0].until_notice("a connection was refused: no TLS: "));
    run(1);
    EXPECT_TRUE(boxes[1].until_connected(0));
}

TEST_F(NetTest, AReaderThatIsHeldUpHoldsUpNobodyElse) {
    set_up(3);
    for (std::size_t i = 0; i < 3; ++i) run(i);
    ASSERT_TRUE(boxes[1].until_connected(0));
    ASSERT_TRUE(boxes[2].until_connected(0));
    networks[1]->send(0, Channel::consensus, parcel("hold"));  // 0 takes nothing more from 1
    ASSERT_TRUE(boxes[0].until_seen(1, "hold"));
    networks[2]->send(0, Channel::consensus, parcel("passes"));
    EXPECT_TRUE(boxes[0].until_seen(2, "passes"));
    networks[1]->send(0, Channel::consensus, parcel("later"));
    boxes[0].release();
    EXPECT_TRUE(boxes[0].until_seen(1, "later"));
}

TEST_F(NetTest, APeerThatTakesNothingLosesTheOldestAndIsDisconnected) {
    set_up(3);
    Config first = config(0);
    first.timing.stall = milliseconds(300);
    run(first);
    run(1);
    run(2);
    ASSERT_TRUE(boxes[0].until_connected(1));
    ASSERT_TRUE(boxes[0].until_connected(2));
    networks[0]->send(1, Channel::consensus, parcel("hold"));
    ASSERT_TRUE(boxes[1].until_seen(0, "hold"));
    const Parcel large = std::make_shared<base::Bytes>(MAX_CALLS_BYTES);
    ASSERT_TRUE(until([&] {
        networks[0]->send(1, Channel::calls, large);
        return networks[0]->counters().dropped > 0 && networks[0]->counters().stalled > 0;
    }));
    EXPECT_TRUE(boxes[0].until_notice("validator_1 was disconnected: it took nothing for 300 ms"));
    networks[0]->send(2, Channel::consensus, parcel("fine"));
    EXPECT_TRUE(boxes[2].until_seen(0, "fine"));
}

TEST_F(NetTest, APeerThatSaysNothingIsDisconnected) {
    set_up(2);
    Config first = config(0);
    first.timing.silence = milliseconds(200);
    run(first);
    ByHand peer(ports[0]);
    ASSERT_TRUE(peer.shake(key_of(2)));
    ASSERT_EQ(peer.greet(encode(hello())).value().refusal, Refusal::none);
    EXPECT_TRUE(peer.is_ended());
    EXPECT_TRUE(until([&] { return networks[0]->counters().silent == 1; }));
}

TEST_F(NetTest, PingsKeepAnIdleConnection) {
    set_up(2);
    for (PeerIndex i = 0; i < 2; ++i) {
        Config one = config(i);
        one.timing.ping = milliseconds(20);
        one.timing.silence = milliseconds(5000);
        run(one);
    }
    EXPECT_TRUE(until([&] { return networks[0]->counters().frames_in >= 20; }));
    EXPECT_EQ(networks[0]->counters().silent, 0U);
}

TEST_F(NetTest, ANewerConnectionTakesThePlaceOfAnOlder) {
    set_up(2);
    run(0);
    ByHand older(ports[0]);
    ASSERT_TRUE(older.shake(key_of(2)));
    ASSERT_EQ(older.greet(encode(hello())).value().refusal, Refusal::none);
    ByHand newer(ports[0]);
    ASSERT_TRUE(newer.shake(key_of(2)));
    ASSERT_EQ(newer.greet(encode(hello())).value().refusal, Refusal::none);
    EXPECT_TRUE(older.is_ended());
    newer.frame(1, 3, base::as_bytes("new"));
    EXPECT_TRUE(boxes[0].until_seen(1, "new"));
}

TEST_F(NetTest, APortThatIsTakenIsSaid) {
    set_up(2);
    run(0);
    Config other = config(1);
    other.port = ports[0];
    const auto made = Network::listen(other, boxes[1]);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message.find("cannot listen for other validators on 127.0.0.1:"),
              std::string::npos);
    other.host = "no such host";
    const auto unknown = Network::listen(other, boxes[1]);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.find("the host no such host is not known"),
              std::string::npos);
}

TEST(Outbox, MessagesOfTheProtocolGoFirstAndTheOldestGoWhenItIsFull) {
    Outbox outbox;
    EXPECT_EQ(outbox.put({Channel::consensus, parcel("nobody reads")}), 1U);
    outbox.open();
    EXPECT_EQ(outbox.put({Channel::calls, parcel("call")}), 0U);
    EXPECT_EQ(outbox.put({Channel::consensus, parcel("vote")}), 0U);
    auto taken = outbox.take(100, milliseconds(0));
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].channel, Channel::consensus);
    EXPECT_EQ(taken[1].channel, Channel::calls);
    EXPECT_TRUE(outbox.take(100, milliseconds(0)).empty());
    std::size_t gone = 0;
    for (std::size_t i = 0; i < MAX_QUEUED_FRAMES + 3; ++i) {
        gone += outbox.put({Channel::consensus, parcel(std::to_string(i))});
    }
    EXPECT_EQ(gone, 3U);
    taken = outbox.take(1, milliseconds(0));
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(base::as_text(*taken[0].payload), "3");
}

TEST(Frames, HeadsHaveLimits) {
    for (std::uint8_t kind = 0; kind < CHANNELS; ++kind) {
        const auto channel = static_cast<Channel>(kind);
        const auto most = static_cast<std::uint32_t>(max_bytes(channel));
        base::Writer at, past;
        write_head(at, {channel, most});
        EXPECT_TRUE(read_head(at.out()));
        write_head(past, {channel, most + 1});
        EXPECT_FALSE(read_head(past.out()));
    }
    EXPECT_FALSE(read_head(base::Bytes{0, 0, 0, 0}));
    EXPECT_FALSE(read_head(base::Bytes{0, 0, 0, 0, 5}));
}

TEST(Frames, TheTableInTheDocumentIsThatOfTheCode) {
    std::ifstream file("docs/LEDGER.md");
    std::ostringstream text;
    text << file.rdbuf();
    static constexpr std::string_view NAMES[CHANNELS] = {"ping", "consensus", "calls", "want",
                                                         "bodies"};
    for (std::size_t kind = 0; kind < CHANNELS; ++kind) {
        const std::string row = fmt::format("\n| {} | {} | {} | ", kind, NAMES[kind],
                                            max_bytes(static_cast<Channel>(kind)));
        EXPECT_NE(text.str().find(row), std::string::npos) << row;
    }
    EXPECT_EQ(text.str().find(fmt::format("\n| {} | ", CHANNELS)), std::string::npos);
    EXPECT_NE(text.str().find(fmt::format("(u16, {})", PROTOCOL_VERSION)), std::string::npos);
}

TEST(Frames, HelloAndAnswerHaveOneEncoding) {
    const base::Bytes bytes = encode(hello());
    EXPECT_EQ(bytes.size(), HELLO_BYTES);
    EXPECT_EQ(decode_hello(bytes), hello());
    const base::Bytes answer = encode(Answer{Refusal::epoch, hello()});
    ASSERT_EQ(answer.size(), ANSWER_BYTES);
    EXPECT_EQ(decode_answer(answer)->refusal, Refusal::epoch);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode_hello(base::ByteView(bytes).first(size)));
        EXPECT_FALSE(decode_answer(base::ByteView(answer).first(size)));
    }
    base::Bytes other = answer;
    other[0] = 5;
    EXPECT_FALSE(decode_answer(other));
}

TEST(Addresses, AreHostAndPort) {
    EXPECT_EQ(read_address("10.0.0.7:7501").value(), (Address{"10.0.0.7", 7501}));
    EXPECT_EQ(read_address("[::1]:1").value(), (Address{"::1", 1}));
    EXPECT_EQ(to_text({"::1", 65535}), "[::1]:65535");
    for (const char* wrong : {"", "host", "host:", "host:0", "host:65536", "host:1x", ":1", "::1:1",
                              "a b:1", "[x:1", "host:-1"}) {
        EXPECT_FALSE(read_address(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace edict::tests
