#include "site/data_set.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/system.h"
#include "chain/client/key_file.h"
#include "site/limits.h"

namespace edict::site {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view RECORDS_HEAD = "edict/records/1";
constexpr std::string_view HASHES_HEAD = "edict/hashes/1";
constexpr std::size_t MAX_STORED_BYTES = std::size_t{4} << 30;

std::string in(const std::string& folder, std::string_view name) {
    return (fs::path(folder) / name).string();
}

base::Status failure(std::string_view what, const std::string& path) {
    return base::environment_error(
        fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

base::Result<Secret> read_site_secret(const std::string& path) {
    const base::Result<std::string> text = client::read_secret(path);
    if (!text) return base::error_of(text);
    const std::size_t end = text->find_last_not_of('\n') + 1;
    const base::Result<crypto::Hash> bytes = crypto::hash_from_hex(text->substr(0, end));
    if (!bytes) return base::in_context(path, bytes.error());
    return Secret{bytes->bytes};
}

// The one of the folder; a new one if there is none.
base::Result<Secret> make_site_secret(const std::string& path) {
    std::error_code error;
    if (fs::exists(path, error)) return read_site_secret(path);
    const Secret secret = Secret::generate();
    const base::Status written = client::write_secret(path, base::to_hex(secret.bytes) + "\n");
    if (!written) return base::error_of(written);
    return secret;
}

base::Status write_records(const std::string& folder, const crypto::Hash& schema,
                           const std::vector<base::Bytes>& records) {
    base::Writer out;
    out.text(RECORDS_HEAD);
    write(out, schema);
    out.u64(records.size());
    for (const base::Bytes& record : records) out.bytes(record);
    return write_whole(in(folder, "records"), base::as_text(out.out()));
}

base::Status write_hashes(const std::string& folder, const crypto::Hash& schema,
                          const std::vector<crypto::Hash>& hashes) {
    base::Writer out;
    out.text(HASHES_HEAD);
    write(out, schema);
    out.u64(hashes.size());
    for (const crypto::Hash& hash : hashes) write(out, hash);
    return write_whole(in(folder, "hashes"), base::as_text(out.out()));
}

// The head of either file; how many entries of at least `entry_bytes` follow.
std::uint64_t read_head(base::Reader& from, std::string_view head, const crypto::Hash& schema,
                        std::size_t entry_bytes) {
    if (from.text(head.size()) != head) from.fail("it does not begin as such a file");
    if (crypto::read_hash(from) != schema) from.fail("it was made with another schema");
    const std::uint64_t count = from.u64();
    if (count > MAX_RECORDS || count > from.left() / entry_bytes) {
        from.fail("it is shorter than it says");
        return 0;
    }
    return count;
}

tl::unexpected<base::Error> damaged(const std::string& path, const base::Status& status) {
    return base::input_error(fmt::format(
        "{} is damaged: {}; load the data set again and compare its root with the anchored one",
        path, status.error().message));
}

// Which fields differ; none if either record cannot be read.
std::vector<std::string> differences(const Schema& schema, base::ByteView was, base::ByteView is) {
    const auto before = value::from_bytes(was, *schema.record);
    const auto after = value::from_bytes(is, *schema.record);
    if (!before || !after) return {};
    std::vector<std::string> all;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        const value::Value& old_value = std::get<value::Record>(before->data).fields[i];
        const value::Value& new_value = std::get<value::Record>(after->data).fields[i];
        if (old_value == new_value) continue;
        const Column& column = schema.columns[i];
        const auto shown = [&](const value::Value& value) {
            std::string text = field_text(column, value);
            return text.empty() ? "missing" : text;
        };
        all.push_back(
            fmt::format("{} was {}, is {}", column.name, shown(old_value), shown(new_value)));
    }
    return all;
}

}  // namespace

base::Result<std::string> read_whole(const std::string& path, std::size_t limit) {
    if (const auto readable = base::check_readable(path); !readable) {
        return base::error_of(readable);
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::error_of(failure("read", path));
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    if (!error && size > limit) {
        return base::input_error(
            fmt::format("{} has {} bytes; the limit is {}", path, size, limit));
    }
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (file.bad()) return base::error_of(failure("read", path));
    return text;
}

base::Status write_whole(const std::string& path, std::string_view text) {
    const std::string beside = fmt::format("{}.{}.part", path, ::getpid());
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return failure("write", path);
    const bool written = write_all(file, text) && ::fsync(file) == 0;
    const int write_error = errno;
    const bool closed = ::close(file) == 0;
    if (written && closed && ::rename(beside.c_str(), path.c_str()) == 0) return {};
    if (!written) errno = write_error;
    base::Status failed = failure("write", path);
    ::unlink(beside.c_str());
    return failed;
}

base::Result<DataSet> create_data_set(const std::string& folder, const std::string& schema_toml,
                                      const Schema& schema, Records records, bool replace) {
    std::error_code error;
    if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
        return base::environment_error(
            fmt::format("{} is a file; the data of a site are kept in a folder", folder));
    }
    fs::create_directories(folder, error);
    if (error) {
        return base::environment_error(
            fmt::format("cannot make the folder {}: {}", folder, error.message()));
    }
    if (!replace && fs::exists(in(folder, "hashes"), error)) {
        return base::input_error(fmt::format(
            "{} holds a data set already; --replace loads this one in its place, and what was "
            "anchored of the old one cannot be checked any more",
            folder));
    }
    const base::Result<Secret> secret = make_site_secret(in(folder, "secret"));
    if (!secret) return base::error_of(secret);
    DataSet set{schema, *secret, std::move(records.records), {}};
    set.hashes = record_hashes(set.secret, set.records);
    const crypto::Hash about = hash_of(schema);
    if (const auto ok = write_whole(in(folder, "schema.toml"), schema_toml); !ok) {
        return base::error_of(ok);
    }
    if (const auto ok = write_records(folder, about, set.records); !ok) return base::error_of(ok);
    if (const auto ok = write_hashes(folder, about, set.hashes); !ok) return base::error_of(ok);
    return set;
}

base::Result<DataSet> open_data_set(const std::string& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        return base::environment_error(
            fmt::format("{} is not the folder of a data set; `edict site load` makes one", folder));
    }
    DataSet set;
    const std::string schema_path = in(folder, "schema.toml");
    const auto toml = read_whole(schema_path, MAX_SCHEMA_BYTES);
    if (!toml) return base::error_of(toml);
    auto schema = read_schema(*toml, schema_path);
    if (!schema) return base::error_of(schema);
    set.schema = *std::move(schema);
    const auto secret = read_site_secret(in(folder, "secret"));
    if (!secret) return base::error_of(secret);
    set.secret = *secret;
    const crypto::Hash about = hash_of(set.schema);

