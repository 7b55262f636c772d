#include "cli/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/moment.h"
#include "compiler/source/diagnostics.h"
#include "value/json.h"
#include "value/json_text.h"
#include "vm/call/stored.h"

namespace edict::cli {

namespace {

using Json = nlohmann::json;
using value::TypeRef;

const std::vector<std::string> MEMBERS = {"action", "arguments", "at",    "caller",
                                          "signer", "parties",   "stores"};

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
    const auto near = source::nearest(word, candidates);
    return near ? fmt::format("; did you mean {}?", *near) : "";
}

// Reads one document against the modules in force.
class Reader {
public:
    Reader(const call::LinkedSet& set, const Json& json) : set_(set), json_(json) {}

    base::Result<Facts> read() {
        for (const auto& [name, unused] : json_.items()) {
            if (std::ranges::find(MEMBERS, name) == MEMBERS.end())
                return base::input_error(
                    fmt::format("{}: there is no such fact{}; the facts are {}", name,
                                suggestion(name, MEMBERS), fmt::join(MEMBERS, ", ")));
        }
        for (const auto part : {&Reader::action, &Reader::parties, &Reader::callers,
                                &Reader::moment, &Reader::arguments, &Reader::stores}) {
            if (const base::Status status = (this->*part)(); !status) return base::error_of(status);
        }
        return std::move(facts_);
    }

private:
    [[nodiscard]] const Json* member(const char* name) const {
        const auto found = json_.find(name);
        return found == json_.end() || found->is_null() ? nullptr : &*found;
    }
    base::Result<std::string> text(const char* name) const {
        const Json* found = member(name);
        if (found == nullptr) return base::input_error(fmt::format("{}: is missing", name));
        if (!found->is_string()) return base::input_error(fmt::format("{}: must be a text", name));
        return found->get<std::string>();
    }
    [[nodiscard]] value::PartyNames party_names() const {
        return [this](std::string_view name) -> std::optional<value::PartyId> {
            const auto found = parties_.find(std::string(name));
            if (found == parties_.end()) return std::nullopt;
            return found->second;
        };
    }

    // "module.action", or "action" where only one module has it.
    base::Status action() {
        const auto wanted = text("action");
        if (!wanted) return base::error_of(wanted);
        std::vector<std::string> all, matching;
        for (const auto& [name, unused] : set_.actions) {
            all.push_back(name.first + "." + name.second);
            if (all.back() != *wanted && name.second != *wanted) continue;
            matching.push_back(all.back());
            facts_.call.module = name.first;
            facts_.call.action = name.second;
            if (all.back() == *wanted) return found_action();
        }
        if (matching.size() == 1) return found_action();
        if (matching.empty())
            return base::input_error(
                fmt::format("action: there is no action {}{}", *wanted, suggestion(*wanted, all)));
        return base::input_error(fmt::format("action: {} could be {}; name one in full", *wanted,
                                             fmt::join(matching, " or ")));
    }
    base::Status found_action() {
        const call::LinkedAction* linked = set_.find(facts_.call.module, facts_.call.action);
        module_ = set_.modules[linked->module].get();
        action_ = &module_->actions[linked->action];
        return {};
    }

    base::Status parties() {
        const Json* given = member("parties");
        if (given == nullptr) return {};
        if (!given->is_object())
            return base::input_error(
                "parties: must be an object, each party's name with its list of roles");
        for (const auto& [name, party] : given->items()) {
            if (const auto status = this->party(name, party); !status)
                return base::in_context("parties." + name, status.error());
        }
        return {};
    }
    // ["hospital"] or { "id": "64 hexadecimal digits", "roles": ["hospital"] }
    base::Status party(const std::string& name, const Json& json) {
        value::PartyId id = value::party_named(name);
        const Json* roles = &json;
        if (json.is_object()) {
            for (const auto& [key, unused] : json.items()) {
                if (key != "id" && key != "roles")
                    return base::input_error(key + ": a party has only an id and roles");
            }
            if (json.contains("id")) {
                const auto read = value::from_json(json["id"], *value::party_type(), "id");
                if (!read) return base::error_of(read);
                id = std::get<value::PartyId>(read->data);
            }
            static const Json none = Json::array();
            roles = json.contains("roles") ? &json["roles"] : &none;
        }
        if (!roles->is_array()) return base::input_error("must be a list of roles");
        for (const Json& role : *roles) {
            if (const auto status = give_role(id, role); !status) return status;
        }
        parties_[name] = id;
        facts_.names[id] = name;
        return {};
    }
    base::Status give_role(const value::PartyId& id, const Json& role) {
        if (!role.is_string()) return base::input_error("a role is a text");
        std::vector<std::string> declared;
        for (const auto& module : set_.modules)
            declared.insert(declared.end(), module->roles.begin(), module->roles.end());
        const auto name = role.get<std::string>();
        if (std::ranges::find(declared, name) == declared.end())
            return base::input_error(
                fmt::format("no module declares a role {}{}", name, suggestion(name, declared)));
        const call::LinkedStore& store = set_.stores[set_.roles_store];
        const value::Value key{value::Record{{value::Value{id}, value::Value{name}}}};
        put({store.module, store.store, value::to_bytes(key, *store.key)}, value::Value{true},
            *store.value);
        return {};
    }

