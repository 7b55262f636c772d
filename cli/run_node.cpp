#include "cli/run_node.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "chain/api/server.h"
#include "chain/consensus/solo/solo.h"
#include "chain/net/network.h"
#include "chain/node/admission.h"
#include "cli/admission.h"
#include "cli/engine.h"
#include "cli/files.h"
#include "cli/node_state.h"
#include "cli/output.h"

namespace edict::cli {

namespace {

// Longer than a full batch takes when every validator shares one machine.
constexpr std::int64_t VIEW_TIMEOUT_MS = 1000;

sigset_t ending_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    return set;
}

// Everything that a node is made of, in the order in which it must outlive the rest.
struct Parts {
    ledger::Genesis genesis;
    ledger::Epoch epoch{0};
    std::optional<consensus::Resume> resumed;  // none: the first epoch
    std::uint16_t validator = 0;
    std::unique_ptr<NodeSecret> secret;
    std::unique_ptr<runtime::Engine> engine;
    std::unique_ptr<store::KeyValue> store;
    std::unique_ptr<executor::Executor> executor;
    std::unique_ptr<node::Signer> signer;
    std::unique_ptr<node::Attester> attester;
    // Of several validators:
    std::unique_ptr<store::KeyValue> votes_store;
    std::unique_ptr<node::Votes> votes;
    std::unique_ptr<consensus::Authority> authority;
    std::optional<Peers> peers;
};

// A validator without an address is no mistake: it may be behind something that lets no call in.
void tell_missing_addresses(const DataFolder& folder, const Parts& parts) {
    const auto& validators = parts.genesis.validators.validators;
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < validators.size(); ++i) {
        const bool has_address = std::ranges::any_of(
            parts.peers->validators,
            [&](const auto& named) { return named.first == validators[i].name; });
        if (i != parts.validator && !has_address) missing.push_back(validators[i].name);
    }
    if (missing.empty()) return;
    print_error(fmt::format("edict: {} has no address of {}: this node waits until they call it\n",
                            folder.peers(), fmt::join(missing, ", ")));
}

base::Status open_votes(const DataFolder& folder, Parts& parts) {
    auto store = store::open_rocksdb(folder.votes());
    if (!store) return base::error_of(store);
    parts.votes_store = *std::move(store);
    parts.votes = std::make_unique<node::Votes>(*parts.votes_store);
    const auto own = parts.votes->belong_to(parts.executor->chain_id(), parts.validator);
    if (!own) return base::in_context(folder.votes(), own.error());
    parts.authority = consensus::make_authority(parts.executor->chain_id(),
                                                parts.genesis.validators, parts.secret->header);
    auto resumed = read_epoch(folder, parts.genesis);
    if (!resumed) return base::error_of(resumed);
    parts.resumed = *std::move(resumed);
    if (parts.resumed) parts.epoch = parts.resumed->epoch;
    if (const base::Bytes promised = parts.votes->promised(); !promised.empty()) {
        const auto later = consensus::decode_resume(promised);
        if (!later) return base::environment_error("the votes of this validator are damaged");
        if (later->epoch > parts.epoch) {
            return base::environment_error(fmt::format(
                "this validator has signed for epoch {} from height {}, so it votes no more in "
                "epoch {}: get the signatures of the others and install the epoch (edict node "
                "resume --with FILE)",
                later->epoch.value, later->height.value, parts.epoch.value));
        }
    }
    auto peers = read_peers(folder);
    if (!peers) return base::error_of(peers);
    parts.peers = *std::move(peers);
    const auto& validators = parts.genesis.validators.validators;
    for (const auto& [name, address] : parts.peers->validators) {
        const bool is_known = std::ranges::any_of(
            validators, [&known = name](const auto& one) { return one.name == known; });
        if (is_known) continue;
        return base::environment_error(
            fmt::format("{} names {}, which is no validator in genesis", folder.peers(), name));
    }
    tell_missing_addresses(folder, parts);
    return {};
}

// Whoever has this key attests pending sets for the validator.
base::Status check_party(const client::KeyFile& party, const Parts& parts,
                         const std::string& path) {
    const std::string& name = parts.genesis.validators.validators[parts.validator].name;
    for (const ledger::Party& known : parts.genesis.parties) {
        if (known.name == name && known.id == party.party) return {};
    }
    return base::environment_error(
        fmt::format("{} is not the key of {}, which this node is: put "
                    "back its own",
                    path, name));
}

// A single validator that lost its state would sign other headers for heights that it signed
// before: it begins once.
base::Status check_not_begun(const DataFolder& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder.begun(), error)) return {};
    return base::environment_error(
        fmt::format("the state of this chain, in {}, is gone, and no other validator has it: put "
                    "it back, or a backup of it (edict node restore); what was after the backup is "
                    "lost. To start a new chain, take another folder",
                    folder.state()));
}

