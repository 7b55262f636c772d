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
    // Which older type the value is of, if it is of one.
    [[nodiscard]] std::optional<std::uint32_t> schema(const call::StateKey& key) const override {
        const auto at = schemas.find(key);
        return at == schemas.end() ? std::nullopt : std::optional(at->second);
    }
    void apply(const std::map<call::StateKey, std::optional<base::Bytes>>& writes) {
        for (const auto& [key, bytes] : writes) {
            schemas.erase(key);
            if (bytes) {
                values[key] = *bytes;
            } else {
                values.erase(key);
            }
        }
    }
    std::map<call::StateKey, base::Bytes> values;
    std::map<call::StateKey, std::uint32_t> schemas;
};

}  // namespace edict
