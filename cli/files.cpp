#include "cli/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "base/system.h"

namespace edict::cli {

namespace fs = std::filesystem;

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

tl::unexpected<base::Error> system_failure(std::string_view what, const std::string& path,
                                           int error) {
    return base::environment_error(
        fmt::format("{} {}: {}", what, path, base::system_reason(error)));
}

// The errno of what failed; 0: all of it is written.
int write_to(const std::string& path, std::string_view text) {
    FileHandle file(std::fopen(path.c_str(), "wb"));
    if (file == nullptr) return errno;
    const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                         std::fflush(file.get()) == 0;
    return written ? 0 : errno;
}

// A device, a pipe or a link, in whose place no file may be put.
bool is_written_in_place(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

bool is_source(const fs::path& path) {
    const std::string name = path.filename().string();
    return !name.starts_with(".") && (name.ends_with(".edict") || name.ends_with(".edict.md"));
}

// The sources in a folder and the folders inside it, ascending.
base::Result<std::vector<std::string>> sources_in(const std::string& folder) {
    std::vector<std::string> found;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (const fs::recursive_directory_iterator end; !error && entry != end;
         entry.increment(error)) {
        if (entry->is_directory() && entry->path().filename().string().starts_with(".")) {
            entry.disable_recursion_pending();
        } else if (is_source(entry->path()) && !entry->is_directory()) {
            found.push_back(entry->path().lexically_normal().string());
        }
    }
    if (error) return system_failure("cannot read the folder", folder, error.value());
    if (found.empty())
        return base::environment_error(
            fmt::format("the folder {} holds no .edict or .edict.md file", folder));
    std::ranges::sort(found);
    return found;
}

}  // namespace

base::Result<std::string> read_file(const std::string& path) {
    if (const auto readable = base::check_readable(path); !readable)
        return base::error_of(readable);
    const FileHandle file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr) return system_failure("cannot read", path, errno);
    std::string text;
    char buffer[1 << 16];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get()))
        text.append(buffer, got);
    if (std::ferror(file.get()) != 0) return system_failure("cannot read", path, errno);
    return text;
}

base::Status write_file(const std::string& path, std::string_view text) {
    if (is_written_in_place(path)) {
        const int error = write_to(path, text);
        return error == 0 ? base::Status() : system_failure("cannot write", path, error);
    }
    const std::string beside = fmt::format("{}.{}.part", path, ::getpid());
    int error = write_to(beside, text);
    if (error == 0 && std::rename(beside.c_str(), path.c_str()) != 0) error = errno;
    if (error == 0) return {};
    std::remove(beside.c_str());
    return system_failure("cannot write", path, error);
}

base::Result<std::vector<std::string>> source_files(const std::vector<std::string>& arguments) {
    std::vector<std::string> files;
    std::set<fs::path> seen;
    for (const std::string& argument : arguments) {
        std::error_code error;
        std::vector<std::string> named{argument};
        if (fs::is_directory(argument, error)) {
            auto inside = sources_in(argument);
            if (!inside) return base::error_of(inside);
            named = std::move(*inside);
        }
        for (std::string& file : named) {
            const fs::path place = fs::weakly_canonical(file, error);
            if (seen.insert(error ? fs::path(file) : place).second)
                files.push_back(std::move(file));
        }
    }
    return files;
}

}  // namespace edict::cli
