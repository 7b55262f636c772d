// A decision in which some conditions are in error is never more permissive than the same decision
// with any truth values in their place: over every small regulation, and over many larger ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>

#include "vm/call/call.h"

namespace edict::call {

namespace {

using bytecode::Answer;
using bytecode::Norm;
using runtime::Truth;

// splitmix64: the same cases with every standard library.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::size_t below(std::size_t bound) {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
    }
    Truth truth() { return static_cast<Truth>(below(3)); }

private:
    std::uint64_t state_;
};

constexpr value::Date DAY{20'000};

// A regulation over one action, and what its conditions are found to be.
struct Scene {
    bytecode::Module regulation;
    GovernedBy governed;
    std::vector<RuleFacts> facts;

    void add(Norm norm) {
        regulation.rules.emplace_back().norm = norm;
        governed.rules.push_back({static_cast<std::uint32_t>(facts.size()), 0, {}});
        facts.emplace_back();
    }
    [[nodiscard]] RegulationAnswer answer() const {
        return answer_of(regulation, governed, DAY, facts);
    }
    // Every condition that counts.
    [[nodiscard]] std::vector<Truth*> conditions() {
        std::vector<Truth*> all;
        for (std::size_t i = 0; i < facts.size(); ++i) {
            all.push_back(&facts[i].scope);
            // Of a duty: whether its bearer, arguments and deadline have values.
            const Norm norm = regulation.rules[i].norm;
            if (norm == Norm::require || norm == Norm::duty) all.push_back(&facts[i].condition);
            for (Truth& exception : facts[i].exceptions) all.push_back(&exception);
        }
        return all;
    }
};

int permissiveness(Answer answer) {
    return answer == Answer::forbidden ? 0 : answer == Answer::silent ? 1 : 2;
}

bool passes(const std::vector<RegulationAnswer>& answers) {
    bool is_permitted = false;
    for (const RegulationAnswer& answer : answers) {
        if (answer.answer == Answer::forbidden) return false;
        is_permitted |= answer.answer == Answer::permitted;
    }
    return is_permitted;
}

// What is true stays true, and what is neither true nor in error stays false.
void expect_bits_stand(const RegulationAnswer& doubtful, const RegulationAnswer& settled) {
    for (std::size_t i = 0; i < doubtful.bits.effective.size(); ++i) {
        ASSERT_TRUE(!doubtful.bits.active[i] || settled.bits.active[i]);
        ASSERT_TRUE(!doubtful.bits.effective[i] || settled.bits.effective[i]);
        ASSERT_TRUE(!doubtful.bits.violated[i] || settled.bits.violated[i]);
        if (!doubtful.bits.error[i]) {
            ASSERT_EQ(doubtful.bits.effective[i], settled.bits.effective[i]);
            ASSERT_EQ(doubtful.bits.violated[i], settled.bits.violated[i]);
        }
        ASSERT_FALSE(settled.bits.error[i]);
    }
}

// Calls `each` with every way to settle the conditions in error, or with `most` of them by chance.
void settle(std::vector<Truth*> doubtful, std::size_t most, Random& random,
            const std::function<void()>& each) {
    const std::size_t ways =
        doubtful.size() < 16 ? std::size_t{1} << doubtful.size() : std::size_t{1} << 16;
    for (std::size_t i = 0; i < std::min(ways, most); ++i) {
        const std::size_t way = ways <= most ? i : random.below(ways);
        for (std::size_t bit = 0; bit < doubtful.size(); ++bit) {
            const bool yes = bit < 16 ? (way >> bit & 1) != 0 : random.below(2) == 1;
            *doubtful[bit] = yes ? Truth::yes : Truth::no;
        }
        each();
    }
    for (Truth* truth : doubtful) *truth = Truth::error;
}

std::vector<Truth*> in_error(std::vector<Scene>& scenes) {
    std::vector<Truth*> doubtful;
    for (Scene& scene : scenes) {
        for (Truth* truth : scene.conditions()) {
            if (*truth == Truth::error) doubtful.push_back(truth);
        }
    }
    return doubtful;
}

std::vector<RegulationAnswer> answers_of(const std::vector<Scene>& scenes) {
    std::vector<RegulationAnswer> answers;
    std::vector<const bytecode::Module*> regulations;
    for (const Scene& scene : scenes) {
        answers.push_back(scene.answer());
        regulations.push_back(&scene.regulation);
    }
    compare_answers(regulations, answers);
    return answers;
}

// A default that forbids may give way to a permit that is in doubt.
bool doubtful_default(const std::vector<RegulationAnswer>& answers) {
    return std::any_of(answers.begin(), answers.end(), [](const RegulationAnswer& answer) {
        return answer.by_default && answer.answer == Answer::forbidden;
    });
}

// The property, for one call governed by these regulations.
void expect_never_more_permissive(std::vector<Scene>& scenes, std::size_t most, Random& random) {
    const std::vector<RegulationAnswer> doubtful = answers_of(scenes);
    settle(in_error(scenes), most, random, [&] {
        const std::vector<RegulationAnswer> settled = answers_of(scenes);
        for (std::size_t i = 0; i < scenes.size(); ++i) {
            ASSERT_LE(permissiveness(doubtful[i].answer), permissiveness(settled[i].answer));
            expect_bits_stand(doubtful[i], settled[i]);
        }
        ASSERT_TRUE(!passes(doubtful) || passes(settled));
        for (std::size_t i = 0; i < scenes.size(); ++i) {
            // What is said to conflict does so however the doubt is settled.
            ASSERT_TRUE(!doubtful[i].conflict || settled[i].conflict);
            ASSERT_TRUE(!doubtful[i].overlap || settled[i].overlap || settled[i].conflict);
            ASSERT_TRUE(!doubtful[i].right_denied || settled[i].right_denied ||
                        doubtful_default(doubtful));
        }
    });
}

// Steps `digits` to the next number whose digits are below `bases`; false after the last.
bool step(std::vector<std::size_t>& digits, const std::vector<std::size_t>& bases) {
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (++digits[i] < bases[i]) return true;
        digits[i] = 0;
    }
    return false;
}

