// Overlay: the state as a call sees it: the committed state below, and what the call has written so
// far above it, with the moments at which its actions were entered.
#pragma once

#include <forward_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vm/call/call.h"

namespace edict::call {

// A moment of the call: how many writes came before it.
using Sequence = std::uint64_t;

class Overlay {
public:
    // The engine runs the upgrades of values that older versions stored.
    Overlay(const LinkedSet& set, const StateView& state, runtime::Engine& engine)
        : set_(set), state_(state), engine_(engine) {}

    [[nodiscard]] Sequence now() const { return last_; }
    // An action is entered: what was written before this stays readable until leave().
    void enter() { entered_.push_back(last_); }
    void leave() { entered_.pop_back(); }

    // `store` is an index into LinkedSet::stores. Null if the key is absent. What it returns lives
    // as long as the overlay.
    const value::Value* read(std::uint32_t store, const value::Value* key, Sequence at);
    void write(std::uint32_t store, const value::Value* key, std::optional<value::Value> written);

    [[nodiscard]] std::map<StateKey, std::optional<base::Bytes>> writes() const;
    // The keys of one store that were written.
    [[nodiscard]] std::vector<base::Bytes> written(std::uint32_t store) const;
    // Why the state below cannot be read as what the modules declare; empty if it can.
    [[nodiscard]] const std::string& broken() const { return broken_; }

private:
    struct Version {
        Sequence since = 0;
        const value::Value* value = nullptr;  // null: absent
    };
    using Key = std::pair<std::uint32_t, base::Bytes>;
    using Versions = std::vector<Version>;  // ascending; the first is the committed state

    Versions& versions(std::uint32_t store, const value::Value* key);
    const value::Value* keep(value::Value value);
    const value::Value* committed(const Key& key);

    const LinkedSet& set_;
    const StateView& state_;
    runtime::Engine& engine_;
    std::map<Key, Versions> cells_;
    std::forward_list<value::Value> values_;
    std::vector<Sequence> entered_;
    Sequence last_ = 0;
    std::string broken_;
};

}  // namespace edict::call
