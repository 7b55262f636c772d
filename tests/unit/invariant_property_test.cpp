// What the verifier says of invariants, against every state that calls can reach: small contracts
// are generated, and all their states are visited.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>

#include "tests/support/map_state.h"
#include "tests/unit/findings_support.h"
#include "vm/call/invariants.h"
#include "vm/call/stored.h"

namespace edict::findings {
namespace {

using value::Value;

constexpr std::size_t PROGRAMS = 120;

class Contracts {
public:
    explicit Contracts(std::uint64_t seed) : random_(seed) {}

    std::string make() {
        std::string text =
            "contract small version 1.0.0\n  regulators none\n"
            "store a: Int 0..3 default 0\nstore m: Map<Int 0..1, Int 0..3>\nstore c: Int 0..3\n";
        if (below(2) == 0)
            text += "initial {\n  a = " + digit() + "\n  m[0] = " + digit() + "\n}\n";
        static constexpr const char* INVARIANTS[] = {
            "for every k in m: m[k] is at most a",
            "for every k in m: m[k] is at least 1",
            ": a is at most 2",
            ": a is not 3 or m[0] is known",
            ": (m[0] else 0) + (m[1] else 0) is at most 3",
            "for every k in m: k is at most a",
            "for every k in m: m[0] is known",
            ": c is not known or c is at most a",
            "for every k in m: (c else 3) is at least m[k]",
        };
        for (int i = 0; i < 3; ++i) {
            const std::string one = INVARIANTS[below(std::size(INVARIANTS))];
            text += "invariant i" + std::to_string(i) + (one[0] == ':' ? "" : " ") + one + "\n";
        }
        for (int i = 0; i < 2; ++i) {
            text += "action f" + std::to_string(i) + "(n: Int 0..3, k: Int 0..1) by anyone {\n";
            if (below(4) != 0) text += "  if " + condition() + " { fail \"no\" }\n";
            text += statement() + statement() + "}\n";
        }
        return text;
    }

private:
    std::size_t below(std::size_t n) { return random_() % n; }
    std::string digit() { return std::to_string(below(4)); }
    std::string condition() {
        static constexpr const char* ALL[] = {
            "n > a", "m[k] is known",     "(m[k] else 0) >= n",        "a == 2",
            "n < 1", "m[k] is not known", "n + (m[1 - k] else 0) > 3", "(c else 0) < n"};
        return ALL[below(std::size(ALL))];
    }
    std::string plain() {
        static constexpr const char* ALL[] = {"a = n",    "a += 1", "m[k] = n",
                                              "m[k] = a", "a -= 1", "remove m[k]",
                                              "m[1] = 2", "c = n",  "remove m[0]"};
        return ALL[below(std::size(ALL))];
    }
    std::string statement() {
        switch (below(6)) {
            case 0:
                return "  if " + condition() + " { " + plain() + " } else { " + plain() + " }\n";
            case 1:
                return below(3) == 0 ? "  for x in { 1, 2 } { a = x }\n" : "";
            default:
                return "  " + plain() + "\n";
        }
    }

    std::mt19937_64 random_;
};

// The names of invariants that some state breaks which calls reach from the beginning.
std::set<std::string> broken_somewhere(const cli::Compilation& made) {
    using State = std::map<call::StateKey, base::Bytes>;
    const call::LinkedSet& set = *made.linked;
    runtime::Interpreter engine;
    MapState state;
    for (const auto& module : set.modules) state.apply(call::initial_data(*module));
    std::set<State> seen{state.values};
    std::deque<State> open{state.values};
    std::set<std::string> broken;
    const value::PartyId ann = value::party_named("ann");
    while (!open.empty()) {
        state.values = open.front();
        open.pop_front();
        const call::KeysOf keys_of = [&](const call::LinkedStore& store) {
            std::vector<base::Bytes> keys;
            for (const auto& [place, bytes] : state.values) {
                if (place.module == store.module && place.store == store.store)
                    keys.push_back(place.key);
            }
            return keys;
        };
        for (const auto& one : call::broken_invariants(set, state, keys_of, engine))
            broken.insert(set.find(one.module)->invariants[one.invariant].name);
        for (const char* action : {"f0", "f1"}) {
            for (std::int64_t call = 0; call < 8; ++call) {
                const auto result = call::run_call(
                    set, state, {"small", action, {{call / 2}, {call % 2}}, ann, ann},
                    {1'770'000'000'000}, engine);
                if (result.writes.empty()) continue;
                MapState next = state;
                next.apply(result.writes);
                if (seen.insert(next.values).second) open.push_back(next.values);
            }
        }
    }
    return broken;
}

TEST(InvariantProperty, WhatIsProvedHoldsInEveryStateThatCallsReach) {
    std::size_t proved = 0, found = 0, unknown = 0, reached = 0;
    for (std::uint64_t seed = 0; seed < PROGRAMS; ++seed) {
        const std::string text = Contracts(seed).make();
        const Verified verified = verify_texts({text});
        if (::testing::Test::HasFailure()) FAIL() << text;
        std::set<std::string> not_proved;
        for (const Finding& finding : verified.report.findings) {
            for (const char* name : {"i0", "i1", "i2"}) {
                if (finding.message.find(std::string("invariant ") + name) != std::string::npos)
                    not_proved.insert(name);
            }
            for (const std::string& note : finding.notes)
                EXPECT_EQ(note.find("internal error"), std::string::npos) << text << note;
            ++(finding.kind == Kind::unknown ? unknown : found);
        }
        EXPECT_EQ(verified.report.proved.invariants_hold + not_proved.size(), 3u) << text;
        const std::set<std::string> broken = broken_somewhere(verified.made);
        for (const std::string& name : broken)
            EXPECT_TRUE(not_proved.contains(name)) << name << " was proved of\n" << text;
        proved += verified.report.proved.invariants_hold;
        reached += broken.size();
    }
    std::printf("proved %zu, found %zu, unknown %zu; broken in a state that is reached %zu\n",
                proved, found, unknown, reached);
    EXPECT_GT(proved, PROGRAMS / 10);
    EXPECT_GT(found, PROGRAMS / 10);
    EXPECT_GT(unknown, 0u);
    EXPECT_GT(reached, PROGRAMS / 10);
}

}  // namespace
}  // namespace edict::findings
