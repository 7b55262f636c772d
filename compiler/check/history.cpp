// The types that the values of stores had before: derived from `since` and `upgrade`, as they would
// have been at each version that the text names, and before the first of them.
#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <utility>

#include "compiler/check/change.h"
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"
#include "compiler/check/personal.h"
#include "compiler/check/types.h"

namespace edict::check {

namespace {

Version version_of(const ast::Version& tree) { return {tree.major, tree.minor, tree.patch}; }

std::string text_of(const Version& version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
           std::to_string(version.patch);
}

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

class History {
public:
    explicit History(const ModuleScope& names)
        : names_(names),
          context_(names.context()),
          exports_(context_.of(names.self())),
          module_(context_.module(names.self())) {}

    void run() {
        const std::size_t errors = context_.diagnostics.errors();
        for (const ast::Declaration& declaration : exports_.tree->declarations) {
            if (const auto* record = std::get_if<ast::RecordDeclaration>(&declaration)) {
                this->record(*record);
            } else if (const auto* one = std::get_if<ast::EnumDeclaration>(&declaration)) {
                enumeration(*one);
            } else if (const auto* event = std::get_if<ast::EventDeclaration>(&declaration)) {
                no_age(event->fields);
            } else if (const auto* action = std::get_if<ast::ActionDeclaration>(&declaration)) {
                no_age(action->parameters);
            } else if (const auto* pure = std::get_if<ast::FunctionDeclaration>(&declaration)) {
                no_age(pure->parameters);
            } else if (const auto* table = std::get_if<ast::TableDeclaration>(&declaration)) {
                no_age(table->parameters);
            }
        }
        for (const ast::Declaration& declaration : exports_.tree->declarations) {
            if (const auto* tree = std::get_if<ast::UpgradeDeclaration>(&declaration))
                upgrade(*tree);
        }
        if (!within_limit(context_, ages_.size(), MAX_OLDER_TYPES, "versions that are read",
                          exports_.tree->span, "remove what is stored nowhere any more") ||
            context_.diagnostics.errors() != errors || ages_.empty())
            return;
        ages_.insert(Age{{}, false});
        for (Store& one : module_.stores) {
            store(one);
            if (context_.diagnostics.errors() != errors) return;
        }
    }

private:
    source::Diagnostic& wrong_age(Span span, std::string text) {
        return context_.report(Code::E0953, span, std::move(text));
    }

    void no_age(const std::vector<ast::Field>& fields) {
        for (const ast::Field& field : fields) {
            if (!field.added) continue;
            wrong_age(field.added->span, "only the fields of a record are stored, and can be added")
                .with_help("remove `since`");
        }
    }

    // Notes that something is there since a version; false, and reported, if that is to come.
    bool note(const std::optional<ast::Version>& since) {
        if (!since) return false;
        const Version version = version_of(*since);
        if (version > module_.version) {
            wrong_age(since->span,
                      "this version is to come: the module is " + quoted(text_of(module_.version)))
                .with_help(
                    "raise the version of the module, or write the version in which this "
                    "was added");
            return false;
        }
        ages_.insert(Age{version});
        return true;
    }

    TypeRef type_of(const ast::Name& name) {
        const auto at = exports_.types.find(name.text);
        if (at == exports_.types.end()) return nullptr;
        const TypeDecl& declared = exports_.type_decls[at->second];
        // Of two declarations of one name the first counts.
        return declared.span == name.span ? declared.type : nullptr;
    }

    void record(const ast::RecordDeclaration& tree) {
        const TypeRef type = type_of(tree.name);
        if (type == nullptr) {
            unread_.insert(tree.name.text);
            return;
        }
        records_[type->name] = &tree;
        const bool all_added =
            std::ranges::all_of(tree.fields, [](const auto& one) { return one.added.has_value(); });
        if (all_added) {
            wrong_age(tree.name.span, "this record began with no field at all")
                .with_help("remove `since` from the fields that it began with");
            return;
        }
        for (std::uint32_t i = 0; i < tree.fields.size(); ++i) {
            const ast::Field& field = tree.fields[i];
            if (!field.added || !note(field.added->since)) continue;
            const TypeRef& held = type->fields[i].type;
            if (field.added->initial) {
                Scope constants;
                auto value = Expressions(names_, constants).constant(*field.added->initial, held);
                if (value) module_.field_defaults.push_back({type, i, std::move(*value)});
            } else if (held->kind == value::Kind::optional) {
                module_.field_defaults.push_back({type, i, value::Value{value::Optional{}}});
            } else {
                context_
                    .report(Code::E0954, field.span,
                            "records that lack " + quoted(field.name.text) + " could not be read")
                    .with_help("say what it is in them: `since " +
                               text_of(version_of(*field.added->since)) + " default …`");
            }
        }
    }

