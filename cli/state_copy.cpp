#include "cli/state_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "chain/executor/executor.h"
#include "chain/store/key_value.h"
#include "vm/runtime/interpreter.h"

namespace edict::cli {

namespace {

namespace fs = std::filesystem;

class Descriptor {
public:
    Descriptor(const fs::path& path, int flags)
        : value_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return value_; }

private:
    int value_;
};

// False: errno says why.
bool write_all(int to, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(to, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
    return true;
}

bool copy_bytes(const fs::path& from, const fs::path& to) {
    const Descriptor source(from, O_RDONLY);
    const Descriptor target(to, O_WRONLY | O_CREAT | O_EXCL);
    if (source.get() < 0 || target.get() < 0) return false;
    std::vector<char> buffer(1 << 20);
    while (true) {
        const ssize_t got = ::read(source.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) return ::fsync(target.get()) == 0;
        if (!write_all(target.get(), buffer.data(), static_cast<std::size_t>(got))) return false;
    }
}

bool sync_folder(const fs::path& path) {
    const Descriptor folder(path, O_RDONLY | O_DIRECTORY);
    return folder.get() >= 0 && ::fsync(folder.get()) == 0;
}

// The files of a folder into one that is there and empty. A store has no folders inside.
base::Status copy_files(const fs::path& from, const fs::path& to) {
    std::error_code error;
    for (fs::directory_iterator file(from, error), end; !error && file != end;
         file.increment(error)) {
        if (!file->is_regular_file(error)) continue;
        if (copy_bytes(file->path(), to / file->path().filename())) continue;
        return base::environment_error(fmt::format(
            "cannot copy {} to {}: {}", file->path().string(), to.string(), std::strerror(errno)));
    }
    if (error) {
        return base::environment_error(
            fmt::format("cannot read the folder {}: {}", from.string(), error.message()));
    }
    if (sync_folder(to)) return {};
    return base::environment_error(
        fmt::format("cannot sync {}: {}", to.string(), std::strerror(errno)));
}

// The height of a state that no node runs on.
base::Result<ledger::Height> height_of(const std::string& path, const ledger::Genesis& genesis) {
    const auto store = store::open_rocksdb(path, store::Missing::refuse);
    if (!store) return base::error_of(store);
    if (!(*store)->last(store::Column::headers)) {
        return base::environment_error(path + " holds no chain");
    }
    runtime::Interpreter engine;
    const auto state = executor::Executor::open(**store, genesis, engine);
    if (!state) return base::error_of(state);
    return (*state)->last_applied();
}

}  // namespace

base::Result<ledger::Height> copy_state(const std::string& from, const std::string& to,
                                        const ledger::Genesis& genesis) {
    if (!store::holds_rocksdb(from)) {
        return base::environment_error(fmt::format("{} holds no data of a node", from));
    }
    std::string part = to + ".part-XXXXXX";
    if (::mkdtemp(part.data()) == nullptr) {
        return base::environment_error(
            fmt::format("cannot make a folder beside {}: {}", to, std::strerror(errno)));
    }
    base::Result<ledger::Height> height =
        copy_files(from, part).and_then([&] { return height_of(part, genesis); });
    std::error_code error;
    if (height) {
        fs::rename(part, to, error);
        if (!error && !sync_folder(fs::absolute(to).parent_path())) {
            error = {errno, std::generic_category()};
        }
        if (!error) return height;
        height = base::environment_error(fmt::format("cannot make {}: {}", to, error.message()));
    }
    fs::remove_all(part, error);
    return height;
}

}  // namespace edict::cli
