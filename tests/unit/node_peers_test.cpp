// Nodes of four validators in one process, over real connections: they agree, a late one catches
// up, and what a faulty one sends is counted and stops nobody.
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "chain/consensus/pbft/codec.h"
#include "chain/consensus/pbft/pbft.h"
#include "chain/ledger/codec.h"
#include "chain/net/socket.h"
#include "chain/node/node.h"
#include "chain/node/parcels.h"
#include "tests/unit/chain_support.h"

namespace edict::tests {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds LONG{60'000};
constexpr std::size_t N = 4;

bool until(const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + LONG;
    while (!what()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
}

ledger::SecretKey key_of(std::uint8_t kind, std::size_t i) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = kind;
    seed[1] = static_cast<std::uint8_t>(i);
    return ledger::SecretKey::from_seed(seed);
}

ledger::Genesis four_genesis() {
    ledger::Genesis genesis = test_genesis();
    genesis.validators = {ledger::ProtocolKind::pbft, {}};
    for (std::size_t i = 0; i < N; ++i) {
        genesis.validators.validators.push_back(
            {fmt::format("validator_{}", i + 1), key_of(1, i).public_key(),
             key_of(2, i).public_key(), key_of(3, i).public_key()});
    }
    genesis.limits.clock_drift_ms = 3'600'000;
    return genesis;
}

// What a node keeps through its lives.
struct Disk {
    store::MemoryStore data, votes;
    Disk() { node::Votes(votes).set_up({0}); }
};

struct Member {
    Disk& disk;
    runtime::Interpreter engine;
    std::unique_ptr<executor::Executor> executor;
    std::unique_ptr<consensus::Authority> authority;
    std::unique_ptr<node::Signer> signer;
    node::Votes votes;
    std::unique_ptr<node::Node> node;
    std::unique_ptr<net::Network> network;

    Member(Disk& disk_, const ledger::Genesis& genesis, const net::Config& config,
           std::function<std::int64_t()> clock)
        : disk(disk_), votes(disk_.votes) {
        auto opened = executor::Executor::open(disk.data, genesis, engine);
        EXPECT_TRUE(opened) << opened.error().message;
        executor = *std::move(opened);
        authority = consensus::make_authority(executor->chain_id(), genesis.validators,
                                              key_of(1, config.self));
        signer = node::make_signer(key_of(1, config.self));
        consensus::pbft::Config pbft;
        pbft.self = config.self;
        pbft.validators = N;
        pbft.anchor = {{0}, ledger::hash_of(executor->header({0}).value())};
        node::Setup setup{*executor, consensus::pbft::make_pbft(pbft, *authority),
                          *signer,   config.self,
                          &votes,    !votes.epoch().has_value()};
        setup.clock_ms = std::move(clock);
        node = std::make_unique<node::Node>(std::move(setup));
        node->on_notice([this](const std::string& line) {
            const std::scoped_lock lock(mutex);
            notices += line + "\n";
        });
        auto made = net::Network::listen(config, node->handler());
        EXPECT_TRUE(made) << made.error().message;
        network = *std::move(made);
        node->connect(*network);
        node->start();
        network->start();
    }
    ~Member() {
        node->stop();
        network->stop();
    }
    [[nodiscard]] bool said(std::string_view what) {
        const std::scoped_lock lock(mutex);
        return notices.find(what) != std::string::npos;
    }

    std::mutex mutex;
    std::string notices;
};

// What a faulty validator hears is of no interest here, but for the transactions that it is asked
// for.
class Deaf final : public net::Handler {
public:
    bool received(net::PeerIndex from, net::Channel channel, base::Bytes payload) override {
        if (channel != net::Channel::want || !answer) return true;
        const auto hashes = node::read_want(payload);
        if (hashes) answer(from, *hashes);
        return true;
    }
    void connected(net::PeerIndex) override {}
    void notice(const std::string&) override {}

