#include "chain/client/client.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "chain/client/answer.h"
#include "chain/client/watchdog.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/limits.h"
#include "value/json.h"
#include "vm/bytecode/module.h"

namespace edict::client {

using nlohmann::json;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t EXPIRY_HEIGHTS = 500;  // ahead of the node's height
constexpr std::chrono::milliseconds ONE_WAIT{10'000};
constexpr std::chrono::milliseconds BUSY_WAIT{200};
constexpr std::chrono::milliseconds OVERTAKEN_WAIT{500};  // then the nonce is looked at again
constexpr time_t TIMEOUT_SECONDS = 30;                    // for one read
constexpr std::chrono::seconds ANSWER_WAIT{60};           // for all of an answer

base::ErrorKind kind_of(int status) {
    if (status == 409 || status == 429) return base::ErrorKind::unknown;  // later, perhaps
    if (status >= 500) return base::ErrorKind::environment;
    return base::ErrorKind::input;
}

base::Error error_of_reply(const httplib::Response& response) {
    const json body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    std::string message = text_of(body, "error");
    if (message.empty()) {
        return {base::ErrorKind::environment,
                fmt::format("what answers there is no Edict node (HTTP {})", response.status)};
    }
    if (const std::string allowed = text_of(body, "allowed"); !allowed.empty()) {
        message += "; allowed: " + allowed;
    }
    if (response.status == 503) return {base::ErrorKind::unknown, message};
    return {kind_of(response.status), message};
}

// Whether no later try can end otherwise.
bool is_final(const base::Result<CallEnd>& end) {
    return end || end.error().kind != base::ErrorKind::unknown;
}

// The call may have reached the node, or not.
tl::unexpected<base::Error> in_doubt(const ledger::Transaction& call, const base::Error& error) {
    return base::fail(
        base::ErrorKind::unknown,
        fmt::format("the call {} may be executed: ask for it (edict query receipt) before you make "
                    "it again; {}",
                    ledger::hash_of(call).hex(), error.message));
}

base::Result<CallEnd> call_end(const json& body) {
    const auto bytes = need_bytes(body, "receipt_bytes");
    if (!bytes) return base::error_of(bytes);
    base::Result<ledger::Receipt> receipt = ledger::decode<ledger::Receipt>(*bytes);
    if (!receipt) return base::in_context("the node's answer", receipt.error());
    return CallEnd{*std::move(receipt), text_of(body, "summary"), text_of(body, "explanation"),
                   body.dump(2)};
}

// The canonical bytes of each argument, in the order of the parameters.
base::Result<base::Bytes> encode_arguments(const bytecode::Module& module,
                                           const std::string& action_name, const json& given,
                                           const value::PartyNames& names) {
    const auto action =
        std::find_if(module.actions.begin(), module.actions.end(),
                     [&](const auto& candidate) { return candidate.name == action_name; });
    if (action == module.actions.end()) {
        return base::input_error(fmt::format("{} has no action {}", module.name, action_name));
    }
    const std::string called = module.name + "." + action_name;
    const std::size_t count = action->parameters.size();
    if (!given.is_object() && !(given.is_array() && given.size() == count)) {
        return base::input_error(
            fmt::format("{} takes an object by parameter name, or an array of {}", called, count));
    }
    base::Writer out;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& name = action->parameter_names[i];
        const value::Type& type = *module.types[action->parameters[i]];
        if (given.is_object() && !given.contains(name)) {
            return base::input_error(fmt::format("the argument {} ({}) of {} is missing", name,
                                                 value::to_text(type), called));
        }
        const auto value =
            value::from_json(given.is_array() ? given[i] : given[name], type, name, names);
        if (!value) return base::error_of(value);
        value::encode(out, *value, type);
    }
    if (given.is_array()) return out.take();
    for (const auto& [name, unused] : given.items()) {
        const auto& known = action->parameter_names;
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        return base::input_error(fmt::format("{} has no parameter {}", called, name));
    }
    return out.take();
}

std::string path_with(const std::string& path, const Client::Query& query) {
    httplib::Params params(query.begin(), query.end());
    return params.empty() ? path : path + "?" + httplib::detail::params_to_query_str(params);
}

}  // namespace

struct Client::Impl {
    std::string url;
    httplib::Client http;
    ledger::Genesis genesis;
    ledger::Hash chain_id;
    // Modules in force by name, as long as the node names the same set in force.
    std::string in_force;
    std::map<std::string, bytecode::Module> modules;

    Watchdog watchdog{ANSWER_WAIT, [this] { http.stop(); }};

    explicit Impl(const std::string& url_) : url(url_), http(url_) {
        http.set_keep_alive(true);
        http.set_url_encode(false);  // path_of and path_with do it
        http.set_tcp_nodelay(true);
        http.set_connection_timeout(TIMEOUT_SECONDS);
        http.set_read_timeout(TIMEOUT_SECONDS);
    }

