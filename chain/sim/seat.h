// Seat: one simulated node. It runs a protocol as a node does (persist, sign, send, check,
// execute), on stores that lose what was not synced, and it may lose power between any two of its
// doings.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "chain/consensus/pbft/pbft.h"
#include "chain/pool/pool.h"
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
         Surroundings& world, MakeMachine make_machine);

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
    void submit(const ledger::Transaction& transaction);

    [[nodiscard]] bool is_up() const { return protocol_ != nullptr; }
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
    void step(consensus::Event event);
    void carry_out(const consensus::Update& update, std::vector<consensus::Event>& events);
    // False: the power is gone.
    [[nodiscard]] bool doing();
    [[nodiscard]] consensus::Started standing() const;
    [[nodiscard]] std::optional<ledger::Transaction> find_body(const Hash& hash) const;
    [[nodiscard]] std::optional<ledger::Body> collect(const std::vector<Hash>& hashes);
    void hold(const std::vector<Hash>& hashes, const ledger::Body& body);
    [[nodiscard]] std::optional<consensus::Checked> try_check();
    [[nodiscard]] std::optional<consensus::Executed> try_execute();
    [[nodiscard]] consensus::Proposed propose();
    [[nodiscard]] std::optional<consensus::Waiting> waiting(bool always);
    void try_pending();
    void tell_waiting();

    std::size_t index_;
    consensus::pbft::Config config_;
    const SimSigner& signer_;
    Surroundings& world_;
    MakeMachine make_machine_;

    std::unique_ptr<store::MemoryStore> data_ = std::make_unique<store::MemoryStore>();
    std::unique_ptr<store::MemoryStore> votes_ = std::make_unique<store::MemoryStore>();
    std::unique_ptr<Machine> machine_;
    std::unique_ptr<consensus::Protocol> protocol_;
    std::uint64_t incarnation_ = 0;
    std::uint64_t steps_ = 0;
    std::optional<std::uint64_t> doings_left_;
    bool fails_after_persist_ = false;
    bool failing_ = false;  // the power is gone; the world has not taken the seat down yet

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
