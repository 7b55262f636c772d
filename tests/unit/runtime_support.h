// A module of all kinds of types, whose code a test gives as text, and a host that writes down what
// it is asked.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "vm/bytecode/assembler.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/validate.h"
#include "vm/runtime/interpreter.h"

namespace edict::runtime::test {

// Types #0 ... #17, constants c0 ..., stores s0, s1, s2, event e0, callee a0.
inline constexpr const char* PRELUDE = R"(contract hub 1.0.0 zone 480
import other 0000000000000000000000000000000000000000000000000000000000000000
type Int
type Bool
type Text(16)
type Date
type Party
type Hash
type Enum(hub.Level,ordered,low,middle,high)
type Record(hub.Pair,n:#0,t:#2)
type Optional(#0)
type Set(#0,4)
type Tuple(#0,#2)
type Int(0,10)
type Set(#11,2)
type Set(#2,3)
type Text(3)
type Bytes(4)
type Optional(#7)
type Optional(#2)
type Decimal
type Decimal(mg)
type Decimal(CNY)
type Time
type Duration
type List(#0,3)
type Text(3)
type Record(Money,amount:#18,currency:#24)
type Tuple(#3,#18)
type Set(#26,3)
type Int(0,9)
type Int(0,5)
type Int(0,4)
type Int(0,7)
type Int(0,2)
type Commitment(#0)
type Pseudonym
type Decimal(USD)
type List(#0,1)
type Int(1,3)
const #0 "7"
const #0 "-2"
const #0 "0"
const #0 "9223372036854775807"
const #0 "-9223372036854775808"
const #1 true
const #1 false
const #2 "abc"
const #2 "hospital"
const #6 "middle"
const #6 "high"
const #3 "2026-02-01"
const #9 ["1", "2", "3"]
const #9 ["2", "5"]
const #8 null
const #8 "4"
const #7 {"n": "1", "t": "one"}
const #0 "-1"
const #2 "0123456789abcdef"
const #13 ["a", "b"]
const #4 "1111111111111111111111111111111111111111111111111111111111111111"
const #18 "2.5"
const #18 "0.125"
const #18 "999999999999999999999999999"
const #18 "1"
const #28 "2"
const #29 "0"
const #29 "1"
const #19 "5"
const #25 {"amount": "12.5", "currency": "CNY"}
const #21 "2026-02-01T09:30:00Z"
const #22 "36 hours"
const #22 "2 days"
const #30 "1"
const #31 "5"
const #3 "2026-01-31"
const #0 "1"
const #32 "0"
const #32 "1"
const #32 "2"
const #23 ["3", "1", "3"]
const #27 [["2026-01-01", "1"], ["2026-02-01", "7.5"]]
const #27 [["2026-02-01", "1"], ["2026-02-01", "7.5"]]
const #2 "hos"
const #37 "3"
const #37 "1"
const #27 [["2026-01-31", "2"], ["2026-02-01", "7.5"]]
const #2 "2026-02-01"
const #2 "high"
const #2 "-2"
const #2 "2.50"
event Noted n:#0 t:#2
store total _ #0 c2
store of #2 #0
store flags #0 #1 c6
use hub total _ #0 "0"
use hub of #2 #0
use hub flags #0 #1 false
callee other act #0
callee other ask #0 -> #0
)";

// The module with one more function. The validator has passed it.
inline bytecode::Module module_with(const std::string& function) {
    base::Result<bytecode::Module> module = bytecode::assemble(PRELUDE + function);
    if (!module) {
        ADD_FAILURE() << module.error().message << "\n" << function;
        return {};
    }
    bytecode::set_bounds(*module);
    const base::Status status = bytecode::validate(*module);
    EXPECT_TRUE(status) << status.error().message << "\n" << function;
    return *module;
}

// Writes down what code asks of it.
class LoggingHost final : public Host {
public:
    const value::Value* read(const bytecode::Module& module, std::uint16_t use,
                             const value::Value* key, Moment moment) override {
        const std::string at = place(module, use, key);
        log.push_back(fmt::format("read {} {}", at, static_cast<int>(moment)));
        const auto found = state.find(at);
        return found == state.end() ? nullptr : &found->second;
    }
    void write(const bytecode::Module& module, std::uint16_t use, const value::Value* key,
               const value::Value& written) override {
        const std::string text =
            value::to_text(written, *module.types[module.store_table[use].value]);
        log.push_back(fmt::format("write {} = {}", place(module, use, key), text));
        state[place(module, use, key)] = written;
    }
    void remove(const bytecode::Module& module, std::uint16_t use,
                const value::Value& key) override {
        log.push_back(fmt::format("remove {}", place(module, use, &key)));
    }
    void emit(const bytecode::Module& module, std::uint16_t event,
              std::vector<value::Value> fields) override {
        std::string text = "emit " + module.events[event].name;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            text += " " + value::to_text(fields[i], *module.types[module.events[event].fields[i]]);
        }
        log.push_back(text);
    }
    bool call(const bytecode::Module& module, std::uint16_t callee,
              std::vector<value::Value> arguments, value::Value& result) override {
        const bytecode::Callee& called = module.callees[callee];
        if (called.result) result = value::Value{std::int64_t{7}};
        log.push_back(
            fmt::format("call {}.{} {}", called.module, called.action,
                        value::to_text(arguments[0], *module.types[called.parameters[0]])));
        return calls_pass;
    }
    bool has_role(const value::PartyId& party, std::string_view role) override {
        return party == value::party_named("caller") && role == "hospital";
    }
    bool has_duty(const bytecode::Module&, std::uint16_t, const value::PartyId& party,
                  bool breached) override {
        return breached == (party == signer_);
    }
    value::Date today(const bytecode::Module&) override { return {20000}; }
    value::Time now() override { return {20000 * value::MS_OF_DAY + 1}; }
    const value::PartyId& caller() override { return caller_; }
    const value::PartyId& signer() override { return signer_; }

    std::map<std::string, value::Value> state;
    std::vector<std::string> log;
    bool calls_pass = true;

private:
    static std::string place(const bytecode::Module& module, std::uint16_t use,
                             const value::Value* key) {
        const bytecode::StoreUse& store = module.store_table[use];
        if (key == nullptr) return store.store;
        return fmt::format("{}[{}]", store.store, value::to_text(*key, *module.types[*store.key]));
    }
    value::PartyId caller_ = value::party_named("caller");
    value::PartyId signer_ = value::party_named("signer");
};

}  // namespace edict::runtime::test
