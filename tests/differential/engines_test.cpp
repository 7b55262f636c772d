// The native engine does what the interpreter does, on generated rule code. For each generated
// function the interpreter tells what every register holds at the end; probes then ask, as rules,
// whether a register has no value or holds just that. Both engines must say so.
//
// EDICT_GENERATED_FUNCTIONS=N makes N functions instead of the few of a normal run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <random>
#include <set>

#include "cli/engine.h"
#include "tests/fuzz/bytecode_generator.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/validate.h"
#include "vm/runtime/interpreter.h"

namespace edict {
namespace {

using bytecode::Function;
using bytecode::FunctionKind;
using bytecode::Instruction;
using bytecode::Module;
using bytecode::Opcode;
using runtime::Truth;

constexpr std::size_t PROBES = 12;  // of one generated function

// Answers as a state would: the same question, the same answer; some keys are absent.
class SteadyHost final : public runtime::Host {
public:
    const value::Value* read(const Module& module, std::uint16_t use, const value::Value*,
                             Moment moment) override {
        if (moment == Moment::before && use % 2 == 1) return nullptr;
        const bytecode::StoreUse& store = module.store_table[use];
        return &kept_.emplace_back(
            fuzz::sample(*module.types[store.value], moment == Moment::after));
    }
    void write(const Module&, std::uint16_t, const value::Value*, const value::Value&) override {
        ADD_FAILURE() << "rule code writes";
    }
    void remove(const Module&, std::uint16_t, const value::Value&) override {
        ADD_FAILURE() << "rule code removes";
    }
    void emit(const Module&, std::uint16_t, std::vector<value::Value>) override {
        ADD_FAILURE() << "rule code emits";
    }
    bool call(const Module&, std::uint16_t, std::vector<value::Value>, value::Value&) override {
        return false;
    }
    bool has_role(const value::PartyId& party, std::string_view role) override {
        return (party.bytes[0] + role.size()) % 2 == 0;
    }
    bool has_duty(const Module&, std::uint16_t callee, const value::PartyId& party,
                  bool breached) override {
        return (party.bytes[0] + callee) % 2 == (breached ? 1 : 0);
    }
    value::Date today(const Module&) override { return {20'000}; }
    value::Time now() override { return {20'000 * value::MS_OF_DAY}; }
    const value::PartyId& caller() override { return party_; }
    const value::PartyId& signer() override { return party_; }

private:
    std::deque<value::Value> kept_;
    value::PartyId party_ = value::party_named("caller");
};

std::vector<value::Value> arguments_for(const Module& module, const Function& function, bool rich) {
    std::vector<value::Value> arguments;
    for (std::uint16_t i = 0; i < function.parameters; ++i) {
        arguments.push_back(fuzz::sample(*module.types[function.registers[i]], rich));
    }
    return arguments;
}

// What each register holds when the code has run.
std::vector<std::optional<value::Value>> final_values(Module& module, const Function& function,
                                                      const std::vector<value::Value>& arguments) {
    Function all = function;
    all.kind = FunctionKind::message;
    all.code.back() = {Opcode::ret, 0, 0, static_cast<std::uint16_t>(all.registers.size())};
    module.functions = {all};
    SteadyHost host;
    return runtime::Interpreter().run_message(module, 0, arguments, host);
}

// Another register of the same type; that of the register itself if it is the only one.
std::uint16_t twin(const Function& function, std::uint16_t reg) {
    for (std::uint16_t other = function.parameters; other < function.registers.size(); ++other) {
        if (other != reg && function.registers[other] == function.registers[reg]) return other;
    }
    return reg;
}

std::uint16_t bool_register(const Module& module, const Function& function, std::uint16_t but) {
    for (std::uint16_t reg = function.parameters; reg < function.registers.size(); ++reg) {
        const bool is_bool = module.types[function.registers[reg]]->kind == value::Kind::boolean;
        if (is_bool && reg != but && reg != twin(function, but)) return reg;
    }
    return 0;
}

struct Probe {
    Function function;
    Truth expected = Truth::no;
};

Probe make_probe(Module& module, const Function& function, std::uint16_t reg,
                 const std::optional<value::Value>& holds) {
    Probe probe{function, Truth::no};
    probe.function.code.pop_back();
    const std::uint16_t answer = bool_register(module, function, reg);
    if (!holds) {
        probe.function.code.push_back({Opcode::is_known, answer, reg, 0});
    } else {
        const std::uint16_t other = twin(function, reg);
        module.constants.push_back({function.registers[reg], *holds});
        const auto constant = static_cast<std::uint16_t>(module.constants.size() - 1);
        probe.function.code.push_back({Opcode::constant, other, constant, 0});
        probe.function.code.push_back({Opcode::equal, answer, reg, other});
        probe.expected = Truth::yes;
    }
    probe.function.code.push_back({Opcode::ret, 0, answer, 1});
    return probe;
}

struct Tally {
    std::size_t functions = 0;
    std::size_t known = 0, unknown = 0;  // probes
    std::size_t truths[3] = {0, 0, 0};   // of the generated rules themselves
    std::set<Opcode> opcodes;
};

void compare(Module& module, runtime::Engine& native, bool rich, std::uint64_t seed, Tally& tally) {
    const Function generated = module.functions[0];
    const std::vector<value::Value> arguments = arguments_for(module, generated, rich);
    const auto values = final_values(module, generated, arguments);
    for (const Instruction& in : generated.code) tally.opcodes.insert(in.op);

    std::mt19937_64 random(seed);
    std::vector<Truth> expected;
    module.functions = {generated};
    for (std::size_t i = 0; i < PROBES; ++i) {
        const auto reg = static_cast<std::uint16_t>(
            generated.parameters + random() % (generated.registers.size() - generated.parameters));
        Probe probe = make_probe(module, generated, reg, values[reg]);
        ++(values[reg] ? tally.known : tally.unknown);
        expected.push_back(probe.expected);
        module.functions.push_back(std::move(probe.function));
    }
    bytecode::set_bounds(module);
    const base::Status valid = bytecode::validate(module);
    ASSERT_TRUE(valid) << valid.error().message << ", seed " << seed;
    module.serial = bytecode::next_serial();

    for (bytecode::FunctionIndex f = 0; f < module.functions.size(); ++f) {
        SteadyHost for_interpreter, for_native;
        const Truth meant = runtime::Interpreter().run_rule(module, f, arguments, for_interpreter);
        EXPECT_EQ(native.run_rule(module, f, arguments, for_native), meant)
            << "function " << f << ", seed " << seed;
        if (f == 0) {
            ++tally.truths[static_cast<std::size_t>(meant)];
        } else {
            EXPECT_EQ(meant, expected[f - 1]) << "probe " << f << ", seed " << seed;
        }
        ++tally.functions;
    }
}

std::size_t wanted_functions() {
    const char* wanted = std::getenv("EDICT_GENERATED_FUNCTIONS");
    return wanted == nullptr ? 9'000 : std::strtoull(wanted, nullptr, 10);
}

TEST(Engines, native_code_does_what_the_interpreter_does) {
    const auto native = cli::make_engine("jit");
    ASSERT_TRUE(native) << native.error().message;
    Tally tally;
    std::mt19937_64 random(1);
    for (std::uint64_t seed = 0; tally.functions < wanted_functions(); ++seed) {
        std::vector<std::uint8_t> bytes(256 + random() % 6000);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
        fuzz::Choices choices(bytes);
        Module module = fuzz::generated(FunctionKind::rule, choices);
        compare(module, **native, seed % 2 == 0, seed, tally);
        if (::testing::Test::HasFailure()) return;
    }
    for (std::size_t op = 0; op < bytecode::OPCODE_COUNT; ++op) {
        const bytecode::OpcodeInfo& traits = bytecode::OPCODES[op];
        const auto opcode = static_cast<Opcode>(op);
        if (traits.effect == bytecode::Effect::write || opcode == Opcode::jump ||
            opcode == Opcode::jump_unless || opcode == Opcode::jump_known) {
            continue;  // not in rules
        }
        EXPECT_TRUE(tally.opcodes.contains(opcode)) << traits.name << " was never generated";
    }
    EXPECT_GT(tally.known, 0U);
    EXPECT_GT(tally.unknown, 0U);
    for (const std::size_t count : tally.truths) EXPECT_GT(count, 0U);
    EXPECT_GE(cli::functions_compiled(**native).value_or(0), tally.functions);
    std::printf(
        "%zu functions; probes: %zu known, %zu without value; rules: %zu no, %zu yes, %zu error\n",
        tally.functions, tally.known, tally.unknown, tally.truths[0], tally.truths[1],
        tally.truths[2]);
}

}  // namespace
}  // namespace edict
