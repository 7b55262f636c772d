#include <algorithm>

#include "compiler/check/expressions.h"

namespace edict::check {

using value::Kind;

namespace {

// a.b.c as its parts, if it is nothing but names.
std::optional<std::vector<ast::Name>> as_names(const ast::Expression& tree) {
    std::vector<ast::Name> parts;
    const ast::Expression* at = &tree;
    while (const auto* member = std::get_if<ast::Member>(&at->node)) {
        parts.push_back(member->member);
        at = member->object.get();
    }
    const auto* first = std::get_if<ast::NameUse>(&at->node);
    if (first == nullptr) return std::nullopt;
    parts.push_back(first->name);
    std::reverse(parts.begin(), parts.end());
    return parts;
}

std::string joined(const std::vector<ast::Name>& parts, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "." : "") + parts[i].text;
    return text;
}

std::string_view noun(const Meaning& meaning) {
    if (std::holds_alternative<ParamMeaning>(meaning)) return "a parameter";
    if (std::holds_alternative<LocalMeaning>(meaning)) return "a local name";
    if (std::holds_alternative<PartyMeaning>(meaning)) return "a party of the test";
    if (std::holds_alternative<StoreRef>(meaning)) return "a store";
    if (std::holds_alternative<ConstantRef>(meaning)) return "a constant";
    if (std::holds_alternative<DatedRef>(meaning)) return "a dated parameter";
    return "an enum member";
}

}  // namespace

std::vector<Found> Expressions::meanings(const std::string& name) const {
    std::vector<Found> all;
    const auto add = [&](Meaning meaning, Span span, const std::string& extra) {
        std::string what(noun(meaning));
        all.push_back({std::move(meaning), span, what + extra});
    };
    for (const Binding& binding : scope_.bindings) {
        if (binding.name == name) add(LocalMeaning{binding.local}, binding.span, "");
    }
    if (scope_.action != nullptr) {
        const std::vector<Parameter>& parameters = scope_.action->parameters;
        for (std::uint32_t i = 0; i < parameters.size(); ++i) {
            if (parameters[i].name == name) add(ParamMeaning{i}, parameters[i].span, "");
        }
    }
    for (const NamedParty& party : scope_.parties) {
        if (party.name == name) add(PartyMeaning{name}, party.span, "");
    }
    for (const StoreRef store : names_.stores(name)) {
        add(store, context_.span_of(store), " of " + quoted(names_.module_name(store.module)));
    }
    for (const ConstantRef ref : names_.constants(name)) {
        add(ref, context_.of(ref.module).constant_decls[ref.index].span,
            " of " + quoted(names_.module_name(ref.module)));
    }
    for (const DatedRef ref : names_.dated(name)) {
        add(ref, context_.of(ref.module).dated_decls[ref.index].span,
            " of " + quoted(names_.module_name(ref.module)));
    }
    for (const MemberRef& member : names_.members(name)) {
        const TypeDecl& type = context_.of(member.type.module).type_decls[member.type.index];
        add(member, member.span, " of " + quoted(type.name));
    }
    return all;
}

// The one meaning of a name. Members of enums give way to the one that the place asks for.
const Found* Expressions::settle(const std::vector<Found>& all, const ast::Name& tree,
                                 const TypeRef& hint) {
    if (all.size() == 1) return &all.front();
    const TypeRef wanted = without_optional(hint);
    const Found* asked = nullptr;
    bool only_members = true;
    for (const Found& found : all) {
        const auto* member = std::get_if<MemberRef>(&found.meaning);
        only_members = only_members && member != nullptr;
        if (member == nullptr || wanted == nullptr) continue;
        const TypeRef& type = context_.of(member->type.module).type_decls[member->type.index].type;
        if (type != nullptr && value::same_type(*type, *wanted)) asked = &found;
    }
    if (only_members && asked != nullptr) return asked;
    source::Diagnostic& ambiguous =
        report(Code::E0202, tree.span, quoted(tree.text) + " could mean more than one thing");
    for (const Found& found : all) ambiguous.with_label(found.span, found.what);
    std::string help = "rename one of them";
    for (const Found& found : all) {
        if (const auto* member = std::get_if<MemberRef>(&found.meaning)) {
            const TypeDecl& type = context_.of(member->type.module).type_decls[member->type.index];
            help = "write `" + type.name + "." + tree.text + "` for the enum member, or rename one";
        } else if (const auto* store = std::get_if<StoreRef>(&found.meaning)) {
            help = "write `" + names_.module_name(store->module) + "." + tree.text +
                   "` for the store, or rename one";
        }
    }
    ambiguous.with_help(std::move(help));
    return nullptr;
}

