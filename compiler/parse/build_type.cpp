// Types: the grammar reads NAME<…>; here the names get their meaning.
#include <fmt/format.h>

#include <array>

#include "compiler/parse/builder.h"

namespace edict::parse {
namespace {

constexpr std::array<std::string_view, 1> UNSUPPORTED_TYPES = {"Float"};

constexpr std::string_view SIMPLE_TYPES[] = {"Bool",    "Date", "Party",    "Hash",
                                             "Decimal", "Time", "Duration", "Pseudonym"};

}  // namespace

void Builder::wrong_type(Span where, std::string message, std::string help) {
    diagnostics_.add(Code::E0101, where, std::move(message)).with_help(std::move(help));
}

ast::Type Builder::type(Grammar::TypeContext* context) {
    ast::Type out = core_type(context->typeCore());
    for (auto* mark : context->QUESTION()) {
        if (std::holds_alternative<ast::OptionalType>(out.node)) {
            wrong_type(span(mark), "a type is optional once", "remove one `?`");
            break;
        }
        const Span whole = join(out.span, span(mark));
        out = {whole, ast::OptionalType{std::make_unique<ast::Type>(std::move(out))}};
    }
    return out;
}

ast::Type Builder::core_type(Grammar::TypeCoreContext* context) {
    const Span where = span(context);
    if (context->path() == nullptr) {
        std::vector<ast::Type> parts;
        for (auto* part : context->type()) parts.push_back(type(part));
        if (parts.size() == 1) return std::move(parts[0]);
        return {where, ast::TupleType{std::move(parts)}};
    }
    ast::QualifiedName name = path(context->path());
    if (name.parts.size() == 1) return built_in(context, name);
    if (!context->typeArgument().empty() || context->range() != nullptr) {
        wrong_type(where, fmt::format("`{}` takes nothing after its name", name.text()),
                   "remove what follows it");
    }
    return {where, ast::NamedType{std::move(name)}};
}

ast::Type Builder::built_in(Grammar::TypeCoreContext* context, const ast::QualifiedName& name) {
    const Span where = span(context);
    const std::string& word = name.parts[0].text;
    const auto given = context->typeArgument();
    const auto is_type = [&](std::size_t i) { return given[i]->type() != nullptr; };
    if (context->range() != nullptr && word != "Int") {
        wrong_type(span(context->range()), "only Int has a range", "write Int 0..100");
    }
    if (word == "Int") {
        if (!given.empty())
            wrong_type(where, "a range of Int stands without brackets", "write Int 0..100");
        ast::IntType out;
        if (context->range() != nullptr) out.range = range(context->range());
        return {where, std::move(out)};
    }
    for (std::size_t i = 0; i < std::size(SIMPLE_TYPES); ++i) {
        if (word != SIMPLE_TYPES[i]) continue;
        if (!given.empty())
            wrong_type(where, fmt::format("{} takes nothing in brackets", word),
                       fmt::format("write {}", word));
        return {where, ast::SimpleType{static_cast<ast::SimpleKind>(i)}};
    }
    if (word == "Text") {
        if (given.empty()) return {where, ast::TextType{}};
        if (given.size() == 1 && !is_type(0)) return {where, ast::TextType{capacity(given[0])}};
        wrong_type(where, "Text takes one number: its size in bytes", "write Text<64>");
    } else if (word == "Bytes") {
        if (given.size() == 1 && !is_type(0)) return {where, ast::BytesType{capacity(given[0])}};
        wrong_type(where, "Bytes takes one number: its size", "write Bytes<32>");
    } else if (word == "Quantity" || word == "Money") {
        const bool money = word == "Money";
        if (money && given.empty()) return {where, ast::QuantityType{std::nullopt, true}};
        if (given.size() == 1 && is_type(0)) {
            ast::Type unit = type(given[0]->type());
            const auto* named = std::get_if<ast::NamedType>(&unit.node);
            if (named != nullptr && named->name.parts.size() == 1) {
                return {where, ast::QuantityType{named->name.parts[0], money}};
            }
        }
        if (money) {
            wrong_type(where, "Money takes a currency, or nothing", "write Money<CNY>, or Money");
        } else {
            wrong_type(where, "Quantity takes a unit", "write Quantity<mg>");
        }
    } else if (word == "Set") {
        if (given.size() == 2 && is_type(0) && !is_type(1)) {
            return {where, ast::SetType{std::make_unique<ast::Type>(type(given[0]->type())),
                                        capacity(given[1])}};
        }
        wrong_type(where, "Set takes a type and how many elements it holds at most",
                   "write Set<Text, 64>");
    } else if (word == "List" || word == "Dated") {
        if (given.size() == 2 && is_type(0) && !is_type(1)) {
            auto element = std::make_unique<ast::Type>(type(given[0]->type()));
            const std::int64_t most = capacity(given[1]);
            if (word == "List") return {where, ast::ListType{std::move(element), most}};
            return {where, ast::DatedType{std::move(element), most}};
        }
        wrong_type(where, fmt::format("{} takes a type and how many it holds at most", word),
                   fmt::format("write {}<Int, 64>", word));
    } else if (word == "Commitment") {
        if (given.size() == 1 && is_type(0)) {
            return {where,
                    ast::CommitmentType{std::make_unique<ast::Type>(type(given[0]->type()))}};
        }
        wrong_type(where, "Commitment takes the type of what it commits to",
                   "write Commitment<Text>");
    } else if (word == "Map") {
        if (given.size() == 2 && is_type(0) && is_type(1)) {
            return {where, ast::MapType{std::make_unique<ast::Type>(type(given[0]->type())),
                                        std::make_unique<ast::Type>(type(given[1]->type()))}};
        }
        wrong_type(where, "Map takes the type of its keys and the type of its values",
                   "write Map<Party, Date>");
    } else if (std::find(UNSUPPORTED_TYPES.begin(), UNSUPPORTED_TYPES.end(), word) !=
               UNSUPPORTED_TYPES.end()) {
        diagnostics_
            .add(Code::E0110, where, fmt::format("not in this version of Edict: the type {}", word))
            .with_help("see docs/LANGUAGE.md for the types that there are");
    } else if (!given.empty()) {
        wrong_type(where, fmt::format("`{}` takes nothing in brackets", word),
                   fmt::format("write {}", word));
    }
    return {where, ast::NamedType{name}};
}

std::int64_t Builder::capacity(Grammar::TypeArgumentContext* context) {
    return integer(context->INTEGER(), false);
}

ast::Range Builder::range(Grammar::RangeContext* context) {
    // `-` may stand before either number; the one before `..` belongs to the first.
    bool low_negative = false;
    bool high_negative = false;
    const std::uint32_t dots = span(context->DOTDOT()).begin;
    for (auto* minus : context->MINUS()) {
        (span(minus).begin < dots ? low_negative : high_negative) = true;
    }
    return {integer(context->INTEGER(0), low_negative), integer(context->INTEGER(1), high_negative),
            span(context)};
}

}  // namespace edict::parse
