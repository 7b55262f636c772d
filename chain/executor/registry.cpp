#include "chain/executor/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/check.h"
#include "chain/executor/limits.h"
#include "chain/executor/state.h"
#include "vm/bytecode/personal.h"
#include "vm/bytecode/schema.h"

namespace edict::executor {

namespace {

using ModuleRef = std::shared_ptr<const bytecode::Module>;

auto version_of(const bytecode::Module& module) {
    return std::tuple(module.version_major, module.version_minor, module.version_patch);
}

std::string version_text(const bytecode::Module& module) {
    return fmt::format("{}.{}.{}", module.version_major, module.version_minor,
                       module.version_patch);
}

// A key finds what stands there as long as its bytes stay the same: an enum may gain members.
bool same_key(const value::Type& before, const value::Type& after) {
    if (value::same_type(before, after)) return true;
    if (before.kind != after.kind) return false;
    if (before.kind == value::Kind::enumeration) {
        return before.name == after.name && before.members.size() <= after.members.size() &&
               std::equal(before.members.begin(), before.members.end(), after.members.begin());
    }
    if (before.name != after.name || before.capacity != after.capacity ||
        before.parts.size() != after.parts.size() || before.fields.size() != after.fields.size() ||
        (before.parts.empty() && before.fields.empty()))
        return false;
    const auto same_field = [](const value::Field& a, const value::Field& b) {
        return a.name == b.name && same_key(*a.type, *b.type);
    };
    return std::equal(before.parts.begin(), before.parts.end(), after.parts.begin(),
                      [](const auto& a, const auto& b) { return same_key(*a, *b); }) &&
           std::equal(before.fields.begin(), before.fields.end(), after.fields.begin(), same_field);
}

using Types = std::vector<value::TypeRef>;

// Every type that the values of a store may have had, the present one last.
Types types_of(const bytecode::Module& module, std::size_t store) {
    Types all;
    if (const auto* older = bytecode::older_types(module, store)) {
        for (const bytecode::TypeIndex type : *older) all.push_back(module.types[type]);
    }
    all.push_back(module.types[module.stores[store].value]);
    return all;
}

bool knows(const Types& all, const value::Type& type) {
    return std::ranges::any_of(
        all, [&](const value::TypeRef& one) { return value::same_type(*one, type); });
}

// The innermost enum or record of the type whose number is not among `known`, to which those of the
// type are added; null if there is none.
value::TypeRef first_named(const value::TypeRef& type, std::set<std::uint32_t>& known) {
    value::TypeRef found;
    const auto look = [&](const value::TypeRef& inside) {
        value::TypeRef made = first_named(inside, known);
        if (found == nullptr) found = std::move(made);
    };
    for (const value::TypeRef& part : type->parts) look(part);
    for (const value::Field& field : type->fields) look(field.type);
    const bool is_named =
        type->kind == value::Kind::record || type->kind == value::Kind::enumeration;
    const bool is_new = is_named && known.insert(bytecode::type_number(*type)).second;
    return found == nullptr && is_new ? type : found;
}

// Why the new version cannot read what a store holds; empty if it can. Stored values carry the
// number of their type, so the new version must know each type that the old one knew.
std::string unreadable(const bytecode::Module& before, std::size_t in_before,
                       const bytecode::Module& after, std::size_t in_after) {
    const bytecode::StoreDecl& old_store = before.stores[in_before];
    const bytecode::StoreDecl& new_store = after.stores[in_after];
    if (old_store.key.has_value() != new_store.key.has_value())
        return "it holds a value for each key in one version only";
    if (old_store.key && !same_key(*before.types[*old_store.key], *after.types[*new_store.key])) {
        return fmt::format("its keys are {} and were {}; keys cannot be converted",
                           value::to_text(*after.types[*new_store.key]),
                           value::to_text(*before.types[*old_store.key]));
    }
    const Types were = types_of(before, in_before), are = types_of(after, in_after);
    const auto unknown =
        std::ranges::find_if(were, [&](const value::TypeRef& one) { return !knows(are, *one); });
    if (unknown == were.end()) return {};
    std::set<std::uint32_t> known;
    for (const value::TypeRef& type : are) (void)first_named(type, known);
    const value::TypeRef other = first_named(*unknown, known);
    if (other != nullptr && !other->name.starts_with(after.name + ".")) {
        const std::size_t dot = other->name.rfind('.');
        const bool is_enum = other->kind == value::Kind::enumeration;
        const std::string or_upgrade = fmt::format(
            " (a field with its default too), or write `upgrade {} from VERSION (…) = …`",
            other->name.substr(dot + 1));
        return fmt::format(
            "it holds {}, which has changed, and {} does not say how it was: mark there each {} "
            "that was added with `since`{}, and keep what older versions said",
            other->name, other->name.substr(0, dot), is_enum ? "member" : "field",
            is_enum ? "" : or_upgrade);
    }
    return fmt::format(
        "it does not say how the values of version {} are read: mark each field and member that "
        "was added with `since` (a field with its default too), or write `upgrade TYPE from {} (…) "
        "= …`, and keep what older versions said",
        version_text(before), version_text(before));
}

// What is stored must mean the same to the new version.
base::Status check_upgrade(const bytecode::Module& before, const bytecode::Module& after) {
    if (before.kind != after.kind) {
        return base::input_error(fmt::format(
            "{} is a contract in one version and a regulation in the other", after.name));
    }
    if (version_of(after) <= version_of(before)) {
        return base::input_error(
            fmt::format("{} {} is in force; the version {} does not rise above it", after.name,
                        version_text(before), version_text(after)));
    }
    for (std::size_t i = 0; i < before.stores.size(); ++i) {
        const bytecode::StoreDecl& store = before.stores[i];
        const auto kept = std::find_if(after.stores.begin(), after.stores.end(),
                                       [&](const auto& other) { return other.name == store.name; });
        if (kept == after.stores.end()) {
            return base::input_error(
                fmt::format("{} {} has no store {} any more; stored values would be lost",
                            after.name, version_text(after), store.name));
        }
        const auto at = static_cast<std::size_t>(kept - after.stores.begin());
        if (const std::string why = unreadable(before, i, after, at); !why.empty()) {
            return base::input_error(fmt::format("the store {} of {} {}: {}", store.name,
                                                 after.name, version_text(after), why));
        }
    }
    return {};
}

// The version in force decides who must agree; a contract that is new speaks for itself.
const bytecode::Module* deciding_version(const std::string& contract,
                                         const call::LinkedSet& current,
                                         const std::map<std::string, ModuleRef>& added) {
    if (const bytecode::Module* old_version = current.find(contract)) return old_version;
    const auto found = added.find(contract);
    return found == added.end() ? nullptr : found->second.get();
}

void add_needs(Needs& needs, const bytecode::Module* contract) {
    if (contract == nullptr) return;
    for (const std::string& role : contract->regulators) needs.emplace(contract->name, role);
}

Needs needs_of(const std::map<std::string, ModuleRef>& added, const call::LinkedSet& current) {
    Needs needs;
    for (const auto& [name, module] : added) {
        const bytecode::Module* before = current.find(name);
        if (before != nullptr) add_needs(needs, before);
        for (const std::string& contract : module->governs) {
            add_needs(needs, deciding_version(contract, current, added));
        }
        if (before == nullptr) continue;
        for (const std::string& contract : before->governs)
            add_needs(needs, current.find(contract));
    }
    return needs;
}

}  // namespace

base::Result<Admissible> examine_bundle(const ledger::ModuleBundle& bundle,
                                        const call::LinkedSet& current) {
    Admissible admissible;
    std::map<std::string, ModuleRef> added;
    for (const base::Bytes& bytes : bundle.modules) {
        base::Result<bytecode::Module> module = bytecode::decode(bytes);
        if (!module) return base::error_of(module);
        const std::string name = module->name;
        if (name == CHAIN || name.starts_with("std.")) {
            return base::input_error(fmt::format(
                "{}: modules of this name come with the node and are not deployed", name));
        }
        if (const auto place = bytecode::published_personal(*module)) {
            return base::input_error(fmt::format(
                "{} is not deployed, for every member of the chain would read personal data: {}; "
                "commitments and pseudonyms may be told",
                name, *place));
        }
        if (const bytecode::Module* before = current.find(name)) {
            if (const base::Status fits = check_upgrade(*before, *module); !fits) {
                return base::error_of(fits);
            }
        }
        auto shared = std::make_shared<const bytecode::Module>(*std::move(module));
        if (!added.emplace(name, shared).second) {
            return base::input_error(fmt::format("{} is in the set twice", name));
        }
        admissible.modules.push_back(std::move(shared));
    }
    if (added.empty()) return base::input_error("the set has no module");

    std::vector<ModuleRef> all = admissible.modules;
    for (const ModuleRef& module : current.modules) {
        if (!added.contains(module->name)) all.push_back(module);
    }
    if (all.size() > MAX_MODULES_IN_FORCE) {
        return base::input_error(fmt::format("{} modules would be in force; the limit is {}",
                                             all.size(), MAX_MODULES_IN_FORCE));
    }
    base::Result<call::LinkedSet> linked = call::link(std::move(all));
    if (!linked) return base::error_of(linked);
    admissible.in_force = *std::move(linked);
    admissible.needs = needs_of(added, current);
    return admissible;
}

value::Value to_value(const Needs& needs) {
    std::vector<value::Value> elements;
    for (const auto& [contract, role] : needs) {
        elements.push_back({value::Record{{value::Value{contract}, value::Value{role}}}});
    }
    return {value::make_set(std::move(elements))};
}

Needs needs_from(const value::Value& value) {
    Needs needs;
    for (const value::Value& element : std::get<value::Set>(value.data).elements) {
        const std::vector<value::Value>& fields = std::get<value::Record>(element.data).fields;
        EDICT_CHECK(fields.size() == 2);
        needs.emplace(std::get<std::string>(fields[0].data), std::get<std::string>(fields[1].data));
    }
    return needs;
}

}  // namespace edict::executor
