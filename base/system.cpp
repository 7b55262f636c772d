#include "base/system.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace edict::base {

namespace fs = std::filesystem;

namespace {

bool is_open_already(const std::string& path) {
    const std::string place = fs::path(path).lexically_normal().string();
    return place == "/dev/stdin" || place.starts_with("/dev/fd/") ||
           place.starts_with("/proc/self/fd/");
}

}  // namespace

std::string system_reason(int error) {
    // "File too large" for a file of some bytes would mislead.
    if (error == EFBIG) return "the limit for the size of a file is reached (ulimit -f)";
    return std::strerror(error);
}

Status check_readable(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (error || fs::is_regular_file(status)) return {};
    if (fs::is_directory(status)) {
        return environment_error(fmt::format("{} is a folder, not a file", path));
    }
    if (is_open_already(path)) return {};
    return environment_error(fmt::format("{} is a device or a pipe, not a file", path));
}

}  // namespace edict::base
