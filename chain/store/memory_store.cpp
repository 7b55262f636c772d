#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "base/check.h"
#include "chain/store/key_value.h"

namespace edict::store {

namespace {

struct Less {
    using is_transparent = void;
    bool operator()(ByteView a, ByteView b) const {
        return std::ranges::lexicographical_compare(a, b);
    }
};
using Records = std::map<Bytes, Bytes, Less>;

std::pair<Bytes, Bytes> copy_of(const Records::value_type& record) {
    return {record.first, record.second};
}

}  // namespace

struct MemoryStore::Impl {
    mutable std::shared_mutex mutex;
    std::array<Records, COLUMNS.size()> columns;
    // For each batch that is not on stable storage: what takes back each of its writes.
    std::deque<std::vector<Write>> undo;

    // Writes and returns what takes the write back.
    Write apply(const Write& write) {
        Records& records = columns.at(index_of(write.column));
        Write back{write.column, write.key, std::nullopt};
        const auto found = records.find(write.key);
        if (found != records.end()) back.value = found->second;
        if (write.value) {
            records.insert_or_assign(write.key, *write.value);
        } else if (found != records.end()) {
            records.erase(found);
        }
        return back;
    }
};

MemoryStore::MemoryStore() : impl_(std::make_unique<Impl>()) {}
MemoryStore::~MemoryStore() = default;

std::optional<Bytes> MemoryStore::get(Column column, ByteView key) const {
    const std::shared_lock lock(impl_->mutex);
    const Records& records = impl_->columns.at(index_of(column));
    const auto found = records.find(key);
    if (found == records.end()) return std::nullopt;
    return found->second;
}

void MemoryStore::visit_range(Column column, ByteView from, ByteView until,
                              const Visit& visit) const {
    std::vector<std::pair<Bytes, Bytes>> range;  // copied, so that `visit` may write
    {
        const std::shared_lock lock(impl_->mutex);
        const Records& records = impl_->columns.at(index_of(column));
        if (!until.empty() && !Less()(from, until)) return;
        const auto end = until.empty() ? records.end() : records.lower_bound(until);
        for (auto at = records.lower_bound(from); at != end; ++at) range.push_back(copy_of(*at));
    }
    for (const auto& [key, value] : range) {
        if (!visit(key, value)) return;
    }
}

std::optional<std::pair<Bytes, Bytes>> MemoryStore::last(Column column) const {
    const std::shared_lock lock(impl_->mutex);
    const Records& records = impl_->columns.at(index_of(column));
    if (records.empty()) return std::nullopt;
    return copy_of(*records.rbegin());
}

void MemoryStore::commit(const WriteBatch& batch, Sync sync) {
    const std::unique_lock lock(impl_->mutex);
    std::vector<Write> back;
    for (const Write& write : batch.writes()) back.push_back(impl_->apply(write));
    impl_->undo.push_back(std::move(back));
    if (sync == Sync::yes) impl_->undo.clear();
}

std::size_t MemoryStore::unsynced() const {
    const std::shared_lock lock(impl_->mutex);
    return impl_->undo.size();
}

void MemoryStore::crash(std::size_t kept) {
    const std::unique_lock lock(impl_->mutex);
    EDICT_CHECK(kept <= impl_->undo.size());
    while (impl_->undo.size() > kept) {
        const std::vector<Write>& back = impl_->undo.back();
        for (auto write = back.rbegin(); write != back.rend(); ++write) (void)impl_->apply(*write);
        impl_->undo.pop_back();
    }
    impl_->undo.clear();  // what survived a crash is on the disk
}

base::Status MemoryStore::checkpoint(const std::string&) const {
    return base::environment_error("what is in memory only cannot be backed up");
}

}  // namespace edict::store
