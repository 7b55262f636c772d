#include "compiler/format/word_order.h"

#include <algorithm>
#include <span>

#include "compiler/format/signs.h"
#include "grammar/EdictLexer.h"

namespace edict::format {
namespace {

using grammar::EdictLexer;
using parse::Language;
using parse::Token;

// The items of one duty after `must`: the act and the time in one of two orders. The time is
// `within 5 days`, and `after DATE` or `DATE after`.
class DutyOrder {
public:
    explicit DutyOrder(std::span<Item> items) : items_(items) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (items[i].token != nullptr) tokens_.push_back(i);
        }
    }

    void put(Language language) {
        const std::size_t all = tokens_.size();
        const std::size_t act = end_of_act();
        const bool act_first = act > 0 && act < all && type(act) == EdictLexer::WITHIN;
        if (act_first == (language == Language::english)) return;
        const std::size_t within = act_first ? act : outside([&](std::size_t i) {
            return type(i) == EdictLexer::WITHIN && i + 1 < all &&
                   type(i + 1) == EdictLexer::INTEGER;
        });
        if (within + 3 > all) return;
        // Where the parts begin: they are put down from the last to the first.
        std::vector<std::size_t> parts{0};
        if (act_first) {
            parts.push_back(within);
            if (within + 3 < all) {
                if (within + 4 >= all || type(within + 3) != EdictLexer::AFTER) return;
                parts.insert(parts.end(), {within + 3, within + 4});
            }
        } else {
            if (within > 0) {
                if (within < 2 || type(within - 1) != EdictLexer::AFTER) return;
                parts.insert(parts.end(), {within - 1, within});
            }
            if (within + 3 >= all) return;
            parts.push_back(within + 3);
        }
        turn(parts);
    }

private:
    [[nodiscard]] std::size_t type(std::size_t at) const {
        const Token& token = *items_[tokens_[at]].token;
        return token.is_name ? std::size_t{EdictLexer::WORD} : token.type;
    }
    // The first token outside of brackets that fits; their number if there is none.
    template <typename Fits>
    [[nodiscard]] std::size_t outside(const Fits& fits) const {
        std::size_t depth = 0;
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            const Token& token = *items_[tokens_[i]].token;
            if (depth == 0 && fits(i)) return i;
            if (opens(token)) ++depth;
            if (closes(token) && depth > 0) --depth;
        }
        return tokens_.size();
    }
    // Where `hub.report(…)`, if the duty begins with it, ends; 0: it does not.
    [[nodiscard]] std::size_t end_of_act() const {
        std::size_t at = 0;
        while (at + 1 < tokens_.size() && type(at) == EdictLexer::WORD &&
               type(at + 1) == EdictLexer::DOT)
            at += 2;
        if (at + 1 >= tokens_.size() || type(at) != EdictLexer::WORD ||
            type(at + 1) != EdictLexer::LPAREN)
            return 0;
        std::size_t depth = 0;
        for (++at; at < tokens_.size(); ++at) {
            const Token& token = *items_[tokens_[at]].token;
            if (opens(token)) ++depth;
            if (closes(token) && --depth == 0) return at + 1;
        }
        return 0;
    }
    // What stands before a token: comments, and the text right before it.
    struct Gap {
        std::vector<Item> comments;
        std::string_view between;
    };
    [[nodiscard]] Gap gap_before(std::size_t token) const {
        Gap gap{{}, items_[tokens_[token]].between};
        const std::size_t from = token == 0 ? 0 : tokens_[token - 1] + 1;
        for (std::size_t i = from; i < tokens_[token]; ++i) gap.comments.push_back(items_[i]);
        return gap;
    }
    // The last part first; the gap before all of them stays, those between are turned too.
    void turn(const std::vector<std::size_t>& parts) {
        std::vector<Gap> gaps;
        for (const std::size_t part : parts) gaps.push_back(gap_before(part));
        std::vector<Item> turned;
        for (std::size_t i = parts.size(); i-- > 0;) {
            const std::size_t gap = i + 1 == parts.size() ? 0 : i + 1;
            turned.insert(turned.end(), gaps[gap].comments.begin(), gaps[gap].comments.end());
            const std::size_t begin = tokens_[parts[i]];
            const std::size_t last =
                tokens_[i + 1 < parts.size() ? parts[i + 1] - 1 : tokens_.size() - 1];
            for (std::size_t at = begin; at <= last; ++at) {
                turned.push_back(items_[at]);
                if (at == begin) turned.back().between = gaps[gap].between;
            }
        }
        std::ranges::move(turned, items_.begin());
    }

    std::span<Item> items_;
    std::vector<std::size_t> tokens_;  // places in `items_`
};

// What ends a duty, outside of brackets.
bool ends_duty(const Item& item) {
    const Token& token = *item.token;
    return token.first_in_declaration || (!token.is_name && (token.type == EdictLexer::ELSE ||
                                                             token.type == EdictLexer::BECAUSE ||
                                                             token.type == EdictLexer::UNLESS));
}

}  // namespace

void order_words(std::vector<Item>& items, Language language) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Item& must = items[i];
        if (must.token == nullptr || must.token->type != EdictLexer::MUST || must.token->is_name ||
            must.declaration == nullptr || must.declaration->type != EdictLexer::RULE)
            continue;
        std::size_t end = i + 1, depth = 0;  // after its last token
        for (std::size_t at = i + 1; at < items.size(); ++at) {
            if (items[at].token == nullptr) continue;
            if (depth == 0 && ends_duty(items[at])) break;
            if (opens(*items[at].token)) ++depth;
            if (closes(*items[at].token) && depth > 0) --depth;
            end = at + 1;
        }
        DutyOrder(std::span(items).subspan(i + 1, end - i - 1)).put(language);
    }
}

}  // namespace edict::format
