#include "compiler/parse/segments.h"

#include <antlr4-runtime.h>

#include <optional>

#include "grammar/EdictLexer.h"

namespace edict::parse {
namespace {

using grammar::EdictLexer;

class Cutter {
public:
    explicit Cutter(const std::vector<Token>& tokens) : tokens_(tokens) {}

    std::vector<Segment> cut() {
        std::vector<Segment> out = {{Segment::Kind::header, 0, 0}};
        std::size_t depth = 0;
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            // A declaration inside brackets means that one was not closed: start afresh.
            auto kind = start(i, out.back().begin, depth);
            // A block of literate source holds whole declarations.
            if (!kind && tokens_[i].first_in_block && i > 0) kind = Segment::Kind::declaration;
            if (kind) {
                out.back().end = i;
                out.push_back({*kind, i, i});
                depth = 0;
            }
            const std::size_t type = tokens_[i].type;
            if (type == EdictLexer::LPAREN || type == EdictLexer::LBRACKET ||
                type == EdictLexer::LBRACE) {
                ++depth;
            } else if (type == EdictLexer::RPAREN || type == EdictLexer::RBRACKET ||
                       type == EdictLexer::RBRACE) {
                if (depth > 0) --depth;
            }
        }
        out.back().end = tokens_.size();
        return out;
    }

private:
    [[nodiscard]] std::size_t type(std::size_t i) const {
        return i < tokens_.size() ? tokens_[i].type : 0;
    }
    [[nodiscard]] bool name(std::size_t i) const { return is_name(type(i)); }

    // The kind of segment that starts at token i, if one does; `begin` is where the segment before
    // it starts. No declaration of a correct file holds what this looks for.
    [[nodiscard]] std::optional<Segment::Kind> start(std::size_t i, std::size_t begin,
                                                     std::size_t depth) const {
        using Kind = Segment::Kind;
        if (i > 0 && i == begin + 1 && type(begin) == EdictLexer::PERSONAL) return std::nullopt;
        switch (type(i)) {
            case EdictLexer::RULE:
                return when(!names_rank(i, begin));
            case EdictLexer::ACTION:
            case EdictLexer::STORE:
            case EdictLexer::ENUM:
            case EdictLexer::ASSERT:
            case EdictLexer::ORDER_BY_RANK:
            case EdictLexer::ORDER_BY_DATE:
            case EdictLexer::ORDER_RESTRICTIONS_FIRST:
                return Kind::declaration;
            case EdictLexer::DEFAULT:
                return when(starts_default(i, begin, depth));
            default:
                break;
        }
        // After the first word of a declaration stands its name, if it has one.
        const bool after_first =
            i > 0 && i == begin + 1 && !stands_alone(i) && !tokens_[i].first_on_line;
        if ((depth > 0 && !tokens_[i].first_on_line) || after_first || in_list(i)) {
            return std::nullopt;
        }
        switch (type(i)) {
            case EdictLexer::USE:
            case EdictLexer::ROLE:
                return when(depth == 0 && name(i + 1));
            case EdictLexer::PERSONAL:  // also before what it cannot mark, which is told then
                return when(i + 1 < tokens_.size() && !tokens_[i + 1].first_on_line &&
                            type(i + 1) != EdictLexer::PERSONAL && start(i + 1, begin, depth));
            case EdictLexer::EVENT:
                return when(name(i + 1) && type(i + 2) == EdictLexer::LPAREN);
            case EdictLexer::RECORD:
                return when(name(i + 1) && type(i + 2) == EdictLexer::LBRACE);
            case EdictLexer::COUNTER:
                return when(depth == 0 && name(i + 1) && type(i + 2) == EdictLexer::COLON);
            case EdictLexer::OBSERVE:
                return when(depth == 0 &&
                            (name(i + 1) || type(i + 1) == EdictLexer::ANY_ACTION_OF ||
                             type(i + 1) == EdictLexer::ACTIONS_OF));
            case EdictLexer::SOURCE:
                return when(depth == 0 && name(i + 1));
            case EdictLexer::CONST:
                return when(
                    depth == 0 && name(i + 1) &&
                    (type(i + 2) == EdictLexer::COLON || type(i + 2) == EdictLexer::ASSIGN));
            case EdictLexer::FUNCTION:
            case EdictLexer::TABLE:
                return when(name(i + 1) && type(i + 2) == EdictLexer::LPAREN);
            case EdictLexer::PARAMETER:
            case EdictLexer::ATTRIBUTE:
                return when(depth == 0 && name(i + 1) && type(i + 2) == EdictLexer::COLON);
            case EdictLexer::INVARIANT:
                return when(depth == 0 && name(i + 1) &&
                            (tokens_[i].first_on_line || begins_invariant(i + 2)));
            case EdictLexer::INITIAL:
                return when(depth == 0 && tokens_[i].first_on_line &&
                            (type(i + 1) == EdictLexer::LBRACE ||
                             (type(i + 1) == EdictLexer::FROM && is_text(i + 2)) ||
                             (name(i + 1) && (type(i + 2) == EdictLexer::ASSIGN ||
                                              type(i + 2) == EdictLexer::LBRACKET))));
            case EdictLexer::UPGRADE:
                return when(depth == 0 && name(i + 1) && type(i + 2) == EdictLexer::FROM);
            case EdictLexer::TEST:
                return when(is_text(i + 1) || starts_unnamed_test(i, depth));
            case EdictLexer::EXAMPLE:
                return when(is_text(i + 1));
            case EdictLexer::CONTRACT:
            case EdictLexer::REGULATION:
                if (i > 0 && depth == 0 && name(i + 1) && tokens_[i].first_on_line) {
                    return Kind::second_header;
                }
                return std::nullopt;
            default:
                return std::nullopt;
        }
    }

