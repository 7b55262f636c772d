// Watchdog: ends what takes too long, from a thread of its own. For requests whose every single
// read is in time but which never come to an end.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace edict::client {

class Watchdog {
public:
    // `end` is called from the thread, at most once for each begin().
    Watchdog(std::chrono::milliseconds at_most, std::function<void()> end)
        : at_most_(at_most),
          end_(std::move(end)),
          thread_([this](const std::stop_token& stop) { watch(stop); }) {}

    void begin() {
        const std::scoped_lock lock(mutex_);
        due_ = Clock::now() + at_most_;
        fired_ = false;
    }
    // Whether it was ended.
    bool done() {
        const std::scoped_lock lock(mutex_);
        due_.reset();
        return fired_;
    }

private:
    using Clock = std::chrono::steady_clock;

    void watch(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            // It looks now and then, so that begin() and done() wake nobody.
            tick_.wait_for(lock, stop, std::max(at_most_ / 60, std::chrono::milliseconds(1)),
                           [] { return false; });
            if (!due_ || Clock::now() < *due_) continue;
            due_.reset();
            fired_ = true;
            end_();
        }
    }

    std::chrono::milliseconds at_most_;
    std::function<void()> end_;
    std::mutex mutex_;
    std::condition_variable_any tick_;
    std::optional<Clock::time_point> due_;
    bool fired_ = false;
    std::jthread thread_;  // the last: it uses the others
};

}  // namespace edict::client
