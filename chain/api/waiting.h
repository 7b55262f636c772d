// Requests that may wait for what is not there yet (wait_ms=). Known to this folder only.
#pragma once

#include <chrono>
#include <tl/expected.hpp>

#include "chain/api/api.h"
#include "chain/api/limits.h"

namespace edict::api {

// The wait_ms of the request, 0 if it has none; otherwise the reply that says what is allowed.
[[nodiscard]] tl::expected<std::chrono::milliseconds, Reply> wait_of(const Request& request);

// One request that waits holds a thread, and the others must still be answered: beyond
// MAX_WAITING_REQUESTS it does not wait.
class Waiting {
public:
    Waiting(Api& api, std::chrono::milliseconds wanted)
        : api_(api),
          at_most_(api.waiting_requests.fetch_add(1) < MAX_WAITING_REQUESTS
                       ? wanted
                       : std::chrono::milliseconds(0)) {}
    ~Waiting() { api_.waiting_requests.fetch_sub(1); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    [[nodiscard]] std::chrono::milliseconds at_most() const { return at_most_; }

private:
    Api& api_;
    std::chrono::milliseconds at_most_;
};

}  // namespace edict::api
