// edict devnet: a chain to try things out on, in one command.
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "chain/api/limits.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/run_node.h"

namespace edict::cli {

namespace {

struct DevnetOptions {
    std::uint64_t nodes = 1;
    std::string data;
    std::uint64_t port = api::DEFAULT_PORT;
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

void announce(const std::string& url, const DataFolder& folder,
              const std::vector<PartySpec>& parties, bool is_kept) {
    print(fmt::format("listening on {}\n", url));
    print(fmt::format("genesis {}\n", folder.genesis()));
    for (const PartySpec& party : parties) {
        std::string roles;
        for (const std::string& role : party.roles) roles += (roles.empty() ? "" : ",") + role;
        print(fmt::format("party {:12} {}  {}\n", party.name, folder.party_key(party.name), roles));
    }
    print_sample(url, folder, parties);
    print(fmt::format("\nCtrl-C stops it{}.\n",
                      is_kept ? "" : " and deletes its data; --data DIR keeps them"));
    std::fflush(stdout);
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

Exit devnet(const DevnetOptions& options) {
    if (options.nodes != 1) {
        return report({base::ErrorKind::usage,
                       fmt::format("a devnet of {} nodes does not exist yet: this version runs one",
                                   options.nodes)});
    }
    TemporaryFolder temporary;
    DataFolder folder{options.data};
    if (options.data.empty()) {
        const auto made = temporary.make();
        if (!made) return report(made.error());
        folder.path = *made;
    }
    auto parties = parties_of(options);
    if (!parties) return report(parties.error());
    if (folder.is_made()) {
        const auto genesis = read_genesis(folder.genesis());
        if (!genesis) return report(genesis.error());
        parties->clear();
        for (const ledger::Party& party : genesis->parties) {
            if (party.name != "validator") parties->push_back({party.name, party.roles});
        }
    } else if (const auto made = make_data_folder(folder, "devnet", *parties); !made) {
        return report(made.error());
    }
    return run_node({folder, options.port, options.engine}, [&](const std::string& url) {
        announce(url, folder, *parties, !options.data.empty());
    });
}

}  // namespace

void add_devnet(Verb& top) {
    auto options = std::make_shared<DevnetOptions>();
    Verb verb = top.add("devnet", "Start a chain to try things out on");
    verb.option("--nodes", options->nodes, "How many nodes; one in this version");
    verb.option("--data", options->data, "Keep keys and state here, and go on from there");
    verb.option("--port", options->port, "The port on 127.0.0.1; 0 takes any free one");
    verb.choice("--engine", options->engine, {"interp", "jit"}, "What executes rule code");
    verb.option("--party", options->parties,
                "NAME:ROLE,ROLE in place of the test parties; as often as there are parties");
    verb.footer(
        "Prints the endpoint, the test parties with their key files and a sample call.\n"
        "Exit codes: 0 ended by a signal, 2 wrong usage, 4 folder, disk or port stand in the way.");
    verb.run([options] { return devnet(*options); });
}

}  // namespace edict::cli
