// solo: what it asks for in answer to each event.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace edict::consensus
