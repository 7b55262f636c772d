// edict facts-schema: what the facts of `edict decide` look like for these modules, as a JSON
// schema.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "compiler/source/diagnostics.h"

namespace edict::cli {

namespace {

using Json = nlohmann::json;
using value::Kind;
using value::Type;

struct SchemaOptions {
    std::vector<std::string> files;
    std::string action;
};

// Of a value, as value/json.h reads it. The title is the type as an officer writes it.
Json schema_of(const Type& type) {
    Json out = {{"title", value::to_text(type)}};
    switch (type.kind) {
        case Kind::boolean:
            out["type"] = "boolean";
            return out;
        case Kind::integer:
            out["anyOf"] = {{{"type", "integer"}, {"minimum", type.low}, {"maximum", type.high}},
                            {{"type", "string"}, {"pattern", "^(0|-?[1-9][0-9]{0,18})$"}}};
            return out;
        case Kind::text:
            out["type"] = "string";
            out["maxLength"] = type.capacity;  // of its bytes; characters are no more
            return out;
        case Kind::bytes:
            out["type"] = "string";
            out["pattern"] = fmt::format("^([0-9a-f]{{2}}){{0,{}}}$", type.capacity);
            return out;
        case Kind::date:
            out["type"] = "string";
            out["format"] = "date";
            return out;
        case Kind::hash:
            out["type"] = "string";
            out["pattern"] = "^[0-9a-f]{64}$";
            return out;
        case Kind::party:
            out["type"] = "string";
            out["description"] = "the name of one of the parties, or 64 hexadecimal digits";
            return out;
        case Kind::enumeration:
            out["enum"] = type.members;
            return out;
        case Kind::record: {
            out["type"] = "object";
            out["additionalProperties"] = false;
            out["properties"] = Json::object();
            Json required = Json::array();
            for (const value::Field& field : type.fields) {
                out["properties"][field.name] = schema_of(*field.type);
                if (field.type->kind != Kind::optional) required.push_back(field.name);
            }
            out["required"] = std::move(required);
            return out;
        }
        case Kind::optional: {
            const Type& element = *type.parts[0];
            Json present = schema_of(element);
            if (element.kind == Kind::optional) {
                present = {{"type", "array"}, {"items", present}, {"minItems", 1}, {"maxItems", 1}};
            }
            out["anyOf"] = Json::array({{{"type", "null"}}, std::move(present)});
            return out;
        }
        case Kind::set:
            out["type"] = "array";
            out["items"] = schema_of(*type.parts[0]);
            out["maxItems"] = type.capacity;
            return out;
        case Kind::tuple: {
            out["type"] = "array";
            Json items = Json::array();
            for (const value::TypeRef& part : type.parts) items.push_back(schema_of(*part));
            out["prefixItems"] = std::move(items);
            out["items"] = false;
            out["minItems"] = type.parts.size();
            return out;
        }
        default:
            return out;  // its title says what it is; the reader of the facts checks it
    }
}

// An annotation of ours: a reader that does not know it passes over it.
void mark_personal(Json& schema) { schema["x-personal"] = true; }

bool is_personal(const bytecode::Module& module, bytecode::PersonalFlag flag) {
    return std::ranges::binary_search(module.personal, flag);
}

Json action_schema(const bytecode::Module& module, std::uint32_t index) {
    const bytecode::ActionDecl& action = module.actions[index];
    Json properties = Json::object();
    Json in_order = Json::array();
    for (std::size_t i = 0; i < action.parameters.size(); ++i) {
        Json one = schema_of(*module.types[action.parameters[i]]);
        if (is_personal(module, {bytecode::PersonalKind::parameter,
                                 static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(i)}))
            mark_personal(one);
        properties[action.parameter_names[i]] = one;
        in_order.push_back(std::move(one));
    }
    const Json by_name = {{"type", "object"},
                          {"additionalProperties", false},
                          {"properties", std::move(properties)},
                          {"required", action.parameter_names}};
    const std::size_t size = in_order.size();
    Json list = {{"type", "array"}, {"items", false}, {"minItems", size}};
    if (size > 0) list["prefixItems"] = std::move(in_order);
    return {{"anyOf", Json::array({by_name, std::move(list)})}};
}

// A store by its key: an object if a text can stand for the key, or a list of keys and values.
Json keyed_schema(const call::LinkedStore& store, const Json& value) {
    const Json list = {{"type", "array"},
                       {"items",
                        {{"type", "object"},
                         {"properties", {{"key", schema_of(*store.key)}, {"value", value}}},
                         {"required", {"key", "value"}}}}};
    return {{"anyOf", Json::array({{{"type", "object"}, {"additionalProperties", value}}, list})}};
}

Json store_schema(const call::LinkedSet& set, const call::LinkedStore& store) {
    const Json value = schema_of(*store.value);
    Json out = store.key == nullptr ? value : keyed_schema(store, value);
    const bytecode::Module* module = set.find(store.module);
    if (module == nullptr) return out;
    const auto at = std::ranges::find(module->stores, store.store, &bytecode::StoreDecl::name);
    const auto index = static_cast<std::uint16_t>(at - module->stores.begin());
    if (is_personal(*module, {bytecode::PersonalKind::store, index, 0})) mark_personal(out);
    return out;
}

// Names of declarations in full, and alone where only one module has them.
template <typename Add>
void each_name(const std::map<std::string, std::vector<std::string>>& modules_of, const Add& add) {
    for (const auto& [name, modules] : modules_of) {
        for (const std::string& module : modules) {
            add(module + "." + name, module, name);
            if (modules.size() == 1) add(name, module, name);
        }
    }
}

Json roles_of(const call::LinkedSet& set) {
    std::set<std::string> all;
    for (const auto& module : set.modules) all.insert(module->roles.begin(), module->roles.end());
    if (all.empty()) return {{"type", "array"}, {"maxItems", 0}};
    return {{"type", "array"}, {"items", {{"enum", all}}}};
}

base::Result<Json> facts_schema(const call::LinkedSet& set, const std::string& wanted) {
    std::map<std::string, std::vector<std::string>> actions, stores;
    for (const auto& [name, action] : set.actions) actions[name.second].push_back(name.first);
    for (const call::LinkedStore& store : set.stores) {
        if (set.find(store.module) != nullptr) stores[store.store].push_back(store.module);
    }

    Json names = Json::array();
    Json one_of = Json::array();
    std::vector<std::string> known;
    each_name(
        actions, [&](const std::string& shown, const std::string& module, const std::string& name) {
            known.push_back(shown);
            if (!wanted.empty() && wanted != shown) return;
            const call::LinkedAction* linked = set.find(module, name);
            const bytecode::Module& code = *set.modules[linked->module];
            names.push_back(shown);
            one_of.push_back(
                {{"if", {{"properties", {{"action", {{"const", shown}}}}}}},
                 {"then", {{"properties", {{"arguments", action_schema(code, linked->action)}}}}}});
        });
    if (names.empty() && !wanted.empty()) {
        const auto near = source::nearest(wanted, known);
        return base::input_error(fmt::format("there is no action {}{}", wanted,
                                             near ? fmt::format("; did you mean {}?", *near) : ""));
    }
    Json store_properties = Json::object();
    // What the machine reads of a module that is not there has its full name only.
    for (const call::LinkedStore& store : set.stores) {
        if (set.find(store.module) == nullptr)
            store_properties[store.module + "." + store.store] = store_schema(set, store);
    }
    each_name(stores,
              [&](const std::string& shown, const std::string& module, const std::string& name) {
                  for (const call::LinkedStore& store : set.stores) {
                      if (store.module == module && store.store == name) {
                          store_properties[shown] = store_schema(set, store);
                      }
                  }
              });
    const Json party = {
        {"anyOf", Json::array({roles_of(set),
                               {{"type", "object"},
                                {"additionalProperties", false},
                                {"properties",
                                 {{"id", {{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}}},
                                  {"roles", roles_of(set)}}}}})}};
    return Json{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "Facts for edict decide"},
                {"type", "object"},
                {"additionalProperties", false},
                {"required", {"action", "caller", "at"}},
                {"properties",
                 {{"action", {{"enum", std::move(names)}}},
                  {"arguments", Json::object()},
                  {"caller", schema_of(*value::party_type())},
                  {"signer", schema_of(*value::party_type())},
                  {"parties", {{"type", "object"}, {"additionalProperties", party}}},
                  {"at",
                   {{"type", "string"},
                    {"description", "2026-02-01, 2026-02-01T09:30 or 2026-02-01T09:30:00Z"}}},
                  {"stores",
                   {{"type", "object"},
                    {"additionalProperties", false},
                    {"properties", std::move(store_properties)}}}}},
                {"allOf", std::move(one_of)}};
}

Exit print_schema(const SchemaOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit);
    if (!made) return exit;
    const auto schema = facts_schema(*made->linked, options.action);
    if (!schema) return report(schema.error());
    print(schema->dump(2) + "\n");
    return Exit::ok;
}

}  // namespace

void add_facts_schema(Verb& top) {
    auto options = std::make_shared<SchemaOptions>();
    Verb verb = top.add("facts-schema", "Print the JSON schema of the facts of `edict decide`");
    verb.positional("FILES", options->files, "Files (.edict, .edict.md) or folders of them",
                    Takes::path);
    verb.option("--call", options->action, "Only for this action: \"module.action\"");
    verb.footer(
        "JSON Schema, draft 2020-12. An editor that is given it completes and checks the facts.\n"
        "Bounds that JSON Schema cannot say (bytes of a text, a day that exists) are checked by\n"
        "`edict decide`.\n"
        "Exit codes: 0 printed, 1 mistakes in the files or no such action, 4 a file cannot be "
        "read.");
    verb.run([options] { return print_schema(*options); });
}

}  // namespace edict::cli
