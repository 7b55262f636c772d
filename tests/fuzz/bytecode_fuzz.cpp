// Hostile modules: bytes, altered modules, texts and generated code. Whatever the validator accepts
// is canonical, survives its text form, and runs; and every value that its code makes is one of its
// type.
//
// The first byte of an input says what the rest is: b bytes of a module, p changes to a good
// module, t text for the assembler, d bytes of a companion file; a, r, m choices for the code of an
// action, a rule, a message.
#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/check.h"
#include "tests/fuzz/bytecode_generator.h"
#include "vm/bytecode/assembler.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/debug.h"
#include "vm/bytecode/validate.h"
#include "vm/runtime/failing_elements.h"
#include "vm/runtime/interpreter.h"

namespace edict::fuzz {

namespace {

using namespace bytecode;

// Answers everything; checks the types of what it is given.
class CheckingHost final : public runtime::Host {
public:
    explicit CheckingHost(bool rich) : rich_(rich) {}

    const value::Value* read(const Module& module, std::uint16_t use, const value::Value* key,
                             Moment moment) override {
        const StoreUse& store = module.store_table[use];
        if (key != nullptr) EDICT_CHECK(value::check(*key, *module.types[*store.key]));
        if (moment == Moment::before && !store.initial) return nullptr;
        kept_.push_back(sample(*module.types[store.value], rich_));
        return &kept_.back();
    }
    void write(const Module& module, std::uint16_t use, const value::Value* key,
               const value::Value& written) override {
        const StoreUse& store = module.store_table[use];
        if (key != nullptr) EDICT_CHECK(value::check(*key, *module.types[*store.key]));
        EDICT_CHECK(value::check(written, *module.types[store.value]));
    }
    void remove(const Module& module, std::uint16_t use, const value::Value& key) override {
        EDICT_CHECK(value::check(key, *module.types[*module.store_table[use].key]));
    }
    void emit(const Module& module, std::uint16_t event,
              std::vector<value::Value> fields) override {
        check_all(module, module.events[event].fields, fields);
    }
    bool call(const Module& module, std::uint16_t callee, std::vector<value::Value> arguments,
              value::Value& result) override {
        check_all(module, module.callees[callee].parameters, arguments);
        if (module.callees[callee].result)
            result = sample(*module.types[*module.callees[callee].result], rich_);
        return rich_;
    }
    bool has_role(const value::PartyId&, std::string_view role) override { return role.size() > 4; }
    bool has_duty(const Module& module, std::uint16_t callee, const value::PartyId&,
                  bool breached) override {
        EDICT_CHECK(callee < module.callees.size());
        return breached == rich_;
    }
    value::Date today(const Module&) override { return {20'000}; }
    value::Time now() override { return {20'000 * std::int64_t{86'400'000}}; }
    const value::PartyId& caller() override { return party_; }
    const value::PartyId& signer() override { return party_; }

private:
    static void check_all(const Module& module, const std::vector<TypeIndex>& types,
                          const std::vector<value::Value>& values) {
        EDICT_CHECK(types.size() == values.size());
        for (std::size_t i = 0; i < types.size(); ++i) {
            EDICT_CHECK(value::check(values[i], *module.types[types[i]]));
        }
    }

    bool rich_;
    std::deque<value::Value> kept_;
    value::PartyId party_ = value::party_named("fuzz");
};

void run_message(const Module& module, FunctionIndex index,
                 const std::vector<value::Value>& arguments, runtime::Host& host) {
    const auto shown = runtime::Interpreter().run_message(module, index, arguments, host);
    const Function& function = module.functions[index];
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const std::size_t reg = function.code.back().b + i;
        if (shown[i]) EDICT_CHECK(value::check(*shown[i], *module.types[function.registers[reg]]));
    }
}

// Code that costs too much for a fuzzer's patience is left out; its bound is what the test trusts.
constexpr std::uint64_t MOST_COST = 200'000;

void run_functions(const Module& module) {
    for (FunctionIndex index = 0; index < module.functions.size() && index < 64; ++index) {
        const Function& function = module.functions[index];
        if (function.cost > MOST_COST) continue;
        for (const bool rich : {false, true}) {
            CheckingHost host(rich);
            std::vector<value::Value> arguments;
            for (std::size_t i = 0; i < function.parameters; ++i) {
                arguments.push_back(sample(*module.types[function.registers[i]], rich));
            }
            switch (function.kind) {
                case FunctionKind::action: {
                    const auto end =
                        runtime::Interpreter().run_action(module, index, arguments, host);
                    EDICT_CHECK(end.failed || end.why.empty());
                    break;
                }
                case FunctionKind::rule:
                    (void)runtime::Interpreter().run_rule(module, index, arguments, host);
                    (void)runtime::failing_elements(module, index, arguments, host);
                    break;
                case FunctionKind::message:
                    run_message(module, index, arguments, host);
                    break;
            }
        }
    }
}

void check_module(const Module& module) {
    const base::Bytes bytes = encode(module);
    const base::Result<Module> decoded = decode(bytes);
    EDICT_CHECK(decoded.has_value());
    EDICT_CHECK(encode(*decoded) == bytes);
    const base::Result<Module> assembled = assemble(disassemble(module));
    EDICT_CHECK(assembled.has_value());
    EDICT_CHECK(encode(*assembled) == bytes);
    run_functions(module);
}

void check_bytes(base::ByteView bytes) {
    const base::Result<Module> module = decode(bytes);
    if (!module) return;
    const base::Bytes again = encode(*module);
    EDICT_CHECK(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
    check_module(*module);
}

void check_changes(Choices& choices) {
    static constexpr std::uint8_t SEED[64] = {9, 4, 8, 1, 7, 3, 0, 5, 2, 6, 1, 1, 4, 4, 9, 9};
    Choices seed(SEED);
    base::Bytes bytes = encode(generated(FunctionKind::action, seed));
    while (!choices.at_end()) {
        const std::size_t at = choices.below(bytes.size());
        bytes[at] = choices.byte();
    }
    check_bytes(bytes);
}

void check_text(std::string_view text) {
    const base::Result<Module> module = assemble(text);
    if (module && validate(*module)) check_module(*module);
}

void check_code(FunctionKind kind, Choices& choices) {
    const Module module = generated(kind, choices);
    const base::Status status = validate(module);
    // Loops in loops over what loops make can cost too much; nothing else can be wrong.
    if (!status) {
        EDICT_CHECK(status.error().message.find("are allowed") != std::string::npos);
        return;
    }
    check_module(module);
}

}  // namespace

}  // namespace edict::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace edict;
    if (size == 0) return 0;
    const base::ByteView rest(data + 1, size - 1);
    fuzz::Choices choices(rest);
    switch (data[0]) {
        case 'b':
            fuzz::check_bytes(rest);
            break;
        case 'p':
            fuzz::check_changes(choices);
            break;
        case 't':
            fuzz::check_text(base::as_text(rest));
            break;
        case 'd':
            if (const auto debug = bytecode::decode_debug(rest)) {
                EDICT_CHECK(bytecode::encode(*debug).size() == rest.size());
            }
            break;
        case 'r':
            fuzz::check_code(bytecode::FunctionKind::rule, choices);
            break;
        case 'm':
            fuzz::check_code(bytecode::FunctionKind::message, choices);
            break;
        default:
            fuzz::check_code(bytecode::FunctionKind::action, choices);
    }
    return 0;
}
