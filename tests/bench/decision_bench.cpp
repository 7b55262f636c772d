// One decision over the ten rules of ten_rules_regulation.edict: by each engine, and by
// hand-written C++, in one run on the same calls. Run it in the root of the repository:
//   build/release/bin/decision_bench
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <random>

#include "base/check.h"
#include "cli/engine.h"
#include "cli/pipeline.h"
#include "vm/call/call.h"

namespace {

using namespace edict;

constexpr std::size_t CALLS = 4096;
constexpr int ROUNDS = 20;

struct Facts {
    std::uint32_t purpose = 0, level = 0;
    std::int64_t subjects = 0, columns = 0, smallest_cell = 0, sites = 0, price = 0;
    std::int32_t consent_until = 0;
    bool approved = false, emergency = false;
};

constexpr std::int32_t TODAY = 20'000;  // days since 1970: in 2024

std::vector<Facts> make_facts() {
    std::mt19937_64 random(7);
    const auto below = [&](std::uint64_t n) { return random() % n; };
    std::vector<Facts> made(CALLS);
    for (Facts& f : made) {
        f.purpose = static_cast<std::uint32_t>(below(3));
        f.level = static_cast<std::uint32_t>(below(4));
        f.subjects = static_cast<std::int64_t>(below(4'000'000));
        f.columns = static_cast<std::int64_t>(below(100));
        f.smallest_cell = static_cast<std::int64_t>(below(20));
        f.sites = static_cast<std::int64_t>(below(8));
        f.price = static_cast<std::int64_t>(below(2));
        f.consent_until = TODAY - 50 + static_cast<std::int32_t>(below(100));
        f.approved = below(2) == 0;
        f.emergency = below(4) == 0;
    }
    return made;
}

std::vector<value::Value> arguments_of(const Facts& f) {
    return {{value::EnumMember{f.purpose}},
            {value::EnumMember{f.level}},
            {f.subjects},
            {value::Date{f.consent_until}},
            {f.approved},
            {f.emergency},
            {f.columns},
            {f.smallest_cell},
            {f.sites},
            {f.price}};
}

// The same ten rules as someone would write them for this one regulation. The defeats follow the
// overrides: genetic over research, emergency_care over genetic.
bytecode::Answer by_hand(const Facts& f) {
    enum Purpose : std::uint32_t { care, research, marketing };
    enum Level : std::uint32_t { open, internal, personal, genetic };
    const bool emergency_care = f.emergency && f.purpose == care;
    const bool genetic_rule = f.level >= genetic && !f.approved && !emergency_care;
    const bool research_rule = f.purpose == research && f.consent_until >= TODAY && !genetic_rule;
    const bool care_rule = f.purpose == care && f.level < genetic;
    const bool open_rule = f.level == open;
    std::int64_t volume = 0;
    const bool in_volume =
        !__builtin_mul_overflow(f.subjects, f.columns, &volume) && volume <= 100'000'000;
    const bool forbidden = genetic_rule || (f.purpose == marketing && f.level >= personal) ||
                           (f.level >= personal && f.columns > 64) ||
                           (f.purpose == research && (f.smallest_cell < 5 || f.sites < 3)) ||
                           !in_volume || (f.level >= internal && f.price > 0);
    if (forbidden) return bytecode::Answer::forbidden;
    if (research_rule || care_rule || open_rule || emergency_care) {
        return bytecode::Answer::permitted;
    }
    return bytecode::Answer::forbidden;
}

class EmptyState final : public call::StateView {
public:
    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override {
        if (key.module == "std.membership" && key.store == "roles") return base::Bytes{1};
        return std::nullopt;
    }
};

// Nanoseconds of one of CALLS * ROUNDS runs of `one`; the sum keeps the work from being dropped.
template <typename One>
double nanoseconds(const One& one, std::uint64_t& sum) {
    double best = 1e18;
    for (int attempt = 0; attempt < 5; ++attempt) {
        const auto begin = std::chrono::steady_clock::now();
        for (int round = 0; round < ROUNDS; ++round) {
            for (std::size_t i = 0; i < CALLS; ++i) sum += one(i);
        }
        const std::chrono::duration<double, std::nano> took =
            std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count() / (CALLS * ROUNDS));
    }
    return best;
}

// Rules over arguments alone ask only for the day.
class DayHost final : public runtime::Host {
public:
    const value::Value* read(const bytecode::Module&, std::uint16_t, const value::Value*,
                             Moment) override {
        return nullptr;
    }
    void write(const bytecode::Module&, std::uint16_t, const value::Value*,
               const value::Value&) override {}
    void remove(const bytecode::Module&, std::uint16_t, const value::Value&) override {}
    void emit(const bytecode::Module&, std::uint16_t, std::vector<value::Value>) override {}
    bool call(const bytecode::Module&, std::uint16_t, std::vector<value::Value>,
              value::Value&) override {
        return false;
    }
    bool has_role(const value::PartyId&, std::string_view) override { return false; }
    bool has_duty(const bytecode::Module&, std::uint16_t, const value::PartyId&, bool) override {
        return false;
    }
    value::Date today(const bytecode::Module&) override { return {TODAY}; }
    value::Time now() override { return {TODAY * std::int64_t{86'400'000}}; }
    const value::PartyId& caller() override { return party_; }
    const value::PartyId& signer() override { return party_; }

private:
    value::PartyId party_ = value::party_named("requester");
};

