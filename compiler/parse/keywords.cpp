#include "compiler/parse/keywords.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "compiler/parse/tokens.h"
#include "compiler/source/literate.h"
#include "compiler/source/text_check.h"
#include "grammar/EdictLexer.h"

namespace edict::parse {
namespace {

using grammar::EdictLexer;

constexpr Keyword row(std::size_t token, std::string_view english, std::string_view chinese = {}) {
    return {static_cast<std::uint16_t>(token), english, chinese};
}

constexpr Keyword TABLE[] = {
#define EDICT_KEYWORD(token, ...) row(EdictLexer::token, __VA_ARGS__),
#include "compiler/parse/keywords.def"
#undef EDICT_KEYWORD
};

// Examples of messages: English, Chinese.
constexpr std::pair<std::string_view, std::string_view> EXAMPLES[] = {
#define EDICT_EXAMPLE(...) {__VA_ARGS__},
#include "compiler/parse/examples.def"
#undef EDICT_EXAMPLE
};

// Texts that begin so quote only words of the language, also those that may be names elsewhere.
constexpr std::string_view OF_THE_LANGUAGE[] = {
    "expected ",
    "declarations start with ",
    "a test expects ",
    "a cell is ",
    "add `regulators` ",
    "declare it `ordered`",
    "name the values, or write `any`",
    "only a regulation has `governs`",
    "only records are upgraded",
    "remove `since`",
    "the clauses stand in this order",
    "write `any` ",
    "write the value itself, a set of values ",
    "`personal` marks ",
    "`cites` stands before ",
    "`effective` stands before ",
};

bool is_word_end(std::string_view text, std::size_t at) {
    if (at >= text.size()) return true;
    const auto c = static_cast<unsigned char>(text[at]);
    return !(c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
             (c >= 'A' && c <= 'Z'));
}

// The longest row whose English words stand at `at`.
const Keyword* longest(std::string_view text, std::size_t at) {
    const Keyword* best = nullptr;
    for (const Keyword& keyword : TABLE) {
        if (best != nullptr && keyword.english.size() <= best->english.size()) continue;
        if (text.substr(at).starts_with(keyword.english) &&
            is_word_end(text, at + keyword.english.size())) {
            best = &keyword;
        }
    }
    return best;
}

// Whether a variable that goes over something may stand after it: `every x in xs`.
bool binds(std::size_t token) {
    switch (token) {
        case EdictLexer::EVERY:
        case EdictLexer::SOME:
        case EdictLexer::FOR_EVERY:
        case EdictLexer::FOR:
        case EdictLexer::COUNT:
        case EdictLexer::SUM:
        case EdictLexer::MIN:
        case EdictLexer::MAX:
        case EdictLexer::OF:
            return true;
        default:
            return false;
    }
}

// The form of a keyword after the one before it (0: none); compiler/parse/roles.h knows them all.
std::string_view chinese_of(const Keyword& keyword, std::size_t before) {
    if (keyword.english == "in" && binds(before)) return "取自";
    if (keyword.token == EdictLexer::OF &&
        (before == EdictLexer::AT_LEAST || before == EdictLexer::AT_MOST))
        return "个";
    return keyword.chinese;
}

// Every word of an example; texts in quotes stay.
std::string translated(std::string_view text) {
    std::string out;
    bool quoted = false;
    std::size_t before = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') quoted = !quoted;
        const bool begins = at == 0 || is_word_end(text, at - 1);
        const Keyword* keyword = begins && !quoted ? longest(text, at) : nullptr;
        if (keyword != nullptr && !keyword->chinese.empty()) {
            out += chinese_of(*keyword, before);
            at += keyword->english.size();
            before = keyword->token;
        } else {
            out += text[at++];
        }
    }
    return out;
}

// What stands between two backquotes: words of the language, unless it may be a name of the user's.
std::string translated_quote(std::string_view quote) {
    for (const auto& [english, chinese] : EXAMPLES) {
        if (quote == english) return std::string(chinese);
    }
    const std::string_view first = quote.substr(0, quote.find(' '));
    const Keyword* whole = find_keyword(quote);
    const Keyword* begin = find_keyword(first);
    const bool is_phrase = quote.find(' ') != std::string_view::npos;
    const bool reserved = begin != nullptr && is_reserved(begin->token);
    if (whole == nullptr && !(is_phrase && begin != nullptr)) return std::string(quote);
    if (!is_phrase && !reserved) return std::string(quote);
    return translated(quote);
}

}  // namespace

std::span<const Keyword> keywords() { return TABLE; }

const Keyword* keyword_of(std::size_t token) {
    for (const Keyword& keyword : TABLE) {
        if (keyword.token == token) return &keyword;
    }
    return nullptr;
}

const Keyword* find_keyword(std::string_view words) {
    static const std::map<std::string_view, const Keyword*> table = [] {
        std::map<std::string_view, const Keyword*> out;
        for (const Keyword& keyword : TABLE) {
            out.emplace(keyword.english, &keyword);
            if (!keyword.chinese.empty()) out.emplace(keyword.chinese, &keyword);
        }
        return out;
    }();
    const auto found = table.find(words);
    return found == table.end() ? nullptr : found->second;
}

Language language_of(source::FileId file, const source::SourceMap& sources) {
    std::vector<source::Span> parts = {
        {file, 0, static_cast<std::uint32_t>(sources.text(file).size())}};
    if (source::is_literate(sources.path(file))) {
        parts = source::read_literate(file, sources).blocks;
    }
    for (const source::Span part : parts) {
        std::string_view text = sources.text(part);
        text.remove_prefix(source::byte_order_mark(text));
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            const std::size_t begin = line.find_first_not_of(" \t\r");
            if (begin == std::string_view::npos || line.substr(begin).starts_with("//")) continue;
            // A module begins with `contract` or `regulation`, in one language or the other.
            for (const Keyword& keyword : TABLE) {
                const bool heads = keyword.token == EdictLexer::CONTRACT ||
                                   keyword.token == EdictLexer::REGULATION;
                if (heads && !keyword.chinese.empty() &&
                    line.substr(begin).starts_with(keyword.chinese)) {
                    return Language::chinese;
                }
            }
            return Language::english;
        }
    }
    return Language::english;
}

std::string with_quoted_keywords(std::string_view text, Language language) {
    if (language == Language::english) return std::string(text);
    const bool is_sure = std::ranges::any_of(
        OF_THE_LANGUAGE, [&](const std::string_view begin) { return text.starts_with(begin); });
    const std::size_t sure = is_sure ? std::min(text.find(", but "), text.find(" after `")) : 0;
    const std::size_t whole = text.size();
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('`');
        const std::size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
        if (close == std::string_view::npos) break;
        out += text.substr(0, open + 1);
        const std::string_view quote = text.substr(open + 1, close - open - 1);
        const bool is_word = whole - text.size() + open < sure && find_keyword(quote) != nullptr;
        out += is_word ? translated(quote) : translated_quote(quote);
        out += '`';
        text.remove_prefix(close + 1);
    }
    return out + std::string(text);
}

void quote_in_their_language(source::Diagnostics& diagnostics, const source::SourceMap& sources) {
    std::map<source::FileId, Language> languages;
    diagnostics.reword([&](source::FileId file, const std::string& text) {
        const auto [at, is_new] = languages.try_emplace(file);
        if (is_new) at->second = language_of(file, sources);
        return with_quoted_keywords(text, at->second);
    });
}

}  // namespace edict::parse
