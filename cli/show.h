// How the verbs of the chain show a call's end, and the exit code that stands for it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "chain/client/client.h"
#include "cli/exit.h"

namespace edict::cli {

enum class Detail { brief, explained, json };

// "committed at height 3 …" and its events; always why, if it was not committed.
void print_end(const client::CallEnd& end, Detail detail);
[[nodiscard]] Exit exit_of(ledger::Outcome outcome);
[[nodiscard]] std::string_view to_text(ledger::Outcome outcome);

// What stands on the command line as JSON: "@FILE" reads a file.
[[nodiscard]] base::Result<nlohmann::json> read_json_argument(const std::string& text);
// A key: JSON, or else the text itself. Empty: null.
[[nodiscard]] base::Result<nlohmann::json> read_key_argument(const std::string& text);

}  // namespace edict::cli
