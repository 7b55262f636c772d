// edict tx: signed calls.
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/deploy.h"
#include "cli/output.h"
#include "cli/show.h"

namespace edict::cli {

namespace {

struct CallOptions {
    std::string target;
    std::string arguments = "{}";
    std::string key;
    std::string node = std::string(client::DEFAULT_NODE);
    bool dry_run = false;
    bool explain = false;
    bool json = false;
};

Exit call(const CallOptions& options) {
    const std::size_t dot = options.target.rfind('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == options.target.size()) {
        return report({base::ErrorKind::usage,
                       options.target + " is no action: MODULE.ACTION, as std.anchor.register"});
    }
    const std::string module = options.target.substr(0, dot);
    const std::string action = options.target.substr(dot + 1);
    const auto arguments = read_json_argument(options.arguments);
    if (!arguments) return report(arguments.error());
    const auto key = client::read_key_file(options.key);
    if (!key) return report(key.error());
    auto client = client::Client::connect(options.node);
    if (!client) return report(client.error());
    const auto end = options.dry_run ? client->dry_run(key->party, module, action, *arguments)
                                     : client->call(*key, module, action, *arguments);
    if (!end) return report(end.error());
    print_end(*end, options.json      ? Detail::json
                    : options.explain ? Detail::explained
                                      : Detail::brief);
    return exit_of(end->receipt.outcome);
}

void add_call(Verb& tx) {
    auto options = std::make_shared<CallOptions>();
    Verb verb = tx.add("call", "Call an action and wait for the receipt");
    verb.positional("MODULE.ACTION", options->target, "For example std.anchor.register");
    verb.option("--args", options->arguments,
                "A JSON object by parameter name, or an array; @FILE reads it from a file");
    verb.required("--key", options->key, "The caller's key file", Takes::path);
    verb.option("--node", options->node, "The address of a node");
    verb.flag("--dry-run", options->dry_run, "Only ask the node what the call would do");
    verb.flag("--explain", options->explain, "Name the deciding rules, citations and messages");
    verb.flag("--json", options->json, "Show all that the node answered");
    verb.footer(
        "Parties of genesis may be written by name.\n"
        "Exit codes: 0 committed, 1 failed or refused, 3 no receipt in time, 4 no node answers or\n"
        "the key cannot be read, 5 forbidden by the rules.");
    verb.run([options] { return call(*options); });
}

void add_deploy(Verb& tx) {
    auto options = std::make_shared<DeployOptions>();
    Verb verb = tx.add("deploy", "Deploy modules with their sources as a pending set");
    verb.positional("FILES", options->files, "Files (.edict) or folders of them", Takes::path);
    verb.required("--key", options->key, "The key file of who deploys, and will own the set",
                  Takes::path);
    verb.option("--node", options->node, "The address of a node");
    verb.footer(
        "The files are compiled beside the modules in force. Prints the hash of the set; on "
        "standard\n"
        "error, whose endorsements it waits for. The node verifies it meanwhile: `edict tx wait`.\n"
        "Exit codes: 0 pending now, 1 mistakes in the files or refused, 3 no receipt in time, 4 "
        "no\n"
        "node answers or the key cannot be read, 5 forbidden by the rules.");
    verb.run([options] { return deploy(*options); });
}

void add_set_verbs(Verb& tx) {
    auto endorsed = std::make_shared<SetOptions>();
    Verb endorse_verb =
        tx.add("endorse", "Agree, as a regulator, that a pending set comes into force");
    endorse_verb.positional("SET", endorsed->set, "The hash that `edict tx deploy` printed");
    endorse_verb.required("--key", endorsed->key, "The key file of a regulator", Takes::path);
    endorse_verb.option("--node", endorsed->node, "The address of a node");
    endorse_verb.footer(
        "Exit codes: 0 endorsed, 1 not asked or not pending, 3 no receipt in time, 4 no node "
        "answers\n"
        "or the key cannot be read, 5 forbidden by the rules.");
    endorse_verb.run([endorsed] { return endorse(*endorsed); });

    auto waited = std::make_shared<SetOptions>();
    Verb wait_verb = tx.add("wait", "Wait until a pending set is active");
    wait_verb.positional("SET", waited->set, "The hash that `edict tx deploy` printed");
    wait_verb.option("--timeout", waited->timeout_s, "Seconds", SECONDS_TO_WAIT);
    wait_verb.option("--node", waited->node, "The address of a node");
    wait_verb.footer(
        "Exit codes: 0 active, 1 findings block it (shown), 3 the verifiers did not settle it, "
        "or\n"
        "it is still pending, 4 no node answers.");
    wait_verb.run([waited] { return wait_for_set(*waited); });
}

}  // namespace

void add_tx(Verb& top) {
    Verb tx = top.add("tx", "Sign and send calls: call, deploy, endorse, wait");
    add_call(tx);
    add_deploy(tx);
    add_set_verbs(tx);
}

}  // namespace edict::cli
