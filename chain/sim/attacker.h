// Attacker: stands between a faulty replica and the network. The replica inside runs the protocol,
// so what the attacker makes of its messages is close to what others expect. It signs as itself.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "chain/consensus/pbft/messages.h"
#include "chain/sim/random.h"
#include "chain/sim/signer.h"

namespace edict::sim {

enum class Style : std::uint8_t {
    silent,       // tells nobody, or only some, anything
    equivocator,  // proposes one batch to some and another to others, and votes for both
    mutator,      // turns numbers up and down, flips bits, sends old messages again
    liar,         // view changes without their proofs, forged new views, blocks and headers
    all,          // each of these now and then
};
inline constexpr std::array<std::string_view, 5> STYLES = {"silent", "equivocator", "mutator",
                                                           "liar", "all"};

class Attacker {
public:
    using Emit = std::function<void(consensus::ValidatorIndex to, base::Bytes message)>;

    Attacker(Style style, std::uint64_t seed, consensus::ValidatorIndex self,
             std::size_t validators, const SimSigner& signer);

    // What goes out in place of `message` from the replica to `to`.
    void send(consensus::ValidatorIndex to, const base::Bytes& message, const Emit& emit);
    // What it reads from others, before the replica does.
    void saw(consensus::ValidatorIndex from, const base::Bytes& message, const Emit& emit);

private:
    using Message = consensus::pbft::Message;
    void equivocate(consensus::ValidatorIndex to, Message& message);
    void lie(Message& message);
    void turn_numbers(Message& message);
    void sign_again(Message& message);
    [[nodiscard]] Style now();

    Style style_;
    Random random_;
    consensus::ValidatorIndex self_;
    std::size_t validators_;
    const SimSigner& signer_;
    std::vector<base::Bytes> sent_;  // some, for replay
    struct Proposal {
        ledger::Hash batch;
        ledger::Signature signature;
    };
    // The proposal that each other validator votes for, by its last vote.
    std::vector<std::optional<std::pair<consensus::pbft::Vote, Proposal>>> favoured_;
};

}  // namespace edict::sim
