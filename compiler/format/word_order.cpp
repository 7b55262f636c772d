#include "compiler/format/word_order.h"

#include <algorithm>

#include "compiler/format/signs.h"
#include "grammar/EdictLexer.h"

namespace edict::format {
namespace {

using grammar::EdictLexer;
using parse::Language;
using parse::Token;

// The tokens of one duty, as places in the items: `must`, then the act and the time in one of two
// orders. The time is `within 5 days`, and `after DATE` or `DATE after`.
class DutyOrder {
public:
    DutyOrder(std::vector<Item>& items, std::vector<std::size_t> places)
        : items_(items), places_(std::move(places)) {}

    void put(Language language) {
        const bool act_first = reads_act();
        if (places_.empty() || act_first == (language == Language::english)) return;
        const std::size_t all = places_.size();
        std::vector<std::size_t> order;  // which of the places stands where
        const auto add = [&](std::size_t from, std::size_t to) {
            for (; from < to; ++from) order.push_back(from);
        };
        if (act_first) {
            const std::size_t within = end_of_act(0);
            if (within == 0 || within + 3 > all || type(within) != EdictLexer::WITHIN) return;
            const std::size_t after = within + 3;
            if (after < all) {  // within 5 days after DATE -> DATE after within 5 days
                if (type(after) != EdictLexer::AFTER) return;
                add(after + 1, all);
                add(after, after + 1);
            }
            add(within, within + 3);
            add(0, within);
        } else {
            const std::size_t within = outside([&](std::size_t i) {
                return type(i) == EdictLexer::WITHIN && i + 1 < all &&
                       type(i + 1) == EdictLexer::INTEGER;
            });
            if (within + 3 > all) return;
            add(within + 3, all);
            add(within, within + 3);
            if (within > 0) {
                if (type(within - 1) != EdictLexer::AFTER) return;
                add(within - 1, within);
                add(0, within - 1);
            }
        }
        std::vector<Item> moved;
        for (const std::size_t one : order) moved.push_back(items_[places_[one]]);
        for (std::size_t i = 0; i < all; ++i) {
            const source::Span span = items_[places_[i]].span;
            items_[places_[i]] = moved[i];
            items_[places_[i]].span = span;
        }
    }

private:
    [[nodiscard]] std::size_t type(std::size_t at) const {
        const Token& token = *items_[places_[at]].token;
        return token.is_name ? std::size_t{EdictLexer::WORD} : token.type;
    }
    // The first place outside of brackets that fits; their number if there is none.
    template <typename Fits>
    [[nodiscard]] std::size_t outside(const Fits& fits) const {
        std::size_t depth = 0;
        for (std::size_t i = 0; i < places_.size(); ++i) {
            const Token& token = *items_[places_[i]].token;
            if (depth == 0 && fits(i)) return i;
            if (opens(token)) ++depth;
            if (closes(token) && depth > 0) --depth;
        }
        return places_.size();
    }
    // Where `hub.report(…)` that begins there ends; 0: there is none.
    [[nodiscard]] std::size_t end_of_act(std::size_t at) const {
        while (at + 1 < places_.size() && type(at) == EdictLexer::WORD &&
               type(at + 1) == EdictLexer::DOT)
            at += 2;
        if (at + 1 >= places_.size() || type(at) != EdictLexer::WORD ||
            type(at + 1) != EdictLexer::LPAREN)
            return 0;
        std::size_t depth = 0;
        for (++at; at < places_.size(); ++at) {
            const Token& token = *items_[places_[at]].token;
            if (opens(token)) ++depth;
            if (closes(token) && --depth == 0) return at + 1;
        }
        return 0;
    }
    // English order ends with the time, Chinese with the act.
    [[nodiscard]] bool reads_act() const {
        const std::size_t end = end_of_act(0);
        return end > 0 && end < places_.size() && type(end) == EdictLexer::WITHIN;
    }

    std::vector<Item>& items_;
    std::vector<std::size_t> places_;
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
        std::vector<std::size_t> places;
        std::size_t depth = 0;
        for (std::size_t at = i + 1; at < items.size(); ++at) {
            if (items[at].token == nullptr) continue;
            if (depth == 0 && ends_duty(items[at])) break;
            if (opens(*items[at].token)) ++depth;
            if (closes(*items[at].token) && depth > 0) --depth;
            places.push_back(at);
        }
        DutyOrder(items, std::move(places)).put(language);
    }
}

}  // namespace edict::format
