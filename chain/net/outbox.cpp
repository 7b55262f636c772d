#include "chain/net/outbox.h"

namespace edict::net {

void Outbox::open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
}

void Outbox::close() {
    {
        const std::scoped_lock lock(mutex_);
        open_ = false;
        urgent_ = {};
        bulk_ = {};
    }
    filled_.notify_all();
}

std::size_t Outbox::put(Frame frame) {
    std::size_t gone = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (!open_) return 1;
        const bool is_bulk = frame.channel == Channel::calls || frame.channel == Channel::bodies;
        Queue& queue = is_bulk ? bulk_ : urgent_;
        queue.bytes += frame.payload->size();
        queue.frames.push_back(std::move(frame));
        while (queue.frames.size() > MAX_QUEUED_FRAMES || queue.bytes > MAX_QUEUED_BYTES) {
            queue.bytes -= queue.frames.front().payload->size();
            queue.frames.pop_front();
            ++gone;
        }
    }
    filled_.notify_one();
    return gone;
}

std::vector<Frame> Outbox::take(std::size_t bytes, std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, at_most,
                     [this] { return !open_ || !urgent_.frames.empty() || !bulk_.frames.empty(); });
    std::vector<Frame> taken;
    std::size_t size = 0;
    for (Queue* queue : {&urgent_, &bulk_}) {
        while (!queue->frames.empty()) {
            const std::size_t next = queue->frames.front().payload->size();
            if (!taken.empty() && size + next > bytes) return taken;
            size += next;
            queue->bytes -= next;
            taken.push_back(std::move(queue->frames.front()));
            queue->frames.pop_front();
        }
    }
    return taken;
}

}  // namespace edict::net
