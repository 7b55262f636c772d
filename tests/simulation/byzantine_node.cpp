// byzantine_node DATA PORT SEED: as `edict node run`, but the validator is built with mistakes and
// misbehaves (byzantine.h).
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "cli/run_node.h"
#include "tests/simulation/byzantine.h"

int main(int argc, char** argv) {
    using namespace edict;
    if (argc != 4) {
        fmt::print(stderr, "byzantine_node DATA PORT SEED\n");
        return 2;
    }
    cli::NodeOptions options;
    options.folder.path = argv[1];
    options.port = std::strtoull(argv[2], nullptr, 10);
    const std::uint64_t seed = std::strtoull(argv[3], nullptr, 10);
    options.make_protocol = [seed](const consensus::pbft::Config& config, const auto& authority) {
        return tests::make_byzantine(config, authority, seed);
    };
    return static_cast<int>(cli::run_node(options, [](const std::string& url) {
        fmt::print("listening on {}\n", url);
        std::fflush(stdout);
    }));
}
