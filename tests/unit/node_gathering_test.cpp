// What a node lacks of one batch, as it comes.
#include <gtest/gtest.h>

#include "chain/ledger/codec.h"
#include "chain/ledger/limits.h"
#include "chain/node/gathering.h"

namespace edict::node {
namespace {

ledger::Transaction transaction(std::uint64_t nonce, std::size_t bytes = 0) {
    ledger::Transaction made;
    made.nonce.value = nonce;
    made.arguments.assign(bytes, 0);
    return made;
}

TEST(Gathering, WhatComesForOneBatchStaysUntilAnotherIsGatheredFor) {
    const ledger::Transaction first = transaction(1), second = transaction(2);
    const std::vector<ledger::Hash> batch = {ledger::hash_of(first), ledger::hash_of(second)};
    Gathering gathering;
    EXPECT_TRUE(gathering.begin(batch));
    EXPECT_FALSE(gathering.take(batch[0], first)) << "nothing is missing yet";
    gathering.lack({batch[0], batch[1]});
    EXPECT_TRUE(gathering.take(batch[0], first));
    EXPECT_FALSE(gathering.take(batch[0], first)) << "once";
    EXPECT_FALSE(gathering.begin(batch));
    gathering.lack({batch[0], batch[1]});
    EXPECT_EQ(gathering.missing(), std::set<ledger::Hash>{batch[1]}) << "the first came meanwhile";
    EXPECT_EQ(gathering.find(batch[0]), first);
    EXPECT_EQ(gathering.find(batch[1]), std::nullopt);
    EXPECT_TRUE(gathering.begin({batch[1]}));
    EXPECT_EQ(gathering.find(batch[0]), std::nullopt);
}

TEST(Gathering, NoMoreIsKeptThanABatchMayHold) {
    constexpr std::size_t PIECE = ledger::MAX_BODY_BYTES / 8;
    std::vector<ledger::Hash> batch;
    std::vector<ledger::Transaction> body;
    for (std::uint64_t nonce = 1; nonce <= 10; ++nonce) {
        body.push_back(transaction(nonce, nonce == 9 ? 1 : PIECE));
        batch.push_back(ledger::hash_of(body.back()));
    }
    Gathering gathering;
    gathering.begin(batch);
    gathering.lack({batch.begin(), batch.end()});
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_TRUE(gathering.take(batch[i], body[i]));
        EXPECT_FALSE(gathering.is_too_large()) << i;
    }
    EXPECT_TRUE(gathering.take(batch[8], body[8]));  // one byte more
    EXPECT_TRUE(gathering.is_too_large());
    EXPECT_TRUE(gathering.missing().empty());
    EXPECT_EQ(gathering.find(batch[0]), std::nullopt);
    gathering.lack({batch.begin(), batch.end()});
    EXPECT_FALSE(gathering.take(batch[9], body[9])) << "nothing more is wanted of it";
    EXPECT_TRUE(gathering.begin({batch[0]}));
    EXPECT_FALSE(gathering.is_too_large());
    gathering.lack({batch[0]});
    EXPECT_TRUE(gathering.take(batch[0], body[0]));
}

}  // namespace
}  // namespace edict::node
