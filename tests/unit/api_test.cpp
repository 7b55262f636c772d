// The HTTP API: what it answers, and what it says to what it cannot answer.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "chain/api/limits.h"
#include "chain/api/routes.h"
#include "chain/api/server.h"
#include "chain/client/client.h"
#include "chain/consensus/solo/solo.h"
#include "chain/ledger/codec.h"
#include "chain/ledger/proof.h"
#include "tests/unit/chain_support.h"

namespace edict::tests {
namespace {

using api::Reply;
using api::Request;
using nlohmann::json;

constexpr const char* CITY = R"({"party": "site", "name": "city", "text": "Aarhus"})";

class ApiTest : public testing::Test {
protected:
    ApiTest() { node.start(); }

    [[nodiscard]] Reply get(const std::string& path,
                            const std::multimap<std::string, std::string>& query = {}) {
        return api.handle({"GET", path, query, ""});
    }
    [[nodiscard]] json got(const std::string& path,
                           const std::multimap<std::string, std::string>& query = {}) {
        const Reply reply = get(path, query);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return json::parse(reply.body);
    }
    [[nodiscard]] Reply post(const std::string& path, const json& body) {
        return api.handle({"POST", path, {}, body.dump()});
    }
    [[nodiscard]] Reply submit(const ledger::Transaction& call) {
        return post("/v1/calls", {{"transaction", base::to_hex(ledger::encode(call))}});
    }
    [[nodiscard]] ledger::Transaction city() {
        return chain.call("office", "std.membership", "set_attribute", CITY);
    }
    // Submits, and waits for the receipt.
    json did(const ledger::Transaction& call) {
        const Reply reply = submit(call);
        EXPECT_EQ(reply.status, 202) << reply.body;
        return got("/v1/receipts/" + ledger::hash_of(call).hex(), {{"wait_ms", "20000"}});
    }

