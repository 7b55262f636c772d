// Truth: what no correct replica may contradict, checked whenever one executes, certifies or
// restarts. The first violation is kept.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "chain/sim/seat.h"

namespace edict::sim {

class Truth {
public:
    explicit Truth(std::size_t validators);

    // One batch and one header for each height; exactly one effect for each (sender, nonce).
    void executed(const Seat& seat, const ledger::Batch& batch, const Outcome& outcome);
    // A certificate is for that header, by a quorum.
    void certified(const Seat& seat, const ledger::Header& header,
                   const ledger::Certificate& certificate);
    // Operators begin a new epoch from that height. What was executed above it, and is on no disk
    // any more, never was; what was certified must not be above it.
    void resumed(Height anchor);
    // The answer to a client: from here on the transaction may not be lost.
    void acknowledged(const Hash& transaction);
    // What is on the seat's disk is a prefix of the truth and not shorter than `at_least`.
    void examine(const Seat& seat, Height at_least);
    void violation(std::string what);

    [[nodiscard]] const std::optional<std::string>& violated() const { return violated_; }
    // The height that a transaction was executed at.
    [[nodiscard]] std::optional<Height> height_of(const Hash& transaction) const;
    [[nodiscard]] std::size_t effects_at(Height height) const;
    [[nodiscard]] Height highest() const;
    [[nodiscard]] std::optional<Hash> header_at(Height height) const;
    [[nodiscard]] std::size_t acknowledged() const { return acknowledged_.size(); }

private:
    struct Fact {
        Hash header;
        std::vector<Hash> executed;
    };
    std::size_t quorum_;
    Height certified_;
    std::map<Height, Fact> facts_;
    std::map<Hash, Height> effects_;
    std::map<std::pair<ledger::PartyId, ledger::Nonce>, Hash> nonces_;
    std::map<Hash, Height> acknowledged_;
    std::optional<std::string> violated_;
};

}  // namespace edict::sim
