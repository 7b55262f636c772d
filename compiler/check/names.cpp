#include "compiler/check/names.h"

#include <algorithm>

namespace edict::check {

bool within_limit(Context& context, std::size_t count, std::size_t limit, const std::string& what,
                  Span span, const std::string& help) {
    if (count <= limit) return true;
    context
        .report(Code::E0603, span,
                "this has " + std::to_string(count) + " " + what + "; at most " +
                    std::to_string(limit) + " are allowed")
        .with_help(help);
    return false;
}

void check_name(Context& context, const std::string& name, Span span) {
    (void)within_limit(context, name.size(), value::MAX_NAME_BYTES, "bytes", span, "shorten it");
}
void check_text(Context& context, const std::string& text, Span span) {
    (void)within_limit(context, text.size(), MAX_TEXT_BYTES, "bytes", span, "shorten it");
}

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
        text += quoted(names[i]);
    }
    return text;
}

namespace {

std::string_view last_part(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

ModuleScope::ModuleScope(Context& context, ModuleId self) : context_(context), self_(self) {
    visible_.push_back(self);
    const Module& module = context.module(self);
    for (const ModuleId used : module.uses) {
        if (context.of(self).implied != used) visible_.push_back(used);
    }
}

std::string ModuleScope::module_name(ModuleId id) const { return context_.module(id).name; }

std::optional<ModuleId> ModuleScope::module_named(std::string_view name) const {
    for (const ModuleId id : visible_) {
        if (context_.module(id).name == name) return id;
    }
    for (const ModuleId id : visible_) {
        if (last_part(context_.module(id).name) == name) return id;
    }
    return std::nullopt;
}

template <typename R>
std::vector<R> ModuleScope::found(NameTable Exports::* table, const std::string& name) const {
    std::vector<R> all;
    for (const ModuleId id : visible_) {
        const NameTable& names = context_.of(id).*table;
        const auto at = names.find(name);
        if (at != names.end()) all.push_back({id, at->second});
    }
    return all;
}

std::vector<std::string> ModuleScope::all_names(NameTable Exports::* table) const {
    std::vector<std::string> all;
    for (const ModuleId id : visible_) {
        if (!suggests()) break;
        for (const auto& [name, index] : context_.of(id).*table) all.push_back(name);
    }
    std::sort(all.begin(), all.end());  // so that the nearest does not depend on hashing
    return all;
}

std::vector<std::string> ModuleScope::all_members() const {
    std::vector<std::string> all;
    for (const ModuleId id : visible_) {
        if (!suggests()) break;
        for (const auto& [name, refs] : context_.of(id).members) all.push_back(name);
    }
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<std::string> ModuleScope::all_roles() const {
    std::vector<std::string> all;
    for (const ModuleId id : visible_) {
        if (!suggests()) break;
        for (const auto& [name, span] : context_.of(id).roles) all.push_back(name);
    }
    std::sort(all.begin(), all.end());
    return all;
}

source::Diagnostic& ModuleScope::unknown(const Sought& sought, const std::string& name, Span span,
                                         const std::vector<std::string>& known) const {
    std::string help;
    if (suggests()) {
        ++context_.suggestions;
        if (const auto near = source::nearest(name, known)) help = "did you mean `" + *near + "`?";
    }
    return context_
        .report(sought.unknown, span, "there is no " + sought.noun + " " + quoted(name) + " here")
        .with_help(std::move(help));
}

template <typename R>
std::optional<R> ModuleScope::resolve_in(ModuleId module, NameTable Exports::* table,
                                         const ast::Name& name, const Sought& sought) const {
    const NameTable& names = context_.of(module).*table;
    const auto at = names.find(name.text);
    if (at != names.end()) return R{module, at->second};
    std::vector<std::string> known;
    if (suggests()) {
        for (const auto& [other, index] : names) known.push_back(other);
        std::sort(known.begin(), known.end());
    }
    unknown(sought, module_name(module) + "." + name.text, name.span, {}).with_help([&] {
        const auto near = source::nearest(name.text, known);
        return near ? "did you mean `" + *near + "`?" : std::string();
    }());
    return std::nullopt;
}

template <typename R>
std::optional<R> ModuleScope::resolve(NameTable Exports::* table, const ast::QualifiedName& name,
                                      const Sought& sought) const {
    const ast::Name& last = name.parts.back();
    if (name.parts.size() > 1) {
        const std::string whole = name.text();
        const std::string prefix = whole.substr(0, whole.size() - last.text.size() - 1);
        const auto module = module_named(prefix);
        if (module) return resolve_in<R>(*module, table, last, sought);
        std::vector<std::string> modules;
        for (const ModuleId id : visible_) modules.push_back(module_name(id));
        unknown({Code::E0501, "module"}, prefix, name.span, modules)
            .with_label("not used or governed by this module");
        return std::nullopt;
    }
    const std::vector<R> all = found<R>(table, last.text);
    if (all.size() == 1) return all.front();
    if (all.empty()) {
        unknown(sought, last.text, last.span, all_names(table));
        return std::nullopt;
    }
    source::Diagnostic& report = context_.report(
        Code::E0202, last.span, quoted(last.text) + " could mean more than one " + sought.noun);
    for (const R& one : all) {
        report.with_label(context_.span_of(one), "the one of " + quoted(module_name(one.module)));
    }
    report.with_help("write `" + module_name(all.front().module) + "." + last.text + "`");
    return std::nullopt;
}

std::optional<TypeDeclRef> ModuleScope::type(const ast::QualifiedName& name) const {
    return resolve<TypeDeclRef>(&Exports::types, name, {Code::E0204, "type"});
}
std::optional<ActionRef> ModuleScope::action(const ast::QualifiedName& name) const {
    return resolve<ActionRef>(&Exports::actions, name, {Code::E0205, "action"});
}
std::optional<EventRef> ModuleScope::event(const ast::QualifiedName& name) const {
    return resolve<EventRef>(&Exports::events, name, {Code::E0206, "event"});
}

bool ModuleScope::has_role(const std::string& name) const {
    return std::any_of(visible_.begin(), visible_.end(),
                       [&](ModuleId id) { return context_.of(id).roles.contains(name); });
}

bool ModuleScope::role(const ast::Name& name) const {
    if (has_role(name.text)) return true;
    unknown({Code::E0207, "role"}, name.text, name.span, all_roles());
    return false;
}

std::vector<StoreRef> ModuleScope::stores(const std::string& name) const {
    return found<StoreRef>(&Exports::stores, name);
}
std::vector<ConstantRef> ModuleScope::constants(const std::string& name) const {
    return found<ConstantRef>(&Exports::constants, name);
}
std::vector<FunctionRef> ModuleScope::functions(const std::string& name) const {
    return found<FunctionRef>(&Exports::functions, name);
}
std::vector<DatedRef> ModuleScope::dated(const std::string& name) const {
    return found<DatedRef>(&Exports::dated, name);
}
std::vector<AttributeRef> ModuleScope::attributes(const std::string& name) const {
    return found<AttributeRef>(&Exports::attributes, name);
}
std::vector<TypeDeclRef> ModuleScope::types(const std::string& name) const {
    return found<TypeDeclRef>(&Exports::types, name);
}
std::vector<ActionRef> ModuleScope::actions(const std::string& name) const {
    return found<ActionRef>(&Exports::actions, name);
}
std::vector<MemberRef> ModuleScope::members(const std::string& name) const {
    std::vector<MemberRef> all;
    for (const ModuleId id : visible_) {
        const auto at = context_.of(id).members.find(name);
        if (at != context_.of(id).members.end()) {
            all.insert(all.end(), at->second.begin(), at->second.end());
        }
    }
    return all;
}

}  // namespace edict::check
