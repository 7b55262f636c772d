#include "vm/call/overlay.h"

#include <fmt/format.h>

#include "vm/call/stored.h"

namespace edict::call {

const value::Value* Overlay::keep(value::Value value) {
    values_.push_front(std::move(value));
    return &values_.front();
}

const value::Value* Overlay::committed(const Key& key) {
    const LinkedStore& store = set_.stores[key.first];
    const StateKey place{store.module, store.store, key.second};
    const std::optional<base::Bytes> bytes = state_.get(place);
    if (!bytes) return nullptr;
    // Only who keeps values of several types knows their numbers.
    const auto schema = store.older.empty() ? std::nullopt : state_.schema(place);
    base::Result<value::Value> value = read_stored(set_, store, *bytes, schema, engine_);
    if (value) return keep(std::move(*value));
    if (broken_.empty()) {
        broken_ = fmt::format("a stored value of {}.{} cannot be read as {}: {}", store.module,
                              store.store, value::to_text(*store.value), value.error().message);
    }
    return nullptr;
}

Overlay::Versions& Overlay::versions(std::uint32_t store, const value::Value* key) {
    Key at{store, {}};
    if (key != nullptr) at.second = value::to_bytes(*key, *set_.stores[store].key);
    const auto [cell, is_new] = cells_.try_emplace(std::move(at));
    if (is_new) cell->second.push_back({0, committed(cell->first)});
    return cell->second;
}

const value::Value* Overlay::read(std::uint32_t store, const value::Value* key, Sequence at) {
    const Versions& all = versions(store, key);
    std::size_t i = all.size() - 1;
    while (all[i].since > at) --i;
    return all[i].value;
}

void Overlay::write(std::uint32_t store, const value::Value* key,
                    std::optional<value::Value> written) {
    Versions& all = versions(store, key);
    const value::Value* value = written ? keep(std::move(*written)) : nullptr;
    ++last_;
    // Nobody asks for a moment between two writes of one action.
    const bool seen =
        all.back().since == 0 || entered_.empty() || all.back().since <= entered_.back();
    if (seen) {
        all.push_back({last_, value});
    } else {
        all.back() = {last_, value};
    }
}

std::map<StateKey, std::optional<base::Bytes>> Overlay::writes() const {
    std::map<StateKey, std::optional<base::Bytes>> changed;
    for (const auto& [key, all] : cells_) {
        if (all.size() == 1) continue;
        const LinkedStore& store = set_.stores[key.first];
        std::optional<base::Bytes> bytes;
        if (all.back().value != nullptr) bytes = value::to_bytes(*all.back().value, *store.value);
        changed.insert_or_assign({store.module, store.store, key.second}, std::move(bytes));
    }
    return changed;
}

std::vector<base::Bytes> Overlay::written(std::uint32_t store) const {
    std::vector<base::Bytes> keys;
    for (const auto& [key, all] : cells_) {
        if (key.first == store && all.size() > 1) keys.push_back(key.second);
    }
    return keys;
}

}  // namespace edict::call
