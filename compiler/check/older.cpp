// The types that the values of stores had before, as they would have been at each version that the
// texts name, and before the first of them.
#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <utility>

#include "compiler/check/change.h"

namespace edict::check {

namespace {

struct Age {  // a version that the text names, or what was before the first of them
    Version version;
    bool named = true;
    friend auto operator<=>(const Age&, const Age&) = default;
};

// Whether values of both types have the same bytes for the same thing, as keys must.
bool same_keys(const value::Type& older, const value::Type& now) {
    if (older.kind != now.kind) return false;
    if (older.kind == value::Kind::enumeration) {
        return older.members.size() <= now.members.size() &&
               std::equal(older.members.begin(), older.members.end(), now.members.begin());
    }
    if (older.parts.empty() && older.fields.empty()) return value::same_type(older, now);
    if (older.parts.size() != now.parts.size() || older.fields.size() != now.fields.size() ||
        older.capacity != now.capacity)
        return false;
    for (std::size_t i = 0; i < older.parts.size(); ++i) {
        if (!same_keys(*older.parts[i], *now.parts[i])) return false;
    }
    for (std::size_t i = 0; i < older.fields.size(); ++i) {
        if (older.fields[i].name != now.fields[i].name ||
            !same_keys(*older.fields[i].type, *now.fields[i].type))
            return false;
    }
    return true;
}

// Without its module.
std::string short_name(const value::Type& type) {
    return type.name.substr(type.name.rfind('.') + 1);
}

// Of a type's full name.
std::string module_of(const std::string& type) { return type.substr(0, type.rfind('.')); }

// A version of each of these modules; the others are as they are now.
using Ages = std::map<std::string, Age>;

class OlderTypes {
public:
    explicit OlderTypes(const ModuleScope& names)
        : context_(names.context()), module_(context_.module(names.self())), past_(context_.past) {}

    void run() {
        const std::size_t errors = context_.diagnostics.errors();
        for (Store& one : module_.stores) {
            if (past_.broken) return;
            store(one);
            past_.broken = context_.diagnostics.errors() != errors;
        }
        for (const auto& [upgrade, from] : used_) module_.upgrade_uses.push_back({upgrade, from});
    }

private:
    [[nodiscard]] const Upgrade& upgrade_at(UpgradeRef ref) const {
        return context_.program.at(ref);
    }

    template <typename Parts>
    bool each_at(const Parts& parts, const Ages& ages, std::vector<TypeRef>& out) {
        for (const TypeRef& part : parts) {
            out.push_back(at(part, ages));
            if (out.back() == nullptr) return false;
        }
        return true;
    }

    TypeRef made(base::Result<TypeRef> type) {
        if (type) return *std::move(type);
        context_.report(Code::E0308, module_.span,
                        "a type that an older version had: " + type.error().message);
        return nullptr;
    }

    // Null, and reported, if there was no such type.
    TypeRef at(const TypeRef& type, const Ages& ages) {
        switch (type->kind) {
            case value::Kind::enumeration:
                return enum_at(type, ages);
            case value::Kind::record:
                return record_at(type, ages);
            case value::Kind::optional:
            case value::Kind::set:
            case value::Kind::list:
            case value::Kind::tuple: {
                std::vector<TypeRef> parts;
                if (!each_at(type->parts, ages, parts)) return nullptr;
                if (parts == type->parts) return type;
                if (type->kind == value::Kind::optional)
                    return made(value::optional_type(parts[0]));
                if (type->kind == value::Kind::tuple)
                    return made(value::tuple_type(std::move(parts)));
                return made(type->kind == value::Kind::set
                                ? value::set_type(parts[0], type->capacity)
                                : value::list_type(parts[0], type->capacity));
            }
            default:
                return type;
        }
    }

    // Whether what came with a version was lacking.
    static bool is_later(const std::optional<ast::Version>& since, const std::optional<Age>& age) {
        return since && age && Age{version_of(*since)} > *age;
    }
    static std::optional<Age> age_of(const std::string& type, const Ages& ages) {
        const auto at = ages.find(module_of(type));
        return at == ages.end() ? std::nullopt : std::optional(at->second);
    }

    TypeRef enum_at(const TypeRef& type, const Ages& ages) {
        const auto tree = past_.enums.find(type->name);
        if (tree == past_.enums.end()) return type;
        const auto [known, fresh] = known_.try_emplace({type->name, ages});
        if (!fresh) return known->second;
        const std::optional<Age> age = age_of(type->name, ages);
        std::vector<std::string> members;
        for (std::size_t i = 0; i < type->members.size(); ++i) {
            if (!is_later(tree->second->since[i], age)) members.push_back(type->members[i]);
        }
        const bool same = members.size() == type->members.size();
        known->second =
            same ? type : made(value::enum_type(type->name, std::move(members), type->ordered));
        return known->second;
    }

