#include "chain/sim/campaign.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/ledger/quorum.h"

namespace edict::sim {

namespace {

// Of pbft::Payload.
constexpr std::size_t PREPARE = 1, COMMIT = 2, NEW_VIEW = 5;
static_assert(std::is_same_v<std::variant_alternative_t<PREPARE, consensus::pbft::Payload>,
                             consensus::pbft::Prepare>);
static_assert(std::is_same_v<std::variant_alternative_t<COMMIT, consensus::pbft::Payload>,
                             consensus::pbft::Commit>);
static_assert(std::is_same_v<std::variant_alternative_t<NEW_VIEW, consensus::pbft::Payload>,
                             consensus::pbft::NewView>);
constexpr std::int64_t QUIET_MS = 400'000;     // at most, of simulated time
constexpr std::int64_t LEADERLESS_MS = 5'000;  // at most, from a leader's death to the next height

std::size_t faults_of(std::size_t validators) {
    return ledger::faults_tolerated(ledger::ProtocolKind::pbft, validators);
}

class Life {
public:
    Life(Plan plan, std::uint64_t seed, bool may_lose_data)
        : validators_(plan.validators),
          may_lose_data_(may_lose_data),
          world_(std::move(plan)),
          random_(mix(seed ^ 0x11FE)) {}

    void views() {
        for (std::uint64_t left = 8 + random_.below(12); left > 0; --left) {
            if (world_.truth().violated()) return;
            world_.run_for(random_.between(20, 200));
            deafen();
            world_.run_for(random_.between(10, 100));
            if (random_.percent(70)) world_.split({primary()});
            if (random_.percent(50)) startle();
            world_.run_for(random_.between(100, 500));
            for (std::size_t i = 0; i < world_.seats() && random_.percent(50); ++i) {
                if (random_.percent(60)) world_.crash(i);
            }
            world_.lose_if({});
            if (random_.percent(70)) world_.heal_network();
            for (std::size_t i = 0; i < world_.seats(); ++i) world_.restart(i);
        }
    }

    // One correct replica after the other asks for a view alone, loses its votes and comes back;
    // the next only when it votes again.
    void losses() {
        for (std::uint64_t left = 6 + random_.below(10); left > 0; --left) {
            world_.run_for(random_.between(50, 300));
            if (world_.truth().violated()) return;
            if (forget()) {
                deafen_next();
            } else {
                deafen();
            }
            world_.run_for(random_.between(10, 100));
            if (random_.percent(80)) world_.crash(primary());
            world_.run_for(random_.between(100, 500));
            world_.lose_if({});
            for (std::size_t i = 0; i < world_.seats(); ++i) world_.restart(i);
        }
    }

    // One to four lose power at a time, mostly whoever proposes, and come back; the next do when
    // all are together again.
    void deaths() {
        for (std::uint64_t left = 10 + random_.below(20); left > 0; --left) {
            world_.run_for(random_.percent(50) ? 0 : random_.between(0, 700));
            if (world_.truth().violated()) return;
            std::set<std::size_t> dead;
            const std::uint64_t kind = random_.below(10);
            if (kind < 6) {
                dead = {primary()};
            } else if (kind < 8) {
                dead = {any()};
            } else {
                const std::uint64_t count = 2 + random_.below(world_.seats() - 1);
                while (dead.size() < count) dead.insert(any());
            }
            const bool was_leader = dead == std::set{primary()};
            for (const std::size_t seat : dead) world_.crash(seat);
            if (was_leader) expect_progress();
            world_.run_for(random_.between(0, 500));
            reconnect(dead);
            if (!world_.truth().violated()) expect_together();
        }
    }

    void troubles() {
        for (std::uint64_t left = 6 + random_.below(18); left > 0; --left) {
            world_.run_for(random_.between(20, 500));
            if (world_.truth().violated()) return;
            trouble();
        }
        world_.run_for(random_.between(20, 1000));
    }