    // `request` is a GET, POST or DELETE of `http`.
    template <typename Request>
    [[nodiscard]] base::Result<std::string> body_of(const Request& request) {
        watchdog.begin();
        const httplib::Result result = request();
        if (watchdog.done() && !result) {
            return base::environment_error(fmt::format(
                "the node at {} takes more than {} s for one answer", url, ANSWER_WAIT.count()));
        }
        if (!result) {
            return base::environment_error(fmt::format(
                "no node answers at {} ({}): start one with `edict devnet` or `edict node run`, or "
                "name another with --node",
                url, httplib::to_string(result.error())));
        }
        if (result->status >= 300) return tl::unexpected(error_of_reply(*result));
        return result->body;
    }
    [[nodiscard]] base::Result<std::string> get(const std::string& path, const Query& query) {
        return body_of([&] { return http.Get(path_with(path, query)); });
    }
    [[nodiscard]] base::Result<json> json_of(base::Result<std::string> body) const {
        if (!body) return base::error_of(body);
        json parsed = json::parse(*body, nullptr, /*allow_exceptions=*/false);
        if (!parsed.is_object()) {
            return base::environment_error(fmt::format("what answers at {} is no Edict node", url));
        }
        return parsed;
    }
    [[nodiscard]] base::Result<json> post(const std::string& path, const json& body) {
        return json_of(body_of([&] { return http.Post(path, body.dump(), "application/json"); }));
    }
    // As get; what is not there is asked for again until the time is over.
    [[nodiscard]] base::Result<json> when_there(const std::string& path,
                                                std::chrono::milliseconds at_most);
    [[nodiscard]] base::Result<std::uint64_t> last_nonce(const ledger::PartyId& sender);
};

base::Result<json> Client::Impl::when_there(const std::string& path,
                                            std::chrono::milliseconds at_most) {
    const auto until = Clock::now() + at_most;
    while (true) {
        const auto asked = Clock::now();
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - asked);
        const auto wait = std::clamp(left, std::chrono::milliseconds(0), ONE_WAIT);
        auto answer = json_of(get(path, {{"wait_ms", std::to_string(wait.count())}}));
        const bool is_missing = !answer && answer.error().kind == base::ErrorKind::input;
        if (!is_missing || wait.count() == 0) return answer;
        // It lets only some requests wait.
        if (Clock::now() - asked < wait) std::this_thread::sleep_for(std::min(wait, BUSY_WAIT));
    }
}

