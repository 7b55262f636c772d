// Flaws: known mistakes that a replica can be built with, so that the simulator can show that it
// would find them. A node never sets one.
#pragma once

namespace edict::consensus::pbft {

struct Flaws {
    bool weak_quorum = false;           // f + 1 votes are a quorum
    bool drops_prepared = false;        // a view change leaves out the prepared proof
    bool oldest_prepared = false;       // a new view takes the proof of the lowest view
    bool trusts_new_view = false;       // a backup takes the primary's word for the opening
    bool sends_before_persist = false;  // votes are not persisted
    bool forgets_certified = false;     // restarts from certificates that were synced alone
    bool forgets_opening = false;       // after a restart the slot of the new view is free
    bool accepts_stale_view = false;    // prepares what a lower view proposes
    bool votes_after_loss = false;      // does not abstain after its votes were lost
    bool takes_stale_changes = false;   // a new view may rest on view changes from long ago
    bool ignores_digest = false;        // counts votes for the slot, whatever batch they name
    bool trusts_blocks = false;         // takes a block without looking at its certificate
    bool never_changes_view = false;    // the view timer does nothing
    bool constant_timeout = false;      // the view timer is never doubled
    bool forgets_certificates = false;  // tells nobody that a height is certified
};

}  // namespace edict::consensus::pbft
