#include "compiler/parse/names.h"

#include <antlr4-runtime.h>
#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/check.h"
#include "compiler/parse/keywords.h"
#include "grammar/EdictLexer.h"

namespace edict::parse {
namespace {

using grammar::EdictLexer;
using source::Code;
using source::Span;

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::int32_t size_of(std::string_view text) { return static_cast<std::int32_t>(text.size()); }

// The character at `at`, which moves past it. The text is valid UTF-8.
UChar32 next(std::string_view text, std::int32_t& at) {
    const auto byte = [&] {
        return static_cast<unsigned char>(text[static_cast<std::size_t>(at++)]);
    };
    const UChar32 first = byte();
    if (first < 0x80) return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    UChar32 c = first & (0x3F >> more);
    for (int i = 0; i < more; ++i) c = (c << 6) | (byte() & 0x3F);
    return c;
}

bool is_normal(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* nfc = unorm2_getNFCInstance(&status);
    std::u16string wide(text.size(), u'\0');  // never longer in UTF-16 than in UTF-8
    std::int32_t size = 0;
    u_strFromUTF8(wide.data(), size_of(text), &size, text.data(), size_of(text), &status);
    const UBool normal = unorm2_isNormalized(nfc, wide.data(), size, &status);
    EDICT_CHECK(U_SUCCESS(status));  // the text is valid UTF-8, and the data come with ICU
    return normal != 0;
}

struct CloseChecker {
    void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};

class LookAlikes {
public:
    LookAlikes() {
        UErrorCode status = U_ZERO_ERROR;
        checker_.reset(uspoof_open(&status));
        uspoof_setRestrictionLevel(checker_.get(), USPOOF_HIGHLY_RESTRICTIVE);
        uspoof_setChecks(checker_.get(), USPOOF_RESTRICTION_LEVEL, &status);
        EDICT_CHECK(U_SUCCESS(status));
    }

    // Two texts that look alike have one skeleton.
    [[nodiscard]] std::string skeleton(std::string_view text) const {
        std::string out(text.size() * 4 + 16, '\0');
        for (;;) {
            UErrorCode status = U_ZERO_ERROR;
            const std::int32_t size = uspoof_getSkeletonUTF8(
                checker_.get(), 0, text.data(), size_of(text), out.data(), size_of(out), &status);
            if (status == U_BUFFER_OVERFLOW_ERROR) {
                out.resize(static_cast<std::size_t>(size));
                continue;
            }
            EDICT_CHECK(U_SUCCESS(status));
            out.resize(static_cast<std::size_t>(size));
            return out;
        }
    }

