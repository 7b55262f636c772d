#include "compiler/source/diagnostics.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "compiler/source/explanations.h"

namespace edict::source {
namespace {

struct Row {
    Code code;
    std::string_view name;
    Severity severity;
    std::string_view title;
};

constexpr Row TABLE[] = {
#define EDICT_DIAGNOSTIC(code, severity, title) {Code::code, #code, Severity::severity, title},
#include "compiler/source/diagnostics.def"
#undef EDICT_DIAGNOSTIC
};

const Row& row(Code code) {
    const auto index = static_cast<std::size_t>(code);
    EDICT_CHECK(index < std::size(TABLE));
    return TABLE[index];
}

// What is too long (a name of a megabyte that it quotes) loses its middle.
std::string shortened(std::string text) {
    constexpr std::string_view GAP = " … ";
    if (text.size() <= MAX_MESSAGE_BYTES) return text;
    const auto inside = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    };
    std::size_t head = MAX_MESSAGE_BYTES / 2;
    std::size_t tail = text.size() - (MAX_MESSAGE_BYTES / 2 - GAP.size());
    while (head > 0 && inside(head)) --head;
    while (tail < text.size() && inside(tail)) ++tail;
    return text.replace(head, tail - head, GAP);
}

}  // namespace

std::string_view name(Code code) { return row(code).name; }
std::string_view title(Code code) { return row(code).title; }
Severity severity(Code code) { return row(code).severity; }

std::optional<Code> find_code(std::string_view wanted) {
    for (const Row& one : TABLE) {
        if (one.name == wanted) return one.code;
    }
    return std::nullopt;
}

const std::vector<Code>& all_codes() {
    static const std::vector<Code> codes = [] {
        std::vector<Code> out;
        for (const Row& one : TABLE) out.push_back(one.code);
        return out;
    }();
    return codes;
}

std::string_view explain(Code code) {
    for (const Explanation& one : explanations()) {
        if (one.code == name(code)) return one.page;
    }
    return {};
}

Diagnostic& Diagnostic::with_label(std::string text) {
    label = shortened(std::move(text));
    return *this;
}

Diagnostic& Diagnostic::with_label(Span where, std::string text) {
    labels.push_back({where, shortened(std::move(text))});
    return *this;
}

Diagnostic& Diagnostic::with_help(std::string text) {
    help = shortened(std::move(text));
    return *this;
}

Diagnostic& Diagnostic::with_citation(std::string text) {
    citation = std::move(text);
    return *this;
}

Diagnostic& Diagnostics::add(Code code, Span span, std::string message) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    add(std::move(diagnostic));
    return list_.size() < errors_ + warnings_ ? dropped_ : list_.back();
}

void Diagnostics::add(Diagnostic diagnostic) {
    (severity(diagnostic.code) == Severity::error ? errors_ : warnings_) += 1;
    if (list_.size() < MAX_DIAGNOSTICS) {
        diagnostic.message = shortened(std::move(diagnostic.message));
        list_.push_back(std::move(diagnostic));
    } else {
        dropped_ = {};
    }
}

void Diagnostics::sort() {
    std::stable_sort(list_.begin(), list_.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::pair(a.span.file, a.span.begin) < std::pair(b.span.file, b.span.begin);
    });
}

void Diagnostics::reword(const std::function<std::string(FileId, const std::string&)>& change) {
    for (Diagnostic& one : list_) {
        const FileId file = one.span.file;
        one.message = change(file, one.message);
        one.label = change(file, one.label);
        one.help = change(file, one.help);
        for (Label& label : one.labels) label.text = change(file, label.text);
    }
}

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
    constexpr std::size_t MAX_WORD = 64;
    if (word.size() > MAX_WORD) return std::nullopt;
    const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
    std::size_t best = limit + 1;
    std::optional<std::string> out;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > MAX_WORD || candidate == word) continue;
        // Optimal string alignment: one step inserts, deletes, replaces or swaps neighbours.
        std::array<std::array<std::size_t, MAX_WORD + 1>, 3> rows{};
        for (std::size_t j = 0; j <= candidate.size(); ++j) rows[0][j] = j;
        for (std::size_t i = 1; i <= word.size(); ++i) {
            auto& now = rows[i % 3];
            const auto& before = rows[(i + 2) % 3];
            const auto& before_that = rows[(i + 1) % 3];
            now[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                const std::size_t change = word[i - 1] == candidate[j - 1] ? 0 : 1;
                now[j] = std::min({before[j] + 1, now[j - 1] + 1, before[j - 1] + change});
                if (i > 1 && j > 1 && word[i - 1] == candidate[j - 2] &&
                    word[i - 2] == candidate[j - 1]) {
                    now[j] = std::min(now[j], before_that[j - 2] + 1);
                }
            }
        }
        const std::size_t distance = rows[word.size() % 3][candidate.size()];
        if (distance < best) {
            best = distance;
            out = candidate;
        }
    }
    return out;
}

}  // namespace edict::source
