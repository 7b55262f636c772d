// edict node: makes and runs one node.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "chain/api/limits.h"
#include "cli/arguments.h"
#include "cli/node_state.h"
#include "cli/output.h"
#include "cli/run_node.h"

namespace edict::cli {

namespace {

struct InitOptions {
    std::string data;
    std::string chain = "edict";
    std::vector<std::string> parties;
};

struct RunOptions {
    std::string data;
    std::uint64_t port = api::DEFAULT_PORT;
    std::string engine = "interp";
};

Exit init(const InitOptions& options) {
    std::vector<PartySpec> parties;
    for (const std::string& text : options.parties) {
        const auto party = read_party(text);
        if (!party) return report(party.error());
        parties.push_back(*party);
    }
    const DataFolder folder{options.data};
    if (const auto made = make_data_folder(folder, options.chain, parties); !made) {
        return report(made.error());
    }
    const auto genesis = read_genesis(folder.genesis());
    if (!genesis) return report(genesis.error());
    print(fmt::format("chain {}\n", ledger::chain_id(*genesis).hex()));
    print(fmt::format("genesis {}\n", folder.genesis()));
    for (const PartySpec& party : parties) {
        print(fmt::format("party {} {}\n", party.name, folder.party_key(party.name)));
    }
    print(fmt::format("run it with: edict node run --data {}\n", options.data));
    return Exit::ok;
}

Exit run(const RunOptions& options) {
    return run_node({{options.data}, options.port, options.engine}, [](const std::string& url) {
        print(fmt::format("listening on {}\n", url));
        std::fflush(stdout);
    });
}

}  // namespace

void add_node(Verb& top) {
    Verb node = top.add("node", "Make and run a node of a chain");

    auto init_options = std::make_shared<InitOptions>();
    Verb init_verb = node.add("init", "Make the genesis, the keys and the folder of one node");
    init_verb.required("--data", init_options->data, "The folder to make", Takes::path);
    init_verb.option("--chain", init_options->chain, "What the chain is called");
    init_verb.option("--party", init_options->parties,
                     "NAME:ROLE,ROLE of a party to register; as often as there are parties");
    init_verb.footer(
        "Roles of the standard modules: membership_office, anchor_office, calendar_office,\n"
        "federation_office, site, researcher. Each party's key is written to DIR/keys/NAME.key;\n"
        "hand it over and delete it.\n"
        "Exit codes: 0 made, 2 the chain, a party or a role is named wrongly, 4 the folder cannot "
        "be\n"
        "made.");
    init_verb.run([init_options] { return init(*init_options); });

    auto run_options = std::make_shared<RunOptions>();
    Verb run_verb = node.add("run", "Run the node until Ctrl-C or SIGTERM");
    run_verb.required("--data", run_options->data, "The folder that `edict node init` made",
                      Takes::path);
    run_verb.option("--port", run_options->port, "The port on 127.0.0.1; 0 takes any free one",
                    PORTS);
    run_verb.choice("--engine", run_options->engine, {"interp", "jit"}, "What executes rule code");
    run_verb.footer(
        "Exit codes: 0 ended by a signal, 1 genesis is damaged, 4 the folder, the disk, the port "
        "or\n"
        "the native compiler stands in the way.");
    run_verb.run([run_options] { return run(*run_options); });
    add_node_state(node);
}

}  // namespace edict::cli
