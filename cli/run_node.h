// A node of one process, as `edict node run` and `edict devnet` run it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "chain/consensus/pbft/pbft.h"
#include "cli/data_folder.h"
#include "cli/exit.h"

namespace edict::cli {

struct NodeOptions {
    DataFolder folder;
    std::uint64_t port = 0;  // 0: any free one
    std::string engine = "interp";
    // What several validators run; tests put something faulty in its place.
    std::function<std::unique_ptr<consensus::Protocol>(const consensus::pbft::Config&,
                                                       const consensus::Authority&)>
        make_protocol = consensus::pbft::make_pbft;
};

// Until SIGINT or SIGTERM. `listening` is called with the address once the node answers.
[[nodiscard]] Exit run_node(const NodeOptions& options,
                            const std::function<void(const std::string& url)>& listening);

}  // namespace edict::cli
