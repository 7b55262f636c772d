// edict tx deploy: from files to a call of std.registry.deploy.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chain/client/client.h"
#include "cli/exit.h"

namespace edict::cli {

struct DeployOptions {
    std::vector<std::string> files;
    std::string key;
    std::string node = std::string(client::DEFAULT_NODE);
};
[[nodiscard]] Exit deploy(const DeployOptions& options);

struct SetOptions {
    std::string set;
    std::string key;
    std::string node = std::string(client::DEFAULT_NODE);
    std::uint64_t timeout_s = 60;
};
[[nodiscard]] Exit endorse(const SetOptions& options);
// Until the set is active, or what was attested stands in its way.
[[nodiscard]] Exit wait_for_set(const SetOptions& options);

}  // namespace edict::cli
