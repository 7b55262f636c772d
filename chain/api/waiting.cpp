#include "chain/api/waiting.h"

#include <fmt/format.h>

#include "base/whole_number.h"
#include "chain/api/routes.h"

namespace edict::api {

tl::expected<std::chrono::milliseconds, Reply> wait_of(const Request& request) {
    const std::optional<std::string> text = query_of(request, "wait_ms");
    if (!text) return std::chrono::milliseconds(0);
    const auto ms = base::read_whole_number(*text, MAX_WAIT.count());
    if (!ms) {
        return tl::unexpected(error_reply(400, "wait_ms=" + *text + " is not allowed",
                                          fmt::format("wait_ms from 0 to {}", MAX_WAIT.count())));
    }
    return std::chrono::milliseconds(*ms);
}

}  // namespace edict::api
