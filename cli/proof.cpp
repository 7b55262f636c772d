// edict proof: evidence that stands without the node that gave it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "chain/client/answer.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/proof.h"
#include "cli/arguments.h"
#include "cli/data_folder.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/show.h"
#include "value/json.h"
#include "vm/bytecode/module.h"

namespace edict::cli {

using nlohmann::json;

namespace {

struct GetOptions {
    std::string first, second, key;
    std::string output;
    std::string node = std::string(client::DEFAULT_NODE);
};

Exit write_proof(const GetOptions& options, const base::Result<base::Bytes>& proof) {
    if (!proof) return report(proof.error());
    if (const auto done = write_file(options.output, base::as_text(*proof)); !done) {
        return report(done.error());
    }
    print(fmt::format("{} ({} bytes)\n", options.output, proof->size()));
    return Exit::ok;
}

Exit get(const GetOptions& options, const std::string& kind, const client::Client::Query& query) {
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    return write_proof(options, client->proof(kind, query));
}

// The hash of the event that registered an anchor, from what the anchor's store holds: a leaf of
// the log has this hash.
base::Result<ledger::Hash> hash_of_anchor(client::Client& client, const std::string& index) {
    const auto anchor = client.state("std.anchor", "anchors", index);
    if (!anchor) return base::error_of(anchor);
    if (anchor->is_null()) {
        return base::input_error(fmt::format("no data set is anchored as {}", index));
    }
    const auto bytes = client.module("std.anchor");
    if (!bytes) return base::error_of(bytes);
    const auto module = bytecode::decode(*bytes);
    if (!module) return base::in_context("std.anchor", module.error());
    const auto event =
        std::find_if(module->events.begin(), module->events.end(),
                     [](const auto& declared) { return declared.name == "Anchored"; });
    if (event == module->events.end()) return base::input_error("std.anchor has no event Anchored");
    base::Writer fields;
    for (std::size_t i = 0; i < event->fields.size(); ++i) {
        const std::string& name = event->field_names[i];
        const value::Type& type = *module->types[event->fields[i]];
        const json field = name == "index" ? json(index) : client::field_of(*anchor, name);
        const auto value = value::from_json(field, type, name);
        if (!value) return base::error_of(value);
        value::encode(fields, *value, type);
    }
    return crypto::sha256(fields.out());
}

Exit get_anchor(const GetOptions& options) {
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    const auto hash = hash_of_anchor(*client, options.first);
    if (!hash) return report(hash.error());
    return write_proof(options, client->proof("leaf", {{"hash", hash->hex()}}));
}

Exit get_state(const GetOptions& options) {
    const auto key = read_key_argument(options.key);
    if (!key) return report(key.error());
    client::Client::Query query{{"module", options.first}, {"store", options.second}};
    if (!options.key.empty()) query["key"] = key->dump();
    return get(options, "state", query);
}

std::string time_text(std::int64_t time_ms) {
    const std::int64_t seconds = time_ms / 1000 % 86'400;
    return fmt::format("{} {:02}:{:02}:{:02} UTC", value::to_text(value::day_of(time_ms, 0)),
                       seconds / 3600, seconds / 60 % 60, seconds % 60);
}

// What a claim shows beside its one sentence.
void print_claim(const ledger::Claim& claim) {
    if (const auto* receipt = std::get_if<ledger::ReceiptClaim>(&claim)) {
        print(fmt::format("  call        {}.{}\n  sender      {}\n  outcome     {}\n",
                          receipt->transaction.module, receipt->transaction.action,
                          receipt->transaction.sender.hex(), to_text(receipt->receipt.outcome)));
        if (!receipt->receipt.reason.empty()) {
            print(fmt::format("  reason      {}\n", receipt->receipt.reason));
        }
    } else if (const auto* value = std::get_if<ledger::ValueClaim>(&claim)) {
        print(fmt::format("  value       {}\n", base::to_hex(value->value.bytes)));
    } else if (const auto* leaf = std::get_if<ledger::LeafClaim>(&claim)) {
        print(fmt::format("  leaf        {} at height {}\n", leaf->leaf.hash.hex(),
                          leaf->leaf.height.value));
    }
}

struct VerifyOptions {
    std::string file;
    std::string genesis;
};

Exit verify(const VerifyOptions& options) {
    const auto genesis = read_genesis(options.genesis);
    if (!genesis) return report(genesis.error());
    const auto bytes = read_file(options.file);
    if (!bytes) return report(bytes.error());
    const auto proof = ledger::read_proof_file(base::as_bytes(*bytes));
    if (!proof) return report({proof.error().kind, options.file + ": " + proof.error().message});
    const auto verified = ledger::verify_proof(*proof, *genesis);
    if (!verified) {
        return report({verified.error().kind, options.file + ": " + verified.error().message});
    }
    print(fmt::format("proved: {}\n", verified->statement));
    print_claim(proof->claim);
    print(fmt::format("  certified   height {} at {}, {} of {} validators signed\n",
                      verified->height.value, time_text(verified->time_ms), verified->signatures,
                      genesis->validators.validators.size()));
    print(fmt::format("  header      {}\n  chain       {}\n", verified->header.hex(),
                      ledger::chain_id(*genesis).hex()));
    return Exit::ok;
}

using Get = std::shared_ptr<GetOptions>;

Verb add_get(Verb& get_verb, const char* name, const char* help, const Get& options) {
    Verb verb = get_verb.add(name, help);
    verb.required("-o,--output", options->output, "The proof file to write", Takes::path);
    verb.option("--node", options->node, "The address of a node");
    return verb;
}

void add_one(Verb& get_verb, const char* name, const char* help, const char* argument,
             const char* argument_help, const std::string& parameter) {
    auto options = std::make_shared<GetOptions>();
    Verb verb = add_get(get_verb, name, help, options);
    verb.positional(argument, options->first, argument_help);
    verb.run([options, kind = std::string(name), parameter] {
        return get(*options, kind, {{parameter, options->first}});
    });
}

void add_gets(Verb& proof) {
    Verb get_verb = proof.add("get", "Fetch a proof from a node");
    get_verb.footer(
        "Exit codes: 0 written, 1 there is nothing to prove, 3 too few validators have signed it "
        "yet,\n"
        "4 no node answers.");
    add_one(get_verb, "receipt", "That a call was executed, with its receipt", "HASH",
            "The hash of the transaction", "transaction");
    add_one(get_verb, "leaf", "That a transaction or anchor is in the log", "HASH",
            "The hash of the transaction, or of the anchor's event", "hash");
    add_one(get_verb, "header", "That a header is certified", "HEIGHT", "From 0", "height");
    add_one(get_verb, "consistency", "That the log only grew since a height", "HEIGHT",
            "The earlier height", "older");

    auto anchor = std::make_shared<GetOptions>();
    Verb anchor_verb = add_get(get_verb, "anchor", "That a data set is anchored", anchor);
    anchor_verb.positional("INDEX", anchor->first, "The index that it was registered with");
    anchor_verb.run([anchor] { return get_anchor(*anchor); });

    auto state = std::make_shared<GetOptions>();
    Verb state_verb =
        add_get(get_verb, "state", "That a store holds a value, or holds none", state);
    state_verb.positional("MODULE", state->first, "For example std.anchor");
    state_verb.positional("STORE", state->second, "For example anchors");
    state_verb.optional_positional("KEY", state->key, "As JSON, or a text as it stands; for a map");
    state_verb.run([state] { return get_state(*state); });
}

}  // namespace

void add_proof(Verb& top) {
    Verb proof = top.add("proof", "Fetch proofs, and check them without a node");
    add_gets(proof);
    auto options = std::make_shared<VerifyOptions>();
    Verb verb = proof.add("verify", "Check a proof file, trusting only genesis");
    verb.positional("FILE", options->file, "A file that `edict proof get` wrote", Takes::path);
    verb.required("--genesis", options->genesis, "The genesis file of the chain", Takes::path);
    verb.footer("Exit codes: 0 it holds, 1 it does not, 4 a file cannot be read.");
    verb.run([options] { return verify(*options); });
}

}  // namespace edict::cli