base::Result<std::uint64_t> Client::Impl::last_nonce(const ledger::PartyId& sender) {
    const auto party = json_of(get("/v1/parties/" + sender.hex(), {}));
    if (!party) return base::error_of(party);
    return need_number(*party, "last_nonce");
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

base::Result<Client> Client::connect(const std::string& url) {
    const auto address = node_address(url);
    if (!address) return base::error_of(address);
    auto impl = std::make_unique<Impl>(*address);
    if (!impl->http.is_valid()) {
        return base::fail(base::ErrorKind::usage, fmt::format("{} is no address of a node", url));
    }
    const base::Result<std::string> bytes = impl->get("/v1/genesis", {});
    if (!bytes) return base::error_of(bytes);
    base::Result<ledger::Genesis> genesis = ledger::decode<ledger::Genesis>(base::as_bytes(*bytes));
    if (!genesis) {
        return base::environment_error(fmt::format("what answers at {} is no Edict node", url));
    }
    impl->genesis = *std::move(genesis);
    impl->chain_id = ledger::chain_id(impl->genesis);
    return Client(std::move(impl));
}

const ledger::Genesis& Client::genesis() const { return impl_->genesis; }
const ledger::Hash& Client::chain_id() const { return impl_->chain_id; }

base::Result<ledger::PartyId> Client::party(std::string_view name_or_id) const {
    for (const ledger::Party& party : impl_->genesis.parties) {
        if (party.name == name_or_id) return party.id;
    }
    const base::Result<ledger::Hash> id = crypto::hash_from_hex(name_or_id);
    if (id) return ledger::PartyId{id->bytes};
    return base::input_error(
        fmt::format("genesis has no party {}; an id has 64 hexadecimal digits", name_or_id));
}

base::Result<ledger::Transaction> Client::make_call(const KeyFile& key,
                                                    const std::string& module_name,
                                                    const std::string& action_name,
                                                    const json& given) {
    const auto status = get("/v1/status");
    if (!status) return base::error_of(status);
    const auto height = need_number(*status, "height");
    if (!height) return base::error_of(height);
    if (std::string now = text_of(*status, "in_force"); now != impl_->in_force) {
        impl_->modules.clear();
        impl_->in_force = std::move(now);
    }
    auto known = impl_->modules.find(module_name);
    if (known == impl_->modules.end()) {
        const auto bytes = module(module_name);
        if (!bytes) return base::error_of(bytes);
        auto decoded = bytecode::decode(*bytes);
        if (!decoded) return base::in_context("the module " + module_name, decoded.error());
        known = impl_->modules.emplace(module_name, *std::move(decoded)).first;
    }
    const auto names = [this](std::string_view name) -> std::optional<ledger::PartyId> {
        const auto found = party(name);
        return found ? std::optional(*found) : std::nullopt;
    };
    auto arguments = encode_arguments(known->second, action_name, given, names);
    if (!arguments) return base::error_of(arguments);
    const auto nonce = impl_->last_nonce(key.party);
    if (!nonce) return base::error_of(nonce);

    ledger::Transaction call;
    call.chain_id = impl_->chain_id;
    call.sender = key.party;
    call.nonce.value = *nonce + 1;
    call.expiry.value = *height + EXPIRY_HEIGHTS;
    call.module = module_name;
    call.action = action_name;
    call.arguments = *std::move(arguments);
    ledger::sign(call, key.key);
    return call;
}

base::Result<ledger::Hash> Client::submit(const ledger::Transaction& transaction) {
    const auto answer =
        impl_->post("/v1/calls", {{"transaction", base::to_hex(ledger::encode(transaction))}});
    if (!answer) return base::error_of(answer);
    return ledger::hash_of(transaction);
}

base::Result<CallEnd> Client::wait_for(const ledger::Hash& transaction,
                                       std::chrono::milliseconds at_most) {
    const auto answer = impl_->when_there("/v1/receipts/" + transaction.hex(), at_most);
    if (answer) return call_end(*answer);
    if (answer.error().kind != base::ErrorKind::input) return base::error_of(answer);
    return base::fail(base::ErrorKind::unknown,
                      fmt::format("the call {} has no receipt yet: it may still be executed until "
                                  "it expires",
                                  transaction.hex()));
}

base::Result<json> Client::wait_for_height(ledger::Height height,
                                           std::chrono::milliseconds at_most) {
    return impl_->when_there(fmt::format("/v1/blocks/{}", height.value), at_most);
}

base::Result<CallEnd> Client::wait_unless_overtaken(const ledger::Transaction& call,
                                                    Clock::time_point until) {
    const ledger::Hash hash = ledger::hash_of(call);
    while (true) {
        auto end = wait_for(hash, OVERTAKEN_WAIT);
        if (is_final(end) || Clock::now() > until) return end;
        const auto last = impl_->last_nonce(call.sender);
        if (!last) return base::error_of(last);
        if (*last < call.nonce.value) continue;
        end = wait_for(hash, std::chrono::milliseconds(0));  // or was it this one?
        if (is_final(end)) return end;
        return base::fail(base::ErrorKind::unknown,
                          fmt::format("another call of this sender had the nonce {}", *last));
    }
}

base::Result<CallEnd> Client::call(const KeyFile& key, const std::string& module,
                                   const std::string& action, const json& arguments) {
    const auto until = Clock::now() + RECEIPT_WAIT;
    while (true) {
        const auto made = make_call(key, module, action, arguments);
        if (!made) return base::error_of(made);
        const auto submitted = submit(*made);
        auto end = submitted ? wait_unless_overtaken(*made, until) : base::error_of(submitted);
        if (!end && end.error().kind == base::ErrorKind::environment) {
            return in_doubt(*made, end.error());
        }
        if (is_final(end) || Clock::now() > until) return end;
        std::this_thread::sleep_for(BUSY_WAIT);
    }
}

base::Result<CallEnd> Client::dry_run(const ledger::PartyId& caller, const std::string& module,
                                      const std::string& action, const json& arguments) {
    const auto answer = impl_->post("/v1/dry-run", {{"module", module},
                                                    {"action", action},
                                                    {"caller", caller.hex()},
                                                    {"arguments", arguments}});
    if (!answer) return base::error_of(answer);
    return call_end(*answer);
}

base::Result<json> Client::get(const std::string& path, const Query& query) {
    return impl_->json_of(impl_->get(path, query));
}

base::Result<json> Client::post(const std::string& path) {
    return impl_->post(path, json::object());
}

base::Status Client::erase(const std::string& path) {
    return impl_->body_of([&] { return impl_->http.Delete(path); }).map([](const std::string&) {});
}

base::Result<std::string> Client::text(const std::string& path) { return impl_->get(path, {}); }

base::Result<json> Client::state(const std::string& module, const std::string& store,
                                 const json& key) {
    Query query{{"module", module}, {"store", store}};
    if (!key.is_null()) query["key"] = key.dump();
    const auto answer = get("/v1/state", query);
    if (!answer) return base::error_of(answer);
    return field_of(*answer, "value");
}

base::Result<base::Bytes> Client::proof(const std::string& kind, const Query& query) {
    const auto body = impl_->get("/v1/proofs/" + kind, query);
    if (!body) return base::error_of(body);
    const base::ByteView bytes = base::as_bytes(*body);
    return base::Bytes(bytes.begin(), bytes.end());
}

base::Result<ledger::ModuleBundle> Client::bundle(const std::string& set) {
    const auto path = path_of("/v1/bundles/", set);
    if (!path) return base::error_of(path);
    const auto body = impl_->get(*path, {});
    if (!body) return base::error_of(body);
    return ledger::decode<ledger::ModuleBundle>(base::as_bytes(*body));
}

base::Result<base::Bytes> Client::module(const std::string& name_or_hash) {
    const auto path = path_of("/v1/modules/", name_or_hash);
    if (!path) return base::error_of(path);
    const auto answer = get(*path);
    if (!answer) return base::error_of(answer);
    return need_bytes(*answer, "bytes");
}

}  // namespace edict::client