    const auto records = read_whole(in(folder, "records"), MAX_STORED_BYTES);
    if (!records) return base::error_of(records);
    base::Reader from_records(base::as_bytes(*records));
    std::uint64_t count = read_head(from_records, RECORDS_HEAD, about, 4);
    for (; count > 0 && from_records.ok(); --count) {
        const base::ByteView bytes = from_records.bytes(value::MAX_VALUE_BYTES);
        set.records.emplace_back(bytes.begin(), bytes.end());
    }
    if (const auto ok = from_records.finish(); !ok) return damaged(in(folder, "records"), ok);

    const auto hashes = read_whole(in(folder, "hashes"), MAX_STORED_BYTES);
    if (!hashes) return base::error_of(hashes);
    base::Reader from_hashes(base::as_bytes(*hashes));
    count = read_head(from_hashes, HASHES_HEAD, about, 32);
    for (; count > 0; --count) set.hashes.push_back(crypto::read_hash(from_hashes));
    if (const auto ok = from_hashes.finish(); !ok) return damaged(in(folder, "hashes"), ok);
    return set;
}

Comparison compare(const DataSet& set, std::span<const base::Bytes> records) {
    Comparison made;
    made.expected = set.hashes.size();
    made.found = records.size();
    const std::vector<crypto::Hash> hashes = record_hashes(set.secret, records);
    made.root = root_of(hashes);
    for (std::size_t i = 0; i < records.size() && i < set.hashes.size(); ++i) {
        if (hashes[i] == set.hashes[i]) continue;
        if (++made.unequal > MAX_REPORTED_FAULTS) continue;
        Altered& altered = made.altered.emplace_back();
        altered.index = i;
        // The stored record tells what it was, if it is still what was hashed.
        if (i < set.records.size() && record_hash(set.secret, i, set.records[i]) == set.hashes[i]) {
            altered.fields = differences(set.schema, set.records[i], records[i]);
        }
    }
    return made;
}

}  // namespace edict::site