    void enumeration(const ast::EnumDeclaration& tree) {
        const TypeRef type = type_of(tree.name);
        if (type == nullptr) return;
        enums_[type->name] = &tree;
        Version latest;
        const ast::Version* first = nullptr;
        for (std::size_t i = 0; i < tree.members.size(); ++i) {
            const std::optional<ast::Version>& since = tree.since[i];
            if (since && !note(since)) continue;
            const Version now = since ? version_of(*since) : Version{};
            if (first != nullptr && now < latest) {
                wrong_age(tree.members[i].span,
                          quoted(tree.members[i].text) + " stands after a member that came later")
                    .with_label(first->span, "that one")
                    .with_help("members are added at the end: what is stored is their number");
                return;
            }
            if (since) {
                first = &*since;
                latest = now;
            }
        }
        if (tree.since.front())
            wrong_age(tree.since.front()->span, "this enum began with no member at all")
                .with_help("remove `since` from the members that it began with");
    }

    source::Diagnostic& wrong(Span span, std::string text) {
        return context_.report(Code::E0955, span, std::move(text));
    }

    void upgrade(const ast::UpgradeDeclaration& tree) {
        no_age(tree.fields);
        if (unread_.contains(tree.type.text)) return;  // what is wrong with it is said
        const std::string name = names_.module_name(names_.self()) + "." + tree.type.text;
        const auto record = records_.find(name);
        if (record == records_.end()) {
            wrong(tree.type.span, quoted(tree.type.text) + " is no record of this module")
                .with_help("only records are upgraded; members are added to an enum with `since`");
            return;
        }
        if (!tree.from) return;
        const Version from = version_of(*tree.from);
        if (!(from < module_.version)) {
            wrong(tree.from->span,
                  "this is no older version: the module is " + quoted(text_of(module_.version)))
                .with_help("write the last version in which the record had these fields");
            return;
        }
        auto& all = upgrades_[name];
        if (const auto before = all.find(from); before != all.end()) {
            wrong(tree.from->span, "how that version is read is said already")
                .with_label(module_.upgrades[before->second].span, "here")
                .with_help("keep one of the two");
            return;
        }
        Upgrade made;
        made.to = exports_.type_decls[exports_.types.at(tree.type.text)].type;
        made.span = tree.span;
        std::unordered_map<std::string, Span> seen;
        for (const ast::Field& field : tree.fields) {
            if (!declare_once(context_, seen, field.name)) return;
            TypeRef type = resolve_type(names_, field.type);
            if (type == nullptr) return;
            const bool personal = is_marked(context_, field, type, true);
            made.fields.push_back({field.name.text, std::move(type), field.name.span, personal});
        }
        if (!within_limit(context_, made.fields.size(), MAX_PARAMETERS, "fields", tree.type.span))
            return;
        const std::string title = "upgrade " + tree.type.text;
        Action owner;
        owner.name = title;
        owner.parameters = made.fields;
        Scope scope;
        scope.action = &owner;
        scope.locals = &made.locals;
        scope.pure = &title;
        made.value = Expressions(names_, scope).expect(tree.value, made.to);
        if (made.value == nullptr) return;
        all.emplace(from, module_.upgrades.size());
        module_.upgrades.push_back(std::move(made));
        ages_.insert(Age{from});
    }

    // ---- types as they were ---------------------------------------------------------------------

    template <typename Parts>
    bool each_at(const Parts& parts, Age age, std::vector<TypeRef>& out) {
        for (const TypeRef& part : parts) {
            out.push_back(at(part, age));
            if (out.back() == nullptr) return false;
        }
        return true;
    }

    TypeRef made(base::Result<TypeRef> type) {
        if (type) return *std::move(type);
        context_.report(Code::E0308, exports_.tree->span,
                        "a type that an older version had: " + type.error().message);
        return nullptr;
    }

