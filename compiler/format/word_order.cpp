#include "compiler/format/word_order.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "compiler/format/signs.h"
#include "grammar/EdictLexer.h"

namespace edict::format {
namespace {

using grammar::EdictLexer;
using parse::Language;
using parse::Token;

// A word or sign that one order has and the other has not.
const Token& made(std::size_t type) {
    static const Token on = [] {
        Token token;
        token.type = EdictLexer::ON;
        token.keyword =
            static_cast<std::int16_t>(parse::keyword_of(EdictLexer::ON) - parse::keywords().data());
        return token;
    }();
    static const Token colon = [] {
        Token token;
        token.type = EdictLexer::COLON;
        return token;
    }();
    return type == EdictLexer::ON ? on : colon;
}

// The items of one declaration. Places are those of tokens: comments belong to the token after
// them.
class Sentence {
public:
    Sentence(std::vector<Item> items, Language language)
        : items_(std::move(items)), english_(language == Language::english) {
        count();
    }

    std::vector<Item> ordered() {
        if (tokens_.empty()) return std::move(items_);
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            switch (type(i)) {
                case EdictLexer::ANY_ACTION_OF:
                case EdictLexer::ACTIONS_OF:
                    selection(i);
                    break;
                case EdictLexer::DATED_BY:
                    dated(i);
                    break;
                case EdictLexer::EXPECT:
                    expectation(i);
                    break;
                case EdictLexer::MUST:
                    if (type(0) == EdictLexer::RULE) duty(i);
                    break;
                default:
                    break;
            }
        }
        if (type(0) == EdictLexer::RULE) act();
        if (type(0) == EdictLexer::COUNTER) counter();
        if (type(0) == EdictLexer::ASSERT) assertion();
        return std::move(items_);
    }

private:
    void count() {
        tokens_.clear();
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (items_[i].token != nullptr) tokens_.push_back(i);
        }
    }

    [[nodiscard]] std::size_t type(std::size_t at) const {
        if (at >= tokens_.size()) return 0;
        const Token& token = *items_[tokens_[at]].token;
        const bool asks = token.keyword >= 0 && token.type == EdictLexer::AFTER &&
                          parse::keywords()[static_cast<std::size_t>(token.keyword)].chinese !=
                              parse::keyword_of(EdictLexer::AFTER)->chinese;  // after(sent[to])
        return token.is_name || asks ? std::size_t{EdictLexer::WORD} : token.type;
    }
    [[nodiscard]] bool is(std::size_t at, std::initializer_list<std::size_t> types) const {
        return std::ranges::find(types, type(at)) != types.end();
    }
    // The first of these from a token on, outside of brackets; `until` if there is none.
    [[nodiscard]] std::size_t find(std::size_t from, std::size_t until,
                                   std::initializer_list<std::size_t> types) const {
        std::size_t depth = 0;
        for (std::size_t i = from; i < until; ++i) {
            const Token& token = *items_[tokens_[i]].token;
            if (depth == 0 && is(i, types)) return i;
            if (opens(token)) ++depth;
            if (closes(token) && depth > 0) --depth;
        }
        return until;
    }

    // ---- `any action of hub`, `actions of hub that write paid`: the noun last in Chinese

    [[nodiscard]] bool in_list(std::size_t at) const {
        return is(at, {EdictLexer::WORD, EdictLexer::DOT, EdictLexer::COMMA, EdictLexer::THAT_WRITE,
                       EdictLexer::THAT_READ});
    }
    void selection(std::size_t at) {
        const bool is_english = type(at + 1) == EdictLexer::WORD;
        if (is_english == english_) return;
        std::size_t begin = at, end = at + 1;
        if (is_english) {
            while (in_list(end)) ++end;
            turn({begin, at + 1}, end);
        } else {
            while (begin > 0 && in_list(begin - 1)) --begin;
            if (begin < at) turn({begin, at}, end);
        }
    }

    // ---- `within 5 days`: the time first in Chinese