    std::function<void(net::PeerIndex, const std::vector<ledger::Hash>&)> answer;
};

class NodePeers : public testing::Test {
protected:
    NodePeers() {
        const auto free = net::free_ports(N);
        EXPECT_TRUE(free);
        ports = *free;
        members.resize(N);
    }
    ~NodePeers() override {
        faulty.reset();
        members.clear();
    }
    [[nodiscard]] net::Config config(std::size_t i) const {
        net::Config config{{net::PROTOCOL_VERSION, ledger::chain_id(genesis), {0}},
                           static_cast<net::PeerIndex>(i),
                           key_of(2, i),
                           {},
                           "127.0.0.1",
                           ports[i]};
        for (std::size_t peer = 0; peer < N; ++peer) {
            config.members.push_back({fmt::format("validator_{}", peer + 1),
                                      key_of(2, peer).public_key(),
                                      net::Address{"127.0.0.1", ports[peer]}});
        }
        config.timing.first_retry = milliseconds(5);
        config.timing.last_retry = milliseconds(100);
        return config;
    }
    void start(std::size_t i) {
        members[i] = std::make_unique<Member>(disks[i], genesis, config(i), [this, i] {
            const auto now = std::chrono::system_clock::now().time_since_epoch();
            return std::chrono::duration_cast<milliseconds>(now).count() + ahead_ms[i];
        });
    }
    // One validator, the last if nothing else is said, is what the test makes of it.
    void start_faulty(std::size_t i = N - 1) {
        auto made = net::Network::listen(config(i), deaf);
        ASSERT_TRUE(made) << made.error().message;
        faulty = *std::move(made);
        faulty->start();
        ASSERT_TRUE(until([&] { return faulty->reached() == N - 1; }));
    }
    [[nodiscard]] ledger::Transaction call(const std::string& sender, std::uint64_t nonce) const {
        ledger::Transaction made;
        made.chain_id = ledger::chain_id(genesis);
        made.sender = test_key(sender).party;
        made.nonce.value = nonce;
        made.expiry.value = 500;
        made.module = "std.membership";
        made.action = "no_such_action";
        ledger::sign(made, test_key(sender).key);
        return made;
    }
    // Through this node until it has its receipt there.
    void commits(std::size_t i, const ledger::Transaction& transaction) {
        ASSERT_TRUE(until([&] {
            const auto taken = members[i]->node->submit(transaction);
            return taken || taken.error().why != node::Rejection::Why::full;
        }));
        EXPECT_TRUE(members[i]->node->wait_for(ledger::hash_of(transaction), LONG));
    }
    [[nodiscard]] bool have_the_same(std::size_t first, std::size_t second) {
        const ledger::Height height = members[first]->executor->last_applied();
        if (!until([&] { return members[second]->node->certified() >= height; })) return false;
        return members[first]->executor->header(height) ==
               members[second]->executor->header(height);
    }
    [[nodiscard]] static net::Parcel parcel(base::Bytes bytes) {
        return std::make_shared<const base::Bytes>(std::move(bytes));
    }

