#include "base/utf8.h"

#include <cstdint>

namespace edict::base {

bool is_utf8(std::string_view text) {
    const auto byte_at = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    for (std::size_t i = 0; i < text.size();) {
        const std::uint32_t first = byte_at(i);
        if (first < 0x80) {
            ++i;
            continue;
        }
        const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || text.size() - i < size) return false;
        std::uint32_t code = first & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size; ++k) {
            if ((byte_at(i + k) & 0xC0) != 0x80) return false;
            code = code << 6 | (byte_at(i + k) & 0x3FU);
        }
        static constexpr std::uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < LEAST[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            return false;
        }
        i += size;
    }
    return true;
}

}  // namespace edict::base
