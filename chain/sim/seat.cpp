#include "chain/sim/seat.h"

#include <algorithm>

#include "base/check.h"
#include "chain/ledger/codec.h"

namespace edict::sim {

namespace {

using store::Column;

constexpr std::size_t MAX_BATCH = 50;
constexpr std::int64_t DRIFT_MS = 5000;
const base::Bytes VOTES_KEY = {'v'};

base::Bytes body_key(const Hash& hash) {
    base::Writer key;
    key.u8('b');
    crypto::write(key, hash);
    return key.take();
}

base::Bytes list_of(const std::vector<Hash>& hashes) {
    base::Writer out;
    for (const Hash& hash : hashes) crypto::write(out, hash);
    return out.take();
}

}  // namespace

Seat::Seat(std::size_t index, const consensus::pbft::Config& config, const SimSigner& signer,
           Surroundings& world, MakeMachine make_machine, const Toil& toil)
    : index_(index),
      config_(config),
      signer_(signer),
      world_(world),
      make_machine_(std::move(make_machine)),
      toil_(toil) {}

// ---- power --------------------------------------------------------------------------------------

// The vote file is made once, when the node is set up; if it is not there later, votes are lost.
void Seat::start() {
    EDICT_CHECK(!is_up());
    if (++incarnation_ == 1) {
        store::WriteBatch batch;
        batch.put(Column::meta, VOTES_KEY, {});
        votes_->commit(batch, store::Sync::yes);
    }
    failing_ = false;
    doings_left_.reset();
    fails_after_persist_ = false;
    events_.clear();
    doings_.clear();
    unworked_us_ = 0;
    is_counted_ = false;
    is_working_ = false;
    letters_.clear();
    timers_ = {};
    has_come_ = {};
    pool_ = pool::Pool();
    bodies_.clear();
    missing_.clear();
    check_.reset();
    deliver_.reset();
    told_.reset();
    machine_ = make_machine_(*data_);
    protocol_ = consensus::pbft::make_pbft(config_, signer_);
    const consensus::Started started = standing();
    certified_ = started.last_certified.height;
    events_.emplace_back(started);
    come(Turn::waiting);
}

consensus::Started Seat::standing() const {
    consensus::Started started;
    started.applied = machine_->applied();
    started.last_applied = *machine_->header(started.applied);
    started.header = ledger::hash_of(started.last_applied);
    started.certificate = machine_->certificate(started.applied);
    started.certified = started.certificate.has_value();
    started.last_certified = started.last_applied;
    if (!started.certified && started.applied.value > 0) {
        const Height below{started.applied.value - 1};
        started.last_certified = *machine_->header(below);
        started.certificate = machine_->certificate(below);
    }
    const std::optional<base::Bytes> votes = votes_->get(Column::meta, VOTES_KEY);
    started.votes_lost = !votes && config_.epoch == vote_epoch_;
    started.persisted = votes.value_or(base::Bytes{});
    return started;
}

void Seat::crash(Random& random) {
    if (!is_up()) return;
    protocol_.reset();
    machine_.reset();
    data_->crash(random.below(data_->unsynced() + 1));
    votes_->crash(random.below(votes_->unsynced() + 1));
}

void Seat::lose_votes() {
    EDICT_CHECK(!is_up());
    vote_epoch_ = config_.epoch;
    votes_ = std::make_unique<store::MemoryStore>();
}

void Seat::lose_data() {
    EDICT_CHECK(!is_up());
    data_ = std::make_unique<store::MemoryStore>();
}

bool Seat::doing() {
    if (failing_) return false;
    if (doings_left_ && (*doings_left_)-- == 0) {
        failing_ = true;
        world_.crashed(*this);
        return false;
    }
    return true;
}

// ---- work ---------------------------------------------------------------------------------------

void Seat::go_on() {
    while (is_up() && !failing_ && !is_working_) {
        if (!doings_.empty()) {
            if (!std::exchange(is_counted_, true)) unworked_us_ += cost_of(doings_.front());
            if (begins_to_work()) return;
            is_counted_ = false;
            const Doing next = std::move(doings_.front());
            doings_.pop_front();
            std::visit([this](const auto& wanted) { carry_out(wanted); }, next);
        } else if (!events_.empty()) {
            ++steps_;
            unworked_us_ += toil_.step_us();
            const consensus::Event event = std::move(events_.front());
            events_.pop_front();
            plan(protocol_->step(event));
        } else if (begins_to_work() || !take_next()) {
            return;
        }
    }
}

void Seat::worked() {
    is_working_ = false;
    go_on();
}

bool Seat::begins_to_work() {
    if (unworked_us_ == 0) return false;
    is_working_ = true;
    world_.work_for(*this, std::exchange(unworked_us_, 0));
    return true;
}

std::int64_t Seat::cost_of(const Doing& doing) {
    if (std::holds_alternative<Persist>(doing)) return toil_.sync_us();
    if (std::holds_alternative<consensus::SignHeader>(doing)) return toil_.step_us();
    if (std::holds_alternative<Examine>(doing)) return toil_.batch_us();
    if (std::holds_alternative<Execute>(doing)) {
        const std::int64_t batch_us = toil_.batch_us();
        return batch_us + toil_.sync_us();
    }
    const auto* rest = std::get_if<Rest>(&doing);
    return rest != nullptr && rest->update.propose ? toil_.batch_us() : 0;
}

// One letter, and then whatever else has come before the next one.
bool Seat::take_next() {
    for (std::size_t vain = 0; vain < TURNS; ++vain) {
        const auto turn = static_cast<Turn>(turn_);
        turn_ = (turn_ + 1) % TURNS;
        if (take(turn)) return true;
    }
    return false;
}

bool Seat::take_letter() {
    if (letters_.empty()) return false;
    events_.emplace_back(std::move(letters_.front()));
    letters_.pop_front();
    for (auto& before : timers_) {
        if (before && *before > 0) --*before;
    }
    return true;
}

bool Seat::take_timer() {
    for (const TimerKind kind : {TimerKind::resend, TimerKind::view}) {
        auto& before = timers_[static_cast<std::size_t>(kind)];
        if (!before || *before > 0) continue;
        before.reset();
        events_.emplace_back(consensus::TimerFired{kind});
        return true;
    }
    return false;
}

bool Seat::take(Turn turn) {
    if (turn == Turn::letter) return take_letter();
    if (turn == Turn::timer) return take_timer();
    if (!std::exchange(has_come(turn), false)) return false;
    if (turn == Turn::check && check_) begin_check();
    if (turn == Turn::deliver && deliver_) begin_execution();
    if (turn == Turn::tick) send_waiting_calls();
    if (turn == Turn::waiting) {
        if (const auto now = waiting(false)) events_.emplace_back(*now);
    }
    return true;
}

void Seat::come(Turn turn) {
    has_come(turn) = true;
    go_on();
}

void Seat::plan(consensus::Update update) {
    const auto append = [this](auto& wanted) {
        for (auto& one : wanted) doings_.emplace_back(std::move(one));
        wanted.clear();
    };
    if (update.persist) doings_.emplace_back(Persist{*std::move(update.persist)});
    append(update.sign);
    append(update.send);
    append(update.check);
    append(update.certify);
    append(update.deliver);
    doings_.emplace_back(Rest{std::move(update)});
}

void Seat::carry_out(const Persist& wanted) {
    if (!doing()) return;
    store::WriteBatch batch;
    batch.put(Column::meta, VOTES_KEY, wanted.votes);
    votes_->commit(batch, store::Sync::yes);
    if (std::exchange(fails_after_persist_, false)) crash_after(0);
}

void Seat::carry_out(const consensus::SignHeader& wanted) {
    if (!doing()) return;
    events_.emplace_back(
        consensus::Signed{wanted.height, {identity(), signer_.sign_header(wanted.header)}});
}

void Seat::carry_out(const consensus::Send& wanted) {
    if (!doing()) return;
    world_.transmit(*this, wanted.to, Channel::consensus,
                    std::make_shared<const base::Bytes>(wanted.message));
}

void Seat::carry_out(const consensus::Check& wanted) {
    check_ = wanted;
    begin_check();
}

void Seat::carry_out(const consensus::Update::Certified& done) {
    if (!doing()) return;
    if (!done.certificate.signatures.empty()) {
        machine_->store_certificate(done.height, done.certificate);
    }
    certified_ = done.height;
    world_.certified(*this, *machine_->header(done.height), done.certificate);
    if (const auto now = waiting(true)) events_.emplace_back(*now);
}

void Seat::carry_out(const consensus::Deliver& wanted) {
    deliver_ = wanted;
    begin_execution();
}

void Seat::carry_out(const Rest& rest) {
    const consensus::Update& update = rest.update;
    for (const consensus::Load& load : update.load) {
        const std::optional<ledger::Header> header = machine_->header(load.height);
        const std::optional<ledger::Batch> batch = machine_->batch(load.height);
        if (!header || !batch) continue;
        events_.emplace_back(
            consensus::Loaded{load.to, {*header, machine_->certificate(load.height), *batch}});
    }
    if (update.propose) events_.emplace_back(propose());
    for (const consensus::SetTimer& timer : update.timers) {
        timers_[static_cast<std::size_t>(timer.timer)].reset();
        world_.set_timer(*this, timer.timer, timer.delay_ms);
    }
    for (const consensus::Misdeed& misdeed : update.misdeeds) world_.misdeed(*this, misdeed);
    for (const consensus::Refused& refused : update.refused) world_.refused(*this, refused);
    if (update.halt) world_.halted(*this, *update.halt);
}

// ---- bodies -------------------------------------------------------------------------------------

std::optional<ledger::Transaction> Seat::find_body(const Hash& hash) const {
    if (const ledger::Transaction* waits = pool_.find(hash)) return *waits;
    if (const auto known = bodies_.find(hash); known != bodies_.end()) return known->second;
    if (const auto held = votes_->get(Column::meta, body_key(hash))) {
        return *ledger::decode<ledger::Transaction>(*held);
    }
    return machine_->find(hash);
}

// None: some are missing, and are asked for.
std::optional<ledger::Body> Seat::collect(const std::vector<Hash>& hashes) {
    ledger::Body body;
    missing_.clear();
    for (const Hash& hash : hashes) {
        if (auto found = find_body(hash)) {
            body.transactions.push_back(*std::move(found));
        } else {
            missing_.push_back(hash);
        }
    }
    if (missing_.empty()) return body;
    world_.transmit(*this, std::nullopt, Channel::body_request,
                    std::make_shared<const base::Bytes>(list_of(missing_)));
    return std::nullopt;
}

// Written now, synced with the vote.
void Seat::hold(const std::vector<Hash>& hashes, const ledger::Body& body) {
    store::WriteBatch batch;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        batch.put(Column::meta, body_key(hashes[i]), ledger::encode(body.transactions[i]));
    }
    if (!batch.empty()) votes_->commit(batch, store::Sync::no);
}

