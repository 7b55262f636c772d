// What other nodes send and get: messages of the protocol, calls that wait, transactions that are
// missing. What comes is handled on the thread that reads its peer, so that signatures are checked
// in parallel and a peer that sends too much holds up itself.
#include <fmt/format.h>

#include <algorithm>

#include "chain/node/impl.h"
#include "chain/node/parcels.h"

namespace edict::node {

using net::Channel;

bool Node::Impl::received(net::PeerIndex from, Channel channel, base::Bytes payload) {
    switch (channel) {
        case Channel::ping:
            return true;
        case Channel::consensus:
            take_message(from, std::move(payload));
            return true;
        case Channel::calls:
            return take_calls(from, payload);
        case Channel::want:
            return answer_want(from, payload);
        case Channel::bodies:
            return take_bodies(payload);
    }
    return false;
}

// It gets at once what the protocol would send it again in a while.
void Node::Impl::connected(net::PeerIndex) {
    {
        const std::scoped_lock lock(mutex);
        has_peer = true;
    }
    wake.notify_one();
}

void Node::Impl::notice(const std::string& line) {
    if (on_notice) on_notice(line);
}

void Node::Impl::say_muted(net::PeerIndex from, const char* what) {
    notices.say(from, what,
                fmt::format("{} sends too many {}: for the rest of a second they are dropped",
                            executor.genesis().validators.validators[from].name, what));
}

// ---- messages of the protocol -------------------------------------------------------------------

void Node::Impl::take_message(net::PeerIndex from, base::Bytes payload) {
    {
        std::unique_lock lock(mutex);
        Inbox& inbox = inboxes[from];
        inbox.turn_window();
        if (inbox.bad_messages >= MAX_BAD_MESSAGES) {
            ++counters.muted_messages;
            lock.unlock();
            say_muted(from, "messages of the protocol that are not used");
            return;
        }
        room.wait(lock, [&] {
            const bool has_room =
                inbox.messages.size() < MAX_INBOX_MESSAGES &&
                (inbox.messages.empty() || inbox.bytes + payload.size() <= MAX_INBOX_BYTES);
            return stopping || halted || has_room;
        });
        if (stopping || halted) return;
        inbox.bytes += payload.size();
        inbox.messages.push_back(std::move(payload));
        ++messages;
    }
    wake.notify_one();
}

// One of each peer in turn.
std::optional<consensus::Received> Node::Impl::next_message() {
    if (messages == 0) return std::nullopt;
    while (true) {
        const std::size_t from = next_inbox;
        next_inbox = (next_inbox + 1) % inboxes.size();
        Inbox& inbox = inboxes[from];
        if (inbox.messages.empty()) continue;
        consensus::Received next{static_cast<consensus::ValidatorIndex>(from),
                                 std::move(inbox.messages.front())};
        inbox.messages.pop_front();
        inbox.bytes -= next.message.size();
        --messages;
        for (Timer& timer : timers) {
            if (timer.before && *timer.before > 0) --*timer.before;
        }
        room.notify_all();
        return next;
    }
}

// ---- calls that wait ----------------------------------------------------------------------------

bool Node::Impl::take_calls(net::PeerIndex from, base::ByteView payload) {
    const auto calls = read_transactions(payload);
    if (!calls) return false;
    bool is_new = false;
    bool is_muted = false;
    for (const ledger::Transaction& call : *calls) {
        {
            const std::scoped_lock lock(mutex);
            Inbox& inbox = inboxes[from];
            ++counters.told_calls;
            if (stopping || pool.find(ledger::hash_of(call)) != nullptr) continue;
            inbox.turn_window();
            if (inbox.bad_calls >= MAX_BAD_CALLS) {
                ++counters.muted_calls;
                is_muted = true;
                continue;
            }
        }
        const base::Status fits = executor.check_transaction(call);
        const bool is_used = executor.last_nonce(call.sender) >= call.nonce;
        const std::scoped_lock lock(mutex);
        if (fits) {
            is_new |= pool.add(call) == pool::Added::added;
        } else if (!is_used && fits.error().kind != base::ErrorKind::unknown) {
            ++counters.bad_calls;
            ++inboxes[from].bad_calls;
        }
    }
    if (is_muted) say_muted(from, "calls that can never run");
    if (is_new) {
        {
            const std::scoped_lock lock(mutex);
            has_new = true;
        }
        wake.notify_one();
    }
    return true;
}

// The oldest that wait, to all: some may not have them.
void Node::Impl::tell_again() {
    std::vector<ledger::Transaction> oldest;
    {
        const std::scoped_lock lock(mutex);
        oldest = pool.ready(
            [this](const ledger::PartyId& party) {
                return ledger::Nonce{executor.last_nonce(party).value + 1};
            },
            TOLD_AGAIN, net::MAX_CALLS_BYTES / 2);
    }
    for (const net::Parcel& parcel : transactions_parcels(oldest, net::MAX_CALLS_BYTES)) {
        network->send(std::nullopt, Channel::calls, parcel);
    }
}

// ---- transactions that are missing --------------------------------------------------------------

std::optional<ledger::Transaction> Node::Impl::find_body(const ledger::Hash& hash) const {
    {
        const std::scoped_lock lock(mutex);
        if (const ledger::Transaction* waits = pool.find(hash)) return *waits;
        if (auto came = for_check.find(hash)) return came;
        if (auto came = for_deliver.find(hash)) return came;
    }
    if (setup.votes != nullptr) {
        if (auto kept = setup.votes->held(hash)) return kept;
    }
    if (auto found = executor.find(hash)) return std::move(found->transaction);
    return executor.skipped(hash);
}

// None: some are missing, and are asked for.
std::optional<ledger::Body> Node::Impl::collect(const std::vector<ledger::Hash>& hashes,
                                                Gathering& into) {
    bool is_new = false;
    {
        const std::scoped_lock lock(mutex);
        is_new = into.begin(hashes);
    }
    ledger::Body body;
    std::set<ledger::Hash> lacks;
    for (const ledger::Hash& hash : hashes) {
        if (auto found = find_body(hash)) {
            body.transactions.push_back(*std::move(found));
        } else {
            lacks.insert(hash);
        }
    }
    const bool is_whole = lacks.empty();
    {
        const std::scoped_lock lock(mutex);
        into.lack(std::move(lacks));
    }
    if (is_whole) return body;
    if (is_new) {
        ask_next = last_from;  // who sent what names them is likely to have them
        ask_for_missing();
    }
    return std::nullopt;
}

// One peer at a time, the next one at the next tick.
void Node::Impl::ask_for_missing() {
    if (network == nullptr) return;
    std::vector<net::Parcel> wants;
    {
        const std::scoped_lock lock(mutex);
        for (const Gathering* one : {&for_check, &for_deliver}) {
            if (one->missing().empty()) continue;
            wants.push_back(want_parcel(
                std::vector<ledger::Hash>(one->missing().begin(), one->missing().end())));
        }
    }
    if (wants.empty()) return;
    if (ask_next == setup.validator) {
        ask_next = static_cast<net::PeerIndex>((ask_next + 1) % inboxes.size());
    }
    for (const net::Parcel& want : wants) network->send(ask_next, Channel::want, want);
    ask_next = static_cast<net::PeerIndex>((ask_next + 1) % inboxes.size());
}

bool Node::Impl::may_send_height(net::PeerIndex to) {
    {
        const std::scoped_lock lock(mutex);
        Inbox& inbox = inboxes[to];
        inbox.turn_window();
        if (inbox.heights < MAX_SENT_HEIGHTS) {
            ++inbox.heights;
            return true;
        }
        ++counters.muted_heights;
    }
    say_muted(to, "requests for heights");
    return false;
}

bool Node::Impl::answer_want(net::PeerIndex from, base::ByteView payload) {
    const auto hashes = read_want(payload);
    if (!hashes) return false;
    bool is_muted = false;
    {
        const std::scoped_lock lock(mutex);
        Inbox& inbox = inboxes[from];
        inbox.turn_window();
        if (stopping || network == nullptr) return true;
        is_muted = inbox.wanted + hashes->size() > MAX_WANTED;
        (is_muted ? counters.muted_wants : inbox.wanted) += hashes->size();
    }
    if (is_muted) {
        say_muted(from, "requests for transactions");
        return true;
    }
    std::vector<ledger::Transaction> found;
    std::size_t bytes = 0;
    for (const ledger::Hash& hash : *hashes) {
        auto body = find_body(hash);
        if (!body) continue;
        bytes += body->arguments.size();
        found.push_back(*std::move(body));
        if (bytes > ledger::MAX_BODY_BYTES) break;  // no batch needs more
    }
    for (const net::Parcel& parcel : transactions_parcels(found, net::MAX_BODIES_BYTES)) {
        network->send(from, Channel::bodies, parcel);
    }
    return true;
}

bool Node::Impl::take_bodies(base::ByteView payload) {
    const auto came = read_transactions(payload);
    if (!came) return false;
    bool is_whole = false;
    {
        const std::scoped_lock lock(mutex);
        for (const ledger::Transaction& transaction : *came) {
            const ledger::Hash hash = ledger::hash_of(transaction);
            bool is_wanted = false;
            for (Gathering* one : {&for_check, &for_deliver}) {
                if (!one->take(hash, transaction)) continue;
                is_wanted = true;
                is_whole |= one->missing().empty();
            }
            if (is_wanted) ++counters.fetched;
        }
        has_bodies |= is_whole;
    }
    if (is_whole) wake.notify_one();
    return true;
}

}  // namespace edict::node
