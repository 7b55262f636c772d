#include "chain/api/json_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "chain/api/routes.h"
#include "chain/executor/receipts.h"
#include "chain/ledger/codec.h"
#include "value/json.h"
#include "value/json_text.h"
#include "vm/call/explain.h"

namespace edict::api {

using nlohmann::json;

namespace {

int status_of(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::input:
        case base::ErrorKind::usage:
            return 400;
        case base::ErrorKind::unknown:
            return 503;
        case base::ErrorKind::environment:
            return 500;
        case base::ErrorKind::forbidden:
            return 403;
    }
    return 500;
}

// The set in force, with the regulations that a receipt names in the versions that it names.
std::shared_ptr<const call::LinkedSet> set_of(const Api& api, const ledger::Receipt& receipt) {
    const std::shared_ptr<const call::LinkedSet> now = api.executor().in_force();
    std::map<std::string, std::shared_ptr<const bytecode::Module>> modules;
    for (const auto& module : now->modules) modules[module->name] = module;
    for (const ledger::DecisionRecord& decision : receipt.decisions) {
        for (const ledger::RegulationAnswer& answer : decision.answers) {
            const std::optional<base::Bytes> bytes = api.executor().module(answer.module_hash);
            if (!bytes) return nullptr;
            base::Result<bytecode::Module> module = bytecode::decode(*bytes);
            if (!module) return nullptr;
            modules[answer.module] = std::make_shared<const bytecode::Module>(*std::move(module));
        }
    }
    std::vector<std::shared_ptr<const bytecode::Module>> all;
    for (auto& [name, module] : modules) all.push_back(std::move(module));
    base::Result<call::LinkedSet> linked = call::link(std::move(all));
    if (!linked) return nullptr;
    return std::make_shared<const call::LinkedSet>(*std::move(linked));
}

struct Explained {
    std::string explanation, summary;
};

Explained explain(const Api& api, const ledger::Receipt& receipt) {
    std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    std::optional<call::CallResult> result = executor::recall(receipt, *set);
    if (!result) {
        set = set_of(api, receipt);
        if (set != nullptr) result = executor::recall(receipt, *set);
    }
    if (!result) {
        return {
            "the regulations of this decision have been replaced; their bytes are at "
            "/v1/modules/HASH\n",
            ""};
    }
    const auto names = [&](const value::PartyId& party) { return api.name_of(party); };
    return {call::explanation(*set, *result, names), call::summary(*set, *result, names)};
}

// The fields by name; null if the module in force declares the event otherwise.
json event_fields(const call::LinkedSet& set, const ledger::EventRecord& event) {
    const bytecode::Module* module = set.find(event.module);
    if (module == nullptr) return nullptr;
    const auto declared =
        std::find_if(module->events.begin(), module->events.end(),
                     [&](const auto& candidate) { return candidate.name == event.event; });
    if (declared == module->events.end()) return nullptr;
    base::Reader in(event.fields);
    json fields = json::object();
    for (std::size_t i = 0; i < declared->fields.size() && in.ok(); ++i) {
        const value::Type& type = *module->types[declared->fields[i]];
        const value::Value value = value::decode(in, type);
        if (in.ok()) fields[declared->field_names[i]] = value::to_json(value, type);
    }
    return in.finish() ? fields : json(nullptr);
}

// What the action returned; null if it returned nothing, or if the module in force declares the
// action otherwise.
json returned(const call::LinkedSet& set, const ledger::Receipt& receipt) {
    if (receipt.result.empty() || receipt.decisions.empty()) return nullptr;
    const ledger::DecisionRecord& own = receipt.decisions.back();
    const call::LinkedAction* action = set.find(own.module, own.action);
    if (action == nullptr) return nullptr;
    const bytecode::Module& module = *set.modules[action->module];
    const std::optional<bytecode::TypeIndex>& type = module.actions[action->action].result;
    if (!type) return nullptr;
    const auto value = value::from_bytes(receipt.result, *module.types[*type]);
    return value ? value::to_json(*value, *module.types[*type]) : json(nullptr);
}

}  // namespace

Reply json_reply(const json& made, int status) { return {status, made.dump() + "\n"}; }

