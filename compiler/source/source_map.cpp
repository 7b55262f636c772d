#include "compiler/source/source_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace edict::source {

base::Result<FileId> SourceMap::add(std::string path, std::string text) {
    if (text.size() > MAX_SOURCE_BYTES) {
        return base::input_error(
            fmt::format("{}: the file has {} bytes; a source file has at most {}", path,
                        text.size(), MAX_SOURCE_BYTES));
    }
    if (files_.size() >= MAX_SOURCE_FILES) {
        return base::input_error(
            fmt::format("{}: one run reads at most {} source files", path, MAX_SOURCE_FILES));
    }
    File file{std::move(path), std::move(text), {0}};
    for (std::size_t i = 0; i < file.text.size(); ++i) {
        if (file.text[i] == '\n') file.line_begins.push_back(static_cast<std::uint32_t>(i + 1));
    }
    files_.push_back(std::move(file));
    return FileId{static_cast<std::uint32_t>(files_.size() - 1)};
}

const SourceMap::File& SourceMap::at(FileId id) const {
    EDICT_CHECK(id.value < files_.size());
    return files_[id.value];
}

std::string_view SourceMap::text(Span span) const {
    const std::string_view all = at(span.file).text;
    EDICT_CHECK(span.begin <= span.end && span.end <= all.size());
    return all.substr(span.begin, span.end - span.begin);
}

Position SourceMap::position(FileId id, std::uint32_t offset) const {
    const File& file = at(id);
    EDICT_CHECK(offset <= file.text.size());
    const auto after = std::upper_bound(file.line_begins.begin(), file.line_begins.end(), offset);
    const auto line = static_cast<std::uint32_t>(after - file.line_begins.begin());
    std::uint32_t column = 1;
    for (std::uint32_t i = file.line_begins[line - 1]; i < offset; ++i) {
        // Continuation bytes are no code points of their own.
        if ((static_cast<unsigned char>(file.text[i]) & 0xC0) != 0x80) ++column;
    }
    return {line, column};
}

std::uint32_t SourceMap::line_count(FileId id) const {
    return static_cast<std::uint32_t>(at(id).line_begins.size());
}

std::string_view SourceMap::line(FileId id, std::uint32_t number) const {
    const File& file = at(id);
    const std::uint32_t begin = line_begin(id, number);
    std::string_view rest = std::string_view(file.text).substr(begin);
    rest = rest.substr(0, rest.find('\n'));
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    return rest;
}

std::uint32_t SourceMap::line_begin(FileId id, std::uint32_t number) const {
    const File& file = at(id);
    EDICT_CHECK(number >= 1 && number <= file.line_begins.size());
    return file.line_begins[number - 1];
}

}  // namespace edict::source
