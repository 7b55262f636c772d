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
           Surroundings& world, MakeMachine make_machine)
    : index_(index),
      config_(config),
      signer_(signer),
      world_(world),
      make_machine_(std::move(make_machine)) {}

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
    step(started);
    if (is_up()) tell_waiting();
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

// ---- steps --------------------------------------------------------------------------------------

void Seat::step(consensus::Event event) {
    std::vector<consensus::Event> events;
    events.push_back(std::move(event));
    for (std::size_t i = 0; i < events.size() && !failing_; ++i) {
        ++steps_;
        const consensus::Event now = std::move(events[i]);
        carry_out(protocol_->step(now), events);
    }
}

void Seat::carry_out(const consensus::Update& update, std::vector<consensus::Event>& events) {
    if (update.persist) {
        if (!doing()) return;
        store::WriteBatch batch;
        batch.put(Column::meta, VOTES_KEY, *update.persist);
        votes_->commit(batch, store::Sync::yes);
        if (std::exchange(fails_after_persist_, false)) crash_after(0);
    }
    for (const consensus::SignHeader& wanted : update.sign) {
        if (!doing()) return;
        events.emplace_back(
            consensus::Signed{wanted.height, {identity(), signer_.sign_header(wanted.header)}});
    }
    for (const consensus::Send& send : update.send) {
        if (!doing()) return;
        world_.transmit(*this, send.to, Channel::consensus,
                        std::make_shared<const base::Bytes>(send.message));
    }
    for (const consensus::Check& check : update.check) {
        if (!doing()) return;
        check_ = check;
        if (const auto checked = try_check()) events.emplace_back(*checked);
    }
    for (const consensus::Update::Certified& done : update.certify) {
        if (!doing()) return;
        if (!done.certificate.signatures.empty()) {
            machine_->store_certificate(done.height, done.certificate);
        }
        certified_ = done.height;
        world_.certified(*this, *machine_->header(done.height), done.certificate);
        if (const auto now = waiting(true)) events.emplace_back(*now);
    }
    for (const consensus::Deliver& deliver : update.deliver) {
        if (!doing()) return;
        deliver_ = deliver;
        if (const auto executed = try_execute()) events.emplace_back(*executed);
    }
    for (const consensus::Load& load : update.load) {
        const std::optional<ledger::Header> header = machine_->header(load.height);
        const std::optional<ledger::Batch> batch = machine_->batch(load.height);
        if (!header || !batch) continue;
        events.emplace_back(
            consensus::Loaded{load.to, {*header, machine_->certificate(load.height), *batch}});
    }
    if (update.propose) events.emplace_back(propose());
    for (const consensus::SetTimer& timer : update.timers) {
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

std::optional<consensus::Checked> Seat::try_check() {
    const std::optional<ledger::Body> body = collect(check_->batch.transactions);
    if (!body) return std::nullopt;
    hold(check_->batch.transactions, *body);
    bool accepted = true;
    if (check_->first) {
        const std::int64_t drift = check_->batch.proposed_time_ms - clock_ms();
        accepted = drift <= DRIFT_MS && -drift <= DRIFT_MS && machine_->check(check_->batch, *body);
    }
    const consensus::Checked checked{check_->hash, accepted};
    check_.reset();
    return checked;
}

std::optional<consensus::Executed> Seat::try_execute() {
    const ledger::Batch batch = deliver_->batch;
    const std::optional<ledger::Body> body = collect(batch.transactions);
    if (!body) return std::nullopt;
    const Outcome outcome = machine_->execute(batch, *body);
    const Hash header = ledger::hash_of(outcome.header);
    const bool as_expected = !deliver_->expected || *deliver_->expected == header;
    deliver_.reset();
    if (!as_expected) return consensus::Executed{batch.height, header, outcome.header, false};
    machine_->commit();
    world_.executed(*this, batch, outcome);
    store::WriteBatch done;
    for (std::size_t i = 0; i < batch.transactions.size(); ++i) {
        done.erase(Column::meta, body_key(batch.transactions[i]));
        pool_.remove(batch.transactions[i]);
        bodies_.erase(batch.transactions[i]);
    }
    if (!done.empty()) votes_->commit(done, store::Sync::no);
    for (const ledger::Transaction& transaction : body->transactions) {
        pool_.drop_used(transaction.sender, transaction.nonce);
    }
    pool_.drop_expired({batch.height.value + 1});
    return consensus::Executed{batch.height, header, outcome.header, true};
}

void Seat::try_pending() {
    if (check_) {
        if (const auto checked = try_check()) step(*checked);
    }
    if (deliver_ && !failing_) {
        if (const auto executed = try_execute()) step(*executed);
    }
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

void Seat::tell_waiting() {
    if (const auto now = waiting(false)) step(*now);
}

void Seat::submit(const ledger::Transaction& transaction) {
    if (machine_->find(ledger::hash_of(transaction))) return;
    if (transaction.nonce < machine_->next_nonce(transaction.sender)) return;
    if (pool_.add(transaction) != pool::Added::added) return;
    world_.transmit(*this, std::nullopt, Channel::call,
                    std::make_shared<const base::Bytes>(ledger::encode(transaction)));
    tell_waiting();
}

void Seat::wake() { tell_waiting(); }

void Seat::tick() {
    const auto next = [this](const ledger::PartyId& party) { return machine_->next_nonce(party); };
    for (const ledger::Transaction& waits : pool_.ready(next, 4, ledger::MAX_BODY_BYTES)) {
        world_.transmit(*this, std::nullopt, Channel::call,
                        std::make_shared<const base::Bytes>(ledger::encode(waits)));
    }
    tell_waiting();
    if (!failing_) try_pending();
}

void Seat::timer(TimerKind timer) { step(consensus::TimerFired{timer}); }

void Seat::receive(ValidatorIndex from, Channel channel, const base::Bytes& bytes) {
    switch (channel) {
        case Channel::consensus:
            step(consensus::Received{from, bytes});
            return;
        case Channel::call: {
            const auto transaction = ledger::decode<ledger::Transaction>(bytes);
            if (!transaction || transaction->nonce < machine_->next_nonce(transaction->sender)) {
                return;
            }
            if (pool_.add(*transaction) == pool::Added::added) tell_waiting();
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
            if (missing_.empty()) try_pending();
            return;
        }
    }
}

}  // namespace edict::sim
