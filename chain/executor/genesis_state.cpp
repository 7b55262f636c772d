#include <fmt/format.h>

#include "chain/executor/impl.h"
#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/quorum.h"
#include "vm/call/stored.h"

namespace edict::executor {

namespace {

call::StateKey stored_at(const ledger::StatePlace& place) {
    return {place.module, place.name, place.key};
}

base::Status write_party(const ledger::Party& party, call::Writes& writes) {
    base::Writer key;
    key.bytes(party.key.bytes);
    writes[stored_at(key_place(party.id))] = key.take();
    for (const std::string& role : party.roles) {
        base::Writer held;
        held.boolean(true);
        writes[stored_at(role_place(party.id, role))] = held.take();
    }
    static const value::TypeRef TEXT = value::text_type(256).value();
    for (const ledger::PartyAttribute& attribute : party.attributes) {
        if (const auto text = value::from_bytes(attribute.value, *TEXT); !text) {
            return base::input_error(
                fmt::format("genesis: the attribute {} of {} is no Text<256>: {}", attribute.name,
                            party.name, text.error().message));
        }
        base::Writer place;
        place.raw(party.id.bytes);
        place.text(attribute.name);
        writes[{"std.membership", "attributes", place.take()}] = attribute.value;
    }
    return {};
}

}  // namespace

base::Result<std::shared_ptr<const call::LinkedSet>> write_genesis(const ledger::Genesis& genesis,
                                                                   WorkingState& state,
                                                                   store::WriteBatch& batch) {
    std::vector<std::shared_ptr<const bytecode::Module>> modules;
    for (const base::Bytes& bytes : genesis.modules) {
        base::Result<bytecode::Module> module = bytecode::decode(bytes);
        if (!module) return base::in_context("genesis", module.error());
        const ledger::Hash hash = ledger::module_hash(bytes);
        batch.put(store::Column::modules, hash.bytes, bytes);
        state.put(module_place(module->name), base::Bytes(hash.bytes.begin(), hash.bytes.end()));
        modules.push_back(std::make_shared<const bytecode::Module>(*std::move(module)));
    }
    base::Result<call::LinkedSet> linked = call::link(std::move(modules));
    if (!linked) return base::in_context("genesis", linked.error());
    for (const std::string_view needed : {"std.membership", "std.registry"}) {
        if (linked->find(needed) == nullptr) {
            return base::input_error(fmt::format("genesis: the module {} is missing", needed));
        }
    }
    for (const auto& module : linked->modules) state.apply(call::initial_data(*module), *linked);
    call::Writes writes;
    for (const ledger::Party& party : genesis.parties) {
        if (const base::Status written = write_party(party, writes); !written) {
            return base::error_of(written);
        }
    }
    const ledger::Hash identity = linked->identity();
    writes[{std::string(REGISTRY), "in_force", {}}] =
        base::Bytes(identity.bytes.begin(), identity.bytes.end());
    base::Writer quorum;
    quorum.i64(static_cast<std::int64_t>(ledger::quorum(genesis.validators)));
    writes[{std::string(REGISTRY), "quorum", {}}] = quorum.take();
    state.apply(writes, *linked);
    return std::make_shared<const call::LinkedSet>(*std::move(linked));
}

}  // namespace edict::executor