    // Votes were lost at so many correct seats; operators then agree on a new epoch.
    void quiet() {
        world_.heal_network();
        world_.lose_if({});
        // Sometimes slower than the view timer: it must grow.
        if (random_.percent(10)) {
            world_.set_network({300'000, 600'000, 0, 0});
        } else {
            world_.set_network({});
        }
        for (std::size_t i = 0; i < world_.seats(); ++i) {
            world_.seat(i).crash_after(UINT64_MAX);
            world_.seat(i).clock_offset_ms = 0;
        }
        world_.run_for(2500);  // those who lost power come back
        for (std::size_t i = 0; i < world_.seats(); ++i) world_.restart(i);
        if (losses_ > 0) world_.resume({1});
        const Height goal{world_.truth().highest().value + QUIET_HEIGHTS};
        const bool reached = world_.run_until(
            [&] { return world_.lowest_certified() >= goal || world_.truth().violated(); },
            QUIET_MS);
        if (!reached) {
            world_.truth().violation(fmt::format(
                "no progress: the slowest correct replica is at height {}, wanted is {}",
                world_.lowest_certified().value, goal.value));
        }
        world_.examine_all();
    }

    Verdict verdict(std::string plan) {
        return {world_.truth().violated(), std::move(plan), world_.totals(), world_.trace()};
    }

    World& world() { return world_; }

private:
    // What was begun before may end without a leader; the second height after it cannot.
    void expect_progress() {
        const Height goal{world_.truth().highest().value + 2};
        const bool reached = world_.run_until(
            [&] { return world_.truth().highest() >= goal || world_.truth().violated(); },
            LEADERLESS_MS);
        if (reached) return;
        world_.truth().violation(
            fmt::format("{} ms after its leader's death the chain is still at height {}",
                        LEADERLESS_MS, world_.truth().highest().value));
    }

    // A node needs a while to start and to be reached; meanwhile the others go on.
    void reconnect(const std::set<std::size_t>& dead) {
        for (const std::size_t seat : dead) {
            world_.split({seat});
            world_.run_for(random_.between(0, 500));
            world_.restart(seat);
        }
        world_.run_for(random_.between(0, 4000));
        world_.heal_network();
    }