Reply error_reply(int status, std::string_view error, std::string_view allowed) {
    // What a client sent may stand in the message: what is no UTF-8 in it is replaced.
    const json made = {{"error", error}, {"allowed", allowed}};
    return {status, made.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

Reply error_reply(const base::Error& error) {
    return error_reply(status_of(error.kind), error.message, "see /v1/openapi.json");
}

base::Result<json> read_json(const std::string& text) {
    base::Result<json> parsed = value::parse_json(text);
    if (!parsed) return base::in_context("the body", parsed.error());
    if (!parsed->is_object()) return base::input_error("the body is not a JSON object");
    return parsed;
}

base::Result<NamedPlace> find_place(const Api& api, const Request& request) {
    const std::optional<std::string> module_name = query_of(request, "module");
    const std::optional<std::string> store_name = query_of(request, "store");
    if (!module_name || !store_name) {
        return base::input_error("the query needs module= and store= (and key= for a map)");
    }
    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    const bytecode::Module* module = set->find(*module_name);
    if (module == nullptr) {
        return base::input_error(fmt::format("no module {} is in force", *module_name));
    }
    const auto store =
        std::find_if(module->stores.begin(), module->stores.end(),
                     [&](const auto& candidate) { return candidate.name == *store_name; });
    if (store == module->stores.end()) {
        return base::input_error(fmt::format("{} has no store {}", *module_name, *store_name));
    }
    NamedPlace named;
    named.place = {*module_name, *store_name, {}};
    named.type = module->types[store->value];
    if (store->initial) named.initial = module->constants[*store->initial].value;
    const std::optional<std::string> key_text = query_of(request, "key");
    if (!store->key) {
        if (key_text) return base::input_error(*store_name + " is a single value: leave out key=");
        return named;
    }
    const value::Type& key_type = *module->types[*store->key];
    if (!key_text) {
        return base::input_error(fmt::format("{} is a map: give key= as JSON of type {}",
                                             *store_name, value::to_text(key_type)));
    }
    const base::Result<json> key = value::parse_json(*key_text, "a text stands in quotes");
    if (!key) return base::in_context("key=", key.error());
    const base::Result<value::Value> value = value::from_json(
        *key, key_type, "key", [&](std::string_view name) { return api.party_named(name); });
    if (!value) return base::error_of(value);
    named.place.key = value::to_bytes(*value, key_type);
    return named;
}

json receipt_json(const Api& api, const ledger::Receipt& receipt) {
    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    json events = json::array();
    for (const ledger::EventRecord& event : receipt.events) {
        events.push_back({{"module", event.module},
                          {"event", event.event},
                          {"fields", event_fields(*set, event)}});
    }
    Explained explained = explain(api, receipt);
    return {{"receipt", ledger::to_json(receipt)},
            {"receipt_bytes", base::to_hex(ledger::encode(receipt))},
            {"events", std::move(events)},
            {"returned", returned(*set, receipt)},
            {"summary", std::move(explained.summary)},
            {"explanation", std::move(explained.explanation)}};
}

base::Result<std::vector<value::Value>> read_arguments(const Api& api, const json& given,
                                                       const bytecode::Module& module,
                                                       const bytecode::ActionDecl& action) {
    const auto names = [&](std::string_view name) { return api.party_named(name); };
    const std::size_t count = action.parameters.size();
    if (!given.is_object() && !given.is_array()) {
        return base::input_error("arguments: an object by parameter name, or an array");
    }
    if (given.is_array() && given.size() != count) {
        return base::input_error(fmt::format("arguments: {}.{} takes {}, {} are given", module.name,
                                             action.name, count, given.size()));
    }
    std::vector<value::Value> arguments;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& name = action.parameter_names[i];
        if (given.is_object() && !given.contains(name)) {
            return base::input_error(
                fmt::format("arguments.{}: missing; {}.{} takes it as {}", name, module.name,
                            action.name, value::to_text(*module.types[action.parameters[i]])));
        }
        base::Result<value::Value> value =
            value::from_json(given.is_array() ? given[i] : given[name],
                             *module.types[action.parameters[i]], "arguments." + name, names);
        if (!value) return base::error_of(value);
        arguments.push_back(*std::move(value));
    }
    if (given.is_object() && given.size() > count) {
        for (const auto& [name, unused] : given.items()) {
            const auto& known = action.parameter_names;
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            return base::input_error(fmt::format("arguments.{}: {}.{} has no such parameter", name,
                                                 module.name, action.name));
        }
    }
    return arguments;
}

}  // namespace edict::api
