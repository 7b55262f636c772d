#include "compiler/format/signs.h"

#include "compiler/parse/keywords.h"
#include "grammar/EdictLexer.h"

namespace edict::format {
namespace {

using grammar::EdictLexer;
using parse::Token;

// Whether a token is always written with the same sign, and not a word, a number or a text: what
// the lexer knows by its letters. So a new kind of literal is none.
bool is_sign(std::size_t type) {
    static const std::vector<bool> signs = [] {
        const EdictLexer lexer(nullptr);
        const antlr4::dfa::Vocabulary& vocabulary = lexer.getVocabulary();
        std::vector<bool> out;
        for (std::size_t one = 0; one <= vocabulary.getMaxTokenType(); ++one) {
            out.push_back(!vocabulary.getLiteralName(one).empty());
        }
        return out;
    }();
    return type < signs.size() && signs[type];
}

// The first English word of a keyword; empty for what is none, or stands for a name.
std::string_view first_word(const Token& token) {
    if (token.keyword < 0 || token.is_name) return {};
    const std::string_view words =
        parse::keywords()[static_cast<std::size_t>(token.keyword)].english;
    return words.substr(0, words.find(' '));
}

bool is_any(std::string_view word, std::initializer_list<std::string_view> words) {
    for (const std::string_view one : words) {
        if (word == one) return true;
    }
    return false;
}

bool is_operator(const Token& token) {
    switch (token.type) {
        case EdictLexer::EQUAL:
        case EdictLexer::NOT_EQUAL:
        case EdictLexer::LESS_EQUAL:
        case EdictLexer::GREATER_EQUAL:
        case EdictLexer::LESS:
        case EdictLexer::GREATER:
        case EdictLexer::ASSIGN:
        case EdictLexer::PLUS_ASSIGN:
        case EdictLexer::MINUS_ASSIGN:
        case EdictLexer::PLUS:
        case EdictLexer::MINUS:
        case EdictLexer::STAR:
        case EdictLexer::SLASH:
        case EdictLexer::FAT_ARROW:
        case EdictLexer::AND:
        case EdictLexer::OR:
        case EdictLexer::IMPLIES:
        case EdictLexer::MOD:
        case EdictLexer::UNION:
        case EdictLexer::WITHOUT:
        case EdictLexer::INTERSECT:
        case EdictLexer::IN:
        case EdictLexer::NOT_IN:
        case EdictLexer::NOT:
            return !token.in_type;
        default:
            return false;
    }
}

}  // namespace

Style style_of(const Token* declaration) {
    if (declaration == nullptr) return Style::as_written;
    switch (declaration->type) {
        case EdictLexer::RULE:
        case EdictLexer::ASSERT:
        case EdictLexer::INVARIANT:
            return Style::words;
        case EdictLexer::ACTION:
        case EdictLexer::TABLE:
            return Style::signs;
        default:
            return Style::as_written;
    }
}

std::string_view sign_of(std::size_t type) {
    switch (type) {
        case EdictLexer::EQUAL:
            return "==";
        case EdictLexer::NOT_EQUAL:
            return "!=";
        case EdictLexer::LESS:
            return "<";
        case EdictLexer::LESS_EQUAL:
            return "<=";
        case EdictLexer::GREATER:
            return ">";
        case EdictLexer::GREATER_EQUAL:
            return ">=";
        default:
            return {};
    }
}

bool is_right(const Token& token, const Token& next) {
    return token.type == EdictLexer::PERMIT && next.type == EdictLexer::AS_OF_RIGHT;
}
bool is_text(const Token& token) { return token.type == EdictLexer::TEXT; }

bool opens(const Token& token) {
    return token.type == EdictLexer::LPAREN || token.type == EdictLexer::LBRACKET ||
           token.type == EdictLexer::LBRACE;
}
bool closes(const Token& token) {
    return token.type == EdictLexer::RPAREN || token.type == EdictLexer::RBRACKET ||
           token.type == EdictLexer::RBRACE;
}
bool is_open_brace(const Token& token) { return token.type == EdictLexer::LBRACE; }

bool begins_clause(const Token& token) {
    return is_any(first_word(token), {"cites", "effective", "overrides", "on", "because", "else",
                                      "unless", "for", "zone", "regulators", "governs"});
}
bool begins_norm(const Token& token) {
    return is_any(first_word(token), {"on", "when", "permit", "forbid"});
}
bool begins_rule(const Token& token) { return first_word(token) == "rule"; }
bool begins_table(const Token& token) { return first_word(token) == "table"; }
bool begins_exception(const Token& token) { return first_word(token) == "unless"; }

bool belongs_to_header(const Token& token) {
    return is_any(first_word(token), {"default", "order"});
}

bool goes_on_after(const Token& token) {
    return is_operator(token) || token.type == EdictLexer::COLON;
}
bool goes_on_with(const Token& token, const Token& before) {
    if (token.type == EdictLexer::ELSE) return before.type != EdictLexer::RBRACE;
    return is_operator(token) && token.type != EdictLexer::NOT && ends_value(before);
}

bool ends_value(const Token& token) {
    if (token.is_name) return true;
    if (token.in_type) return false;
    if (token.type == EdictLexer::RPAREN || token.type == EdictLexer::RBRACKET ||
        token.type == EdictLexer::RBRACE) {
        return true;
    }
    if (token.keyword >= 0) {
        return is_any(first_word(token),
                      {"true", "false", "absent", "today", "now", "caller", "signer", "result"});
    }
    return !is_sign(token.type);
}

bool space_between(const Token& before, const Token& token, bool prefix, bool gap) {
    switch (token.type) {
        case EdictLexer::COMMA:
        case EdictLexer::RPAREN:
        case EdictLexer::RBRACKET:
        case EdictLexer::COLON:
        case EdictLexer::QUESTION:
        case EdictLexer::DOT:
        case EdictLexer::DOTDOT:
            return false;
        default:
            break;
    }
    switch (before.type) {
        case EdictLexer::LPAREN:
        case EdictLexer::LBRACKET:
        case EdictLexer::DOT:
        case EdictLexer::DOTDOT:
            return false;
        default:
            break;
    }
    if (prefix) return false;
    if (before.in_type && before.type == EdictLexer::LESS) return false;
    if (token.in_type && (token.type == EdictLexer::LESS || token.type == EdictLexer::GREATER)) {
        return false;
    }
    if (before.type == EdictLexer::LBRACE && token.type == EdictLexer::RBRACE) return false;
    if (token.type == EdictLexer::LBRACKET) return !ends_value(before);
    if (token.type == EdictLexer::LPAREN) {
        if (before.is_name || before.type == EdictLexer::RBRACKET) return false;
        // A word that is a function of its own, or an operator: the author knows.
        return before.keyword >= 0 && !is_operator(before) && !begins_clause(before) ? gap : true;
    }
    const auto known = [](const Token& one) {
        if (!is_sign(one.type) || one.keyword >= 0 || is_operator(one)) return true;
        return opens(one) || closes(one) || one.type == EdictLexer::COMMA ||
               one.type == EdictLexer::COLON || one.type == EdictLexer::QUESTION ||
               one.type == EdictLexer::ARROW || sign_of(one.type) != std::string_view();
    };
    return known(before) && known(token) ? true : gap;
}

}  // namespace edict::format
