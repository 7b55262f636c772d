#include "chain/sim/world.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "chain/consensus/pbft/codec.h"
#include "chain/consensus/pbft/proofs.h"
#include "chain/ledger/codec.h"
#include "chain/sim/words.h"

namespace edict::sim {

namespace {

constexpr std::int64_t TICK_US = 400'000;
constexpr std::int64_t PATIENCE_US = 1'500'000;  // of a client, before it asks another replica
constexpr std::size_t NEW_VIEW = 5, BLOCK = 8;   // in pbft::Payload

std::uint64_t sum_of(const base::Bytes& bytes) {
    std::uint64_t sum = bytes.size();
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        word = word << 8 | bytes[i];
        if (i % 8 == 7) {
            sum = mix(sum ^ word);
            word = 0;
        }
    }
    return mix(sum ^ word);
}

}  // namespace

Totals& Totals::operator+=(const Totals& other) {
    events += other.events;
    steps += other.steps;
    messages += other.messages;
    view_changes += other.view_changes;
    equivocations += other.equivocations;
    crashes += other.crashes;
    syncs += other.syncs;
    waits += other.waits;
    work_us += other.work_us;
    heights += other.heights;
    acknowledged += other.acknowledged;
    return *this;
}

World::World(Plan plan)
    : plan_(std::move(plan)),
      random_(plan_.seed),
      network_(plan_.network),
      truth_(plan_.validators) {
    const Hash chain_id = plan_.chain_id.value_or(crypto::sha256(base::as_bytes("simulated")));
    signers_ = plan_.real_signatures ? ed25519_signers(plan_.seed, plan_.validators, chain_id)
                                     : checksum_signers(plan_.seed, plan_.validators);
    if (!plan_.make_machine) {
        std::vector<std::int64_t> deadlines;
        for (const std::int64_t after : plan_.deadlines_ms) deadlines.push_back(GENESIS_MS + after);
        plan_.make_machine = [chain_id, deadlines](store::KeyValue& store) {
            return make_small_machine(store, chain_id, deadlines);
        };
    }
    if (plan_.seats.empty()) {
        for (std::size_t i = 0; i < plan_.validators; ++i) {
            plan_.seats.push_back({static_cast<ValidatorIndex>(i), std::nullopt, false});
        }
    }
    store::MemoryStore scratch;
    const Hash genesis = ledger::hash_of(*plan_.make_machine(scratch)->header({0}));
    for (std::size_t i = 0; i < plan_.seats.size(); ++i) {
        const SeatPlan& planned = plan_.seats[i];
        consensus::pbft::Config config{{0},
                                       planned.identity,
                                       plan_.validators,
                                       {{0}, genesis},
                                       plan_.timing,
                                       is_correct(i) ? plan_.flaws : consensus::pbft::Flaws{}};
        seats_.push_back(std::make_unique<Seat>(i, config, *signers_[planned.identity], *this,
                                                plan_.make_machine,
                                                Toil(plan_.costs, mix(plan_.seed) + i)));
        attackers_.push_back(planned.attacker
                                 ? std::make_unique<Attacker>(*planned.attacker, random_.next(),
                                                              planned.identity, plan_.validators,
                                                              *signers_[planned.identity])
                                 : nullptr);
    }
    on_disk_.resize(seats_.size());
    generations_.resize(seats_.size());
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        seats_[i]->clock_offset_ms = random_.between(-500, 500);
        restart(i);
    }
    for (std::size_t i = 0; i < plan_.clients; ++i) {
        Client client;
        client.party = value::party_named(fmt::format("client {}", i));
        clients_.push_back(client);
        schedule(random_.between(0, 100'000), ClientTurn{i});
    }
}

World::~World() = default;

void World::tell(const std::string& what) const {
    if (plan_.tell)
        plan_.tell(fmt::format("{:>9.3f} s  {}", static_cast<double>(now_us_) / 1e6, what));
}

bool World::is_correct(std::size_t seat) const {
    return !plan_.seats[seat].attacker && !plan_.seats[seat].twin;
}

Height World::lowest_certified() const {
    std::optional<Height> lowest;
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        if (!is_correct(i) || !seats_[i]->is_up()) continue;
        if (!lowest || seats_[i]->certified() < *lowest) lowest = seats_[i]->certified();
    }
    return lowest.value_or(Height{0});
}