    // The upgrade that reads the record as it was then: of the first version that is not before.
    [[nodiscard]] std::optional<UpgradeRef> upgrade_then(const std::string& record,
                                                         const Ages& ages) const {
        const std::optional<Age> age = age_of(record, ages);
        const auto all = past_.upgrades.find(record);
        if (!age || all == past_.upgrades.end()) return std::nullopt;
        for (const auto& [from, upgrade] : all->second) {
            if (*age <= Age{from}) return upgrade;
        }
        return std::nullopt;
    }

    TypeRef record_at(const TypeRef& type, const Ages& ages) {
        const auto tree = past_.records.find(type->name);
        if (tree == past_.records.end()) return type;
        const auto key = std::pair(type->name, ages);
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        if (!open_.insert(key).second) {
            report(reading_->span, quoted(short_name(*type)) + " would have contained itself")
                .with_help("write the fields that it had: no version could store such a record");
            return nullptr;
        }
        std::vector<value::Field> fields;
        bool same = true;
        const auto add = [&](const std::string& name, const TypeRef& held) {
            fields.push_back({name, at(held, ages)});
            same = same && fields.back().type == held;
            return fields.back().type != nullptr;
        };
        const std::optional<UpgradeRef> upgrade = upgrade_then(type->name, ages);
        if (upgrade) {
            same = false;
            const Upgrade* outer = std::exchange(reading_, &upgrade_at(*upgrade));
            for (const Parameter& field : reading_->fields) {
                if (!add(field.name, field.type)) return nullptr;
            }
            reading_ = outer;
        } else {
            const std::optional<Age> age = age_of(type->name, ages);
            for (std::uint32_t i = 0; i < type->fields.size(); ++i) {
                const auto& added = tree->second->fields[i].added;
                if (added && is_later(added->since, age)) {
                    same = false;
                    note_default(*type, i);
                } else if (!add(type->fields[i].name, type->fields[i].type)) {
                    return nullptr;
                }
            }
        }
        const TypeRef then = same ? type : made(value::record_type(type->name, std::move(fields)));
        if (upgrade && then != nullptr) {
            if (!told_apart(*upgrade, then)) return nullptr;
            note_from(*upgrade, then);
        }
        known_[key] = then;
        return then;
    }

    // A stored value is told by its type: one that looks like a later one would not be converted.
    bool told_apart(UpgradeRef ref, const TypeRef& then) {
        const Upgrade& upgrade = upgrade_at(ref);
        const auto equal = [&](const TypeRef& other) { return value::same_type(*then, *other); };
        if (equal(upgrade.to)) {
            report(upgrade.span, quoted(short_name(*upgrade.to)) +
                                     " has these fields now: old values would look like new ones")
                .with_help("give a field another name");
            return false;
        }
        for (const auto& [from, other] : past_.upgrades.at(upgrade.to->name)) {
            const auto used = used_.find(other);
            if (other == ref || used == used_.end() || std::ranges::none_of(used->second, equal))
                continue;
            report(upgrade.span, quoted(short_name(*upgrade.to)) +
                                     " had these fields in another version too: old values would "
                                     "look alike")
                .with_label(upgrade_at(other).span, "there")
                .with_help("keep one of the two");
            return false;
        }
        return true;
    }

    void note_from(UpgradeRef upgrade, const TypeRef& from) {
        std::vector<TypeRef>& all = used_[upgrade];
        if (!contains(all, *from)) all.push_back(from);
    }
    static bool contains(const std::vector<TypeRef>& all, const value::Type& type) {
        return std::ranges::any_of(
            all, [&](const TypeRef& one) { return value::same_type(*one, type); });
    }

    // A field of another module's record, whose default this module must know too.
    void note_default(const value::Type& record, std::uint32_t field) {
        const std::string owner = module_of(record.name);
        if (owner == module_.name || !lacking_.emplace(record.name, field).second) return;
        for (const FieldDefault& one :
             context_.program.at(*context_.program.find(owner)).field_defaults) {
            if (one.record->name == record.name && one.field == field)
                module_.field_defaults.push_back(one);
        }
    }

    // ---- stores ---------------------------------------------------------------------------------

    using Versions = std::map<std::string, std::set<Age>>;  // of each module, those that matter

