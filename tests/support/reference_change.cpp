#include "tests/support/reference_change.h"

#include <algorithm>

#include "base/check.h"

namespace edict::reference {

namespace {

using value::Kind;
using value::Value;

Value upgraded(const check::Program& program, const check::Module& module,
               const check::Upgrade& upgrade, const Value& old, const value::Type& from) {
    std::vector<Value> arguments;
    const auto& fields = std::get<value::Record>(old.data).fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        arguments.push_back(
            as_now(program, module, fields[i], *from.fields[i].type, *upgrade.fields[i].type));
    }
    std::map<check::LocalId, Value> locals;
    const Maybe made = evaluate(program, *upgrade.value, arguments, locals, {});
    EDICT_CHECK(made.has_value());
    return *made;
}

Value with_defaults(const check::Program& program, const check::Module& module, const Value& old,
                    const value::Type& from, const value::Type& to) {
    value::Record made;
    for (std::uint32_t i = 0; i < to.fields.size(); ++i) {
        const auto was = std::ranges::find(from.fields, to.fields[i].name, &value::Field::name);
        if (was != from.fields.end()) {
            const auto at = static_cast<std::size_t>(was - from.fields.begin());
            made.fields.push_back(as_now(program, module,
                                         std::get<value::Record>(old.data).fields[at], *was->type,
                                         *to.fields[i].type));
            continue;
        }
        for (const check::FieldDefault& one : module.field_defaults) {
            if (one.record->name == to.name && one.field == i) made.fields.push_back(one.value);
        }
    }
    return {made};
}

}  // namespace

Value as_now(const check::Program& program, const check::Module& module, const Value& old,
             const value::Type& from, const value::Type& to) {
    const auto each = [&](const std::vector<Value>& all) {
        std::vector<Value> made;
        for (const Value& one : all)
            made.push_back(as_now(program, module, one, *from.parts[0], *to.parts[0]));
        return made;
    };
    if (to.kind == Kind::optional)
        return {value::Optional{each(std::get<value::Optional>(old.data).element)}};
    if (to.kind == Kind::list) return {value::List{each(std::get<value::List>(old.data).elements)}};
    if (to.kind == Kind::set)
        return {value::make_set(each(std::get<value::Set>(old.data).elements))};
    if (to.kind != Kind::record || value::same_type(from, to)) return old;
    for (const check::UpgradeUse& use : module.upgrade_uses) {
        for (const value::TypeRef& type : use.from) {
            if (value::same_type(*type, from))
                return upgraded(program, module, program.at(use.upgrade), old, from);
        }
    }
    return with_defaults(program, module, old, from, to);
}

std::set<std::pair<std::string, std::string>> broken_invariants(
    const check::Program& program,
    const std::function<Maybe(check::StoreRef, const Value* key)>& read,
    const std::function<std::vector<Value>(check::StoreRef)>& keys_of) {
    World world;
    world.read = [&](check::StoreRef store, const Value* key, check::Moment) {
        return read(store, key);
    };
    std::set<std::pair<std::string, std::string>> broken;
    for (const check::Module& module : program.modules) {
        for (const check::Invariant& one : module.invariants) {
            std::vector<std::vector<Value>> all{{}};
            if (one.over) {
                all.clear();
                for (const Value& key : keys_of(*one.over)) {
                    const bool parts = one.keys.size() > 1;
                    all.push_back(parts ? std::get<value::Record>(key.data).fields
                                        : std::vector<Value>{key});
                }
            }
            for (const std::vector<Value>& arguments : all) {
                std::map<check::LocalId, Value> locals;
                const Maybe holds = evaluate(program, *one.condition, arguments, locals, world);
                if (!holds || !std::get<bool>(holds->data)) broken.emplace(module.name, one.name);
            }
        }
    }
    return broken;
}

}  // namespace edict::reference