void Seat::begin_check() {
    if (auto body = collect(check_->batch.transactions)) {
        doings_.emplace_front(Examine{*std::move(body)});
    }
}

void Seat::begin_execution() {
    if (auto body = collect(deliver_->batch.transactions)) {
        doings_.emplace_front(Execute{*std::move(body)});
    }
}

void Seat::carry_out(const Examine& wanted) {
    if (!doing()) return;
    const consensus::Check check = *std::exchange(check_, std::nullopt);
    hold(check.batch.transactions, wanted.body);
    bool accepted = true;
    if (check.first) {
        const std::int64_t drift = check.batch.proposed_time_ms - clock_ms();
        accepted =
            drift <= DRIFT_MS && -drift <= DRIFT_MS && machine_->check(check.batch, wanted.body);
    }
    events_.emplace_back(consensus::Checked{check.hash, accepted});
}

void Seat::carry_out(const Execute& wanted) {
    if (!doing()) return;
    const consensus::Deliver deliver = *std::exchange(deliver_, std::nullopt);
    const ledger::Batch& batch = deliver.batch;
    const Outcome outcome = machine_->execute(batch, wanted.body);
    const Hash header = ledger::hash_of(outcome.header);
    const bool as_expected = !deliver.expected || *deliver.expected == header;
    events_.emplace_back(consensus::Executed{batch.height, header, outcome.header, as_expected});
    if (!as_expected) return;
    machine_->commit();
    world_.executed(*this, batch, outcome);
    store::WriteBatch done;
    for (const Hash& hash : batch.transactions) {
        done.erase(Column::meta, body_key(hash));
        pool_.remove(hash);
        bodies_.erase(hash);
    }
    if (!done.empty()) votes_->commit(done, store::Sync::no);
    for (const ledger::Transaction& transaction : wanted.body.transactions) {
        pool_.drop_used(transaction.sender, transaction.nonce);
    }
    pool_.drop_expired({batch.height.value + 1});
}

