#include "compiler/source/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace edict::source {
namespace {

std::string_view severity_text(const Diagnostic& diagnostic) {
    return severity(diagnostic.code) == Severity::error ? "error" : "warning";
}

// A span on the line where it begins, for the carets below it.
struct Mark {
    FileId file;
    std::uint32_t line = 0;
    std::uint32_t begin = 0;  // byte offsets in the line
    std::uint32_t end = 0;
    bool primary = false;
    std::string_view text;
};

Mark mark_of(Span span, bool primary, std::string_view text, const SourceMap& sources) {
    Mark out{span.file, sources.position(span.file, span.begin).line, 0, 0, primary, text};
    const std::uint32_t line_begin = sources.line_begin(span.file, out.line);
    const auto size = static_cast<std::uint32_t>(sources.line(span.file, out.line).size());
    out.begin = std::min(span.begin - line_begin, size);
    out.end = std::clamp(span.end - line_begin, out.begin, size);
    return out;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Columns on a terminal: characters of East Asian scripts, of three bytes from U+1100 on, take two.
std::size_t width(std::string_view text) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_continuation(text[i])) continue;
        const auto first = static_cast<unsigned char>(text[i]);
        out += first >= 0xE3 && first <= 0xED ? 2 : 1;
    }
    return out;
}

// As it is shown: one column for a tab; other control characters and broken bytes as `?`.
std::string visible(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += c == '\t' ? ' ' : byte < 0x20 || byte == 0x7F ? '?' : c;
    }
    return out;
}

// The part of a long line around its first mark: [first, last) in bytes.
std::pair<std::size_t, std::size_t> shown_part(std::string_view line, std::size_t mark) {
    if (line.size() <= MAX_SHOWN_COLUMNS) return {0, line.size()};
    std::size_t first = mark > MAX_SHOWN_COLUMNS / 2 ? mark - MAX_SHOWN_COLUMNS / 2 : 0;
    std::size_t last = std::min(line.size(), first + MAX_SHOWN_COLUMNS);
    while (first > 0 && is_continuation(line[first])) --first;
    while (last < line.size() && is_continuation(line[last])) ++last;
    return {first, last};
}

void show_line(std::string& out, const std::vector<Mark>& marks, std::size_t margin,
               const SourceMap& sources) {
    const Mark& head = marks.front();
    const std::string_view line = sources.line(head.file, head.line);
    const auto [first, last] = shown_part(line, head.begin);
    const std::string_view before = first > 0 ? "… " : "";
    out += fmt::format("{:>{}} | {}{}{}\n", head.line, margin, before,
                       visible(line.substr(first, last - first)), last < line.size() ? " …" : "");
    for (const Mark& mark : marks) {
        const std::size_t begin = std::clamp<std::size_t>(mark.begin, first, last);
        const std::size_t end = std::clamp<std::size_t>(mark.end, begin, last);
        const std::size_t space = width(before) + width(line.substr(first, begin - first));
        const std::size_t carets = std::max<std::size_t>(1, width(line.substr(begin, end - begin)));
        out += fmt::format("{:>{}} | {}{}{}{}\n", "", margin, std::string(space, ' '),
                           std::string(carets, mark.primary ? '^' : '-'),
                           mark.text.empty() ? "" : " ", mark.text);
    }
}

void show_file(std::string& out, const std::vector<Mark>& marks, std::size_t margin,
               const SourceMap& sources) {
    for (std::size_t i = 0; i < marks.size();) {
        std::size_t end = i;
        while (end < marks.size() && marks[end].line == marks[i].line) ++end;
        if (i > 0 && marks[i].line > marks[i - 1].line + 1) {
            out += fmt::format("{:>{}} .\n", "", margin);
        }
        show_line(out,
                  {marks.begin() + static_cast<std::ptrdiff_t>(i),
                   marks.begin() + static_cast<std::ptrdiff_t>(end)},
                  margin, sources);
        i = end;
    }
}

std::string place(Span span, const SourceMap& sources) {
    const Position at = sources.position(span.file, span.begin);
    return fmt::format("{}:{}:{}", sources.path(span.file), at.line, at.column);
}