void Expressions::note(const Found& found, const ast::Name& tree) {
    if (scope_.uses == nullptr || std::holds_alternative<LocalMeaning>(found.meaning)) return;
    NameUse use{tree.text, tree.span, std::nullopt, found.span, found.what};
    if (const auto* parameter = std::get_if<ParamMeaning>(&found.meaning)) {
        use.parameter = parameter->index;
    }
    scope_.uses->push_back(std::move(use));
}

ExprRef Expressions::unknown_name(const ast::Name& tree, const TypeRef& hint) {
    std::vector<std::string> known;
    const TypeRef wanted = without_optional(hint);
    if (is(wanted, Kind::enumeration)) known = wanted->members;
    for (const Binding& binding : scope_.bindings) known.push_back(binding.name);
    if (scope_.action != nullptr) {
        for (const Parameter& parameter : scope_.action->parameters)
            known.push_back(parameter.name);
    }
    for (const NamedParty& party : scope_.parties) known.push_back(party.name);
    for (const std::vector<std::string>& more :
         {names_.all_names(&Exports::stores), names_.all_names(&Exports::constants),
          names_.all_names(&Exports::dated), names_.all_members()}) {
        known.insert(known.end(), more.begin(), more.end());
    }

    source::Diagnostic& unknown =
        names_.unknown({Code::E0201, "value"}, tree.text, tree.span, known);
    if (const auto types = names_.types(tree.text); !types.empty()) {
        unknown.with_label(context_.span_of(types.front()), "this is a type");
    } else if (const auto actions = names_.actions(tree.text); !actions.empty()) {
        unknown.with_label(context_.span_of(actions.front()), "this is an action");
    } else if (names_.has_role(tree.text)) {
        unknown.with_label("this is a role").with_help("ask `has_role(caller, " + tree.text + ")`");
    }
    return nullptr;
}

ExprRef Expressions::name(const ast::Name& tree, const TypeRef& hint) {
    const std::vector<Found> all = meanings(tree.text);
    if (all.empty()) return unknown_name(tree, hint);
    const Found* found = settle(all, tree, hint);
    if (found == nullptr) return nullptr;
    note(*found, tree);
    return meaning(*found, tree.text, tree.span);
}

ExprRef Expressions::meaning(const Found& found, const std::string& name, Span span) {
    if (const auto* parameter = std::get_if<ParamMeaning>(&found.meaning)) {
        const TypeRef& type = scope_.action->parameters[parameter->index].type;
        return type == nullptr ? nullptr : make(type, span, ParamRead{parameter->index});
    }
    if (const auto* local = std::get_if<LocalMeaning>(&found.meaning)) {
        const TypeRef& type = (*scope_.locals)[local->local.value].type;
        return type == nullptr ? nullptr : make(type, span, LocalRead{local->local});
    }
    if (const auto* party = std::get_if<PartyMeaning>(&found.meaning)) {
        const value::Value id{value::party_named(party->name)};
        return make(value::party_type(), span, Constant{id});
    }
    if (const auto* constant = std::get_if<ConstantRef>(&found.meaning)) {
        const ConstantDecl& declared =
            context_.of(constant->module).constant_decls[constant->index];
        if (declared.type == nullptr) return nullptr;
        return make(declared.type, span, Constant{declared.value});
    }
    if (const auto* dated = std::get_if<DatedRef>(&found.meaning)) {
        return dated_parameter(context_.of(dated->module).dated_decls[dated->index], span);
    }
    if (const auto* member = std::get_if<MemberRef>(&found.meaning)) {
        const TypeRef& type = context_.of(member->type.module).type_decls[member->type.index].type;
        if (type == nullptr) return nullptr;
        return make(type, span, Constant{value::Value{value::EnumMember{member->ordinal}}});
    }
    const StoreRef store = std::get<StoreRef>(found.meaning);
    const Store& declared = context_.program.at(store);
    if (declared.value == nullptr) return nullptr;
    if (declared.key != nullptr) {
        report(Code::E0316, span, quoted(name) + " holds a value for each key")
            .with_label(declared.span, "a Map")
            .with_help("say which: `" + name + "[…]`");
        return nullptr;
    }
    return read({store, nullptr}, span);
}

// ---- stores -------------------------------------------------------------------------------------

