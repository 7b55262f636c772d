// Campaign: whole simulated lives, each from one seed. Faults for some seconds, then a quiet time
// in which every correct replica must get 20 heights further.
#pragma once

#include <string>

#include "chain/sim/world.h"

namespace edict::sim {

struct Verdict {
    std::optional<std::string> violation;
    std::string plan;  // in words
    Totals totals;
    std::uint64_t trace = 0;
};

// What the nodes execute with, and what is called; none: the small machine.
struct Chain {
    Seat::MakeMachine make_machine;
    ledger::Hash id;
    std::size_t clients = 1;  // at most
    std::function<ledger::Transaction(std::size_t client, ledger::Nonce, Height expiry)> make_call;
};

using Tell = std::function<void(const std::string&)>;  // gets the story, line by line

// Crashes, partitions, lost and late messages, lost votes, faulty replicas: as the seed will have
// it. Each hundredth seed signs with real keys. `flaws` are those of every correct replica.
[[nodiscard]] Verdict run_seed(std::uint64_t seed, const consensus::pbft::Flaws& flaws = {},
                               Tell tell = {}, const Chain* chain = nullptr);

// Twins (Bano et al., 2020): f identities have two replicas each, both of which run the protocol,
// and who hears whom changes every few hundred milliseconds.
[[nodiscard]] Verdict run_twins(std::uint64_t seed, const consensus::pbft::Flaws& flaws = {},
                                Tell tell = {});

// One view after the other: f replicas lie or equivocate, some miss the votes of a phase, and then
// whoever proposes is cut off, or many lose power in the middle of a new view.
[[nodiscard]] Verdict run_views(std::uint64_t seed, const consensus::pbft::Flaws& flaws = {},
                                Tell tell = {});

// Beside f replicas that lie or equivocate, one correct replica after the other asks for a view
// alone and then loses its votes.
[[nodiscard]] Verdict run_losses(std::uint64_t seed, const consensus::pbft::Flaws& flaws = {},
                                 Tell tell = {});

// One leader of four after the other loses power, and comes back heights behind. The others must go
// on within five seconds, also while one of them catches up.
[[nodiscard]] Verdict run_leaders(std::uint64_t seed, const consensus::pbft::Flaws& flaws = {},
                                  Tell tell = {});

}  // namespace edict::sim