    // The versions in which a type, or one inside of it, was another one.
    void collect(const TypeRef& type, std::set<std::string>& seen, Versions& all) const {
        for (const TypeRef& part : type->parts) collect(part, seen, all);
        if (type->name.empty() || !seen.insert(type->name).second) return;
        const auto add = [&](const Version& version) {
            std::set<Age>& ages = all[module_of(type->name)];
            ages.insert(Age{version});
            ages.insert(Age{{}, false});
        };
        if (const auto tree = past_.enums.find(type->name); tree != past_.enums.end()) {
            for (const auto& since : tree->second->since) {
                if (since) add(version_of(*since));
            }
        }
        if (const auto tree = past_.records.find(type->name); tree != past_.records.end()) {
            for (const ast::Field& field : tree->second->fields) {
                if (field.added && field.added->since) add(version_of(*field.added->since));
            }
        }
        for (const value::Field& field : type->fields) collect(field.type, seen, all);
        const auto upgrades = past_.upgrades.find(type->name);
        if (upgrades == past_.upgrades.end()) return;
        for (const auto& [from, ref] : upgrades->second) {
            add(from);
            for (const Parameter& field : upgrade_at(ref).fields) collect(field.type, seen, all);
        }
    }

    // Every choice of one version of each module. Which of them were in force together depends on
    // the order in which a chain took them, which no text says.
    [[nodiscard]] std::vector<Ages> choices(const Versions& versions) const {
        std::vector<Ages> all{{}};
        const auto choose = [&](const std::string& module, const std::set<Age>& ages) {
            std::vector<Ages> more;
            for (const Ages& chosen : all) {
                for (const Age& age : ages) {
                    more.push_back(chosen);
                    more.back()[module] = age;
                }
                more.push_back(chosen);  // as it is now
            }
            all = std::move(more);
        };
        const auto own = versions.find(module_.name);
        if (own != versions.end()) choose(own->first, own->second);
        for (const auto& [module, ages] : versions) {
            if (module != module_.name) choose(module, ages);
        }
        return all;
    }

    bool few_enough(const Store& store, const Versions& versions) {
        if (versions.size() < 2) return true;  // as each module is held to it
        std::size_t count = 1;
        for (const auto& [module, ages] : versions)
            count = std::min(count * (ages.size() + 1), 2 * MAX_OLDER_TYPES);
        return within_limit(context_, count, MAX_OLDER_TYPES, "ways in which its types were stored",
                            store.span, "store types of fewer modules together");
    }

    bool keys(const Store& store) {
        std::set<std::string> seen;
        Versions versions;
        collect(store.key, seen, versions);
        for (const auto& [module, ages] : versions) {
            for (const Age& age : ages) {
                const TypeRef key = at(store.key, {{module, age}});
                if (key == nullptr) return false;
                if (same_keys(*key, *store.key)) continue;
                const bool own = module == module_.name;
                const std::string first = own ? "at first" : "in the first version";
                const std::string then = age.named ? "in " + text_of(age.version) : first;
                context_
                    .report(Code::E0955, store.span,
                            "the keys of " + quoted(store.name) + " had other parts " + then +
                                (own ? "" : " of " + module) + ": they would not be found any more")
                    .with_help("keep the type of its keys, and declare another store");
                return false;
            }
        }
        return true;
    }

    void store(Store& store) {
        if (store.value == nullptr || (store.key != nullptr && !keys(store))) return;
        std::set<std::string> seen;
        Versions versions;
        collect(store.value, seen, versions);
        if (!few_enough(store, versions)) return;
        for (const Ages& ages : choices(versions)) {
            const TypeRef held = at(store.value, ages);
            if (held == nullptr) return;
            if (!value::same_type(*held, *store.value) && !contains(store.older, *held))
                store.older.push_back(held);
        }
    }

    source::Diagnostic& report(Span span, std::string text) {
        return context_.report(Code::E0955, span, std::move(text));
    }

    Context& context_;
    Module& module_;
    TypePast& past_;
    std::map<UpgradeRef, std::vector<TypeRef>> used_;
    std::set<std::pair<std::string, std::uint32_t>> lacking_;  // fields of other modules' records
    std::map<std::pair<std::string, Ages>, TypeRef> known_;
    std::set<std::pair<std::string, Ages>> open_;  // made just now, or known
    const Upgrade* reading_ = nullptr;             // whose fields are looked at
};

}  // namespace

void derive_older_types(const ModuleScope& names) { OlderTypes(names).run(); }

}  // namespace edict::check
