// The pool: its bounds, and the order in which what waits is proposed.
#include "chain/pool/pool.h"

#include <gtest/gtest.h>

#include "chain/ledger/codec.h"

namespace edict::pool {
namespace {

ledger::Transaction made(std::uint8_t sender, std::uint64_t nonce, std::uint64_t expiry = 100,
                         std::size_t argument_bytes = 0) {
    ledger::Transaction transaction;
    transaction.sender.bytes[0] = sender;
    transaction.nonce.value = nonce;
    transaction.expiry.value = expiry;
    transaction.module = "m";
    transaction.action = "a";
    transaction.arguments.resize(argument_bytes);
    return transaction;
}

const NextNonce FROM_ONE = [](const ledger::PartyId&) { return ledger::Nonce{1}; };

// "a1 b1 a2": sender and nonce.
std::string order(const std::vector<ledger::Transaction>& transactions) {
    std::string text;
    for (const auto& transaction : transactions) {
        if (!text.empty()) text += ' ';
        text += static_cast<char>(transaction.sender.bytes[0]);
        text += std::to_string(transaction.nonce.value);
    }
    return text;
}

std::string ready(const Pool& pool, std::size_t most = 100) {
    return order(pool.ready(FROM_ONE, most, 1 << 20));
}

TEST(Pool, ASendersTransactionsRunByNonceInTheTurnsInWhichTheyCame) {
    Pool pool;
    for (const auto& [sender, nonce] :
         {std::pair<char, int>{'a', 2}, {'b', 1}, {'a', 1}, {'c', 1}, {'b', 2}}) {
        ASSERT_EQ(pool.add(made(static_cast<std::uint8_t>(sender), static_cast<unsigned>(nonce))),
                  Added::added);
    }
    EXPECT_EQ(ready(pool), "a1 b1 a2 c1 b2");
    EXPECT_EQ(ready(pool, 2), "a1 b1");
}

TEST(Pool, AfterAGapNothingIsReady) {
    Pool pool;
    for (const unsigned nonce : {1U, 2U, 4U}) (void)pool.add(made('a', nonce));
    EXPECT_EQ(ready(pool), "a1 a2");
    EXPECT_EQ(order(pool.ready([](const auto&) { return ledger::Nonce{2}; }, 9, 1 << 20)), "a2");
    EXPECT_EQ(order(pool.ready([](const auto&) { return ledger::Nonce{3}; }, 9, 1 << 20)), "");
}

TEST(Pool, TheSameTransactionAndASecondOneOfTheSameNonceAreTurnedAway) {
    Pool pool;
    EXPECT_EQ(pool.add(made('a', 1)), Added::added);
    EXPECT_EQ(pool.add(made('a', 1)), Added::known);
    EXPECT_EQ(pool.add(made('a', 1, 99)), Added::nonce_taken);
    EXPECT_EQ(pool.size(), 1U);
}

TEST(Pool, ASenderHasSixtyFourPlaces) {
    Pool pool;
    for (std::uint64_t nonce = 1; nonce <= MAX_OF_SENDER; ++nonce) {
        ASSERT_EQ(pool.add(made('a', nonce)), Added::added);
    }
    EXPECT_EQ(pool.add(made('a', MAX_OF_SENDER + 1)), Added::sender_full);
    EXPECT_EQ(pool.add(made('b', 1)), Added::added);
}

TEST(Pool, ItsBytesAreBoundedToTheLastOne) {
    const std::size_t one = ledger::encode(made('a', 1, 100, 500)).size();
    Pool pool(2 * one);
    EXPECT_EQ(pool.add(made('a', 1, 100, 500)), Added::added);
    EXPECT_EQ(pool.add(made('a', 2, 100, 501)), Added::full);
    EXPECT_EQ(pool.add(made('a', 2, 100, 500)), Added::added);
    EXPECT_EQ(pool.bytes(), 2 * one);
    EXPECT_EQ(pool.add(made('b', 1)), Added::full);
    pool.remove(ledger::hash_of(made('a', 1, 100, 500)));
    EXPECT_EQ(pool.bytes(), one);
    EXPECT_EQ(pool.add(made('b', 1)), Added::added);
}

TEST(Pool, ABatchTakesNoMoreBytesThanAllowed) {
    const std::size_t one = ledger::encode(made('a', 1)).size();
    Pool pool;
    for (const char sender : {'a', 'b', 'c'}) {
        (void)pool.add(made(static_cast<std::uint8_t>(sender), 1));
    }
    EXPECT_EQ(order(pool.ready(FROM_ONE, 9, 2 * one)), "a1 b1");
    EXPECT_EQ(order(pool.ready(FROM_ONE, 9, 2 * one - 1)), "a1");
}

TEST(Pool, WhatIsExpiredOrUsedIsDropped) {
    Pool pool;
    (void)pool.add(made('a', 1, 5));
    (void)pool.add(made('a', 2, 6));
    (void)pool.add(made('b', 1, 7));
    (void)pool.add(made('b', 2, 7));
    pool.drop_expired({6});
    EXPECT_EQ(pool.size(), 3U);
    EXPECT_EQ(pool.find(ledger::hash_of(made('a', 1, 5))), nullptr);
    ASSERT_NE(pool.find(ledger::hash_of(made('a', 2, 6))), nullptr);
    pool.drop_used(made('b', 1).sender, {1});
    EXPECT_EQ(pool.size(), 2U);
    pool.drop_expired({100});
    EXPECT_EQ(pool.size(), 0U);
    EXPECT_EQ(pool.bytes(), 0U);
}

}  // namespace
}  // namespace edict::pool