    base::Status callers() {
        for (const char* who : {"caller", "signer"}) {
            const Json* given = member(who);
            if (given == nullptr && who == std::string_view("signer")) {
                facts_.call.signer = facts_.call.caller;
                continue;
            }
            if (given == nullptr) return base::input_error("caller: is missing");
            const auto id = value::from_json(*given, *value::party_type(), who, party_names());
            if (!id) return base::error_of(id);
            (who == std::string_view("caller") ? facts_.call.caller : facts_.call.signer) =
                std::get<value::PartyId>(id->data);
        }
        return {};
    }

    base::Status moment() {
        const auto written = text("at");
        if (!written) return base::error_of(written);
        const auto time = time_from_text(*written, module_->zone_minutes.value_or(0));
        if (!time) return base::in_context("at", time.error());
        facts_.block.time_ms = *time;
        facts_.at = *written;
        return {};
    }

    // By name, or in order.
    base::Status arguments() {
        static const Json none = Json::object();
        const Json* given = member("arguments");
        if (given == nullptr) given = &none;
        const auto& names = action_->parameter_names;
        if (given->is_array() && given->size() != names.size())
            return base::input_error(fmt::format("arguments: {} takes {}, not {}: {}",
                                                 action_->name, names.size(), given->size(),
                                                 fmt::join(names, ", ")));
        if (!given->is_array() && !given->is_object())
            return base::input_error("arguments: must be an object or a list");
        if (given->is_object()) {
            for (const auto& [name, unused] : given->items()) {
                if (std::ranges::find(names, name) == names.end())
                    return base::input_error(fmt::format("arguments.{}: {} has no such parameter{}",
                                                         name, action_->name,
                                                         suggestion(name, names)));
            }
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string place = "arguments." + names[i];
            if (given->is_object() && !given->contains(names[i]))
                return base::input_error(place + ": is missing");
            const Json& json = given->is_array() ? (*given)[i] : (*given)[names[i]];
            auto read = value::from_json(json, *module_->types[action_->parameters[i]], place,
                                         party_names());
            if (!read) return base::error_of(read);
            facts_.call.arguments.push_back(std::move(*read));
        }
        return {};
    }

