// A node of one process, as `edict node run` and `edict devnet` run it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/data_folder.h"
#include "cli/exit.h"

namespace edict::cli {

struct NodeOptions {
    DataFolder folder;
    std::uint64_t port = 0;  // 0: any free one
    std::string engine = "interp";
};

// Until SIGINT or SIGTERM. `listening` is called with the address once the node answers.
[[nodiscard]] Exit run_node(const NodeOptions& options,
                            const std::function<void(const std::string& url)>& listening);

}  // namespace edict::cli
