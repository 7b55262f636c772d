#include "cli/run_node.h"

#include <fmt/format.h>

#include <csignal>

#include "chain/api/server.h"
#include "chain/consensus/solo/solo.h"
#include "chain/node/admission.h"
#include "cli/admission.h"
#include "cli/engine.h"
#include "cli/output.h"

namespace edict::cli {

namespace {

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
    std::unique_ptr<runtime::Engine> engine;
    std::unique_ptr<store::KeyValue> store;
    std::unique_ptr<executor::Executor> executor;
    std::unique_ptr<node::Signer> signer;
    std::unique_ptr<node::Attester> attester;
};

base::Result<Parts> open(const NodeOptions& options) {
    Parts parts;
    auto genesis = read_genesis(options.folder.genesis());
    if (!genesis) return base::error_of(genesis);
    parts.genesis = *std::move(genesis);
    auto secret = read_node_secret(options.folder);
    if (!secret) return base::error_of(secret);
    if (parts.genesis.validators.validators.front().consensus_key != secret->public_key()) {
        return base::environment_error(fmt::format("{} is not the key of the validator in genesis",
                                                   options.folder.node_secret()));
    }
    parts.signer = node::make_signer(*secret);
    auto validator = client::read_key_file(options.folder.validator_key());
    if (!validator) return base::error_of(validator);
    parts.attester =
        std::make_unique<node::Attester>(node::Attester{validator->party, validator->key});
    auto engine = make_engine(options.engine);
    if (!engine) return base::error_of(engine);
    parts.engine = *std::move(engine);
    auto store = store::open_rocksdb(options.folder.state());
    if (!store) return base::error_of(store);
    parts.store = *std::move(store);
    auto executor = executor::Executor::open(*parts.store, parts.genesis, *parts.engine);
    if (!executor) return base::error_of(executor);
    parts.executor = *std::move(executor);
    return parts;
}

}  // namespace

Exit run_node(const NodeOptions& options,
              const std::function<void(const std::string& url)>& listening) {
    if (options.port > 65535) {
        return report({base::ErrorKind::usage, fmt::format("there is no port {}", options.port)});
    }
    // A write beyond a limit of the file size fails, is reported and ends the node; unhandled, the
    // signal would end it without a word.
    std::signal(SIGXFSZ, SIG_IGN);
    // Blocked in every thread and taken below, so that no handler interrupts a write.
    const sigset_t ending = ending_signals();
    ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);

    base::Result<Parts> parts = open(options);
    if (!parts) return report(parts.error());
    node::Node node(*parts->executor, consensus::make_solo({0}), *parts->signer, 0);
    CompileAndVerify check;
    node::AdmissionWorker admission(node, check, *parts->attester);
    api::Api api(node, options.folder.path);
    base::Result<std::unique_ptr<api::Server>> server =
        api::Server::listen(api, static_cast<std::uint16_t>(options.port));
    if (!server) return report(server.error());
    node.start();
    admission.start();
    listening(fmt::format("http://127.0.0.1:{}", (*server)->port()));

    int signal = 0;
    ::sigwait(&ending, &signal);
    print_error("edict: the node ends after the height that runs\n");
    // Those who wait for a receipt hold threads of the server; the node's end lets them go.
    node.stop();
    admission.stop();
    (*server)->stop();
    return Exit::ok;
}

}  // namespace edict::cli