// ---- the pool -----------------------------------------------------------------------------------

consensus::Proposed Seat::propose() {
    const auto next = [this](const ledger::PartyId& party) { return machine_->next_nonce(party); };
    ledger::Body body{pool_.ready(next, MAX_BATCH, ledger::MAX_BODY_BYTES)};
    consensus::Proposed proposed{clock_ms(), {}};
    for (const ledger::Transaction& transaction : body.transactions) {
        proposed.transactions.push_back(ledger::hash_of(transaction));
    }
    hold(proposed.transactions, body);
    return proposed;
}

// None: nothing new to tell.
std::optional<consensus::Waiting> Seat::waiting(bool always) {
    const auto next = [this](const ledger::PartyId& party) { return machine_->next_nonce(party); };
    consensus::Waiting now{clock_ms(), std::nullopt, false};
    const auto oldest = pool_.ready(next, 1, ledger::MAX_BODY_BYTES);
    if (!oldest.empty()) now.oldest = ledger::hash_of(oldest.front());
    if (const std::optional<std::int64_t> wakeup = machine_->next_wakeup()) {
        now.due = *wakeup <= now.now_ms;
        if (!now.due) world_.wake_at(*this, *wakeup - clock_offset_ms);
    }
    const bool is_same = told_ && told_->oldest == now.oldest && told_->due == now.due;
    if (is_same && !always) return std::nullopt;
    told_ = now;
    return now;
}