    ledger::Genesis genesis = four_genesis();
    std::vector<std::uint16_t> ports;
    std::array<Disk, N> disks;
    std::array<std::atomic<std::int64_t>, N> ahead_ms{};  // of each clock
    std::vector<std::unique_ptr<Member>> members;
    Deaf deaf;
    std::unique_ptr<net::Network> faulty;
};

TEST_F(NodePeers, CallsThroughAnyOfFourAreExecutedByAllAndCertifiedByAQuorum) {
    for (std::size_t i = 0; i < N; ++i) start(i);
    for (std::uint64_t nonce = 1; nonce <= 8; ++nonce) commits(nonce % N, call("office", nonce));
    for (std::size_t i = 1; i < N; ++i) EXPECT_TRUE(have_the_same(0, i));
    const ledger::Height height{3};
    const auto certificate = members[2]->executor->certificate(height);
    ASSERT_TRUE(certificate);
    EXPECT_GE(certificate->signatures.size(), 3U);
    EXPECT_TRUE(ledger::verify_certificate(*members[2]->executor->header(height), *certificate,
                                           genesis.validators));
    EXPECT_GT(members[1]->node->counters().vote_syncs, 0U);
}

TEST_F(NodePeers, OneThatComesLateExecutesWhatItMissed) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    for (std::uint64_t nonce = 1; nonce <= 12; ++nonce) commits(0, call("site", nonce));
    start(N - 1);
    EXPECT_TRUE(have_the_same(0, N - 1));
    EXPECT_GE(members[N - 1]->node->counters().fetched, 12U);
    commits(N - 1, call("site", 13));
}

TEST_F(NodePeers, AllStopAndGoOnWhereTheyWere) {
    for (int life = 0; life < 3; ++life) {
        for (std::size_t i = 0; i < N; ++i) start(i);
        const auto nonce = static_cast<std::uint64_t>(2 * life + 1);
        commits(0, call("seller", nonce));
        commits(3, call("seller", nonce + 1));
        EXPECT_TRUE(have_the_same(3, 0));
        for (auto& member : members) member.reset();
        for (Disk& disk : disks) {
            disk.data.crash();
            disk.votes.crash();
        }
    }
}

TEST_F(NodePeers, WhoLostItsVotesFollowsAndVotesAgainLater) {
    for (std::size_t i = 0; i < N; ++i) start(i);
    commits(0, call("office", 1));
    members[1].reset();
    commits(0, call("office", 2));
    {
        store::WriteBatch batch;  // what a restored backup does not have
        batch.erase(store::Column::meta, base::Bytes{'e'});
        batch.erase(store::Column::meta, base::Bytes{'v'});
        disks[1].votes.commit(batch, store::Sync::yes);
    }
    start(1);
    EXPECT_TRUE(until([&] { return members[1]->node->standing().abstaining; }));
    // The others may speak to it first when most of these are done: it waits for the next ones
    // then.
    std::uint64_t nonce = 3;
    EXPECT_TRUE(until([&] {
        commits(2, call("office", nonce++));
        return !members[1]->node->standing().abstaining || HasFatalFailure();
    }));
    EXPECT_GT(nonce, 4U);  // not at once
    EXPECT_TRUE(have_the_same(2, 1));
}

TEST_F(NodePeers, ACallThatCanNoLongerRunLeavesEveryPool) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    ASSERT_TRUE(until([&] { return members[0]->node->standing().informed; }));
    // It expires before the others let it run: its nonce is one too many until then.
    ledger::Transaction early = call("office", 2);
    early.expiry.value = 1;
    ledger::sign(early, test_key("office").key);
    ASSERT_TRUE(members[0]->node->submit(early));
    commits(1, call("site", 1));
    EXPECT_TRUE(until([&] { return members[0]->node->counters().waiting == 0; }));
    commits(1, call("site", 2));
}

TEST_F(NodePeers, WhatCannotBeReadEndsTheConnectionOfWhoSentIt) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    start_faulty();
    faulty->send(0, net::Channel::calls, parcel(base::Bytes(100, 0xff)));
    EXPECT_TRUE(until([&] { return members[0]->network->counters().bad_frames == 1; }));
    faulty->send(1, net::Channel::bodies, parcel(base::Bytes(3, 1)));
    EXPECT_TRUE(until([&] { return members[1]->network->counters().bad_frames == 1; }));
    faulty->send(2, net::Channel::want, parcel(base::Bytes(33, 1)));
    EXPECT_TRUE(until([&] { return members[2]->network->counters().bad_frames == 1; }));
    commits(0, call("office", 1));
}

