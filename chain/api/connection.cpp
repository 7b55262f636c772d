#include "chain/api/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace edict::api {

namespace {

using Clock = std::chrono::steady_clock;

// Whether the socket is ready for `events`, or has failed, before `until`.
bool wait_for(int socket, short events, Clock::time_point until) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        pollfd polled{socket, events, 0};
        const int ready = ::poll(&polled, 1, static_cast<int>(std::max<long>(left.count(), 0)));
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

bool is_to_be_tried_again() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

ssize_t Connection::receive(Moment until) {
    while (wait_for(socket_, POLLIN, until)) {
        const ssize_t got = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (got < 0 && is_to_be_tried_again()) continue;
        at_ = 0;
        end_ = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        return got;
    }
    return -1;
}

bool Connection::await_request() {
    if (at_ == end_ && receive(Clock::now() + patience_.idle) <= 0) return false;
    read_until_ = Clock::now() + patience_.request;
    return true;
}

ssize_t Connection::read(char* into, std::size_t size) {
    write_until_.reset();
    if (at_ == end_) {
        const ssize_t got = receive(read_until_);
        if (got <= 0) return got;
    }
    const std::size_t taken = std::min(size, end_ - at_);
    std::copy_n(buffer_.data() + at_, taken, into);
    at_ += taken;
    return static_cast<ssize_t>(taken);
}

ssize_t Connection::write(const char* from, std::size_t size) {
    if (!write_until_) write_until_ = Clock::now() + patience_.answer;
    while (wait_for(socket_, POLLOUT, *write_until_)) {
        const ssize_t sent = ::send(socket_, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0 || !is_to_be_tried_again()) return sent;
    }
    return -1;
}

void Connections::serve(int socket, const std::function<void()>& serve) {
    const bool is_served = [&] {
        const std::scoped_lock lock(mutex_);
        return !is_stopping_ && open_.insert(socket).second;
    }();
    if (is_served) serve();
    // Under the lock: a stop must not find the number as that of another file.
    const std::scoped_lock lock(mutex_);
    open_.erase(socket);
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    closed_.notify_all();
}

void Connections::stop(std::chrono::milliseconds grace) {
    std::unique_lock lock(mutex_);
    is_stopping_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RD);
    closed_.wait_for(lock, grace, [this] { return open_.empty(); });
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
}

}  // namespace edict::api
