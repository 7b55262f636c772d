#include "chain/net/notices.h"

namespace edict::net {

void Notices::say(std::size_t peer, std::string_view kind, const std::string& line) {
    {
        const std::scoped_lock lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        const auto [last, is_new] = last_.try_emplace({peer, std::string(kind)}, now);
        if (!is_new && now - last->second < same_) return;
        last->second = now;
    }
    say_(line);
}

void Notices::forget(std::size_t peer, std::string_view kind) {
    const std::scoped_lock lock(mutex_);
    last_.erase({peer, std::string(kind)});
}

}  // namespace edict::net