    void dated(std::size_t at) {
        if (type(at + 1) != EdictLexer::WORD) return;
        if ((type(at + 2) == EdictLexer::WITHIN) == english_) return;
        turn({at + 2, english_ ? at + 4 : at + 3}, at + 5);
    }

    // ---- `forbidden by cap`

    void expectation(std::size_t at) {
        const bool is_english = type(at + 1) == EdictLexer::FORBIDDEN;
        if (is_english == english_) return;
        const std::size_t by = is_english ? at + 2 : at + 1;
        if (type(by) != EdictLexer::BY) return;
        std::size_t end = by + 2;
        while (type(end) == EdictLexer::DOT) end += 2;
        if (is_english) {
            turn({at + 1, by}, end);
        } else if (type(end) == EdictLexer::FORBIDDEN) {
            turn({by, end}, end + 1);
        }
    }

    // ---- duties: ACT within 5 days after DATE; in Chinese all of it the other way round

    void duty(std::size_t must) {
        const std::size_t begin = must + 1;
        std::size_t end = begin;
        for (std::size_t choices = 0;; ++end) {  // an `if` has an `else` of its own
            end = find(end, tokens_.size(),
                       {EdictLexer::IF, EdictLexer::ELSE, EdictLexer::BECAUSE, EdictLexer::UNLESS});
            if (type(end) == EdictLexer::IF) ++choices;
            if (type(end) == EdictLexer::IF) continue;
            if (type(end) != EdictLexer::ELSE || choices == 0) break;
            --choices;
        }
        const std::size_t within = find(begin, end, {EdictLexer::WITHIN});
        if (within == end) return;
        const std::size_t after = find(begin, end, {EdictLexer::AFTER});
        const bool is_english = type(within + 1) == EdictLexer::INTEGER;
        if (is_english == english_) return;
        std::vector<std::size_t> parts = {begin};
        if (is_english) {
            parts.insert(parts.end(), {within, within + 1});
            if (after < end) parts.insert(parts.end(), {after, after + 1});
        } else {
            if (after < within) parts.insert(parts.end(), {after, after + 1});
            parts.insert(parts.end(), {within, within + 1});
        }
        turn(parts, end);
    }

    // ---- `on ACTION when C: permit`; in Chinese `when C: permit ACTION`

    void act() {
        const std::size_t all = tokens_.size();
        const std::size_t first = find(
            2, all, {EdictLexer::ON, EdictLexer::WHEN, EdictLexer::PERMIT, EdictLexer::FORBID});
        std::size_t verb = find(first, all, {EdictLexer::PERMIT, EdictLexer::FORBID});
        const bool is_english = type(first) == EdictLexer::ON;
        if (is_english == english_ || verb == all) return;
        if (is_english) {
            std::size_t when = find(first, verb, {EdictLexer::WHEN});
            if (!is_plain(first + 1) || (when == verb && !is_plain(verb - 1))) return;
            if (when == verb) {
                drop(--verb);
                when = verb;
            }
            items_[tokens_[first + 1]].between = items_[tokens_[first]].between;
            drop(first);
            turn({first, when - 1}, verb);
            return;
        }
        const std::size_t end = find(verb, all, {EdictLexer::BECAUSE, EdictLexer::UNLESS});
        turn({first, verb + 1}, end);
        if (verb == first) insert(tokens_[first + end - verb - 2] + 1, {}, EdictLexer::COLON, ":");
        const std::string_view between = items_[tokens_[first]].between;
        items_[tokens_[first]].between = {};
        insert(tokens_[first], between, EdictLexer::ON, "on");
    }

    // ---- counters: WHAT per KEY over 5 days on ACTIONS when C; the other way round in Chinese

    void counter() {
        const std::size_t end = tokens_.size();
        const bool is_english = type(3) != EdictLexer::ON;
        if (is_english == english_ || end < 6) return;
        const std::size_t on = find(3, end, {EdictLexer::ON});
        const std::size_t per = find(3, end, {EdictLexer::PER});
        const std::size_t over = find(3, end, {EdictLexer::OVER});
        std::vector<std::size_t> parts = {3, on, per};
        if (!is_english) parts.push_back(after_key(per));
        if (over < end) parts.push_back(over);
        std::ranges::sort(parts);
        const auto same = std::ranges::unique(parts);
        parts.erase(same.begin(), same.end());
        turn(parts, end);
    }