    // But for some heights, with which the slowest of them has to catch up.
    void expect_together() {
        const std::uint64_t gap = random_.below(300);
        const auto is_near = [&] {
            return world_.lowest_certified().value + gap >= world_.truth().highest().value;
        };
        if (world_.run_until([&] { return is_near() || world_.truth().violated(); }, 60'000))
            return;
        world_.truth().violation(
            fmt::format("the slowest of four stays at height {}", world_.lowest_certified().value));
    }

    std::size_t any() { return random_.below(world_.seats()); }

    // Of the highest view that somebody has entered.
    std::size_t primary() {
        consensus::Standing highest;
        for (std::size_t i = 0; i < world_.seats(); ++i) {
            if (!world_.seat(i).is_up()) continue;
            const consensus::Standing at = world_.seat(i).protocol_standing();
            if (at.view >= highest.view) highest = at;
        }
        return highest.primary;
    }

    void trouble() {
        switch (random_.below(15)) {
            case 0:
            case 1:
                world_.crash(any());
                break;
            case 2:
                world_.seat(any()).crash_after(random_.below(40));
                break;
            case 3:
                for (std::size_t i = 0; i < world_.seats(); ++i) {
                    if (random_.percent(70)) world_.crash(i);
                }
                break;
            case 4:
            case 5:
                for (std::size_t i = 0; i < world_.seats(); ++i) {
                    if (random_.percent(60)) world_.restart(i);
                }
                break;
            case 6: {
                std::set<std::size_t> group;
                for (std::size_t i = 0; i < world_.seats(); ++i) {
                    if (random_.percent(40)) group.insert(i);
                }
                world_.split(group);
                break;
            }
            case 7:
                for (std::uint64_t left = 1 + random_.below(4); left > 0; --left) {
                    // Two statements: compilers differ in which argument they draw first.
                    const std::size_t to = any();
                    const std::size_t from = any();
                    world_.block(from, to);
                }
                break;
            case 8:
            case 9:
                world_.heal_network();
                world_.lose_if({});
                break;
            case 12:
            case 13:
            case 14:
                deafen();
                break;
            case 10:
                world_.set_network(
                    {200, random_.between(1000, 200'000), random_.below(25), random_.below(15)});
                break;
            default:
                if (random_.percent(40)) {
                    lose();
                } else {
                    world_.seat(any()).clock_offset_ms = random_.between(-20'000, 20'000);
                }
        }
    }

    // Some do not hear votes of one phase: what is prepared or committed is so in part only.
    void deafen() {
        const auto kind = static_cast<std::uint8_t>(random_.percent(70) ? COMMIT : PREPARE);
        std::set<std::size_t> deaf;
        for (std::size_t i = 0; i < world_.seats(); ++i) {
            if (random_.percent(60)) deaf.insert(i);
        }
        world_.lose_if([kind, deaf](const Letter& letter) {
            return letter.channel == Channel::consensus && letter.kind == kind &&
                   deaf.contains(letter.to);
        });
    }

    // Only who proposes sees what is committed, and who would propose next not what is prepared.
    void deafen_next() {
        const auto now = static_cast<ValidatorIndex>(primary());
        const auto next = static_cast<ValidatorIndex>((now + 1) % validators_);
        world_.lose_if([this, now, next](const Letter& letter) {
            if (letter.channel != Channel::consensus) return false;
            const ValidatorIndex to = world_.seat(letter.to).identity();
            return (letter.kind == COMMIT && to != now) || (letter.kind == PREPARE && to == next);
        });
    }

    // Some lose power shortly after they hear of a new view, and come back in the middle of it.
    void startle() {
        world_.lose_if([this](const Letter& letter) {
            if (letter.channel == Channel::consensus && letter.kind == NEW_VIEW &&
                random_.percent(60)) {
                const std::size_t seat = letter.to;
                world_.at(random_.between(1, 15), [this, seat] { world_.crash(seat); });
                world_.at(random_.between(16, 40), [this, seat] { world_.restart(seat); });
            }
            return false;
        });
    }

    // One hears nobody, so that it asks for the next view, and loses its votes then.
    bool forget() {
        const std::size_t seat = any();
        const std::size_t now = primary();
        if (!world_.is_correct(seat) || seat == now || seat == (now + 1) % world_.seats()) {
            return false;
        }
        for (std::size_t i = 0; i < world_.seats(); ++i) {
            if (!world_.is_correct(i)) continue;
            if (!world_.seat(i).is_up() || world_.seat(i).protocol_standing().abstaining) {
                return false;
            }
        }
        for (std::size_t i = 0; i < world_.seats(); ++i) {
            if (i != seat) world_.block(i, seat);
        }
        world_.run_for(random_.between(200, 500));
        world_.crash(seat);
        world_.lose_votes(seat);
        world_.heal_network();
        world_.restart(seat);
        ++losses_;
        world_.run_for(random_.between(50, 500));
        return true;
    }

    // A disk is gone: the seat comes back from a backup without its votes, or with nothing.
    void lose() {
        const std::size_t seat = any();
        if (!world_.is_correct(seat) || losses_ >= 2 || world_.seats() < 4) return;
        world_.crash(seat);
        world_.lose_votes(seat);
        if (may_lose_data_ && losses_ == 0 && random_.percent(40)) world_.lose_data(seat);
        world_.restart(seat);
        ++losses_;
    }

    std::size_t validators_;
    bool may_lose_data_;
    World world_;
    Random random_;
    std::size_t losses_ = 0;
};

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
    Life life(std::move(plan), seed, all_correct);
    life.troubles();
    if (!life.world().truth().violated()) life.quiet();
    return life.verdict(std::move(words));
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
    life.quiet();
    return life.verdict("twins");
}

namespace {

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
    return plan;
}

}  // namespace

Verdict run_views(std::uint64_t seed, const consensus::pbft::Flaws& flaws, Tell tell) {
    Random random(mix(seed ^ 0x51E75));
    std::string words;
    Plan plan = deceived(random, 50, words);
    plan.tell = std::move(tell);
    plan.seed = seed;
    plan.flaws = flaws;
    Life life(std::move(plan), seed, false);
    life.views();
    if (!life.world().truth().violated()) life.quiet();
    return life.verdict(std::move(words));
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
    if (!life.world().truth().violated()) life.quiet();
    return life.verdict(std::move(words));
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
    Life life(std::move(plan), seed, false);
    life.deaths();
    if (!life.world().truth().violated()) life.quiet();
    return life.verdict("4 validators");
}

}  // namespace edict::sim
