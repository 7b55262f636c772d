#include "cli/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

namespace edict::cli {

namespace fs = std::filesystem;

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

tl::unexpected<base::Error> system_failure(std::string_view what, const std::string& path,
                                           int error) {
    return base::environment_error(fmt::format("{} {}: {}", what, path, std::strerror(error)));
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
    std::error_code error;
    if (fs::is_directory(path, error))
        return base::environment_error(fmt::format("{} is a folder, not a file", path));
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
    const std::string beside = fmt::format("{}.{}.part", path, ::getpid());
    FileHandle file(std::fopen(beside.c_str(), "wb"));
    if (file == nullptr) return system_failure("cannot write", path, errno);
    const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                         std::fflush(file.get()) == 0;
    const int error = errno;
    file.reset();
    if (written && std::rename(beside.c_str(), path.c_str()) == 0) return {};
    const int reason = written ? errno : error;
    std::remove(beside.c_str());
    return system_failure("cannot write", path, reason);
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
