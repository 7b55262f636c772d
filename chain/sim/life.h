// Life: what happens to one simulated world, as its seed will have it; then a quiet time.
#pragma once

#include <set>

#include "chain/sim/random.h"
#include "chain/sim/world.h"

namespace edict::sim {

inline constexpr std::uint64_t QUIET_HEIGHTS = 20;

class Life {
public:
    Life(Plan plan, std::uint64_t seed, bool may_lose_data);

    // Whoever proposes is cut off while some miss the votes of a phase; then many lose power.
    void views();
    // One correct replica after the other asks for a view alone, loses its votes and comes back;
    // the next only when it votes again.
    void losses();
    // One to four lose power at a time, mostly whoever proposes, and come back; the next do when
    // all are together again.
    void deaths();
    void troubles();  // of every kind, one after the other
    // The faults end, the operators agree on a new epoch if votes were lost, and every correct
    // replica must get QUIET_HEIGHTS further. Nothing, if something was violated before.
    void quiet();
    [[nodiscard]] World& world() { return world_; }

private:
    // What was begun before may end without a leader; the second height after it cannot.
    void expect_progress();
    // A node needs a while to start and to be reached; meanwhile the others go on.
    void reconnect(const std::set<std::size_t>& dead);
    // But for some heights, with which the slowest of them has to catch up.
    void expect_together();
    std::size_t any();
    // Of the highest view that somebody is in or asks for.
    std::size_t primary();
    // A quorum, itself included, is in its view.
    bool leads(std::size_t seat);
    void trouble();
    // Some do not hear votes of one phase: what is prepared or committed is so in part only.
    void deafen();
    // Only who proposes sees what is committed, and who would propose next not what is prepared.
    void deafen_next();
    // Some lose power shortly after they hear of a new view, and come back in the middle of it.
    void startle();
    // One hears nobody, so that it asks for the next view, and loses its votes then.
    bool forget();
    // A disk is gone: the seat comes back from a backup without its votes, or with nothing.
    void lose();

    std::size_t validators_;
    bool may_lose_data_;
    World world_;
    Random random_;
    std::size_t losses_ = 0;  // of votes, at correct seats
};

}  // namespace edict::sim
