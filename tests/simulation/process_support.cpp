#include "tests/simulation/process_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace edict::tests {

namespace {

// Set by the test's entry in CMake.
std::string edict_program() {
    const char* path = ::getenv("EDICT_PROGRAM");
    return path == nullptr ? "edict" : path;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "edict-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

Process::Process(const std::vector<std::string>& arguments,
                 std::optional<std::uint64_t> max_file_bytes, const std::string& program) {
    std::vector<std::string> owned{program.empty() ? edict_program() : program};
    owned.insert(owned.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& argument : owned) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    (void)::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);  // nobody reads while the process runs
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        if (max_file_bytes) {
            const rlimit limit{*max_file_bytes, *max_file_bytes};
            ::setrlimit(RLIMIT_FSIZE, &limit);
        }
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
}

Process::~Process() {
    if (pid_ > 0) {
        signal(SIGKILL);
        (void)wait();
    }
}

bool Process::read_more() {
    char buffer[4096];
    const ssize_t got = ::read(pipe_, buffer, sizeof buffer);
    if (got <= 0) return false;
    output_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

std::optional<std::string> Process::read_until(const std::string& beginning) {
    while (true) {
        for (std::size_t end = output_.find('\n', seen_); end != std::string::npos;
             end = output_.find('\n', seen_)) {
            const std::string line = output_.substr(seen_, end - seen_);
            seen_ = end + 1;
            if (line.starts_with(beginning)) return line.substr(beginning.size());
        }
        if (!read_more()) return std::nullopt;
    }
}

bool Process::says(const std::string& beginning) {
    return output_.starts_with(beginning) || output_.find("\n" + beginning) != std::string::npos ||
           read_until(beginning).has_value();
}

void Process::signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
}

int Process::wait() {
    if (pid_ <= 0) return 0;
    while (read_more()) {
    }
    ::close(pipe_);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Ended run(const std::vector<std::string>& arguments) {
    Process process(arguments);
    const int exit = process.wait();
    return {exit, process.output()};
}

void expect(const Ended& ended, int exit, const std::string& text) {
    EXPECT_EQ(ended.exit, exit) << ended.output;
    EXPECT_NE(ended.output.find(text), std::string::npos) << ended.output;
}

}  // namespace edict::tests
