// Facts: a call, who takes part and the state before it, as JSON (docs/DECIDE.md).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "vm/call/call.h"

namespace edict::cli {

// A state in memory.
class MemoryState final : public call::StateView {
public:
    void put(call::StateKey key, base::Bytes bytes) { cells_[std::move(key)] = std::move(bytes); }
    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override {
        const auto found = cells_.find(key);
        if (found == cells_.end()) return std::nullopt;
        return found->second;
    }

private:
    std::map<call::StateKey, base::Bytes> cells_;
};

struct Facts {
    call::Call call;
    call::BlockContext block;
    MemoryState state;
    std::map<value::PartyId, std::string> names;  // of the parties, for showing
    std::string at;                               // as it was written

    [[nodiscard]] std::optional<std::string> name_of(const value::PartyId& party) const {
        const auto known = names.find(party);
        if (known == names.end()) return std::nullopt;
        return known->second;
    }
};

// `call_text` is what --call says: "module.action", "action", or a JSON object that stands above
// the facts; empty if the facts say it. Errors name the place: "facts.json: arguments.to: …".
[[nodiscard]] base::Result<Facts> read_facts(const std::string& path, const std::string& text,
                                             const std::string& call_text,
                                             const call::LinkedSet& set);

}  // namespace edict::cli
