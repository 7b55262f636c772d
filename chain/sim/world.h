// World: seats, network, clock, clients and faults, all driven by one seed. The same plan gives the
// same trace, whatever compiler made the program.
#pragma once

#include <queue>
#include <set>

#include "chain/sim/attacker.h"
#include "chain/sim/linearizability.h"
#include "chain/sim/truth.h"

namespace edict::sim {

struct Network {
    std::int64_t min_delay_us = 500;
    std::int64_t max_delay_us = 10'000;
    std::uint64_t drop_percent = 0;
    std::uint64_t duplicate_percent = 0;
};

struct SeatPlan {
    ValidatorIndex identity = 0;
    std::optional<Style> attacker;
    bool twin = false;  // another seat has the same identity; neither counts as correct
};

struct Plan {
    std::uint64_t seed = 1;
    std::size_t validators = 4;
    std::vector<SeatPlan> seats;  // empty: one correct seat for each validator
    std::size_t clients = 3;
    std::int64_t think_ms = 200;   // of a client, at most, between two calls
    bool real_signatures = false;  // Ed25519
    Network network;
    Costs costs;
    consensus::pbft::Timing timing{500, 100, 1000};
    consensus::pbft::Flaws flaws;            // of every correct seat
    std::vector<std::int64_t> deadlines_ms;  // after genesis
    Seat::MakeMachine make_machine;          // none: the small machine
    std::optional<ledger::Hash> chain_id;    // with make_machine
    // The call of a client, by its number; none: one of the small machine.
    std::function<ledger::Transaction(std::size_t client, ledger::Nonce nonce, Height expiry)>
        make_call;
    std::function<void(const std::string&)> tell;  // the story, for who looks for a cause
};

struct Totals {
    std::uint64_t events = 0;         // that were dispatched
    std::uint64_t steps = 0;          // of protocols
    std::uint64_t messages = 0;       // that arrived
    std::uint64_t view_changes = 0;   // new views that a primary announced
    std::uint64_t equivocations = 0;  // evidence that correct replicas handed in
    std::uint64_t crashes = 0;
    std::uint64_t syncs = 0;  // blocks that a replica fetched
    std::uint64_t waits = 0;  // messages that came while their seat worked
    std::uint64_t work_us = 0;
    std::uint64_t heights = 0;
    std::uint64_t acknowledged = 0;

    Totals& operator+=(const Totals& other);
};

// A message, for whoever wants to lose it.
struct Letter {
    std::size_t from = 0;  // seats
    std::size_t to = 0;
    Channel channel = Channel::consensus;
    std::uint8_t kind = 0;  // of the payload: index into pbft::Payload
};

class World final : public Surroundings {
public:
    explicit World(Plan plan);
    ~World() override;

    // ---- faults ----
    void crash(std::size_t seat);
    void restart(std::size_t seat);
    void lose_votes(std::size_t seat);  // of a crashed seat
    void lose_data(std::size_t seat);
    void block(std::size_t from, std::size_t to) { blocked_.emplace(from, to); }
    void split(const std::set<std::size_t>& group);  // from all others, both ways
    void heal_network();
    void set_network(const Network& network) { network_ = network; }
    void lose_if(std::function<bool(const Letter&)> lose) { lose_ = std::move(lose); }
    // Everybody who is up or down starts anew in `epoch`, from the highest height that was
    // executed.
    void resume(ledger::Epoch epoch);

    // ---- time ----
    // Until this much later, or a violation.
    void run_for(std::int64_t ms);
    // True: `done` held before the time was over. It is asked after each event.
    bool run_until(const std::function<bool()>& done, std::int64_t at_most_ms);
    void at(std::int64_t delay_ms, std::function<void()> action);
    // What every correct seat has on disk, and what clients saw; after a run.
    void examine_all();

    [[nodiscard]] Seat& seat(std::size_t index) { return *seats_[index]; }
    [[nodiscard]] std::size_t seats() const { return seats_.size(); }
    [[nodiscard]] bool is_correct(std::size_t seat) const;
    [[nodiscard]] Height lowest_certified() const;  // of the correct seats that are up
    [[nodiscard]] Truth& truth() { return truth_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] Totals totals() const;
    [[nodiscard]] std::uint64_t trace() const { return trace_; }
    [[nodiscard]] const std::vector<std::string>& halts() const { return halts_; }
    [[nodiscard]] std::int64_t elapsed_ms() const { return now_us_ / 1000; }
    void set_clients_active(bool active);

