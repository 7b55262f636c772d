#include "chain/sim/life.h"

#include <fmt/format.h>

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

}  // namespace

Life::Life(Plan plan, std::uint64_t seed, bool may_lose_data)
    : validators_(plan.validators),
      may_lose_data_(may_lose_data),
      world_(std::move(plan)),
      random_(mix(seed ^ 0x11FE)) {}

void Life::views() {
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

void Life::losses() {
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

void Life::deaths() {
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
        const bool was_leader = dead.size() == 1 && leads(*dead.begin());
        for (const std::size_t seat : dead) world_.crash(seat);
        if (was_leader) expect_progress();
        world_.run_for(random_.between(0, 500));
        reconnect(dead);
        if (!world_.truth().violated()) expect_together();
    }
}

void Life::troubles() {
    for (std::uint64_t left = 6 + random_.below(18); left > 0; --left) {
        world_.run_for(random_.between(20, 500));
        if (world_.truth().violated()) return;
        trouble();
    }
    world_.run_for(random_.between(20, 1000));
}

void Life::quiet() {
    if (world_.truth().violated()) return;
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
        [&] { return world_.lowest_certified() >= goal || world_.truth().violated(); }, QUIET_MS);
    if (!reached) {
        world_.truth().violation(
            fmt::format("no progress: the slowest correct replica is at height {}, wanted is {}",
                        world_.lowest_certified().value, goal.value));
    }
    world_.examine_all();
}

void Life::expect_progress() {
    const Height goal{world_.truth().highest().value + 2};
    const bool reached = world_.run_until(
        [&] { return world_.truth().highest() >= goal || world_.truth().violated(); },
        LEADERLESS_MS);
    if (reached) return;
    world_.truth().violation(
        fmt::format("{} ms after its leader's death the chain is still at height {}", LEADERLESS_MS,
                    world_.truth().highest().value));
}

void Life::reconnect(const std::set<std::size_t>& dead) {
    for (const std::size_t seat : dead) {
        world_.split({seat});
        world_.run_for(random_.between(0, 500));
        world_.restart(seat);
    }
    world_.run_for(random_.between(0, 4000));
    world_.heal_network();
}

void Life::expect_together() {
    const std::uint64_t gap = random_.below(300);
    const auto is_near = [&] {
        return world_.lowest_certified().value + gap >= world_.truth().highest().value;
    };
    if (world_.run_until([&] { return is_near() || world_.truth().violated(); }, 60'000)) return;
    world_.truth().violation(
        fmt::format("the slowest of four stays at height {}", world_.lowest_certified().value));
}

std::size_t Life::any() { return random_.below(world_.seats()); }

std::size_t Life::primary() {
    consensus::Standing highest;
    for (std::size_t i = 0; i < world_.seats(); ++i) {
        if (!world_.seat(i).is_up()) continue;
        const consensus::Standing at = world_.seat(i).protocol_standing();
        if (at.view >= highest.view) highest = at;
    }
    return highest.primary;
}

bool Life::leads(std::size_t seat) {
    if (!world_.seat(seat).is_up()) return false;
    const consensus::Standing leader = world_.seat(seat).protocol_standing();
    if (leader.changing || leader.primary != seat) return false;
    std::size_t followers = 0;
    for (std::size_t i = 0; i < world_.seats(); ++i) {
        if (!world_.seat(i).is_up()) continue;
        const consensus::Standing at = world_.seat(i).protocol_standing();
        if (!at.changing && at.view == leader.view) ++followers;
    }
    return followers >= ledger::quorum(ledger::ProtocolKind::pbft, validators_);
}

void Life::trouble() {
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

void Life::deafen() {
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

void Life::deafen_next() {
    const auto now = static_cast<ValidatorIndex>(primary());
    const auto next = static_cast<ValidatorIndex>((now + 1) % validators_);
    world_.lose_if([this, now, next](const Letter& letter) {
        if (letter.channel != Channel::consensus) return false;
        const ValidatorIndex to = world_.seat(letter.to).identity();
        return (letter.kind == COMMIT && to != now) || (letter.kind == PREPARE && to == next);
    });
}

void Life::startle() {
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

bool Life::forget() {
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

void Life::lose() {
    const std::size_t seat = any();
    if (!world_.is_correct(seat) || losses_ >= 2 || world_.seats() < 4) return;
    world_.crash(seat);
    world_.lose_votes(seat);
    if (may_lose_data_ && losses_ == 0 && random_.percent(40)) world_.lose_data(seat);
    world_.restart(seat);
    ++losses_;
}

}  // namespace edict::sim