TEST_F(NodePeers, AFloodOfBadCallsIsMutedAndTheOthersGoOn) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    start_faulty();
    std::vector<ledger::Transaction> forged;
    for (std::uint64_t nonce = 1; nonce <= 2000; ++nonce) {
        ledger::Transaction one = call("office", nonce % 60 + 1);
        one.expiry.value = 100 + nonce % 300;  // no longer what was signed
        forged.push_back(one);
    }
    const auto parcels = node::transactions_parcels(forged, net::MAX_CALLS_BYTES);
    ASSERT_TRUE(until([&] {
        for (const net::Parcel& one : parcels) faulty->send(std::nullopt, net::Channel::calls, one);
        return members[0]->node->counters().muted_calls > 0;
    }));
    EXPECT_GT(members[0]->node->counters().bad_calls, 0U);
    EXPECT_TRUE(
        until([&] { return members[0]->said("validator_4 sends too many calls that can"); }));
    commits(0, call("office", 1));
    commits(1, call("office", 2));
}

TEST_F(NodePeers, AFloodOfWantsIsMutedAndTheOthersGoOn) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    start_faulty();
    const net::Parcel wants = parcel(base::Bytes(32 * ledger::MAX_BATCH_TRANSACTIONS, 7));
    ASSERT_TRUE(until([&] {
        faulty->send(0, net::Channel::want, wants);
        return members[0]->node->counters().muted_wants > 0;
    }));
    EXPECT_TRUE(until([&] { return members[0]->said("validator_4 sends too many requests for"); }));
    commits(0, call("office", 1));
}

TEST_F(NodePeers, AFloodOfFetchesIsMutedAndTheOthersGoOn) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    start_faulty();
    for (std::uint64_t nonce = 1; nonce <= 8; ++nonce) commits(0, call("office", nonce));
    namespace pbft = consensus::pbft;
    const net::Parcel fetch = parcel(pbft::encode(pbft::Message{pbft::Fetch{{1}, {8}}}));
    ASSERT_TRUE(until([&] {
        for (int times = 0; times < 100; ++times) {
            faulty->send(0, net::Channel::consensus, fetch);
        }
        return members[0]->node->counters().muted_heights > 0;
    }));
    EXPECT_TRUE(until([&] { return members[0]->said("too many requests for heights"); }));
    commits(0, call("office", 9));
}

// Who proposes in view 0 names transactions of 12 MiB, of which one batch may hold 8, and then more
// than a batch may name.
TEST_F(NodePeers, AProposalThatIsTooLargeIsRefusedAndStopsNobody) {
    namespace pbft = consensus::pbft;
    std::map<ledger::Hash, ledger::Transaction> large;
    for (std::uint64_t i = 0; i < 12; ++i) {
        ledger::Transaction made = call("office", i + 1);
        made.arguments.assign(ledger::MAX_ARGUMENT_BYTES, 0);
        large[ledger::hash_of(made)] = made;
    }
    deaf.answer = [&](net::PeerIndex from, const std::vector<ledger::Hash>& hashes) {
        std::vector<ledger::Transaction> found;
        for (const ledger::Hash& hash : hashes) {
            if (large.contains(hash)) found.push_back(large[hash]);
        }
        for (const net::Parcel& one : node::transactions_parcels(found, net::MAX_BODIES_BYTES)) {
            faulty->send(from, net::Channel::bodies, one);
        }
    };
    std::vector<ledger::Hash> hashes;
    for (const auto& [hash, transaction] : large) hashes.push_back(hash);
    const auto authority =
        consensus::make_authority(ledger::chain_id(genesis), genesis.validators, key_of(1, 0));
    const auto propose = [&](std::vector<ledger::Hash> named) {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        pbft::PrePrepare made{
            {0},
            {{0}, {1}, std::chrono::duration_cast<milliseconds>(now).count(), std::move(named)},
            {}};
        made.signature = authority->sign_vote(pbft::signed_bytes(
            pbft::Vote{pbft::Phase::pre_prepare, {0}, {0}, {1}, ledger::hash_of(made.batch)}));
        return parcel(pbft::encode(pbft::Message{made}));
    };
    for (std::size_t i = 1; i < N; ++i) start(i);
    start_faulty(0);
    const net::Parcel first = propose(hashes);
    faulty->send(1, net::Channel::consensus, first);
    EXPECT_TRUE(until([&] { return members[1]->said("larger than a batch may be"); }));
    std::vector<ledger::Hash> many;
    while (many.size() <= genesis.limits.batch_transactions) {
        many.push_back(crypto::sha256(base::as_bytes(std::to_string(many.size()))));
    }
    const net::Parcel second = propose(many);
    faulty->send(2, net::Channel::consensus, second);
    EXPECT_TRUE(until([&] { return members[2]->said("transactions, at most 1000 may be"); }));
    commits(3, call("office", 1));
    for (std::size_t i = 1; i < N; ++i) EXPECT_TRUE(have_the_same(3, i));
}

