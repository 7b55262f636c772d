// solo: what it asks for in answer to each event.
#include <gtest/gtest.h>

#include "chain/consensus/resume.h"
#include "chain/consensus/solo/solo.h"

namespace edict::consensus {
namespace {

using ledger::Hash;
using ledger::Height;

Hash hash(std::uint8_t first) {
    Hash made;
    made.bytes[0] = first;
    return made;
}

Waiting waiting() { return {1, hash(9), false}; }

Signed signature_of(std::uint64_t height) {
    ledger::HeaderSignature signature;
    signature.signature.bytes[0] = 7;
    return {Height{height}, signature};
}

TEST(Solo, AnIdleNodeProposesAtOnce) {
    const auto solo = make_solo({3});
    const Update started = solo->step(Started{{4}, hash(4), true, {}});
    EXPECT_TRUE(started.sign.empty());
    EXPECT_FALSE(started.propose);
    EXPECT_TRUE(solo->step(waiting()).propose);

    const Update proposed = solo->step(Proposed{77, {hash(1), hash(2)}});
    ASSERT_EQ(proposed.deliver.size(), 1U);
    EXPECT_EQ(proposed.deliver[0].batch, (ledger::Batch{{3}, {5}, 77, {hash(1), hash(2)}}));

    const Update executed = solo->step(Executed{{5}, hash(5)});
    ASSERT_EQ(executed.sign.size(), 1U);
    EXPECT_EQ(executed.sign[0].height, Height{5});
    EXPECT_EQ(executed.sign[0].header, hash(5));
    EXPECT_TRUE(executed.certify.empty());

    const Update signed_now = solo->step(signature_of(5));
    ASSERT_EQ(signed_now.certify.size(), 1U);
    EXPECT_EQ(signed_now.certify[0].height, Height{5});
    EXPECT_EQ(signed_now.certify[0].certificate.header, hash(5));
    EXPECT_EQ(signed_now.certify[0].certificate.signatures.size(), 1U);
    EXPECT_TRUE(signed_now.propose);  // a batch may not have held all that waits
    const Update idle = solo->step(Proposed{78, {}});
    EXPECT_TRUE(idle.deliver.empty());
    EXPECT_FALSE(idle.propose);
}

TEST(Solo, WhileAHeightIsOpenItOnlyGathers) {
    const auto solo = make_solo({0});
    (void)solo->step(Started{{0}, hash(1), true, {}});
    EXPECT_TRUE(solo->step(waiting()).propose);
    EXPECT_FALSE(solo->step(waiting()).propose);
    (void)solo->step(Proposed{2, {hash(9)}});
    EXPECT_FALSE(solo->step(waiting()).propose);
    (void)solo->step(Executed{{1}, hash(2)});
    EXPECT_FALSE(solo->step(waiting()).propose);
    EXPECT_TRUE(solo->step(signature_of(1)).propose);
}

TEST(Solo, AnEmptyBatchIsDeliveredWhenTimeHasCome) {
    const auto solo = make_solo({0});
    (void)solo->step(Started{{0}, hash(1), true, {}});
    EXPECT_TRUE(solo->step(Waiting{5, {}, true}).propose);
    const Update due = solo->step(Proposed{6, {}});
    ASSERT_EQ(due.deliver.size(), 1U);
    EXPECT_TRUE(due.deliver[0].batch.transactions.empty());
    (void)solo->step(Executed{{1}, hash(2)});
    EXPECT_TRUE(solo->step(signature_of(1)).propose);
    // Once: after the height it is told anew whether there is more.
    EXPECT_TRUE(solo->step(Proposed{7, {}}).deliver.empty());
    EXPECT_TRUE(solo->step(Waiting{8, {}, false}).propose);
    EXPECT_TRUE(solo->step(Proposed{8, {}}).deliver.empty());
}

TEST(Solo, AHeightWithoutCertificateIsSignedFirstAfterARestart) {
    const auto solo = make_solo({0});
    const Update started = solo->step(Started{{8}, hash(8), false, {}});
    ASSERT_EQ(started.sign.size(), 1U);
    EXPECT_EQ(started.sign[0].height, Height{8});
    EXPECT_FALSE(solo->step(waiting()).propose);
    const Update done = solo->step(signature_of(8));
    ASSERT_EQ(done.certify.size(), 1U);
    EXPECT_TRUE(done.propose);
}

// ---- an agreement on the next epoch ----

struct Operators {
    ledger::ValidatorSet set{ledger::ProtocolKind::pbft, {}};
    std::vector<ledger::SecretKey> keys;
    ledger::Hash chain = crypto::sha256(base::as_bytes("chain"));
    Operators() {
        for (std::uint8_t i = 0; i < 4; ++i) {
            std::array<std::uint8_t, 32> seed{};
            seed[0] = i;
            keys.push_back(ledger::SecretKey::from_seed(seed));
            set.validators.push_back({"v" + std::to_string(i), keys.back().public_key(), {}, {}});
        }
    }
};

TEST(Resume, AQuorumOfGoodSignaturesIsNeeded) {
    const Operators operators;
    Resume resume{{1}, {7}, crypto::sha256({}), {}};
    for (const ValidatorIndex who : {ValidatorIndex{3}, ValidatorIndex{0}}) {
        sign(resume, operators.chain, who, operators.keys[who]);
        sign(resume, operators.chain, who, operators.keys[who]);
    }
    EXPECT_EQ(resume.signatures.size(), 2U);
    EXPECT_FALSE(check(resume, operators.chain, operators.set));
    Resume other{{1}, {7}, crypto::sha256({}), {}};
    sign(other, operators.chain, 1, operators.keys[1]);
    ASSERT_TRUE(merge(resume, other));
    EXPECT_TRUE(check(resume, operators.chain, operators.set));
    const auto back = decode_resume(encode(resume));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, resume);

    other.height = {8};
    EXPECT_FALSE(merge(resume, other));
    Resume forged = resume;
    forged.height = {8};
    EXPECT_FALSE(check(forged, operators.chain, operators.set));
    EXPECT_FALSE(check(resume, crypto::sha256({}), operators.set));  // another chain
    forged = resume;
    sign(forged, operators.chain, 2, operators.keys[1]);  // not its key
    EXPECT_FALSE(check(forged, operators.chain, operators.set));
    forged = resume;
    forged.signatures.back().validator = 4;
    EXPECT_FALSE(check(forged, operators.chain, operators.set));
}

TEST(Resume, BytesHaveOneForm) {
    const Operators operators;
    Resume resume{{1}, {7}, crypto::sha256({}), {}};
    sign(resume, operators.chain, 0, operators.keys[0]);
    sign(resume, operators.chain, 1, operators.keys[1]);
    const base::Bytes bytes = encode(resume);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode_resume(base::ByteView(bytes).first(size)));
    }
    base::Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(decode_resume(longer));
    std::swap(resume.signatures[0], resume.signatures[1]);
    EXPECT_FALSE(decode_resume(encode(resume)));
    resume = {{0}, {7}, {}, {}};
    EXPECT_FALSE(decode_resume(encode(resume)));
}

}  // namespace
}  // namespace edict::consensus
