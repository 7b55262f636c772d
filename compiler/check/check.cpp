#include "compiler/check/check.h"

#include "compiler/check/change.h"
#include "compiler/check/declare.h"
#include "compiler/check/modules.h"
#include "compiler/check/observers.h"
#include "compiler/check/personal.h"
#include "compiler/check/rules.h"
#include "compiler/check/statements.h"
#include "compiler/check/tests.h"
#include "compiler/check/unread.h"

namespace edict::check {
namespace {

// What the header says.
Module header_of(const OrderedModule& ordered) {
    const ast::Module& tree = ordered.file->module;
    Module made;
    made.name = tree.name.text();
    const bool contract = tree.kind == ast::ModuleKind::contract;
    made.kind = contract ? ModuleKind::contract : ModuleKind::regulation;
    if (tree.version)
        made.version = {tree.version->major, tree.version->minor, tree.version->patch};
    if (tree.zone) made.zone_minutes = tree.zone->minutes;
    made.file = ordered.file->file;
    made.span = tree.span;
    for (const Import& import : ordered.imports) {
        const ModuleId id{static_cast<std::uint32_t>(import.module)};
        made.uses.push_back(id);
        if (import.governed) made.governs.push_back(id);
    }
    return made;
}

// Only a contract has them: the parser says so.
void check_regulators(const ModuleScope& names) {
    Context& context = names.context();
    Module& module = context.module(names.self());
    const ast::Module& tree = *context.of(names.self()).tree;
    if (module.kind != ModuleKind::contract) return;
    if (!tree.regulators) {
        context
            .report(Code::E0506, tree.span, quoted(module.name) + " does not say who regulates it")
            .with_help("add `regulators` with the roles, or `regulators none`");
        return;
    }
    report_repeats(context, tree.regulators->roles);
    for (const ast::Name& role : tree.regulators->roles) {
        if (names.role(role)) module.regulators.push_back(role.text);
    }
}

void check_module(const ModuleScope& names) {
    Context& context = names.context();
    check_name(context, context.module(names.self()).name,
               context.of(names.self()).tree->name.span);
    declare_module(names);
    check_regulators(names);
    check_observers(names);
    check_actions(names);
    check_rules(names);
    check_change(names);
}

std::optional<Program> check_whole(const std::vector<const ast::File*>& files,
                                   const ModuleFinder& find_module,
                                   source::Diagnostics& diagnostics) {
    const std::size_t errors = diagnostics.errors();
    const std::vector<OrderedModule> ordered = order_modules(files, find_module, diagnostics);
    if (ordered.empty()) return std::nullopt;
    Context context{{}, {}, diagnostics, 0, {}, {}};
    if (!within_limit(context, ordered.size(), MAX_MODULES, "modules",
                      ordered.back().file->module.span)) {
        return std::nullopt;
    }
    for (const OrderedModule& one : ordered) {
        context.program.modules.push_back(header_of(one));
        Exports& exports = context.exports.emplace_back();
        exports.tree = &one.file->module;
        for (const Import& import : one.imports) {
            if (import.implied)
                exports.implied = ModuleId{static_cast<std::uint32_t>(import.module)};
        }
    }
    const auto each_sound = [&](void (*part)(const ModuleScope&)) {
        for (std::uint32_t i = 0; i < ordered.size(); ++i) {
            if (!ordered[i].broken) part(ModuleScope(context, ModuleId{i}));
        }
    };
    each_sound(check_module);
    each_sound(check_tests);
    check_personal(context.program, diagnostics);
    if (diagnostics.errors() != errors) return std::nullopt;
    return std::move(context.program);
}

}  // namespace

std::optional<Program> check(const std::vector<const ast::File*>& files,
                             const ModuleFinder& find_module, source::Diagnostics& diagnostics) {
    const std::set<std::string> unread = unread_words(files);
    if (unread.empty()) return check_whole(files, find_module, diagnostics);
    for (const char* word : {"contract", "regulation", "use"}) {
        if (unread.contains(word)) return std::nullopt;  // what is imported is not known
    }
    source::Diagnostics found;
    (void)check_whole(files, find_module, found);
    for (const source::Diagnostic& mistake : found.list()) {
        if (!may_come_of(mistake, unread)) diagnostics.add(mistake);
    }
    return std::nullopt;
}

}  // namespace edict::check