    [[nodiscard]] bool begins_invariant(std::size_t i) const {
        return type(i) == EdictLexer::COLON || type(i) == EdictLexer::CITES ||
               type(i) == EdictLexer::FOR_EVERY;
    }

    // A test without its name, and no record: `test { call …`.
    [[nodiscard]] bool starts_unnamed_test(std::size_t i, std::size_t depth) const {
        if (depth > 0 || !tokens_[i].first_on_line || type(i + 1) != EdictLexer::LBRACE)
            return false;
        const std::size_t first = type(i + 2);
        return (first == EdictLexer::PARTIES || first == EdictLexer::GIVEN ||
                first == EdictLexer::AT || first == EdictLexer::CALL ||
                first == EdictLexer::EXPECT) &&
               type(i + 3) != EdictLexer::COLON;
    }

    [[nodiscard]] static std::optional<Segment::Kind> when(bool condition) {
        return condition ? std::optional(Segment::Kind::declaration) : std::nullopt;
    }

    // A store and `by default` have a `default` of their own.
    [[nodiscard]] bool starts_default(std::size_t i, std::size_t begin, std::size_t depth) const {
        const std::size_t next = type(i + 1);
        return next == EdictLexer::PERMIT || next == EdictLexer::FORBID ||
               next == EdictLexer::SILENT || (depth == 0 && type(begin) != EdictLexer::STORE);
    }

    // `rank rule`, `order by rank law, rule`: there it names a rank.
    [[nodiscard]] bool names_rank(std::size_t i, std::size_t begin) const {
        if (i == 0) return false;
        if (type(i - 1) == EdictLexer::RANK) return true;
        if (type(begin) != EdictLexer::ORDER_BY_RANK) return false;
        return type(i - 1) == EdictLexer::COMMA || (i == begin + 1 && !tokens_[i].first_on_line);
    }

    // `order by rank` may be a whole declaration.
    [[nodiscard]] bool stands_alone(std::size_t i) const {
        const std::size_t before = type(i - 1);
        return tokens_[i].first_on_line &&
               (before == EdictLexer::ORDER_BY_RANK || before == EdictLexer::ORDER_BY_DATE ||
                before == EdictLexer::ORDER_RESTRICTIONS_FIRST);
    }

    // After these a word is a name.
    [[nodiscard]] bool in_list(std::size_t i) const {
        switch (i == 0 ? 0 : type(i - 1)) {
            case EdictLexer::COMMA:
            case EdictLexer::DOT:
            case EdictLexer::COLON:
            case EdictLexer::CITES:
            case EdictLexer::OVERRIDES:
            case EdictLexer::GOVERNS:
            case EdictLexer::REGULATORS:
            case EdictLexer::RANK:
            case EdictLexer::BY:
                return true;
            default:
                return false;
        }
    }

    [[nodiscard]] bool is_text(std::size_t i) const {
        return type(i) == EdictLexer::TEXT || type(i) == EdictLexer::OPEN_TEXT;
    }

    const std::vector<Token>& tokens_;
};

}  // namespace

std::vector<Segment> cut(const std::vector<Token>& tokens) { return Cutter(tokens).cut(); }

}  // namespace edict::parse