nlohmann::json span_json(Span span, const SourceMap& sources) {
    const Position begin = sources.position(span.file, span.begin);
    const Position end = sources.position(span.file, span.end);
    return {{"file", sources.path(span.file)},
            {"line", begin.line},
            {"column", begin.column},
            {"end_line", end.line},
            {"end_column", end.column},
            {"begin", span.begin},
            {"end", span.end}};
}

std::string to_one_line(const nlohmann::json& json) {
    // Paths and texts of users may hold any byte.
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string to_human(const Diagnostic& diagnostic, const SourceMap& sources) {
    std::vector<Mark> marks = {mark_of(diagnostic.span, true, diagnostic.label, sources)};
    for (const Label& label : diagnostic.labels) {
        marks.push_back(mark_of(label.span, false, label.text, sources));
    }
    // The file of the mistake first, then by line; on one line, the mistake first.
    const FileId primary = diagnostic.span.file;
    std::stable_sort(marks.begin(), marks.end(), [primary](const Mark& a, const Mark& b) {
        return std::tuple(a.file != primary, a.file, a.line, !a.primary, a.begin) <
               std::tuple(b.file != primary, b.file, b.line, !b.primary, b.begin);
    });
    std::uint32_t highest = 0;
    for (const Mark& mark : marks) highest = std::max(highest, mark.line);
    const std::size_t margin = std::to_string(highest).size() + 2;

    std::string out = fmt::format("{} {}: {}\n", severity_text(diagnostic), name(diagnostic.code),
                                  diagnostic.message);
    for (std::size_t i = 0; i < marks.size();) {
        std::size_t end = i;
        while (end < marks.size() && marks[end].file == marks[i].file) ++end;
        const Span at =
            marks[i].file == primary
                ? diagnostic.span
                : Span{marks[i].file,
                       sources.line_begin(marks[i].file, marks[i].line) + marks[i].begin, 0};
        out += fmt::format("  {}\n{:>{}} |\n", place(at, sources), "", margin);
        show_file(out,
                  {marks.begin() + static_cast<std::ptrdiff_t>(i),
                   marks.begin() + static_cast<std::ptrdiff_t>(end)},
                  margin, sources);
        i = end;
    }
    if (!diagnostic.citation.empty()) out += fmt::format("  cites: {}\n", diagnostic.citation);
    if (!diagnostic.help.empty()) out += fmt::format("  help: {}\n", diagnostic.help);
    return out;
}

std::string to_short(const Diagnostic& diagnostic, const SourceMap& sources) {
    return fmt::format("{}: {}[{}]: {}\n", place(diagnostic.span, sources),
                       severity_text(diagnostic), name(diagnostic.code), diagnostic.message);
}

std::string to_json(const Diagnostic& diagnostic, const SourceMap& sources) {
    nlohmann::json labels = nlohmann::json::array();
    for (const Label& label : diagnostic.labels) {
        labels.push_back({{"span", span_json(label.span, sources)}, {"text", label.text}});
    }
    const nlohmann::json json = {{"code", name(diagnostic.code)},
                                 {"severity", severity_text(diagnostic)},
                                 {"title", title(diagnostic.code)},
                                 {"message", diagnostic.message},
                                 {"span", span_json(diagnostic.span, sources)},
                                 {"label", diagnostic.label},
                                 {"labels", labels},
                                 {"help", diagnostic.help},
                                 {"citation", diagnostic.citation}};
    return to_one_line(json) + "\n";
}

std::string render(const Diagnostics& diagnostics, const SourceMap& sources, Form form) {
    std::string out;
    for (const Diagnostic& diagnostic : diagnostics.list()) {
        switch (form) {
            case Form::human:
                out += to_human(diagnostic, sources) + "\n";
                break;
            case Form::brief:
                out += to_short(diagnostic, sources);
                break;
            case Form::json:
                out += to_json(diagnostic, sources);
                break;
        }
    }
    if (form != Form::human || out.empty()) return out;
    const auto counted = [](std::size_t n, std::string_view what) {
        return n == 0 ? std::string() : fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
    };
    const std::string errors = counted(diagnostics.errors(), "error");
    const std::string warnings = counted(diagnostics.warnings(), "warning");
    out += errors + (errors.empty() || warnings.empty() ? "" : ", ") + warnings;
    if (diagnostics.not_kept() > 0) {
        out += fmt::format("; the first {} are shown", diagnostics.list().size());
    }
    return out + "\n";
}

}  // namespace edict::source
