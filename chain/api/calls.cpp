// Calls: submit, dry run, receipts.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chain/api/json_form.h"
#include "chain/api/routes.h"
#include "chain/api/waiting.h"
#include "chain/executor/receipts.h"
#include "chain/ledger/codec.h"

namespace edict::api {

using nlohmann::json;

namespace {

constexpr std::string_view HASH_FORM = "a hash is 64 hexadecimal digits, lower case";

int status_of(node::Rejection::Why why) {
    switch (why) {
        case node::Rejection::Why::invalid:
            return 400;
        case node::Rejection::Why::known:
        case node::Rejection::Why::overtaken:
            return 409;
        case node::Rejection::Why::full:
            return 429;
        case node::Rejection::Why::stopping:
            return 503;
    }
    return 400;
}

Reply rejected(const node::Rejection& rejection) {
    switch (rejection.why) {
        case node::Rejection::Why::full: {
            Reply reply = error_reply(429, rejection.message, "send it again after a second");
            reply.retry_after_seconds = 1;
            return reply;
        }
        case node::Rejection::Why::known:
            return error_reply(409, rejection.message,
                               "a call is executed once; ask /v1/receipts/{hash}");
        default:
            return error_reply(status_of(rejection.why), rejection.message,
                               "a call signed by a registered sender, with its next nonce");
    }
}

base::Result<ledger::Transaction> read_transaction(const Request& request) {
    const base::Result<json> body = read_json(request.body);
    if (!body) return base::error_of(body);
    const auto field = body->find("transaction");
    if (field == body->end() || !field->is_string()) {
        return base::input_error("the body has no text \"transaction\"");
    }
    const base::Result<base::Bytes> bytes = base::from_hex(field->get_ref<const std::string&>());
    if (!bytes) return base::in_context("transaction", bytes.error());
    return ledger::decode<ledger::Transaction>(*bytes);
}

base::Result<std::string> text_field(const json& body, const char* name) {
    const auto field = body.find(name);
    if (field == body.end() || !field->is_string()) {
        return base::input_error(fmt::format("the body has no text \"{}\"", name));
    }
    return field->get<std::string>();
}

base::Result<value::PartyId> party_from(const Api& api, const std::string& text) {
    if (const auto known = api.party_named(text)) return *known;
    const base::Result<ledger::Hash> id = crypto::hash_from_hex(text);
    if (!id) {
        return base::input_error(fmt::format(
            "{} is neither a party of genesis nor an id of 64 hexadecimal digits", text));
    }
    return value::PartyId{id->bytes};
}

struct DryRun {
    call::Call call;
    std::int64_t time_ms = 0;
};

base::Result<DryRun> read_dry_run(const Api& api, const json& body) {
    const auto module_name = text_field(body, "module");
    if (!module_name) return base::error_of(module_name);
    const auto action_name = text_field(body, "action");
    if (!action_name) return base::error_of(action_name);
    const auto caller = text_field(body, "caller");
    if (!caller) return base::error_of(caller);
    const auto party = party_from(api, *caller);
    if (!party) return base::error_of(party);

    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    const call::LinkedAction* action = set->find(*module_name, *action_name);
    if (action == nullptr) {
        return base::input_error(
            fmt::format("there is no action {}.{} in force", *module_name, *action_name));
    }
    const bytecode::Module& module = *set->modules[action->module];
    auto arguments = read_arguments(api, body.value("arguments", json::object()), module,
                                    module.actions[action->action]);
    if (!arguments) return base::error_of(arguments);
    DryRun run;
    run.call = {*module_name, *action_name, *std::move(arguments), *party, *party};
    const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
    run.time_ms = std::max(now, api.executor().last_header().time_ms + 1);
    return run;
}

}  // namespace

Reply submit_call(Api& api, const Request& request, const std::string&) {
    base::Result<ledger::Transaction> transaction = read_transaction(request);
    if (!transaction) {
        return error_reply(400, transaction.error().message,
                           R"({"transaction": canonical bytes of a signed call, hexadecimal})");
    }
    const auto submitted = api.node().submit(*std::move(transaction));
    if (!submitted) return rejected(submitted.error());
    return json_reply({{"transaction", submitted->hex()},
                       {"note", "accepted is not executed: ask /v1/receipts/" + submitted->hex()}},
                      202);
}

Reply dry_run(Api& api, const Request& request, const std::string&) {
    const base::Result<json> body = read_json(request.body);
    if (!body) return error_reply(body.error());
    const base::Result<DryRun> run = read_dry_run(api, *body);
    if (!run) return error_reply(run.error());
    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    const call::CallResult result = api.executor().dry_run(run->call, run->time_ms);
    ledger::Receipt receipt;
    receipt.height.value = api.executor().last_applied().value + 1;
    receipt.cost.value = result.cost.value;
    executor::record(result, *set, receipt);
    json made = receipt_json(api, receipt);
    made["outcome"] = made["receipt"]["outcome"];
    made["reason"] = receipt.reason;
    return json_reply(made);
}

Reply get_receipt(Api& api, const Request& request, const std::string& last) {
    const base::Result<ledger::Hash> hash = crypto::hash_from_hex(last);
    if (!hash) return error_reply(400, hash.error().message, HASH_FORM);
    const auto wait = wait_of(request);
    if (!wait) return wait.error();
    const std::optional<executor::Found> found =
        api.node().wait_for(*hash, Waiting(api, *wait).at_most());
    if (!found) {
        return error_reply(
            404, "no receipt for " + hash->hex(),
            "ask again (or with wait_ms=) until the call is executed or has expired");
    }
    json made = receipt_json(api, found->receipt);
    made["transaction"] = ledger::to_json(found->transaction);
    return json_reply(made);
}

}  // namespace edict::api
