#include "compiler/format/format.h"

#include <algorithm>
#include <array>

#include "compiler/format/items.h"
#include "compiler/format/signs.h"
#include "compiler/source/literate.h"
#include "compiler/source/text_check.h"

namespace edict::format {
namespace {

using parse::Token;

constexpr std::size_t STEP = 2;            // spaces of one level
constexpr std::size_t BEFORE_COMMENT = 2;  // spaces at least
constexpr std::size_t MAX_PAD = 40;        // more spaces, so that comments stand in one column

// Whether the bracket at each item is closed on another line: then its inside stands on lines of
// its own, if it is a brace.
std::vector<bool> many_lines(std::span<const Item> items, std::string_view text) {
    std::vector<bool> out(items.size(), false);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].token == nullptr) continue;
        if (opens(*items[i].token)) open.push_back(i);
        if (!closes(*items[i].token) || open.empty()) continue;
        const std::size_t begin = items[open.back()].span.end;
        const std::string_view inside = text.substr(begin, items[i].span.begin - begin);
        const bool is_brace = is_open_brace(*items[open.back()].token);
        out[open.back()] = out[i] = is_brace && inside.find('\n') != std::string_view::npos;
        open.pop_back();
    }
    return out;
}

// Columns of an editor: East Asian characters take two.
std::size_t width(std::string_view text) {
    std::size_t out = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) out += byte >= 0xE3 && byte <= 0xED ? 2 : 1;
    }
    return out;
}

bool has_blank_line(std::string_view text) {
    bool after_end = false;
    for (const char c : text) {
        if (c == '\n' && after_end) return true;
        if (c == '\n') {
            after_end = true;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            after_end = false;
        }
    }
    return false;
}

class Layout {
public:
    Layout(std::span<const Item> items, std::string_view text)
        : items_(items), text_(text), many_lines_(many_lines(items, text)) {
        // From the end, so that every comment finds what it stands before in one step.
        next_token_.resize(items.size(), items.size());
        for (std::size_t i = items.size(), next = items.size(); i-- > 0;) {
            if (items[i].token != nullptr) next = i;
            next_token_[i] = next;
        }
    }

    std::string run() {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            const Item& item = items_[i];
            place(i);
            out_ += item.text;
            if (item.token != nullptr) take(*item.token);
            before_ = i;
        }
        if (!items_.empty()) out_ += '\n';
        return with_columns();
    }