void Seat::submit(const ledger::Transaction& transaction) {
    if (machine_->find(ledger::hash_of(transaction))) return;
    if (transaction.nonce < machine_->next_nonce(transaction.sender)) return;
    if (pool_.add(transaction) != pool::Added::added) return;
    world_.transmit(*this, std::nullopt, Channel::call,
                    std::make_shared<const base::Bytes>(ledger::encode(transaction)));
    come(Turn::waiting);
}

void Seat::wake() { come(Turn::waiting); }

void Seat::tick() { come(Turn::tick); }

void Seat::timer(TimerKind timer) {
    timers_[static_cast<std::size_t>(timer)] = letters_.size();
    go_on();
}

void Seat::send_waiting_calls() {
    const auto next = [this](const ledger::PartyId& party) { return machine_->next_nonce(party); };
    for (const ledger::Transaction& waits : pool_.ready(next, 4, ledger::MAX_BODY_BYTES)) {
        world_.transmit(*this, std::nullopt, Channel::call,
                        std::make_shared<const base::Bytes>(ledger::encode(waits)));
    }
    for (const Turn turn : {Turn::check, Turn::deliver, Turn::waiting}) has_come(turn) = true;
}

// Messages of the protocol wait; the rest is handled by the threads that read from peers.
void Seat::receive(ValidatorIndex from, Channel channel, const base::Bytes& bytes) {
    switch (channel) {
        case Channel::consensus:
            letters_.push_back({from, bytes});
            go_on();
            return;
        case Channel::call: {
            const auto transaction = ledger::decode<ledger::Transaction>(bytes);
            if (!transaction || transaction->nonce < machine_->next_nonce(transaction->sender)) {
                return;
            }
            if (pool_.add(*transaction) == pool::Added::added) come(Turn::waiting);
            return;
        }
        case Channel::body_request: {
            base::Reader in(bytes);
            while (in.left() >= 32 && in.ok()) {
                if (const auto found = find_body(crypto::read_hash(in))) {
                    world_.transmit(*this, from, Channel::body,
                                    std::make_shared<const base::Bytes>(ledger::encode(*found)));
                }
            }
            return;
        }
        case Channel::body: {
            const auto transaction = ledger::decode<ledger::Transaction>(bytes);
            if (!transaction) return;
            const Hash hash = ledger::hash_of(*transaction);
            const auto wanted = std::ranges::find(missing_, hash);
            if (wanted == missing_.end()) return;  // nobody asked for it
            missing_.erase(wanted);
            bodies_.emplace(hash, *transaction);
            if (!missing_.empty()) return;
            has_come(Turn::check) = true;
            come(Turn::deliver);
            return;
        }
    }
}

}  // namespace edict::sim