    [[nodiscard]] bool mixes_scripts(std::string_view text) const {
        UErrorCode status = U_ZERO_ERROR;
        const std::int32_t found =
            uspoof_checkUTF8(checker_.get(), text.data(), size_of(text), nullptr, &status);
        EDICT_CHECK(U_SUCCESS(status));
        return found != 0;
    }

private:
    std::unique_ptr<USpoofChecker, CloseChecker> checker_;
};

bool is_invisible(UChar32 c) {
    return u_charType(c) == U_FORMAT_CHAR ||
           u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || u_isUWhiteSpace(c);
}

}  // namespace

std::string help_for_character(std::string_view text) {
    static const std::map<std::string_view, std::string_view> help = {
        {"&", "write `and`"},
        {"|", "write `or`"},
        {"!", "write `not`"},
        {"%", "write `mod` for the remainder of a division"},
        {"'", "texts stand in double quotes: \"like this\""},
        {"\xE2\x80\x9C", "texts stand in straight double quotes: \"like this\""},
        {"\xE2\x80\x9D", "texts stand in straight double quotes: \"like this\""},
        {";", "remove it: Edict needs no sign at the end of a line"},
        {"#", "a comment starts with //"},
        {"$", "remove it: a name is written as it is"},
        {"@", "remove it: a name is written as it is"},
        {"\xEF\xBC\x8C", "write an ASCII comma: ,"},
        {"\xE3\x80\x81", "write an ASCII comma: ,"},
        {"\xEF\xBC\x9A", "write an ASCII colon: :"},
        {"\xEF\xBC\x88", "write an ASCII bracket: ("},
        {"\xEF\xBC\x89", "write an ASCII bracket: )"},
        {"\xE3\x80\x80", "write an ordinary space"},
        {"\xC2\xA0", "write an ordinary space"},
    };
    const auto found = help.find(text);
    if (found != help.end()) return std::string(found->second);
    if (static_cast<unsigned char>(text[0]) >= 0x80) {
        return "names are made of letters of any script, digits and _";
    }
    return "remove it";
}

bool check_word(Span word, const source::SourceMap& sources, source::Diagnostics& diagnostics) {
    const std::string_view text = sources.text(word);
    for (std::int32_t at = 0; at < size_of(text);) {
        const std::int32_t begin = at;
        const UChar32 c = next(text, at);
        const bool fits = begin == 0 ? c == '_' || u_hasBinaryProperty(c, UCHAR_XID_START)
                                     : u_hasBinaryProperty(c, UCHAR_XID_CONTINUE);
        if (fits) continue;
        const auto offset = word.begin + static_cast<std::uint32_t>(begin);
        const Span where{word.file, offset, offset + static_cast<std::uint32_t>(at - begin)};
        const std::string_view shown = sources.text(where);
        const bool mark = begin == 0 && u_hasBinaryProperty(c, UCHAR_XID_CONTINUE);
        diagnostics
            .add(
                Code::E0102, where,
                mark ? fmt::format("a name does not begin with `{}`", shown)
                : is_invisible(c)
                    ? fmt::format("Edict does not use the character U+{:04X}, which cannot be seen",
                                  static_cast<std::uint32_t>(c))
                    : fmt::format("Edict does not use the character `{}`", shown))
            .with_help(mark                                     ? "begin it with a letter or _"
                       : is_invisible(c) && !u_isUWhiteSpace(c) ? "remove it"
                                                                : help_for_character(shown));
        return false;
    }
    if (!is_normal(text)) {
        diagnostics
            .add(Code::E0130, word,
                 fmt::format("the name `{}` is not in the normal form NFC", text))
            .with_help(
                "type it again, with accents and letters as one character: written otherwise it "
                "would "
                "look the same and be another name");
        return false;
    }
    return true;
}

std::vector<std::string> check_look_alikes(std::span<const Token> tokens,
                                           const source::SourceMap& sources,
                                           source::Diagnostics& diagnostics) {
    std::vector<std::string> reported;
    std::map<std::string_view, Span> names;  // where each stands first
    std::vector<std::string_view> in_order;
    bool any = false;
    for (const Token& token : tokens) {
        if (token.type != EdictLexer::WORD || token.broken) continue;
        const std::string_view text = sources.text(token.span);
        if (!names.emplace(text, token.span).second) continue;
        in_order.push_back(text);
        any = any || !is_ascii(text);
    }
    if (!any) return reported;

    const LookAlikes look;
    struct Seen {
        std::string_view text;
        bool is_keyword = false;
    };
    std::map<std::string, Seen> seen;
    for (const Keyword& keyword : keywords()) {
        for (const Language language : {Language::english, Language::chinese}) {
            const std::string_view words = keyword.in(language);
            if (!words.empty()) seen.emplace(look.skeleton(words), Seen{words, true});
        }
    }
    const auto report_mixture = [&](std::string_view text, Span where) {
        diagnostics
            .add(Code::E0131, where,
                 fmt::format("the name `{}` mixes scripts whose letters look alike", text))
            .with_help(
                "type it again in one script; Latin letters may stand beside Chinese, "
                "Japanese or Korean ones");
    };
    for (const std::string_view text : in_order) {
        const auto [same, is_new] = seen.emplace(look.skeleton(text), Seen{text, false});
        if (is_new || (is_ascii(text) && is_ascii(same->second.text))) {
            if (is_ascii(text) || !look.mixes_scripts(text)) continue;
            report_mixture(text, names.at(text));
            reported.emplace_back(text);
            continue;
        }
        reported.emplace_back(text);
        if (same->second.is_keyword) {
            diagnostics
                .add(Code::E0131, names.at(text),
                     fmt::format("the name `{}` looks like the word `{}` of the language", text,
                                 same->second.text))
                .with_help("choose another name");
            continue;
        }
        diagnostics
            .add(Code::E0131, names.at(text),
                 fmt::format("the name `{}` looks like another one, and is not the same", text))
            .with_label(names.at(same->second.text), "the other one")
            .with_help("type one of them again, or choose a name that cannot be mistaken for it");
    }
    return reported;
}

}  // namespace edict::parse
