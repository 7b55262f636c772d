#include "chain/executor/coming.h"

#include <algorithm>

#include "vm/call/invariants.h"

namespace edict::executor {

namespace {

bool is_there(const call::LinkedSet& set, std::string_view module, std::string_view store) {
    const bytecode::Module* found = set.find(module);
    return found != nullptr &&
           std::ranges::any_of(found->stores, [&](const auto& one) { return one.name == store; });
}

// The state with what is to be written.
class With final : public call::StateView {
public:
    With(const call::StateView& state, const call::Writes& writes)
        : state_(state), writes_(writes) {}
    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override {
        const auto found = writes_.find(key);
        return found == writes_.end() ? state_.get(key) : found->second;
    }
    [[nodiscard]] std::optional<std::uint32_t> schema(const call::StateKey& key) const override {
        return writes_.contains(key) ? std::nullopt : state_.schema(key);
    }

private:
    const call::StateView& state_;
    const call::Writes& writes_;
};

}  // namespace

call::Writes coming_values(const Admissible& set, const call::LinkedSet& current) {
    call::Writes all;
    for (const auto& module : set.modules) {
        for (auto& [place, value] : call::initial_data(*module)) {
            if (!is_there(current, place.module, place.store)) all.emplace(place, std::move(value));
        }
    }
    return all;
}

base::Status check_coming(const Admissible& set, const call::LinkedSet& current,
                          const call::StateView& state, runtime::Engine& engine) {
    const call::Writes values = coming_values(set, current);
    const auto wanted = [&](const bytecode::Module& module, const bytecode::InvariantDecl& one) {
        const bool comes = std::ranges::any_of(
            set.modules, [&](const auto& other) { return other->name == module.name; });
        if (!comes || !one.over) return comes;
        const bytecode::StoreUse& store = module.store_table[*one.over];
        return !is_there(current, store.module, store.store);
    };
    const call::KeysOf keys_of = [&](const call::LinkedStore& store) {
        std::vector<base::Bytes> keys;
        for (const auto& [place, value] : values) {
            if (place.module == store.module && place.store == store.store)
                keys.push_back(place.key);
        }
        return keys;
    };
    const auto broken =
        call::broken_invariants(set.in_force, With(state, values), keys_of, engine, wanted);
    if (broken.empty()) return {};
    return base::input_error(call::to_text(set.in_force, broken.front()) +
                             ", with the initial data of the set");
}

}  // namespace edict::executor