Totals World::totals() const {
    Totals totals = totals_;
    for (const auto& seat : seats_) totals.steps += seat->steps();
    totals.heights = truth_.highest().value;
    totals.acknowledged = truth_.acknowledged();
    return totals;
}

// ---- faults -------------------------------------------------------------------------------------

void World::crash(std::size_t seat) {
    if (!seats_[seat]->is_up()) return;
    ++totals_.crashes;
    note(0xC0 + seat);
    tell(fmt::format("seat {} loses power", seat));
    seats_[seat]->crash(random_);
    for (std::uint64_t& generation : generations_[seat]) ++generation;
}

void World::restart(std::size_t seat) {
    if (seats_[seat]->is_up()) return;
    note(0xE0 + seat);
    tell(fmt::format("seat {} starts", seat));
    seats_[seat]->start();
    after_dispatch();
    if (!seats_[seat]->is_up()) return;
    if (is_correct(seat)) truth_.examine(*seats_[seat], on_disk_[seat]);
    schedule(TICK_US + random_.between(0, TICK_US), Tick{seat, seats_[seat]->incarnation()});
}

void World::lose_votes(std::size_t seat) {
    tell(fmt::format("seat {} loses its votes", seat));
    seats_[seat]->lose_votes();
}

void World::lose_data(std::size_t seat) {
    tell(fmt::format("seat {} loses its data", seat));
    seats_[seat]->lose_data();
    on_disk_[seat] = {0};
}

void World::split(const std::set<std::size_t>& group) {
    for (std::size_t a = 0; a < seats_.size(); ++a) {
        for (std::size_t b = 0; b < seats_.size(); ++b) {
            if (group.contains(a) != group.contains(b)) block(a, b);
        }
    }
}

void World::heal_network() {
    blocked_.clear();
    lose_ = nullptr;
}

void World::resume(ledger::Epoch epoch) {
    std::optional<ledger::Header> highest;
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        if (!seats_[i]->is_up()) restart(i);
        const Machine& machine = seats_[i]->machine();
        if (!is_correct(i) || (highest && machine.applied() <= highest->height)) continue;
        highest = machine.header(machine.applied());
    }
    truth_.resumed(highest->height);
    for (Client& client : clients_) {
        if (!truth_.height_of(client.hash)) client.saw.reset();
    }
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        crash(i);
        consensus::pbft::Config config = seats_[i]->config();
        config.epoch = epoch;
        config.anchor = {highest->height, ledger::hash_of(*highest)};
        seats_[i]->set_config(config);
        restart(i);
    }
}

// ---- time ---------------------------------------------------------------------------------------

void World::schedule(std::int64_t delay_us, What what) {
    queue_.push({now_us_ + delay_us, order_++, std::make_shared<What>(std::move(what))});
}

void World::at(std::int64_t delay_ms, std::function<void()> action) {
    schedule(delay_ms * 1000, Action{std::move(action)});
}

bool World::step_once() {
    if (queue_.empty() || truth_.violated()) return false;
    const Due due = queue_.top();
    queue_.pop();
    now_us_ = due.time_us;
    ++totals_.events;
    dispatch(*due.what);
    after_dispatch();
    return true;
}

void World::after_dispatch() {
    while (!failing_.empty()) {
        const std::size_t seat = failing_.back();
        failing_.pop_back();
        crash(seat);
        at(random_.between(50, 2000), [this, seat] { restart(seat); });
    }
}

