#include "compiler/source/literate.h"

namespace edict::source {
namespace {

constexpr std::size_t MAX_INDENT = 3;
constexpr std::size_t MIN_FENCE = 3;
constexpr std::size_t MAX_LEVEL = 6;

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

struct Fence {
    char sign = 0;
    std::size_t size = 0;
    std::string_view info;
};

std::optional<Fence> fence_of(std::string_view line) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent > MAX_INDENT || indent == line.size()) return std::nullopt;
    line.remove_prefix(indent);
    if (line[0] != '`' && line[0] != '~') return std::nullopt;
    Fence out;
    out.sign = line[0];
    out.size = std::min(line.find_first_not_of(out.sign), line.size());
    out.info = trimmed(line.substr(out.size));
    if (out.size < MIN_FENCE) return std::nullopt;
    // `code` in a paragraph, not a fence.
    if (out.sign == '`' && out.info.find('`') != std::string_view::npos) return std::nullopt;
    return out;
}

// The level of the heading, and where in the line its text stands.
struct HeadingLine {
    int level = 0;
    std::string_view text;
};

std::optional<HeadingLine> heading_of(std::string_view line) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent > MAX_INDENT) return std::nullopt;
    line.remove_prefix(indent);
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    if (level == 0 || level > MAX_LEVEL) return std::nullopt;
    std::string_view text = line.substr(level);
    if (!text.empty() && text[0] != ' ' && text[0] != '\t' && text[0] != '\r') return std::nullopt;
    text = trimmed(text);
    const std::size_t last = text.find_last_not_of('#');  // a heading may end with # too
    if (last == std::string_view::npos) {
        text = {};
    } else if (last + 1 < text.size() && (text[last] == ' ' || text[last] == '\t')) {
        text = trimmed(text.substr(0, last));
    }
    return HeadingLine{static_cast<int>(level), text};
}

}  // namespace

bool is_literate(std::string_view path) { return path.ends_with(".edict.md"); }

Literate read_literate(FileId file, const SourceMap& sources) {
    Literate out;
    const std::string_view text = sources.text(file);
    const auto offset = [&text](const char* at) {
        return static_cast<std::uint32_t>(at - text.data());
    };
    std::optional<Fence> open;
    bool counts = false;
    Span fence_span;
    Span block;
    for (std::uint32_t number = 1; number <= sources.line_count(file); ++number) {
        const std::string_view line = sources.line(file, number);
        const std::uint32_t begin = sources.line_begin(file, number);
        const std::optional<Fence> fence = fence_of(line);
        if (open) {
            const bool closes = fence && fence->sign == open->sign && fence->size >= open->size &&
                                fence->info.empty();
            if (!closes) continue;
            block.end = begin;
            if (counts) out.blocks.push_back(block);
            open.reset();
        } else if (fence) {
            open = fence;
            counts = fence->info == "edict";
            fence_span = {file, begin, begin + static_cast<std::uint32_t>(line.size())};
            const std::size_t next = std::min<std::size_t>(text.find('\n', begin), text.size() - 1);
            block = {file, static_cast<std::uint32_t>(next + 1), 0};
        } else if (const auto heading = heading_of(line); heading && !heading->text.empty()) {
            const std::uint32_t at = offset(heading->text.data());
            out.headings.push_back(
                {heading->level,
                 {file, at, at + static_cast<std::uint32_t>(heading->text.size())}});
        }
    }
    if (open && counts) out.open = fence_span;
    return out;
}

}  // namespace edict::source
