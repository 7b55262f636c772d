#include "cli/html.h"

#include <fmt/format.h>

#include <algorithm>

namespace edict::cli {

namespace {

constexpr std::string_view STYLE =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;"
    "color:#222}"
    "h1,h2,h3{line-height:1.2}"
    "section.rule{border-left:4px solid #999;padding:.1rem 1rem;margin:1.5rem 0;background:#f7f7f7}"
    "section.permit{border-color:#2e7d32}section.forbid{border-color:#b71c1c}"
    "section.require{border-color:#e65100}"
    ".norm{font-weight:600}.cites,.window{color:#555}"
    "pre{overflow-x:auto;background:#eee;padding:.5rem;font-size:14px}"
    "code{background:#eee}table{border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:left}"
    ".ok{color:#2e7d32}.failed{color:#b71c1c}";

// The number of # that a heading begins with; 0 if the line is none.
std::size_t heading_level(std::string_view line) {
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    const bool fits = level >= 1 && level <= 6 && (level == line.size() || line[level] == ' ');
    return fits ? level : 0;
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string prose_as_html(std::string_view markdown) {
    std::string out;
    std::string_view open;  // the element that is open: p, ul, pre
    const auto close = [&] {
        if (!open.empty()) out += fmt::format("</{}>\n", open);
        open = {};
    };
    const auto in = [&](std::string_view element) {
        if (open == element) return;
        close();
        out += fmt::format("<{}>", element);
        open = element;
    };
    while (!markdown.empty()) {
        std::string_view line = markdown.substr(0, markdown.find('\n'));
        markdown.remove_prefix(std::min(line.size() + 1, markdown.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::string_view text =
            line.substr(std::min(line.find_first_not_of(' '), line.size()));
        if (text.starts_with("```") || text.starts_with("~~~")) {
            const bool ends = open == "pre";
            close();
            if (!ends) in("pre");
        } else if (open == "pre") {
            out += escaped(line) + "\n";
        } else if (text.empty()) {
            close();
        } else if (const std::size_t level = heading_level(text)) {
            close();
            const std::size_t shown = std::min<std::size_t>(level + 1, 6);
            out += fmt::format("<h{0}>{1}</h{0}>\n", shown,
                               escaped(text.substr(std::min(level + 1, text.size()))));
        } else if (text.starts_with("- ") || text.starts_with("* ")) {
            in("ul");
            out += fmt::format("<li>{}\n", escaped(text.substr(2)));
        } else {
            if (open != "ul") in("p");
            out += escaped(text) + "\n";
        }
    }
    close();
    return out;
}

std::string html_page(std::string_view title, std::string_view body) {
    return fmt::format(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        escaped(title), STYLE, body);
}

}  // namespace edict::cli
