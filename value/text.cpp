#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "value/value.h"

namespace edict::value {

namespace {

// Which texts are canonical is part of the chain's rules, so it must not follow the version of ICU.
// The normalization of assigned characters never changes (Unicode's stability policy); characters
// assigned after this version are refused on every node.
constexpr std::uint8_t UNICODE_VERSION = 15;
constexpr std::size_t MAX_INPUT_BYTES = std::size_t{1} << 28;  // lengths in ICU are 32-bit

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_control(UChar32 c) {
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c <= 0x9F);
}

bool is_known(UChar32 c) {
    UVersionInfo age = {};
    u_charAge(c, age);
    if (age[0] == 0) return false;  // unassigned
    return age[0] < UNICODE_VERSION || (age[0] == UNICODE_VERSION && age[1] == 0);
}

// Everything but the normalization form.
base::Status check_characters(std::string_view text) {
    if (text.size() > MAX_INPUT_BYTES) {
        return base::input_error(
            fmt::format("the text has {} bytes; the limit is {}", text.size(), MAX_INPUT_BYTES));
    }
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        const std::int32_t start = at;
        UChar32 c = 0;
        U8_NEXT(bytes, at, size, c);
        if (c < 0) return base::input_error(fmt::format("byte {} is not UTF-8", start));
        const auto shown = static_cast<std::uint32_t>(c);
        if (is_control(c)) {
            return base::input_error(fmt::format(
                "byte {}: the control character U+{:04X}; only tab and line feed are allowed",
                start, shown));
        }
        if (c >= 0x80 && !is_known(c)) {
            return base::input_error(
                fmt::format("byte {}: U+{:04X} is no character of Unicode {}.0", start, shown,
                            UNICODE_VERSION));
        }
    }
    return {};
}

std::u16string to_utf16(std::string_view text) {
    // Never more units than bytes, so one call is enough.
    std::u16string wide(text.size(), u'\0');
    std::int32_t length = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                  static_cast<std::int32_t>(text.size()), &error);
    EDICT_CHECK(U_SUCCESS(error));  // check_characters() accepted the text
    wide.resize(static_cast<std::size_t>(length));
    return wide;
}

std::string to_utf8(const std::u16string& wide) {
    std::string text(wide.size() * 3, '\0');
    std::int32_t length = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF8(text.data(), static_cast<std::int32_t>(text.size()), &length, wide.data(),
                static_cast<std::int32_t>(wide.size()), &error);
    EDICT_CHECK(U_SUCCESS(error));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

const UNormalizer2* nfc() {
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2* normalizer = unorm2_getNFCInstance(&error);
    EDICT_CHECK(U_SUCCESS(error));
    return normalizer;
}

bool is_nfc(const std::u16string& wide) {
    UErrorCode error = U_ZERO_ERROR;
    const bool normalized =
        unorm2_isNormalized(nfc(), wide.data(), static_cast<std::int32_t>(wide.size()), &error) !=
        0;
    EDICT_CHECK(U_SUCCESS(error));
    return normalized;
}

}  // namespace

base::Status check_text(std::string_view text) {
    if (const base::Status ok = check_characters(text); !ok) return ok;
    if (is_ascii(text) || is_nfc(to_utf16(text))) return {};
    return base::input_error("the text is not in Unicode Normalization Form C");
}

bool is_canonical_text(std::string_view text) { return check_text(text).has_value(); }

base::Result<std::string> to_nfc(std::string_view text) {
    if (const base::Status ok = check_characters(text); !ok) return base::error_of(ok);
    if (is_ascii(text)) return std::string(text);
    const std::u16string wide = to_utf16(text);
    // UTF-16 grows at most threefold in Form C (Unicode FAQ on normalization).
    std::u16string normal(wide.size() * 3, u'\0');
    UErrorCode error = U_ZERO_ERROR;
    const std::int32_t length =
        unorm2_normalize(nfc(), wide.data(), static_cast<std::int32_t>(wide.size()), normal.data(),
                         static_cast<std::int32_t>(normal.size()), &error);
    EDICT_CHECK(U_SUCCESS(error));
    normal.resize(static_cast<std::size_t>(length));
    return to_utf8(normal);
}

}  // namespace edict::value
