// Seat: one simulated node. It runs a protocol as a node does (persist, sign, send, check,
// execute), on stores that lose what was not synced, and it may lose power between any two of its
// doings. While it works, messages of the protocol and timers wait in order; without a bound, as a
// node's full inbox holds up its peers.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "chain/consensus/pbft/pbft.h"
#include "chain/pool/pool.h"
#include "chain/sim/costs.h"
#include "chain/sim/machine.h"
#include "chain/sim/random.h"
#include "chain/sim/signer.h"

namespace edict::sim {

using consensus::TimerKind;
using consensus::ValidatorIndex;
using ledger::Hash;
using ledger::Height;

enum class Channel : std::uint8_t { consensus, call, body_request, body };
using Parcel = std::shared_ptr<const base::Bytes>;

class Seat;

// What a seat knows of the world.
class Surroundings {
public:
    virtual ~Surroundings() = default;
    [[nodiscard]] virtual std::int64_t now_ms() const = 0;
    virtual void transmit(Seat& from, std::optional<ValidatorIndex> to, Channel channel,
                          Parcel parcel) = 0;
    virtual void set_timer(Seat& seat, TimerKind timer, std::optional<std::int64_t> delay_ms) = 0;
    virtual void wake_at(Seat& seat, std::int64_t time_ms) = 0;  // then Seat::wake
    virtual void work_for(Seat& seat, std::int64_t us) = 0;      // then Seat::worked
    virtual void executed(Seat& seat, const ledger::Batch& batch, const Outcome& outcome) = 0;
    virtual void certified(Seat& seat, const ledger::Header& header,
                           const ledger::Certificate& certificate) = 0;
    virtual void misdeed(Seat& seat, const consensus::Misdeed& misdeed) = 0;
    virtual void refused(Seat& seat, const consensus::Refused& refused) = 0;
    virtual void halted(Seat& seat, const std::string& why) = 0;
    virtual void crashed(Seat& seat) = 0;
};

class Seat {
public:
    using MakeMachine = std::function<std::unique_ptr<Machine>(store::KeyValue&)>;

    Seat(std::size_t index, const consensus::pbft::Config& config, const SimSigner& signer,
         Surroundings& world, MakeMachine make_machine, const Toil& toil);

    void start();
    // Each unsynced write survives or not as `random` says, but none without those before it.
    void crash(Random& random);
    // Loses power after so many doings from now, each a persist, a send, an execution and so on.
    void crash_after(std::uint64_t doings) { doings_left_ = doings; }
    void crash_after_persist() { fails_after_persist_ = true; }
    void lose_votes();  // while it is down: what a backup does not hold
    void lose_data();
    void set_config(const consensus::pbft::Config& config) { config_ = config; }
    [[nodiscard]] const consensus::pbft::Config& config() const { return config_; }

    void receive(ValidatorIndex from, Channel channel, const base::Bytes& bytes);
    void timer(TimerKind timer);
    void tick();  // now and then: tells others of calls that wait, asks for missing bodies again
    void wake();
    void worked();
    void submit(const ledger::Transaction& transaction);

    [[nodiscard]] bool is_up() const { return protocol_ != nullptr; }
    [[nodiscard]] bool is_working() const { return is_working_; }
    [[nodiscard]] std::size_t index() const { return index_; }
    [[nodiscard]] ValidatorIndex identity() const { return config_.self; }
    [[nodiscard]] std::uint64_t incarnation() const { return incarnation_; }
    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    [[nodiscard]] Height certified() const { return certified_; }
    [[nodiscard]] consensus::Standing protocol_standing() const {
        return protocol_->standing();
    }  // it is up
    [[nodiscard]] const Machine& machine() const { return *machine_; }  // it is up
    [[nodiscard]] std::int64_t clock_ms() const { return world_.now_ms() + clock_offset_ms; }

