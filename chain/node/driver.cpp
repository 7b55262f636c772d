// The node's thread: one event after the other, each carried out before the next.
#include <fmt/format.h>

#include "base/check.h"
#include "chain/node/impl.h"

namespace edict::node {

using consensus::TimerKind;

namespace {

// From a new connection to what its peer may lack: several are made at a time.
constexpr std::chrono::milliseconds GREETING{20};

// Adds the time until its end to a counter that only this thread writes.
class Spent {
public:
    Spent(std::mutex& mutex, std::uint64_t& counter) : mutex_(mutex), counter_(counter) {}
    ~Spent() {
        const auto spent = std::chrono::steady_clock::now() - begun_;
        const std::scoped_lock lock(mutex_);
        counter_ += static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
    }
    Spent(const Spent&) = delete;
    Spent& operator=(const Spent&) = delete;

private:
    std::mutex& mutex_;
    std::uint64_t& counter_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

Node::Impl::Impl(Setup setup_)
    : setup(std::move(setup_)),
      executor(setup.executor),
      notices([this](const std::string& line) { notice(line); }, net::Timing{}.same_notice),
      pool(setup.pool_bytes),
      inboxes(executor.genesis().validators.validators.size()) {}

std::int64_t Node::Impl::now_ms() const {
    if (setup.clock_ms) return setup.clock_ms();
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

void Node::Impl::run() {
    if (setup.votes != nullptr) {
        for (const ledger::Hash& hash : setup.votes->held_hashes()) held.insert(hash);
    }
    const consensus::Started started = standing_at_start();
    {
        const std::scoped_lock lock(mutex);
        certified_height = started.certified ? started.applied : started.last_certified.height;
    }
    wakeup_ms = executor.next_wakeup();
    step(started);
    tell_waiting();
    std::unique_lock lock(mutex);
    while (!stopping && !halted) {
        wake.wait_until(lock, next_time(), [this] {
            return stopping || has_new || has_bodies || has_peer || messages > 0;
        });
        if (stopping) break;
        const bool is_new = std::exchange(has_new, false);
        const bool is_whole = std::exchange(has_bodies, false);
        const bool is_reached = std::exchange(has_peer, false);
        std::optional<consensus::Received> message = next_message();
        lock.unlock();
        auto& resend = timers[static_cast<std::size_t>(TimerKind::resend)].at;
        if (is_reached && resend) resend = std::min(*resend, Clock::now() + GREETING);
        if (message) {
            last_from = message->from;
            step(*std::move(message));
        }
        if (is_whole) try_pending();
        if (is_new) tell_waiting();
        fire_timers();
        if (Clock::now() >= next_tick) tick();
        lock.lock();
    }
}

consensus::Started Node::Impl::standing_at_start() const {
    consensus::Started started;
    started.last_applied = executor.last_header();
    started.applied = started.last_applied.height;
    started.header = ledger::hash_of(started.last_applied);
    started.certificate = executor.certificate(started.applied);
    started.certified = started.certificate.has_value();
    started.last_certified = started.last_applied;
    if (!started.certified && started.applied.value > 0) {
        const ledger::Height below{started.applied.value - 1};
        started.last_certified = executor.header(below).value();
        started.certificate = executor.certificate(below);
    }
    if (setup.votes != nullptr) started.persisted = setup.votes->record();
    started.votes_lost = setup.votes_lost;
    return started;
}

Node::Impl::Clock::time_point Node::Impl::next_time() const {
    Clock::time_point next = next_tick;
    for (const Timer& timer : timers) {
        if (timer.at) next = std::min(next, *timer.at);
    }
    if (wakeup_ms && !due_told) {
        // The clock may be set meanwhile: looked at again at each tick.
        const std::int64_t left = std::max<std::int64_t>(*wakeup_ms - now_ms(), 0);
        next = std::min(next, Clock::now() + std::chrono::milliseconds(
                                                 std::min<std::int64_t>(left, TICK.count())));
    }
    return next;
}

void Node::Impl::step(consensus::Event first) {
    Events events{std::move(first)};
    while (!events.empty()) {
        consensus::Update update;
        {
            const Spent spent(mutex, counters.step_us);
            update = setup.protocol->step(events.front());
        }
        events.pop_front();
        note_standing();
        carry_out(update, events);
        if (update.halt) return;
    }
}

void Node::Impl::note_standing() {
    const consensus::Standing now = setup.protocol->standing();
    std::string line;
    {
        const std::scoped_lock lock(mutex);
        if (now == standing) return;
        if (now.view != standing.view) ++counters.views;
        if (now.abstaining != standing.abstaining) {
            line = now.abstaining
                       ? "the votes of this validator are lost: it follows without voting until "
                         "the others are certified beyond what they may have had from it"
                       : "this validator votes again";
        } else if (!now.changing && (standing.changing || now.view != standing.view)) {
            line = fmt::format("view {} begins: {} proposes", now.view,
                               executor.genesis().validators.validators[now.primary].name);
        }
        standing = now;
    }
    if (!line.empty()) notice(line);
}

// In the order of the fields: what is persisted first is synced before anything is sent.
void Node::Impl::carry_out(const consensus::Update& update, Events& events) {
    if (update.persist) {
        EDICT_CHECK(setup.votes != nullptr);
        const Spent spent(mutex, counters.vote_us);
        setup.votes->persist(*update.persist);
        const std::scoped_lock lock(mutex);
        ++counters.vote_syncs;
    }
    for (const consensus::SignHeader& wanted : update.sign) {
        events.emplace_back(consensus::Signed{
            wanted.height,
            {setup.validator, setup.signer.sign_header(executor.chain_id(), wanted.header)}});
    }
    for (const consensus::Send& send : update.send) {
        if (network == nullptr) break;
        network->send(send.to, net::Channel::consensus,
                      std::make_shared<const base::Bytes>(send.message));
    }
    for (const consensus::Check& wanted : update.check) {
        check = wanted;
        if (const auto checked = try_check()) events.emplace_back(*checked);
    }
    for (const consensus::Update::Certified& done : update.certify) {
        certify(done);
        events.emplace_back(waiting());
    }
    for (const consensus::Deliver& wanted : update.deliver) {
        deliver = wanted;
        if (const auto executed = try_execute()) events.emplace_back(*executed);
    }
    for (const consensus::Load& load : update.load) {
        if (!may_send_height(load.to)) continue;
        const std::optional<ledger::Header> header = executor.header(load.height);
        const std::optional<ledger::Batch> batch = executor.batch(load.height);
        if (!header || !batch) continue;
        events.emplace_back(
            consensus::Loaded{load.to, {*header, executor.certificate(load.height), *batch}});
    }
    if (update.propose) events.emplace_back(propose());
    for (const consensus::SetTimer& timer : update.timers) {
        Timer& one = timers[static_cast<std::size_t>(timer.timer)];
        one = {};
        if (timer.delay_ms) one.at = Clock::now() + std::chrono::milliseconds(*timer.delay_ms);
    }
    for (const consensus::Misdeed& misdeed : update.misdeeds) {
        if (setup.votes != nullptr) setup.votes->keep_evidence(misdeed.proof);
        notices.say(misdeed.validator, "misdeed",
                    fmt::format("{} contradicts itself: the proof is kept (edict query evidence)",
                                executor.genesis().validators.validators[misdeed.validator].name));
        const std::scoped_lock lock(mutex);
        ++counters.misdeeds;
    }
    for (const consensus::Refused& refused : update.refused) count(refused);
    if (!update.halt) return;
    {
        const std::scoped_lock lock(mutex);
        halted = *update.halt;
    }
    certified.notify_all();
    room.notify_all();
    if (on_halt) on_halt();
}

void Node::Impl::count(const consensus::Refused& refused) {
    const char* what = nullptr;
    {
        const std::scoped_lock lock(mutex);
        switch (refused.why) {
            case consensus::Unused::old:
                ++counters.old_messages;
                return;
            case consensus::Unused::unreadable:
                ++counters.unreadable_messages;
                what = "a message that cannot be read";
                break;
            case consensus::Unused::forged:
                ++counters.forged_messages;
                what = "a message whose signatures do not hold";
                break;
            case consensus::Unused::other_epoch:
                ++counters.epoch_messages;
                what = "a message of another epoch";
                break;
            case consensus::Unused::too_many:
                ++counters.excess_messages;
                what = "a message more than it has reason to";
                break;
        }
        inboxes[refused.from].turn_window();
        ++inboxes[refused.from].bad_messages;
    }
    notices.say(refused.from, what,
                fmt::format("{} sent {}: it is not used",
                            executor.genesis().validators.validators[refused.from].name, what));
}

void Node::Impl::fire_timers() {
    for (const TimerKind kind : {TimerKind::resend, TimerKind::view}) {
        Timer& timer = timers[static_cast<std::size_t>(kind)];
        if (!timer.at || Clock::now() < *timer.at) continue;
        if (!timer.before) {
            const std::scoped_lock lock(mutex);
            timer.before = messages;
        }
        if (*timer.before > 0) continue;
        timer = {};
        step(consensus::TimerFired{kind});
    }
    if (wakeup_ms && !due_told && *wakeup_ms <= now_ms()) tell_waiting();
}

void Node::Impl::tick() {
    next_tick = Clock::now() + TICK;
    if (network == nullptr) return;
    if (watched && watched == watched_at_tick) tell_again();
    watched_at_tick = watched;
    ask_for_missing();
    try_pending();
    tell_waiting();
}

// ---- proposals ----------------------------------------------------------------------------------

// What waits and can run. What waits and cannot run any more (its sender's key was changed) leaves
// the pool, or it would hold up its sender for ever.
consensus::Proposed Node::Impl::propose() {
    const Spent spent(mutex, counters.check_us);
    const ledger::ChainLimits& limits = executor.genesis().limits;
    consensus::Proposed proposed{now_ms(), {}};
    while (true) {
        std::vector<ledger::Transaction> ready;
        {
            const std::scoped_lock lock(mutex);
            if (stopping) return proposed;
            ready = pool.ready(
                [this](const ledger::PartyId& party) {
                    return ledger::Nonce{executor.last_nonce(party).value + 1};
                },
                limits.batch_transactions, limits.batch_bytes);
        }
        if (ready.empty()) return proposed;
        const std::vector<ledger::Transaction> chosen = executor.propose(ready);
        for (const ledger::Transaction& transaction : chosen) {
            proposed.transactions.push_back(ledger::hash_of(transaction));
        }
        if (!chosen.empty()) {
            if (setup.votes != nullptr) {
                setup.votes->hold(chosen);
                held.insert(proposed.transactions.begin(), proposed.transactions.end());
            }
            return proposed;
        }
        const std::scoped_lock lock(mutex);
        for (const ledger::Transaction& transaction : ready) {
            pool.remove(ledger::hash_of(transaction));
        }
    }
}

// None: its transactions are not all here yet.
std::optional<consensus::Checked> Node::Impl::try_check() {
    const ledger::Batch& batch = check->batch;
    const std::size_t most = executor.genesis().limits.batch_transactions;
    consensus::Checked checked{check->hash, false};
    if (batch.transactions.size() > most) {
        refuse_proposal(batch, "proposal",
                        fmt::format("it names {} transactions, at most {} may be",
                                    batch.transactions.size(), most));
    } else if (const std::optional<ledger::Body> body = collect(batch.transactions, for_check)) {
        const Spent spent(mutex, counters.check_us);
        checked.accepted = !check->first || may_vote_for(batch, *body);
        if (checked.accepted && setup.votes != nullptr) {
            setup.votes->hold(body->transactions);
            held.insert(batch.transactions.begin(), batch.transactions.end());
        }
    } else if (is_too_large()) {
        refuse_proposal(batch, "proposal", "its transactions are larger than a batch may be");
    } else {
        return std::nullopt;
    }
    end_check();
    return checked;
}

void Node::Impl::end_check() {
    check.reset();
    const std::scoped_lock lock(mutex);
    for_check.clear();
}

bool Node::Impl::may_vote_for(const ledger::Batch& batch, const ledger::Body& body) {
    const std::int64_t drift = batch.proposed_time_ms - now_ms();
    const std::int64_t most = executor.genesis().limits.clock_drift_ms;
    if (const base::Status fits = executor.check_proposal(batch, body); !fits) {
        refuse_proposal(batch, "proposal", fits.error().message);
        return false;
    }
    if (drift <= most && -drift <= most) return true;
    refuse_proposal(batch, "clock",
                    fmt::format("its time is {} ms from this node's clock, at most {} ms may be; "
                                "compare the clocks of the validators",
                                drift, most));
    const std::scoped_lock lock(mutex);
    ++counters.refused_times;
    return false;
}

void Node::Impl::refuse_proposal(const ledger::Batch& batch, const char* kind,
                                 const std::string& why) {
    const consensus::ValidatorIndex primary = setup.protocol->standing().primary;
    notices.say(primary, kind,
                fmt::format("a proposal of {} for height {} is refused: {}",
                            executor.genesis().validators.validators[primary].name,
                            batch.height.value, why));
    const std::scoped_lock lock(mutex);
    ++counters.refused_proposals;
}

// ---- heights ------------------------------------------------------------------------------------

std::optional<consensus::Executed> Node::Impl::try_execute() {
    const ledger::Batch batch = deliver->batch;
    const std::optional<ledger::Body> body = collect(batch.transactions, for_deliver);
    if (!body) return std::nullopt;
    std::optional<executor::Executed> executed;
    {
        const Spent spent(mutex, counters.execute_us);
        executed = executor.execute(batch, *body);
    }
    consensus::Executed done{batch.height, ledger::hash_of(executed->header), executed->header,
                             true};
    done.as_expected = !deliver->expected || *deliver->expected == done.header;
    deliver.reset();
    if (!done.as_expected) {
        notices.say(setup.validator, "header",
                    fmt::format("a block of height {} gives another header here than its "
                                "certificate names: who sent it lies, or this machine executes "
                                "otherwise than the others",
                                batch.height.value));
        const std::scoped_lock lock(mutex);
        ++counters.other_headers;
        return done;
    }
    delivered = std::move(executed->receipts);
    const std::uint64_t seal_us = executed->seal_us;
    {
        const Spent spent(mutex, counters.commit_us);
        executor.commit(*std::move(executed));
    }
    wakeup_ms = executor.next_wakeup();
    due_told = false;
    forget_votes_of_what_ran();
    if (check && check->batch.height <= batch.height) end_check();
    const std::scoped_lock lock(mutex);
    for (const ledger::Hash& hash : batch.transactions) pool.remove(hash);
    for (const ledger::Transaction& transaction : body->transactions) {
        pool.drop_used(transaction.sender, transaction.nonce);
    }
    pool.drop_expired({batch.height.value + 1});
    for_deliver.clear();
    counters.executed += delivered.size();
    counters.seal_us += seal_us;
    ++counters.heights;
    return done;
}

// What was held for this height and for what it replaced: the height is synced with its
// transactions.
void Node::Impl::forget_votes_of_what_ran() {
    if (held.empty() || setup.votes == nullptr) return;
    setup.votes->let_go(std::vector<ledger::Hash>(held.begin(), held.end()));
    held.clear();
}

void Node::Impl::try_pending() {
    if (check) {
        if (const auto checked = try_check()) step(*checked);
    }
    if (deliver) {
        if (const auto executed = try_execute()) step(*executed);
    }
}

void Node::Impl::certify(const consensus::Update::Certified& done) {
    // That of an anchor needs no signatures, and is not stored.
    if (!done.certificate.signatures.empty()) {
        executor.store_certificate(done.height, done.certificate);
    }
    {
        const std::scoped_lock lock(mutex);
        certified_height = done.height;
    }
    certified.notify_all();
    for (const Listener& listener : listeners) listener(delivered);
    delivered.clear();
}

// ---- what waits ---------------------------------------------------------------------------------

// The oldest call is watched until it is gone. One that can never run leaves the pool: no primary
// would propose it, and it would end one view after the other.
consensus::Waiting Node::Impl::waiting() {
    consensus::Waiting now{now_ms(), std::nullopt, wakeup_ms && *wakeup_ms <= now_ms()};
    due_told = now.due;
    const auto next = [this](const ledger::PartyId& party) {
        return ledger::Nonce{executor.last_nonce(party).value + 1};
    };
    while (true) {
        std::optional<ledger::Transaction> oldest;
        {
            const std::scoped_lock lock(mutex);
            if (watched && pool.find(*watched) != nullptr) {
                oldest = *pool.find(*watched);
            } else {
                watched.reset();
                const auto ready = pool.ready(next, 1, ledger::MAX_BODY_BYTES);
                if (!ready.empty()) oldest = ready.front();
            }
        }
        if (!oldest) break;
        const ledger::Hash hash = ledger::hash_of(*oldest);
        const base::Status runs = executor.check_transaction(*oldest);
        if (runs || runs.error().kind == base::ErrorKind::unknown) {
            watched = hash;
            break;
        }
        const std::scoped_lock lock(mutex);
        pool.remove(hash);
        watched.reset();
    }
    now.oldest = watched;
    return now;
}

void Node::Impl::tell_waiting() {
    const bool was_idle = !watched;
    const consensus::Waiting now = waiting();
    if (was_idle && !now.oldest && !now.due) return;
    step(now);
}

}  // namespace edict::node
