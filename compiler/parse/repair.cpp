#include "compiler/parse/repair.h"

#include <antlr4-runtime.h>

#include "grammar/EdictLexer.h"

namespace edict::parse {
namespace {

using grammar::EdictLexer;

// A statement most likely starts here. Line ends mean nothing to the grammar, but much to people.
bool may_start(const Token& token) {
    switch (token.type) {
        case EdictLexer::RBRACE:
            return false;
        case EdictLexer::LET:
        case EdictLexer::ADD:
        case EdictLexer::REMOVE:
        case EdictLexer::FOR:
        case EdictLexer::EMIT:
            return true;
        default:
            return token.first_on_line;
    }
}

// The next start after the cut: what is left of the statement around the cut may end there.
std::size_t erase(std::vector<Token>& tokens, std::size_t begin, std::size_t end) {
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                 tokens.begin() + static_cast<std::ptrdiff_t>(end));
    std::size_t seam = begin;
    while (seam < tokens.size() && !may_start(tokens[seam])) ++seam;
    return seam;
}

}  // namespace

std::optional<std::size_t> cut_out(std::vector<Token>& tokens, std::size_t at) {
    if (at == 0 || at >= tokens.size()) return std::nullopt;
    // Where the grammar stops at the start of a statement, the one before it is not complete.
    if (may_start(tokens[at])) --at;
    // Back to the start, past blocks that are closed before the mistake.
    std::size_t begin = at;
    std::size_t closed = 0;
    for (;; --begin) {
        const std::size_t type = tokens[begin].type;
        if (begin < at && type == EdictLexer::RBRACE) ++closed;
        if (closed == 0 && may_start(tokens[begin])) break;
        if (begin < at && type == EdictLexer::LBRACE) {
            if (closed == 0) {
                ++begin;  // the first statement of a block, on the line of its brace
                break;
            }
            --closed;
        }
        if (begin == 0) return std::nullopt;
    }
    if (begin == 0) return std::nullopt;  // the first line of the declaration
    // On to the next start, or to the end of the block, past blocks of its own.
    std::size_t open = 0;
    for (std::size_t end = begin; end < tokens.size(); ++end) {
        if (open == 0 && end > at && may_start(tokens[end])) {
            return erase(tokens, begin, end);
        }
        if (tokens[end].type == EdictLexer::LBRACE) ++open;
        if (tokens[end].type != EdictLexer::RBRACE) continue;
        if (open == 0) {
            if (end == begin) return std::nullopt;
            return erase(tokens, begin, end);
        }
        --open;
    }
    return std::nullopt;
}

}  // namespace edict::parse
