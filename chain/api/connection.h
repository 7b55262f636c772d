// What one client may cost: each wait for it has an end, and a stop of the server ends them all.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <set>

#include "chain/api/limits.h"

namespace edict::api {

// How long a client, or the end of its connection, is waited for.
struct Patience {
    std::chrono::milliseconds idle = KEEP_ALIVE;          // between two requests
    std::chrono::milliseconds request = REQUEST_TIMEOUT;  // from its first byte to its last
    std::chrono::milliseconds answer = ANSWER_TIMEOUT;    // from its first byte to its last
    std::chrono::milliseconds stop = STOP_GRACE;          // for answers that are under way
};

// Reads and writes a connected socket, which stays the caller's. Used by one thread.
class Connection {
public:
    Connection(int socket, const Patience& patience) : socket_(socket), patience_(patience) {}

    [[nodiscard]] int socket() const { return socket_; }
    // Whether a further request begins in time.
    [[nodiscard]] bool await_request();
    // How many bytes, at least one; 0: the client has ended; -1: it failed, or took too long.
    [[nodiscard]] ssize_t read(char* into, std::size_t size);
    [[nodiscard]] ssize_t write(const char* from, std::size_t size);

private:
    using Moment = std::chrono::steady_clock::time_point;

    [[nodiscard]] ssize_t receive(Moment until);

    int socket_;
    Patience patience_;
    Moment read_until_;
    std::optional<Moment> write_until_;  // of the answer that is under way
    std::array<char, 4096> buffer_{};
    std::size_t at_ = 0;
    std::size_t end_ = 0;
};

// The sockets that are served, by any number of threads.
class Connections {
public:
    // Closes it afterwards; after stop() does nothing else.
    void serve(int socket, const std::function<void()>& serve);
    // From now on reads of them end; those that are left after `grace` are cut off.
    void stop(std::chrono::milliseconds grace);

private:
    std::mutex mutex_;
    std::condition_variable closed_;
    std::set<int> open_;
    bool is_stopping_ = false;
};

}  // namespace edict::api
