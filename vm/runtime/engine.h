// Engine: what executes one function of a module. The interpreter is the meaning; any other engine
// agrees with it bit for bit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "value/value.h"
#include "vm/bytecode/module.h"

namespace edict::runtime {

// What code may ask of its surroundings. Implemented by vm/call; values that it hands out live as
// long as the host.
class Host {
public:
    virtual ~Host() = default;

    enum class Moment : std::uint8_t { now, before, after };
    // Null if the key is absent and the store has no initial value. `use` is an entry of the
    // module's store table; `key` is null for a single store.
    virtual const value::Value* read(const bytecode::Module& module, std::uint16_t use,
                                     const value::Value* key, Moment moment) = 0;
    virtual void write(const bytecode::Module& module, std::uint16_t use, const value::Value* key,
                       const value::Value& written) = 0;
    virtual void remove(const bytecode::Module& module, std::uint16_t use,
                        const value::Value& key) = 0;
    virtual void emit(const bytecode::Module& module, std::uint16_t event,
                      std::vector<value::Value> fields) = 0;
    // False ends the calling action at once; the host keeps why. Sets `result` if the callee
    // returns a value.
    [[nodiscard]] virtual bool call(const bytecode::Module& module, std::uint16_t callee,
                                    std::vector<value::Value> arguments, value::Value& result) = 0;
    [[nodiscard]] virtual bool has_role(const value::PartyId& party, std::string_view role) = 0;
    // Whether the party has an open duty to call that callee, or has breached one; before this
    // call.
    [[nodiscard]] virtual bool has_duty(const bytecode::Module& module, std::uint16_t callee,
                                        const value::PartyId& party, bool breached) = 0;
    [[nodiscard]] virtual value::Date today(const bytecode::Module& module) = 0;
    [[nodiscard]] virtual value::Time now() = 0;  // legal time
    [[nodiscard]] virtual const value::PartyId& caller() = 0;
    [[nodiscard]] virtual const value::PartyId& signer() = 0;
};

// A condition: true, false or error.
enum class Truth : std::uint8_t { no, yes, error };

struct ActionEnd {
    bool failed = false;
    std::string why;             // of a failure; empty when an inner call ended it
    std::uint32_t function = 0;  // where it failed, for the companion file
    std::uint32_t instruction = 0;
    std::optional<value::Value> result;  // of an action that returns one
};

class Engine {
public:
    virtual ~Engine() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;  // "interp", "jit"

    // `arguments` are the parameters of the action. The module has passed the validator.
    [[nodiscard]] virtual ActionEnd run_action(const bytecode::Module& module,
                                               bytecode::FunctionIndex f,
                                               const std::vector<value::Value>& arguments,
                                               Host& host) = 0;
    [[nodiscard]] virtual Truth run_rule(const bytecode::Module& module, bytecode::FunctionIndex f,
                                         const std::vector<value::Value>& arguments,
                                         Host& host) = 0;
    // The shown values of a message; those without value are empty.
    [[nodiscard]] virtual std::vector<std::optional<value::Value>> run_message(
        const bytecode::Module& module, bytecode::FunctionIndex f,
        const std::vector<value::Value>& arguments, Host& host) = 0;
};

}  // namespace edict::runtime