    base::Status stores() {
        const Json* given = member("stores");
        std::set<const call::LinkedStore*> named;
        if (given == nullptr) return initial_data(named);
        if (!given->is_object())
            return base::input_error(
                "stores: must be an object, each store's name with its content");
        for (const auto& [name, content] : given->items()) {
            const auto store = find_store(name);
            if (!store) return base::in_context("stores", store.error());
            if (!named.insert(*store).second) {
                return base::input_error(fmt::format(
                    "stores.{}: names a store that another name stands for already", name));
            }
        }
        if (const auto status = initial_data(named); !status) return status;
        for (const auto& [name, content] : given->items()) {
            const auto store = find_store(name);
            if (const auto status = fill(**store, content, "stores." + name); !status)
                return status;
        }
        return {};
    }
    // A store that the facts name holds what they say; any other one what it begins with.
    base::Status initial_data(const std::set<const call::LinkedStore*>& named) {
        const auto is_named = [&](const call::StateKey& place) {
            return std::ranges::any_of(named, [&](const call::LinkedStore* store) {
                return store->module == place.module && store->store == place.store;
            });
        };
        for (const auto& module : set_.modules) {
            for (auto& [place, value] : call::initial_data(*module)) {
                if (!is_named(place)) facts_.state.put(place, *std::move(value));
            }
        }
        return {};
    }
    // "module.store", or "store" where only one module has it.
    base::Result<const call::LinkedStore*> find_store(const std::string& wanted) const {
        std::vector<std::string> all, matching;
        const call::LinkedStore* found = nullptr;
        for (const call::LinkedStore& store : set_.stores) {
            all.push_back(store.module + "." + store.store);
            if (all.back() == wanted) return &store;
            // What the machine reads of a module that is not there has its full name only.
            if (store.store != wanted || set_.find(store.module) == nullptr) continue;
            matching.push_back(all.back());
            found = &store;
        }
        if (matching.size() == 1) return found;
        if (matching.empty())
            return base::input_error(
                fmt::format("there is no store {}{}", wanted, suggestion(wanted, all)));
        return base::input_error(
            fmt::format("{} could be {}; name one in full", wanted, fmt::join(matching, " or ")));
    }
    // A single store: its value. A map: an object, or a list of { "key": …, "value": … }.
    base::Status fill(const call::LinkedStore& store, const Json& content,
                      const std::string& place) {
        if (store.key == nullptr) {
            return put_cell({store.module, store.store, {}}, store, content, place);
        }
        std::set<base::Bytes> keys;
        if (content.is_object()) {
            for (const auto& [key, json] : content.items()) {
                const Json key_json = key_from_member(key, *store.key);
                const std::string inside = fmt::format("{}[{}]", place, key);
                const auto cell = cell_of(store, key_json, inside, keys);
                if (!cell) return base::error_of(cell);
                if (const auto status = put_cell(*cell, store, json, inside); !status)
                    return status;
            }
            return {};
        }
        if (!content.is_array())
            return base::input_error(
                place + ": must be an object, or a list of objects with a key and a value");
        for (std::size_t i = 0; i < content.size(); ++i) {
            const std::string inside = fmt::format("{}[{}]", place, i);
            const Json& entry = content[i];
            if (!entry.is_object() || !entry.contains("key") || !entry.contains("value"))
                return base::input_error(inside + ": must be an object with a key and a value");
            const auto cell = cell_of(store, entry["key"], inside + ".key", keys);
            if (!cell) return base::error_of(cell);
            if (const auto status = put_cell(*cell, store, entry["value"], inside + ".value");
                !status)
                return status;
        }
        return {};
    }
    // Where the entry of the key is; `keys` are those before it, among which it may not be.
    base::Result<call::StateKey> cell_of(const call::LinkedStore& store, const Json& key,
                                         const std::string& place,
                                         std::set<base::Bytes>& keys) const {
        const auto read = value::from_json(key, *store.key, place, party_names());
        if (!read) return base::error_of(read);
        call::StateKey cell{store.module, store.store, value::to_bytes(*read, *store.key)};
        if (!keys.insert(cell.key).second)
            return base::input_error(place + ": the store has a value for this key already");
        return cell;
    }
    base::Status put_cell(call::StateKey cell, const call::LinkedStore& store, const Json& json,
                          const std::string& place) {
        const auto read = value::from_json(json, *store.value, place, party_names());
        if (!read) return base::error_of(read);
        put(std::move(cell), *read, *store.value);
        return {};
    }
    // The name of a member as the JSON that stands for a key of this type.
    static Json key_from_member(const std::string& member, const value::Type& type) {
        if (type.kind == value::Kind::boolean && (member == "true" || member == "false"))
            return member == "true";
        return member;
    }
    void put(call::StateKey cell, const value::Value& value, const value::Type& type) {
        facts_.state.put(std::move(cell), value::to_bytes(value, type));
    }

    const call::LinkedSet& set_;
    const Json& json_;
    const bytecode::Module* module_ = nullptr;
    const bytecode::ActionDecl* action_ = nullptr;
    std::map<std::string, value::PartyId> parties_;
    Facts facts_;
};

base::Result<Json> parse(const std::string& text) {
    base::Result<Json> json = value::parse_json(text);
    if (json && !json->is_object()) return base::input_error("must be a JSON object: { … }");
    return json;
}

}  // namespace

base::Result<Facts> read_facts(const std::string& path, const std::string& text,
                               const std::string& call_text, const call::LinkedSet& set) {
    auto json = parse(text);
    if (!json) return base::in_context(path, json.error());
    if (call_text.starts_with("{")) {
        const auto above = parse(call_text);
        if (!above) return base::in_context("--call", above.error());
        json->update(*above);
    } else if (!call_text.empty()) {
        (*json)["action"] = call_text;
    }
    auto facts = Reader(set, *json).read();
    if (!facts) return base::in_context(path, facts.error());
    return facts;
}

}  // namespace edict::cli