    std::int64_t clock_offset_ms = 0;

private:
    struct Persist {
        base::Bytes votes;
    };
    struct Examine {  // the batch of check_
        ledger::Body body;
    };
    struct Execute {  // the batch of deliver_
        ledger::Body body;
    };
    struct Rest {  // what is no doing
        consensus::Update update;
    };
    using Doing =
        std::variant<Persist, consensus::SignHeader, consensus::Send, consensus::Check,
                     consensus::Update::Certified, consensus::Deliver, Examine, Execute, Rest>;
    // What a node's loop looks at, one after the other.
    enum class Turn : std::uint8_t { letter, check, deliver, waiting, timer, tick };
    static constexpr std::size_t TURNS = 6;

    [[nodiscard]] bool& has_come(Turn turn) { return has_come_[static_cast<std::size_t>(turn)]; }

    void come(Turn turn);
    void go_on();  // until it works or nothing is left
    [[nodiscard]] bool take_next();
    [[nodiscard]] bool take_letter();
    [[nodiscard]] bool take_timer();
    [[nodiscard]] bool take(Turn turn);  // false: there is nothing
    [[nodiscard]] bool begins_to_work();
    [[nodiscard]] std::int64_t cost_of(const Doing& doing);
    void plan(consensus::Update update);
    void carry_out(const Persist& wanted);
    void carry_out(const consensus::SignHeader& wanted);
    void carry_out(const consensus::Send& wanted);
    void carry_out(const consensus::Check& wanted);
    void carry_out(const consensus::Update::Certified& done);
    void carry_out(const consensus::Deliver& wanted);
    void carry_out(const Examine& wanted);
    void carry_out(const Execute& wanted);
    void carry_out(const Rest& rest);
    // False: the power is gone.
    [[nodiscard]] bool doing();
    [[nodiscard]] consensus::Started standing() const;
    [[nodiscard]] std::optional<ledger::Transaction> find_body(const Hash& hash) const;
    [[nodiscard]] std::optional<ledger::Body> collect(const std::vector<Hash>& hashes);
    void hold(const std::vector<Hash>& hashes, const ledger::Body& body);
    void begin_check();
    void begin_execution();
    [[nodiscard]] consensus::Proposed propose();
    [[nodiscard]] std::optional<consensus::Waiting> waiting(bool always);
    void send_waiting_calls();

    std::size_t index_;
    consensus::pbft::Config config_;
    const SimSigner& signer_;
    Surroundings& world_;
    MakeMachine make_machine_;
    Toil toil_;

    std::unique_ptr<store::MemoryStore> data_ = std::make_unique<store::MemoryStore>();
    std::unique_ptr<store::MemoryStore> votes_ = std::make_unique<store::MemoryStore>();
    std::unique_ptr<Machine> machine_;
    std::unique_ptr<consensus::Protocol> protocol_;
    std::uint64_t incarnation_ = 0;
    std::uint64_t steps_ = 0;
    std::optional<std::uint64_t> doings_left_;
    bool fails_after_persist_ = false;
    bool failing_ = false;  // the power is gone; the world has not taken the seat down yet

    std::deque<consensus::Event> events_;
    std::deque<Doing> doings_;      // of the last event
    std::int64_t unworked_us_ = 0;  // passes before the next doing
    bool is_counted_ = false;       // the first doing is in that
    bool is_working_ = false;
    std::size_t turn_ = 0;
    std::deque<consensus::Received> letters_;
    // Of a timer that fell due: how many letters came before it.
    std::array<std::optional<std::size_t>, 2> timers_;
    std::array<bool, TURNS> has_come_{};  // but for letters and timers

    pool::Pool pool_;
    std::map<Hash, ledger::Transaction> bodies_;  // that peers sent
    std::vector<Hash> missing_;
    std::optional<consensus::Check> check_;
    std::optional<consensus::Deliver> deliver_;
    std::optional<consensus::Waiting> told_;
    Height certified_;
    ledger::Epoch vote_epoch_;  // in which votes were lost, if they were
};

}  // namespace edict::sim
