#include "compiler/format/items.h"

#include <algorithm>

#include "compiler/format/signs.h"
#include "compiler/format/word_order.h"

namespace edict::format {
namespace {

using parse::Keyword;
using parse::Language;
using parse::Token;

class Speller {
public:
    Speller(const parse::Lexemes& lexemes, const source::SourceMap& sources, const Options& options)
        : lexemes_(lexemes), sources_(sources), options_(options) {}

    std::vector<Item> items() {
        std::vector<Item> out;
        out.reserve(lexemes_.tokens.size() + lexemes_.comments.size());
        std::size_t comment = 0;
        const Token* declaration = nullptr;
        const auto comments_before = [&](std::uint32_t offset) {
            for (; comment < lexemes_.comments.size() && lexemes_.comments[comment].begin < offset;
                 ++comment) {
                const source::Span span = lexemes_.comments[comment];
                std::string text(sources_.text(span));
                text.resize(text.find_last_not_of(" \t\r") + 1);
                out.push_back({nullptr, span, std::move(text), nullptr});
            }
        };
        for (std::size_t i = 0; i < lexemes_.tokens.size(); ++i) {
            const Token& token = lexemes_.tokens[i];
            comments_before(token.span.begin);
            if (token.first_in_declaration) declaration = &token;
            Item item{&token, token.span, spelled(token, declaration), declaration};
            if (i + 1 < lexemes_.tokens.size() && is_right(token, lexemes_.tokens[i + 1])) {
                // `permit as of right` is one word in Chinese, so nothing may stand within it.
                const Token& right = lexemes_.tokens[++i];
                const std::string words = spelled(right, declaration);
                item.text = language(right) == Language::chinese ? words : item.text + " " + words;
                item.span = join(token.span, right.span);
            }
            out.push_back(std::move(item));
        }
        comments_before(0xFFFFFFFF);
        for (std::size_t i = 1; i < out.size(); ++i) {
            const source::Span before = out[i - 1].span;
            if (before.end < out[i].span.begin)
                out[i].between = sources_.text({before.file, before.end, out[i].span.begin});
        }
        if (options_.keywords) order_words(out, *options_.keywords);
        return out;
    }

private:
    [[nodiscard]] Language language(const Token& token) const {
        if (options_.keywords) return *options_.keywords;
        const std::string_view text = sources_.text(token.span);
        return !text.empty() && static_cast<unsigned char>(text[0]) >= 0x80 ? Language::chinese
                                                                            : Language::english;
    }
    // What a sign becomes that is written in words: the words of its declaration.
    [[nodiscard]] Language language_of_words(const Token* declaration) const {
        return declaration == nullptr ? Language::english : language(*declaration);
    }

    [[nodiscard]] static std::string words(const Keyword& keyword, Language language) {
        return std::string(language == Language::chinese && keyword.chinese.empty()
                               ? keyword.english
                               : keyword.in(language));
    }

    [[nodiscard]] std::string spelled(const Token& token, const Token* declaration) const {
        const std::string_view text = sources_.text(token.span);
        if (token.is_name) return std::string(text);
        if (is_text(token)) return with_messages(token);
        const Style style = style_of(declaration);
        if (token.keyword >= 0) {
            const Keyword& keyword = parse::keywords()[static_cast<std::size_t>(token.keyword)];
            const std::string_view sign = sign_of(token.type);
            if (style == Style::signs && !sign.empty()) return std::string(sign);
            return words(keyword, language(token));
        }
        if (style == Style::words && !token.in_type && !sign_of(token.type).empty()) {
            if (const Keyword* keyword = parse::keyword_of(token.type)) {
                return words(*keyword, language_of_words(declaration));
            }
        }
        return std::string(text);
    }

    // A text, with the keywords of the expressions in it.
    [[nodiscard]] std::string with_messages(const Token& token) const {
        const auto& inner = lexemes_.in_messages;
        const std::string_view text = sources_.text(token.span);
        auto at = std::ranges::lower_bound(inner, token.span.begin, {},
                                           [](const Token& one) { return one.span.begin; });
        std::string out;
        std::uint32_t done = token.span.begin;
        for (; at != inner.end() && at->span.end <= token.span.end; ++at) {
            if (at->keyword < 0 || at->is_name) continue;
            out += text.substr(done - token.span.begin, at->span.begin - done);
            out += words(parse::keywords()[static_cast<std::size_t>(at->keyword)], language(*at));
            done = at->span.end;
        }
        return out + std::string(text.substr(done - token.span.begin));
    }

    const parse::Lexemes& lexemes_;
    const source::SourceMap& sources_;
    const Options& options_;
};

}  // namespace

std::vector<Item> items_of(const parse::Lexemes& lexemes, const source::SourceMap& sources,
                           const Options& options) {
    return Speller(lexemes, sources, options).items();
}

}  // namespace edict::format