void World::run_for(std::int64_t ms) {
    const std::int64_t end = now_us_ + ms * 1000;
    while (!queue_.empty() && queue_.top().time_us <= end && step_once()) {
    }
    now_us_ = std::max(now_us_, end);
}

bool World::run_until(const std::function<bool()>& done, std::int64_t at_most_ms) {
    const std::int64_t end = now_us_ + at_most_ms * 1000;
    while (!done()) {
        if (queue_.empty() || queue_.top().time_us > end || !step_once()) return false;
    }
    return true;
}

void World::examine_all() {
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        if (is_correct(i) && seats_[i]->is_up()) truth_.examine(*seats_[i], on_disk_[i]);
    }
    examine_histories();
}

void World::dispatch(const What& what) {
    if (const auto* arrival = std::get_if<Arrival>(&what)) {
        deliver(*arrival);
    } else if (const auto* ring = std::get_if<Ring>(&what)) {
        Seat& seat = *seats_[ring->seat];
        const auto kind = static_cast<std::size_t>(ring->timer);
        if (!seat.is_up() || generations_[ring->seat][kind] != ring->generation) return;
        note(static_cast<std::uint64_t>(now_us_) << 8 ^ ring->seat << 1 ^ kind);
        seat.timer(ring->timer);
    } else if (const auto* tick = std::get_if<Tick>(&what)) {
        Seat& seat = *seats_[tick->seat];
        if (!seat.is_up() || seat.incarnation() != tick->incarnation) return;
        seat.tick();
        schedule(TICK_US, *tick);
    } else if (const auto* wake = std::get_if<Wake>(&what)) {
        Seat& seat = *seats_[wake->seat];
        if (seat.is_up() && seat.incarnation() == wake->incarnation) seat.wake();
    } else if (const auto* work = std::get_if<Work>(&what)) {
        Seat& seat = *seats_[work->seat];
        if (seat.is_up() && seat.incarnation() == work->incarnation) seat.worked();
    } else if (const auto* client = std::get_if<ClientTurn>(&what)) {
        turn(client->client);
    } else {
        std::get<Action>(what).run();
    }
}

// ---- network ------------------------------------------------------------------------------------

void World::transmit(Seat& from, std::optional<ValidatorIndex> to, Channel channel, Parcel parcel) {
    for (std::size_t i = 0; i < plan_.validators; ++i) {
        const auto peer = static_cast<ValidatorIndex>(i);
        if (peer == from.identity() || (to && *to != peer)) continue;
        Attacker* attacker = attackers_[from.index()].get();
        if (attacker == nullptr || channel != Channel::consensus) {
            post_as(from, peer, channel, parcel);
            continue;
        }
        attacker->send(peer, *parcel, [&](ValidatorIndex target, base::Bytes message) {
            post_as(from, target, channel, std::make_shared<const base::Bytes>(std::move(message)));
        });
    }
    if (channel != Channel::consensus) return;
    if (plan_.tell) tell(fmt::format("seat {} sends {}", from.index(), words_of(*parcel)));
    if (!is_correct(from.index())) return;
    if (!to && !parcel->empty() && parcel->front() == NEW_VIEW) {
        // Resent ones are the same bytes.
        base::Bytes head(parcel->begin(),
                         parcel->begin() + std::min<std::ptrdiff_t>(17, std::ssize(*parcel)));
        if (announced_.emplace(from.index(), std::move(head)).second) ++totals_.view_changes;
    }
}

void World::post_as(Seat& from, ValidatorIndex to, Channel channel, const Parcel& parcel) {
    for (std::size_t seat = 0; seat < seats_.size(); ++seat) {
        if (seats_[seat]->identity() == to) post(from.index(), seat, channel, parcel);
    }
}