void Expressions::check_moment(StoreRef store, Span span) {
    if (scope_.moment) {
        scope_.moment_used = true;
        return;
    }
    if (scope_.place != Place::rule || scope_.action == nullptr) return;
    const std::vector<StoreRef>& writes = scope_.action->writes;
    const bool observed = scope_.observed != nullptr && scope_.observed->contains(store);
    if (!observed && !std::binary_search(writes.begin(), writes.end(), store)) return;
    const Store& declared = context_.program.at(store);
    if (observed) {
        report(Code::E0403, span,
               quoted(declared.name) + " changes when " + quoted(scope_.action->name) +
                   " is called: which of its values is meant?")
            .with_label(declared.span, declared.counted ? "the counter" : "the store")
            .with_help("say `after(…)` for the value with this call, `before(…)` without it");
        return;
    }
    report(Code::E0403, span,
           quoted(scope_.action->name) + " may change " + quoted(declared.name) +
               ": which of its values is meant?")
        .with_label(declared.span, "the store")
        .with_label(scope_.action->span, "the action")
        .with_help(
            "say `before(…)` for the value before the call, `after(…)` for the one after it");
}

ExprRef Expressions::read(const StorePlace& place, Span span) {
    const TypeRef& type = context_.program.at(place.store).value;
    if (type == nullptr || !may_look_around(span)) return nullptr;
    check_moment(place.store, span);
    Moment moment = scope_.place == Place::rule ? Moment::before : Moment::current;
    // An observer sees the contract after the action and its own stores as they are; those of other
    // regulations as before, so that the order of regulations does not matter.
    if (scope_.place == Place::observer && place.store.module != names_.self() &&
        context_.program.at(place.store.module).kind == ModuleKind::regulation) {
        moment = Moment::before;
    }
    if (scope_.moment) moment = *scope_.moment;
    ExprRef held = make(type, span, StoreRead{place.store, place.key, moment});
    const Store& declared = context_.program.at(place.store);
    return declared.days ? total(std::move(held), declared, place.store.module) : held;
}

// What a counter over days reads as: the total of the days that end with the day of legal time, in
// the zone of the counter. In a call that may be dated back, days after that one may have been
// counted already: the largest total of so many days in a row that the day is one of, so that a
// call dated back evades nothing.
ExprRef Expressions::total(ExprRef kept, const Store& counter, ModuleId module) {
    const Span span = kept->span;
    const int zone = context_.program.at(module).zone_minutes.value_or(0);
    const int here = context_.program.at(names_.self()).zone_minutes.value_or(0);
    ExprRef day = make(value::date_type(), span, FromContext{ContextValue::today});
    if (zone != here) {
        constexpr std::int64_t MS_PER_MINUTE = 60'000;
        const value::Duration shift{(std::int64_t{zone} - here) * MS_PER_MINUTE};
        ExprRef now = make(value::time_type(), span, FromContext{ContextValue::now});
        ExprRef by = make(value::duration_type(), span, Constant{value::Value{shift}});
        ExprRef shifted = make(value::time_type(), span,
                               Builtin{BuiltinOp::time_add, {std::move(now), std::move(by)}});
        day = make(value::date_type(), span, Builtin{BuiltinOp::day_of, {std::move(shifted)}});
    }
    ExprRef days = make(*value::integer_range(1, MAX_WINDOW_DAYS), span,
                        Constant{value::Value{std::int64_t{*counter.days}}});
    const bool dated = scope_.action != nullptr && scope_.action->dated.has_value();
    const TypeRef amount = counter.value->parts[0]->parts[1];
    return make(amount, span,
                Builtin{dated ? BuiltinOp::window_peak : BuiltinOp::window_total,
                        {std::move(kept), std::move(day), std::move(days)}});
}

// The store that a tree names: `exported`, `hub.exported`. Reports if it names none.
std::optional<StoreRef> Expressions::store(const ast::Expression& tree) {
    const auto parts = as_names(tree);
    if (!parts) {
        report(Code::E0316, tree.span, "only a store holds values for keys");
        return std::nullopt;
    }
    const ast::Name& last = parts->back();
    if (parts->size() > 1) {
        const auto module = names_.module_named(joined(*parts, parts->size() - 1));
        if (module) {
            const NameTable& stores = context_.of(*module).stores;
            const auto at = stores.find(last.text);
            if (at != stores.end()) return StoreRef{*module, at->second};
            names_.unknown({Code::E0215, "store"}, joined(*parts, parts->size()), last.span, {});
            return std::nullopt;
        }
    }
    std::vector<Found> all = meanings(parts->front().text);
    if (parts->size() == 1 && !all.empty()) {
        const Found* found = settle(all, last, nullptr);
        if (found == nullptr) return std::nullopt;
        note(*found, last);
        if (const auto* ref = std::get_if<StoreRef>(&found->meaning)) return *ref;
        report(Code::E0316, last.span, quoted(last.text) + " is " + found->what + ", not a store")
            .with_label(found->span, "declared here");
        return std::nullopt;
    }
    if (parts->size() > 1) {
        report(Code::E0316, tree.span, "only a store holds values for keys");
        return std::nullopt;
    }
    names_.unknown({Code::E0215, "store"}, last.text, last.span,
                   names_.all_names(&Exports::stores));
    return std::nullopt;
}

