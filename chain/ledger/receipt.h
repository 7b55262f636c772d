// Receipt: what became of one transaction, and why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chain/ledger/genesis.h"

namespace edict::ledger {

enum class Outcome : std::uint8_t { committed, forbidden, failed, refused };
enum class Answer : std::uint8_t { permitted, forbidden, silent };
// How a value that a message shows is kept: none (it had no value), its canonical bytes, or, when
// these are longer than MAX_SHOWN_BYTES, their SHA-256.
enum class ShownAs : std::uint8_t { none, bytes, hash };

struct ShownValue {
    ShownAs as = ShownAs::none;
    Bytes bytes;
    friend bool operator==(const ShownValue&, const ShownValue&) = default;
};

struct DecidingRule {
    std::uint32_t rule = 0;  // index into the rules of the module
    std::vector<ShownValue> shown;
    std::vector<ShownValue> failing;  // elements that fail a `require every`; the first MAX_SHOWN
    friend bool operator==(const DecidingRule&, const DecidingRule&) = default;
};

// A counter or observer that could not take note of the call.
struct FailedObserver {
    std::uint32_t observer = 0;  // index into the observers of the module
    std::string why;             // one sentence, at most MAX_REASON_BYTES
    friend bool operator==(const FailedObserver&, const FailedObserver&) = default;
};

// What one regulation said. The bit sets have one bit for each of its rules, in its order.
struct RegulationAnswer {
    std::string module;
    Hash module_hash;
    Answer answer = Answer::silent;
    bool by_default = false;
    bool conflict = false;      // effective rules contradict each other, unintended
    bool overlap = false;       // they do, where restrictions come first
    bool right_denied = false;  // a permit as of right met what another regulation forbids
    std::vector<bool> active, effective, violated, error;
    std::vector<DecidingRule> deciding;
    std::vector<FailedObserver> failed_observers;
    friend bool operator==(const RegulationAnswer&, const RegulationAnswer&) = default;
};

// The decision about one action: inner calls first, the call itself last.
struct DecisionRecord {
    std::string module, action;
    bool passed = false;
    bool gap = false;
    std::vector<RegulationAnswer> answers;  // ascending by module name
    friend bool operator==(const DecisionRecord&, const DecisionRecord&) = default;
};

struct EventRecord {
    std::string module, event;
    Bytes fields;  // canonical bytes of each field, in order
    friend bool operator==(const EventRecord&, const EventRecord&) = default;
};

// A duty that the call created, frozen as it was agreed.
struct DutyRecord {
    std::string module;
    Hash module_hash;
    std::uint32_t rule = 0;
    PartyId bearer;    // all zero if whoever holds `role` must
    std::string role;  // else empty
    std::string action_module, action;
    Bytes arguments;  // one after the other: 0 for any, or 1 and the canonical bytes
    std::int64_t deadline_ms = 0;
    bool provisional = false;  // until the working days of a year are published
    friend bool operator==(const DutyRecord&, const DutyRecord&) = default;
};

struct Receipt {
    Hash transaction;
    Height height;
    std::uint32_t index = 0;  // among the transactions of its height
    Outcome outcome = Outcome::refused;
    std::string reason;  // of failed and refused: one sentence, at most MAX_REASON_BYTES
    std::vector<DecisionRecord> decisions;
    Bytes result;  // what the action returned; empty: nothing
    std::vector<EventRecord> events;
    std::vector<DutyRecord> duties;
    Cost cost;    // charged
    Hash writes;  // SHA-256 over the writes, as writes_digest makes it
    friend bool operator==(const Receipt&, const Receipt&) = default;
};

[[nodiscard]] Hash hash_of(const Receipt& receipt);
// The value as a receipt shows it: by hash if it is too long.
[[nodiscard]] ShownValue shown(ByteView canonical_bytes);
// `reason` cut to MAX_REASON_BYTES at the end of a character, with "…" where it was cut.
[[nodiscard]] std::string bounded_reason(std::string reason);

}  // namespace edict::ledger
