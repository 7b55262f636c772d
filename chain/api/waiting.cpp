#include "chain/api/waiting.h"

#include <fmt/format.h>

#include <charconv>

#include "chain/api/routes.h"

namespace edict::api {

tl::expected<std::chrono::milliseconds, Reply> wait_of(const Request& request) {
    const std::optional<std::string> text = query_of(request, "wait_ms");
    std::uint32_t ms = 0;
    if (!text) return std::chrono::milliseconds(ms);
    const char* end = text->data() + text->size();
    if (std::from_chars(text->data(), end, ms).ptr != end || text->empty() ||
        std::chrono::milliseconds(ms) > MAX_WAIT) {
        return tl::unexpected(error_reply(400, "wait_ms=" + *text + " is not allowed",
                                          fmt::format("wait_ms from 0 to {}", MAX_WAIT.count())));
    }
    return std::chrono::milliseconds(ms);
}

}  // namespace edict::api
