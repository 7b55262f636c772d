// What rules mean, what their bytecode does, and what every engine makes of it: the same, for
// generated rules over generated facts.
//
// EDICT_GENERATED_REGULATIONS=N makes N regulations instead of the few of a normal run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>

#include "cli/engine.h"
#include "cli/pipeline.h"
#include "tests/support/reference.h"
#include "tests/support/rule_generator.h"

namespace edict {
namespace {

using runtime::Truth;
using value::Value;

constexpr std::size_t RULES = 8;   // of one regulation
constexpr std::size_t WORLDS = 6;  // that each is asked about

std::size_t regulations() {
    const char* wanted = std::getenv("EDICT_GENERATED_REGULATIONS");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 150;
}

// One state of the world, drawn at random, as both sides ask for it.
class Facts final : public runtime::Host {
public:
    Facts(const check::Program& program, std::mt19937_64& random)
        : program_(program), random_(random) {
        for (const char* name : {"ann", "bob", "cid"}) parties_.push_back(value::party_named(name));
        today_ = {20'000 + static_cast<std::int32_t>(below(800))};
        now_ = {std::int64_t{today_.days} * value::MS_OF_DAY +
                static_cast<std::int64_t>(below(value::MS_OF_DAY))};
        caller_ = pick(parties_);
        signer_ = pick(parties_);
        for (const value::PartyId& party : parties_) {
            for (const char* role : {"clerk", "office"}) {
                if (below(2) == 0) roles_.insert({party, role});
            }
        }
    }

    Value draw(const value::Type& type) {
        switch (type.kind) {
            case value::Kind::boolean:
                return {below(2) == 0};
            case value::Kind::integer:
                return {number(type)};
            case value::Kind::date:
                return {value::Date{19'900 + static_cast<std::int32_t>(below(900))}};
            case value::Kind::enumeration:
                return {value::EnumMember{static_cast<std::uint32_t>(below(type.members.size()))}};
            case value::Kind::text:
                return {std::string(pick(texts_))};
            case value::Kind::party:
                return {pick(parties_)};
            case value::Kind::optional: {
                value::Optional made;
                if (below(2) == 0) made.element.push_back(draw(*type.parts[0]));
                return {made};
            }
            case value::Kind::set: {
                std::vector<Value> elements(below(type.capacity + 1));
                for (Value& element : elements) element = draw(*type.parts[0]);
                return {value::make_set(std::move(elements))};
            }
            case value::Kind::decimal:
                return {decimal()};
            case value::Kind::time: {
                const value::Time times[] = {
                    value::FIRST_TIME, now_, {now_.ms + 1}, value::LAST_TIME};
                return {times[below(4)]};
            }
            case value::Kind::duration: {
                const value::Duration spans[] = {
                    {-value::MAX_DURATION_MS}, {0}, {1}, {value::MS_OF_DAY}, {7'200'000}};
                return {spans[below(5)]};
            }
            case value::Kind::list: {
                value::List made;
                for (std::size_t i = below(type.capacity + 1); i > 0; --i) {
                    made.elements.push_back(draw(*type.parts[0]));
                }
                return {made};
            }
            case value::Kind::tuple: {
                value::Record made;
                for (const value::TypeRef& part : type.parts) made.fields.push_back(draw(*part));
                return {made};
            }
            case value::Kind::record: {
                value::Record made;
                for (const value::Field& field : type.fields)
                    made.fields.push_back(draw(*field.type));
                return {made};
            }
            default:
                ADD_FAILURE() << "no such type in the contract";
                return {false};
        }
    }

    // Drawn when it is first asked for; then always the same.
    const Value* cell(const std::string& store, const Value* key, bool after) {
        const check::Module& desk = program_.at(*program_.find("desk"));
        const auto& declared = *std::ranges::find(desk.stores, store, &check::Store::name);
        base::Bytes key_bytes;
        if (key != nullptr) key_bytes = value::to_bytes(*key, *declared.key);
        const bool moves = store == "moved" && after;
        const auto [entry, added] = cells_.try_emplace({store, moves, key_bytes});
        if (added && below(3) != 0) entry->second = draw(*declared.value);
        if (!entry->second) entry->second = declared.initial;
        return entry->second ? &*entry->second : nullptr;
    }
    reference::World world() {
        reference::World made;
        made.read = [this](check::StoreRef ref, const Value* key, check::Moment moment) {
            const Value* found = cell(program_.at(ref).name, key, moment == check::Moment::after);
            return found != nullptr ? reference::Maybe(*found) : std::nullopt;
        };
        made.has_role = [this](const value::PartyId& party, const std::string& role) {
            return has_role(party, role);
        };
        made.today = today_;
        made.now = now_;
        made.zone_minutes = 480;
        made.caller = caller_;
        made.signer = signer_;
        return made;
    }

    const Value* read(const bytecode::Module& module, std::uint16_t use, const Value* key,
                      Moment moment) override {
        return cell(module.store_table[use].store, key, moment == Moment::after);
    }
    bool has_role(const value::PartyId& party, std::string_view role) override {
        return roles_.contains({party, std::string(role)});
    }
    value::Date today(const bytecode::Module&) override { return today_; }
    value::Time now() override { return now_; }
    const value::PartyId& caller() override { return caller_; }
    const value::PartyId& signer() override { return signer_; }
    void write(const bytecode::Module&, std::uint16_t, const Value*, const Value&) override {
        FAIL();
    }
    void remove(const bytecode::Module&, std::uint16_t, const Value&) override { FAIL(); }
    void emit(const bytecode::Module&, std::uint16_t, std::vector<Value>) override { FAIL(); }
    bool call(const bytecode::Module&, std::uint16_t, std::vector<Value>) override { return false; }

private:
    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }
    template <typename T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }
    std::int64_t number(const value::Type& type) {
        switch (below(5)) {
            case 0:
                return type.low;
            case 1:
                return type.high;
            case 2:
                return std::clamp<std::int64_t>(-1, type.low, type.high);
            default:
                return std::clamp(static_cast<std::int64_t>(below(8)), type.low, type.high);
        }
    }

    value::Decimal decimal() {
        const value::Int128 units[] = {0,
                                       1,
                                       -1,
                                       value::DECIMAL_ONE,
                                       -value::DECIMAL_ONE * 5 / 2,
                                       value::DECIMAL_ONE / 8,
                                       value::Int128{value::DECIMAL_ONE} * 1'000'003,
                                       value::Decimal::LIMIT - 1,
                                       1 - value::Decimal::LIMIT};
        return {units[below(9)]};
    }

    const check::Program& program_;
    std::mt19937_64& random_;
    std::vector<value::PartyId> parties_;
    std::vector<std::string> texts_{"", "a", "b", "ab", "CNY"};
    value::Date today_;
    value::Time now_;
    value::PartyId caller_, signer_;
    std::set<std::pair<value::PartyId, std::string>> roles_;
    std::map<std::tuple<std::string, bool, base::Bytes>, std::optional<Value>> cells_;
};

std::vector<std::unique_ptr<runtime::Engine>> engines() {
    std::vector<std::unique_ptr<runtime::Engine>> made;
    for (const char* name : {"interp", "jit"}) {
        if (auto engine = cli::make_engine(name)) made.push_back(std::move(*engine));
    }
    return made;
}

Truth meaning(const check::Program& program, const check::RuleBody& body,
              const std::vector<Value>& arguments, Facts& facts) {
    std::map<check::LocalId, Value> locals;
    const auto found = reference::evaluate(program, *body.scope, arguments, locals, facts.world());
    if (!found) return Truth::error;
    return std::get<bool>(found->data) ? Truth::yes : Truth::no;
}

class Tally {
public:
    void add(Truth truth) { ++seen_[static_cast<std::size_t>(truth)]; }
    // A generator that finds only one answer tests nothing.
    void expect_variety() const {
        for (const std::size_t count : seen_) EXPECT_GT(count, 100u);
    }

private:
    std::array<std::size_t, 3> seen_{};
};

void compare(const cli::Compilation& made, runtime::Engine& engine, std::mt19937_64& random,
             Tally& tally) {
    const check::Module& rules = made.program->at(*made.program->find("duties"));
    const bytecode::Module& code = *made.linked->find("duties");
    for (std::size_t w = 0; w < WORLDS; ++w) {
        Facts facts(*made.program, random);
        std::vector<Value> arguments;
        for (const auto& parameter : made.program->at(rules.rules[0].bodies[0].action).parameters)
            arguments.push_back(facts.draw(*parameter.type));
        for (std::size_t i = 0; i < rules.rules.size(); ++i) {
            const check::RuleBody& body = rules.rules[i].bodies[0];
            const Truth expected = meaning(*made.program, body, arguments, facts);
            const Truth actual =
                engine.run_rule(code, *code.rules[i].bodies[0].scope, arguments, facts);
            tally.add(expected);
            ASSERT_EQ(expected, actual)
                << engine.name() << ": " << made.sources.text(body.scope->span);
        }
    }
}

TEST(Lowering, GeneratedRulesMeanWhatTheirCodeDoes) {
    for (const auto& engine : engines()) {
        std::mt19937_64 random(20260201);
        Tally tally;
        std::deque<cli::Compilation> kept;  // an engine may know modules by their address
        for (std::size_t seed = 0; seed < regulations(); ++seed) {
            generated::RuleGenerator generator(seed);
            const std::string text = generator.regulation(RULES, 1 + static_cast<int>(seed % 4));
            auto made =
                cli::compile_texts({{"desk.edict", generated::contract()}, {"duties.edict", text}});
            ASSERT_TRUE(made.has_value());
            ASSERT_FALSE(made->diagnostics.has_errors())
                << source::render(made->diagnostics, made->sources, source::Form::human) << text;
            compare(kept.emplace_back(std::move(*made)), *engine, random, tally);
            if (HasFatalFailure()) return;
        }
        tally.expect_variety();
    }
}

}  // namespace
}  // namespace edict
