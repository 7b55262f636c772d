#include "compiler/check/types.h"

#include <limits>
#include <map>
#include <set>

#include "compiler/check/declare.h"
#include "compiler/check/personal.h"
#include "value/type.h"

namespace edict::check {
namespace {

using base::Result;

// Reports what a maker of value/type.h refuses.
TypeRef made(const ModuleScope& scope, Span span, Result<TypeRef> type) {
    if (type) return *type;
    scope.context().report(Code::E0308, span, type.error().message);
    return nullptr;
}

std::uint32_t capacity_of(std::int64_t written) {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(written < 0 ? 0 : written > most ? most : written);
}

// Finds the value type of a named type; the declaring module may still be at it.
using Named = std::function<TypeRef(const ast::QualifiedName&)>;

struct Resolver {
    const ModuleScope& scope;
    const Named& named;
    Span span;

    TypeRef of(const ast::Type& type) const {
        return std::visit(Resolver{scope, named, type.span}, type.node);
    }
    TypeRef operator()(const ast::SimpleType& node) const {
        switch (node.kind) {
            case ast::SimpleKind::boolean:
                return value::boolean_type();
            case ast::SimpleKind::date:
                return value::date_type();
            case ast::SimpleKind::party:
                return value::party_type();
            case ast::SimpleKind::hash:
                return value::hash_type();
            case ast::SimpleKind::decimal:
                return value::decimal_type();
            case ast::SimpleKind::time:
                return value::time_type();
            case ast::SimpleKind::duration:
                return value::duration_type();
            case ast::SimpleKind::pseudonym:
                return value::pseudonym_type();
        }
        return nullptr;
    }
    TypeRef operator()(const ast::IntType& node) const {
        if (!node.range) return value::integer_type();
        if (node.range->low > node.range->high) {
            scope.context()
                .report(Code::E0310, node.range->span, "this range holds no number")
                .with_help("write the smaller number first: " + std::to_string(node.range->high) +
                           ".." + std::to_string(node.range->low));
            return nullptr;
        }
        return made(scope, span, value::integer_range(node.range->low, node.range->high));
    }
    TypeRef operator()(const ast::TextType& node) const {
        const auto bytes = node.capacity.value_or(value::DEFAULT_TEXT_CAPACITY);
        return made(scope, span, value::text_type(capacity_of(bytes)));
    }
    TypeRef operator()(const ast::BytesType& node) const {
        return made(scope, span, value::bytes_type(capacity_of(node.capacity)));
    }
    TypeRef operator()(const ast::NamedType& node) const { return named(node.name); }
    TypeRef operator()(const ast::OptionalType& node) const {
        TypeRef element = of(*node.element);
        if (element == nullptr) return nullptr;
        return made(scope, span, value::optional_type(std::move(element)));
    }
    TypeRef operator()(const ast::CommitmentType& node) const {
        TypeRef committed = of(*node.committed);
        if (committed == nullptr) return nullptr;
        return made(scope, span, value::commitment_type(std::move(committed)));
    }
    TypeRef operator()(const ast::SetType& node) const {
        TypeRef element = of(*node.element);
        if (element == nullptr) return nullptr;
        return made(scope, span, value::set_type(std::move(element), capacity_of(node.capacity)));
    }
    TypeRef operator()(const ast::QuantityType& node) const {
        if (!node.unit) return value::money_type();
        const std::string& unit = node.unit->text;
        if (node.money != value::is_currency(unit)) {
            source::Diagnostic& wrong = scope.context().report(
                Code::E0322, node.unit->span,
                node.money ? quoted(unit) + " is not a currency" : quoted(unit) + " is a currency");
            wrong.with_help(node.money ? "a currency has three capital letters: Money<CNY>"
                                       : "write Money<" + unit + ">");
            return nullptr;
        }
        return made(scope, span, value::quantity_type(unit));
    }
    TypeRef operator()(const ast::ListType& node) const {
        TypeRef element = of(*node.element);
        if (element == nullptr) return nullptr;
        return made(scope, span, value::list_type(std::move(element), capacity_of(node.capacity)));
    }
    // A set of entries: its canonical order is that of the days.
    TypeRef operator()(const ast::DatedType& node) const {
        TypeRef held = of(*node.value);
        if (held == nullptr) return nullptr;
        TypeRef entry = made(scope, span, value::tuple_type({value::date_type(), held}));
        if (entry == nullptr) return nullptr;
        return made(scope, span, value::set_type(std::move(entry), capacity_of(node.capacity)));
    }
    TypeRef operator()(const ast::MapType&) const {
        scope.context()
            .report(Code::E0309, span, "a Map can only be the type of a store")
            .with_help("declare `store name: Map<…>`, or use a Set");
        return nullptr;
    }
    TypeRef operator()(const ast::TupleType& node) const {
        std::vector<TypeRef> parts;
        bool complete = true;
        for (const ast::Type& part : node.parts) {
            parts.push_back(of(part));
            complete = complete && parts.back() != nullptr;
        }
        if (!complete) return nullptr;
        return made(scope, span, value::tuple_type(std::move(parts)));
    }
};

// Makes the records of one module in whatever order their fields ask for.
class Records {
public:
    Records(const ModuleScope& scope, std::vector<const ast::RecordDeclaration*> trees)
        : scope_(scope), trees_(std::move(trees)), state_(trees_.size(), State::fresh) {}

    void make_all() {
        for (std::uint32_t i = 0; i < trees_.size(); ++i) {
            if (trees_[i] != nullptr) make(i);
        }
    }

private:
    enum class State { fresh, open, done };

    TypeDecl& decl(std::uint32_t index) {
        return scope_.context().of(scope_.self()).type_decls[index];
    }

