// What the parts of the checker share while a Program is being made. Not for other folders.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/check/limits.h"
#include "compiler/check/program.h"
#include "compiler/source/diagnostics.h"

namespace edict::check {

using source::Code;
using source::Span;
using value::TypeRef;

using TypeDeclRef = Ref<struct TypeDeclTag>;
using SourceRef = Ref<struct SourceTag>;
using RuleRef = Ref<struct RuleTag>;

struct TypeDecl {  // an enum or record
    std::string name;
    TypeRef type;  // null if it has an error
    Span span;
};
struct MemberRef {  // of an enum
    TypeDeclRef type;
    std::uint32_t ordinal = 0;
    Span span;
};

// What expressions name and this pass replaces: nothing of them is in the Program.
struct ConstantDecl {
    std::string name;
    TypeRef type;  // null if it has an error
    value::Value value;
    Span span;
};
struct FunctionDecl {
    std::string name;
    const ast::FunctionDeclaration* tree = nullptr;  // or else
    const ast::TableDeclaration* table = nullptr;
    std::uint32_t table_index = 0;  // of a sound table, in its module
    std::vector<Parameter> parameters;
    TypeRef result;
    bool open = false;     // its body is being read just now
    bool checked = false;  // its body has been read by itself
    bool sound = false;    // and has no error
    Span span;
};
struct DatedDecl {  // a parameter: its values by date, ascending
    std::string name;
    TypeRef type;  // null if it has an error
    std::vector<std::pair<value::Date, value::Value>> values;
    Span span;
};
struct AttributeDecl {  // of a party, kept by std.membership
    std::string name;
    TypeRef type;  // null if it has an error
    Span span;
};
using AttributeRef = Ref<struct AttributeTag>;
using ConstantRef = Ref<struct ConstantTag>;
using FunctionRef = Ref<struct FunctionTag>;
using DatedRef = Ref<struct DatedTag>;

using NameTable = std::unordered_map<std::string, std::uint32_t>;  // name -> index in its module

// The declared names of one module.
struct Exports {
    const ast::Module* tree = nullptr;
    std::vector<TypeDecl> type_decls;
    NameTable types, stores, actions, events, sources, rules;
    std::vector<ConstantDecl> constant_decls;
    std::vector<FunctionDecl> function_decls;
    std::vector<DatedDecl> dated_decls;
    std::vector<AttributeDecl> attribute_decls;
    NameTable constants, functions, dated, attributes;
    std::optional<ModuleId>
        implied;  // std.membership, where attributes ask for it and no `use` does
    std::unordered_map<std::string, std::vector<MemberRef>> members;
    std::unordered_map<std::string, Span> roles;
    // Names whose declaration has an error: no second message about them.
    bool zone_reported = false;
};

// What the texts of the modules say of their types in older versions; by the types' full names.
struct TypePast {
    std::map<std::string, const ast::RecordDeclaration*> records;
    std::map<std::string, const ast::EnumDeclaration*> enums;
    std::map<std::string, std::map<Version, UpgradeRef>> upgrades;
    bool broken = false;  // one of them has a mistake: nothing can be derived
};

struct Context {
    Program program;
    std::vector<Exports> exports;  // by ModuleId
    source::Diagnostics& diagnostics;
    std::size_t suggestions = 0;                       // given so far
    std::string citation;                              // of the rule at hand
    std::map<ActionRef, std::set<StoreRef>> observed;  // what observers of an action write
    std::size_t called_bytes = 0;  // of functions put in place of their names so far
    bool called_too_much = false;
    TypePast past{};  // of the modules that are checked

    source::Diagnostic& report(Code code, Span span, std::string message) {
        return diagnostics.add(code, span, std::move(message)).with_citation(citation);
    }

    [[nodiscard]] Exports& of(ModuleId id) { return exports[id.value]; }
    [[nodiscard]] Module& module(ModuleId id) { return program.modules[id.value]; }

    [[nodiscard]] Span span_of(TypeDeclRef ref) {
        return of(ref.module).type_decls[ref.index].span;
    }
    [[nodiscard]] Span span_of(StoreRef ref) { return program.at(ref).span; }
    [[nodiscard]] Span span_of(ActionRef ref) { return program.at(ref).span; }
    [[nodiscard]] Span span_of(EventRef ref) { return program.at(ref).span; }
};

// Reports that `count` passes `limit`; true if it does not.
[[nodiscard]] bool within_limit(Context& context, std::size_t count, std::size_t limit,
                                const std::string& what, Span span,
                                const std::string& help = "divide it");
// Report a name or a text that is too long.
void check_name(Context& context, const std::string& name, Span span);
void check_text(Context& context, const std::string& text, Span span);

// "`a`, `b` and `c`"
[[nodiscard]] std::string list_of(const std::vector<std::string>& names);
[[nodiscard]] inline std::string quoted(const std::string& name) { return "`" + name + "`"; }

}  // namespace edict::check
