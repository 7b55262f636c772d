// A request to the HTTP API from arbitrary text: it is answered, never with an error of the node
// itself, in the form that the reply names. The input: "METHOD PATH", lines "name=value" of the
// query, an empty line, the body.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/check.h"
#include "chain/api/api.h"
#include "chain/consensus/solo/solo.h"
#include "tests/unit/chain_support.h"

namespace {

using namespace edict;

// A chain with one height, whose node does not run: nothing that is sent changes it.
struct Served {
    tests::TestChain chain;
    std::unique_ptr<node::Signer> signer = node::make_signer(tests::header_key());
    node::Node node{*chain.executor, consensus::make_solo({0}), *signer, 0};
    api::Api api{node, ""};

    Served() {
        (void)chain.did("office", "std.membership", "set_attribute",
                        R"({"party": "site", "name": "city", "text": "Aarhus"})");
    }
};

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

api::Request request_of(std::string_view text) {
    api::Request request;
    const std::string_view first = take_line(text);
    const std::size_t space = first.find(' ');
    request.method = first.substr(0, space);
    if (space != std::string_view::npos) request.path = first.substr(space + 1);
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) break;
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, equals);
        if (name == "wait_ms") continue;  // it would wait
        request.query.emplace(name, line.substr(equals + 1));
    }
    request.body = text;
    return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Served served;
    const api::Reply reply = served.api.handle(request_of(base::as_text({data, size})));
    EDICT_CHECK(reply.status >= 200 && reply.status < 500);
    if (reply.content_type != "application/json") return 0;
    const auto body = nlohmann::json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
    EDICT_CHECK(body.is_object());
    EDICT_CHECK(reply.status < 300 || (body.contains("error") && body.contains("allowed")));
    return 0;
}
