// The nodes of a devnet, each a process of this program.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/data_folder.h"
#include "cli/exit.h"

namespace edict::cli {

struct DevnetNode {
    std::string name;  // validator_1
    DataFolder folder;
    std::uint16_t port = 0;
    // Once it runs:
    int pid = 0;
    std::string url;
};

// Before the process has threads: those of the storage would take the signals.
void block_devnet_signals();

// Runs them until SIGINT or SIGTERM, then ends all of them. `ready` is called once each answers or
// has ended, with those that answer. What a node prints is printed with its name before it. One
// that ends by itself is told; the others go on. The exit code is that of the last, if all ended.
[[nodiscard]] Exit run_devnet_nodes(
    std::vector<DevnetNode> nodes, const std::string& engine,
    const std::function<void(const std::vector<DevnetNode>&)>& ready);

}  // namespace edict::cli
