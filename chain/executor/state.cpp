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
    if (const auto written = writes_.find(place); written != writes_.end()) return written->second;
    std::optional<ledger::StateValue> value = read_committed(store_, place);
    if (!value) return std::nullopt;
    return std::move(value->bytes);
}

void WorkingState::put(const ledger::StatePlace& place, base::Bytes bytes) {
    writes_[place] = std::move(bytes);
}

void WorkingState::apply(const std::map<call::StateKey, std::optional<base::Bytes>>& writes) {
    for (const auto& [key, bytes] : writes) {
        writes_[ledger::StatePlace{key.module, key.store, key.key}] = bytes;
    }
}

}  // namespace edict::executor
