#include "tests/simulation/byzantine.h"

#include <random>

#include "chain/consensus/pbft/codec.h"

namespace edict::tests {

namespace pbft = consensus::pbft;

namespace {

using consensus::Send;
using consensus::Update;
using consensus::ValidatorIndex;
using pbft::Phase;
using pbft::Vote;

constexpr std::size_t MAX_KEPT = 64;

class Byzantine final : public consensus::Protocol {
public:
    Byzantine(std::unique_ptr<consensus::Protocol> inside, const consensus::Authority& authority,
              ValidatorIndex self, std::size_t validators, std::uint64_t seed)
        : inside_(std::move(inside)),
          authority_(authority),
          self_(self),
          validators_(validators),
          random_(seed) {}

    std::string_view name() const override { return inside_->name(); }
    consensus::Standing standing() const override { return inside_->standing(); }

    Update step(const consensus::Event& event) override {
        Update update = inside_->step(event);
        std::vector<Send> sends;
        for (const Send& send : update.send) {
            for (ValidatorIndex to = 0; to < validators_; ++to) {
                if (to != self_ && (!send.to || *send.to == to)) attack(to, send.message, sends);
            }
        }
        if (const auto* received = std::get_if<consensus::Received>(&event)) {
            flatter(*received, sends);
        }
        update.send = std::move(sends);
        update.halt.reset();  // whatever it did to itself, it goes on
        return update;
    }

private:
    [[nodiscard]] bool percent(std::uint64_t chance) { return random_() % 100 < chance; }
    void put(ValidatorIndex to, const pbft::Message& message, std::vector<Send>& sends) {
        sends.push_back({to, pbft::encode(message)});
    }
    [[nodiscard]] ledger::Signature sign(const Vote& vote) const {
        return authority_.sign_vote(pbft::signed_bytes(vote));
    }

    void attack(ValidatorIndex to, const base::Bytes& bytes, std::vector<Send>& sends) {
        if (kept_.size() < MAX_KEPT) {
            kept_.push_back(bytes);
        } else {
            kept_[random_() % MAX_KEPT] = bytes;
        }
        if (percent(10)) return;                                                  // says nothing
        if (percent(10)) sends.push_back({to, kept_[random_() % kept_.size()]});  // says it again
        if (percent(10)) {
            base::Bytes broken = bytes;
            broken[random_() % broken.size()] ^= static_cast<std::uint8_t>(1U << (random_() % 8));
            sends.push_back({to, std::move(broken)});
            return;
        }
        base::Result<pbft::Message> message = pbft::decode<pbft::Message>(bytes);
        if (!message) return;
        std::visit([&](auto& payload) { twist(to, payload, sends); }, message->payload);
        put(to, *message, sends);
    }

    // One proposal to some, another to the others.
    void twist(ValidatorIndex to, pbft::PrePrepare& proposal, std::vector<Send>&) {
        if (to % 2 == 0) return;
        proposal.batch.proposed_time_ms += 1;
        proposal.signature = sign({Phase::pre_prepare, proposal.batch.epoch, proposal.view,
                                   proposal.batch.height, ledger::hash_of(proposal.batch)});
    }
    // Another vote beside its own.
    void twist(ValidatorIndex to, pbft::Prepare& prepare, std::vector<Send>& sends) {
        pbft::Prepare other = prepare;
        other.batch.bytes[0] ^= 1;
        other.signature =
            sign({Phase::prepare, other.epoch, other.view, other.height, other.batch});
        put(to, {other}, sends);
    }
    void twist(ValidatorIndex, pbft::Commit& commit, std::vector<Send>&) {
        if (percent(30)) commit.batch.bytes[0] ^= 1;
    }
    // It cannot sign as another, and its own signature over another header is worth nothing.
    void twist(ValidatorIndex, pbft::HeaderVote& vote, std::vector<Send>&) {
        if (percent(50)) vote.header.bytes[0] ^= 1;
    }
    void twist(ValidatorIndex, pbft::ViewChange& change, std::vector<Send>&) {
        change.prepared.reset();
        change.signature = authority_.sign_vote(pbft::signed_bytes(change));
    }
    void twist(ValidatorIndex, pbft::NewView& view, std::vector<Send>&) {
        if (!view.view_changes.empty() && percent(50)) view.view_changes.pop_back();
    }
    void twist(ValidatorIndex, pbft::Status& status, std::vector<Send>&) {
        if (percent(30)) status.certified.value += random_() % 100;
        if (percent(30)) status.view.value += random_() % 3;
    }
    void twist(ValidatorIndex, pbft::Fetch& fetch, std::vector<Send>&) {
        if (percent(30)) fetch.height.value += random_() % 100;
    }
    void twist(ValidatorIndex, pbft::Block& block, std::vector<Send>&) {
        if (percent(50)) block.batch.proposed_time_ms += 1000;
    }

    // It votes for whatever the other one votes for.
    void flatter(const consensus::Received& received, std::vector<Send>& sends) {
        const auto message = pbft::decode<pbft::Message>(received.message);
        if (!message) return;
        const auto* prepare = std::get_if<pbft::Prepare>(&message->payload);
        if (prepare == nullptr) return;
        pbft::Prepare own = *prepare;
        own.signature = sign({Phase::prepare, own.epoch, own.view, own.height, own.batch});
        put(received.from, {own}, sends);
        put(received.from, {pbft::Commit{own.epoch, own.view, own.height, own.batch}}, sends);
    }

    std::unique_ptr<consensus::Protocol> inside_;
    const consensus::Authority& authority_;
    ValidatorIndex self_;
    std::size_t validators_;
    std::mt19937_64 random_;
    std::vector<base::Bytes> kept_;
};

}  // namespace

std::unique_ptr<consensus::Protocol> make_byzantine(pbft::Config config,
                                                    const consensus::Authority& authority,
                                                    std::uint64_t seed) {
    using pbft::Flaws;
    static constexpr bool Flaws::* CHOICES[] = {
        &Flaws::drops_prepared,     &Flaws::oldest_prepared,     &Flaws::trusts_new_view,
        &Flaws::accepts_stale_view, &Flaws::takes_stale_changes, &Flaws::sends_before_persist,
        &Flaws::votes_after_loss,   &Flaws::forgets_certificates};
    std::mt19937_64 random(seed);
    for (bool Flaws::* const flaw : CHOICES) config.flaws.*flaw = random() % 2 == 0;
    return std::make_unique<Byzantine>(pbft::make_pbft(config, authority), authority, config.self,
                                       config.validators, random());
}

}  // namespace edict::tests