    // ---- Surroundings ----
    [[nodiscard]] std::int64_t now_ms() const override { return GENESIS_MS + now_us_ / 1000; }
    void transmit(Seat& from, std::optional<ValidatorIndex> to, Channel channel,
                  Parcel parcel) override;
    void set_timer(Seat& seat, TimerKind timer, std::optional<std::int64_t> delay_ms) override;
    void wake_at(Seat& seat, std::int64_t time_ms) override;
    void work_for(Seat& seat, std::int64_t us) override;
    void executed(Seat& seat, const ledger::Batch& batch, const Outcome& outcome) override;
    void certified(Seat& seat, const ledger::Header& header,
                   const ledger::Certificate& certificate) override;
    void misdeed(Seat& seat, const consensus::Misdeed& misdeed) override;
    void refused(Seat& seat, const consensus::Refused& refused) override;
    void halted(Seat& seat, const std::string& why) override;
    void crashed(Seat& seat) override;

private:
    struct Arrival {
        std::size_t from, to;
        std::uint64_t incarnation;  // of both ends: a connection dies with either
        std::uint64_t sender_incarnation;
        Channel channel;
        Parcel parcel;
    };
    struct Ring {
        std::size_t seat;
        TimerKind timer;
        std::uint64_t generation;
    };
    struct Tick {
        std::size_t seat;
        std::uint64_t incarnation;
    };
    struct Wake {
        std::size_t seat;
        std::uint64_t incarnation;
    };
    struct Work {
        std::size_t seat;
        std::uint64_t incarnation;
    };
    struct ClientTurn {
        std::size_t client;
    };
    struct Action {
        std::function<void()> run;
    };
    using What = std::variant<Arrival, Ring, Tick, Wake, Work, ClientTurn, Action>;
    struct Due {
        std::int64_t time_us;
        std::uint64_t order;
        std::shared_ptr<What> what;
        friend bool operator>(const Due& a, const Due& b) {
            return std::pair(a.time_us, a.order) > std::pair(b.time_us, b.order);
        }
    };
    struct Client {
        ledger::PartyId party;
        ledger::Transaction call;
        Hash hash;
        bool outstanding = false;
        std::int64_t begun_us = 0;  // the call was first sent
        std::int64_t sent_us = 0;
        std::optional<std::uint64_t> saw;
        std::uint64_t done = 0;
    };

    void schedule(std::int64_t delay_us, What what);
    void dispatch(const What& what);
    void deliver(const Arrival& arrival);
    void turn(std::size_t client);
    void examine_histories();
    void post(std::size_t from, std::size_t to, Channel channel, const Parcel& parcel);
    void post_as(Seat& from, ValidatorIndex to, Channel channel, const Parcel& parcel);
    [[nodiscard]] bool step_once();
    void note(std::uint64_t what) { trace_ = mix(trace_ ^ what) + 0x9e3779b97f4a7c15; }
    void after_dispatch();
    void tell(const std::string& what) const;

    Plan plan_;
    Random random_;
    Network network_;
    std::vector<std::unique_ptr<SimSigner>> signers_;
    std::vector<std::unique_ptr<Seat>> seats_;
    std::vector<std::unique_ptr<Attacker>> attackers_;  // null: none
    std::vector<Height> on_disk_;                       // what each has executed
    std::vector<std::array<std::uint64_t, 2>> generations_;
    std::vector<std::size_t> failing_;
    std::vector<Client> clients_;
    std::array<std::vector<Operation>, REGISTERS> histories_;  // what clients saw of each register
    bool clients_active_ = true;
    Truth truth_;
    std::set<std::pair<std::size_t, std::size_t>> blocked_;
    std::function<bool(const Letter&)> lose_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> queue_;
    std::int64_t now_us_ = 0;
    std::uint64_t order_ = 0;
    std::uint64_t trace_ = 0;
    Totals totals_;
    std::set<std::pair<std::size_t, base::Bytes>> announced_;
    std::vector<std::string> halts_;
};

}  // namespace edict::sim
