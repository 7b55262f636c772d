// The companion of a module: where its code stands in the source, and what its locals are called.
// It is found by the module's hash and is no part of its identity; nothing executes from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "crypto/hash.h"

namespace edict::bytecode {

struct SourceRange {         // byte offsets, half-open
    std::uint32_t file = 0;  // index into DebugInfo::files
    std::uint32_t begin = 0, end = 0;
    friend bool operator==(const SourceRange&, const SourceRange&) = default;
};
struct InstructionRange {  // from this instruction on, up to the next entry
    std::uint32_t instruction = 0;
    SourceRange range;
    friend bool operator==(const InstructionRange&, const InstructionRange&) = default;
};
struct LocalName {
    std::uint16_t register_index = 0;
    std::string name;
    friend bool operator==(const LocalName&, const LocalName&) = default;
};
struct FunctionDebug {
    SourceRange range;                   // of the whole function
    std::vector<InstructionRange> code;  // ascending by instruction
    std::vector<LocalName> locals;
    friend bool operator==(const FunctionDebug&, const FunctionDebug&) = default;
};
struct DebugInfo {
    crypto::Hash module;
    std::vector<std::string> files;
    std::vector<FunctionDebug> functions;  // one for each function of the module
    friend bool operator==(const DebugInfo&, const DebugInfo&) = default;
};

[[nodiscard]] base::Bytes encode(const DebugInfo& debug);
[[nodiscard]] base::Result<DebugInfo> decode_debug(base::ByteView bytes);

// Where an instruction stands in the source, if the companion knows.
[[nodiscard]] std::optional<SourceRange> range_of(const DebugInfo& debug, std::uint32_t function,
                                                  std::uint32_t instruction);

}  // namespace edict::bytecode
