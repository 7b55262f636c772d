#include "compiler/check/unread.h"

#include <algorithm>
#include <string_view>

namespace edict::check {
namespace {

using source::Code;

// Whether a text quotes one of the words: `hub.share` quotes two.
bool quotes_any(std::string_view text, const std::set<std::string>& words) {
    bool quoted = false;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of("`. ,(", begin), text.size());
        if (quoted && words.contains(std::string(text.substr(begin, end - begin)))) return true;
        if (end < text.size() && text[end] == '`') quoted = !quoted;
        begin = end + 1;
    }
    return false;
}

}  // namespace

std::set<std::string> unread_words(const std::vector<const ast::File*>& files) {
    std::set<std::string> out;
    for (const ast::File* file : files) {
        out.insert(file->module.unread.begin(), file->module.unread.end());
    }
    return out;
}

bool may_come_of(const source::Diagnostic& mistake, const std::set<std::string>& unread) {
    switch (mistake.code) {
        case Code::E0406:
            return unread.contains("default");
        case Code::E0954:
            return unread.contains("upgrade");
        case Code::E0955:
            return unread.contains("upgrade") || quotes_any(mistake.message, unread);
        case Code::E0972:  // a mark that was misspelt marks nothing
        case Code::E0973:
            return !unread.empty();
        case Code::E0410:
            return unread.contains("order by rank");
        case Code::E0411:
            return unread.contains("action");
        case Code::E0201:
        case Code::E0204:
        case Code::E0205:
        case Code::E0206:
        case Code::E0207:
        case Code::E0208:
        case Code::E0209:
        case Code::E0210:
        case Code::E0211:
        case Code::E0213:
        case Code::E0214:
        case Code::E0215:
        case Code::E0401:
        case Code::E0507:
            return unread.contains("") || quotes_any(mistake.message, unread);
        default:
            return false;
    }
}

}  // namespace edict::check