TEST_F(NodePeers, GarbageForgeriesAndReplaysAmongTheMessagesStopNobody) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    start_faulty();
    namespace pbft = consensus::pbft;
    std::vector<net::Parcel> bad = {parcel({}), parcel(base::Bytes(1000, 0xee))};
    pbft::ViewChange change;
    change.view = {7};
    change.sender = 3;
    bad.push_back(parcel(pbft::encode(pbft::Message{change})));  // signed by nobody
    pbft::Status ahead;  // far ahead, says who cannot show it
    ahead.view = {50};
    ahead.applied = ahead.certified = {1000};
    bad.push_back(parcel(pbft::encode(pbft::Message{ahead})));
    pbft::HeaderVote vote;
    vote.height = {1};
    bad.push_back(parcel(pbft::encode(pbft::Message{vote})));
    std::atomic<bool> stop{false};
    std::thread flood([&] {
        while (!stop) {
            for (const net::Parcel& one : bad) {
                faulty->send(std::nullopt, net::Channel::consensus, one);
            }
            std::this_thread::sleep_for(milliseconds(1));
        }
    });
    for (std::uint64_t nonce = 1; nonce <= 6; ++nonce) {
        commits(nonce % 3, call("office", nonce));
    }
    stop = true;
    flood.join();
    for (std::size_t i = 1; i + 1 < N; ++i) EXPECT_TRUE(have_the_same(0, i));
    EXPECT_EQ(members[0]->node->standing().view, 0U);
    EXPECT_FALSE(members[0]->node->halted());
    const node::Counters counted = members[0]->node->counters();
    EXPECT_GT(counted.unreadable_messages, 0U);
    EXPECT_GT(counted.forged_messages, 0U);
    EXPECT_GT(counted.muted_messages, 0U);
    EXPECT_TRUE(until([&] { return members[0]->said("validator_4 sends too many messages of"); }));
    EXPECT_TRUE(members[0]->said("validator_4 sent a message that cannot be read: it is not used"));
}

TEST_F(NodePeers, WrongSignaturesOtherEpochsAndReplaysAreSaidAndCounted) {
    for (std::size_t i = 0; i + 1 < N; ++i) start(i);
    start_faulty();
    commits(0, call("office", 1));
    namespace pbft = consensus::pbft;
    const auto send = [&](const pbft::Payload& payload) {
        faulty->send(0, net::Channel::consensus, parcel(pbft::encode(pbft::Message{payload})));
    };
    pbft::HeaderVote forged;
    forged.height.value = members[0]->executor->last_applied().value + 1;
    send(forged);
    EXPECT_TRUE(until([&] { return members[0]->node->counters().forged_messages == 1; }));
    EXPECT_TRUE(members[0]->said("validator_4 sent a message whose signatures do not hold"));
    pbft::Status stranger;
    stranger.epoch = {9};
    send(stranger);
    EXPECT_TRUE(until([&] { return members[0]->node->counters().epoch_messages == 1; }));
    EXPECT_TRUE(members[0]->said("validator_4 sent a message of another epoch"));
    const std::uint64_t before = members[0]->node->counters().old_messages;
    for (int times = 0; times < 50; ++times) send(pbft::Commit{{0}, {0}, {1}, {}});
    EXPECT_TRUE(until([&] { return members[0]->node->counters().old_messages >= before + 50; }));
    EXPECT_EQ(members[0]->node->counters().muted_messages, 0U);  // correct ones are late as well
    commits(1, call("office", 2));
}

