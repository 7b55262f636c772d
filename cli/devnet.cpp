// edict devnet: a chain to try things out on, in one command.
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "chain/api/limits.h"
#include "chain/net/socket.h"
#include "cli/arguments.h"
#include "cli/devnet_nodes.h"
#include "cli/output.h"
#include "cli/run_node.h"

namespace edict::cli {

namespace {

struct DevnetOptions {
    std::uint64_t nodes = 1;
    std::string data;
    std::uint64_t port = api::DEFAULT_PORT;
    std::string consensus;  // empty: solo for one node, else pbft
    std::string engine = "interp";
    std::vector<std::string> parties;
};

// A folder that goes when the devnet ends.
class TemporaryFolder {
public:
    TemporaryFolder() = default;
    ~TemporaryFolder() {
        std::error_code error;
        if (!path_.empty()) std::filesystem::remove_all(path_, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] base::Result<std::string> make() {
        std::error_code error;
        const auto parent = std::filesystem::temp_directory_path(error);
        std::string name = (parent / "edict-devnet-XXXXXX").string();
        if (error || ::mkdtemp(name.data()) == nullptr) {
            return base::environment_error("cannot make a temporary folder; name one with --data");
        }
        return path_ = name;
    }

private:
    std::string path_;
};

// Arguments as they stand in a shell, on another line if the first gets long.
void print_sample(const std::string& url, const DataFolder& folder,
                  const std::vector<PartySpec>& parties) {
    for (const PartySpec& party : parties) {
        const auto& roles = party.roles;
        if (std::find(roles.begin(), roles.end(), "membership_office") == roles.end()) continue;
        print(fmt::format(
            "\nTry a call:\n"
            "  edict tx call std.membership.set_attribute --node {} \\\n"
            "    --key {} \\\n"
            "    --args '{{\"party\": \"{}\", \"name\": \"city\", \"text\": \"Copenhagen\"}}'\n",
            url, folder.party_key(party.name), parties.back().name));
        return;
    }
}

void print_parties(const DataFolder& folder, const std::vector<PartySpec>& parties) {
    for (const PartySpec& party : parties) {
        std::string roles;
        for (const std::string& role : party.roles) roles += (roles.empty() ? "" : ",") + role;
        print(fmt::format("party {:12} {}  {}\n", party.name, folder.party_key(party.name), roles));
    }
}

void print_end(bool is_kept) {
    print(fmt::format("\nCtrl-C stops it{}.\n",
                      is_kept ? "" : " and deletes its data; --data DIR keeps them"));
    std::fflush(stdout);
}

void announce(const std::string& url, const DataFolder& folder,
              const std::vector<PartySpec>& parties, bool is_kept) {
    print(fmt::format("listening on {}\n", url));
    print(fmt::format("genesis {}\n", folder.genesis()));
    print_parties(folder, parties);
    print_sample(url, folder, parties);
    print_end(is_kept);
}

void announce(const std::vector<DevnetNode>& nodes, const DataFolder& root,
              const std::vector<PartySpec>& parties, bool is_kept) {
    for (const DevnetNode& node : nodes) {
        print(fmt::format("node {} {} process {} {}\n", node.name, node.url, node.pid,
                          node.folder.path));
    }
    print(fmt::format("genesis {}\n", nodes.front().folder.genesis()));
    print_parties(root, parties);
    print_sample(nodes.front().url, root, parties);
    print(fmt::format("listening on {}\n", nodes.front().url));
    print_end(is_kept);
}

base::Result<std::vector<PartySpec>> parties_of(const DevnetOptions& options) {
    if (options.parties.empty()) return devnet_parties();
    std::vector<PartySpec> parties;
    for (const std::string& text : options.parties) {
        const auto party = read_party(text);
        if (!party) return base::error_of(party);
        parties.push_back(*party);
    }
    return parties;
}

// Of a chain that is there already.
base::Result<std::vector<PartySpec>> known_parties(const DataFolder& node) {
    const auto genesis = read_genesis(node.genesis());
    if (!genesis) return base::error_of(genesis);
    std::vector<PartySpec> parties;
    for (const ledger::Party& party : genesis->parties) {
        const auto& validators = genesis->validators.validators;
        const bool is_validator = std::ranges::any_of(
            validators, [&](const auto& validator) { return validator.name == party.name; });
        if (!is_validator) parties.push_back({party.name, party.roles});
    }
    return parties;
}

// An error of usage, if what is in the folder is not what these options start.
base::Status check_folder(const DevnetOptions& options, bool is_solo, const DataFolder& root) {
    const auto wrong = [](std::string what) {
        return base::fail(base::ErrorKind::usage, std::move(what));
    };
    const DataFolder first = is_solo ? root : root.of_node(1);
    if ((is_solo ? root.of_node(1) : root).is_made()) {
        return wrong(fmt::format("{} holds {}, started {} --nodes", root.path,
                                 is_solo ? "a devnet of several nodes" : "a chain of one node",
                                 is_solo ? "with" : "without"));
    }
    if (!first.is_made()) return {};
    if (!options.parties.empty()) {
        return wrong(
            fmt::format("{} holds a chain already, with the parties of its genesis: leave "
                        "--party out, or choose another folder",
                        root.path));
    }
    if (is_solo) return {};
    const auto genesis = read_genesis(first.genesis());
    if (!genesis) return base::error_of(genesis);
    const std::size_t nodes = genesis->validators.validators.size();
    for (std::size_t i = 1; i <= nodes; ++i) {
        if (root.of_node(i).is_made()) continue;
        return wrong(
            fmt::format("{} is half-made: node_{} of {} is not whole; delete the folder "
                        "and start again",
                        root.path, i, nodes));
    }
    if (nodes == options.nodes) return {};
    return wrong(
        fmt::format("{} holds a devnet of {} nodes, not of {}", root.path, nodes, options.nodes));
}

Exit run_one(const DevnetOptions& options, const DataFolder& folder,
             std::vector<PartySpec> parties) {
    if (folder.is_made()) {
        auto known = known_parties(folder);
        if (!known) return report(known.error());
        parties = *std::move(known);
    } else if (const auto made = make_data_folder(folder, "devnet", parties); !made) {
        return report(made.error());
    }
    return run_node({folder, options.port, options.engine}, [&](const std::string& url) {
        announce(url, folder, parties, !options.data.empty());
    });
}

// The one after another from a port that the user named, or free ones.
base::Result<std::vector<std::uint16_t>> api_ports(const DevnetOptions& options) {
    if (options.port == 0) return net::free_ports(options.nodes);
    std::vector<std::uint16_t> ports;
    for (std::uint64_t i = 0; i < options.nodes; ++i) {
        ports.push_back(static_cast<std::uint16_t>(options.port + i));
    }
    return ports;
}

Exit run_several(const DevnetOptions& options, const DataFolder& root,
                 std::vector<PartySpec> parties) {
    block_devnet_signals();
    if (root.of_node(1).is_made()) {
        auto known = known_parties(root.of_node(1));
        if (!known) return report(known.error());
        parties = *std::move(known);
    } else {
        const auto ports = net::free_ports(options.nodes);
        if (!ports) return report(ports.error());
        std::vector<net::Address> addresses;
        for (const std::uint16_t port : *ports) addresses.push_back({"127.0.0.1", port});
        if (const auto made = make_data_folders(root, "devnet", parties, addresses); !made) {
            return report(made.error());
        }
    }
    const auto ports = api_ports(options);
    if (!ports) return report(ports.error());
    std::vector<DevnetNode> nodes;
    for (std::size_t i = 0; i < options.nodes; ++i) {
        nodes.push_back(
            {fmt::format("validator_{}", i + 1), root.of_node(i + 1), (*ports)[i], 0, {}});
    }
    return run_devnet_nodes(std::move(nodes), options.engine,
                            [&](const std::vector<DevnetNode>& running) {
                                announce(running, root, parties, !options.data.empty());
                            });
}

Exit devnet(const DevnetOptions& options) {
    if (options.consensus == "solo" && options.nodes > 1) {
        return report({base::ErrorKind::usage, "solo is for one node; take --consensus pbft"});
    }
    if (options.port + options.nodes - 1 > PORTS.to) {
        return report({base::ErrorKind::usage,
                       fmt::format("there is no port {}", options.port + options.nodes - 1)});
    }
    const bool is_solo = options.nodes == 1 && options.consensus != "pbft";
    TemporaryFolder temporary;
    DataFolder folder{options.data};
    if (options.data.empty()) {
        const auto made = temporary.make();
        if (!made) return report(made.error());
        folder.path = *made;
    }
    auto parties = parties_of(options);
    if (!parties) return report(parties.error());
    if (const auto fits = check_folder(options, is_solo, folder); !fits) {
        return report(fits.error());
    }
    return is_solo ? run_one(options, folder, *std::move(parties))
                   : run_several(options, folder, *std::move(parties));
}

}  // namespace

void add_devnet(Verb& top) {
    auto options = std::make_shared<DevnetOptions>();
    Verb verb = top.add("devnet", "Start a chain to try things out on");
    verb.option("--nodes", options->nodes, "How many nodes, 1 to 20, each a process",
                {1, ledger::MAX_VALIDATORS});
    verb.choice("--consensus", options->consensus, {"solo", "pbft"},
                "How they agree; solo for one node, pbft for several");
    verb.option("--data", options->data, "Keep keys and state here, and go on from there",
                Takes::path);
    verb.option("--port", options->port,
                "The port on 127.0.0.1, the next ones for more nodes; 0 takes any free", PORTS);
    verb.choice("--engine", options->engine, {"interp", "jit"}, "What executes rule code");
    verb.option("--party", options->parties,
                "NAME:ROLE,ROLE in place of the test parties; as often as there are parties");
    verb.footer(
        "Prints the endpoints, the test parties with their key files and a sample call.\n"
        "Exit codes: 0 ended by a signal, 2 wrong usage, 4 folder, disk or port stand in the way;\n"
        "if every node ends by itself, that of the last.");
    verb.run([options] { return devnet(*options); });
}

}  // namespace edict::cli