    // Where in Chinese the key ends: what begins like a counter within it follows no value.
    [[nodiscard]] std::size_t after_key(std::size_t per) const {
        std::size_t at = per + 1;
        do {
            at = find(at + 1, tokens_.size(),
                      {EdictLexer::COUNT, EdictLexer::SUM, EdictLexer::DISTINCT});
        } while (at < tokens_.size() && !ends_value(*items_[tokens_[at - 1]].token));
        return at;
    }

    // ---- `assert never permitted ACTION when C`; in Chinese `never permitted` last

    void assertion() {
        const bool is_english = type(1) == EdictLexer::NEVER;
        if (is_english == english_) return;
        const std::size_t end = tokens_.size();
        turn({1, is_english ? std::size_t{3} : end - 2}, end);
    }

    // ---- how parts move

    // Whether nothing but spaces stands before a token.
    [[nodiscard]] bool is_plain(std::size_t token) const {
        return items_[tokens_[token] - 1].token != nullptr &&
               items_[tokens_[token]].between.find('\n') == std::string_view::npos;
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
    // Of parts that begin at these tokens, the last ends before `end`: the last one comes first.
    // The gap before all of them stays, those between are turned too.
    void turn(const std::vector<std::size_t>& parts, std::size_t end) {
        if (end > tokens_.size()) return;
        std::vector<Gap> gaps;
        for (const std::size_t part : parts) gaps.push_back(gap_before(part));
        std::vector<Item> turned;
        for (std::size_t i = parts.size(); i-- > 0;) {
            const std::size_t gap = i + 1 == parts.size() ? 0 : i + 1;
            turned.insert(turned.end(), gaps[gap].comments.begin(), gaps[gap].comments.end());
            const std::size_t begin = tokens_[parts[i]];
            const std::size_t last = tokens_[(i + 1 < parts.size() ? parts[i + 1] : end) - 1];
            for (std::size_t at = begin; at <= last; ++at) {
                turned.push_back(items_[at]);
                if (at == begin) turned.back().between = gaps[gap].between;
            }
        }
        const std::size_t first = parts[0] == 0 ? 0 : tokens_[parts[0] - 1] + 1;
        std::size_t token = parts[0];
        for (std::size_t i = 0; i < turned.size(); ++i) {
            items_[first + i] = std::move(turned[i]);
            if (items_[first + i].token != nullptr) tokens_[token++] = first + i;
        }
    }
    void drop(std::size_t token) {
        items_.erase(std::next(items_.begin(), static_cast<std::ptrdiff_t>(tokens_[token])));
        count();
    }
    void insert(std::size_t item, std::string_view between, std::size_t type, std::string text) {
        Item out = items_[item - 1];
        out.token = &made(type);
        out.text = std::move(text);
        out.between = between;
        items_.insert(std::next(items_.begin(), static_cast<std::ptrdiff_t>(item)), std::move(out));
        count();
    }

    std::vector<Item> items_;
    bool english_;
    std::vector<std::size_t> tokens_;  // places in `items_`
};

}  // namespace

void order_words(std::vector<Item>& items, Language language) {
    std::vector<Item> out;
    out.reserve(items.size());
    for (std::size_t begin = 0, end = 0; begin < items.size(); begin = end) {
        const auto begins = [](const Item& item) {
            return item.token != nullptr && item.token->first_in_declaration;
        };
        for (end = begin + 1; end < items.size() && !begins(items[end]);) ++end;
        const auto at = [&](std::size_t i) {
            return std::make_move_iterator(
                std::next(items.begin(), static_cast<std::ptrdiff_t>(i)));
        };
        std::ranges::move(Sentence({at(begin), at(end)}, language).ordered(),
                          std::back_inserter(out));
    }
    items = std::move(out);
}

}  // namespace edict::format