std::optional<StorePlace> Expressions::place(const ast::Expression& tree) {
    const auto* indexed = std::get_if<ast::Index>(&tree.node);
    const auto ref = store(indexed == nullptr ? tree : *indexed->object);
    if (!ref) {
        if (indexed != nullptr) probe(*indexed->key);
        return std::nullopt;
    }
    const Store& declared = context_.program.at(*ref);
    if (declared.value == nullptr) return std::nullopt;
    if (indexed != nullptr && declared.key == nullptr) {
        report(Code::E0316, tree.span, quoted(declared.name) + " holds one value, without a key")
            .with_label(declared.span, "declared here")
            .with_help("leave the key out");
        return std::nullopt;
    }
    if (indexed == nullptr && declared.key != nullptr) {
        report(Code::E0316, tree.span, quoted(declared.name) + " holds a value for each key")
            .with_label(declared.span, "a Map")
            .with_help("say which: `" + declared.name + "[…]`");
        return std::nullopt;
    }
    if (indexed == nullptr) return StorePlace{*ref, nullptr};
    ExprRef key = expect(*indexed->key, declared.key);
    if (key == nullptr) return std::nullopt;
    return StorePlace{*ref, std::move(key)};
}

ExprRef Expressions::index(const ast::Index& tree, Span span) {
    const auto ref = store(*tree.object);
    if (!ref) {
        probe(*tree.key);
        return nullptr;
    }
    const Store& declared = context_.program.at(*ref);
    if (declared.value == nullptr) return nullptr;
    if (declared.key == nullptr) {
        report(Code::E0316, span, quoted(declared.name) + " holds one value, without a key")
            .with_label(declared.span, "declared here")
            .with_help("leave the key out");
        return nullptr;
    }
    ExprRef key = expect(*tree.key, declared.key);
    return key == nullptr ? nullptr : read({*ref, std::move(key)}, span);
}

// ---- attributes of parties ----------------------------------------------------------------------

std::optional<Expressions::Attribute> Expressions::attribute(ExprRef party, const ast::Name& name) {
    const std::vector<AttributeRef> all = names_.attributes(name.text);
    const auto declared = [&](AttributeRef ref) -> const AttributeDecl& {
        return context_.of(ref.module).attribute_decls[ref.index];
    };
    if (all.empty()) {
        names_
            .unknown({Code::E0208, "attribute"}, name.text, name.span,
                     names_.all_names(&Exports::attributes))
            .with_label("of a party");
        return std::nullopt;
    }
    const AttributeDecl& first = declared(all.front());
    if (first.type == nullptr) return std::nullopt;
    for (const AttributeRef ref : all) {  // equal names are one attribute, as roles are
        const TypeRef& other = declared(ref).type;
        if (other == nullptr) return std::nullopt;
        if (value::same_type(*first.type, *other)) continue;
        report(Code::E0202, name.span, quoted(name.text) + " could mean more than one attribute")
            .with_label(first.span, value::to_text(*first.type))
            .with_label(declared(ref).span, value::to_text(*other))
            .with_help("rename one of them, or give both one type");
        return std::nullopt;
    }
    const auto module = context_.program.find("std.membership");
    if (!module || !context_.of(*module).stores.contains("attributes")) return std::nullopt;
    const StoreRef store{*module, context_.of(*module).stores.at("attributes")};
    const Store& kept = context_.program.at(store);
    if (kept.key == nullptr || kept.value == nullptr) return std::nullopt;
    ExprRef key_name = make(kept.key->parts[1], name.span, Constant{value::Value{name.text}});
    std::vector<ExprRef> parts{std::move(party), std::move(key_name)};
    ExprRef key = make(kept.key, name.span, MakeRecord{std::move(parts)});
    return Attribute{{store, std::move(key)}, first.type};
}

// ---- members ------------------------------------------------------------------------------------

