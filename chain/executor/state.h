// The state while a height runs: what is committed, under the writes of the height so far. And the
// places that the executor keeps for itself, under the module name "chain", which no deployed
// module may take.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "chain/ledger/state.h"
#include "chain/store/key_value.h"
#include "vm/call/call.h"

namespace edict::executor {

inline constexpr std::string_view CHAIN = "chain";

[[nodiscard]] ledger::StatePlace nonce_place(const ledger::PartyId& party);
[[nodiscard]] ledger::StatePlace allowance_place(const ledger::PartyId& party);
[[nodiscard]] ledger::StatePlace module_place(std::string_view module);    // hash in force
[[nodiscard]] ledger::StatePlace origin_place(std::string_view module);    // bundle, owner
[[nodiscard]] ledger::StatePlace deployed_place(const ledger::Hash& set);  // height of the deploy
[[nodiscard]] ledger::StatePlace key_place(const ledger::PartyId& party);  // std.membership.keys
[[nodiscard]] ledger::StatePlace role_place(const ledger::PartyId& party, std::string_view role);

// The committed value of a place.
[[nodiscard]] std::optional<ledger::StateValue> read_committed(const store::KeyValue& store,
                                                               const ledger::StatePlace& place);

class WorkingState final : public call::StateView {
public:
    explicit WorkingState(const store::KeyValue& store) : store_(store) {}

    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override;
    [[nodiscard]] std::optional<base::Bytes> get(const ledger::StatePlace& place) const;
    [[nodiscard]] std::optional<std::uint32_t> schema(const call::StateKey& key) const override;
    // Of a store whose values never had another type.
    void put(const ledger::StatePlace& place, base::Bytes bytes);
    // What code of this set has written, as the types that its stores have in it.
    void apply(const std::map<call::StateKey, std::optional<base::Bytes>>& writes,
               const call::LinkedSet& set);

    using Writes = std::map<ledger::StatePlace, std::optional<ledger::StateValue>>;
    [[nodiscard]] const Writes& writes() const { return writes_; }

private:
    [[nodiscard]] std::optional<ledger::StateValue> value_at(const ledger::StatePlace& place) const;

    const store::KeyValue& store_;
    Writes writes_;
};

}  // namespace edict::executor
