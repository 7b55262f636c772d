// What is stored: blocks, state, proofs, modules, sets, parties.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/whole_number.h"
#include "chain/api/json_form.h"
#include "chain/api/routes.h"
#include "chain/api/waiting.h"
#include "chain/executor/limits.h"
#include "chain/executor/registry.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/quorum.h"
#include "chain/node/limits.h"
#include "value/json.h"

namespace edict::api {

using nlohmann::json;

namespace {

constexpr std::string_view HASH_FORM = "a hash is 64 hexadecimal digits, lower case";

std::optional<ledger::Height> height_from(std::string_view text) {
    const auto number = base::read_whole_number(text);
    return number ? std::optional(ledger::Height{*number}) : std::nullopt;
}

json kind_of(const bytecode::Module& module) {
    return module.kind == bytecode::ModuleKind::contract ? "contract" : "regulation";
}

std::string version_of(const bytecode::Module& module) {
    return fmt::format("{}.{}.{}", module.version_major, module.version_minor,
                       module.version_patch);
}

base::Result<ledger::Proof> prove(const Api& api, const Request& request, const std::string& kind) {
    const auto hash_named = [&](std::string_view name) -> base::Result<ledger::Hash> {
        const std::optional<std::string> text = query_of(request, name);
        if (!text) return base::input_error(fmt::format("the query needs {}=", name));
        return crypto::hash_from_hex(*text);
    };
    const auto height_named = [&](std::string_view name) -> base::Result<ledger::Height> {
        const auto height = height_from(query_of(request, name).value_or(""));
        if (!height) return base::input_error(fmt::format("the query needs {}= a height", name));
        return *height;
    };
    if (kind == "receipt" || kind == "leaf") {
        const auto hash = hash_named(kind == "receipt" ? "transaction" : "hash");
        if (!hash) return base::error_of(hash);
        return kind == "receipt" ? api.executor().prove_receipt(*hash)
                                 : api.executor().prove_leaf(*hash);
    }
    if (kind == "state") {
        const base::Result<NamedPlace> named = find_place(api, request);
        if (!named) return base::error_of(named);
        return api.executor().prove_state(named->place);
    }
    if (kind == "header" || kind == "consistency") {
        const auto height = height_named(kind == "header" ? "height" : "older");
        if (!height) return base::error_of(height);
        return kind == "header" ? api.executor().prove_header(*height)
                                : api.executor().prove_consistency(*height);
    }
    return base::input_error(fmt::format(
        "there is no proof {}; there are receipt, leaf, state, header, consistency", kind));
}

// One entry of a store of the registry as JSON; null: absent.
json registry_entry(const Api& api, std::string_view store_name, const value::Value& key) {
    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    const bytecode::Module& registry = *set->find(executor::REGISTRY);
    for (const bytecode::StoreDecl& store : registry.stores) {
        if (store.name != store_name || !store.key) continue;
        const auto bytes = api.executor().read(
            {registry.name, store.name, value::to_bytes(key, *registry.types[*store.key])});
        if (!bytes) return nullptr;
        const value::Type& type = *registry.types[store.value];
        const base::Result<value::Value> value = value::from_bytes(bytes->bytes, type);
        return value ? value::to_json(*value, type) : json(nullptr);
    }
    return nullptr;
}

std::string status_of(const Api& api, const ledger::ModuleBundle& bundle, const json& pending) {
    if (!pending.is_null()) return "pending";
    bool were_in_force = true;
    bool are_in_force = true;
    const std::shared_ptr<const call::LinkedSet> now = api.executor().in_force();
    for (const base::Bytes& bytes : bundle.modules) {
        const ledger::Hash hash = ledger::module_hash(bytes);
        if (!api.executor().module(hash)) were_in_force = false;
        if (std::find(now->hashes.begin(), now->hashes.end(), hash) == now->hashes.end()) {
            are_in_force = false;
        }
    }
    if (are_in_force) return "active";
    return were_in_force ? "replaced" : "withdrawn";
}

json party_json(const Api& api, const value::PartyId& party) {
    const std::optional<std::string> name = api.name_of(party);
    return {{"party", party.hex()}, {"name", name ? json(*name) : json(nullptr)}};
}

json attestations_of(const Api& api, const ledger::Hash& set) {
    json all = json::array();
    for (const ledger::Party& party : api.executor().genesis().parties) {
        json said = registry_entry(api, "attestations",
                                   {value::Record{{value::Value{set}, value::Value{party.id}}}});
        if (said.is_null()) continue;
        said["by"] = party_json(api, party.id);
        said["current"] = said["in_force"] == api.executor().in_force()->identity().hex();
        all.push_back(std::move(said));
    }
    return all;
}

// The validators that have not attested the set against what is in force.
json missing_of(const Api& api, const json& attestations) {
    json missing = json::array();
    for (const ledger::Party& party : api.executor().genesis().parties) {
        const json by = party_json(api, party.id);
        const bool has_attested = std::ranges::any_of(
            attestations, [&](const json& said) { return said["by"] == by && said["current"]; });
        const auto role = executor::role_place(party.id, "validator");
        if (!has_attested && api.executor().read(role)) missing.push_back(by);
    }
    return missing;
}

}  // namespace

Reply get_block(Api& api, const Request& request, const std::string& last) {
    const std::optional<ledger::Height> height = height_from(last);
    const auto wait = wait_of(request);
    if (!wait) return wait.error();
    if (height) (void)api.node().wait_certified(*height, Waiting(api, *wait).at_most());
    const std::optional<ledger::Header> header =
        height ? api.executor().header(*height) : std::nullopt;
    if (!header) {
        return error_reply(height ? 404 : 400, "there is no height " + last,
                           fmt::format("0 to {}", api.executor().last_applied().value));
    }
    json receipts = json::array();
    if (query_of(request, "receipts").value_or("yes") != "no") {
        for (const ledger::Receipt& receipt : api.executor().receipts(*height)) {
            receipts.push_back(receipt_json(api, receipt));
        }
    }
    const auto batch = api.executor().batch(*height);
    const auto certificate = api.executor().certificate(*height);
    return json_reply({{"hash", ledger::hash_of(*header).hex()},
                       {"header", ledger::to_json(*header)},
                       {"batch", batch ? ledger::to_json(*batch) : json(nullptr)},
                       {"certificate", certificate ? ledger::to_json(*certificate) : json(nullptr)},
                       {"receipts", std::move(receipts)}});
}

Reply get_state(Api& api, const Request& request, const std::string&) {
    const base::Result<NamedPlace> named = find_place(api, request);
    if (!named) return error_reply(named.error());
    const ledger::Height height = api.executor().last_applied();
    const std::optional<ledger::StateValue> stored = api.executor().read(named->place);
    json made = {{"height", std::to_string(height.value)},
                 {"type", value::to_text(*named->type)},
                 {"present", stored.has_value()},
                 {"value", nullptr},
                 {"value_bytes", nullptr}};
    if (stored) {
        const base::Result<value::Value> value = api.executor().as_now(named->place, *stored);
        if (!value) return error_reply(500, value.error().message, "report this as a defect");
        made["value"] = value::to_json(*value, *named->type);
        made["value_bytes"] = base::to_hex(stored->bytes);
    } else if (named->initial) {
        made["value"] = value::to_json(*named->initial, *named->type);
    }
    return json_reply(made);
}

Reply get_proof(Api& api, const Request& request, const std::string& last) {
    base::Result<ledger::Proof> proof = prove(api, request, last);
    // The last height may be executed and not yet certified: for microseconds, if all is well.
    const auto until = std::chrono::steady_clock::now() + node::CERTIFICATE_WAIT;
    while (!proof && proof.error().kind == base::ErrorKind::unknown &&
           std::chrono::steady_clock::now() < until) {
        (void)api.node().wait_certified(api.executor().last_applied(), node::CERTIFICATE_WAIT);
        proof = prove(api, request, last);
    }
    if (!proof) return error_reply(proof.error());
    const base::Bytes file = ledger::proof_file(*proof);
    return {200, std::string(base::as_text(file)), "application/octet-stream"};
}

Reply get_modules(Api& api, const Request&, const std::string&) {
    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    json modules = json::array();
    for (std::size_t i = 0; i < set->modules.size(); ++i) {
        const bytecode::Module& module = *set->modules[i];
        const auto origin = api.executor().bundle_of(module.name);
        modules.push_back({{"name", module.name},
                           {"kind", kind_of(module)},
                           {"version", version_of(module)},
                           {"hash", set->hashes[i].hex()},
                           {"set", origin ? json(origin->hex()) : json(nullptr)}});
    }
    return json_reply({{"in_force", set->identity().hex()}, {"modules", std::move(modules)}});
}

Reply get_module(Api& api, const Request&, const std::string& last) {
    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    std::optional<ledger::Hash> hash;
    for (std::size_t i = 0; i < set->modules.size(); ++i) {
        if (set->modules[i]->name == last) hash = set->hashes[i];
    }
    if (const auto given = crypto::hash_from_hex(last); !hash && given) hash = *given;
    const std::optional<base::Bytes> bytes = hash ? api.executor().module(*hash) : std::nullopt;
    if (!bytes) {
        return error_reply(
            404, fmt::format("no module {} is in force", last),
            "a name listed by /v1/modules, or the hash of a module that was in force");
    }
    return json_reply({{"hash", hash->hex()}, {"bytes", base::to_hex(*bytes)}});
}

Reply get_set(Api& api, const Request&, const std::string& last) {
    const base::Result<ledger::Hash> set = crypto::hash_from_hex(last);
    if (!set) return error_reply(400, set.error().message, HASH_FORM);
    const std::optional<ledger::ModuleBundle> bundle = api.executor().bundle(*set);
    if (!bundle) {
        return error_reply(404, "no set " + last + " was deployed",
                           "the hash that `edict tx deploy` printed");
    }
    const json pending = registry_entry(api, "pending", {*set});
    json needs = json::array();
    if (!pending.is_null()) {
        for (const json& need : pending["needs"]) {
            json endorsed = registry_entry(
                api, "endorsements",
                {value::Record{
                    {value::Value{*set}, value::Value{need["contract_name"].get<std::string>()}}}});
            needs.push_back({{"contract", need["contract_name"]},
                             {"role", need["role_name"]},
                             {"endorsed_by", std::move(endorsed)}});
        }
    }
    json modules = json::array();
    for (const base::Bytes& bytes : bundle->modules) {
        const base::Result<bytecode::Module> module = bytecode::decode(bytes);
        modules.push_back({{"name", module ? json(module->name) : json(nullptr)},
                           {"hash", ledger::module_hash(bytes).hex()}});
    }
    json attestations = attestations_of(api, *set);
    json missing = pending.is_null() ? json::array() : missing_of(api, attestations);
    return json_reply({{"set", last},
                       {"status", status_of(api, *bundle, pending)},
                       {"height", std::to_string(api.executor().last_applied().value)},
                       {"modules", std::move(modules)},
                       {"needs", std::move(needs)},
                       {"attestations", std::move(attestations)},
                       {"missing", std::move(missing)},
                       {"quorum", ledger::quorum(api.executor().genesis().validators)}});
}

Reply get_bundle(Api& api, const Request&, const std::string& last) {
    const base::Result<ledger::Hash> set = crypto::hash_from_hex(last);
    if (!set) return error_reply(400, set.error().message, HASH_FORM);
    const std::optional<ledger::ModuleBundle> bundle = api.executor().bundle(*set);
    if (!bundle) {
        return error_reply(404, "no set " + last + " was deployed",
                           "the hash that `edict tx deploy` printed");
    }
    const base::Bytes bytes = ledger::encode(*bundle);
    return {200, std::string(base::as_text(bytes)), "application/octet-stream"};
}

Reply get_party(Api& api, const Request&, const std::string& last) {
    std::optional<value::PartyId> party = api.party_named(last);
    if (const auto id = crypto::hash_from_hex(last); !party && id) party = {id->bytes};
    if (!party) {
        return error_reply(404, "genesis has no party " + last,
                           "a name of genesis, or an id of 64 hexadecimal digits");
    }
    const auto key = api.executor().read(executor::key_place(*party));
    json made = party_json(api, *party);
    made["registered"] = key.has_value();
    made["last_nonce"] = std::to_string(api.executor().last_nonce(*party).value);
    return json_reply(made);
}

Reply get_genesis(Api& api, const Request&, const std::string&) {
    const base::Bytes bytes = ledger::encode(api.executor().genesis());
    return {200, std::string(base::as_text(bytes)), "application/octet-stream"};
}

}  // namespace edict::api