// The clock of who proposes jumps by a day: the others do not vote for its times, say so, and go on
// with the next. It follows them, and votes again when its clock is right.
TEST_F(NodePeers, AClockThatJumpsEndsTheViewOfWhoProposesAndStopsNobody) {
    constexpr std::int64_t DAY_MS = 86'400'000;
    for (std::size_t i = 0; i < N; ++i) start(i);
    commits(1, call("office", 1));
    std::uint64_t nonce = 1;
    for (const std::int64_t jump : {DAY_MS, -DAY_MS}) {
        const std::size_t primary = members[1]->node->standing().primary;
        const std::size_t other = (primary + 1) % N;
        ahead_ms[primary] = jump;
        commits(other, call("office", ++nonce));
        EXPECT_NE(members[other]->node->standing().primary, primary);
        EXPECT_TRUE(until([&] { return members[other]->node->counters().refused_times > 0; }));
        EXPECT_TRUE(members[other]->said(
            fmt::format("a proposal of validator_{} for height", primary + 1)));
        EXPECT_TRUE(members[other]->said("compare the clocks of the validators"));
        EXPECT_TRUE(have_the_same(other, primary));
        ahead_ms[primary] = 0;
        commits(primary, call("office", ++nonce));
    }
    for (std::size_t i = 1; i < N; ++i) EXPECT_TRUE(have_the_same(0, i));
    const std::int64_t time_ms = members[0]->executor->last_header().time_ms;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    EXPECT_LE(time_ms, std::chrono::duration_cast<milliseconds>(now).count() + 1000);
}

TEST(Parcels, HoldWhatFitsAndAreReadBack) {
    std::vector<ledger::Transaction> calls;
    for (std::uint64_t nonce = 1; nonce <= 5; ++nonce) {
        ledger::Transaction one;
        one.nonce.value = nonce;
        one.module = "m";
        one.action = "a";
        one.arguments = base::Bytes(nonce == 3 ? 900 : 10, 1);
        calls.push_back(one);
    }
    const auto parcels = node::transactions_parcels(calls, 1200);
    EXPECT_GT(parcels.size(), 1U);
    std::vector<ledger::Transaction> back;
    for (const net::Parcel& one : parcels) {
        EXPECT_LE(one->size(), 1200U);
        const auto read = node::read_transactions(*one);
        ASSERT_TRUE(read);
        back.insert(back.end(), read->begin(), read->end());
    }
    EXPECT_EQ(back, calls);
    base::Bytes cut = *parcels.front();
    cut.pop_back();
    EXPECT_FALSE(node::read_transactions(cut));
    cut = *parcels.front();
    cut.push_back(0);
    EXPECT_FALSE(node::read_transactions(cut));
    EXPECT_FALSE(node::read_transactions({}));
    const std::vector<ledger::Hash> hashes{crypto::sha256({}), ledger::Hash{}};
    EXPECT_EQ(node::read_want(*node::want_parcel(hashes)), hashes);
    EXPECT_FALSE(node::read_want(base::Bytes(31)));
    EXPECT_TRUE(node::read_want(base::Bytes(32 * ledger::MAX_BATCH_TRANSACTIONS)));
    EXPECT_FALSE(node::read_want(base::Bytes(32 * (ledger::MAX_BATCH_TRANSACTIONS + 1))));
}

}  // namespace
}  // namespace edict::tests