base::Result<Parts> open(const NodeOptions& options) {
    Parts parts;
    auto genesis = read_genesis(options.folder.genesis());
    if (!genesis) return base::error_of(genesis);
    parts.genesis = *std::move(genesis);
    auto secret = read_node_secret(options.folder);
    if (!secret) return base::error_of(secret);
    parts.secret = std::make_unique<NodeSecret>(*secret);
    const auto validator = validator_index(secret->header.public_key(), parts.genesis.validators,
                                           options.folder.node_secret());
    if (!validator) return base::error_of(validator);
    parts.validator = *validator;
    parts.signer = node::make_signer(secret->header);
    auto party = client::read_key_file(options.folder.validator_key());
    if (!party) return base::error_of(party);
    const auto own = check_party(*party, parts, options.folder.validator_key());
    if (!own) return base::error_of(own);
    parts.attester = std::make_unique<node::Attester>(node::Attester{party->party, party->key});
    auto engine = make_engine(options.engine);
    if (!engine) return base::error_of(engine);
    parts.engine = *std::move(engine);
    const bool is_alone = parts.genesis.validators.protocol == ledger::ProtocolKind::solo;
    if (is_alone && !store::holds_rocksdb(options.folder.state())) {
        if (const auto free = check_not_begun(options.folder); !free) return base::error_of(free);
    }
    auto store = store::open_rocksdb(options.folder.state());
    if (!store) return base::error_of(store);
    parts.store = *std::move(store);
    auto executor = executor::Executor::open(*parts.store, parts.genesis, *parts.engine);
    if (!executor) return base::error_of(executor);
    parts.executor = *std::move(executor);
    if (is_alone) {
        const auto marked = write_file(options.folder.begun(), "its chain has begun\n");
        if (!marked) return base::error_of(marked);
    }
    if (parts.genesis.validators.protocol == ledger::ProtocolKind::pbft) {
        if (auto done = open_votes(options.folder, parts); !done) return base::error_of(done);
    }
    return parts;
}

base::Result<node::Setup> setup_of(Parts& parts, const NodeOptions& options) {
    node::Setup setup{*parts.executor, nullptr, *parts.signer, parts.validator};
    switch (parts.genesis.validators.protocol) {
        case ledger::ProtocolKind::solo:
            setup.protocol = consensus::make_solo(parts.epoch);
            return setup;
        case ledger::ProtocolKind::pbft: {
            consensus::pbft::Config config;
            config.epoch = parts.epoch;
            config.self = parts.validator;
            config.validators = parts.genesis.validators.validators.size();
            config.anchor = {{0}, ledger::hash_of(parts.executor->header({0}).value())};
            if (parts.resumed) config.anchor = {parts.resumed->height, parts.resumed->header};
            config.timing.view_timeout_ms = VIEW_TIMEOUT_MS;
            setup.protocol = options.make_protocol(config, *parts.authority);
            setup.votes = parts.votes.get();
            const std::optional<ledger::Epoch> set_up = parts.votes->epoch();
            setup.votes_lost = !set_up || *set_up < parts.epoch;
            return setup;
        }
        case ledger::ProtocolKind::raft:
            break;
    }
    return base::environment_error(
        "genesis asks for raft, which this version does not run: solo, pbft");
}

net::Config network_of(const Parts& parts) {
    net::Config config{{net::PROTOCOL_VERSION, parts.executor->chain_id(), parts.epoch},
                       parts.validator,
                       parts.secret->tls,
                       {},
                       parts.peers->listen.host,
                       parts.peers->listen.port};
    for (const ledger::Validator& validator : parts.genesis.validators.validators) {
        net::Member member{validator.name, validator.tls_key, std::nullopt};
        for (const auto& [name, address] : parts.peers->validators) {
            if (name == validator.name) member.address = address;
        }
        config.members.push_back(std::move(member));
    }
    return config;
}

}  // namespace

Exit run_node(const NodeOptions& options,
              const std::function<void(const std::string& url)>& listening) {
    if (options.port > 65535) {
        return report({base::ErrorKind::usage, fmt::format("there is no port {}", options.port)});
    }
    // Blocked in every thread and taken below, so that no handler interrupts a write.
    const sigset_t ending = ending_signals();
    ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);

    base::Result<Parts> parts = open(options);
    if (!parts) return report(parts.error());
    base::Result<node::Setup> setup = setup_of(*parts, options);
    if (!setup) return report(setup.error());
    node::Node node(*std::move(setup));
    node.on_notice([](const std::string& line) { print_error("edict: " + line + "\n"); });
    node.on_halt([] { ::kill(::getpid(), SIGTERM); });
    CompileAndVerify check;
    node::AdmissionWorker admission(node, check, *parts->attester);
    std::unique_ptr<net::Network> network;
    if (parts->peers) {
        auto made = net::Network::listen(network_of(*parts), node.handler());
        if (!made) return report(made.error());
        network = *std::move(made);
        node.connect(*network);
    }
    api::Api api(node, options.folder.path);
    base::Result<std::unique_ptr<api::Server>> server =
        api::Server::listen(api, static_cast<std::uint16_t>(options.port));
    if (!server) return report(server.error());
    node.start();
    if (network) network->start();
    admission.start();
    listening(fmt::format("http://127.0.0.1:{}", (*server)->port()));

    int signal = 0;
    ::sigwait(&ending, &signal);
    const std::optional<std::string> halted = node.halted();
    if (!halted) print_error("edict: the node ends after the height that runs\n");
    // Those who wait for a receipt hold threads of the server; the node's end lets them go.
    node.stop();
    if (network) network->stop();
    admission.stop();
    (*server)->stop();
    return halted ? report({base::ErrorKind::environment, *halted}) : Exit::ok;
}

}  // namespace edict::cli
