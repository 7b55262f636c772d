#include "compiler/check/change.h"

#include <map>

#include "compiler/check/citations.h"
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"
#include "compiler/check/walk.h"

namespace edict::check {

namespace {

// What in a condition is not said by the stores alone, and how it is called; null: nothing.
const Expr* beyond_stores(const Expr& expr, std::string& what) {
    if (const auto* context = std::get_if<FromContext>(&expr.node)) {
        const bool is_party =
            context->what == ContextValue::caller || context->what == ContextValue::signer;
        what = is_party ? "who calls" : "the day";
        return &expr;
    }
    if (std::holds_alternative<HasRole>(expr.node)) {
        what = "the roles of parties";
        return &expr;
    }
    if (std::holds_alternative<HasDuty>(expr.node)) {
        what = "duties";
        return &expr;
    }
    const Expr* found = nullptr;
    for_each_part(expr, [&](const Expr& part) {
        if (found == nullptr) found = beyond_stores(part, what);
    });
    return found;
}

class Change {
public:
    explicit Change(const ModuleScope& names)
        : names_(names),
          context_(names.context()),
          exports_(context_.of(names.self())),
          module_(context_.module(names.self())) {}

    void check(const ast::InvariantDeclaration& tree) {
        if (!declare_once(context_, invariants_, tree.name)) return;
        check_name(context_, tree.name.text, tree.name.span);
        const std::size_t errors = context_.diagnostics.errors();
        Invariant made;
        made.name = tree.name.text;
        made.span = tree.span;
        made.cites = resolve_citations(names_, tree.cites);
        if (tree.over && !keys(tree, made)) return;
        // Its keys are to it what the parameters are to the code of an action.
        Action owner;
        owner.name = tree.name.text;
        owner.parameters = made.keys;
        Scope scope;
        scope.place = Place::invariant;
        scope.action = &owner;
        scope.locals = &made.locals;
        Expressions expressions(names_, scope);
        made.condition = expressions.condition(tree.condition);
        if (tree.because) made.because = expressions.message(*tree.because);
        if (made.condition == nullptr || context_.diagnostics.errors() != errors) return;
        if (!speaks_of_stores(tree, made)) return;
        module_.invariants.push_back(std::move(made));
    }

    void check(const ast::InitialDeclaration& tree) {
        const std::optional<std::uint32_t> origin = this->origin(tree);
        for (const ast::InitialValue& one : tree.values) value(one, origin);
    }

    void finish() {
        const Span span = exports_.tree->span;
        (void)within_limit(context_, module_.invariants.size(), MAX_INVARIANTS, "invariants", span);
        (void)within_limit(context_, module_.initial.size(), MAX_INITIAL_VALUES,
                           "values of initial data", span, "load the rest by calls");
    }

private:
    std::optional<StoreRef> store_named(const ast::QualifiedName& name) {
        const ast::Name& last = name.parts.back();
        std::vector<StoreRef> all = names_.stores(last.text);
        if (name.parts.size() > 1) {
            const std::string whole = name.text();
            const auto module =
                names_.module_named(whole.substr(0, whole.size() - last.text.size() - 1));
            std::erase_if(all, [&](StoreRef ref) { return !module || ref.module != *module; });
        }
        if (all.size() == 1) return all.front();
        if (all.empty()) {
            names_.unknown({Code::E0215, "store"}, name.text(), last.span,
                           names_.all_names(&Exports::stores));
            return std::nullopt;
        }
        source::Diagnostic& ambiguous = context_.report(
            Code::E0202, name.span, quoted(name.text()) + " could mean more than one store");
        for (const StoreRef ref : all)
            ambiguous.with_label(context_.span_of(ref), "of " + names_.module_name(ref.module));
        return std::nullopt;
    }

    bool keys(const ast::InvariantDeclaration& tree, Invariant& made) {
        const auto store = store_named(*tree.over);
        if (!store) return false;
        const Store& declared = context_.program.at(*store);
        if (declared.value == nullptr) return false;  // reported where it is declared
        const auto wrong = [&](Span span, std::string text) -> source::Diagnostic& {
            return context_.report(Code::E0951, span, std::move(text))
                .with_label(declared.span, "declared here");
        };
        if (declared.key == nullptr) {
            wrong(tree.over->span, quoted(declared.name) + " holds one value, and has no keys")
                .with_help("leave out `for every … in " + declared.name + "`");
            return false;
        }
        const std::size_t errors = context_.diagnostics.errors();
        report_repeats(context_, tree.keys);
        if (context_.diagnostics.errors() != errors) return false;
        std::vector<TypeRef> types{declared.key};
        if (tree.keys.size() > 1) {
            types = declared.key->kind == value::Kind::tuple ? declared.key->parts
                                                             : std::vector<TypeRef>{};
        }
        if (types.size() != tree.keys.size()) {
            wrong(source::join(tree.keys.front().span, tree.keys.back().span),
                  "the keys of " + quoted(declared.name) + " are " + value::to_text(*declared.key) +
                      ", and here are " + std::to_string(tree.keys.size()) + " names")
                .with_help("give one name for the key, or one for each of its parts");
            return false;
        }
        for (std::size_t i = 0; i < types.size(); ++i)
            made.keys.push_back({tree.keys[i].text, types[i], tree.keys[i].span});
        made.over = *store;
        return true;
    }

