#include "compiler/parse/tokens.h"

#include <antlr4-runtime.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "compiler/parse/keywords.h"
#include "compiler/parse/names.h"
#include "grammar/EdictLexer.h"

namespace edict::parse {
namespace {

using grammar::EdictLexer;
using source::Code;
using source::Span;

struct Phrase {
    std::vector<std::string_view> words;
    std::int16_t keyword = 0;
};

std::vector<std::string_view> split(std::string_view words) {
    std::vector<std::string_view> out;
    while (!words.empty()) {
        const std::size_t space = std::min(words.find(' '), words.size());
        out.push_back(words.substr(0, space));
        words.remove_prefix(std::min(space + 1, words.size()));
    }
    return out;
}

using PhraseTable = std::unordered_map<std::string_view, std::vector<Phrase>>;

// By first word; the longest phrases first.
const PhraseTable& phrases() {
    static const PhraseTable table = [] {
        PhraseTable out;
        for (std::size_t row = 0; row < keywords().size(); ++row) {
            for (const Language language : {Language::english, Language::chinese}) {
                const std::string_view words = keywords()[row].in(language);
                if (words.empty()) continue;
                Phrase phrase{split(words), static_cast<std::int16_t>(row)};
                out[phrase.words[0]].push_back(std::move(phrase));
            }
        }
        for (auto& [word, list] : out) {
            std::stable_sort(list.begin(), list.end(), [](const Phrase& a, const Phrase& b) {
                return a.words.size() > b.words.size();
            });
        }
        return out;
    }();
    return table;
}

// Whether a word right after a number is its unit: it stands on the same line, and nothing after it
// says that a statement begins with it (`total = 5 other = 6`).
bool is_unit(const std::vector<Token>& tokens, std::size_t at, const std::vector<Token>& before,
             std::string_view word) {
    if (before.empty() || tokens[at].first_on_line) return false;
    const std::size_t number = before.back().type;
    if (number != EdictLexer::INTEGER && number != EdictLexer::DECIMAL) return false;
    const std::size_t made = before.size();
    if (made > 1 && before[made - 2].type == EdictLexer::DOTDOT) return false;  // Int 0..10
    if (word == "any") return false;
    switch (at + 1 < tokens.size() ? tokens[at + 1].type : 0) {
        case EdictLexer::ASSIGN:
        case EdictLexer::PLUS_ASSIGN:
        case EdictLexer::MINUS_ASSIGN:
        case EdictLexer::LPAREN:
        case EdictLexer::LBRACKET:
        case EdictLexer::DOT:
            return false;
        default:
            return true;
    }
}

// Replaces words by keywords.
std::vector<Token> with_keywords(const std::vector<Token>& tokens,
                                 const source::SourceMap& sources) {
    std::vector<Token> out;
    out.reserve(tokens.size());
    for (std::size_t i = 0; i < tokens.size();) {
        Token token = tokens[i];
        std::size_t taken = 1;
        if (token.type == EdictLexer::WORD) {
            const auto found = phrases().find(sources.text(token.span));
            if (found != phrases().end()) {
                for (const Phrase& phrase : found->second) {
                    std::size_t n = 1;
                    while (n < phrase.words.size() && i + n < tokens.size() &&
                           tokens[i + n].type == EdictLexer::WORD &&
                           sources.text(tokens[i + n].span) == phrase.words[n]) {
                        ++n;
                    }
                    if (n < phrase.words.size()) continue;
                    token.keyword = phrase.keyword;
                    token.type = keywords()[static_cast<std::size_t>(phrase.keyword)].token;
                    token.span.end = tokens[i + n - 1].span.end;
                    taken = n;
                    break;
                }
            }
        }
        // In Chinese one word is both: `permit as of right`.
        if (token.type == EdictLexer::AS_OF_RIGHT &&
            (out.empty() || out.back().type != EdictLexer::PERMIT)) {
            const Keyword* permit = keyword_of(EdictLexer::PERMIT);
            if (sources.text(token.span) == keyword_of(EdictLexer::AS_OF_RIGHT)->chinese) {
                Token before = token;
                before.type = EdictLexer::PERMIT;
                before.keyword = static_cast<std::int16_t>(permit - keywords().data());
                before.span.end = before.span.begin;
                out.push_back(before);
                token.first_on_line = false;
            }
        }
        if (token.type == EdictLexer::WORD && is_unit(tokens, i, out, sources.text(token.span))) {
            token.type = EdictLexer::UNIT;
        }
        out.push_back(token);
        i += taken;
    }
    return out;
}

void report_broken(const Token& token, const source::SourceMap& sources,
                   source::Diagnostics& diagnostics) {
    const std::string_view text = sources.text(token.span);
    if (token.type == EdictLexer::OPEN_TEXT) {
        diagnostics.add(Code::E0103, token.span, "this text has no closing quote on its line")
            .with_label("the text starts here")
            .with_help("close it with \" on the same line; write \\\" for a quote inside it");
    } else {
        diagnostics
            .add(Code::E0102, token.span,
                 fmt::format("Edict does not use the character `{}`", text))
            .with_help(help_for_character(text));
    }
}

bool is_broken(std::size_t type) {
    return type == EdictLexer::OTHER || type == EdictLexer::OPEN_TEXT;
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// ANTLR counts code points; walks forward only.
class ByteCounter {
public:
    ByteCounter(std::string_view text, std::uint32_t base) : text_(text), base_(base) {}
    std::uint32_t at(std::size_t code_point) {
        while (code_point_ < code_point && byte_ < text_.size()) {
            ++byte_;
            while (byte_ < text_.size() &&
                   (static_cast<unsigned char>(text_[byte_]) & 0xC0) == 0x80) {
                ++byte_;
            }
            ++code_point_;
        }
        return base_ + static_cast<std::uint32_t>(byte_);
    }

private:
    std::string_view text_;
    std::uint32_t base_;
    std::size_t byte_ = 0;
    std::size_t code_point_ = 0;
};

}  // namespace

std::vector<Token> tokenize(Span part, const source::SourceMap& sources,
                            source::Diagnostics& diagnostics, std::vector<source::Span>* comments) {
    const std::string_view text = sources.text(part);
    antlr4::ANTLRInputStream input{std::string(text)};
    EdictLexer lexer(&input);
    lexer.removeErrorListeners();
    ByteCounter bytes(text, part.begin);

    std::vector<Token> tokens;
    std::size_t line = 0;
    for (;;) {
        const std::unique_ptr<antlr4::Token> raw = lexer.nextToken();
        if (raw->getType() == antlr4::Token::EOF) break;
        if (raw->getChannel() != antlr4::Token::DEFAULT_CHANNEL) {
            if (comments != nullptr) {
                const std::uint32_t begin = bytes.at(raw->getStartIndex());
                comments->push_back({part.file, begin, bytes.at(raw->getStopIndex() + 1)});
            }
            continue;
        }
        Token token;
        token.type = static_cast<std::uint16_t>(raw->getType());
        token.first_on_line = raw->getLine() != line;
        line = raw->getLine();
        token.span.file = part.file;
        token.span.begin = bytes.at(raw->getStartIndex());
        token.span.end = bytes.at(raw->getStopIndex() + 1);
        token.broken = is_broken(token.type);
        // `&&` is one mistake, not two.
        const bool repeated = token.type == EdictLexer::OTHER && !tokens.empty() &&
                              tokens.back().type == EdictLexer::OTHER &&
                              tokens.back().span.end == token.span.begin;
        if (token.broken && !repeated) report_broken(token, sources, diagnostics);
        tokens.push_back(token);
    }
    tokens = with_keywords(tokens, sources);
    for (Token& token : tokens) {
        if (token.type != EdictLexer::WORD || is_ascii(sources.text(token.span))) continue;
        if (!check_word(token.span, sources, diagnostics)) token.broken = true;
    }
    return tokens;
}

std::string_view token_text(std::size_t type) {
    static const std::vector<std::string> texts = [] {
        std::vector<std::string> out(EdictLexer::OTHER + 1);
        const auto set = [&out](std::size_t token, std::string_view shown) {
            if (token < out.size() && out[token].empty()) out[token] = std::string(shown);
        };
        set(EdictLexer::EQUAL, "`is`");
        set(EdictLexer::NOT_EQUAL, "`is not`");
        set(EdictLexer::LESS, "`<`");
        set(EdictLexer::LESS_EQUAL, "`<=`");
        set(EdictLexer::GREATER, "`>`");
        set(EdictLexer::GREATER_EQUAL, "`>=`");
        set(EdictLexer::IN, "`in`");
        set(EdictLexer::NOT_IN, "`not in`");
        for (const Keyword& keyword : keywords()) {
            set(keyword.token, fmt::format("`{}`", keyword.english));
        }
        set(EdictLexer::WORD, "a name");
        set(EdictLexer::DATE, "a date like 2026-02-01");
        set(EdictLexer::TIME, "a time like 09:30");
        set(EdictLexer::OFFSET, "an offset like +08:00");
        set(EdictLexer::VERSION_NUMBER, "a version like 1.0.0");
        set(EdictLexer::INTEGER, "a whole number");
        set(EdictLexer::DECIMAL, "a number like 0.25");
        set(EdictLexer::UNIT, "a unit");
        set(EdictLexer::TEXT, "a text in quotes");
        const std::pair<std::size_t, std::string_view> signs[] = {
            {EdictLexer::ASSIGN, "="},   {EdictLexer::PLUS_ASSIGN, "+="},
            {EdictLexer::PLUS, "+"},     {EdictLexer::MINUS_ASSIGN, "-="},
            {EdictLexer::MINUS, "-"},    {EdictLexer::STAR, "*"},
            {EdictLexer::SLASH, "/"},    {EdictLexer::DOTDOT, ".."},
            {EdictLexer::ARROW, "->"},   {EdictLexer::FAT_ARROW, "=>"},
            {EdictLexer::DOT, "."},      {EdictLexer::COMMA, ","},
            {EdictLexer::COLON, ":"},    {EdictLexer::QUESTION, "?"},
            {EdictLexer::LPAREN, "("},   {EdictLexer::RPAREN, ")"},
            {EdictLexer::LBRACKET, "["}, {EdictLexer::RBRACKET, "]"},
            {EdictLexer::LBRACE, "{"},   {EdictLexer::RBRACE, "}"},
        };
        for (const auto& [token, sign] : signs) set(token, fmt::format("`{}`", sign));
        return out;
    }();
    return type < texts.size() ? std::string_view(texts[type]) : "the end of the declaration";
}

bool is_name(std::size_t type) {
    return type == EdictLexer::WORD || (type >= EdictLexer::CONTRACT && type < EdictLexer::UNIT);
}

bool is_function(std::size_t type) {
    return type == EdictLexer::BEFORE || type == EdictLexer::AFTER || type == EdictLexer::HAS_ROLE;
}

bool is_reserved(std::size_t type) {
    return type >= EdictLexer::RULE && type <= EdictLexer::UNSUPPORTED;
}

bool starts_declaration(std::size_t type) {
    const Keyword* keyword = keyword_of(type);
    return keyword != nullptr &&
           std::ranges::find(declaration_words(), keyword->english) != declaration_words().end();
}

const std::vector<std::string>& declaration_words() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> out;
        for (const std::string_view english :
             {"use",       "role",    "event",     "enum",     "record",    "store",
              "action",    "source",  "default",   "rule",     "assert",    "test",
              "counter",   "observe", "const",     "function", "parameter", "table",
              "attribute", "example", "invariant", "initial",  "upgrade",   "personal"}) {
            const Keyword* keyword = find_keyword(english);
            out.emplace_back(keyword->english);
            out.emplace_back(keyword->chinese);
        }
        return out;
    }();
    return all;
}

}  // namespace edict::parse
