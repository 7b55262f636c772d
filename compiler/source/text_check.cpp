#include "compiler/source/text_check.h"

#include <fmt/format.h>

namespace edict::source {
namespace {

struct Decoded {
    char32_t code_point = 0;
    std::size_t size = 0;  // 0: not valid UTF-8
};

// Strict: no overlong forms, no surrogates, nothing past U+10FFFF.
Decoded decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return {};
    char32_t value = first & (0xFFu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        value = (value << 6) | (byte(i) & 0x3Fu);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    if (overlong || (value >= 0xD800 && value <= 0xDFFF) || value > 0x10FFFF) return {};
    return {value, size};
}

bool is_control(char32_t c) {
    // A carriage return alone, and the separators of lines and paragraphs, look like line ends in
    // one editor and not in the next: what is a comment in one would be a rule in the other.
    return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F || (c >= 0x80 && c < 0xA0) ||
           c == 0x2028 || c == 0x2029;
}

bool changes_direction(char32_t c) {
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::size_t byte_order_mark(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

bool check_text(FileId file, const SourceMap& sources, Diagnostics& diagnostics) {
    const std::string_view text = sources.text(file);
    bool fine = true;
    for (std::size_t at = byte_order_mark(text); at < text.size();) {
        const unsigned char first = static_cast<unsigned char>(text[at]);
        if (first == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
            ++at;
            continue;
        }
        if (first >= 0x20 && first < 0x7F) {  // nearly all
            ++at;
            continue;
        }
        const Decoded c = decode(text, at);
        const auto begin = static_cast<std::uint32_t>(at);
        const Span where{file, begin, begin + static_cast<std::uint32_t>(c.size == 0 ? 1 : c.size)};
        if (c.size == 0) {
            diagnostics
                .add(Code::E0115, where, fmt::format("the byte {:02X} is not valid UTF-8", first))
                .with_help("save the file as UTF-8");
            return false;  // the rest would be guessed
        }
        if (is_control(c.code_point)) {
            fine = false;
            diagnostics
                .add(Code::E0116, where,
                     fmt::format("the text holds the control character U+{:04X}",
                                 static_cast<std::uint32_t>(c.code_point)))
                .with_help(c.code_point == '\r' ? "end every line with LF, or with CR LF"
                                                : "remove it; in a text, \\n is a line end");
        } else if (changes_direction(c.code_point)) {
            fine = false;
            diagnostics
                .add(Code::E0117, where,
                     fmt::format("the character U+{:04X} changes the direction of writing",
                                 static_cast<std::uint32_t>(c.code_point)))
                .with_help("remove it: with it, a rule can look other than it reads");
        }
        at += c.size;
    }
    return fine;
}

}  // namespace edict::source
