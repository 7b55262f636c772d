// The node's own state, shared by the files of this folder only. driver.cpp: the node's thread;
// exchange.cpp: what other nodes send and get; node.cpp: what everybody else asks.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "chain/net/notices.h"
#include "chain/node/gathering.h"
#include "chain/node/limits.h"
#include "chain/node/node.h"
#include "chain/pool/pool.h"

namespace edict::node {

struct Node::Impl final : net::Handler {
    using Clock = std::chrono::steady_clock;
    using Events = std::deque<consensus::Event>;

    explicit Impl(Setup setup_);

    // ---- the node's thread (driver.cpp) ----
    void run();
    void step(consensus::Event first);
    void carry_out(const consensus::Update& update, Events& events);
    void note_standing();
    [[nodiscard]] consensus::Started standing_at_start() const;
    [[nodiscard]] consensus::Proposed propose();
    [[nodiscard]] std::optional<consensus::Checked> try_check();
    [[nodiscard]] std::optional<consensus::Executed> try_execute();
    void try_pending();
    void certify(const consensus::Update::Certified& done);
    [[nodiscard]] consensus::Waiting waiting();
    void tell_waiting();
    void fire_timers();
    void tick();
    [[nodiscard]] Clock::time_point next_time() const;
    void forget_votes_of_what_ran();
    void count(const consensus::Refused& refused);
    void end_check();
    [[nodiscard]] bool is_too_large() const {  // the batch that is checked
        const std::scoped_lock lock(mutex);
        return for_check.is_too_large();
    }
    [[nodiscard]] bool may_vote_for(const ledger::Batch& batch, const ledger::Body& body);
    void refuse_proposal(const ledger::Batch& batch, const char* kind, const std::string& why);
    [[nodiscard]] std::int64_t now_ms() const;

    // ---- what is submitted (node.cpp) ----
    [[nodiscard]] bool is_over() const { return stopping || halted; }  // the mutex is held
    [[nodiscard]] bool is_ending() const;
    // Why no call is taken now; empty: calls are taken.
    [[nodiscard]] std::string not_ready() const;
    [[nodiscard]] pool::Added add(const ledger::Transaction& transaction);
    void tell(const ledger::Transaction& transaction) const;

    // ---- transactions that are missing (exchange.cpp) ----
    [[nodiscard]] std::optional<ledger::Transaction> find_body(const ledger::Hash& hash) const;
    [[nodiscard]] std::optional<ledger::Body> collect(const std::vector<ledger::Hash>& hashes,
                                                      Gathering& into);
    void ask_for_missing();
    void tell_again();

    // ---- what peers send, on their threads (exchange.cpp) ----
    [[nodiscard]] bool received(net::PeerIndex from, net::Channel channel,
                                base::Bytes payload) override;
    void connected(net::PeerIndex peer) override;
    void notice(const std::string& line) override;
    void take_message(net::PeerIndex from, base::Bytes payload);
    void say_muted(net::PeerIndex from, const char* what);
    [[nodiscard]] bool take_calls(net::PeerIndex from, base::ByteView payload);
    [[nodiscard]] bool may_send_height(net::PeerIndex to);
    [[nodiscard]] bool answer_want(net::PeerIndex from, base::ByteView payload);
    [[nodiscard]] bool take_bodies(base::ByteView payload);
    [[nodiscard]] std::optional<consensus::Received> next_message();  // the mutex is held

    Setup setup;
    executor::Executor& executor;
    net::Network* network = nullptr;
    std::vector<Listener> listeners;
    std::function<void(const std::string&)> on_notice;
    std::function<void()> on_halt;
    net::Notices notices;
    std::thread thread;

    // ---- the node's thread only ----
    std::vector<ledger::Receipt> delivered;  // of the last height
    std::optional<consensus::Check> check;
    std::optional<consensus::Deliver> deliver;
    std::unordered_set<ledger::Hash> held;  // with the votes
    std::optional<ledger::Hash> watched;    // the oldest call, as the protocol was told
    std::optional<ledger::Hash> watched_at_tick;
    bool due_told = false;
    struct Timer {
        std::optional<Clock::time_point> at;
        // Messages that came before it was due and still wait: what they say may stop it.
        std::optional<std::size_t> before;
    };
    std::array<Timer, 2> timers;  // by TimerKind
    Clock::time_point next_tick = Clock::now() + TICK;
    std::optional<std::int64_t> wakeup_ms;  // system time
    net::PeerIndex last_from = 0;           // whose message was read last
    net::PeerIndex ask_next = 0;

    mutable std::mutex mutex;           // guards what follows
    std::condition_variable wake;       // of the node's thread
    std::condition_variable room;       // in an inbox
    std::condition_variable certified;  // of those who wait for a height
    pool::Pool pool;
    Counters counters;
    consensus::Standing standing;
    ledger::Height certified_height;
    bool has_new = false;     // something was added since the protocol was told
    bool has_bodies = false;  // all that was missing is here, or more than a batch may hold
    bool has_peer = false;    // a connection was made
    bool stopping = false;
    std::optional<std::string> halted;
    struct Inbox {
        std::deque<base::Bytes> messages;
        std::size_t bytes = 0;
        Clock::time_point window{};
        std::uint64_t bad_calls = 0, wanted = 0, heights = 0, bad_messages = 0;  // in the window
        void turn_window() {
            if (Clock::now() - window <= PEER_WINDOW) return;
            window = Clock::now();
            bad_calls = wanted = heights = bad_messages = 0;
        }
    };
    std::vector<Inbox> inboxes;
    std::size_t messages = 0;  // in all of them
    std::size_t next_inbox = 0;
    Gathering for_check, for_deliver;  // what those two wait for
};

}  // namespace edict::node
