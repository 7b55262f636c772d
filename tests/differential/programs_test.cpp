// Whole programs against their meaning: generated contracts and regulations, called in generated
// worlds. The interpreter and the native compiler through vm/call, and the plain model over the
// typed program, must agree on every outcome, decision, state, event and duty.
//
// EDICT_GENERATED_PROGRAMS=N makes N programs instead of the few of a normal run, from seed
// EDICT_FIRST_PROGRAM on.
#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/engine.h"
#include "tests/differential/generated_world.h"
#include "tests/support/program_generator.h"

namespace edict {
namespace {

constexpr std::size_t WORLDS = 2;  // that each program is called in

// All that were built: one that does not start fails the test.
#ifdef EDICT_WITH_JIT
constexpr std::string_view ENGINES[] = {"interp", "jit"};
#else
constexpr std::string_view ENGINES[] = {"interp"};
#endif
constexpr const char* COMPILED = "rule functions in native code";

std::size_t number_from(const char* variable, std::size_t otherwise) {
    const char* wanted = std::getenv(variable);
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : otherwise;
}

void report(const char* title, const generated::Counts& counts) {
    std::printf("%s:", title);
    for (const auto& [name, count] : counts) std::printf(" %s %zu;", name.c_str(), count);
    std::printf("\n");
}

void expect_all_seen(const generated::Counts& counts) {
    for (const auto& [name, count] : counts) EXPECT_GT(count, 0u) << name << " was never generated";
}

TEST(Programs, DoWhatTheModelDoes) {
    const std::size_t programs = number_from("EDICT_GENERATED_PROGRAMS", 300);
    const std::size_t first = number_from("EDICT_FIRST_PROGRAM", 0);
    generated::Tally tally;
    if (std::ranges::find(ENGINES, std::string_view("jit")) != std::end(ENGINES))
        tally.outcomes[COMPILED] = 0;
    for (const char* outcome : {"call: committed",
                                "call: forbidden",
                                "call: failed",
                                "call: refused",
                                "duty in doubt",
                                "duty made",
                                "an inner call",
                                "gap",
                                "conflict",
                                "overlap",
                                "right denied",
                                "by default",
                                "failed observer",
                                "duty: provisional",
                                "a rule in error",
                                "a rule violated",
                                "duty: open",
                                "an older value",
                                "broken: desk.kept",
                                "broken: desk.logged",
                                "broken: desk.marked",
                                "broken: desk.carded",
                                "broken: desk.in_all",
                                "broken: first.seen_little",
                                "duty: discharged",
                                "duty: breached",
                                "duty: breached, and what it says for that case was done",
                                "duty: breached, and what it says for that case failed"})
        tally.outcomes[outcome] = 0;
    for (const char* why : {"absent key",
                            "absent optional",
                            "store not set",
                            "overflow",
                            "division by zero",
                            "out of range",
                            "more than the type holds",
                            "the least or greatest of nothing",
                            "overflow of a sum",
                            "a duty that cannot be told",
                            "no result of add_months",
                            "no result of as_of",
                            "no result of day_of",
                            "no result of decimal_add",
                            "no result of decimal_ratio",
                            "no result of decimal_subtract",
                            "no result of decimal_times",
                            "no result of decimal_whole",
                            "no result of duration_divide",
                            "no result of duration_times",
                            "no result of money_in",
                            "no result of start_of",
                            "no result of time_add",
                            "no result of time_subtract",
                            "no result of value_of_text"})
        tally.lacking[why] = 0;
    for (std::size_t seed = first; seed < first + programs; ++seed) {
        auto made = cli::compile_texts(generated::program(seed));
        ASSERT_TRUE(made.has_value()) << made.error().message;
        ASSERT_FALSE(made->diagnostics.has_errors())
            << "seed " << seed << "\n"
            << source::render(made->diagnostics, made->sources, source::Form::human);
        ASSERT_TRUE(made->linked.has_value()) << "seed " << seed;
        generated::count_constructs(*made->program, tally.constructs);
        // An engine may know modules by their address: it lives as long as they do.
        std::vector<std::unique_ptr<runtime::Engine>> engines;
        std::vector<runtime::Engine*> pointers;
        for (const std::string_view name : ENGINES) {
            auto engine = cli::make_engine(name);
            ASSERT_TRUE(engine.has_value()) << engine.error().message;
            pointers.push_back(engine->get());
            engines.push_back(std::move(*engine));
        }
        for (std::size_t w = 0; w < WORLDS; ++w) {
            std::mt19937_64 random(seed * WORLDS + w);
            generated::World world(*made, pointers, random, tally);
            world.run();
            if (HasFatalFailure()) {
                for (std::size_t i = 0; i < made->files_given; ++i) {
                    std::cerr << "seed " << seed << "\n"
                              << made->sources.text(source::FileId{static_cast<std::uint32_t>(i)});
                }
                return;
            }
        }
        for (const auto& engine : engines) {
            if (const auto compiled = cli::functions_compiled(*engine))
                tally.outcomes[COMPILED] += *compiled;
        }
    }
    std::printf("%zu programs, %zu steps each\n", programs, WORLDS * generated::STEPS);
    report("constructs", tally.constructs);
    report("without a value", tally.lacking);
    report("outcomes", tally.outcomes);
    expect_all_seen(tally.constructs);
    expect_all_seen(tally.lacking);
    expect_all_seen(tally.outcomes);
}

}  // namespace
}  // namespace edict
