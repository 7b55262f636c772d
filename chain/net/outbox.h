// Outbox: what waits to be written to one peer. Bounded; beyond the bound the oldest of the same
// kind go, so that a slow peer costs nobody else memory or time. Safe from several threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "chain/net/frame.h"

namespace edict::net {

using Parcel = std::shared_ptr<const base::Bytes>;

struct Frame {
    Channel channel = Channel::ping;
    Parcel payload;
};

class Outbox {
public:
    // Whether somebody reads it; while nobody does, what is put in goes at once.
    void open();
    void close();  // and empties it; who waits in take() returns

    // How many frames went for it, itself included if it is closed.
    std::size_t put(Frame frame);
    // What waits, in order, messages of the protocol first: at least one frame, then as many as fit
    // in so many bytes. Empty: nothing came within the time, or it is closed.
    [[nodiscard]] std::vector<Frame> take(std::size_t bytes, std::chrono::milliseconds at_most);

private:
    struct Queue {
        std::deque<Frame> frames;
        std::size_t bytes = 0;
    };
    std::mutex mutex_;
    std::condition_variable filled_;
    bool open_ = false;
    Queue urgent_, bulk_;
};

}  // namespace edict::net
