#include "base/whole_number.h"

#include <charconv>

namespace edict::base {

std::optional<std::uint64_t> read_whole_number(std::string_view text, std::uint64_t max) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end || number > max) return std::nullopt;
    return number;
}

}  // namespace edict::base