void World::post(std::size_t from, std::size_t to, Channel channel, const Parcel& parcel) {
    if (blocked_.contains({from, to})) return;
    const std::uint8_t kind =
        channel == Channel::consensus && !parcel->empty() ? parcel->front() : std::uint8_t{255};
    if (lose_ && lose_({from, to, channel, kind})) return;
    if (network_.drop_percent > 0 && random_.percent(network_.drop_percent)) return;
    const bool twice =
        network_.duplicate_percent > 0 && random_.percent(network_.duplicate_percent);
    for (int copies = twice ? 2 : 1; copies > 0; --copies) {
        schedule(random_.between(network_.min_delay_us, network_.max_delay_us),
                 Arrival{from, to, seats_[to]->incarnation(), seats_[from]->incarnation(), channel,
                         parcel});
    }
}

void World::deliver(const Arrival& arrival) {
    Seat& seat = *seats_[arrival.to];
    if (!seat.is_up() || seat.incarnation() != arrival.incarnation ||
        seats_[arrival.from]->incarnation() != arrival.sender_incarnation ||
        blocked_.contains({arrival.from, arrival.to})) {
        return;
    }
    ++totals_.messages;
    if (seat.is_working() && arrival.channel == Channel::consensus) ++totals_.waits;
    note(static_cast<std::uint64_t>(now_us_) ^ arrival.from << 56 ^ arrival.to << 48);
    note(sum_of(*arrival.parcel));
    if (arrival.channel == Channel::consensus) {
        if (arrival.parcel->front() == BLOCK && is_correct(arrival.to)) ++totals_.syncs;
        if (Attacker* attacker = attackers_[arrival.to].get()) {
            const ValidatorIndex self = seat.identity();
            attacker->saw(seats_[arrival.from]->identity(), *arrival.parcel,
                          [&](ValidatorIndex target, base::Bytes message) {
                              if (target == self) return;
                              post_as(seat, target, Channel::consensus,
                                      std::make_shared<const base::Bytes>(std::move(message)));
                          });
        }
    }
    seat.receive(seats_[arrival.from]->identity(), arrival.channel, *arrival.parcel);
}

void World::set_timer(Seat& seat, TimerKind timer, std::optional<std::int64_t> delay_ms) {
    const auto kind = static_cast<std::size_t>(timer);
    const std::uint64_t generation = ++generations_[seat.index()][kind];
    if (delay_ms) schedule(*delay_ms * 1000, Ring{seat.index(), timer, generation});
}

void World::wake_at(Seat& seat, std::int64_t time_ms) {
    const std::int64_t delay = (time_ms - now_ms()) * 1000;
    schedule(std::max<std::int64_t>(delay, 0) + 1000, Wake{seat.index(), seat.incarnation()});
}

void World::work_for(Seat& seat, std::int64_t us) {
    totals_.work_us += static_cast<std::uint64_t>(us);
    schedule(us, Work{seat.index(), seat.incarnation()});
}

// ---- what seats tell ----------------------------------------------------------------------------

void World::executed(Seat& seat, const ledger::Batch& batch, const Outcome& outcome) {
    on_disk_[seat.index()] = batch.height;
    if (plan_.tell) {
        tell(fmt::format("seat {} executed height {}, batch {}", seat.index(), batch.height.value,
                         ledger::hash_of(batch).hex().substr(0, 8)));
    }
    if (!is_correct(seat.index())) return;
    truth_.executed(seat, batch, outcome);
    for (const auto& [call, saw] : outcome.saw) {
        for (Client& client : clients_) {
            if (client.outstanding && client.hash == call && !client.saw) client.saw = saw;
        }
    }
}

void World::certified(Seat& seat, const ledger::Header& header,
                      const ledger::Certificate& certificate) {
    if (!is_correct(seat.index())) return;
    truth_.certified(seat, header, certificate);
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        Client& client = clients_[i];
        if (!client.outstanding) continue;
        const std::optional<Height> height = truth_.height_of(client.hash);
        if (!height || *height > header.height) continue;
        truth_.acknowledged(client.hash);
        histories_[register_of(client.hash)].push_back(
            {client.begun_us, now_us_, number_of(client.hash), client.saw});
        client.outstanding = false;
        ++client.done;
        schedule(random_.between(0, plan_.think_ms * 1000), ClientTurn{i});
    }
}

