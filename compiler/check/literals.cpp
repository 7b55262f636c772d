#include <algorithm>

#include "compiler/check/expressions.h"

namespace edict::check {

using value::Kind;

ExprRef Expressions::text(const ast::TextLiteral& tree, Span span) {
    const base::Result<std::string> canonical = value::to_nfc(tree.value);
    if (!canonical) {
        report(Code::E0305, span, canonical.error().message);
        return nullptr;
    }
    const std::size_t bytes =
        std::max<std::size_t>(canonical->size(), value::DEFAULT_TEXT_CAPACITY);
    const auto type = value::text_type(static_cast<std::uint32_t>(bytes));
    if (!type) {
        report(Code::E0308, span, type.error().message);
        return nullptr;
    }
    return make(*type, span, Constant{value::Value{*canonical}});
}

ExprRef Expressions::absent(Span span, const TypeRef& hint) {
    if (is(hint, Kind::optional)) {
        return make(hint, span, Constant{value::Value{value::Optional{}}});
    }
    if (hint == nullptr) {
        report(Code::E0302, span, "what is absent here cannot be told")
            .with_help("`absent` needs a place whose type ends with `?`");
    } else {
        report(Code::E0301, span, value::to_text(*hint) + " is never absent")
            .with_help(
                "ask `is known` or `is not known`; only a type that ends with `?` has `absent`");
    }
    return nullptr;
}

// The hint gives the type of the elements; whether they fit into its capacity is coerce's question.
std::optional<Expressions::Elements> Expressions::elements_of(
    const std::vector<ast::Expression>& trees, Span span, const TypeRef& hint, value::Kind kind) {
    const bool is_set = kind == Kind::set;
    const std::string word = is_set ? "set" : "list";
    const TypeRef wanted = without_optional(hint);
    TypeRef element = is(wanted, kind) ? wanted->parts[0] : nullptr;
    const bool hinted = element != nullptr;
    if (!hinted && trees.empty()) {
        report(Code::E0302, span, "what this empty " + word + " holds cannot be told")
            .with_help(is_set ? "use it where a Set<…> is needed"
                              : "use it where a List<…> is needed");
        return std::nullopt;
    }
    Elements made;
    bool complete = true;
    for (const ast::Expression& tree : trees) {
        ExprRef one = hinted ? expect(tree, element) : unwrapped(infer(tree, element));
        complete = complete && one != nullptr;
        if (!hinted && one != nullptr) {
            const TypeRef joined = element == nullptr ? one->type : join(element, one->type);
            if (joined == nullptr) {
                report(Code::E0303, one->span,
                       "a " + word + " holds one type: " + value::to_text(*element) + " before, " +
                           value::to_text(*one->type) + " here");
                complete = false;
            } else {
                element = joined;
            }
        }
        made.values.push_back(std::move(one));
    }
    if (!complete) return std::nullopt;
    auto capacity = static_cast<std::uint32_t>(std::max<std::size_t>(made.values.size(), 1));
    if (hinted) capacity = std::max(capacity, wanted->capacity);
    if (hinted && capacity == wanted->capacity) {
        made.type = wanted;
        return made;
    }
    const auto type =
        is_set ? value::set_type(element, capacity) : value::list_type(element, capacity);
    if (!type) {
        report(Code::E0308, span, type.error().message);
        return std::nullopt;
    }
    made.type = *type;
    return made;
}

ExprRef Expressions::set(const ast::SetLiteral& tree, Span span, const TypeRef& hint) {
    auto made = elements_of(tree.elements, span, hint, Kind::set);
    return made ? make(made->type, span, MakeSet{std::move(made->values)}) : nullptr;
}

ExprRef Expressions::list(const ast::ListLiteral& tree, Span span, const TypeRef& hint) {
    auto made = elements_of(tree.elements, span, hint, Kind::list);
    if (!made) return nullptr;
    return make(made->type, span, Builtin{BuiltinOp::make_list, std::move(made->values)});
}

ExprRef Expressions::tuple(const ast::TupleLiteral& tree, Span span, const TypeRef& hint) {
    const TypeRef wanted = without_optional(hint);
    const bool hinted = is(wanted, Kind::tuple) && wanted->parts.size() == tree.elements.size();
    std::vector<ExprRef> parts;
    std::vector<TypeRef> types;
    bool complete = true;
    for (std::size_t i = 0; i < tree.elements.size(); ++i) {
        ExprRef part =
            hinted ? expect(tree.elements[i], wanted->parts[i]) : infer(tree.elements[i]);
        complete = complete && part != nullptr;
        types.push_back(part == nullptr ? nullptr : part->type);
        parts.push_back(std::move(part));
    }
    if (!complete) return nullptr;
    const auto type = hinted ? base::Result<TypeRef>(wanted) : value::tuple_type(std::move(types));
    if (!type) {
        report(Code::E0308, span, type.error().message);
        return nullptr;
    }
    return make(*type, span, MakeRecord{std::move(parts)});
}

ExprRef Expressions::record(const ast::RecordLiteral& tree, Span span) {
    const auto ref = names_.type(tree.type);
    const TypeRef type = ref ? context_.of(ref->module).type_decls[ref->index].type : nullptr;
    if (type != nullptr && type->kind != Kind::record) {
        report(Code::E0301, tree.type.span, value::to_text(*type) + " is not a record")
            .with_label(context_.span_of(*ref), "declared here");
        return nullptr;
    }
    std::vector<ExprRef> fields(type == nullptr ? 0 : type->fields.size());
    std::unordered_map<std::string, Span> seen;
    bool complete = type != nullptr;
    for (const ast::FieldValue& given : tree.fields) {
        if (type == nullptr) {
            probe(*given.value);
            continue;
        }
        const auto at = std::find_if(type->fields.begin(), type->fields.end(),
                                     [&](const auto& f) { return f.name == given.field.text; });
        if (at == type->fields.end()) {
            std::vector<std::string> known;
            for (const value::Field& field : type->fields) known.push_back(field.name);
            names_.unknown({Code::E0208, "field"}, given.field.text, given.field.span, known)
                .with_label(context_.span_of(*ref), "the record");
            complete = false;
            continue;
        }
        ExprRef made = expect(*given.value, at->type);
        const auto [first, fresh] = seen.emplace(given.field.text, given.field.span);
        if (!fresh) {
            report(Code::E0212, given.field.span, quoted(given.field.text) + " stands here twice")
                .with_label(first->second, "first here")
                .with_help("remove one of them");
        }
        complete = complete && fresh && made != nullptr;
        fields[static_cast<std::size_t>(at - type->fields.begin())] = std::move(made);
    }
    std::vector<std::string> missing;
    for (std::size_t i = 0; type != nullptr && i < fields.size(); ++i) {
        if (!seen.contains(type->fields[i].name)) missing.push_back(type->fields[i].name);
    }
    if (!missing.empty() && complete) {
        report(Code::E0313, tree.type.span, value::to_text(*type) + " also has " + list_of(missing))
            .with_label(context_.span_of(*ref), "declared here")
            .with_help("give every field; one that is optional may be `absent`");
        complete = false;
    }
    return complete ? make(type, span, MakeRecord{std::move(fields)}) : nullptr;
}

}  // namespace edict::check
