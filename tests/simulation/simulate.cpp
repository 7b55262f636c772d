// Runs simulated lives of pbft: any number of seeds, or one again with its story.
//
//   simulate seeds|twins|views|leaders|losses COUNT [FROM]
//   simulate story seeds|twins|views|leaders|losses SEED
//   simulate scenario FILE...       simulate traces FROM TO (a line for each seed)
//   simulate flaws BUDGET [NAME]    each known mistake must be found within so many seeds
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "chain/sim/campaign.h"
#include "chain/sim/scenario.h"

namespace {

using namespace edict;
using Run = sim::Verdict (*)(std::uint64_t, const consensus::pbft::Flaws&, sim::Tell);

struct Kind {
    std::string_view name;
    Run run;
};
sim::Verdict run_seed(std::uint64_t seed, const consensus::pbft::Flaws& flaws, sim::Tell tell) {
    return sim::run_seed(seed, flaws, std::move(tell));
}
constexpr Kind SEEDS{"seeds", run_seed}, TWINS{"twins", sim::run_twins},
    VIEWS{"views", sim::run_views}, LEADERS{"leaders", sim::run_leaders},
    LOSSES{"losses", sim::run_losses};
constexpr const Kind* KINDS[] = {&SEEDS, &TWINS, &VIEWS, &LEADERS, &LOSSES};

const Kind* kind_named(std::string_view name) {
    const auto* const found = std::ranges::find(KINDS, name, &Kind::name);
    return found == std::end(KINDS) ? nullptr : *found;
}

int usage() {
    fmt::print(stderr,
               "usage: simulate seeds|twins|views|leaders|losses COUNT [FROM]\n"
               "       simulate story seeds|twins|views|leaders|losses SEED\n"
               "       simulate scenario FILE...\n"
               "       simulate traces FROM TO\n"
               "       simulate flaws BUDGET [NAME]\n");
    return 2;
}

bool number(const char* text, std::uint64_t& value) {
    const char* end = text + std::strlen(text);
    const auto [rest, error] = std::from_chars(text, end, value);
    return error == std::errc{} && rest == end && rest != text;
}

int run_many(const Kind& kind, std::uint64_t count, std::uint64_t from) {
    sim::Totals totals;
    std::uint64_t trace = 0;
    std::uint64_t failures = 0;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t seed = from; seed < from + count; ++seed) {
        const sim::Verdict verdict = kind.run(seed, {}, {});
        totals += verdict.totals;
        trace = sim::mix(trace ^ verdict.trace);
        if (!verdict.violation) continue;
        ++failures;
        fmt::print("seed {} ({}): {}\n", seed, verdict.plan, *verdict.violation);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    fmt::print(
        "{} lives, {} failed: {} heights, {} acknowledged calls, {} new views, {} pieces of "
        "evidence, {} crashes, {} blocks synced, {} messages, of which {} waited for {:.0f} s of "
        "work\n",
        count, failures, totals.heights, totals.acknowledged, totals.view_changes,
        totals.equivocations, totals.crashes, totals.syncs, totals.messages, totals.waits,
        static_cast<double>(totals.work_us) / 1e6);
    fmt::print("{} events in {:.1f} s: {:.0f} events a second; trace {:016x}\n", totals.events,
               took.count(), static_cast<double>(totals.events) / took.count(), trace);
    const bool many = count >= 100;
    const bool faults_seen = totals.view_changes > 0 && totals.equivocations > 0 &&
                             totals.crashes > 0 && totals.syncs > 0;
    const bool all_seen = !many || (totals.waits > 0 && (kind.name != SEEDS.name || faults_seen));
    if (!all_seen)
        fmt::print("a kind of fault never happened, or nothing waited: run more seeds\n");
    return failures == 0 && all_seen ? 0 : 1;
}

int run_story(const Kind& kind, std::uint64_t seed) {
    const sim::Verdict verdict =
        kind.run(seed, {}, [](const std::string& what) { fmt::print("{}\n", what); });
    fmt::print("{} {} ({}): {}; {} events, trace {:016x}\n", kind.name, seed, verdict.plan,
               verdict.violation.value_or("no violation"), verdict.totals.events, verdict.trace);
    return verdict.violation ? 1 : 0;
}

// `seed` of that kind found it when it was looked for last: it is tried first, and if it finds
// nothing any more all others are.
struct Flaw {
    const char* name;
    bool consensus::pbft::Flaws::* member;
    std::uint64_t seed = 1;
    const Kind* kind = &SEEDS;
};
using consensus::pbft::Flaws;
constexpr Flaw FLAWS[] = {
    {"weak_quorum", &Flaws::weak_quorum, 1},
    {"drops_prepared", &Flaws::drops_prepared, 1, &VIEWS},
    {"sends_before_persist", &Flaws::sends_before_persist, 2, &LEADERS},
    {"accepts_stale_view", &Flaws::accepts_stale_view, 1, &VIEWS},
    {"trusts_blocks", &Flaws::trusts_blocks, 10},
    {"never_changes_view", &Flaws::never_changes_view, 1, &LEADERS},
    {"forgets_certificates", &Flaws::forgets_certificates, 2},
    {"votes_after_loss", &Flaws::votes_after_loss, 377},
    {"ignores_digest", &Flaws::ignores_digest, 7, &VIEWS},
    {"forgets_certified", &Flaws::forgets_certified, 2, &LEADERS},
    {"oldest_prepared", &Flaws::oldest_prepared, 9},
    {"trusts_new_view", &Flaws::trusts_new_view, 4, &LOSSES},
    {"forgets_opening", &Flaws::forgets_opening, 169, &VIEWS},
    {"takes_stale_changes", &Flaws::takes_stale_changes, 329, &LOSSES},
    {"constant_timeout", &Flaws::constant_timeout, 4, &TWINS},
};

std::optional<std::string> try_flaw(const Flaws& flaws, std::uint64_t seed, const Kind& kind) {
    const sim::Verdict verdict = kind.run(seed, flaws, {});
    if (!verdict.violation) return std::nullopt;
    return fmt::format("{} {} ({}): {}", kind.name, seed, verdict.plan, *verdict.violation);
}

std::optional<std::string> find_flaw(const Flaw& flaw, std::uint64_t budget) {
    Flaws flaws;
    flaws.*flaw.member = true;
    if (flaw.seed <= budget) {
        if (auto found = try_flaw(flaws, flaw.seed, *flaw.kind)) return found;
    }
    for (std::uint64_t seed = 1; seed <= budget; ++seed) {
        for (const Kind* kind : KINDS) {
            if (auto found = try_flaw(flaws, seed, *kind)) return "now " + *found;
        }
    }
    return std::nullopt;
}

// A flaw that lives through every seed is a hole in the simulation.
int run_flaws(std::uint64_t budget, std::string_view only) {
    std::size_t missed = 0;
    std::size_t tried = 0;
    for (const Flaw& flaw : FLAWS) {
        if (!only.empty() && only != flaw.name) continue;
        ++tried;
        const std::optional<std::string> found = find_flaw(flaw, budget);
        if (!found) ++missed;
        fmt::print("{:<22} {}\n", flaw.name, found.value_or("not found"));
        std::fflush(stdout);
    }
    if (tried == 0) fmt::print(stderr, "there is no flaw {}\n", only);
    return missed == 0 && tried > 0 ? 0 : 1;
}

int run_scenarios(int count, char** paths) {
    int failed = 0;
    for (int i = 0; i < count; ++i) {
        std::ifstream file(paths[i]);
        std::ostringstream text;
        text << file.rdbuf();
        if (!file) {
            fmt::print(stderr, "{}: cannot be read\n", paths[i]);
            return 4;
        }
        const base::Status status = sim::run_scenario(text.str());
        fmt::print("{}: {}\n", paths[i], status ? "as expected" : status.error().message);
        if (!status) ++failed;
    }
    return failed == 0 ? 0 : 1;
}

int run_traces(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t seed = from; seed <= to; ++seed) {
        const sim::Verdict verdict = sim::run_seed(seed);
        fmt::print("{} {:016x} {}\n", seed, verdict.trace, verdict.totals.events);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc >= 3 && std::string_view(argv[1]) == "scenario") {
        return run_scenarios(argc - 2, argv + 2);
    }
    std::uint64_t count = 0;
    std::uint64_t from = 1;
    if (argc < 3 || argc > 4) return usage();
    const std::string_view verb = argv[1];
    if (verb == "story" && argc == 4) {
        const Kind* kind = kind_named(argv[2]);
        return kind != nullptr && number(argv[3], from) ? run_story(*kind, from) : usage();
    }
    if (!number(argv[2], count)) return usage();
    if (verb == "flaws") return run_flaws(count, argc == 4 ? argv[3] : "");
    if (argc == 4 && !number(argv[3], from)) return usage();
    if (const Kind* kind = kind_named(verb)) return run_many(*kind, count, from);
    if (verb == "traces" && argc == 4) return run_traces(count, from);
    return usage();
}
