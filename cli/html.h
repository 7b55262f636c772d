// HTML from texts that nobody vouches for: everything is escaped.
#pragma once

#include <string>
#include <string_view>

namespace edict::cli {

[[nodiscard]] std::string escaped(std::string_view text);

// Paragraphs, lists, code and headings of Markdown, as text: no markup of the prose survives, so
// none can do harm. Headings begin at <h2>.
[[nodiscard]] std::string prose_as_html(std::string_view markdown);

// A whole page with its style; it loads nothing from elsewhere.
[[nodiscard]] std::string html_page(std::string_view title, std::string_view body);

}  // namespace edict::cli
