// What replicas of pbft tell each other and keep, as plain structures. Every vote carries the
// epoch.
//
// Only what a third replica must be able to check later is signed: pre-prepare and prepare
// (prepared proofs), view change (new view) and the header. The rest relies on the authenticated
// connection.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "chain/consensus/pbft/limits.h"
#include "chain/consensus/protocol.h"

namespace edict::consensus::pbft {

using ledger::Epoch;
using ledger::Hash;
using ledger::Height;
using ledger::Signature;
using View = base::Strong<struct ViewTag, std::uint64_t>;  // of an epoch, from 0

enum class Phase : std::uint8_t { pre_prepare, prepare };

// What is signed in the first two phases.
struct Vote {
    Phase phase = Phase::pre_prepare;
    Epoch epoch;
    View view;
    Height height;
    Hash batch;
    friend bool operator==(const Vote&, const Vote&) = default;
};

// From the primary of the view.
struct PrePrepare {
    View view;
    ledger::Batch batch;  // names epoch and height
    Signature signature;  // over the Vote
    friend bool operator==(const PrePrepare&, const PrePrepare&) = default;
};

struct Prepare {
    Epoch epoch;
    View view;
    Height height;
    Hash batch;
    Signature proposal;   // the primary's, so that two proposals for one slot come to light
    Signature signature;  // over the Vote
    friend bool operator==(const Prepare&, const Prepare&) = default;
};

struct Commit {
    Epoch epoch;
    View view;
    Height height;
    Hash batch;
    friend bool operator==(const Commit&, const Commit&) = default;
};

// The sender's signature over the header that it executed: a checkpoint.
struct HeaderVote {
    Height height;
    Hash header;
    Signature signature;  // as in a certificate
    friend bool operator==(const HeaderVote&, const HeaderVote&) = default;
};

struct PrepareSignature {
    ValidatorIndex validator = 0;
    Signature signature;
    friend bool operator==(const PrepareSignature&, const PrepareSignature&) = default;
};

// A quorum, the primary included, voted for this batch in this view.
struct PreparedProof {
    View view;
    ledger::Batch batch;
    Signature proposal;                      // the primary's
    std::vector<PrepareSignature> prepares;  // of others, ascending by validator
    friend bool operator==(const PreparedProof&, const PreparedProof&) = default;
};

// A stable checkpoint. The anchor of an epoch needs no certificate.
struct CertifiedHeader {
    ledger::Header header;
    std::optional<ledger::Certificate> certificate;
    friend bool operator==(const CertifiedHeader&, const CertifiedHeader&) = default;
};

struct ViewChange {
    Epoch epoch;
    View view;  // that it asks for
    ValidatorIndex sender = 0;
    CertifiedHeader certified;
    std::optional<PreparedProof> prepared;  // for the height above `certified`
    Signature signature;                    // over all of the above
    friend bool operator==(const ViewChange&, const ViewChange&) = default;
};

struct NewView {
    Epoch epoch;
    View view;
    std::vector<ViewChange> view_changes;  // a quorum, ascending by sender
    Signature proposal;  // the primary's, over the Vote for what the view changes amount to
    friend bool operator==(const NewView&, const NewView&) = default;
};

struct Status {
    Epoch epoch;
    View view;
    bool changing = false;  // the view is asked for, not entered
    Height applied;
    Height certified;
    friend bool operator==(const Status&, const Status&) = default;
};

struct Fetch {
    Height height;
    Height last;
    friend bool operator==(const Fetch&, const Fetch&) = default;
};

struct Block {
    CertifiedHeader certified;
    ledger::Batch batch;
    friend bool operator==(const Block&, const Block&) = default;
};

using Payload = std::variant<PrePrepare, Prepare, Commit, HeaderVote, ViewChange, NewView, Status,
                             Fetch, Block>;
struct Message {
    Payload payload;
    friend bool operator==(const Message&, const Message&) = default;
};

// ---- what is kept -------------------------------------------------------------------------------

// The slot that a new view filled: nothing else is accepted there in that view.
struct Opening {
    Height height;
    Hash batch;
    friend bool operator==(const Opening&, const Opening&) = default;
};

// What a replica has promised. Synced before any vote that it tells of is sent.
struct VoteRecord {
    Epoch epoch;
    View view;
    bool changing = false;
    // What the votes below stand on: it is known again after a restart, whatever else was lost.
    CertifiedHeader certified;
    std::optional<Opening> opening;
    std::optional<PrePrepare> accepted;  // what it voted for last
    std::optional<PreparedProof> prepared;
    friend bool operator==(const VoteRecord&, const VoteRecord&) = default;
};

// Two votes of one validator that a correct one never casts both.
struct Evidence {
    ValidatorIndex validator = 0;
    Vote first;
    Signature first_signature;
    Vote second;
    Signature second_signature;
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace edict::consensus::pbft