class Bench {
public:
    Bench()
        : compiled_(cli::compile(
              {"tests/bench/ten_rules.edict", "tests/bench/ten_rules_regulation.edict"})) {
        if (!compiled_ || !compiled_->linked) {
            fmt::print(stderr, "run this in the root of the repository\n");
            std::exit(1);
        }
        for (const Facts& f : facts_) arguments_.push_back(arguments_of(f));
    }

    [[nodiscard]] const std::vector<Facts>& facts() const { return facts_; }
    [[nodiscard]] call::CallResult call(std::size_t i, runtime::Engine& engine) const {
        const value::PartyId party = value::party_named("requester");
        const std::int64_t noon = std::int64_t{TODAY} * 86'400'000 + 43'200'000;
        return call::run_call(*compiled_->linked, state_,
                              {"bench.hub", "share", arguments_[i], party, party}, {noon}, engine);
    }
    [[nodiscard]] bytecode::Answer answer(std::size_t i, runtime::Engine& engine) const {
        const call::CallResult result = call(i, engine);
        EDICT_CHECK(result.decisions.size() == 1 && result.decisions[0].answers.size() == 1);
        return result.decisions[0].answers[0].answer;
    }

    // The ten rules and the answer, without the call around them.
    [[nodiscard]] bytecode::Answer decide(std::size_t i, runtime::Engine& engine) const {
        const call::LinkedAction& action = *compiled_->linked->find("bench.hub", "share");
        const call::GovernedBy& governed = action.governed_by.front();
        const bytecode::Module& regulation = *compiled_->linked->modules[governed.regulation];
        DayHost host;
        std::vector<call::RuleFacts> facts(governed.rules.size());
        for (std::size_t r = 0; r < facts.size(); ++r) {
            const bytecode::RuleBody& body =
                regulation.rules[governed.rules[r].rule].bodies[governed.rules[r].body];
            if (body.scope) {
                facts[r].scope = engine.run_rule(regulation, *body.scope, arguments_[i], host);
            }
            if (body.condition) {
                facts[r].condition =
                    engine.run_rule(regulation, *body.condition, arguments_[i], host);
            }
        }
        return call::answer_of(regulation, governed, {TODAY}, facts).answer;
    }

private:
    base::Result<cli::Compilation> compiled_;
    std::vector<Facts> facts_ = make_facts();
    std::vector<std::vector<value::Value>> arguments_;
    EmptyState state_;
};

void check_agreement(const Bench& bench, runtime::Engine& engine) {
    for (std::size_t i = 0; i < CALLS; ++i) {
        const bytecode::Answer meant = by_hand(bench.facts()[i]);
        if (bench.answer(i, engine) == meant && bench.decide(i, engine) == meant) continue;
        fmt::print(stderr, "the engine {} and the hand-written rules differ on call {}\n",
                   engine.name(), i);
        std::exit(1);
    }
}

}  // namespace

int main() {
    const Bench bench;
    std::uint64_t sum = 0;
    const double hand = nanoseconds(
        [&](std::size_t i) { return static_cast<std::uint64_t>(by_hand(bench.facts()[i])); }, sum);
    fmt::print("{:<24}{:>10.1f} ns  {:>8}\n", "hand-written C++", hand, "1");
    for (const std::string_view name : {"interp", "jit"}) {
        auto engine = cli::make_engine(name);
        if (!engine) {
            fmt::print("{:<24}{}\n", name, engine.error().message);
            continue;
        }
        check_agreement(bench, **engine);
        const double rules = nanoseconds(
            [&](std::size_t i) { return static_cast<std::uint64_t>(bench.decide(i, **engine)); },
            sum);
        fmt::print("{:<24}{:>10.1f} ns  {:>8.1f}\n", fmt::format("decision, {}", name), rules,
                   rules / hand);
        const double whole = nanoseconds(
            [&](std::size_t i) {
                return static_cast<std::uint64_t>(bench.call(i, **engine).outcome);
            },
            sum);
        fmt::print("{:<24}{:>10.1f} ns  {:>8.1f}\n", fmt::format("whole call, {}", name), whole,
                   whole / hand);
    }
    fmt::print("({} calls, each engine agrees with the hand-written rules on all; checksum {})\n",
               CALLS, sum);
    return 0;
}
