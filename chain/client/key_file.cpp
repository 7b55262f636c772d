#include "chain/client/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/system.h"

namespace edict::client {

namespace {

constexpr std::string_view HEAD = "edict key 1";
constexpr std::size_t MAX_SECRET_BYTES = 4096;

class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

tl::unexpected<base::Error> system_failure(std::string_view what, const std::string& path) {
    return base::environment_error(
        fmt::format("{} {}: {}", what, path, base::system_reason(errno)));
}

// The text behind "NAME " on the line that begins with it.
base::Result<std::string> field(std::string_view text, std::string_view name) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) end = text.size();
        const std::string_view line = text.substr(at, end - at);
        if (line.starts_with(name) && line.substr(name.size()).starts_with(' ')) {
            return std::string(line.substr(name.size() + 1));
        }
        at = end + 1;
    }
    return base::input_error(fmt::format("there is no line \"{} …\"", name));
}

base::Result<KeyFile> parse(const std::string& text) {
    if (!text.starts_with(HEAD)) {
        return base::input_error(fmt::format("it does not begin with \"{}\"", HEAD));
    }
    const auto name = field(text, "name");
    if (!name) return base::error_of(name);
    const auto party_text = field(text, "party");
    if (!party_text) return base::error_of(party_text);
    const auto party = crypto::hash_from_hex(*party_text);
    if (!party) return base::in_context("party", party.error());
    const auto seed_text = field(text, "seed");
    if (!seed_text) return base::error_of(seed_text);
    const auto seed = crypto::hash_from_hex(*seed_text);
    if (!seed) return base::input_error("the seed is not 64 hexadecimal digits");
    return KeyFile{*name, {party->bytes}, ledger::SecretKey::from_seed(seed->bytes)};
}

}  // namespace

KeyFile new_key(const std::string& name) {
    return {name, value::party_named(name), ledger::SecretKey::generate()};
}

base::Status write_secret(const std::string& path, const std::string& text) {
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0 && errno == EEXIST) {
        return base::environment_error(fmt::format(
            "{} is there already; a key is never overwritten: choose another place", path));
    }
    if (file.get() < 0) return system_failure("cannot create", path);
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()) || ::fsync(file.get()) != 0) {
        const auto failure = system_failure("cannot write", path);
        ::unlink(path.c_str());
        return failure;
    }
    return {};
}

base::Result<std::string> read_secret(const std::string& path) {
    // Not blocking: a pipe is refused below, even if nobody writes to it.
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return system_failure("cannot read the key file", path);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return system_failure("cannot read the key file", path);
    if (!S_ISREG(info.st_mode)) {
        return base::environment_error(fmt::format("{} is not a file", path));
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return base::environment_error(
            fmt::format("others may read the key file {}: chmod 600 {}", path, path));
    }
    std::string text(MAX_SECRET_BYTES, '\0');
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    if (got < 0) return system_failure("cannot read the key file", path);
    text.resize(static_cast<std::size_t>(got));
    return text;
}

base::Status write_key_file(const std::string& path, const KeyFile& key) {
    return write_secret(path, fmt::format("{}\nname {}\nparty {}\npublic {}\nseed {}\n", HEAD,
                                          key.name, key.party.hex(), key.key.public_key().hex(),
                                          base::to_hex(key.key.seed())));
}

base::Result<KeyFile> read_key_file(const std::string& path) {
    const base::Result<std::string> text = read_secret(path);
    if (!text) return base::error_of(text);
    base::Result<KeyFile> key = parse(*text);
    if (!key) return base::in_context(path + " is not a key file", key.error());
    return key;
}

}  // namespace edict::client