    TypeRef at(const TypeRef& type, Age age) {
        switch (type->kind) {
            case value::Kind::enumeration:
                return enum_at(type, age);
            case value::Kind::record:
                return record_at(type, age);
            case value::Kind::optional:
            case value::Kind::set:
            case value::Kind::list:
            case value::Kind::tuple: {
                std::vector<TypeRef> parts;
                if (!each_at(type->parts, age, parts)) return nullptr;
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

    TypeRef enum_at(const TypeRef& type, Age age) {
        const auto tree = enums_.find(type->name);
        if (tree == enums_.end()) return type;
        const auto [known, fresh] = known_.try_emplace({type->name, age});
        if (!fresh) return known->second;
        std::vector<std::string> members;
        for (std::size_t i = 0; i < type->members.size(); ++i) {
            const auto& since = tree->second->since[i];
            if (!since || Age{version_of(*since)} <= age) members.push_back(type->members[i]);
        }
        const bool same = members.size() == type->members.size();
        known->second =
            same ? type : made(value::enum_type(type->name, std::move(members), type->ordered));
        return known->second;
    }

    TypeRef record_at(const TypeRef& type, Age age) {
        const auto tree = records_.find(type->name);
        if (tree == records_.end()) return type;
        const auto key = std::pair(type->name, age);
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        if (!open_.insert(key).second) {
            wrong(reading_->span, quoted(short_name(*type)) + " would have contained itself")
                .with_help("write the fields that it had: no version could store such a record");
            return nullptr;
        }
        std::vector<value::Field> fields;
        bool same = true;
        const auto add = [&](const std::string& name, const TypeRef& held) {
            fields.push_back({name, at(held, age)});
            same = same && fields.back().type == held;
            return fields.back().type != nullptr;
        };
        const auto upgrades = upgrades_.find(type->name);
        Upgrade* upgrade = nullptr;
        if (upgrades != upgrades_.end()) {  // the first version that is not before this age
            for (const auto& [from, index] : upgrades->second) {
                if (upgrade == nullptr && age <= Age{from}) upgrade = &module_.upgrades[index];
            }
        }
        if (upgrade != nullptr) {
            same = false;
            const Upgrade* outer = std::exchange(reading_, upgrade);
            for (const Parameter& field : upgrade->fields) {
                if (!add(field.name, field.type)) return nullptr;
            }
            reading_ = outer;
        } else {
            for (std::size_t i = 0; i < type->fields.size(); ++i) {
                const auto& added = tree->second->fields[i].added;
                if (added && added->since && Age{version_of(*added->since)} > age) {
                    same = false;
                } else if (!add(type->fields[i].name, type->fields[i].type)) {
                    return nullptr;
                }
            }
        }
        const TypeRef then = same ? type : made(value::record_type(type->name, std::move(fields)));
        if (upgrade != nullptr && then != nullptr) {
            if (!told_apart(*upgrade, then, upgrades->second)) return nullptr;
            note_from(*upgrade, then);
        }
        known_[key] = then;
        return then;
    }

    // A stored value is told by its type: one that looks like a later one would not be converted.
    bool told_apart(const Upgrade& upgrade, const TypeRef& then,
                    const std::map<Version, std::size_t>& all) {
        const auto equal = [&](const TypeRef& other) { return value::same_type(*then, *other); };
        if (equal(upgrade.to)) {
            wrong(upgrade.span, quoted(short_name(*upgrade.to)) +
                                    " has these fields now: old values would look like new ones")
                .with_help("give a field another name");
            return false;
        }
        for (const auto& [from, index] : all) {
            const Upgrade& other = module_.upgrades[index];
            if (&other == &upgrade || std::ranges::none_of(other.from, equal)) continue;
            wrong(upgrade.span, quoted(short_name(*upgrade.to)) +
                                    " had these fields in another version too: old values would "
                                    "look alike")
                .with_label(other.span, "there")
                .with_help("keep one of the two");
            return false;
        }
        return true;
    }

    static void note_from(Upgrade& upgrade, const TypeRef& from) {
        for (const TypeRef& known : upgrade.from) {
            if (value::same_type(*known, *from)) return;
        }
        upgrade.from.push_back(from);
    }

    void store(Store& store) {
        if (store.value == nullptr) return;
        for (const Age& age : ages_) {
            if (store.key != nullptr) {
                const TypeRef key = at(store.key, age);
                if (key == nullptr) return;
                if (!same_keys(*key, *store.key)) {
                    context_
                        .report(Code::E0955, store.span,
                                "the keys of " + quoted(store.name) + " had other parts " +
                                    (age.named ? "in " + text_of(age.version) : "at first") +
                                    ": they would not be found any more")
                        .with_help("keep the type of its keys, and declare another store");
                    return;
                }
            }
            const TypeRef held = at(store.value, age);
            if (held == nullptr) return;
            const bool seen = !store.older.empty() && value::same_type(*store.older.back(), *held);
            if (!seen) store.older.push_back(held);
        }
        while (!store.older.empty() && value::same_type(*store.older.back(), *store.value))
            store.older.pop_back();
    }

    const ModuleScope& names_;
    Context& context_;
    Exports& exports_;
    Module& module_;
    std::set<Age> ages_;  // that are read, ascending
    std::map<std::string, const ast::RecordDeclaration*> records_;
    std::map<std::string, const ast::EnumDeclaration*> enums_;
    std::map<std::string, std::map<Version, std::size_t>> upgrades_;  // index into Module::upgrades
    std::map<std::pair<std::string, Age>, TypeRef> known_;
    std::set<std::pair<std::string, Age>> open_;  // made just now, or known
    const Upgrade* reading_ = nullptr;            // whose fields are looked at
    std::set<std::string> unread_;                // records with a mistake of their own
};

}  // namespace

void check_history(const ModuleScope& names) { History(names).run(); }

}  // namespace edict::check
