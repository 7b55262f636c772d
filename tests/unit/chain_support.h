// A chain in memory with the standard modules and some parties, for the tests of the chain.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chain/client/key_file.h"
#include "chain/executor/executor.h"
#include "vm/runtime/interpreter.h"

namespace edict::tests {

inline constexpr std::int64_t GENESIS_MS = 1'767'225'600'000;  // 2026-01-01

// A contract with a regulator, and a regulation over it.
inline constexpr const char* SHOP = R"(contract shop version 1.0.0
  zone +00:00
  regulators shop_office
role seller, shop_office
event Sold(item: Text<64>, amount: Int 1..1000)
store sold: Map<Text<64>, Int 0..1_000_000> default 0
action sell(item: Text<64>, amount: Int 1..1000) by seller {
  sold[item] += amount
  emit Sold(item, amount)
}
)";
inline constexpr const char* SHOP_RULES = R"(regulation shop_rules version 1.0.0 governs shop
  zone +00:00
  default silent
source ACT rank law "Shop Act"
rule small cites ACT "7" on sell when amount is at most 100: permit
rule large cites ACT "8" on sell when amount is more than 100: forbid
  because "{amount} of {item} are too many"
)";

// The parties: office (every office and shop_office), seller (seller), site (site), stranger
// (none), validator (validator).
[[nodiscard]] ledger::Genesis test_genesis();
// Each party's key; the same in every test.
[[nodiscard]] const client::KeyFile& test_key(const std::string& name);
[[nodiscard]] ledger::SecretKey header_key();

class TestChain {
public:
    explicit TestChain(ledger::Genesis genesis = test_genesis());

    // Signed, with the next nonce of the sender as the chain knows it. `arguments` is a JSON
    // object.
    [[nodiscard]] ledger::Transaction call(const std::string& sender, const std::string& module,
                                           const std::string& action,
                                           const std::string& arguments) const;
    // One height with these transactions: executed, committed, certified. The time is a second
    // after the last one.
    std::vector<ledger::Receipt> run(const std::vector<ledger::Transaction>& transactions);
    ledger::Receipt run(const ledger::Transaction& transaction);
    // call() and run().
    ledger::Receipt did(const std::string& sender, const std::string& module,
                        const std::string& action, const std::string& arguments);

    // Compiles the texts beside what was deployed here before.
    [[nodiscard]] ledger::ModuleBundle bundle(const std::vector<std::string>& texts) const;
    [[nodiscard]] std::string deploy_arguments(const ledger::ModuleBundle& bundle) const;
    [[nodiscard]] std::string attest_arguments(const ledger::Hash& set,
                                               const std::string& verdict) const;
    // Deploys, endorses and attests; expects that it is active then.
    void activate(const std::vector<std::string>& texts);

    void certify();  // the last height
    void reopen();   // as after a restart

    ledger::Genesis genesis;
    store::MemoryStore store;
    runtime::Interpreter engine;
    std::unique_ptr<executor::Executor> executor;
};

}  // namespace edict::tests
