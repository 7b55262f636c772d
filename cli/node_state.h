// What stands in a node's folder beside the state: the epoch that its validators agreed on.
#pragma once

#include <optional>

#include "chain/consensus/resume.h"
#include "cli/arguments.h"
#include "cli/data_folder.h"

namespace edict::cli {

// None: the first epoch. The error says what is wrong with the file.
[[nodiscard]] base::Result<std::optional<consensus::Resume>> read_epoch(
    const DataFolder& folder, const ledger::Genesis& genesis);

// `path` names the file with the key, for the error.
[[nodiscard]] base::Result<std::uint16_t> validator_index(const ledger::PublicKey& key,
                                                          const ledger::ValidatorSet& set,
                                                          const std::string& path);

void add_node_state(Verb& node);  // backup, restore, resume

}  // namespace edict::cli