    TestChain chain;
    std::unique_ptr<node::Signer> signer = node::make_signer(header_key());
    node::Node node{*chain.executor, consensus::make_solo({0}), *signer, 0};
    api::Api api{node, "."};
};

std::string error_of(const Reply& reply) {
    const json body = json::parse(reply.body);
    EXPECT_TRUE(body.contains("allowed")) << reply.body;
    return body.value("error", "");
}

TEST_F(ApiTest, ACallGoesInAndItsReceiptComesOut) {
    const ledger::Transaction call = city();
    const json receipt = did(call);
    EXPECT_EQ(receipt["receipt"]["outcome"], "committed");
    EXPECT_EQ(receipt["receipt"]["height"], "1");
    EXPECT_EQ(receipt["transaction"]["action"], "set_attribute");
    EXPECT_NE(receipt["explanation"].get<std::string>().find("committed"), std::string::npos);
    EXPECT_EQ(submit(call).status, 409);

    const json state = got(
        "/v1/state",
        {{"module", "std.membership"}, {"store", "attributes"}, {"key", R"(["site", "city"])"}});
    EXPECT_EQ(state["value"], "Aarhus");
    EXPECT_EQ(state["present"], true);
    EXPECT_EQ(state["height"], "1");
    EXPECT_EQ(got("/v1/parties/office")["last_nonce"], "1");
    EXPECT_EQ(got("/v1/status")["height"], "1");
    EXPECT_EQ(got("/v1/blocks/1")["receipts"].size(), 1U);
    EXPECT_EQ(got("/v1/health")["status"], "ok");
    EXPECT_EQ(got("/v1/modules")["modules"].size(), chain.genesis.modules.size());
}

TEST_F(ApiTest, ADryRunTellsTheOutcomeAndChangesNothing) {
    const auto run = [&](const std::string& caller) {
        return json::parse(post("/v1/dry-run", {{"module", "std.membership"},
                                                {"action", "set_attribute"},
                                                {"caller", caller},
                                                {"arguments", json::parse(CITY)}})
                               .body);
    };
    EXPECT_EQ(run("office")["outcome"], "committed");
    EXPECT_EQ(run("seller")["outcome"], "refused");
    EXPECT_EQ(got("/v1/status")["height"], "0");
}

TEST_F(ApiTest, AnEventIsShownByTheNamesOfItsFields) {
    const json receipt = did(chain.call("office", "std.membership", "grant",
                                        R"({"party": "site", "role_name": "researcher"})"));
    ASSERT_EQ(receipt["events"].size(), 1U);
    EXPECT_EQ(receipt["events"][0]["event"], "RoleGranted");
    EXPECT_EQ(receipt["events"][0]["fields"]["role_name"], "researcher");
}

struct BadRequest {
    std::string method, path, query_name, query_value, body;
    int status;
    std::string error;
};

TEST_F(ApiTest, WhatCannotBeAnsweredSaysWhatWasWrong) {
    const std::string hash(64, 'a');
    const std::vector<BadRequest> requests = {
        {"GET", "/", "", "", "", 404, "there is no path /"},
        {"GET", "/v1/nothing", "", "", "", 404, "there is no path /v1/nothing"},
        {"GET", "/v1/receipts/", "", "", "", 404, "there is no path"},
        {"GET", "/v1/receipts/a/b", "", "", "", 404, "there is no path"},
        {"GET", "/v1/calls", "", "", "", 405, "is not answered with GET"},
        {"DELETE", "/v1/status", "", "", "", 405, "is not answered with DELETE"},
        {"POST", "/v1/calls", "", "", "", 400, "the body: this is not JSON"},
        {"POST", "/v1/calls", "", "", "{", 400, "the body: this is not JSON"},
        {"POST", "/v1/calls", "", "", "[]", 400, "the body is not a JSON object"},
        {"POST", "/v1/calls", "", "", std::string(100, '['), 400, "nested deeper"},
        {"POST", "/v1/calls", "", "", R"({"transaction": "00", "transaction": "01"})", 400,
         "the body: transaction: stands twice; the second is on line 1"},
        {"POST", "/v1/calls", "", "", R"({"transaction": 5})", 400, "no text \"transaction\""},
        {"POST", "/v1/calls", "", "", R"({"transaction": "xy"})", 400, "transaction"},
        {"POST", "/v1/calls", "", "", R"({"transaction": "00"})", 400, ""},
        {"POST", "/v1/dry-run", "", "", "{}", 400, "no text \"module\""},
        {"POST", "/v1/dry-run", "", "", R"({"module":"m","action":"a","caller":"bob"})", 400,
         "bob is neither"},
        {"POST", "/v1/dry-run", "", "", R"({"module":"m","action":"a","caller":"office"})", 400,
         "there is no action m.a"},
        {"POST", "/v1/dry-run", "", "",
         R"({"module":"std.membership","action":"grant","caller":"office","arguments":{"party":5}})",
         400, "arguments.party"},
        {"POST", "/v1/dry-run", "", "",
         R"({"module":"std.membership","action":"rotate_key","caller":"office","arguments":{"x":5}})",
         400, "arguments.key: missing"},
        {"GET", "/v1/receipts/xyz", "", "", "", 400, ""},
        {"GET", "/v1/receipts/" + hash, "", "", "", 404, "no receipt for " + hash},
        {"GET", "/v1/receipts/" + hash, "wait_ms", "-1", "", 400, "wait_ms=-1 is not allowed"},
        {"GET", "/v1/receipts/" + hash, "wait_ms", "30001", "", 400, "is not allowed"},
        {"GET", "/v1/receipts/" + hash, "wait_ms", "99999999999999", "", 400, "is not allowed"},
        {"GET", "/v1/receipts/" + hash, "wait_ms", "", "", 400, "wait_ms= is not allowed"},
        {"GET", "/v1/blocks/1", "", "", "", 404, "there is no height 1"},
        {"GET", "/v1/blocks/-1", "", "", "", 400, "there is no height -1"},
        {"GET", "/v1/state", "", "", "", 400, "the query needs module="},
        {"GET", "/v1/proofs/receipt", "", "", "", 400, "the query needs transaction="},
        {"GET", "/v1/proofs/receipt", "transaction", hash, "", 400, "no transaction"},
        {"GET", "/v1/proofs/luck", "", "", "", 400, "there is no proof luck"},
        {"GET", "/v1/proofs/header", "height", "5x", "", 400, "height= a height"},
        {"GET", "/v1/modules/none", "", "", "", 404, "no module none"},
        {"GET", "/v1/sets/" + hash, "", "", "", 404, "no set"},
        {"GET", "/v1/parties/bob", "", "", "", 404, "no party bob"},
    };
    for (const BadRequest& bad : requests) {
        SCOPED_TRACE(bad.method + " " + bad.path + " " + bad.body);
        Request request{bad.method, bad.path, {}, bad.body};
        if (!bad.query_name.empty()) request.query.emplace(bad.query_name, bad.query_value);
        const Reply reply = api.handle(request);
        EXPECT_EQ(reply.status, bad.status) << reply.body;
        EXPECT_NE(error_of(reply).find(bad.error), std::string::npos) << reply.body;
    }
}

TEST(Api, AForbiddenCallIsExplainedWithItsCitation) {
    TestChain chain;
    chain.activate({SHOP, SHOP_RULES});
    const ledger::Transaction call =
        chain.call("seller", "shop", "sell", R"({"item": "tea", "amount": 101})");
    (void)chain.run(call);
    const auto signer = node::make_signer(header_key());
    node::Node node(*chain.executor, consensus::make_solo({0}), *signer, 0);
    api::Api api(node, "");
    const std::string path = "/v1/receipts/" + ledger::hash_of(call).hex();
    const auto explanation = [&] {
        return json::parse(api.handle({"GET", path, {}, ""}).body).value("explanation", "");
    };
    EXPECT_NE(explanation().find("forbid shop_rules.large (ACT 8): 101 of tea are too many"),
              std::string::npos)
        << explanation();
    // The receipt means what it meant, also when the regulation says something else by now.
    std::string other = SHOP_RULES;
    other.replace(other.find("1.0.0"), 5, "2.0.0");
    other.replace(other.find("are too many"), 12, "are far too many");
    chain.activate({other});
    EXPECT_NE(explanation().find("101 of tea are too many"), std::string::npos) << explanation();
}

TEST_F(ApiTest, AKeyOfAStoreIsReadByItsType) {
    const auto state_error = [&](const std::string& store, const std::optional<std::string>& key) {
        std::multimap<std::string, std::string> query{{"module", "std.membership"},
                                                      {"store", store}};
        if (key) query.emplace("key", *key);
        return error_of(get("/v1/state", query));
    };
    EXPECT_NE(state_error("roles", std::nullopt).find("give key= as JSON"), std::string::npos);
    EXPECT_NE(state_error("roles", "site").find("this is not JSON; a text stands in quotes"),
              std::string::npos);
    EXPECT_NE(state_error("roles", R"(["site"])").find("key"), std::string::npos);
    EXPECT_NE(state_error("nothing", std::nullopt).find("has no store nothing"), std::string::npos);
    const json role = got(
        "/v1/state",
        {{"module", "std.membership"}, {"store", "roles"}, {"key", R"(["stranger", "seller"])"}});
    EXPECT_EQ(role["present"], false);
    EXPECT_EQ(role["value"], false);  // what the store reads as by default
}

TEST(Api, AFullPoolIsAnsweredWith429) {
    TestChain chain;
    const auto signer = node::make_signer(header_key());
    ledger::Transaction call = chain.call("office", "std.membership", "set_attribute", CITY);
    const std::size_t one = ledger::encode(call).size();
    node::Node node(*chain.executor, consensus::make_solo({0}), *signer, 0, 3 * one);
    api::Api api(node, "");
    const auto submit = [&](std::uint64_t nonce) {
        call.nonce.value = nonce;
        ledger::sign(call, test_key("office").key);
        const json body = {{"transaction", base::to_hex(ledger::encode(call))}};
        return api.handle({"POST", "/v1/calls", {}, body.dump()});
    };
    for (const std::uint64_t nonce : {1U, 2U, 3U}) EXPECT_EQ(submit(nonce).status, 202);
    const Reply full = submit(4);
    EXPECT_EQ(full.status, 429);
    EXPECT_EQ(full.retry_after_seconds, 1);
    EXPECT_EQ(error_of(full), "the pool of waiting calls is full");
    const Reply early = submit(65);
    EXPECT_EQ(early.status, 429);
    EXPECT_NE(error_of(early).find("at most 64 may wait"), std::string::npos);
}

TEST_F(ApiTest, OfASetItTellsWhoHasYetToAttestIt) {
    const ledger::ModuleBundle bundle = chain.bundle({SHOP, SHOP_RULES});
    (void)did(chain.call("seller", "std.registry", "deploy", chain.deploy_arguments(bundle)));
    const std::string path = "/v1/sets/" + ledger::hash_of(bundle).hex();
    const json before = got(path);
    EXPECT_EQ(before["quorum"], 1);
    ASSERT_EQ(before["missing"].size(), 1U);
    EXPECT_EQ(before["missing"][0]["name"], "validator");
    (void)did(chain.call("validator", "std.registry", "attest",
                         chain.attest_arguments(ledger::hash_of(bundle), "unknown")));
    const json after = got(path);
    EXPECT_TRUE(after["missing"].empty());
    EXPECT_EQ(after["attestations"][0]["by"]["name"], "validator");
}

TEST_F(ApiTest, TheOpenApiDocumentNamesEveryRoute) {
    const json document = got("/v1/openapi.json");
    std::size_t operations = 0;
    for (const auto& [path, methods] : document["paths"].items()) operations += methods.size();
    EXPECT_EQ(operations, api::routes().size());
    for (const api::Route& route : api::routes()) {
        EXPECT_TRUE(document["paths"].contains(std::string(route.path))) << route.path;
        EXPECT_NE(route.handle, nullptr);
    }
}

TEST_F(ApiTest, MetricsAreInTheFormOfPrometheus) {
    (void)did(city());
    const std::string text = get("/metrics").body;
    EXPECT_NE(text.find("# TYPE edict_height gauge\nedict_height 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("edict_calls_executed_total 1\n"), std::string::npos);
}

TEST_F(ApiTest, AProofFromTheApiHolds) {
    const ledger::Transaction call = city();
    (void)did(call);
    const Reply reply = get("/v1/proofs/receipt", {{"transaction", ledger::hash_of(call).hex()}});
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto proof = ledger::read_proof_file(base::as_bytes(reply.body));
    ASSERT_TRUE(proof);
    EXPECT_TRUE(ledger::verify_proof(*proof, chain.genesis));
}

// A socket that is connected to the port of 127.0.0.1; with SOCK_NONBLOCK, or soon will be.
int connect_to(std::uint16_t port, int flags = 0) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | flags, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return descriptor;
}

// Sends bytes as they stand to 127.0.0.1 and reads to the end.
std::string send_raw(std::uint16_t port, const std::string& bytes) {
    const int descriptor = connect_to(port);
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t sent = ::send(descriptor, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) break;
        at += static_cast<std::size_t>(sent);
    }
    std::string answer;
    char buffer[4096];
    while (true) {
        const ssize_t got = ::recv(descriptor, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(descriptor);
    return answer;
}

TEST_F(ApiTest, TheSocketAnswersBadHttpToo) {
    auto server = api::Server::listen(api, 0);
    ASSERT_TRUE(server) << server.error().message;
    const std::uint16_t port = (*server)->port();
    const std::string close = "Connection: close\r\n\r\n";
    const auto first_line = [&](const std::string& bytes) {
        const std::string answer = send_raw(port, bytes);
        return answer.substr(0, answer.find("\r\n"));
    };
    EXPECT_EQ(first_line("GET /v1/status HTTP/1.1\r\n" + close), "HTTP/1.1 200 OK");
    EXPECT_EQ(first_line("GET /nowhere HTTP/1.1\r\n" + close), "HTTP/1.1 404 Not Found");
    EXPECT_EQ(first_line("rubbish\r\n" + close), "HTTP/1.1 400 Bad Request");
    EXPECT_EQ(first_line("GET /" + std::string(511, 'x') + " HTTP/1.1\r\n" + close),
              "HTTP/1.1 404 Not Found");
    EXPECT_EQ(first_line("GET /" + std::string(512, 'x') + " HTTP/1.1\r\n" + close),
              "HTTP/1.1 414 URI Too Long");
    EXPECT_EQ(first_line("GET /" + std::string(10'000, 'x') + " HTTP/1.1\r\n" + close),
              "HTTP/1.1 414 URI Too Long");
    const std::string large = fmt::format("POST /v1/calls HTTP/1.1\r\nContent-Length: {}\r\n",
                                          api::MAX_REQUEST_BYTES + 1);
    EXPECT_EQ(first_line(large + close + std::string(api::MAX_REQUEST_BYTES + 1, 'x')),
              "HTTP/1.1 413 Payload Too Large");
    EXPECT_NE(send_raw(port, "PUT /v1/status HTTP/1.1\r\nContent-Length: 0\r\n" + close)
                  .find("is not answered with PUT"),
              std::string::npos);
}

TEST_F(ApiTest, ConnectionsBeyondTheLimitWait) {
    const auto open_files = [] {
        const std::filesystem::directory_iterator files("/proc/self/fd");
        return std::distance(begin(files), end(files));
    };
    api::Patience patience;
    patience.idle = std::chrono::minutes(5);
    auto server = api::Server::listen(api, 0, patience);
    ASSERT_TRUE(server) << server.error().message;
    const auto before = open_files();
    std::vector<int> clients;
    for (std::ptrdiff_t i = 0; i < 2 * api::MAX_CONNECTIONS; ++i) {
        clients.push_back(
            connect_to((*server)->port(), i < api::MAX_CONNECTIONS ? 0 : SOCK_NONBLOCK));
    }
    const auto of_server = [&] { return open_files() - before - std::ssize(clients); };
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (of_server() < api::MAX_CONNECTIONS && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // in which more could come
    EXPECT_LE(of_server(), api::MAX_CONNECTIONS);
    for (const int client : clients) ::close(client);
    const std::string answer =
        send_raw((*server)->port(), "GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
}

// Clients that begin a request and go on with a byte every so often, but never come to its end.
class SlowClients {
public:
    SlowClients(std::uint16_t port, std::ptrdiff_t count) {
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            sockets_.push_back(connect_to(port, i < api::MAX_CONNECTIONS ? 0 : SOCK_NONBLOCK));
            (void)::send(sockets_.back(), TEXT.data(), 1, MSG_NOSIGNAL);
            // The system would have those that come faster than they are accepted wait for seconds.
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        thread_ = std::jthread([this](const std::stop_token& stop) {
            for (std::size_t at = 1; !stop.stop_requested() && at < MAX_BYTES; ++at) {
                const char byte = at < TEXT.size() ? TEXT[at] : 'x';
                for (const int socket : sockets_) (void)::send(socket, &byte, 1, MSG_NOSIGNAL);
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            }
            for (const int socket : sockets_) ::close(socket);
        });
    }

private:
    // So that a test fails, and does not stand still, where they are waited for.
    static constexpr std::size_t MAX_BYTES = 1200;
    static constexpr std::string_view TEXT = "GET /v1/status HTTP/1.1\r\nSlow: ";

    std::vector<int> sockets_;
    std::jthread thread_;  // the last: it uses the rest
};

TEST_F(ApiTest, AStopDoesNotWaitForClientsThatSendAByteAtATime) {
    auto server = api::Server::listen(api, 0);
    ASSERT_TRUE(server) << server.error().message;
    const SlowClients clients((*server)->port(), api::MAX_CONNECTIONS + 16);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const auto before = std::chrono::steady_clock::now();
    (*server)->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

TEST_F(ApiTest, ARequestThatDoesNotComeToItsEndGivesUpItsThread) {
    api::Patience patience;
    patience.request = std::chrono::milliseconds(200);
    auto server = api::Server::listen(api, 0, patience);
    ASSERT_TRUE(server) << server.error().message;
    const SlowClients clients((*server)->port(), 2 * std::ptrdiff_t{api::THREADS});
    const auto before = std::chrono::steady_clock::now();
    const std::string answer =
        send_raw((*server)->port(), "GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

TEST_F(ApiTest, AStopLetsAnswersBeFinished) {
    api::Patience patience;
    patience.stop = std::chrono::minutes(1);
    auto server = api::Server::listen(api, 0, patience);
    ASSERT_TRUE(server) << server.error().message;
    const std::uint16_t port = (*server)->port();
    std::string answer;
    std::jthread client([&] {
        answer = send_raw(port, "GET /v1/receipts/" + std::string(64, 'a') +
                                    "?wait_ms=1000 HTTP/1.1\r\nConnection: close\r\n\r\n");
    });
    while (api.waiting_requests == 0) std::this_thread::yield();
    (*server)->stop();
    client.join();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 Not Found")) << answer;
    EXPECT_NE(answer.find("no receipt for"), std::string::npos) << answer;
}

// The buffers of the system hold a part of it; then the client takes a byte now and then.
TEST(Connection, AnAnswerThatIsNotTakenEnds) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    api::Patience patience;
    patience.answer = std::chrono::milliseconds(300);
    api::Connection connection(ends[0], patience);
    std::jthread client([&](const std::stop_token& stop) {
        char byte = 0;
        while (!stop.stop_requested()) {
            (void)::recv(ends[1], &byte, 1, MSG_DONTWAIT);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    const std::string answer(1 << 20, 'x');
    const auto before = std::chrono::steady_clock::now();
    while (connection.write(answer.data(), answer.size()) > 0) {
    }
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
    client.request_stop();
    client.join();
    for (const int end : ends) ::close(end);
}

TEST_F(ApiTest, RequestsThatComeTogetherAreAnsweredOneAfterTheOther) {
    auto server = api::Server::listen(api, 0);
    ASSERT_TRUE(server) << server.error().message;
    const std::string request = "GET /v1/health HTTP/1.1\r\n";
    const std::string answer =
        send_raw((*server)->port(), request + "\r\n" + request + "Connection: close\r\n\r\n");
    const std::size_t second = answer.find("HTTP/1.1 200 OK", 1);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
    EXPECT_NE(second, std::string::npos) << answer;
}

TEST_F(ApiTest, ATakenPortIsAnErrorOfTheEnvironment) {
    auto server = api::Server::listen(api, 0);
    ASSERT_TRUE(server);
    const auto second = api::Server::listen(api, (*server)->port());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, base::ErrorKind::environment);
    EXPECT_NE(second.error().message.find("is taken"), std::string::npos);
}

TEST_F(ApiTest, TheClientSignsCallsFromJson) {
    auto server = api::Server::listen(api, 0);
    ASSERT_TRUE(server);
    auto client = client::Client::connect(fmt::format("http://127.0.0.1:{}", (*server)->port()));
    ASSERT_TRUE(client) << client.error().message;
    EXPECT_EQ(client->chain_id(), chain.executor->chain_id());
    const client::KeyFile& office = test_key("office");
    const auto end = client->call(office, "std.membership", "set_attribute", json::parse(CITY));
    ASSERT_TRUE(end) << end.error().message;
    EXPECT_EQ(end->receipt.outcome, ledger::Outcome::committed);
    const auto listed = client->call(office, "std.membership", "set_attribute",
                                     json::array({"site", "city", "Odense"}));
    ASSERT_TRUE(listed) << listed.error().message;
    const auto city = client->state("std.membership", "attributes", json::array({"site", "city"}));
    ASSERT_TRUE(city);
    EXPECT_EQ(*city, "Odense");
    const auto dry = client->dry_run(test_key("seller").party, "std.membership", "set_attribute",
                                     json::parse(CITY));
    ASSERT_TRUE(dry);
    EXPECT_EQ(dry->receipt.outcome, ledger::Outcome::refused);

    const auto message = [&](const std::string& action, const json& arguments) {
        const auto failed = client->call(office, "std.membership", action, arguments);
        EXPECT_FALSE(failed);
        return failed ? "" : failed.error().message;
    };
    EXPECT_EQ(message("fly", json::object()), "std.membership has no action fly");
    EXPECT_NE(message("grant", json::object()).find("the argument party (Party)"),
              std::string::npos);
    EXPECT_NE(message("rotate_key", {{"key", "00"}, {"x", 1}}).find("has no parameter x"),
              std::string::npos);
    (*server)->stop();
    const auto gone = client->get("/v1/status");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, base::ErrorKind::environment);
    EXPECT_NE(gone.error().message.find("edict devnet"), std::string::npos);
}

}  // namespace
}  // namespace edict::tests
