// Headers and the declarations of contracts.
#include <fmt/format.h>

#include "compiler/parse/builder.h"

namespace edict::parse {
namespace {

std::uint32_t digits(std::string_view text) {
    std::uint32_t value = 0;
    for (const char c : text) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return value;
}

constexpr std::size_t MAX_VERSION_DIGITS = 9;
constexpr std::int32_t MAX_ZONE_MINUTES = 14 * 60;

}  // namespace

source::Span Builder::span(antlr4::ParserRuleContext* context) const {
    const auto begin = static_cast<std::uint32_t>(context->getStart()->getStartIndex());
    const antlr4::Token* stop = context->getStop();
    const auto end = stop == nullptr ? begin : static_cast<std::uint32_t>(stop->getStopIndex());
    return {file_, begin, std::max(begin, end)};
}

source::Span Builder::span(antlr4::tree::TerminalNode* node) const {
    return {file_, static_cast<std::uint32_t>(node->getSymbol()->getStartIndex()),
            static_cast<std::uint32_t>(node->getSymbol()->getStopIndex())};
}

ast::Name Builder::name(Grammar::NameContext* context) const {
    const Span where = span(context);
    return {std::string(raw(where)), where};
}

std::vector<ast::Name> Builder::names(Grammar::NamesContext* context) const {
    std::vector<ast::Name> out;
    for (auto* one : context->name()) out.push_back(name(one));
    return out;
}

ast::QualifiedName Builder::path(Grammar::PathContext* context) const {
    ast::QualifiedName out;
    for (auto* part : context->name()) out.parts.push_back(name(part));
    out.span = span(context);
    return out;
}

std::vector<ast::QualifiedName> Builder::paths(Grammar::PathsContext* context) const {
    std::vector<ast::QualifiedName> out;
    for (auto* one : context->path()) out.push_back(path(one));
    return out;
}

ast::Zone Builder::zone(antlr4::tree::TerminalNode* offset) {
    const Span where = span(offset);
    const std::string_view text = raw(where);  // +08:00
    const auto hours = static_cast<std::int32_t>(digits(text.substr(1, 2)));
    const auto minutes = static_cast<std::int32_t>(digits(text.substr(4, 2)));
    const std::int32_t total = hours * 60 + minutes;
    if (minutes > 59 || total > MAX_ZONE_MINUTES) {
        diagnostics_.add(Code::E0105, where, fmt::format("no time zone is {} from UTC", text))
            .with_help("write hours and minutes east of UTC, from -14:00 to +14:00: `zone +08:00`");
        return {0, where};
    }
    return {text[0] == '-' ? -total : total, where};
}

std::optional<ast::Version> Builder::version(antlr4::tree::TerminalNode* number) {
    const Span where = span(number);
    const std::string_view text = raw(where);
    const std::size_t first = text.find('.');
    const std::size_t second = text.find('.', first + 1);
    const std::string_view parts[] = {
        text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
    for (const std::string_view part : parts) {
        if (part.size() <= MAX_VERSION_DIGITS) continue;
        diagnostics_.add(Code::E0107, where, "a part of this version is too large")
            .with_help(fmt::format("use at most {} digits for each part", MAX_VERSION_DIGITS));
        return std::nullopt;
    }
    return ast::Version{digits(parts[0]), digits(parts[1]), digits(parts[2]), where};
}

void Builder::header(Grammar::HeaderContext* context, ast::Module& module) {
    module.kind =
        context->CONTRACT() != nullptr ? ast::ModuleKind::contract : ast::ModuleKind::regulation;
    module.name = path(context->path());
    module.version = version(context->VERSION_NUMBER());
    module.span = span(context->path());
    module.span.begin = span(context).begin;
    std::optional<Span> governs;
    const auto once = [this](std::optional<Span> before, Span now, std::string_view clause) {
        if (!before) return true;
        diagnostics_.add(Code::E0111, now, fmt::format("`{}` is given twice", clause))
            .with_label(*before, "first given here")
            .with_help("keep one of the two");
        return false;
    };
    for (auto* clause : context->headerClause()) {
        const Span where = span(clause);
        if (auto* given = dynamic_cast<Grammar::ZoneClauseContext*>(clause)) {
            if (once(module.zone ? std::optional(module.zone->span) : std::nullopt, where,
                     "zone")) {
                module.zone = zone(given->OFFSET());
            }
        } else if (auto* roles = dynamic_cast<Grammar::RegulatorsClauseContext*>(clause)) {
            if (module.kind == ast::ModuleKind::regulation) {
                diagnostics_.add(Code::E0111, where, "a regulation has no `regulators`")
                    .with_help("only a contract names its regulators: move the line there");
                continue;
            }
            if (once(module.regulators ? std::optional(module.regulators->span) : std::nullopt,
                     where, "regulators")) {
                module.regulators = ast::Regulators{{}, where};
                if (roles->names() != nullptr) module.regulators->roles = names(roles->names());
            }
        } else if (auto* governed = dynamic_cast<Grammar::GovernsClauseContext*>(clause)) {
            if (module.kind == ast::ModuleKind::contract) {
                diagnostics_.add(Code::E0111, where, "a contract governs nothing")
                    .with_help("only a regulation has `governs`; begin the file with `regulation`");
                continue;
            }
            if (once(governs, where, "governs")) module.governs = paths(governed->paths());
            governs = where;
        }
    }
}

ast::Declaration Builder::declaration(Grammar::DeclarationContext* context) {
    if (auto* c = context->useDeclaration()) return use(c);
    if (auto* c = context->roleDeclaration()) return role(c);
    if (auto* c = context->eventDeclaration()) return event(c);
    if (auto* c = context->enumDeclaration()) return enumeration(c);
    if (auto* c = context->recordDeclaration()) return record(c);
    if (auto* c = context->storeDeclaration()) return store(c);
    if (auto* c = context->constDeclaration()) return constant(c);
    if (auto* c = context->functionDeclaration()) return function(c);
    if (auto* c = context->tableDeclaration()) return table(c);
    if (auto* c = context->parameterDeclaration()) return parameter(c);
    if (auto* c = context->attributeDeclaration()) return attribute(c);
    if (auto* c = context->actionDeclaration()) return action(c);
    if (auto* c = context->sourceDeclaration()) return source(c);
    if (auto* c = context->defaultDeclaration()) return default_line(c);
    if (auto* c = context->ruleDeclaration()) return rule(c);
    if (auto* c = context->counterDeclaration()) return counter(c);
    if (auto* c = context->observeDeclaration()) return observer(c);
    if (auto* c = context->orderDeclaration()) return order(c);
    if (auto* c = context->assertDeclaration()) return assertion(c);
    if (auto* c = context->exampleDeclaration()) return example(c);
    if (auto* c = context->invariantDeclaration()) return invariant(c);
    if (auto* c = context->initialDeclaration()) return initial(c);
    if (auto* c = context->upgradeDeclaration()) return upgrade(c);
    return test(context->testDeclaration());
}

ast::Declaration Builder::use(Grammar::UseDeclarationContext* context) {
    return ast::UseDeclaration{path(context->path()), span(context)};
}

ast::Declaration Builder::role(Grammar::RoleDeclarationContext* context) {
    return ast::RoleDeclaration{names(context->names()), span(context)};
}

ast::Declaration Builder::event(Grammar::EventDeclarationContext* context) {
    return ast::EventDeclaration{name(context->name()), fields(context->fields()), span(context),
                                 context->PERSONAL() != nullptr};
}

ast::Declaration Builder::enumeration(Grammar::EnumDeclarationContext* context) {
    ast::EnumDeclaration out;
    out.name = name(context->name());
    out.ordered = context->ORDERED() != nullptr;
    for (auto* one : context->enumMember()) {
        out.members.push_back(name(one->name()));
        out.since.emplace_back();
        if (one->VERSION_NUMBER() != nullptr) out.since.back() = version(one->VERSION_NUMBER());
    }
    out.span = span(context);
    return out;
}

ast::Declaration Builder::record(Grammar::RecordDeclarationContext* context) {
    return ast::RecordDeclaration{name(context->name()), fields(context->fields()), span(context)};
}

ast::Declaration Builder::store(Grammar::StoreDeclarationContext* context) {
    ast::StoreDeclaration out{name(context->name()), type(context->type()), std::nullopt,
                              span(context)};
    if (context->expression() != nullptr) out.initial = expression(context->expression());
    return out;
}

ast::Declaration Builder::constant(Grammar::ConstDeclarationContext* context) {
    ast::ConstDeclaration out{name(context->name()), std::nullopt,
                              expression(context->expression()), span(context)};
    if (context->type() != nullptr) out.type = type(context->type());
    return out;
}

ast::Declaration Builder::function(Grammar::FunctionDeclarationContext* context) {
    return ast::FunctionDeclaration{name(context->name()), fields(context->fields()),
                                    type(context->type()), expression(context->expression()),
                                    span(context)};
}

ast::Declaration Builder::parameter(Grammar::ParameterDeclarationContext* context) {
    ast::ParameterDeclaration out{
        name(context->name()), type(context->type()), {}, {}, span(context)};
    for (auto* one : context->cites()) cites(one, out.cites);
    for (auto* one : context->datedValue()) {
        out.values.push_back({date(one->DATE()), expression(one->expression()), span(one)});
    }
    return out;
}

ast::Declaration Builder::action(Grammar::ActionDeclarationContext* context) {
    ast::ActionDeclaration out;
    out.name = name(context->name());
    out.parameters = fields(context->fields());
    if (context->type() != nullptr) out.result = type(context->type());
    by(context->by(), out);
    if (Grammar::DatedContext* dated = context->dated()) {
        out.dated = ast::Dated{name(dated->name()), integer(dated->INTEGER(), false), span(dated)};
    }
    out.body = block(context->block());
    out.span = span(context);
    return out;
}

ast::Declaration Builder::attribute(Grammar::AttributeDeclarationContext* context) {
    return ast::AttributeDeclaration{name(context->name()), type(context->type()), span(context)};
}

// The roles of `by hospital, ministry`; none for `by anyone` and `by duty`.
void Builder::by(Grammar::ByContext* context, ast::ActionDeclaration& out) {
    out.by_duty = context->DUTY() != nullptr;
    if (context->names() == nullptr) return;
    std::vector<ast::Name> roles = names(context->names());
    for (const ast::Name& role : roles) {
        if (role.text == "duty" && roles.size() > 1) {
            diagnostics_
                .add(Code::E0101, role.span, "`duty` stands alone: nobody calls such an action")
                .with_help("write `by duty`, or only the roles");
        } else if (role.text == "anyone" && roles.size() > 1) {
            diagnostics_.add(Code::E0101, role.span, "`anyone` stands alone: it holds every role")
                .with_help("write `by anyone`, or only the roles");
        }
    }
    out.by_roles = std::move(roles);
}

std::vector<ast::Field> Builder::fields(Grammar::FieldsContext* context) {
    std::vector<ast::Field> out;
    if (context == nullptr) return out;
    for (auto* field : context->field()) {
        out.push_back({name(field->name()), type(field->type()), span(field), std::nullopt,
                       field->PERSONAL() != nullptr});
        if (field->added() != nullptr) out.back().added = added(field->added());
    }
    return out;
}

}  // namespace edict::parse
