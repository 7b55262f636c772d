// pbft: what a replica asks for in answer to single events, and the pure judgements behind it.
// Whole lives of several replicas are in tests/simulation.
#include <gtest/gtest.h>

#include <algorithm>

#include "chain/consensus/pbft/codec.h"
#include "chain/consensus/pbft/proofs.h"

namespace edict::consensus::pbft {
namespace {

ledger::ValidatorSet validators(std::size_t n) {
    ledger::ValidatorSet set{ledger::ProtocolKind::pbft, {}};
    for (std::size_t i = 0; i < n; ++i) set.validators.emplace_back();
    return set;
}

std::vector<ledger::SecretKey> keys(std::size_t n) {
    std::vector<ledger::SecretKey> made;
    for (std::size_t i = 0; i < n; ++i) {
        std::array<std::uint8_t, 32> seed{};
        seed[0] = static_cast<std::uint8_t>(i + 1);
        made.push_back(ledger::SecretKey::from_seed(seed));
    }
    return made;
}

// n validators with real keys, and one replica of theirs under test.
class Bench {
public:
    explicit Bench(std::size_t n, ValidatorIndex self, Epoch epoch = {0}) : keys_(keys(n)) {
        ledger::ValidatorSet set = validators(n);
        for (std::size_t i = 0; i < n; ++i) {
            set.validators[i].consensus_key = keys_[i].public_key();
        }
        for (const ledger::SecretKey& key : keys_) {
            authorities_.push_back(make_authority(chain_, set, key));
        }
        config.validators = n;
        config.self = self;
        config.epoch = epoch;
        config.anchor = {{0}, ledger::hash_of(genesis)};
        replica = make_pbft(config, *authorities_[self]);
    }

    Update start(const base::Bytes& persisted = {}, bool votes_lost = false) {
        Started started;
        started.header = config.anchor.header;
        started.last_applied = started.last_certified = genesis;
        started.persisted = persisted;
        started.votes_lost = votes_lost;
        return replica->step(started);
    }
    Update tell(ValidatorIndex from, const Payload& payload) {
        return replica->step(Received{from, encode(Message{payload})});
    }
    PrePrepare propose(ValidatorIndex primary, View view, std::int64_t time_ms) const {
        PrePrepare made{view, {config.epoch, {1}, time_ms, {crypto::sha256({})}}, {}};
        made.signature = sign(primary, Phase::pre_prepare, view, made.batch);
        return made;
    }
    Prepare prepare(ValidatorIndex from, const PrePrepare& proposal) const {
        return {config.epoch,          proposal.view,
                proposal.batch.height, ledger::hash_of(proposal.batch),
                proposal.signature,    sign(from, Phase::prepare, proposal.view, proposal.batch)};
    }
    Commit commit(const PrePrepare& proposal) const {
        return {config.epoch, proposal.view, proposal.batch.height,
                ledger::hash_of(proposal.batch)};
    }
    Signature sign(ValidatorIndex who, Phase phase, View view, const ledger::Batch& batch) const {
        return authorities_[who]->sign_vote(
            signed_bytes(Vote{phase, batch.epoch, view, batch.height, ledger::hash_of(batch)}));
    }
    PreparedProof proof(const PrePrepare& proposal) const {
        PreparedProof made{proposal.view, proposal.batch, proposal.signature, {}};
        const ValidatorIndex primary = primary_of(rules(), proposal.view);
        for (ValidatorIndex i = 0; made.prepares.size() + 1 < rules().quorum; ++i) {
            if (i == primary) continue;
            made.prepares.push_back({i, sign(i, Phase::prepare, proposal.view, proposal.batch)});
        }
        return made;
    }
    ViewChange change(ValidatorIndex sender, View view,
                      std::optional<PreparedProof> prepared = {}) const {
        ViewChange made{config.epoch, view, sender, {genesis, {}}, std::move(prepared), {}};
        made.signature = authorities_[sender]->sign_vote(signed_bytes(made));
        return made;
    }
    HeaderVote header_vote(ValidatorIndex from, const ledger::Header& header) const {
        const Hash hash = ledger::hash_of(header);
        return {header.height, hash, ledger::sign_header(chain_, hash, keys_[from])};
    }
    Rules rules() const { return rules_of(config, *authorities_[config.self]); }
    // The messages of one kind that an update sends.
    template <typename T>
    static std::vector<T> sent(const Update& update) {
        std::vector<T> found;
        for (const Send& send : update.send) {
            const auto message = decode<Message>(send.message);
            EXPECT_TRUE(message.has_value());
            if (const T* payload = std::get_if<T>(&message->payload)) found.push_back(*payload);
        }
        return found;
    }

