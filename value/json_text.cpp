#include "value/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

namespace edict::value {

namespace {

using Json = nlohmann::json;
using Event = Json::parse_event_t;

constexpr std::size_t MAX_SHOWN_BYTES = 200;

// Cut after a whole character.
std::string cropped(std::string text) {
    if (text.size() <= MAX_SHOWN_BYTES) return text;
    std::size_t end = MAX_SHOWN_BYTES;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "…";
}

// Follows the parser through a document. The first member that stands twice is kept.
class Watch {
public:
    Watch(const std::string& text, std::istringstream& in) : text_(text), in_(in) {}

    bool see(int depth, Event event, const Json& parsed) {
        if (depth > static_cast<int>(MAX_JSON_DEPTH)) is_deep_ = true;
        if (is_deep_) return false;
        switch (event) {
            case Event::key:
                see_key(parsed.get_ref<const std::string&>());
                break;
            case Event::object_start:
            case Event::array_start:
                count();
                open_.emplace_back().is_array = event == Event::array_start;
                break;
            case Event::object_end:
            case Event::array_end:
                open_.pop_back();
                break;
            case Event::value:
                count();
                break;
        }
        return true;
    }
    [[nodiscard]] std::optional<std::string> complaint() const {
        if (is_deep_)
            return fmt::format("the JSON is nested deeper than {} levels", MAX_JSON_DEPTH);
        return twice_;
    }

private:
    struct Open {
        bool is_array = false;
        std::size_t elements = 0;    // of an array, so far
        std::set<std::string> keys;  // of an object, so far
        std::string key;             // the last one
    };

    void count() {
        if (!open_.empty() && open_.back().is_array) ++open_.back().elements;
    }
    void see_key(const std::string& key) {
        open_.back().key = key;
        if (open_.back().keys.insert(key).second || twice_) return;
        const auto end = text_.begin() + static_cast<std::streamoff>(in_.tellg());
        twice_ = fmt::format("{}: stands twice; the second is on line {}", cropped(place()),
                             1 + std::count(text_.begin(), end, '\n'));
    }
    // "stores.uses[2].to"
    [[nodiscard]] std::string place() const {
        std::string out;
        for (const Open& open : open_) {
            if (open.is_array) {
                out += fmt::format("[{}]", open.elements - 1);
            } else {
                out += (out.empty() ? "" : ".") + open.key;
            }
        }
        return out;
    }

    const std::string& text_;
    std::istringstream& in_;
    std::vector<Open> open_;
    bool is_deep_ = false;
    std::optional<std::string> twice_;
};

// Of "[json.exception.parse_error.101] parse error at line 3, column 5: syntax error while parsing
// value - invalid literal": "line 3, column 5: invalid literal".
std::string reason_of(const Json::exception& error) {
    std::string what = error.what();
    for (const auto& [begin, end] : {std::pair{"[json.", "] "}, std::pair{"parse error ", "at "},
                                     std::pair{"syntax error while parsing ", " - "}}) {
        const std::size_t from = what.find(begin);
        const std::size_t to = what.find(end, from);
        if (from == std::string::npos || to == std::string::npos) continue;
        what.erase(from, to + std::string_view(end).size() - from);
    }
    return cropped(std::move(what));
}

}  // namespace

base::Result<Json> parse_json(const std::string& text, std::string_view form) {
    std::istringstream in(text);
    Watch watch(text, in);
    const auto see = [&](int depth, Event event, const Json& parsed) {
        return watch.see(depth, event, parsed);
    };
    try {
        Json parsed = Json::parse(in, see);
        if (const auto complaint = watch.complaint()) return base::input_error(*complaint);
        return parsed;
    } catch (const Json::exception& error) {
        if (const auto complaint = watch.complaint()) return base::input_error(*complaint);
        return base::input_error(fmt::format("this is not JSON{}{} ({})", form.empty() ? "" : "; ",
                                             form, reason_of(error)));
    }
}

bool is_json(std::string_view text) { return Json::accept(text); }

}  // namespace edict::value