    void make(std::uint32_t index) {
        if (state_[index] == State::done) return;
        state_[index] = State::open;
        path_.push_back(index);
        const ast::RecordDeclaration& tree = *trees_[index];
        const Named named = [this](const ast::QualifiedName& name) { return find(name); };
        std::vector<value::Field> fields;
        std::unordered_map<std::string, Span> seen;
        std::map<std::string, Span> personal;
        bool complete = true;
        for (const ast::Field& field : tree.fields) {
            if (!declare_once(scope_.context(), seen, field.name)) complete = false;
            fields.push_back(
                {field.name.text, Resolver{scope_, named, field.type.span}.of(field.type)});
            complete = complete && fields.back().type != nullptr;
            if (is_marked(scope_.context(), field, fields.back().type, true))
                personal.emplace(field.name.text, field.name.span);
        }
        path_.pop_back();
        state_[index] = State::done;
        if (!complete) return;
        const std::string name = scope_.module_name(scope_.self()) + "." + tree.name.text;
        if (!personal.empty()) scope_.context().program.personal_fields[name] = std::move(personal);
        decl(index).type =
            made(scope_, tree.name.span, value::record_type(name, std::move(fields)));
    }

    TypeRef find(const ast::QualifiedName& name) {
        const auto ref = scope_.type(name);
        if (!ref) return nullptr;
        Context& context = scope_.context();
        if (ref->module != scope_.self())
            return context.of(ref->module).type_decls[ref->index].type;
        if (trees_[ref->index] == nullptr) return decl(ref->index).type;  // an enum
        if (state_[ref->index] == State::open) {
            report_cycle(ref->index, name.span);
            return nullptr;
        }
        if (path_.size() > value::MAX_TYPE_DEPTH) {
            context.report(Code::E0308, name.span,
                           "records are nested in each other more than " +
                               std::to_string(value::MAX_TYPE_DEPTH) + " deep");
            return nullptr;
        }
        make(ref->index);
        return decl(ref->index).type;
    }

    void report_cycle(std::uint32_t index, Span span) {
        source::Diagnostic& report = scope_.context().report(
            Code::E0311, span, quoted(decl(index).name) + " would contain itself");
        bool inside = false;
        for (const std::uint32_t step : path_) {
            inside = inside || step == index;
            if (inside && step != index)
                report.with_label(decl(step).span, "by way of this record");
        }
        report.with_help("keep the inner ones in a store, and their keys here");
    }

    const ModuleScope& scope_;
    std::vector<const ast::RecordDeclaration*> trees_;  // by TypeDecl; null for enums
    std::vector<State> state_;
    std::vector<std::uint32_t> path_;
};

// A new type of this module; nothing if the name is taken.
std::optional<std::uint32_t> add_type(const ModuleScope& scope, const ast::Name& name) {
    Context& context = scope.context();
    Exports& exports = context.of(scope.self());
    static const std::set<std::string> OWN = {
        "Bool", "Int",      "Text", "Bytes",   "Date",       "Party",
        "Hash", "Set",      "Map",  "Decimal", "Quantity",   "Money",
        "Time", "Duration", "List", "Dated",   "Commitment", "Pseudonym"};
    if (OWN.contains(name.text)) {
        context.report(Code::E0203, name.span, quoted(name.text) + " is a type of the language")
            .with_help("choose another name");
        return std::nullopt;
    }
    const auto index = static_cast<std::uint32_t>(exports.type_decls.size());
    const auto [at, fresh] = exports.types.emplace(name.text, index);
    if (!fresh) {
        report_twice(context, name, exports.type_decls[at->second].span);
        return std::nullopt;
    }
    exports.type_decls.push_back({name.text, nullptr, name.span});
    return index;
}

void declare_enum(const ModuleScope& scope, const ast::EnumDeclaration& tree) {
    const auto index = add_type(scope, tree.name);
    if (!index) return;
    Context& context = scope.context();
    Exports& exports = context.of(scope.self());
    std::vector<std::string> members;
    std::unordered_map<std::string, Span> seen;
    for (const ast::Name& member : tree.members) {
        if (!declare_once(context, seen, member)) continue;
        const auto ordinal = static_cast<std::uint32_t>(members.size());
        members.push_back(member.text);
        exports.members[member.text].push_back({{scope.self(), *index}, ordinal, member.span});
    }
    const std::string name = scope.module_name(scope.self()) + "." + tree.name.text;
    exports.type_decls[*index].type =
        made(scope, tree.name.span, value::enum_type(name, std::move(members), tree.ordered));
}

}  // namespace

void declare_types(const ModuleScope& scope) {
    Exports& exports = scope.context().of(scope.self());
    std::vector<const ast::RecordDeclaration*> records;
    for (const ast::Declaration& declaration : exports.tree->declarations) {
        if (const auto* tree = std::get_if<ast::EnumDeclaration>(&declaration)) {
            declare_enum(scope, *tree);
        } else if (const auto* record = std::get_if<ast::RecordDeclaration>(&declaration)) {
            if (const auto index = add_type(scope, record->name)) {
                records.resize(exports.type_decls.size(), nullptr);
                records[*index] = record;
            }
        }
    }
    records.resize(exports.type_decls.size(), nullptr);
    (void)within_limit(scope.context(), exports.type_decls.size(), MAX_TYPES, "types",
                       exports.tree->span);
    Records(scope, std::move(records)).make_all();
}

TypeRef resolve_type(const ModuleScope& scope, const ast::Type& type) {
    const Named named = [&scope](const ast::QualifiedName& name) -> TypeRef {
        const auto ref = scope.type(name);
        if (!ref) return nullptr;
        return scope.context().of(ref->module).type_decls[ref->index].type;
    };
    return Resolver{scope, named, type.span}.of(type);
}

}  // namespace edict::check
