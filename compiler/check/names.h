// Looking up declared names as one module sees them: its own, and those of the modules that it uses
// or governs. Not for other folders.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/context.h"

namespace edict::check {

// What is looked for, for messages: "an action", and the code when there is none.
struct Sought {
    Code unknown;
    std::string noun;
};

class ModuleScope {
public:
    ModuleScope(Context& context, ModuleId self);

    [[nodiscard]] Context& context() const { return context_; }
    [[nodiscard]] ModuleId self() const { return self_; }
    [[nodiscard]] const std::vector<ModuleId>& visible() const { return visible_; }  // self first

    // The visible module of this name: the whole name, or its last part.
    [[nodiscard]] std::optional<ModuleId> module_named(std::string_view name) const;

    // The one declaration that a name means. Otherwise reports why not.
    [[nodiscard]] std::optional<TypeDeclRef> type(const ast::QualifiedName& name) const;
    [[nodiscard]] std::optional<ActionRef> action(const ast::QualifiedName& name) const;
    [[nodiscard]] std::optional<EventRef> event(const ast::QualifiedName& name) const;
    // Whether a role of this name is declared; if not, reports it.
    bool role(const ast::Name& name) const;

    [[nodiscard]] std::vector<StoreRef> stores(const std::string& name) const;
    [[nodiscard]] std::vector<MemberRef> members(const std::string& name) const;
    [[nodiscard]] std::vector<TypeDeclRef> types(const std::string& name) const;
    [[nodiscard]] std::vector<ActionRef> actions(const std::string& name) const;
    [[nodiscard]] std::vector<ConstantRef> constants(const std::string& name) const;
    [[nodiscard]] std::vector<FunctionRef> functions(const std::string& name) const;
    [[nodiscard]] std::vector<DatedRef> dated(const std::string& name) const;
    [[nodiscard]] std::vector<AttributeRef> attributes(const std::string& name) const;
    [[nodiscard]] bool has_role(const std::string& name) const;

    // What "did you mean" chooses from; nothing once enough has been suggested in this run.
    [[nodiscard]] std::vector<std::string> all_names(NameTable Exports::* table) const;
    [[nodiscard]] std::vector<std::string> all_members() const;
    [[nodiscard]] std::vector<std::string> all_roles() const;

    template <typename Named>
    [[nodiscard]] std::vector<std::string> names_of(const std::vector<Named>& all) const {
        std::vector<std::string> names;
        for (const Named& one : all) {
            if (suggests()) names.push_back(one.name);
        }
        return names;
    }
    [[nodiscard]] bool suggests() const { return context_.suggestions < MAX_SUGGESTIONS; }

    // Reports an unknown name, with the nearest of `known`.
    source::Diagnostic& unknown(const Sought& sought, const std::string& name, Span span,
                                const std::vector<std::string>& known) const;
    // "hub.share", for messages.
    [[nodiscard]] std::string module_name(ModuleId id) const;

private:
    template <typename R>
    [[nodiscard]] std::vector<R> found(NameTable Exports::* table, const std::string& name) const;
    template <typename R>
    [[nodiscard]] std::optional<R> resolve(NameTable Exports::* table,
                                           const ast::QualifiedName& name,
                                           const Sought& sought) const;
    template <typename R>
    [[nodiscard]] std::optional<R> resolve_in(ModuleId module, NameTable Exports::* table,
                                              const ast::Name& name, const Sought& sought) const;

    Context& context_;
    ModuleId self_;
    std::vector<ModuleId> visible_;
};

}  // namespace edict::check
