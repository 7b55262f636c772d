#include "chain/consensus/solo/solo.h"

#include "base/check.h"

namespace edict::consensus {

namespace {

class Solo final : public Protocol {
public:
    explicit Solo(ledger::Epoch epoch) : epoch_(epoch) {}

    std::string_view name() const override { return "solo"; }

    Update step(const Event& event) override {
        return std::visit([this](const auto& known) { return on(known); }, event);
    }

private:
    // A crash may fall between the sync of a height and its certificate: sign it (again).
    Update on(const Started& started) {
        applied_ = started.applied;
        header_ = started.header;
        Update update;
        if (started.certified) {
            phase_ = Phase::idle;
        } else {
            phase_ = Phase::signing;
            update.sign.push_back({started.applied, started.header});
        }
        return update;
    }

    Update on(const Waiting& waiting) {
        waiting_ = true;
        due_ = waiting.due;
        return propose_if_idle();
    }

    Update on(const Proposed& proposed) {
        EDICT_CHECK(phase_ == Phase::proposing);
        Update update;
        if (proposed.transactions.empty() && !due_) {
            phase_ = Phase::idle;
            return update;
        }
        due_ = false;  // after this height it is told anew
        phase_ = Phase::executing;
        waiting_ = true;  // there may be more than one batch holds; an empty answer ends it
        update.deliver.push_back(
            {{epoch_, {applied_.value + 1}, proposed.now_ms, proposed.transactions}});
        return update;
    }

    Update on(const Executed& executed) {
        EDICT_CHECK(phase_ == Phase::executing && executed.height.value == applied_.value + 1);
        applied_ = executed.height;
        header_ = executed.header;
        phase_ = Phase::signing;
        Update update;
        update.sign.push_back({executed.height, executed.header});
        return update;
    }

    Update on(const Signed& done) {
        EDICT_CHECK(phase_ == Phase::signing && done.height == applied_);
        phase_ = Phase::idle;
        Update update = propose_if_idle();
        update.certify.push_back({done.height, {header_, {done.signature}}});
        return update;
    }

    // One validator has no peers and waits for nobody.
    Update on(const Checked&) { return {}; }
    Update on(const Received&) { return {}; }
    Update on(const Loaded&) { return {}; }
    Update on(const TimerFired&) { return {}; }

    Update propose_if_idle() {
        Update update;
        if (phase_ != Phase::idle || !waiting_) return update;
        waiting_ = false;
        phase_ = Phase::proposing;
        update.propose = true;
        return update;
    }

    enum class Phase : std::uint8_t { idle, proposing, executing, signing };

    ledger::Epoch epoch_;
    ledger::Height applied_;
    ledger::Hash header_;
    Phase phase_ = Phase::idle;
    bool waiting_ = false;
    bool due_ = false;  // an empty batch is wanted
};

}  // namespace

std::unique_ptr<Protocol> make_solo(ledger::Epoch epoch) { return std::make_unique<Solo>(epoch); }

}  // namespace edict::consensus
