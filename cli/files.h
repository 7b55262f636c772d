// Files of the command line: what is read and written, each failure with what to do about it.
#pragma once

#include <string>
#include <vector>

#include "base/codec.h"
#include "base/result.h"

namespace edict::cli {

// An error also if it is a device or a pipe, which might never end; /dev/stdin is read.
[[nodiscard]] base::Result<std::string> read_file(const std::string& path);

// Whole or not at all: written beside the place and then moved there. What is there and is no file
// (a device, a pipe, a link) is written to as it stands.
[[nodiscard]] base::Status write_file(const std::string& path, std::string_view text);

// The sources that the arguments name: files as they stand, folders by their *.edict files, also of
// folders inside, in the order of their names. None twice.
[[nodiscard]] base::Result<std::vector<std::string>> source_files(
    const std::vector<std::string>& arguments);

}  // namespace edict::cli