// All regulations of two rules: norms, an override either way or none, an exception on each, every
// default, every condition.
TEST(Permission, of_every_small_regulation_only_falls_with_doubt) {
    Random random(1);
    std::vector<std::size_t> shape(6, 0);
    std::size_t cases = 0;
    do {
        std::vector<Scene> scenes(1);
        Scene& scene = scenes[0];
        scene.add(static_cast<Norm>(shape[0]));
        scene.add(static_cast<Norm>(shape[1]));
        if (shape[2] == 1) scene.regulation.rules[0].overrides = {1};
        if (shape[2] == 2) scene.regulation.rules[1].overrides = {0};
        scene.governed.default_answer = static_cast<Answer>(shape[3]);
        if (shape[4] == 1) scene.facts[0].exceptions = {Truth::no};
        if (shape[5] == 1) scene.facts[1].exceptions = {Truth::no};
        order_rules(scene.regulation, scene.governed);

        const std::vector<Truth*> conditions = scene.conditions();
        std::vector<std::size_t> truths(conditions.size(), 0);
        do {
            for (std::size_t i = 0; i < truths.size(); ++i) {
                *conditions[i] = static_cast<Truth>(truths[i]);
            }
            expect_never_more_permissive(scenes, 64, random);
            ++cases;
        } while (step(truths, std::vector<std::size_t>(truths.size(), 3)));
    } while (step(shape, {4, 4, 3, 3, 2, 2}));
    EXPECT_GT(cases, 20'000U);
}

Scene random_scene(Random& random) {
    Scene scene;
    scene.regulation.restrictions_first = random.below(3) == 0;
    const std::size_t rules = 1 + random.below(7);
    for (std::size_t i = 0; i < rules; ++i) {
        scene.add(static_cast<Norm>(random.below(4)));
        bytecode::RuleDecl& rule = scene.regulation.rules[i];
        rule.as_of_right = rule.norm == Norm::permit && random.below(4) == 0;
        // Edges go to earlier rules only; the order of evaluation is not that of the text.
        for (std::uint16_t weaker = 0; weaker < i; ++weaker) {
            const bool duties = rule.norm == Norm::duty;
            const bool other = scene.regulation.rules[weaker].norm == Norm::duty;
            if (duties == other && random.below(3) == 0) rule.overrides.push_back(weaker);
        }
        if (random.below(5) == 0)
            rule.until = value::Date{DAY.days + static_cast<int>(random.below(3)) - 1};
        RuleFacts& facts = scene.facts[i];
        facts.scope = random.truth();
        facts.condition = random.truth();
        for (std::size_t n = random.below(3); n > 0; --n)
            facts.exceptions.push_back(random.truth());
    }
    scene.governed.default_answer = static_cast<Answer>(random.below(3));
    order_rules(scene.regulation, scene.governed);
    return scene;
}

TEST(Permission, of_random_regulations_only_falls_with_doubt) {
    std::size_t with_doubt = 0, passed = 0, of_several = 0;
    for (std::uint64_t seed = 0; seed < 120'000; ++seed) {
        Random random(seed);
        std::vector<Scene> scenes;
        for (std::size_t n = 1 + random.below(3); n > 0; --n)
            scenes.push_back(random_scene(random));
        expect_never_more_permissive(scenes, 8, random);
        if (HasFatalFailure()) FAIL() << "seed " << seed;
        with_doubt += in_error(scenes).empty() ? 0U : 1U;
        passed += passes(answers_of(scenes)) ? 1U : 0U;
        of_several += scenes.size() > 1 ? 1U : 0U;
    }
    // The cases are not all of one kind.
    EXPECT_GT(with_doubt, 90'000U);
    EXPECT_GT(passed, 3'000U);
    EXPECT_GT(of_several, 60'000U);
}

}  // namespace

}  // namespace edict::call
