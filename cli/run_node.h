// A node of one process, as `edict node run` and `edict devnet` run it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "chain/consensus/authority.h"
#include "cli/data_folder.h"
#include "cli/exit.h"

namespace edict::cli {

struct NodeOptions {
    DataFolder folder;
    std::uint64_t port = 0;  // 0: any free one
    std::string engine = "interp";
    // For tests: puts something else in the place of the protocol of several validators.
    std::function<std::unique_ptr<consensus::Protocol>(
        std::unique_ptr<consensus::Protocol>, const consensus::Authority&,
        consensus::ValidatorIndex self, std::size_t validators)>
        in_place_of_pbft{};
};

// Until SIGINT or SIGTERM. `listening` is called with the address once the node answers.
[[nodiscard]] Exit run_node(const NodeOptions& options,
                            const std::function<void(const std::string& url)>& listening);

}  // namespace edict::cli
