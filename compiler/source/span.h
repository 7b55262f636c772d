// Where a piece of text stands: a half-open range of bytes in one file.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/strong.h"

namespace edict::source {

using FileId = base::Strong<struct FileTag, std::uint32_t>;  // given by SourceMap

struct Span {
    FileId file;
    std::uint32_t begin = 0;  // byte offset
    std::uint32_t end = 0;    // one past the last byte

    friend bool operator==(const Span&, const Span&) = default;
};

// The smallest span that holds both; they are of one file.
[[nodiscard]] inline Span join(Span a, Span b) {
    return {a.file, std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

}  // namespace edict::source