    bool speaks_of_stores(const ast::InvariantDeclaration& tree, Invariant& made) {
        std::string what;
        if (const Expr* beyond = beyond_stores(*made.condition, what)) {
            context_
                .report(Code::E0950, beyond->span,
                        "an invariant speaks of stores, and this asks for " + what)
                .with_help("write a rule or an assertion: they are about calls");
            return false;
        }
        collect_reads(*made.condition, made.reads);
        if (made.over) made.reads.insert(*made.over);
        if (made.reads.empty()) {
            context_
                .report(Code::E0950, tree.condition.span,
                        "this condition reads no store, so no call changes it")
                .with_help("ask for a store, or remove the invariant");
            return false;
        }
        return true;
    }

    std::optional<std::uint32_t> origin(const ast::InitialDeclaration& tree) {
        if (!tree.origin) return std::nullopt;
        check_text(context_, tree.origin->title, tree.span);
        const auto hash = crypto::hash_from_hex(tree.origin->hash);
        if (!hash) {
            context_.report(Code::E0952, tree.origin->hash_span, "this is no SHA-256")
                .with_help("write 64 hexadecimal digits, as `sha256sum FILE` prints them");
            return std::nullopt;
        }
        module_.origins.push_back({tree.origin->title, *hash});
        return static_cast<std::uint32_t>(module_.origins.size() - 1);
    }

    void value(const ast::InitialValue& tree, std::optional<std::uint32_t> origin) {
        Scope constants;
        Expressions expressions(names_, constants);
        const auto place = expressions.place(tree.target);
        if (!place) return;
        const Store& declared = context_.program.at(place->store);
        const auto wrong = [&](std::string text) -> source::Diagnostic& {
            return context_.report(Code::E0952, tree.target.span, std::move(text))
                .with_label(declared.span, "declared here");
        };
        if (place->store.module != names_.self()) {
            wrong(quoted(declared.name) + " belongs to " +
                  quoted(names_.module_name(place->store.module)))
                .with_help("give it its initial data there");
            return;
        }
        if (declared.counted) {
            wrong("a counter begins at nothing").with_help("remove this line");
            return;
        }
        InitialValue made{place->store, std::nullopt, {}, origin, tree.span};
        if (place->key != nullptr) {
            auto key = constant_of(*place->key);
            if (!key) {
                context_.report(Code::E0314, place->key->span, key.error().message)
                    .with_help("initial data are constants");
                return;
            }
            made.key = std::move(*key);
        }
        auto held = expressions.constant(tree.value, declared.value);
        if (!held) return;
        made.value = std::move(*held);
        const base::Bytes key =
            made.key ? value::to_bytes(*made.key, *declared.key) : base::Bytes();
        const auto [at, fresh] = given_.try_emplace({place->store.index, key}, tree.target.span);
        if (!fresh) {
            context_.report(Code::E0952, tree.target.span, "this has an initial value already")
                .with_label(at->second, "given here")
                .with_help("keep one of the two");
            return;
        }
        module_.initial.push_back(std::move(made));
    }

    const ModuleScope& names_;
    Context& context_;
    Exports& exports_;
    Module& module_;
    std::unordered_map<std::string, Span> invariants_;
    std::map<std::pair<std::uint32_t, base::Bytes>, Span> given_;
};

}  // namespace

void check_change(const ModuleScope& names) {
    Change change(names);
    check_history(names);
    derive_older_types(names);
    for (const ast::Declaration& declaration :
         names.context().of(names.self()).tree->declarations) {
        if (const auto* invariant = std::get_if<ast::InvariantDeclaration>(&declaration)) {
            change.check(*invariant);
        } else if (const auto* initial = std::get_if<ast::InitialDeclaration>(&declaration)) {
            change.check(*initial);
        }
    }
    change.finish();
}

}  // namespace edict::check
