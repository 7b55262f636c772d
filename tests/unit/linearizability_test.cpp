#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "chain/sim/linearizability.h"

namespace edict::sim {
namespace {

constexpr std::int64_t NEVER = Operation::NEVER;

Operation read(std::int64_t called, std::int64_t answered, std::uint64_t saw) {
    return {called, answered, std::nullopt, saw};
}
Operation write(std::int64_t called, std::int64_t answered, std::uint64_t value) {
    return {called, answered, value, std::nullopt};
}

TEST(Linearizability, KnownHistories) {
    EXPECT_TRUE(is_linearizable({}));
    EXPECT_TRUE(is_linearizable({write(0, 1, 5), read(2, 3, 5)}));
    EXPECT_FALSE(is_linearizable({write(0, 1, 5), read(2, 3, 0)})) << "a stale read";
    EXPECT_TRUE(is_linearizable({write(0, 9, 5), read(2, 3, 0)})) << "they overlap";
    EXPECT_TRUE(is_linearizable({write(0, 9, 5), read(2, 3, 5)}));
    EXPECT_FALSE(is_linearizable({write(0, 9, 5), read(2, 3, 5), read(4, 5, 0)}))
        << "seen, and then not any more";
    EXPECT_TRUE(is_linearizable({write(0, NEVER, 5), read(2, 3, 0), read(4, 5, 5)}))
        << "one without an answer takes effect later";
    EXPECT_TRUE(is_linearizable({write(0, NEVER, 5), read(2, 3, 0)})) << "or never";
    EXPECT_FALSE(is_linearizable({read(0, 1, 7)})) << "nobody wrote it";
    EXPECT_TRUE(is_linearizable({read(0, 1, 7)}, 7));
    // Two swaps that both saw the first value: an effect was lost.
    EXPECT_FALSE(is_linearizable({{0, 9, 1, 0}, {0, 9, 2, 0}}));
    EXPECT_TRUE(is_linearizable({{0, 9, 1, 0}, {0, 9, 2, 1}}));
    EXPECT_FALSE(is_linearizable({{0, 3, 1, 2}, {4, 9, 2, 0}})) << "against the order of time";
}

// Every order that time allows, and for those without an answer also without them.
bool by_trying_all(const std::vector<Operation>& history) {
    std::vector<std::size_t> order(history.size());
    std::iota(order.begin(), order.end(), 0);
    do {
        for (unsigned left_out = 0; left_out < 1u << history.size(); ++left_out) {
            std::uint64_t value = 0;
            bool fits = true;
            for (std::size_t i = 0; i < order.size() && fits; ++i) {
                const Operation& one = history[order[i]];
                if ((left_out >> order[i] & 1) != 0) {
                    fits = one.answered == NEVER;
                    continue;
                }
                for (std::size_t j = i + 1; j < order.size(); ++j) {
                    const bool there = (left_out >> order[j] & 1) == 0;
                    fits = fits && !(there && history[order[j]].answered < one.called);
                }
                fits = fits && (!one.saw || *one.saw == value);
                value = one.writes.value_or(value);
            }
            if (fits) return true;
        }
    } while (std::ranges::next_permutation(order).found);
    return false;
}

TEST(Linearizability, SaysWhatTryingAllOrdersSays) {
    std::mt19937_64 random(5);
    std::size_t yes = 0, no = 0;
    for (int round = 0; round < 3'000; ++round) {
        std::vector<Operation> history(1 + random() % 5);
        for (Operation& one : history) {
            one.called = static_cast<std::int64_t>(random() % 12);
            one.answered =
                random() % 6 == 0 ? NEVER : one.called + static_cast<std::int64_t>(random() % 6);
            if (random() % 3 != 0) one.writes = random() % 3;
            if (random() % 4 != 0) one.saw = random() % 3;
            if (one.answered == NEVER) one.saw.reset();
        }
        const bool expected = by_trying_all(history);
        ASSERT_EQ(is_linearizable(history), expected) << round;
        ++(expected ? yes : no);
    }
    EXPECT_GT(yes, 500u);
    EXPECT_GT(no, 500u);
}

// Many operations of a register that is one: found quickly; with one answer changed it is not.
TEST(Linearizability, LongHistories) {
    std::mt19937_64 random(9);
    std::vector<Operation> history;
    std::uint64_t value = 0;
    for (std::int64_t moment = 10; moment < 20'000; moment += 10) {
        Operation one;
        one.called = moment - static_cast<std::int64_t>(random() % 40);
        one.answered = moment + static_cast<std::int64_t>(random() % 40);
        one.saw = value;
        if (random() % 2 == 0) value = *(one.writes = 1 + random());
        history.push_back(one);
    }
    EXPECT_TRUE(is_linearizable(history));
    history[history.size() / 2].saw = 12345;
    EXPECT_FALSE(is_linearizable(history));
}

}  // namespace
}  // namespace edict::sim
