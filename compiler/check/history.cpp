// What `since` and `upgrade` say of the types of a module in its older versions.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/check/change.h"
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"
#include "compiler/check/personal.h"
#include "compiler/check/types.h"

namespace edict::check {

Version version_of(const ast::Version& tree) { return {tree.major, tree.minor, tree.patch}; }

std::string text_of(const Version& version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
           std::to_string(version.patch);
}

namespace {

class History {
public:
    explicit History(const ModuleScope& names)
        : names_(names),
          context_(names.context()),
          exports_(context_.of(names.self())),
          module_(context_.module(names.self())),
          past_(context_.past) {}

    void run() {
        const std::size_t errors = context_.diagnostics.errors();
        declarations();
        const bool readable =
            within_limit(context_, named_.size(), MAX_OLDER_TYPES, "versions that are read",
                         exports_.tree->span, "remove what is stored nowhere any more");
        if (context_.diagnostics.errors() != errors || !readable) past_.broken = true;
    }

private:
    void declarations() {
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
    }

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
        named_.insert(version);
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
        past_.records[type->name] = &tree;
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
        past_.enums[type->name] = &tree;
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
        if (!past_.records.contains(name)) {
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
        auto& all = past_.upgrades[name];
        if (const auto before = all.find(from); before != all.end()) {
            wrong(tree.from->span, "how that version is read is said already")
                .with_label(context_.program.at(before->second).span, "here")
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
        all.emplace(from,
                    UpgradeRef{names_.self(), static_cast<std::uint32_t>(module_.upgrades.size())});
        module_.upgrades.push_back(std::move(made));
        named_.insert(from);
    }

    const ModuleScope& names_;
    Context& context_;
    Exports& exports_;
    Module& module_;
    TypePast& past_;
    std::set<Version> named_;       // by this module
    std::set<std::string> unread_;  // records with a mistake of their own
};

}  // namespace

void check_history(const ModuleScope& names) { History(names).run(); }

}  // namespace edict::check
