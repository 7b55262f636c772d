#include "chain/executor/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/check.h"
#include "chain/executor/limits.h"
#include "chain/executor/state.h"

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

bool same_store(const bytecode::Module& old_module, const bytecode::StoreDecl& old_store,
                const bytecode::Module& new_module, const bytecode::StoreDecl& new_store) {
    if (old_store.key.has_value() != new_store.key.has_value()) return false;
    if (old_store.key &&
        !value::same_type(*old_module.types[*old_store.key], *new_module.types[*new_store.key])) {
        return false;
    }
    return value::same_type(*old_module.types[old_store.value], *new_module.types[new_store.value]);
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
    for (const bytecode::StoreDecl& store : before.stores) {
        const auto kept = std::find_if(after.stores.begin(), after.stores.end(),
                                       [&](const auto& other) { return other.name == store.name; });
        if (kept == after.stores.end()) {
            return base::input_error(
                fmt::format("{} {} has no store {} any more; stored values would be lost",
                            after.name, version_text(after), store.name));
        }
        if (!same_store(before, store, after, *kept)) {
            return base::input_error(
                fmt::format("the store {} of {} has another type than in version {}; stored values "
                            "would not fit",
                            store.name, after.name, version_text(before)));
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
