// Real processes of the one program, for tests that kill them, starve them or mistreat them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace edict::tests {

// A folder of its own, removed at the end.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::string path(const std::string& name) const {
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

// `edict` with these arguments, its output and errors in one pipe. Killed when it goes.
class Process {
public:
    explicit Process(const std::vector<std::string>& arguments,
                     std::optional<std::uint64_t> max_file_bytes = std::nullopt,
                     const std::string& program = "");  // empty: edict
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // Reads up to a line that begins so, and returns what follows; none: the process ended before.
    [[nodiscard]] std::optional<std::string> read_until(const std::string& beginning);
    // Whether such a line was read already, or comes before the process ends.
    [[nodiscard]] bool says(const std::string& beginning);
    void signal(int number) const;
    // Waits for the end and reads what is left; the exit code, or -signal.
    int wait();
    [[nodiscard]] const std::string& output() const { return output_; }

private:
    bool read_more();

    pid_t pid_ = -1;
    int pipe_ = -1;
    std::string output_;
    std::size_t seen_ = 0;
};

struct Ended {
    int exit = 0;
    std::string output;
};
[[nodiscard]] Ended run(const std::vector<std::string>& arguments);
// The exit code, and a part of the output.
void expect(const Ended& ended, int exit, const std::string& text);

}  // namespace edict::tests
