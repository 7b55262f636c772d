#include "cli/devnet_nodes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

#include "cli/output.h"

namespace edict::cli {

namespace {

sigset_t awaited_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGCHLD);
    return set;
}

constexpr std::string_view LISTENING = "listening on ";

// One process and the thread that reads what it prints.
class Child {
public:
    Child(DevnetNode& node, std::mutex& mutex) : node_(node), mutex_(mutex) {}
    ~Child() {
        if (reader_.joinable()) reader_.join();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] base::Status start(const std::string& engine, const sigset_t& awaited) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return failed("a pipe");
        const std::vector<std::string> words = {"edict",
                                                "node",
                                                "run",
                                                "--data",
                                                node_.folder.path,
                                                "--port",
                                                std::to_string(node_.port),
                                                "--engine",
                                                engine};
        std::vector<char*> arguments;
        for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        const pid_t parent = ::getpid();
        const pid_t pid = ::fork();
        if (pid < 0) return failed("a process");
        if (pid == 0) {
            // Not without who started it, even if that is killed.
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (::getppid() != parent) ::_exit(4);
            ::dup2(ends[1], STDOUT_FILENO);
            ::dup2(ends[1], STDERR_FILENO);
            ::sigprocmask(SIG_UNBLOCK, &awaited, nullptr);
            ::execv("/proc/self/exe", arguments.data());
            ::_exit(4);
        }
        ::close(ends[1]);
        node_.pid = pid;
        is_running_ = true;
        reader_ = std::thread([this, pipe = ends[0]] { read(pipe); });
        return {};
    }

    [[nodiscard]] const DevnetNode& node() const { return node_; }
    [[nodiscard]] bool is_running() const { return is_running_; }
    [[nodiscard]] Exit exit() const { return exit_; }  // of one that has ended
    void end() const {
        if (is_running_) ::kill(node_.pid, SIGTERM);
    }
    // Whether it has ended since it was asked last; says how unless `expected`.
    bool has_ended(bool wait, bool expected) {
        int status = 0;
        if (!is_running_ || ::waitpid(node_.pid, &status, wait ? 0 : WNOHANG) != node_.pid) {
            return false;
        }
        is_running_ = false;
        exit_ = WIFSIGNALED(status) ? Exit::environment : Exit{WEXITSTATUS(status)};
        if (expected) return true;
        const std::string how = WIFSIGNALED(status)
                                    ? fmt::format("was ended by signal {}", WTERMSIG(status))
                                    : fmt::format("ended with exit code {}", WEXITSTATUS(status));
        print_error(
            fmt::format("edict: {} {}; start it again with: edict node run --data {} --port {}\n",
                        node_.name, how, node_.folder.path, node_.port));
        return true;
    }

private:
    static base::Status failed(std::string_view what) {
        return base::environment_error(
            fmt::format("the system gives no {}: {}", what, std::strerror(errno)));
    }

    void read(int pipe) {
        std::string line;
        char buffer[4096];
        ssize_t got = 0;
        while ((got = ::read(pipe, buffer, sizeof buffer)) > 0) {
            for (const char c : std::string_view(buffer, static_cast<std::size_t>(got))) {
                if (c != '\n') {
                    line += c;
                    continue;
                }
                take(line);
                line.clear();
            }
        }
        if (!line.empty()) take(line);
        ::close(pipe);
    }

    void take(std::string_view line) {
        if (line.starts_with(LISTENING)) {
            const std::scoped_lock lock(mutex_);
            node_.url = line.substr(LISTENING.size());
            return;
        }
        if (line.starts_with("edict: ")) line.remove_prefix(7);
        print_error(fmt::format("{}: {}\n", node_.name, line));
    }

    DevnetNode& node_;
    std::mutex& mutex_;
    std::thread reader_;
    bool is_running_ = false;
    Exit exit_ = Exit::ok;
};

using Children = std::vector<std::unique_ptr<Child>>;

// Those that run and have said where; under the lock of what they say.
std::vector<DevnetNode> answering_nodes(const Children& children) {
    std::vector<DevnetNode> nodes;
    for (const auto& child : children) {
        if (child->is_running() && !child->node().url.empty()) nodes.push_back(child->node());
    }
    return nodes;
}

}  // namespace

void block_devnet_signals() {
    const sigset_t awaited = awaited_signals();
    ::pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
}

Exit run_devnet_nodes(std::vector<DevnetNode> nodes, const std::string& engine,
                      const std::function<void(const std::vector<DevnetNode>&)>& ready) {
    const sigset_t awaited = awaited_signals();
    std::mutex mutex;
    Children children;
    base::Status started;
    for (DevnetNode& node : nodes) {
        children.push_back(std::make_unique<Child>(node, mutex));
        started = children.back()->start(engine, awaited);
        if (!started) break;
    }
    const auto is_running = [](const auto& child) { return child->is_running(); };
    bool is_told = false;
    bool was_asked = !started;
    Exit last = Exit::ok;
    while (!was_asked && std::ranges::any_of(children, is_running)) {
        if (!is_told) {
            const std::scoped_lock lock(mutex);
            const std::vector<DevnetNode> answering = answering_nodes(children);
            is_told = std::ssize(answering) == std::ranges::count_if(children, is_running);
            if (is_told) ready(answering);
        }
        const timespec moment{0, 100'000'000};
        const int signal =
            is_told ? ::sigwaitinfo(&awaited, nullptr) : ::sigtimedwait(&awaited, nullptr, &moment);
        was_asked = signal == SIGINT || signal == SIGTERM;
        for (const auto& child : children) {
            if (child->has_ended(false, was_asked)) last = child->exit();
        }
    }
    const bool are_gone = std::ranges::none_of(children, is_running);
    for (const auto& child : children) child->end();
    for (const auto& child : children) (void)child->has_ended(true, true);
    children.clear();
    if (!started) return report(started.error());
    if (!are_gone || was_asked) return Exit::ok;
    print_error("edict: every node of the devnet ended\n");
    return last;
}

}  // namespace edict::cli
