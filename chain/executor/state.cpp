#include "chain/executor/state.h"

#include "base/check.h"
#include "chain/ledger/codec.h"

namespace edict::executor {

namespace {

ledger::StatePlace chain_place(std::string_view name, base::ByteView key) {
    return {std::string(CHAIN), std::string(name), base::Bytes(key.begin(), key.end())};
}

}  // namespace

ledger::StatePlace nonce_place(const ledger::PartyId& party) {
    return chain_place("nonces", party.bytes);
}
ledger::StatePlace allowance_place(const ledger::PartyId& party) {
    return chain_place("allowances", party.bytes);
}
ledger::StatePlace module_place(std::string_view module) {
    return chain_place("modules", base::as_bytes(module));
}
ledger::StatePlace origin_place(std::string_view module) {
    return chain_place("origins", base::as_bytes(module));
}
ledger::StatePlace deployed_place(const ledger::Hash& set) {
    return chain_place("deployed", set.bytes);
}

ledger::StatePlace key_place(const ledger::PartyId& party) {
    base::Writer key;
    key.raw(party.bytes);
    return {"std.membership", "keys", key.take()};
}

ledger::StatePlace role_place(const ledger::PartyId& party, std::string_view role) {
    base::Writer key;
    key.raw(party.bytes);
    key.text(role);
    return {"std.membership", "roles", key.take()};
}

std::optional<ledger::StateValue> read_committed(const store::KeyValue& store,
                                                 const ledger::StatePlace& place) {
    const std::optional<base::Bytes> stored =
        store.get(store::Column::state_values, ledger::state_key(place).bytes);
    if (!stored) return std::nullopt;
    base::Result<ledger::StateValue> value = ledger::decode<ledger::StateValue>(*stored);
    if (!value) store::storage_failed("a stored state value is damaged: " + value.error().message);
    return *std::move(value);
}

std::optional<base::Bytes> WorkingState::get(const call::StateKey& key) const {
    return get(ledger::StatePlace{key.module, key.store, key.key});
}

std::optional<base::Bytes> WorkingState::get(const ledger::StatePlace& place) const {
    std::optional<ledger::StateValue> value = value_at(place);
    if (!value) return std::nullopt;
    return std::move(value->bytes);
}

std::optional<std::uint32_t> WorkingState::schema(const call::StateKey& key) const {
    const auto value = value_at({key.module, key.store, key.key});
    return value ? std::optional(value->schema) : std::nullopt;
}

std::optional<ledger::StateValue> WorkingState::value_at(const ledger::StatePlace& place) const {
    const auto written = writes_.find(place);
    return written != writes_.end() ? written->second : read_committed(store_, place);
}

void WorkingState::put(const ledger::StatePlace& place, base::Bytes bytes) {
    writes_[place] = ledger::StateValue{0, std::move(bytes)};
}

void WorkingState::apply(const std::map<call::StateKey, std::optional<base::Bytes>>& writes,
                         const call::LinkedSet& set) {
    const call::StateKey* before = nullptr;
    std::uint32_t number = 0;
    for (const auto& [key, bytes] : writes) {  // store by store
        if (before == nullptr || before->store != key.store || before->module != key.module) {
            const call::LinkedStore* store = set.find_store(key.module, key.store);
            number = store == nullptr ? 0 : store->numbers.back();  // 0: what the chain keeps
        }
        before = &key;
        std::optional<ledger::StateValue>& value = writes_[{key.module, key.store, key.key}];
        value.reset();
        if (bytes) value = ledger::StateValue{number, *bytes};
    }
}

}  // namespace edict::executor
