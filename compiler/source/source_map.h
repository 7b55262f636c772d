// SourceMap: the texts of one run, and from byte offsets to lines and columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/source/limits.h"
#include "compiler/source/span.h"

namespace edict::source {

// As an editor counts: both from 1, columns in code points.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;

    friend bool operator==(const Position&, const Position&) = default;
};

class SourceMap {
public:
    // The text is kept as it is, also when check_text() will complain about it. Fails if the file
    // is larger than MAX_SOURCE_BYTES or there are more than MAX_SOURCE_FILES.
    [[nodiscard]] base::Result<FileId> add(std::string path, std::string text);

    [[nodiscard]] std::size_t size() const { return files_.size(); }
    [[nodiscard]] const std::string& path(FileId id) const { return at(id).path; }
    [[nodiscard]] std::string_view text(FileId id) const { return at(id).text; }
    // The part of the text that a span names.
    [[nodiscard]] std::string_view text(Span span) const;
    // Of a byte offset; one past the end of the text is a position too.
    [[nodiscard]] Position position(FileId id, std::uint32_t offset) const;
    [[nodiscard]] std::uint32_t line_count(FileId id) const;
    // A line from 1, without its end (LF or CR LF).
    [[nodiscard]] std::string_view line(FileId id, std::uint32_t number) const;
    // The byte offset at which a line begins.
    [[nodiscard]] std::uint32_t line_begin(FileId id, std::uint32_t number) const;

private:
    struct File {
        std::string path;
        std::string text;
        std::vector<std::uint32_t> line_begins;
    };
    [[nodiscard]] const File& at(FileId id) const;

    std::deque<File> files_;  // a deque, so that views into texts stay valid
};

}  // namespace edict::source
