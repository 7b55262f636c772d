// edict node backup, restore, resume: a node's state and the epoch that it votes in.
#include "cli/node_state.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "chain/client/answer.h"
#include "chain/client/client.h"
#include "chain/executor/executor.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/quorum.h"
#include "chain/node/votes.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/state_copy.h"
#include "vm/runtime/interpreter.h"

namespace edict::cli {

namespace {

namespace fs = std::filesystem;

struct BackupOptions {
    std::string node = std::string(client::DEFAULT_NODE);
    std::string to;
};

struct RestoreOptions {
    std::string data, from;
};

struct ResumeOptions {
    std::string data;
    std::uint64_t epoch = 0;
    std::uint64_t from = 0;
    std::vector<std::string> with;
};

// ---- backup, restore ----------------------------------------------------------------------------

Exit back_up(const BackupOptions& options) {
    std::error_code error;
    if (fs::exists(options.to, error)) {
        return report({base::ErrorKind::environment,
                       fmt::format("{} is there already: name a new folder", options.to)});
    }
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    const auto made = client->post("/v1/backups");
    if (!made) return report(made.error());
    const auto path = client::need_text(*made, "path");
    if (!path) return report(path.error());
    const auto copied = copy_state(*path, options.to, client->genesis());
    const auto taken = client->erase("/v1/backups");
    if (!copied) {
        return report(base::Error{copied.error().kind,
                                  fmt::format("no backup was made: {}", copied.error().message)});
    }
    print(fmt::format("the state at height {} is in {}\n", copied->value, options.to));
    return taken ? Exit::ok : report(taken.error());
}

Exit restore(const RestoreOptions& options) {
    const DataFolder folder{options.data};
    const auto genesis = read_genesis(folder.genesis());
    if (!genesis) return report(genesis.error());
    std::error_code error;
    if (fs::exists(folder.state(), error)) {
        return report(
            {base::ErrorKind::environment,
             fmt::format("{} is there: stop the node and move it away first", folder.state())});
    }
    const auto height = copy_state(options.from, folder.state(), *genesis);
    if (!height) return report(height.error());
    const bool is_alone = genesis->validators.protocol == ledger::ProtocolKind::solo;
    print(fmt::format("restored at height {}; {}\n", height->value,
                      is_alone ? "what was after it is lost: tell whoever holds a receipt of it"
                               : "votes are never restored: this validator follows\nwithout voting "
                                 "until the others are beyond what they had from it"));
    return Exit::ok;
}

// ---- resume -------------------------------------------------------------------------------------

// The highest that this program is asked to copy from a file.
base::Result<consensus::Resume> read_resume(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes) return base::error_of(bytes);
    auto resume = consensus::decode_resume(base::as_bytes(*bytes));
    if (!resume) return base::in_context(path + " is no agreement on an epoch", resume.error());
    return resume;
}

struct Opened {
    ledger::Genesis genesis;
    std::uint16_t validator = 0;
    std::unique_ptr<NodeSecret> secret;
    std::unique_ptr<store::KeyValue> state, votes;
    runtime::Interpreter engine;
    std::unique_ptr<executor::Executor> executor;
};

base::Result<std::unique_ptr<Opened>> open_node(const DataFolder& folder) {
    auto opened = std::make_unique<Opened>();
    auto genesis = read_genesis(folder.genesis());
    if (!genesis) return base::error_of(genesis);
    opened->genesis = *std::move(genesis);
    if (opened->genesis.validators.protocol != ledger::ProtocolKind::pbft) {
        return base::fail(base::ErrorKind::usage, "only several validators have epochs to resume");
    }
    auto secret = read_node_secret(folder);
    if (!secret) return base::error_of(secret);
    opened->secret = std::make_unique<NodeSecret>(*secret);
    const auto index = validator_index(secret->header.public_key(), opened->genesis.validators,
                                       folder.node_secret());
    if (!index) return base::error_of(index);
    opened->validator = *index;
    auto state = store::open_rocksdb(folder.state());
    if (!state) return base::error_of(state);
    opened->state = *std::move(state);
    auto executor = executor::Executor::open(*opened->state, opened->genesis, opened->engine);
    if (!executor) return base::error_of(executor);
    opened->executor = *std::move(executor);
    auto votes = store::open_rocksdb(folder.votes());
    if (!votes) return base::error_of(votes);
    opened->votes = *std::move(votes);
    const auto own =
        node::Votes(*opened->votes).belong_to(opened->executor->chain_id(), opened->validator);
    if (!own) return base::in_context(folder.votes(), own.error());
    return opened;
}

// What this validator would sign; the error says why it may not.
base::Result<consensus::Resume> own_agreement(const Opened& node, const node::Votes& votes,
                                              const ResumeOptions& options) {
    const std::uint64_t last = node.executor->last_applied().value;
    if (last > options.from) {
        return base::fail(
            base::ErrorKind::usage,
            fmt::format("this node has executed height {}: the new epoch starts from the highest "
                        "height of all nodes (edict query height)",
                        last));
    }
    if (last < options.from) {
        return base::fail(base::ErrorKind::usage,
                          fmt::format("this node has executed height {} only and cannot sign for "
                                      "height {}; it can install what a quorum of others signed",
                                      last, options.from));
    }
    consensus::Resume own{
        {options.epoch}, {options.from}, ledger::hash_of(node.executor->last_header()), {}};
    if (const base::Bytes promised = votes.promised(); !promised.empty()) {
        const auto before = consensus::decode_resume(promised);
        if (!before) {
            return base::environment_error("the votes of this validator are damaged");
        }
        const bool is_same = before->height == own.height && before->header == own.header;
        if (before->epoch > own.epoch || (before->epoch == own.epoch && !is_same)) {
            return base::fail(
                base::ErrorKind::usage,
                fmt::format("this validator has signed for epoch {} from height {} already: it "
                            "signs nothing else for that epoch or one before",
                            before->epoch.value, before->height.value));
        }
    }
    return own;
}

// A node that has gone on from there, or came there otherwise, would have a history of its own.
base::Status check_history(const Opened& node, const consensus::Resume& agreed) {
    const std::uint64_t last = node.executor->last_applied().value;
    if (last > agreed.height.value) {
        return base::input_error(fmt::format(
            "this node has executed height {}, above {}: if the others agree that it does not "
            "count, move the state away and let the node copy the chain from them",
            last, agreed.height.value));
    }
    const auto header = node.executor->header(agreed.height);
    if (!header || ledger::hash_of(*header) == agreed.header) return {};
    return base::input_error(
        fmt::format("the others signed the header {}; this node has {} at height {}: compare the "
                    "nodes",
                    agreed.header.hex(), ledger::hash_of(*header).hex(), agreed.height.value));
}

Exit install(const DataFolder& folder, const consensus::Resume& agreed, node::Votes& votes) {
    votes.set_up(agreed.epoch);
    const base::Bytes bytes = consensus::encode(agreed);
    if (const auto written = write_file(folder.epoch(), base::as_text(bytes)); !written) {
        return report(written.error());
    }
    print(fmt::format("epoch {} starts from height {}: run the node\n", agreed.epoch.value,
                      agreed.height.value));
    return Exit::ok;
}

Exit resume(const ResumeOptions& options) {
    const DataFolder folder{options.data};
    const auto node = open_node(folder);
    if (!node) return report(node.error());
    const auto current = read_epoch(folder, (*node)->genesis);
    if (!current) return report(current.error());
    const std::uint64_t epoch = *current ? (*current)->epoch.value : 0;
    if (options.epoch != epoch + 1) {
        return report(
            {base::ErrorKind::usage,
             fmt::format("this node is in epoch {}: the next one is {}", epoch, epoch + 1)});
    }
    node::Votes votes(*(*node)->votes);
    const ledger::Hash chain_id = (*node)->executor->chain_id();
    const auto& validators = (*node)->genesis.validators;
    std::optional<consensus::Resume> all;
    for (const std::string& path : options.with) {
        const auto other = read_resume(path);
        if (!other) return report(other.error());
        if (const auto good = consensus::check_signatures(*other, chain_id, validators); !good) {
            return report({good.error().kind, fmt::format("{}: {}", path, good.error().message)});
        }
        const bool is_asked =
            other->epoch.value == options.epoch && other->height.value == options.from;
        if (!all) all = *other;
        if (!is_asked || !consensus::merge(*all, *other)) {
            return report(
                {base::ErrorKind::input,
                 fmt::format("{} is about epoch {} from height {} and the header {}: "
                             "all must sign the same",
                             path, other->epoch.value, other->height.value, other->header.hex())});
        }
    }
    // A quorum of others is enough for a node that cannot sign itself.
    if (all && consensus::check(*all, chain_id, validators)) {
        if (const auto fits = check_history(**node, *all); !fits) return report(fits.error());
        return install(folder, *all, votes);
    }
    auto own = own_agreement(**node, votes, options);
    if (!own) return report(own.error());
    if (all && !consensus::merge(*own, *all)) {
        return report({base::ErrorKind::input,
                       fmt::format("the others signed the header {}; this node has {} at height "
                                   "{}: compare the nodes",
                                   all->header.hex(), own->header.hex(), options.from)});
    }
    votes.promise(consensus::encode(consensus::Resume{own->epoch, own->height, own->header, {}}));
    consensus::sign(*own, chain_id, (*node)->validator, (*node)->secret->header);
    if (consensus::check(*own, chain_id, validators)) return install(folder, *own, votes);
    const std::string path = fmt::format("{}/epoch_{}_{}.signed", folder.path, options.epoch,
                                         validators.validators[(*node)->validator].name);
    const base::Bytes bytes = consensus::encode(*own);
    if (const auto written = write_file(path, base::as_text(bytes)); !written) {
        return report(written.error());
    }
    print(fmt::format(
        "signed: {}\n"
        "{} of {} signatures; {} are needed. This validator votes no more in epoch {}.\n"
        "Hand the file to the other operators, and run this again with --with FILE for each that\n"
        "you get from them.\n",
        path, own->signatures.size(), validators.validators.size(), ledger::quorum(validators),
        epoch));
    return Exit::unknown;
}

}  // namespace

