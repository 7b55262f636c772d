#include "chain/sim/linearizability.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/check.h"

namespace edict::sim {

namespace {

// Calls and answers in the order of time, as a list from which operations are taken and into which
// they are put back.
class Search {
public:
    Search(const std::vector<Operation>& history, std::uint64_t value)
        : history_(history), value_(value), done_((history.size() + 63) / 64, 0) {
        struct Moment {
            std::int64_t time;
            bool is_answer;
            std::size_t operation;
        };
        std::vector<Moment> moments;
        for (std::size_t i = 0; i < history.size(); ++i) {
            EDICT_CHECK(history[i].called <= history[i].answered);
            moments.push_back({history[i].called, false, i});
            if (history[i].answered == Operation::NEVER) continue;
            moments.push_back({history[i].answered, true, i});
            ++open_;
        }
        // At one time calls come first: then the two operations may overlap.
        std::ranges::sort(moments, [](const Moment& a, const Moment& b) {
            return std::tuple(a.time, a.is_answer, a.operation) <
                   std::tuple(b.time, b.is_answer, b.operation);
        });
        answer_of_.assign(history.size(), NONE);
        entries_.push_back({});  // the head
        for (const Moment& moment : moments) {
            const std::size_t at = entries_.size();
            entries_.push_back({moment.operation, moment.is_answer, at - 1, NONE});
            entries_[at - 1].next = at;
            if (moment.is_answer) answer_of_[moment.operation] = at;
        }
    }

    bool run() {
        std::size_t at = entries_[0].next;
        while (open_ > 0) {
            if (at != NONE && !entries_[at].is_answer) {
                const std::size_t operation = entries_[at].operation;
                if (take(operation, at)) {
                    at = entries_[0].next;
                    continue;
                }
                at = entries_[at].next;
                continue;
            }
            // An answer whose operation has found no moment: what was done last was wrong.
            if (taken_.empty()) return false;
            at = entries_[put_back()].next;
        }
        return true;
    }

private:
    static constexpr std::size_t NONE = std::numeric_limits<std::size_t>::max();
    struct Entry {
        std::size_t operation = 0;
        bool is_answer = false;
        std::size_t previous = NONE, next = NONE;
    };
    struct Taken {
        std::size_t entry;
        std::uint64_t value_before;
    };

    bool take(std::size_t operation, std::size_t entry) {
        const Operation& one = history_[operation];
        if (one.saw && *one.saw != value_) return false;
        const std::uint64_t after = one.writes.value_or(value_);
        done_[operation / 64] |= std::uint64_t{1} << operation % 64;
        if (!tried_.insert({after, done_}).second) {
            done_[operation / 64] &= ~(std::uint64_t{1} << operation % 64);
            return false;
        }
        taken_.push_back({entry, value_});
        value_ = after;
        unlink(entry);
        if (answer_of_[operation] != NONE) {
            unlink(answer_of_[operation]);
            --open_;
        }
        return true;
    }

    std::size_t put_back() {
        const Taken last = taken_.back();
        taken_.pop_back();
        const std::size_t operation = entries_[last.entry].operation;
        value_ = last.value_before;
        done_[operation / 64] &= ~(std::uint64_t{1} << operation % 64);
        if (answer_of_[operation] != NONE) {
            link(answer_of_[operation]);
            ++open_;
        }
        link(last.entry);
        return last.entry;
    }

    void unlink(std::size_t at) {
        const Entry& entry = entries_[at];
        entries_[entry.previous].next = entry.next;
        if (entry.next != NONE) entries_[entry.next].previous = entry.previous;
    }
    // In the opposite order of unlink(), so that its neighbours are those that it had.
    void link(std::size_t at) {
        const Entry& entry = entries_[at];
        entries_[entry.previous].next = at;
        if (entry.next != NONE) entries_[entry.next].previous = at;
    }

    const std::vector<Operation>& history_;
    std::uint64_t value_;
    std::vector<std::uint64_t> done_;  // one bit for each operation
    std::vector<Entry> entries_;
    std::vector<std::size_t> answer_of_;
    std::vector<Taken> taken_;
    std::set<std::pair<std::uint64_t, std::vector<std::uint64_t>>> tried_;
    std::size_t open_ = 0;  // operations with an answer that have found no moment yet
};

}  // namespace

bool is_linearizable(const std::vector<Operation>& history, std::uint64_t initial) {
    return Search(history, initial).run();
}

}  // namespace edict::sim
