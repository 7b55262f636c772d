// What says how stores stay right over time: invariants, initial data, upgrades.
#include "compiler/parse/builder.h"

namespace edict::parse {

ast::Added Builder::added(Grammar::AddedContext* context) {
    ast::Added out{version(context->VERSION_NUMBER()), std::nullopt, span(context)};
    if (context->expression() != nullptr) out.initial = expression(context->expression());
    return out;
}

ast::Declaration Builder::invariant(Grammar::InvariantDeclarationContext* context) {
    ast::InvariantDeclaration out;
    out.name = name(context->name(0));
    for (auto* one : context->cites()) cites(one, out.cites);
    if (context->FOR_EVERY() != nullptr) {
        if (context->names() != nullptr) {
            out.keys = names(context->names());
        } else {
            out.keys.push_back(name(context->name(1)));
        }
        out.over = path(context->path());
    }
    out.condition = expression(context->expression());
    if (context->because() != nullptr) out.because = message(context->because()->TEXT());
    out.span = span(context);
    return out;
}

ast::Declaration Builder::initial(Grammar::InitialDeclarationContext* context) {
    ast::InitialDeclaration out;
    if (context->FROM() != nullptr) {
        out.origin = {text(context->TEXT(0)), text(context->TEXT(1)), span(context->TEXT(1))};
    }
    for (auto* one : context->initialValue()) {
        out.values.push_back({target(one->place()), expression(one->expression()), span(one)});
    }
    out.span = span(context);
    return out;
}

ast::Declaration Builder::upgrade(Grammar::UpgradeDeclarationContext* context) {
    return ast::UpgradeDeclaration{name(context->name()), version(context->VERSION_NUMBER()),
                                   fields(context->fields()), expression(context->expression()),
                                   span(context)};
}

}  // namespace edict::parse
