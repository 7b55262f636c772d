#include "vm/call/invariants.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "vm/call/execution.h"

namespace edict::call {

namespace {

// The key as the function of the invariant takes it.
std::vector<value::Value> arguments_of(const bytecode::Function& condition, value::Value key) {
    if (condition.parameters == 1) return {std::move(key)};
    return std::get<value::Record>(key.data).fields;
}

class Looking {
public:
    Looking(const LinkedSet& set, const StateView& state, runtime::Engine& engine)
        : set_(set), state_(state), engine_(engine) {}

    void look(std::uint32_t module, std::uint32_t index, const KeysOf& keys_of,
              std::vector<BrokenInvariant>& broken) {
        const bytecode::Module& owner = *set_.modules[module];
        const bytecode::InvariantDecl& one = owner.invariants[index];
        if (!one.over) {
            look_at(module, index, {}, broken);
            return;
        }
        const LinkedStore& store = set_.stores[set_.store_of[module][*one.over]];
        const bytecode::Function& condition = owner.functions[one.condition];
        for (const base::Bytes& bytes : keys_of(store)) {
            base::Result<value::Value> key = value::from_bytes(bytes, *store.key);
            EDICT_CHECK(key.has_value());
            if (!look_at(module, index, arguments_of(condition, *std::move(key)), broken)) return;
        }
    }

private:
    bool look_at(std::uint32_t module, std::uint32_t index, std::vector<value::Value> key,
                 std::vector<BrokenInvariant>& broken) {
        const bytecode::Module& owner = *set_.modules[module];
        const bytecode::InvariantDecl& one = owner.invariants[index];
        // Each with its own view, so that memory does not grow with the state.
        Execution execution(set_, state_, {}, {}, engine_);
        const runtime::Truth holds = execution.ask(module, one.condition, key);
        if (holds == runtime::Truth::yes) return true;
        BrokenInvariant found{
            owner.name, index, std::move(key), holds == runtime::Truth::error, {}};
        if (one.because && one.because->values)
            found.shown = execution.shown(module, *one.because->values, found.key);
        broken.push_back(std::move(found));
        return false;
    }

    const LinkedSet& set_;
    const StateView& state_;
    runtime::Engine& engine_;
};

}  // namespace

bool has_invariants(const LinkedSet& set) {
    return std::ranges::any_of(set.modules,
                               [](const auto& module) { return !module->invariants.empty(); });
}

std::vector<BrokenInvariant> broken_invariants(
    const LinkedSet& set, const StateView& state, const KeysOf& keys_of, runtime::Engine& engine,
    const std::function<bool(const bytecode::Module&, const bytecode::InvariantDecl&)>& wanted) {
    std::vector<BrokenInvariant> broken;
    Looking looking(set, state, engine);
    for (std::uint32_t m = 0; m < set.modules.size(); ++m) {
        const bytecode::Module& module = *set.modules[m];
        for (std::uint32_t i = 0; i < module.invariants.size(); ++i) {
            if (!wanted || wanted(module, module.invariants[i]))
                looking.look(m, i, keys_of, broken);
        }
    }
    return broken;
}

std::string to_text(const LinkedSet& set, const BrokenInvariant& broken, const PartyText& names) {
    const bytecode::Module& module = *set.find(broken.module);
    const bytecode::InvariantDecl& one = module.invariants[broken.invariant];
    const bytecode::Function& condition = module.functions[one.condition];
    std::string text = fmt::format("the invariant {}.{}", module.name, one.name);
    for (std::size_t i = 0; i < one.cites.size(); ++i) {
        text += fmt::format("{}{} {}", i == 0 ? " (" : "; ",
                            module.sources[one.cites[i].source].name, one.cites[i].place);
    }
    if (!one.cites.empty()) text += ")";
    text += broken.in_error ? " has no value" : " does not hold";
    for (std::size_t i = 0; i < broken.key.size(); ++i) {
        const value::Type& type = *module.types[condition.registers[i]];
        text +=
            fmt::format("{}{}", i == 0 ? " for " : ", ", shown_text(broken.key[i], type, names));
    }
    if (one.because) text += ": " + message_text(module, *one.because, broken.shown, names);
    return text;
}

}  // namespace edict::call
