// One replica of pbft: its state, and what it does at each event. Only the sources of this folder
// include it. replica.cpp: events and timers; replica_order.cpp: the three phases and the
// certificate; replica_view.cpp: view changes; replica_sync.cpp: catching up.
//
// Every handler only notes what it was told; settle() then does whatever has become possible, until
// nothing is. So no order of events needs a case of its own.
#pragma once

#include <deque>
#include <map>

#include "chain/consensus/pbft/codec.h"
#include "chain/consensus/pbft/proofs.h"

namespace edict::consensus::pbft {

class Replica final : public Protocol {
public:
    Replica(const Config& config, const Authority& authority);
    [[nodiscard]] Update step(const Event& event) override;
    [[nodiscard]] std::string_view name() const override { return "pbft"; }
    [[nodiscard]] Standing standing() const override;

private:
    struct SeenPrepare {
        Hash batch;
        Signature signature;
    };
    // What was said about the slot in the view.
    struct Ballot {
        std::optional<PrePrepare> proposal;
        Hash batch;          // its hash
        bool first = true;   // never voted for in a lower view
        bool asked = false;  // `check` was asked for
        bool checked = false;
        bool voted = false;
        bool commit_sent = false;
        std::vector<std::optional<SeenPrepare>> prepares;
        std::vector<std::optional<Hash>> commits;
    };
    // What is known about the slot in any view.
    struct Slot {
        Height height;
        Ballot ballot;
        std::optional<PreparedProof> prepared;  // of the highest view
        std::optional<Hash> delivered;          // hash of the batch that is executed or about to be
        std::optional<Block> block;             // that came certified, while it is executed
        ValidatorIndex block_from = 0;
        unsigned block_resends = 0;  // while it waited for its transactions
        bool executed = false;
        Hash header;
        ledger::Header fields;
        std::vector<std::optional<HeaderVote>> header_votes;
    };
    // What is known of one validator, whatever the slot.
    struct Peer {
        Height certified;                  // as far as its messages show
        std::optional<Height> applied;     // what it reported first
        std::optional<ViewChange> change;  // its latest
        std::deque<Payload> early;
        std::optional<std::pair<View, Height>> accused;
        Height asked;          // for blocks, up to this height
        bool silent = false;   // did not send what was asked for, and no status since
        bool spoiled = false;  // sent a block that did not hold or run, and others are left
        // Since the last resend.
        bool told_status = false;
        bool told_view = false;
        unsigned verified_changes = 0;
    };
    // What was asked of one peer.
    struct Fetching {
        ValidatorIndex peer = 0;
        Height last;
        Height at_resend;  // the open height then
    };
    struct Wait {
        Hash oldest;
        bool due = false;
        friend bool operator==(const Wait&, const Wait&) = default;
    };

    // ---- events ----
    void on(const Started& started);
    void on(const Waiting& waiting);
    void on(const Proposed& proposed);
    void on(const Checked& checked);
    void on(const Executed& executed);
    void on(const Signed& done);
    void on(const Received& received);
    void on(const Loaded& loaded);
    void on(const TimerFired& fired);

    void take(ValidatorIndex from, const Message& message);
    void take(ValidatorIndex from, const PrePrepare& message);
    void take(ValidatorIndex from, const Prepare& message);
    void take(ValidatorIndex from, const Commit& message);
    void take(ValidatorIndex from, const HeaderVote& message);
    void take(ValidatorIndex from, const ViewChange& message);
    void take(ValidatorIndex from, const NewView& message);
    void take(ValidatorIndex from, const Status& message);
    void take(ValidatorIndex from, const Fetch& message);
    void take(ValidatorIndex from, const Block& message);

    // ---- what has become possible; true: something was done ----
    void settle();
    bool replay_early();
    bool try_ask();
    bool try_prepare();
    bool try_commit();
    bool try_deliver();
    bool try_certify();
    bool try_block();
    bool try_join();
    bool try_new_view();
    void try_propose();
    void try_fetch(bool any);
    void set_timers();
    void resend();
    void end_fetching();

    void restore(const VoteRecord& record);
    // Whether a vote is about the open slot in this view; what comes too early is kept.
    bool is_current(ValidatorIndex from, Epoch epoch, View view, Height height,
                    const Payload& payload);
    void accept_proposal(const PrePrepare& proposal, bool first);
    void accept_opening();
    void start_view_change(View view);
    void enter(const NewView& view, const ledger::Batch& opening);
    [[nodiscard]] ViewChange own_view_change() const;
    void certify(const ledger::Certificate& certificate);
    void accuse(const Evidence& evidence);
    void refuse(ValidatorIndex from, Unused why) { out_.refused.push_back({from, why}); }
    void keep_early(ValidatorIndex from, const Payload& payload);
    void note_certified(ValidatorIndex peer, Height height);
    void tell_status(ValidatorIndex peer);
    void tell_view(ValidatorIndex peer);
    void end_abstention();

    [[nodiscard]] std::size_t matching_prepares() const;
    [[nodiscard]] std::size_t matching_commits() const;
    // Not before it stands where its epoch starts: what is below was decided in another.
    [[nodiscard]] bool may_vote() const {
        return !abstaining_ && !halted_ && certified_height() >= rules_.config.anchor.height;
    }
    [[nodiscard]] bool is_primary() const { return primary_of(rules_, view_) == self(); }
    [[nodiscard]] bool is_busy() const;
    [[nodiscard]] bool may_be_behind() const;                   // somebody says so
    [[nodiscard]] bool is_behind(std::uint64_t heights) const;  // somebody correct says so
    [[nodiscard]] bool is_catching_up() const;
    [[nodiscard]] ValidatorIndex self() const { return rules_.config.self; }
    [[nodiscard]] Height certified_height() const { return certified_.header.height; }
    [[nodiscard]] Slot fresh_slot(Height height) const;
    [[nodiscard]] Ballot fresh_ballot() const;
    [[nodiscard]] Status status() const;
    [[nodiscard]] Vote vote(Phase phase, const PrePrepare& proposal) const;

    void send(const Payload& payload, std::optional<ValidatorIndex> to = std::nullopt);
    void halt(std::string why);
    void halt_elsewhere(Height height);  // where others have another header

    Rules rules_;
    Update out_;
    bool dirty_ = false;  // what is persisted has changed

    View view_;
    bool changing_ = false;
    std::optional<Opening> opening_;
    std::optional<NewView> new_view_;  // that the view was entered with

    CertifiedHeader certified_;
    Height applied_;
    Slot slot_;  // the height above `certified_`

    std::optional<Wait> waiting_;
    bool proposing_ = false;  // `propose` was asked for
    bool nothing_ = false;    // the pool had nothing that can run

    std::vector<Peer> peers_;  // by validator; of this one itself, only its view change
    bool replay_ = false;      // what came early may fit now

    std::optional<Fetching> fetching_;
    std::map<Height, std::pair<ValidatorIndex, Block>> ahead_;  // that came, above the open height
    ValidatorIndex next_peer_ = 0;

    bool abstaining_ = false;
    bool halted_ = false;

    bool view_timer_ = false;  // it runs
    bool restart_view_timer_ = false;
    unsigned doublings_ = 0;
    bool was_busy_ = false;
    std::int64_t resend_in_ms_ = 0;
};

}  // namespace edict::consensus::pbft