base::Result<std::optional<consensus::Resume>> read_epoch(const DataFolder& folder,
                                                          const ledger::Genesis& genesis) {
    std::error_code error;
    if (!fs::exists(folder.epoch(), error)) return std::optional<consensus::Resume>();
    auto resume = read_resume(folder.epoch());
    if (!resume) return base::error_of(resume);
    const auto good = consensus::check(*resume, ledger::chain_id(genesis), genesis.validators);
    if (!good) return base::in_context(folder.epoch(), good.error());
    return std::optional(*std::move(resume));
}

base::Result<std::uint16_t> validator_index(const ledger::PublicKey& key,
                                            const ledger::ValidatorSet& set,
                                            const std::string& path) {
    for (std::size_t i = 0; i < set.validators.size(); ++i) {
        if (set.validators[i].consensus_key == key) return static_cast<std::uint16_t>(i);
    }
    return base::environment_error(
        fmt::format("{} is not the key of a validator in genesis", path));
}

void add_node_state(Verb& node) {
    auto backup_options = std::make_shared<BackupOptions>();
    Verb backup = node.add("backup", "Copy the state of a node that runs on this machine");
    backup.required("--to", backup_options->to, "The folder to make", Takes::path);
    backup.option("--node", backup_options->node, "The address of the node");
    backup.footer(
        "Holds the state and no votes and no keys.\n"
        "Exit codes: 0 copied, 3 a copy is on its way already, 4 no node, no room.");
    backup.run([backup_options] { return back_up(*backup_options); });

    auto restore_options = std::make_shared<RestoreOptions>();
    Verb restore_verb = node.add("restore", "Put a backup in the place of a state that is gone");
    restore_verb.required("--data", restore_options->data, "The folder of the node, without state/",
                          Takes::path);
    restore_verb.required("--from", restore_options->from, "What `edict node backup` made",
                          Takes::path);
    restore_verb.footer(
        "Exit codes: 0 restored, 4 a state is there, or this is no backup of its chain.");
    restore_verb.run([restore_options] { return restore(*restore_options); });

    auto resume_options = std::make_shared<ResumeOptions>();
    Verb resume_verb = node.add("resume", "Agree on a new epoch when too many votes are lost");
    resume_verb.required("--data", resume_options->data, "The folder of the node, which is stopped",
                         Takes::path);
    resume_verb.option("--epoch", resume_options->epoch, "The next epoch");
    resume_verb.option("--from", resume_options->from, "The highest height of all nodes");
    resume_verb.option("--with", resume_options->with,
                       "What another validator signed; as often as there are files", Takes::path);
    resume_verb.footer(
        "Signs as this validator, and installs the epoch once a quorum signed. From then on votes\n"
        "of the epoch before mean nothing.\n"
        "Exit codes: 0 installed, 1 a file is wrong, 2 wrong usage, 3 more signatures are needed.");
    resume_verb.run([resume_options] { return resume(*resume_options); });
}

}  // namespace edict::cli
