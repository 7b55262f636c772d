// Client: what a program beside a node does with it: calls, dry runs, queries, proofs. Arguments
// are JSON; they are encoded with the types of the module's own bytes and signed here, so the node
// never sees a key. One thread at a time.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/client/key_file.h"
#include "chain/ledger/deploy.h"
#include "chain/ledger/receipt.h"
#include "chain/ledger/transaction.h"

namespace edict::client {

inline constexpr std::string_view DEFAULT_NODE = "http://127.0.0.1:7411";
inline constexpr std::chrono::milliseconds RECEIPT_WAIT{60'000};

// How a call ended, or would end.
struct CallEnd {
    ledger::Receipt receipt;  // of a dry run: the transaction's hash is zero
    std::string summary;      // "forbidden by stroke.purpose (Act §7)"
    std::string explanation;  // the whole story, some lines
    std::string json;         // what the node answered: events by field, the receipt
};

class Client {
public:
    // Asks the node which chain it serves. If nobody answers: an error of the environment that says
    // what to do.
    [[nodiscard]] static base::Result<Client> connect(const std::string& url);
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    [[nodiscard]] const ledger::Genesis& genesis() const;
    [[nodiscard]] const ledger::Hash& chain_id() const;
    // A name of genesis, or 64 hexadecimal digits.
    [[nodiscard]] base::Result<ledger::PartyId> party(std::string_view name_or_id) const;

    // Signed, with the sender's next nonce. `arguments`: an object by parameter name, or an array.
    [[nodiscard]] base::Result<ledger::Transaction> make_call(const KeyFile& key,
                                                              const std::string& module,
                                                              const std::string& action,
                                                              const nlohmann::json& arguments);
    // Ok: it waits to be ordered.
    [[nodiscard]] base::Result<ledger::Hash> submit(const ledger::Transaction& transaction);
    // Unknown if there is no receipt within the time.
    [[nodiscard]] base::Result<CallEnd> wait_for(const ledger::Hash& transaction,
                                                 std::chrono::milliseconds at_most = RECEIPT_WAIT);
    // The answer of /v1/blocks/{height}, once it is there; an error of input: not within the time.
    [[nodiscard]] base::Result<nlohmann::json> wait_for_height(ledger::Height height,
                                                               std::chrono::milliseconds at_most);
    // make_call, submit and wait_for. If the node is gone meanwhile: unknown, with the call's hash.
    // All again for a while if the node has no room now or lags, or
    // if another call of the sender used the nonce meanwhile, so that this one never runs. The same
    // call made twice at one moment, through two nodes, may be one transaction, executed once.
    [[nodiscard]] base::Result<CallEnd> call(const KeyFile& key, const std::string& module,
                                             const std::string& action,
                                             const nlohmann::json& arguments);
    // Decided by this node now; nothing is signed, kept or forwarded.
    [[nodiscard]] base::Result<CallEnd> dry_run(const ledger::PartyId& caller,
                                                const std::string& module,
                                                const std::string& action,
                                                const nlohmann::json& arguments);

    using Query = std::map<std::string, std::string>;
    // The JSON that a GET of the API answers.
    [[nodiscard]] base::Result<nlohmann::json> get(const std::string& path,
                                                   const Query& query = {});
    // The JSON that a POST of an empty object answers.
    [[nodiscard]] base::Result<nlohmann::json> post(const std::string& path);
    [[nodiscard]] base::Status erase(const std::string& path);
    // What a GET of the API answers, as it stands.
    [[nodiscard]] base::Result<std::string> text(const std::string& path);
    // The value of a store as typed JSON; null: absent. `key` is null for a single value.
    [[nodiscard]] base::Result<nlohmann::json> state(const std::string& module,
                                                     const std::string& store,
                                                     const nlohmann::json& key);
    // A proof file: of kind receipt, leaf, state, header, consistency.
    [[nodiscard]] base::Result<base::Bytes> proof(const std::string& kind, const Query& query);
    // The modules and sources that a set was deployed with.
    [[nodiscard]] base::Result<ledger::ModuleBundle> bundle(const std::string& set);
    // The bytes of a module in force, by name, or of any that was, by hash.
    [[nodiscard]] base::Result<base::Bytes> module(const std::string& name_or_hash);

private:
    // As wait_for; but it ends if another call has used the nonce, so that this one never runs.
    [[nodiscard]] base::Result<CallEnd> wait_unless_overtaken(
        const ledger::Transaction& call, std::chrono::steady_clock::time_point until);

    struct Impl;
    explicit Client(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::client
