// Texts, messages with {expressions}, dates and numbers.
#include <fmt/format.h>

#include <charconv>

#include "compiler/parse/builder.h"
#include "compiler/parse/roles.h"
#include "compiler/parse/wording.h"

namespace edict::parse {
namespace {

bool is_day(int year, int month, int day) {
    constexpr int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= DAYS[month - 1] + (month == 2 && leap ? 1 : 0);
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

}  // namespace

ast::Date Builder::date(antlr4::tree::TerminalNode* node) {
    ast::Date out;
    out.span = span(node);
    const std::string_view text = raw(out.span);  // 2026-02-01
    const int year = number(text.substr(0, 4));
    const int month = number(text.substr(5, 2));
    const int day = number(text.substr(8, 2));
    if (!is_day(year, month, day)) {
        diagnostics_.add(Code::E0105, out.span, fmt::format("there is no day {}", text))
            .with_help("a date is year, month and day: 2026-02-28");
        return out;
    }
    out.year = year;
    out.month = static_cast<std::uint8_t>(month);
    out.day = static_cast<std::uint8_t>(day);
    return out;
}

std::string Builder::decimal(antlr4::tree::TerminalNode* node) {
    const Span where = span(node);
    std::string digits;
    for (const char c : raw(where)) {
        if (c != '_') digits += c;
    }
    if (digits.find('.') != std::string::npos) {
        while (digits.back() == '0') digits.pop_back();
        if (digits.back() == '.') digits.pop_back();
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    if (digits.empty() || digits.front() == '.') digits.insert(0, 1, '0');
    const std::size_t point = std::min(digits.find('.'), digits.size());
    if (point > MAX_DECIMAL_DIGITS || digits.size() > point + 1 + MAX_DECIMAL_PLACES) {
        diagnostics_.add(Code::E0107, where, "this number does not fit into a Decimal")
            .with_help(fmt::format("write at most {} digits before the point and {} after it",
                                   MAX_DECIMAL_DIGITS, MAX_DECIMAL_PLACES));
        return "0";
    }
    return digits;
}

std::int64_t Builder::integer(antlr4::tree::TerminalNode* node, bool negative) {
    const Span where = span(node);
    std::string digits(negative ? "-" : "");
    for (const char c : raw(where)) {
        if (c != '_') digits += c;
    }
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc()) {
        diagnostics_.add(Code::E0107, where, "this number does not fit into an Int")
            .with_help(
                "an Int lies between -9_223_372_036_854_775_808 and "
                "9_223_372_036_854_775_807");
        return 0;
    }
    return value;
}

void Builder::escape(std::string_view raw_text, std::size_t& at, std::uint32_t base,
                     std::string& out) {
    const char c = at + 1 < raw_text.size() ? raw_text[at + 1] : '\0';
    if (c == 'n') {
        out += '\n';
    } else if (c == '"' || c == '\\' || c == '{' || c == '}') {
        out += c;
    } else {
        const auto begin = base + static_cast<std::uint32_t>(at);
        diagnostics_.add(Code::E0104, {file_, begin, begin + 1}, "this escape does not exist")
            .with_help(R"(write \" \\ \{ \} or \n; for a backslash itself write \\)");
        at += 1;
        return;
    }
    at += 2;
}

std::string Builder::text(antlr4::tree::TerminalNode* node) {
    const Span where = span(node);
    const std::string_view inside = raw({file_, where.begin + 1, where.end - 1});
    std::string out;
    for (std::size_t at = 0; at < inside.size();) {
        if (inside[at] == '\\') {
            escape(inside, at, where.begin + 1, out);
        } else {
            out += inside[at++];
        }
    }
    return out;
}

// "dataset {dataset} is unknown"
ast::Message Builder::message(antlr4::tree::TerminalNode* node) {
    ast::Message out;
    out.span = span(node);
    const std::uint32_t base = out.span.begin + 1;
    const std::string_view inside = raw({file_, base, out.span.end - 1});
    const auto place = [&](std::size_t begin, std::size_t end) {
        return Span{file_, base + static_cast<std::uint32_t>(begin),
                    base + static_cast<std::uint32_t>(end)};
    };
    out.texts.emplace_back();
    for (std::size_t at = 0; at < inside.size();) {
        const char c = inside[at];
        if (c == '\\') {
            escape(inside, at, base, out.texts.back());
        } else if (c == '}') {
            diagnostics_.add(Code::E0108, place(at, at + 1), "this `}` has no `{` before it")
                .with_help("write \\} to show a brace");
            ++at;
        } else if (c == '{') {
            std::size_t end = at + 1;
            for (std::size_t open = 1; end < inside.size(); ++end) {
                if (inside[end] == '{') ++open;
                if (inside[end] == '}') --open;
                if (open == 0) break;
            }
            if (end == inside.size()) {
                diagnostics_.add(Code::E0108, place(at, at + 1), "this `{` is not closed")
                    .with_help("close it with `}` after the value, or write \\{ to show a brace");
                break;
            }
            if (auto value = interpolation(place(at + 1, end))) {
                out.values.push_back(std::move(*value));
                out.texts.emplace_back();
            }
            at = end + 1;
        } else {
            out.texts.back() += c;
            ++at;
        }
    }
    return out;
}

std::optional<ast::Expression> Builder::interpolation(Span where) {
    const std::size_t errors = diagnostics_.errors();
    std::vector<Token> tokens = tokenize(where, sources_, diagnostics_);
    if (diagnostics_.errors() != errors) return std::nullopt;
    if (tokens.empty()) {
        diagnostics_
            .add(Code::E0108, {file_, where.begin - 1, where.end + 1},
                 "there is no value between these braces")
            .with_help("write what to show: \"dataset {dataset}\"");
        return std::nullopt;
    }
    if (!inner_) inner_ = std::make_unique<Engine>();
    SyntaxError error;
    Grammar::SingleContext* context = inner_->single(tokens, error);
    if (context == nullptr) {
        diagnostics_.add(explain_syntax_error(tokens, error, sources_));
        return std::nullopt;
    }
    if (in_messages_ != nullptr) {
        mark_roles(context, tokens);
        in_messages_->insert(in_messages_->end(), tokens.begin(), tokens.end());
    }
    return expression(context->expression());
}

}  // namespace edict::parse