ExprRef Expressions::field(ExprRef object, const ast::Name& field, Span span) {
    object = unwrapped(std::move(object));
    if (object == nullptr) return nullptr;
    if (object->type->kind == Kind::party) {
        const auto kept = attribute(std::move(object), field);
        if (!kept) return nullptr;
        ExprRef text = read(kept->place, span);
        if (text == nullptr || kept->type->kind == Kind::text)
            return coerce(std::move(text), kept->type);
        return make(kept->type, span, Builtin{BuiltinOp::value_of_text, {std::move(text)}});
    }
    if (object->type->kind != Kind::record) {
        report(Code::E0208, field.span, value::to_text(*object->type) + " has no fields");
        return nullptr;
    }
    const std::vector<value::Field>& fields = object->type->fields;
    std::vector<std::string> known;
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
        if (fields[i].name == field.text) {
            return make(fields[i].type, span, FieldRead{std::move(object), i});
        }
        known.push_back(fields[i].name);
    }
    names_.unknown({Code::E0208, "field"}, field.text, field.span, known)
        .with_label("of " + quoted(value::to_text(*object->type)));
    return nullptr;
}

namespace {

// What a dotted name is, when it is no field of something.
struct Qualified {
    std::optional<StoreRef> store;
    std::optional<TypeDeclRef> type;  // an enum, whose member is the last part
    std::optional<ModuleId> module;   // known, but nothing of the name is in it
};

std::optional<std::uint32_t> look_up(const NameTable& table, const std::string& name) {
    const auto at = table.find(name);
    return at == table.end() ? std::nullopt : std::optional(at->second);
}

Qualified qualified(const ModuleScope& names, const std::vector<ast::Name>& parts) {
    Context& context = names.context();
    const std::size_t count = parts.size();
    if (const auto module = names.module_named(joined(parts, count - 1))) {
        const auto store = look_up(context.of(*module).stores, parts.back().text);
        if (store) return {StoreRef{*module, *store}, {}, {}};
        return {{}, {}, module};
    }
    if (count == 2) {
        const std::vector<TypeDeclRef> types = names.types(parts.front().text);
        if (!types.empty()) return {{}, types.front(), {}};
        return {};
    }
    if (const auto module = names.module_named(joined(parts, count - 2))) {
        const auto type = look_up(context.of(*module).types, parts[count - 2].text);
        if (type) return {{}, TypeDeclRef{*module, *type}, {}};
    }
    return {};
}

}  // namespace

bool Expressions::names_store(const ast::Expression& tree) const {
    const auto parts = as_names(tree);
    if (!parts) return false;
    return parts->size() == 1 || qualified(names_, *parts).store.has_value();
}

ExprRef Expressions::enum_member(TypeDeclRef ref, const ast::Name& member, Span span) {
    const TypeDecl& decl = context_.of(ref.module).type_decls[ref.index];
    if (decl.type == nullptr) return nullptr;
    const std::vector<std::string>& members = decl.type->members;
    const auto at = std::find(members.begin(), members.end(), member.text);
    if (decl.type->kind == Kind::enumeration && at != members.end()) {
        const auto ordinal = static_cast<std::uint32_t>(at - members.begin());
        return make(decl.type, span, Constant{value::Value{value::EnumMember{ordinal}}});
    }
    names_.unknown({Code::E0213, "member"}, decl.name + "." + member.text, member.span, {})
        .with_label(decl.span, "declared here")
        .with_help([&] {
            const auto near = source::nearest(member.text, members);
            return near ? "did you mean `" + *near + "`?" : std::string();
        }());
    return nullptr;
}

ExprRef Expressions::member(const ast::Member& tree, Span span) {
    auto parts = as_names(*tree.object);
    if (!parts) return field(infer(*tree.object), tree.member, span);
    parts->push_back(tree.member);
    const std::vector<Found> plain = meanings(parts->front().text);
    const Qualified found = qualified(names_, *parts);
    if (plain.empty() && found.store) {
        const Store& declared = context_.program.at(*found.store);
        if (declared.key == nullptr) return read({*found.store, nullptr}, span);
        report(Code::E0316, span, quoted(declared.name) + " holds a value for each key")
            .with_label(declared.span, "a Map")
            .with_help("say which: `" + declared.name + "[…]`");
        return nullptr;
    }
    if (plain.empty() && found.type) return enum_member(*found.type, tree.member, span);
    if (plain.empty() && found.module) {
        names_.unknown({Code::E0213, "store or enum"}, joined(*parts, parts->size()),
                       tree.member.span, {});
        return nullptr;
    }
    if (found.store || found.type) {
        const Span other =
            found.store ? context_.span_of(*found.store) : context_.span_of(*found.type);
        report(Code::E0202, parts->front().span,
               quoted(parts->front().text) + " could mean more than one thing")
            .with_label(plain.front().span, plain.front().what)
            .with_label(other, "this, by its full name")
            .with_help("rename one of them");
        return nullptr;
    }
    return field(infer(*tree.object), tree.member, span);
}

}  // namespace edict::check
