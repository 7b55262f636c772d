// A committed state in memory: what vm/call reads, and takes the writes of a call.
#pragma once

#include <map>
#include <optional>

#include "vm/call/call.h"

namespace edict {

class MapState final : public call::StateView {
public:
    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override {
        const auto at = values.find(key);
        return at == values.end() ? std::nullopt : std::optional(at->second);
    }
    void apply(const std::map<call::StateKey, std::optional<base::Bytes>>& writes) {
        for (const auto& [key, bytes] : writes) {
            if (bytes) {
                values[key] = *bytes;
            } else {
                values.erase(key);
            }
        }
    }
    std::map<call::StateKey, base::Bytes> values;
};

}  // namespace edict