    ledger::Header genesis;
    Config config;
    std::unique_ptr<Protocol> replica;

private:
    Hash chain_;
    std::vector<ledger::SecretKey> keys_;
    std::vector<std::unique_ptr<Authority>> authorities_;
};

ledger::Header header_of(const Bench& bench, const ledger::Batch& batch) {
    ledger::Header header;
    header.height = batch.height;
    header.previous = bench.config.anchor.header;
    return header;
}

TEST(Pbft, OneValidatorOrdersExecutesAndCertifies) {
    Bench bench(1, 0);
    (void)bench.start();
    EXPECT_TRUE(bench.replica->step(Waiting{5, Hash{}, false}).propose);
    const Update proposed = bench.replica->step(Proposed{77, {crypto::sha256({})}});
    EXPECT_TRUE(proposed.persist.has_value());
    ASSERT_EQ(proposed.deliver.size(), 1U);
    EXPECT_EQ(proposed.deliver[0].batch.proposed_time_ms, 77);
    const ledger::Header header = header_of(bench, proposed.deliver[0].batch);
    const Update executed = bench.replica->step(Executed{{1}, ledger::hash_of(header), header});
    ASSERT_EQ(executed.sign.size(), 1U);
    const Update done =
        bench.replica->step(Signed{{1}, {0, bench.header_vote(0, header).signature}});
    ASSERT_EQ(done.certify.size(), 1U);
    EXPECT_EQ(done.certify[0].certificate.header, ledger::hash_of(header));
    EXPECT_EQ(done.certify[0].certificate.signatures.size(), 1U);
}

TEST(Pbft, ABackupVotesInThreePhasesAndPersistsEachVoteWithTheUpdateThatSendsIt) {
    Bench bench(4, 2);
    (void)bench.start();
    const PrePrepare proposal = bench.propose(0, {0}, 100);
    const Update asked = bench.tell(0, proposal);
    ASSERT_EQ(asked.check.size(), 1U);
    EXPECT_TRUE(asked.check[0].first);
    EXPECT_TRUE(Bench::sent<Prepare>(asked).empty());

    const Update checked = bench.replica->step(Checked{asked.check[0].hash, true});
    ASSERT_EQ(Bench::sent<Prepare>(checked).size(), 1U);
    ASSERT_TRUE(checked.persist.has_value());
    EXPECT_EQ(decode<VoteRecord>(*checked.persist)->accepted, proposal);
    EXPECT_TRUE(Bench::sent<Commit>(checked).empty());

    const Update prepared = bench.tell(1, bench.prepare(1, proposal));
    ASSERT_EQ(Bench::sent<Commit>(prepared).size(), 1U);
    ASSERT_TRUE(prepared.persist.has_value());
    const auto record = decode<VoteRecord>(*prepared.persist);
    ASSERT_TRUE(record && record->prepared);
    EXPECT_TRUE(is_valid(bench.rules(), *record->prepared));

    EXPECT_TRUE(bench.tell(0, bench.commit(proposal)).deliver.empty());
    EXPECT_TRUE(bench.tell(0, bench.commit(proposal)).deliver.empty());  // once is once
    const Update committed = bench.tell(1, bench.commit(proposal));
    ASSERT_EQ(committed.deliver.size(), 1U);
    EXPECT_EQ(committed.deliver[0].batch, proposal.batch);

    const ledger::Header header = header_of(bench, proposal.batch);
    (void)bench.replica->step(Executed{{1}, ledger::hash_of(header), header});
    (void)bench.replica->step(Signed{{1}, {2, bench.header_vote(2, header).signature}});
    EXPECT_TRUE(bench.tell(0, bench.header_vote(0, header)).certify.empty());
    HeaderVote forged = bench.header_vote(1, header);
    forged.signature.bytes[0] ^= 1;
    EXPECT_TRUE(bench.tell(3, forged).certify.empty());
    EXPECT_EQ(bench.tell(3, bench.header_vote(3, header)).certify.size(), 1U);
}

TEST(Pbft, AVoteThatIsRefusedByTheCheckIsNotCast) {
    Bench bench(4, 2);
    (void)bench.start();
    const Update asked = bench.tell(0, bench.propose(0, {0}, 100));
    const Update refused = bench.replica->step(Checked{asked.check.at(0).hash, false});
    EXPECT_TRUE(refused.send.empty());
    EXPECT_FALSE(refused.persist.has_value());
}

TEST(Pbft, AWrongSignatureEpochOrPrimaryIsIgnored) {
    Bench bench(4, 2);
    (void)bench.start();
    PrePrepare forged = bench.propose(1, {0}, 100);  // signed by 1, not by the primary 0
    EXPECT_TRUE(bench.tell(0, forged).check.empty());
    EXPECT_TRUE(bench.tell(1, forged).check.empty());
    PrePrepare later = bench.propose(0, {0}, 100);
    later.batch.epoch = {1};
    later.signature = bench.sign(0, Phase::pre_prepare, {0}, later.batch);
    EXPECT_TRUE(bench.tell(0, later).check.empty());
    EXPECT_TRUE(bench.replica->step(Received{0, {1, 2, 3}}).send.empty());
    EXPECT_TRUE(bench.replica->step(Received{99, {}}).send.empty());
    EXPECT_EQ(bench.tell(0, bench.propose(0, {0}, 100)).check.size(), 1U);
}

TEST(Pbft, WhatIsNotUsedIsSaidWithItsReason) {
    Bench bench(4, 2);
    (void)bench.start();
    using Reasons = std::vector<Refused>;
    const auto reasons = [&](ValidatorIndex from, const Payload& payload) {
        return bench.tell(from, payload).refused;
    };
    EXPECT_EQ(bench.replica->step(Received{3, {1, 2, 3}}).refused,
              (Reasons{{3, Unused::unreadable}}));
    const PrePrepare proposal = bench.propose(0, {0}, 100);
    PrePrepare forged_proposal = proposal;
    forged_proposal.signature.bytes[5] ^= 1;
    EXPECT_EQ(reasons(0, forged_proposal), (Reasons{{0, Unused::forged}}));
    EXPECT_EQ(reasons(1, proposal), (Reasons{{1, Unused::forged}}));  // not its turn
    Prepare forged_vote = bench.prepare(1, proposal);
    EXPECT_EQ(reasons(3, forged_vote), (Reasons{{3, Unused::forged}}));  // another's
    HeaderVote forged_header;
    forged_header.height = {1};
    EXPECT_EQ(reasons(3, forged_header), (Reasons{{3, Unused::forged}}));
    ViewChange forged_change = bench.change(3, {4});
    EXPECT_EQ(reasons(1, forged_change), (Reasons{{1, Unused::forged}}));
    forged_change.view = {5};
    EXPECT_EQ(reasons(3, forged_change), (Reasons{{3, Unused::forged}}));
    NewView forged_view;
    forged_view.view = {3};
    EXPECT_EQ(reasons(3, forged_view), (Reasons{{3, Unused::forged}}));
    Block forged_block;
    forged_block.certified.header.height = forged_block.batch.height = {1};
    EXPECT_EQ(reasons(3, forged_block), (Reasons{{3, Unused::old}}));  // nobody asked for it
    EXPECT_TRUE(reasons(3, Status{{0}, {0}, false, {2}, {2}}).empty());
    EXPECT_EQ(reasons(3, forged_block), (Reasons{{3, Unused::forged}}));
    EXPECT_EQ(reasons(3, Commit{{7}, {0}, {1}, {}}), (Reasons{{3, Unused::other_epoch}}));
    EXPECT_EQ(reasons(3, Status{{7}, {0}, false, {0}, {0}}), (Reasons{{3, Unused::other_epoch}}));
    EXPECT_EQ(reasons(3, Commit{{0}, {0}, {0}, {}}), (Reasons{{3, Unused::old}}));
    // What correct ones send is used, said twice or not.
    for (int times = 0; times < 2; ++times) {
        EXPECT_TRUE(reasons(0, proposal).empty());
        EXPECT_TRUE(reasons(1, bench.prepare(1, proposal)).empty());
        EXPECT_TRUE(reasons(1, bench.commit(proposal)).empty());
        EXPECT_TRUE(reasons(3, bench.change(3, {4})).empty());
        EXPECT_TRUE(reasons(3, Status{{0}, {0}, false, {0}, {0}}).empty());
    }
}

TEST(Pbft, TwoProposalsForOneSlotAreEvidenceAndEndTheView) {
    Bench bench(4, 2);
    (void)bench.start();
    (void)bench.tell(0, bench.propose(0, {0}, 100));
    const Update update = bench.tell(0, bench.propose(0, {0}, 101));
    ASSERT_EQ(update.misdeeds.size(), 1U);
    EXPECT_EQ(update.misdeeds[0].validator, 0);
    const auto evidence = decode<Evidence>(update.misdeeds[0].proof);
    ASSERT_TRUE(evidence.has_value());
    EXPECT_TRUE(is_valid(bench.rules(), *evidence));
    ASSERT_EQ(Bench::sent<ViewChange>(update).size(), 1U);
    EXPECT_EQ(Bench::sent<ViewChange>(update)[0].view, View{1});
    EXPECT_TRUE(update.persist.has_value());
    Evidence altered = *evidence;
    altered.validator = 1;
    EXPECT_FALSE(is_valid(bench.rules(), altered));
}

TEST(Pbft, ThePrepareOfAnotherShowsThePrimarysSecondProposal) {
    Bench bench(4, 2);
    (void)bench.start();
    (void)bench.tell(0, bench.propose(0, {0}, 100));
    const PrePrepare other = bench.propose(0, {0}, 101);
    const Update update = bench.tell(3, bench.prepare(3, other));
    ASSERT_EQ(update.misdeeds.size(), 1U);
    EXPECT_EQ(update.misdeeds[0].validator, 0);
    // A prepare for a proposal that the primary did not sign accuses nobody.
    Bench second(4, 2);
    (void)second.start();
    (void)second.tell(0, second.propose(0, {0}, 100));
    EXPECT_TRUE(second.tell(3, second.prepare(3, second.propose(3, {0}, 101))).misdeeds.empty());
}

TEST(Pbft, AfterARestartItVotesForNothingElseInTheSameSlot) {
    Bench bench(4, 2);
    (void)bench.start();
    const PrePrepare proposal = bench.propose(0, {0}, 100);
    const Update asked = bench.tell(0, proposal);
    const Update voted = bench.replica->step(Checked{asked.check.at(0).hash, true});
    ASSERT_TRUE(voted.persist.has_value());

    Bench again(4, 2);
    (void)again.start(*voted.persist);
    const Update other = again.tell(0, again.propose(0, {0}, 101));
    EXPECT_TRUE(Bench::sent<Prepare>(other).empty());
    EXPECT_EQ(other.misdeeds.size(), 1U);
}

TEST(Pbft, WithoutItsVotesItAbstainsUntilTheChainIsPastThem) {
    Bench bench(4, 2);
    (void)bench.start({}, true);
    const PrePrepare proposal = bench.propose(0, {0}, 100);
    const Update asked = bench.tell(0, proposal);
    const Update checked = bench.replica->step(Checked{asked.check.at(0).hash, true});
    EXPECT_TRUE(Bench::sent<Prepare>(checked).empty());
    for (const ValidatorIndex peer : std::vector<ValidatorIndex>{0, 1, 3}) {
        EXPECT_TRUE(
            Bench::sent<Prepare>(bench.tell(peer, Status{{0}, {0}, false, {0}, {0}})).empty());
    }
    EXPECT_FALSE(bench.replica->step(TimerFired{TimerKind::view}).persist.has_value());
}

TEST(Pbft, DamagedVotesAndVotesOfALaterEpochStopTheNode) {
    Bench bench(4, 2);
    const Update damaged = bench.start({1, 2, 3});
    ASSERT_TRUE(damaged.halt.has_value());
    EXPECT_NE(damaged.halt->find("damaged"), std::string::npos);
    Bench later(4, 2);
    VoteRecord record;
    record.epoch = {1};
    const Update newer = later.start(encode(record));
    ASSERT_TRUE(newer.halt.has_value());
    EXPECT_NE(newer.halt->find("epoch 1"), std::string::npos);
    Bench older(4, 2, {2});
    EXPECT_FALSE(older.start(encode(record)).halt.has_value());  // old votes mean nothing
}

TEST(Pbft, TheViewTimerIsDoubledEachTimeItFires) {
    Bench four(4, 2);
    (void)four.start();
    const auto view_delay = [](const Update& update) -> std::optional<std::int64_t> {
        for (const SetTimer& timer : update.timers) {
            if (timer.timer == TimerKind::view) return timer.delay_ms;
        }
        return std::nullopt;
    };
    EXPECT_EQ(view_delay(four.replica->step(Waiting{1, Hash{}, false})), 1000);
    const Update fired = four.replica->step(TimerFired{TimerKind::view});
    EXPECT_EQ(Bench::sent<ViewChange>(fired).at(0).view, View{1});
    EXPECT_EQ(view_delay(fired), std::nullopt);  // alone it waits for a quorum
    (void)four.tell(0, four.change(0, {1}));
    EXPECT_EQ(view_delay(four.tell(3, four.change(3, {1}))), 2000);
    const Update again = four.replica->step(TimerFired{TimerKind::view});
    EXPECT_EQ(Bench::sent<ViewChange>(again).at(0).view, View{2});
}

TEST(Pbft, ItJoinsTheLowestViewThatMoreThanTheFaultyAskFor) {
    Bench bench(4, 2);
    (void)bench.start();
    EXPECT_TRUE(Bench::sent<ViewChange>(bench.tell(0, bench.change(0, {7}))).empty());
    const Update joined = bench.tell(3, bench.change(3, {5}));
    ASSERT_EQ(Bench::sent<ViewChange>(joined).size(), 1U);
    EXPECT_EQ(Bench::sent<ViewChange>(joined)[0].view, View{5});
}

TEST(Pbft, ThePrimaryOfANewViewProposesWhatWasPreparedLast) {
    Bench bench(4, 3);
    (void)bench.start();
    const PrePrepare low = bench.propose(0, {0}, 100);
    const PrePrepare high = bench.propose(1, {1}, 200);
    (void)bench.tell(0, bench.change(0, {3}, bench.proof(low)));
    const Update update = bench.tell(1, bench.change(1, {3}, bench.proof(high)));
    const std::vector<NewView> views = Bench::sent<NewView>(update);
    ASSERT_EQ(views.size(), 1U);
    EXPECT_TRUE(is_valid(bench.rules(), views[0]));
    EXPECT_EQ(opening_of(bench.rules(), views[0].view_changes), high.batch);
    ASSERT_EQ(update.check.size(), 1U);
    EXPECT_EQ(update.check[0].batch, high.batch);
    EXPECT_FALSE(update.check[0].first);

    // A primary that leaves the proof out, or a sender, is found out by whoever recomputes it.
    NewView forged = views[0];
    for (ViewChange& change : forged.view_changes) change.prepared.reset();
    EXPECT_FALSE(is_valid(bench.rules(), forged));
    forged = views[0];
    forged.view_changes.pop_back();
    EXPECT_FALSE(is_valid(bench.rules(), forged));
    forged = views[0];
    forged.proposal = bench.sign(3, Phase::pre_prepare, {3}, null_request({0}, {1}));
    EXPECT_FALSE(is_valid(bench.rules(), forged));
}

TEST(Pbft, ANewViewInWhichNothingWasPreparedBeginsWithTheNullRequest) {
    const Bench bench(4, 0);
    const std::vector<ViewChange> changes = {bench.change(0, {1}), bench.change(1, {1})};
    const ledger::Batch opening = opening_of(bench.rules(), changes);
    EXPECT_TRUE(is_null(opening));
    EXPECT_EQ(opening.height, Height{1});
}

TEST(Pbft, AProofNeedsAQuorumOfDistinctValidSignatures) {
    const Bench bench(4, 0);
    const PreparedProof good = bench.proof(bench.propose(0, {0}, 100));
    EXPECT_TRUE(is_valid(bench.rules(), good));
    PreparedProof bad = good;
    bad.prepares.pop_back();
    EXPECT_FALSE(is_valid(bench.rules(), bad));
    bad = good;
    bad.prepares[0].signature.bytes[3] ^= 1;
    EXPECT_FALSE(is_valid(bench.rules(), bad));
    bad = good;
    bad.view = {4};  // the same primary, another view
    EXPECT_FALSE(is_valid(bench.rules(), bad));
    bad = good;
    bad.prepares[0].validator = 0;  // the primary cannot prepare as well
    EXPECT_FALSE(is_valid(bench.rules(), bad));
    EXPECT_FALSE(is_valid(bench.rules(), bench.change(1, {0}, good)));  // not from below its view
}

TEST(Pbft, AViewChangeFromFurtherBehindThanTheOpenHeightsIsNotCounted) {
    const Bench bench(4, 0);
    std::vector<ViewChange> changes;
    for (const ValidatorIndex sender : std::vector<ValidatorIndex>{0, 1, 2, 3}) {
        changes.push_back(bench.change(sender, {1}));
        changes.back().certified.header.height = {sender == 3 ? 3U : 5U};
    }
    const std::vector<ViewChange> chosen = choose_changes(bench.rules(), changes);
    ASSERT_EQ(chosen.size(), 3U);
    EXPECT_EQ(chosen.back().sender, 2);
    changes[0].certified.header.height = {3};
    EXPECT_EQ(choose_changes(bench.rules(), changes).size(), 2U);
    changes[0].certified.header.height = {4};  // one height may be open
    EXPECT_EQ(choose_changes(bench.rules(), changes).size(), 3U);
}

// ---- catching up --------------------------------------------------------------------------------

Status certified_at(std::uint64_t height) { return {{0}, {0}, false, {height}, {height}}; }

TEST(Pbft, APeerThatDoesNotAnswerIsAskedAgainWhenItGivesASign) {
    Bench bench(4, 0);
    (void)bench.start();
    const auto ask = [&](const Update& update) {
        for (const Send& send : update.send) {
            const auto message = decode<Message>(send.message);
            if (const Fetch* fetch = std::get_if<Fetch>(&message->payload)) {
                return std::pair{*send.to, *fetch};
            }
        }
        return std::pair{ValidatorIndex{99}, Fetch{}};
    };
    const auto resend = [&] { return bench.replica->step(TimerFired{TimerKind::resend}); };
    EXPECT_EQ(ask(bench.tell(1, certified_at(20))), std::pair(ValidatorIndex{1}, Fetch({1}, {8})));
    (void)bench.tell(2, certified_at(3));
    EXPECT_EQ(ask(resend()), std::pair(ValidatorIndex{2}, Fetch({1}, {3})));
    (void)bench.tell(3, certified_at(20));
    EXPECT_EQ(ask(resend()).first, 3);
    (void)bench.tell(2, certified_at(3));
    EXPECT_EQ(ask(resend()).first, 2) << "of 1, 2 and 3 only 2 was heard since it was asked";
    EXPECT_EQ(ask(resend()).first, 3) << "none is left: all are asked again";
}

TEST(Pbft, WhoIsTwoHeightsBehindNeitherProposesNorBlamesThePrimary) {
    Bench bench(4, 0);
    (void)bench.start();
    const auto proposes = [&](std::uint64_t call) {
        const Update asked =
            bench.replica->step(Waiting{5, crypto::sha256(base::as_bytes(std::to_string(call)))});
        if (asked.propose) (void)bench.replica->step(Proposed{77, {}});
        return asked.propose;
    };
    (void)bench.tell(1, certified_at(2));
    EXPECT_TRUE(proposes(1)) << "one may lie";
    (void)bench.tell(2, certified_at(1));
    EXPECT_TRUE(proposes(2)) << "one height is usual";
    (void)bench.tell(2, certified_at(2));
    EXPECT_FALSE(proposes(3));
    const Update fired = bench.replica->step(TimerFired{TimerKind::view});
    EXPECT_TRUE(Bench::sent<ViewChange>(fired).empty());
    EXPECT_TRUE(std::ranges::any_of(fired.timers, [&](const SetTimer& timer) {
        return timer.timer == TimerKind::view &&
               timer.delay_ms == bench.config.timing.view_timeout_ms;
    })) << "it is started again, and not doubled";
    (void)bench.tell(2, certified_at(1));  // it started again without its last certificate
    EXPECT_FALSE(Bench::sent<ViewChange>(bench.replica->step(TimerFired{TimerKind::view})).empty());
}

// A block of the first height, whose certificate is of this quorum.
Block block_of(const Bench& bench, const ledger::Batch& batch,
               std::optional<Hash> previous = std::nullopt) {
    ledger::Header header = header_of(bench, {{0}, {1}, 1, {}});
    header.previous = previous.value_or(header.previous);
    ledger::Certificate certificate{ledger::hash_of(header), {}};
    for (ValidatorIndex i = 1; i < 4; ++i) {
        certificate.signatures.push_back({i, bench.header_vote(i, header).signature});
    }
    return {{header, certificate}, batch};
}

TEST(Pbft, ABlockIsTakenOnlyFromWhoWasAskedAndReplacesNoneThatWaits) {
    Bench bench(4, 0);
    (void)bench.start();
    const Block honest = block_of(bench, {{0}, {1}, 1, {}});
    const Block spoiled = block_of(bench, {{0}, {1}, 1, {crypto::sha256({})}});
    EXPECT_TRUE(bench.tell(3, spoiled).deliver.empty()) << "nobody asked for it";
    (void)bench.tell(3, certified_at(2));
    EXPECT_EQ(bench.tell(3, spoiled).deliver.size(), 1U);
    (void)bench.tell(1, certified_at(2));
    EXPECT_TRUE(bench.tell(1, honest).deliver.empty()) << "not asked yet";
    const auto resend = [&] { return bench.replica->step(TimerFired{TimerKind::resend}); };
    EXPECT_TRUE(Bench::sent<Fetch>(resend()).empty()) << "its transactions may be on their way";
    EXPECT_EQ(Bench::sent<Fetch>(resend()).size(), 1U);
    (void)bench.tell(3, certified_at(2));
    EXPECT_TRUE(bench.tell(3, spoiled).deliver.empty()) << "what it sent before did not run";
    const Update taken = bench.tell(1, honest);
    ASSERT_EQ(taken.deliver.size(), 1U);
    EXPECT_EQ(taken.deliver[0].batch, honest.batch);
}

TEST(Pbft, ABlockOnAnotherHistoryThatAQuorumCertifiedStopsTheNode) {
    Bench bench(4, 0);
    (void)bench.start();
    (void)bench.tell(3, certified_at(2));
    ledger::Header other = bench.genesis;
    other.time_ms += 1;
    const Block block = block_of(bench, {{0}, {1}, 1, {}}, ledger::hash_of(other));
    const Update update = bench.tell(3, block);
    ASSERT_TRUE(update.halt);
    EXPECT_TRUE(update.halt->starts_with("height 0 was certified with another header"))
        << *update.halt;
    EXPECT_TRUE(update.deliver.empty());

    Bench later(4, 0, {1});  // in which the others' block is of an epoch that was given up
    (void)later.start();
    (void)later.tell(3, Status{{1}, {0}, false, {2}, {2}});
    const Update refused = later.tell(3, block);
    EXPECT_FALSE(refused.halt);
    EXPECT_EQ(refused.refused, (std::vector<Refused>{{3, Unused::other_epoch}}));
}

TEST(Pbft, AReportOfAnyHeightEndsNoAbstention) {
    Bench bench(4, 0);
    (void)bench.start({}, true);
    constexpr std::uint64_t MOST = ~std::uint64_t{0};
    (void)bench.tell(1, Status{{0}, {0}, false, {MOST}, {MOST - 1}});
    for (ValidatorIndex peer = 2; peer < 4; ++peer) (void)bench.tell(peer, certified_at(0));
    EXPECT_TRUE(bench.replica->standing().abstaining);
}

TEST(Pbft, ViewChangesOfOnePeerAreVerifiedUpToALimit) {
    Bench bench(4, 0);
    (void)bench.start();
    std::uint64_t view = 1;
    for (; view <= MAX_VERIFIED_CHANGES; ++view) {
        EXPECT_TRUE(bench.tell(3, bench.change(3, {view})).refused.empty()) << view;
    }
    const std::vector<Refused> one_more = {{3, Unused::too_many}};
    EXPECT_EQ(bench.tell(3, bench.change(3, {view})).refused, one_more);
    (void)bench.replica->step(TimerFired{TimerKind::resend});
    EXPECT_TRUE(bench.tell(3, bench.change(3, {view})).refused.empty());
}

TEST(Pbft, AFetchIsAnsweredUpToWhatIsCertified) {
    Bench bench(4, 0);
    Started started;
    started.applied = {2};
    started.last_applied.height = started.last_certified.height = {2};
    started.header = ledger::hash_of(started.last_applied);
    started.certificate = ledger::Certificate{started.header, {}};
    started.certified = true;
    (void)bench.replica->step(started);
    const auto loads = [&](const Fetch& fetch) {
        std::vector<std::uint64_t> heights;
        for (const Load& load : bench.tell(3, fetch).load) heights.push_back(load.height.value);
        return heights;
    };
    EXPECT_EQ(loads({{1}, {8}}), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(loads({{1}, {1}}), (std::vector<std::uint64_t>{1}));
    EXPECT_TRUE(loads({{3}, {10}}).empty());
}

}  // namespace
}  // namespace edict::consensus::pbft