private:
    struct Bracket {
        std::size_t indent = 0;  // of the line on which it was opened
    };

    // Comments after code, on lines that follow each other, stand in one column.
    [[nodiscard]] std::string with_columns() const {
        std::string out;
        std::size_t done = 0;
        for (std::size_t first = 0; first < comments_.size();) {
            // The lines from the one of the first comment on that have one.
            std::vector<std::size_t> widths;
            std::size_t last = first;
            for (;; ++last) {
                const std::size_t line = out_.rfind('\n', comments_[last]) + 1;
                widths.push_back(
                    width(std::string_view(out_).substr(line, comments_[last] - line)));
                if (last + 1 == comments_.size()) break;
                const std::size_t end = out_.find('\n', comments_[last]);
                if (out_.find('\n', end + 1) < comments_[last + 1]) break;
            }
            const std::size_t column = *std::ranges::max_element(widths);
            for (std::size_t i = first; i <= last; ++i) {
                const std::size_t pad = column - widths[i - first];
                out += std::string_view(out_).substr(done, comments_[i] - done);
                out.append(BEFORE_COMMENT + (pad > MAX_PAD ? 0 : pad), ' ');
                done = comments_[i];
            }
            first = last + 1;
        }
        return out + out_.substr(done);
    }

    // Everything between the item before and this one.
    void place(std::size_t i) {
        if (!before_) return start_line(i);
        const std::string_view between = items_[i].between;
        if (between.find('\n') != std::string_view::npos || must_start_line(i)) {
            out_ += '\n';
            if (has_blank_line(between) && blank_line_may_stand(i)) out_ += '\n';
            return start_line(i);
        }
        if (items_[i].token == nullptr) {
            comments_.push_back(out_.size());
            return;
        }
        const Token& before = *items_[*before_].token;
        if (space_between(before, *items_[i].token, before_is_prefix_, !between.empty()))
            out_ += ' ';
    }

    [[nodiscard]] bool must_start_line(std::size_t i) const {
        if (items_[*before_].token == nullptr) return true;  // a comment ends its line
        if (items_[i].token == nullptr) return false;
        if (items_[i].token->first_in_declaration) return true;
        return (many_lines_[*before_] && opens(*items_[*before_].token)) ||
               (many_lines_[i] && closes(*items_[i].token));
    }

    [[nodiscard]] bool blank_line_may_stand(std::size_t i) const {
        const Token* before = items_[*before_].token;
        const Token* token = items_[i].token;
        return !(before != nullptr && opens(*before)) && !(token != nullptr && closes(*token));
    }

    void start_line(std::size_t i) {
        indent_ = indent_of(i);
        out_.append(indent_, ' ');
    }

    // A comment stands where the token after it will stand.
    [[nodiscard]] std::size_t indent_of(std::size_t i) {
        const bool is_comment = items_[i].token == nullptr;
        const std::size_t next = next_token_[i];
        if (next == items_.size()) return 0;
        const Token& token = *items_[next].token;
        if (token.first_in_declaration) return belongs_to_header(token) ? STEP : 0;
        if (!open_.empty()) {
            if (closes(token)) return open_.back().indent + (is_comment ? STEP : 0);
            const Token* before = last_token_;
            const bool begins_row = in_table_ && open_.size() == 1;
            const bool goes_on =
                before != nullptr && !opens(*before) &&
                (goes_on_after(*before) || (!begins_row && goes_on_with(token, *before)));
            return open_.back().indent + (goes_on ? 2 * STEP : STEP);
        }
        const std::size_t base = base_ + STEP;
        if (begins_clause(token) || (awaits_norm_ && begins_norm(token))) {
            // The clauses of an exception are its own.
            const bool inner = in_exception_ && !begins_exception(token);
            if (!is_comment) clause_began_line_ = true;
            return inner ? base + STEP : base;
        }
        return clause_began_line_ ? base + STEP : base;
    }

    // What the token changes for those after it.
    void take(const Token& token) {
        if (token.first_in_declaration) {
            base_ = belongs_to_header(token) ? STEP : 0;
            clause_began_line_ = false;
            in_exception_ = false;
            in_table_ = begins_table(token);
            awaits_norm_ = begins_rule(token);
            open_.clear();
        }
        if (begins_norm(token)) awaits_norm_ = false;
        if (open_.empty() && begins_exception(token)) in_exception_ = true;
        before_is_prefix_ = (goes_on_after(token) || token.in_type) && is_minus(token) &&
                            (token.in_type || last_token_ == nullptr || !ends_value(*last_token_));
        if (in_table_ && open_.size() == 1 && !sign_of(token.type).empty())
            before_is_prefix_ = true;
        if (closes(token) && !open_.empty()) open_.pop_back();
        if (opens(token)) open_.push_back({indent_});
        last_token_ = &token;
    }

    [[nodiscard]] bool is_minus(const Token& token) const {
        return text_.substr(token.span.begin, token.span.end - token.span.begin) == "-";
    }

    std::span<const Item> items_;
    std::string_view text_;
    std::vector<bool> many_lines_;
    std::vector<std::size_t> next_token_;
    std::string out_;
    std::vector<std::size_t> comments_;  // where in it a comment stands after code
    std::optional<std::size_t> before_;  // the item written last
    const Token* last_token_ = nullptr;
    bool before_is_prefix_ = false;  // the minus of -1
    std::size_t indent_ = 0;         // of the line
    std::size_t base_ = 0;           // of the declaration
    bool clause_began_line_ = false;
    bool in_exception_ = false;
    bool in_table_ = false;
    bool awaits_norm_ = false;  // of a rule, which has said no more than its clauses
    std::vector<Bracket> open_;
};

}  // namespace

std::optional<std::string> format(source::FileId file, const source::SourceMap& sources,
                                  const Options& options, source::Diagnostics& diagnostics) {
    const auto lexemes = parse::read_lexemes(file, sources, diagnostics);
    if (!lexemes) return std::nullopt;
    const std::vector<Item> items = items_of(*lexemes, sources, options);
    const std::string_view text = sources.text(file);
    if (!source::is_literate(sources.path(file))) return Layout(items, text).run();

    std::string out;
    std::uint32_t done = 0;
    std::size_t at = 0;
    for (const source::Span block : source::read_literate(file, sources).blocks) {
        out += text.substr(done, block.begin - done);
        const std::size_t begin = at;
        while (at < items.size() && items[at].span.begin < block.end) ++at;
        out += Layout(std::span(items).subspan(begin, at - begin), text).run();
        done = block.end;
    }
    return out + std::string(text.substr(done));
}

}  // namespace edict::format
