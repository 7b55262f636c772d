// Notices: says each kind of thing about each peer once in a while, so that nobody can fill the
// log. May be used from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace edict::net {

class Notices {
public:
    using Say = std::function<void(const std::string& line)>;
    Notices(Say say, std::chrono::milliseconds same) : say_(std::move(say)), same_(same) {}

    void say(std::size_t peer, std::string_view kind, const std::string& line);
    // What is over may be said again at once.
    void forget(std::size_t peer, std::string_view kind);

private:
    Say say_;
    std::chrono::milliseconds same_;
    std::mutex mutex_;
    // Few kinds, at most twenty peers.
    std::map<std::pair<std::size_t, std::string>, std::chrono::steady_clock::time_point> last_;
};

}  // namespace edict::net