void World::misdeed(Seat& seat, const consensus::Misdeed& misdeed) {
    if (!is_correct(seat.index())) return;
    ++totals_.equivocations;
    const auto evidence = consensus::pbft::decode<consensus::pbft::Evidence>(misdeed.proof);
    if (!evidence || !is_valid(consensus::pbft::rules_of(seat.config(), *signers_[seat.identity()]),
                               *evidence)) {
        truth_.violation("evidence that shows nothing");
    }
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        if (seats_[i]->identity() != misdeed.validator || !is_correct(i)) continue;
        truth_.violation(fmt::format("seat {} has evidence against the correct validator {}",
                                     seat.index(), misdeed.validator));
    }
}

// A node mutes who sends such messages: a correct validator must not be among them.
void World::refused(Seat& seat, const consensus::Refused& refused) {
    if (!is_correct(seat.index()) || refused.why == consensus::Unused::old) return;
    if (plan_.tell) {
        tell(fmt::format("seat {} refuses a message of validator {}, reason {}", seat.index(),
                         refused.from, static_cast<int>(refused.why)));
    }
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        if (seats_[i]->identity() != refused.from || !is_correct(i)) continue;
        truth_.violation(fmt::format("seat {} refuses a message of the correct validator {}",
                                     seat.index(), refused.from));
    }
}

void World::halted(Seat& seat, const std::string& why) {
    halts_.push_back(fmt::format("seat {}: {}", seat.index(), why));
    if (is_correct(seat.index())) truth_.violation(halts_.back());
}

void World::crashed(Seat& seat) { failing_.push_back(seat.index()); }

// ---- clients ------------------------------------------------------------------------------------

void World::set_clients_active(bool active) {
    const bool woken = active && !clients_active_;
    clients_active_ = active;
    for (std::size_t i = 0; woken && i < clients_.size(); ++i) {
        if (!clients_[i].outstanding) schedule(random_.between(0, 10'000), ClientTurn{i});
    }
}

// Those that were never answered may have had their effect.
void World::examine_histories() {
    auto histories = histories_;
    for (const Client& client : clients_) {
        if (client.outstanding)
            histories[register_of(client.hash)].push_back(
                {client.begun_us, Operation::NEVER, number_of(client.hash), std::nullopt});
    }
    for (std::size_t i = 0; i < histories.size(); ++i) {
        if (!is_linearizable(histories[i]))
            truth_.violation(fmt::format("what clients saw of register {} fits no order", i));
    }
}

// Makes the next call, or tells another replica of the one that nobody has answered yet.
void World::turn(std::size_t index) {
    Client& client = clients_[index];
    if (!client.outstanding) {
        if (!clients_active_) return;
        const ledger::Nonce nonce{client.done + 1};
        const Height expiry{truth_.highest().value + ledger::MAX_EXPIRY_HEIGHTS};
        if (plan_.make_call) {
            client.call = plan_.make_call(index, nonce, expiry);
        } else {
            client.call = {};
            client.call.sender = client.party;
            client.call.nonce = nonce;
            client.call.expiry = expiry;
            client.call.module = "sim";
            client.call.action = "call";
        }
        client.hash = ledger::hash_of(client.call);
        client.outstanding = true;
        client.saw.reset();
        client.begun_us = now_us_;
    } else if (now_us_ - client.sent_us < PATIENCE_US) {
        return;
    }
    client.sent_us = now_us_;
    Seat& seat = *seats_[random_.below(seats_.size())];
    note(0xA0 + seat.index());
    if (seat.is_up()) seat.submit(client.call);
    schedule(PATIENCE_US, ClientTurn{index});
}

}  // namespace edict::sim
