#include "chain/sim/campaign.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/ledger/quorum.h"
#include "chain/sim/life.h"

namespace edict::sim {

namespace {

std::size_t faults_of(std::size_t validators) {
    return ledger::faults_tolerated(ledger::ProtocolKind::pbft, validators);
}

// f of four or seven lie or equivocate, in a quick network.
Plan deceived(Random& random, std::uint64_t liars_percent, std::string& words) {
    Plan plan;
    plan.validators = random.percent(80) ? 4 : 7;
    plan.clients = 3;
    plan.think_ms = 20;
    plan.network.max_delay_us = 3000;
    plan.timing = {150, 50, 400};
    for (std::size_t i = 0; i < plan.validators; ++i) {
        plan.seats.push_back({static_cast<ValidatorIndex>(i), std::nullopt, false});
    }
    words = fmt::format("{} validators", plan.validators);
    for (std::size_t i = 0; i < faults_of(plan.validators); ++i) {
        const std::size_t seat = random.below(plan.validators);
        const Style style = random.percent(liars_percent) ? Style::liar : Style::equivocator;
        plan.seats[seat].attacker = style;
        words += fmt::format(", {} {}", seat, STYLES[static_cast<std::size_t>(style)]);
    }
    plan.costs = any_costs(random);
    return plan;
}

Verdict end(Life& life, std::string plan) {
    life.quiet();
    World& world = life.world();
    return {world.truth().violated(), std::move(plan), world.totals(), world.trace()};
}

}  // namespace

Verdict run_seed(std::uint64_t seed, const consensus::pbft::Flaws& flaws, Tell tell,
                 const Chain* chain) {
    Random random(mix(seed));
    Plan plan;
    plan.tell = std::move(tell);
    plan.seed = seed;
    plan.flaws = flaws;
    static constexpr std::size_t SIZES[] = {4, 4, 4, 4, 4, 4, 7, 5, 6, 3, 2, 1, 10};
    plan.validators = SIZES[random.below(std::size(SIZES))];
    plan.clients = 1 + random.below(4);
    plan.real_signatures = seed % 100 == 0;
    if (chain != nullptr) {
        plan.make_machine = chain->make_machine;
        plan.chain_id = chain->id;
        plan.make_call = chain->make_call;
        plan.clients = std::min(plan.clients, chain->clients);
    }
    std::string words = fmt::format("{} validators", plan.validators);
    std::size_t faulty = random.below(faults_of(plan.validators) + 1);
    if (faults_of(plan.validators) > 0 && random.percent(50)) faulty = faults_of(plan.validators);
    for (std::size_t i = 0; i < plan.validators; ++i) {
        plan.seats.push_back({static_cast<ValidatorIndex>(i), std::nullopt, false});
    }
    // A lost disk is a fault as well: beside faulty replicas it would be one too many.
    const bool all_correct = faulty == 0;
    for (; faulty > 0; --faulty) {
        const std::size_t seat = random.below(plan.validators);
        if (plan.seats[seat].attacker || plan.seats[seat].twin) continue;
        if (random.percent(15)) {
            plan.seats[seat].twin = true;
            SeatPlan twin = plan.seats[seat];
            plan.seats.push_back(twin);
            words += fmt::format(", {} is two", seat);
            continue;
        }
        const auto style = static_cast<std::size_t>(random.below(STYLES.size()));
        plan.seats[seat].attacker = static_cast<Style>(style);
        words += fmt::format(", {} {}", seat, STYLES[style]);
    }
    if (plan.real_signatures) words += ", Ed25519";
    plan.costs = any_costs(random);
    Life life(std::move(plan), seed, all_correct);
    life.troubles();
    return end(life, std::move(words));
}

Verdict run_twins(std::uint64_t seed, const consensus::pbft::Flaws& flaws, Tell tell) {
    Random random(mix(seed ^ 0x7717));
    Plan plan;
    plan.tell = std::move(tell);
    plan.seed = seed;
    plan.flaws = flaws;
    plan.validators = random.percent(80) ? 4 : 7;
    plan.clients = 2;
    plan.network.max_delay_us = 3000;
    plan.timing = {150, 50, 400};
    for (std::size_t i = 0; i < plan.validators; ++i) {
        const bool twin = i < faults_of(plan.validators);
        plan.seats.push_back({static_cast<ValidatorIndex>(i), std::nullopt, twin});
    }
    for (std::size_t i = 0; i < faults_of(plan.validators); ++i) {
        plan.seats.push_back({static_cast<ValidatorIndex>(i), std::nullopt, true});
    }
    plan.costs = any_costs(random);
    Life life(std::move(plan), seed, false);
    World& world = life.world();
    for (std::uint64_t rounds = 4 + random.below(8); rounds > 0; --rounds) {
        world.heal_network();
        std::set<std::size_t> group;
        for (std::size_t i = 0; i < world.seats(); ++i) {
            if (random.percent(50)) group.insert(i);
        }
        if (random.percent(85)) world.split(group);
        world.run_for(random.between(20, 400));
    }
    return end(life, "twins");
}

Verdict run_views(std::uint64_t seed, const consensus::pbft::Flaws& flaws, Tell tell) {
    Random random(mix(seed ^ 0x51E75));
    std::string words;
    Plan plan = deceived(random, 50, words);
    plan.tell = std::move(tell);
    plan.seed = seed;
    plan.flaws = flaws;
    Life life(std::move(plan), seed, false);
    life.views();
    return end(life, std::move(words));
}

Verdict run_losses(std::uint64_t seed, const consensus::pbft::Flaws& flaws, Tell tell) {
    Random random(mix(seed ^ 0x105E5));
    std::string words;
    Plan plan = deceived(random, 70, words);
    plan.tell = std::move(tell);
    plan.seed = seed;
    plan.flaws = flaws;
    Life life(std::move(plan), seed, false);
    life.losses();
    return end(life, std::move(words));
}

Verdict run_leaders(std::uint64_t seed, const consensus::pbft::Flaws& flaws, Tell tell) {
    Plan plan;
    plan.tell = std::move(tell);
    plan.seed = seed;
    plan.flaws = flaws;
    plan.clients = 4;
    plan.think_ms = 20;
    plan.network = {100, 2000, 0, 0};
    plan.timing = {};
    Random random(mix(seed ^ 0xDEAD));
    plan.costs = any_costs(random);
    // One that is slower than the chain could never catch up.
    plan.costs.spread = std::min<std::uint64_t>(plan.costs.spread, 3);
    Life life(std::move(plan), seed, false);
    life.deaths();
    return end(life, "4 validators");
}

}  // namespace edict::sim
