#include "cli/show.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chain/client/answer.h"
#include "cli/files.h"
#include "cli/output.h"
#include "value/json_text.h"

namespace edict::cli {

using nlohmann::json;

Exit exit_of(ledger::Outcome outcome) {
    switch (outcome) {
        case ledger::Outcome::committed:
            return Exit::ok;
        case ledger::Outcome::forbidden:
            return Exit::forbidden;
        case ledger::Outcome::failed:
        case ledger::Outcome::refused:
            return Exit::findings;
    }
    return Exit::findings;
}

std::string_view to_text(ledger::Outcome outcome) {
    switch (outcome) {
        case ledger::Outcome::committed:
            return "committed";
        case ledger::Outcome::forbidden:
            return "forbidden";
        case ledger::Outcome::failed:
            return "failed";
        case ledger::Outcome::refused:
            return "refused";
    }
    return "refused";
}

void print_end(const client::CallEnd& end, Detail detail) {
    if (detail == Detail::json) return print(end.json + "\n");
    const bool is_dry = end.receipt.transaction == ledger::Hash{};
    const bool is_committed = end.receipt.outcome == ledger::Outcome::committed;
    print(end.summary.empty() ? std::string(to_text(end.receipt.outcome)) : end.summary);
    print("\n");
    if (!is_dry) {
        print(fmt::format("  height {}, transaction {}\n", end.receipt.height.value,
                          end.receipt.transaction.hex()));
    }
    const json body = json::parse(end.json, nullptr, /*allow_exceptions=*/false);
    if (const json& returned = client::field_of(body, "returned"); !returned.is_null())
        print(fmt::format("  returns {}\n", returned.dump()));
    for (const json& event : client::list_of(body, "events")) {
        print(fmt::format("  event {}.{} {}\n", client::text_of(event, "module"),
                          client::text_of(event, "event"),
                          client::field_of(event, "fields").dump()));
    }
    if (detail == Detail::explained || !is_committed) {
        for (std::size_t at = 0; at < end.explanation.size();) {
            std::size_t stop = end.explanation.find('\n', at);
            if (stop == std::string::npos) stop = end.explanation.size();
            print(fmt::format("  {}\n", end.explanation.substr(at, stop - at)));
            at = stop + 1;
        }
    }
    if (detail == Detail::explained) print(fmt::format("  cost {}\n", end.receipt.cost.value));
}

base::Result<json> read_json_argument(const std::string& text) {
    std::string content = text;
    std::string place = "--args";
    if (text.starts_with("@")) {
        place = text.substr(1);
        auto file = read_file(place);
        if (!file) return base::error_of(file);
        content = *std::move(file);
    }
    base::Result<json> parsed =
        value::parse_json(content, R"(arguments are written as {"name": value})");
    if (!parsed) return base::in_context(place, parsed.error());
    return parsed;
}

base::Result<json> read_key_argument(const std::string& text) {
    if (text.empty()) return json(nullptr);
    if (!value::is_json(text)) return json(text);
    base::Result<json> parsed = value::parse_json(text);
    if (!parsed) return base::in_context("the key", parsed.error());
    return parsed;
}

}  // namespace edict::cli
