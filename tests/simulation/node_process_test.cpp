// A node among the things that go wrong on a machine, and the verbs that talk to it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "chain/ledger/codec.h"
#include "cli/data_folder.h"
#include "tests/simulation/process_support.h"

namespace edict::tests {
namespace {

constexpr const char* CITY = R"({"party": "site", "name": "city", "text": "Aarhus"})";

class NodeProcess : public testing::Test {
protected:
    NodeProcess() {
        const Ended made = run({"node", "init", "--data", folder.path, "--party",
                                "office:membership_office", "--party", "site:site"});
        EXPECT_EQ(made.exit, 0) << made.output;
    }

    [[nodiscard]] std::vector<std::string> run_arguments(const std::string& port = "0") const {
        return {"node", "run", "--data", folder.path, "--port", port};
    }
    [[nodiscard]] Ended call(const std::string& url, const std::string& key,
                             const std::string& target = "std.membership.set_attribute") const {
        return run({"tx", "call", target, "--args", CITY, "--key", key, "--node", url});
    }
    [[nodiscard]] std::string office() const { return folder.party_key("office"); }

    TemporaryFolder temporary;
    cli::DataFolder folder{temporary.path("data")};
};

void expect(const Ended& ended, int exit, const std::string& text) {
    EXPECT_EQ(ended.exit, exit) << ended.output;
    EXPECT_NE(ended.output.find(text), std::string::npos) << ended.output;
}

TEST_F(NodeProcess, ItEndsWellOnATermSignalAndGoesOnAfterwards) {
    for (const int number : {SIGTERM, SIGINT}) {
        Process node(run_arguments());
        const auto url = node.read_until("listening on ");
        ASSERT_TRUE(url) << node.output();
        expect(call(*url, office()), 0, "committed");
        node.signal(number);
        EXPECT_EQ(node.wait(), 0) << node.output();
    }
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url);
    expect(run({"query", "height", "--node", *url}), 0, "2\n");
    expect(run({"query", "root", "--height", "3", "--timeout", "1", "--node", *url}), 1,
           "there is no height 3; allowed: 0 to 2");
    expect(run({"query", "root", "--height", "-1", "--node", *url}), 2, "is not a whole number");
}

TEST_F(NodeProcess, TheFolderAndThePortBelongToOneNode) {
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url) << node.output();
    const std::string port = url->substr(url->rfind(':') + 1);
    expect(run(run_arguments()), 4, "another process");

    const cli::DataFolder other{temporary.path("other")};
    ASSERT_EQ(run({"node", "init", "--data", other.path}).exit, 0);
    expect(run({"node", "run", "--data", other.path, "--port", port}), 4, "is taken");
    expect(run({"node", "run", "--data", other.path, "--port", "70000"}), 2,
           "--port: 70000 is not a whole number from 0 to 65535");
}

TEST_F(NodeProcess, WhatIsNoDataFolderIsSaid) {
    const std::string file = temporary.path("file");
    std::ofstream(file) << "text";
    expect(run({"node", "run", "--data", file}), 4, file);
    expect(run({"node", "init", "--data", file}), 4, "file is in its place");
    expect(run({"node", "run", "--data", temporary.path("none")}), 4, "none/genesis");
    expect(run({"node", "init", "--data", folder.path}), 4, "holds a chain already");
    std::ofstream(folder.genesis(), std::ios::app) << "x";
    expect(run(run_arguments()), 1, "is not a genesis file");
    expect(run({"node", "init", "--data", temporary.path("new"), "--party", "a b"}), 2, "a b");
    expect(run({"devnet", "--nodes", "21"}), 2, "21 is not a whole number from 1 to 20");
    expect(run({"devnet", "--nodes", "0"}), 2, "0 is not a whole number from 1 to 20");
    expect(run({"devnet", "--nodes", "2", "--consensus", "solo"}), 2, "solo is for one node");
}

TEST_F(NodeProcess, AFileInPlaceOfTheStateIsSaid) {
    std::ofstream(folder.state()) << "text";
    expect(run(run_arguments()), 4, folder.state());
}

TEST_F(NodeProcess, CallsThatCannotBeMadeSayWhy) {
    expect(call("http://127.0.0.1:1", office()), 4, "no node answers at http://127.0.0.1:1");
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url) << node.output();

    ASSERT_EQ(::chmod(office().c_str(), 0644), 0);
    expect(call(*url, office()), 4, "chmod 600 " + office());
    ASSERT_EQ(::chmod(office().c_str(), 0600), 0);
    expect(call(*url, temporary.path("none.key")), 4, "cannot read the key file");

    const std::string stranger = temporary.path("stranger.key");
    ASSERT_EQ(run({"keys", "new", stranger, "--name", "stranger"}).exit, 0);
    expect(run({"keys", "new", stranger, "--name", "stranger"}), 4, "never overwritten");
    expect(run({"keys", "show", stranger}), 0, "name   stranger");
    expect(call(*url, stranger), 1, "is not registered");
    expect(call(*url, folder.party_key("site")), 1, "membership_office");
    expect(call(*url, office(), "std.membership.fly"), 1, "has no action fly");
    expect(call(*url, office(), "nowhere"), 2, "MODULE.ACTION");
    expect(run({"tx", "call", "std.membership.grant", "--args", "{", "--key", office(), "--node",
                *url}),
           1, "this is not JSON");
    expect(run({"query", "height", "--node", *url}), 0, "1\n");
}

TEST_F(NodeProcess, AProofOutlivesTheNode) {
    const std::string file = temporary.path("proof");
    {
        Process node(run_arguments());
        const auto url = node.read_until("listening on ");
        ASSERT_TRUE(url) << node.output();
        expect(call(*url, office()), 0, "committed");
        expect(run({"proof", "get", "state", "std.membership", "attributes", R"(["site", "city"])",
                    "-o", file, "--node", *url}),
               0, file);
        expect(run({"proof", "get", "receipt", std::string(64, '0'), "-o", file, "--node", *url}),
               1, "no transaction");
    }
    expect(run({"proof", "verify", file, "--genesis", folder.genesis()}), 0, "proved: ");
    std::fstream altered(file, std::ios::in | std::ios::out | std::ios::binary | std::ios::ate);
    altered.seekp(-1, std::ios::end);
    altered.put('!');
    altered.close();
    expect(run({"proof", "verify", file, "--genesis", folder.genesis()}), 1, file);
}

TEST_F(NodeProcess, AChainOfOneValidatorBeginsOnce) {
    const std::string kept = temporary.path("kept");
    {
        Process node(run_arguments());
        const auto url = node.read_until("listening on ");
        ASSERT_TRUE(url) << node.output();
        expect(call(*url, office()), 0, "committed");
        expect(run({"node", "backup", "--to", kept, "--node", *url}), 0, "height 1");
        expect(call(*url, office()), 0, "committed");
        node.signal(SIGTERM);
        ASSERT_EQ(node.wait(), 0);
    }
    std::filesystem::remove_all(folder.state());
    expect(run(run_arguments()), 4, "is gone, and no other validator has it");
    expect(run({"node", "restore", "--data", folder.path, "--from", kept}), 0,
           "restored at height 1; what was after it is lost");
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url) << node.output();
    expect(run({"query", "height", "--node", *url}), 0, "1\n");
}

TEST_F(NodeProcess, AFullDiskEndsTheNodeAndLosesNothing) {
    {  // the first start writes genesis, which is larger than what fits below
        Process node(run_arguments());
        ASSERT_TRUE(node.read_until("listening on ")) << node.output();
        node.signal(SIGTERM);
        ASSERT_EQ(node.wait(), 0);
    }
    std::uint64_t committed = 0;
    {
        Process node(run_arguments(), 192 << 10);
        const auto url = node.read_until("listening on ");
        ASSERT_TRUE(url) << node.output();
        while (committed < 2000) {
            const Ended ended = call(*url, office());
            if (ended.exit != 0) break;
            ++committed;
        }
        EXPECT_EQ(node.wait(), 4) << node.output();
        EXPECT_NE(node.output().find("error: "), std::string::npos) << node.output();
    }
    EXPECT_GT(committed, 0U);
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url) << node.output();
    const Ended height = run({"query", "height", "--node", *url});
    EXPECT_GE(std::stoull(height.output), committed);
    expect(call(*url, office()), 0, "committed");
}

// Answers with genesis, and to everything else with one text, as another program may.
class Impostor {
public:
    Impostor(const std::string& genesis, const std::string& answer) {
        std::ifstream file(genesis, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        server_.Get("/v1/genesis", [bytes](const auto&, httplib::Response& response) {
            response.set_content(bytes, "application/octet-stream");
        });
        const auto say = [answer](const auto&, httplib::Response& response) {
            response.set_content(answer, "application/json");
        };
        server_.Get(".*", say);
        server_.Post(".*", say);
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
    }
    ~Impostor() {
        server_.stop();
        thread_.join();
    }
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

private:
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
};

TEST_F(NodeProcess, AnAnswerThatIsNoneOfANodeIsSaid) {
    const std::string hash(64, '0');
    const std::string key = office();
    const std::string source = temporary.path("demo.edict");
    std::ofstream(source) << "contract demo version 1.0.0\n  zone +00:00\n  regulators clerk\n\n"
                             "role clerk\n";
    const std::vector<std::vector<std::string>> commands = {
        {"query", "height"},
        {"query", "root", "--height", "0"},
        {"query", "receipt", hash},
        {"query", "state", "std.anchor", "anchors", "a"},
        {"tx", "call", "std.anchor.register", "--key", key},
        {"tx", "call", "std.anchor.register", "--key", key, "--dry-run"},
        {"tx", "deploy", source, "--key", key},
        {"tx", "endorse", hash, "--key", key},
        {"tx", "wait", hash, "--timeout", "0"},
        {"proof", "get", "anchor", "a", "-o", temporary.path("proof")},
        {"study", "result", "s"},
    };
    for (const char* const answer :
         {"{}", "[]", "", R"({"height": 5, "header": [], "status": 1, "modules": [1], "value": 3})",
          R"({"height": "1", "header": {"state_root": 1}, "status": "pending", "needs": [1, {}],
              "modules": {"a": 1}, "bytes": 7, "receipt_bytes": "00", "last_nonce": "x",
              "attestations": [1, {"current": true, "verdict": 5, "by": 7}], "missing": [{}],
              "quorum": -1})",
          R"({"height": "18446744073709551616", "modules": [{"name": "std.anchor"}],
              "bytes": "xy"})"}) {
        const Impostor node(folder.genesis(), answer);
        for (std::vector<std::string> command : commands) {
            command.insert(command.end(), {"--node", node.url()});
            const Ended ended = run(command);
            const bool is_told =
                ended.exit == 1 || ended.exit == 4 || (ended.exit == 3 && command[1] == "wait");
            const bool is_answered =
                ended.exit == 0 && (command[1] == "state" || command[1] == "height");
            EXPECT_TRUE(is_told || is_answered) << command[0] << " " << command[1] << ": " << answer
                                                << ": " << ended.exit << " " << ended.output;
        }
    }
    const Impostor node(folder.genesis(), "{}");
    expect(run({"query", "root", "--height", "0", "--node", node.url()}), 4,
           "the node's answer has no text state_root");
}

TEST_F(NodeProcess, ASetThatIsTooLargeIsSaidInWordsThatHelp) {
    const std::string large = temporary.path("large.edict");
    std::ofstream(large) << "contract demo version 1.0.0\n  zone +00:00\n  regulators clerk\n\n"
                         << "role clerk\n// " << std::string(1'000'000, 'x') << "\n";
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url) << node.output();
    expect(run({"tx", "deploy", large, "--key", office(), "--node", *url}), 1,
           "bytes (code and sources), and a set has at most 1000000: deploy them in several sets");
}

TEST_F(NodeProcess, ANameIsNoPartOfAPath) {
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url) << node.output();
    expect(run({"query", "party", "office", "--node", *url + "/"}), 0, R"("name": "office")");
    expect(run({"query", "party", "office?x=1", "--node", *url}), 1, "no party office?x=1");
    expect(run({"query", "block", "0?receipts=no", "--node", *url}), 1, "no height 0?receipts=no");
    expect(run({"query", "party", "中文", "--node", *url}), 1, "no party 中文");
}

TEST_F(NodeProcess, ADeviceIsWrittenToAndNotReplaced) {
    Process node(run_arguments());
    const auto url = node.read_until("listening on ");
    ASSERT_TRUE(url) << node.output();
    const auto proof_into = [&](const std::string& place) {
        return run({"proof", "get", "header", "0", "-o", place, "--node", *url});
    };
    expect(proof_into("/dev/full"), 4, "cannot write /dev/full");
    expect(proof_into("/dev/null"), 0, "/dev/null (");
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(NodeProcess, AFolderThatWasThereKeepsItsModeAndOneThatCannotBeFilledGoes) {
    namespace fs = std::filesystem;
    const std::string there = temporary.path("there");
    fs::create_directory(there);
    const fs::perms open = fs::perms(0755);
    fs::permissions(there, open);
    ASSERT_EQ(run({"node", "init", "--data", there}).exit, 0);
    EXPECT_EQ(fs::status(there).permissions(), open);
    EXPECT_EQ(fs::status(there + "/keys").permissions(), fs::perms(0700));

    const std::vector<std::string> init = {
        "node", "init", "--data", temporary.path("new/data"), "--party", "site:site"};
    const std::vector<std::string> devnet = {"devnet", "--nodes", "2", "--data",
                                             temporary.path("new/net")};
    for (const auto& command : {init, devnet}) {
        for (const std::uint64_t max_file_bytes : {0U, 1024U, 4096U}) {
            Process process(command, max_file_bytes);
            EXPECT_EQ(process.wait(), 4) << process.output();
            EXPECT_FALSE(fs::exists(temporary.path("new"))) << process.output();
        }
    }
    EXPECT_EQ(run(init).exit, 0);
}

// A devnet of four processes, as `edict devnet` runs it.
class Devnet : public testing::Test {
protected:
    struct Member {
        std::string url, folder;
        int pid = 0;
    };
    [[nodiscard]] std::vector<std::string> arguments() const {
        return {"devnet",  "--nodes", "4", "--consensus", "pbft", "--data",
                root.path, "--port",  "0"};
    }
    static std::vector<Member> members_of(Process& devnet) {
        std::vector<Member> members;
        for (int i = 1; i <= 4; ++i) {
            const auto line = devnet.read_until(fmt::format("node validator_{} ", i));
            EXPECT_TRUE(line) << devnet.output();
            if (!line) return members;
            std::istringstream words(*line);
            std::string word;
            Member member;
            words >> member.url >> word >> member.pid >> member.folder;
            members.push_back(member);
        }
        EXPECT_TRUE(devnet.read_until("listening on "));
        return members;
    }
    [[nodiscard]] Ended call(const std::string& url, const std::string& text) const {
        return run({"tx", "call", "std.membership.set_attribute", "--args",
                    fmt::format(R"({{"party": "site_a", "name": "city", "text": "{}"}})", text),
                    "--key", root.party_key("office"), "--node", url});
    }
    [[nodiscard]] std::unique_ptr<Process> run_node(std::size_t number) const {
        return std::make_unique<Process>(std::vector<std::string>{
            "node", "run", "--data", root.of_node(number).path, "--port", "0"});
    }
    // The hash of the set.
    [[nodiscard]] std::string deploy(const std::string& file, const std::string& url) const {
        const Ended deployed =
            run({"tx", "deploy", file, "--key", root.party_key("site_a"), "--node", url});
        EXPECT_EQ(deployed.exit, 0) << deployed.output;
        std::istringstream words(deployed.output);
        std::string set;
        while (set.size() != 64 && words >> set) {
        }
        EXPECT_EQ(set.size(), 64U) << deployed.output;
        return set;
    }
    // Of a node that may not be there yet.
    [[nodiscard]] static Ended root_at(const std::string& height, const std::string& url) {
        return run({"query", "root", "--height", height, "--timeout", "60", "--node", url});
    }
    TemporaryFolder temporary;
    cli::DataFolder root{temporary.path("devnet")};
};

TEST_F(Devnet, FourProcessesAgreeGoOnWithoutOneAndEndTogether) {
    std::vector<Member> members;
    {
        Process devnet(arguments());
        members = members_of(devnet);
        ASSERT_EQ(members.size(), 4U);
        for (const char* const kind : {"header", "consistency"}) {
            expect(run({"proof", "get", kind, "0", "-o", temporary.path("proof"), "--node",
                        members[0].url}),
                   1, "height 0 is genesis itself");
        }
        for (const Member& member : members) expect(call(member.url, "Aarhus"), 0, "committed");
        // The one that proposes.
        ASSERT_GT(members[0].pid, 1);
        ASSERT_EQ(::kill(members[0].pid, SIGKILL), 0);
        expect(call(members[1].url, "Odense"), 0, "committed");
        ASSERT_TRUE(devnet.read_until("edict: validator_1 was ended by signal 9"))
            << devnet.output();
        const std::string port = members[0].url.substr(members[0].url.rfind(':') + 1);
        Process again({"node", "run", "--data", members[0].folder, "--port", port});
        ASSERT_TRUE(again.read_until("listening on ")) << again.output();
        expect(call(members[0].url, "Vejle"), 0, "committed");
        // What one node has at a height, each has.
        const Ended first = root_at("5", members[0].url);
        EXPECT_EQ(first.exit, 0) << first.output;
        EXPECT_EQ(first.output.size(), 65U);
        for (const Member& member : members) {
            EXPECT_EQ(root_at("5", member.url).output, first.output);
        }
        again.signal(SIGTERM);
        EXPECT_EQ(again.wait(), 0) << again.output();
        devnet.signal(SIGINT);
        EXPECT_EQ(devnet.wait(), 0) << devnet.output();
    }
    for (const Member& member : members) {
        EXPECT_NE(::kill(member.pid, 0), 0) << "process " << member.pid << " is left";
    }
    Process devnet(arguments());  // goes on where it was
    members = members_of(devnet);
    ASSERT_EQ(members.size(), 4U);
    expect(call(members[2].url, "Ribe"), 0, "committed");
    expect(run({"query", "state", "std.membership", "attributes", R"(["site_a", "city"])", "--node",
                members[2].url}),
           0, "Ribe");
    std::vector<std::string> other = arguments();
    other[2] = "3";
    expect(run(other), 2, "holds a devnet of 4 nodes, not of 3");
    devnet.signal(SIGTERM);
    EXPECT_EQ(devnet.wait(), 0) << devnet.output();
}

TEST_F(Devnet, ThoseThatStartAreAnnouncedWithoutOneThatDoesNot) {
    {
        Process devnet(arguments());
        ASSERT_EQ(members_of(devnet).size(), 4U);
        devnet.signal(SIGTERM);
        ASSERT_EQ(devnet.wait(), 0);
    }
    std::ofstream(root.of_node(1).epoch()) << "text";
    {
        Process devnet(arguments());
        const auto line = devnet.read_until("node validator_2 ");
        ASSERT_TRUE(line) << devnet.output();
        EXPECT_TRUE(devnet.says("edict: validator_1 ended with exit code 1")) << devnet.output();
        const auto url = devnet.read_until("listening on ");
        ASSERT_TRUE(url) << devnet.output();
        EXPECT_EQ(devnet.output().find("node validator_1 "), std::string::npos) << devnet.output();
        expect(call(*url, "Aarhus"), 0, "committed");
        devnet.signal(SIGTERM);
        EXPECT_EQ(devnet.wait(), 0) << devnet.output();
    }
    for (std::size_t i = 2; i <= 4; ++i) std::ofstream(root.of_node(i).epoch()) << "text";
    expect(run(arguments()), 1, "edict: every node of the devnet ended");
}

TEST_F(Devnet, WhatIsInItsFolderAndCannotBeStartedSoIsSaid) {
    const auto with = [this](std::vector<std::string> more) {
        std::vector<std::string> all = arguments();
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    expect(run({"devnet", "--nodes", "4", "--data", root.path, "--port", "65533"}), 2,
           "there is no port 65536");
    EXPECT_FALSE(std::filesystem::exists(root.path));
    {
        Process devnet(arguments());
        EXPECT_EQ(members_of(devnet).size(), 4U);
        devnet.signal(SIGTERM);
        EXPECT_EQ(devnet.wait(), 0) << devnet.output();
    }
    expect(run(with({"--party", "zed:site"})), 2, "leave --party out");
    expect(run({"devnet", "--data", root.path}), 2, "holds a devnet of several nodes");

    const cli::DataFolder first = root.of_node(1);
    std::ifstream peers(first.peers());
    std::ostringstream text;
    for (std::string line; std::getline(peers, line);) {
        if (!line.starts_with("validator_3")) text << line << "\n";
    }
    peers.close();
    std::ofstream(first.peers()) << text.str();
    Process node({"node", "run", "--data", first.path, "--port", "0"});
    EXPECT_TRUE(node.says("edict: " + first.peers() + " has no address of validator_3: "))
        << node.output();
    node.signal(SIGTERM);
    EXPECT_EQ(node.wait(), 0) << node.output();

    std::filesystem::remove(root.of_node(3).genesis());
    expect(run(arguments()), 2, "is half-made: node_3 of 4 is not whole");
}

// Each call takes the next nonce of what its node knows, which another node has given away already.
TEST_F(Devnet, OneKeyCallsThroughEveryNodeAtOnce) {
    constexpr int CALLS = 8;
    Process devnet(arguments());
    const std::vector<Member> members = members_of(devnet);
    ASSERT_EQ(members.size(), 4U);
    std::vector<std::thread> callers;
    for (const Member& member : members) {
        callers.emplace_back([&] {
            for (int i = 0; i < CALLS; ++i) {
                expect(call(member.url, fmt::format("{} {}", member.pid, i)), 0, "committed");
            }
        });
    }
    for (std::thread& caller : callers) caller.join();
    expect(call(members[0].url, "Vejle"), 0, "committed");
    expect(run({"query", "party", "office", "--node", members[0].url}), 0,
           fmt::format("\"last_nonce\": \"{}\"", 4 * CALLS + 1));
    devnet.signal(SIGTERM);
    EXPECT_EQ(devnet.wait(), 0) << devnet.output();
}

TEST_F(Devnet, ASetComesIntoForceWhenAQuorumOfTheValidatorsHasVerifiedIt) {
    Process devnet(arguments());
    const std::vector<Member> members = members_of(devnet);
    ASSERT_EQ(members.size(), 4U);
    const std::string file = temporary.path("notes.edict");
    std::ofstream(file) << "contract notes version 1.0.0\n  zone +00:00\n  regulators none\n"
                           "store last: Text<64>\n"
                           "action write(text: Text<64>) by anyone { last = text }\n";
    const std::string set = deploy(file, members[0].url);
    expect(run({"tx", "wait", set, "--node", members[3].url}), 0, "active");
    // The others may be a height behind.
    const Ended shown = run({"query", "set", set, "--node", members[3].url});
    EXPECT_EQ(shown.exit, 0) << shown.output;
    std::size_t passed = 0;
    for (std::size_t found = shown.output.find("passed"); found != std::string::npos;
         found = shown.output.find("passed", found + 1)) {
        ++passed;
    }
    EXPECT_GE(passed, 3U) << shown.output;  // of four, a quorum
    expect(run({"tx", "wait", set, "--node", members[1].url}), 0, "active");
    expect(run({"tx", "call", "notes.write", "--args", R"({"text": "hello"})", "--key",
                root.party_key("site_b"), "--node", members[1].url}),
           0, "committed");
    devnet.signal(SIGTERM);
    EXPECT_EQ(devnet.wait(), 0) << devnet.output();
}

TEST_F(Devnet, WaitingForASetEndsEarlyOnlyIfNoQuorumCanPassIt) {
    Process devnet(arguments());
    const std::vector<Member> members = members_of(devnet);
    ASSERT_EQ(members.size(), 4U);
    const std::string url = members[0].url;
    const auto deployed = [&](const std::string& name, const std::string& text) {
        const std::string file = temporary.path(name);
        std::ofstream(file) << text;
        return deploy(file, url);
    };
    const std::string contract =
        deployed("clinic.edict",
                 "contract clinic version 1.0.0\n  zone +00:00\n  regulators membership_office\n"
                 "role membership_office\n"
                 "store last: Int 1..10\n"
                 "action share(subjects: Int 1..10) by anyone { last = subjects }\n");
    expect(run({"tx", "wait", contract, "--node", url}), 0, "active");
    const std::string rules =
        "regulation rules version 1.0.0 governs clinic\n  zone +00:00\n  default forbid\n"
        "rule shares on share when subjects is more than ";
    const std::string set = deployed("rules.edict", rules + "5: permit\n");
    const auto wait = [&](const std::string& seconds) {
        return run({"tx", "wait", set, "--timeout", seconds, "--node", url});
    };
    const auto shown = [&] { return run({"query", "set", set, "--node", url}).output; };
    for (int i = 0; i < 600 && shown().find(R"("missing": [])") == std::string::npos; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_NE(shown().find(R"("missing": [])"), std::string::npos) << shown();
    const std::string modules = run({"query", "modules", "--node", url}).output;
    const std::string in_force =
        modules.substr(modules.find(R"("in_force": ")") + sizeof(R"("in_force": )"), 64);
    const auto attest = [&](std::size_t validator, const std::string& verdict) {
        expect(run({"tx", "call", "std.registry.attest", "--node", url, "--key",
                    root.of_node(validator).validator_key(), "--args",
                    fmt::format(R"({{"set": "{0}", "sources": "{0}", "against": "{1}",)"
                                R"("verifier": "other", "verdict": "{2}", "finding": "a rule"}})",
                                set, in_force, verdict)}),
               0, "committed");
    };
    attest(1, "blocked");  // a quorum passed it
    expect(wait("1"), 3,
           "edict: the set is pending after 1 s; it waits for a membership_office for clinic\n");
    attest(2, "blocked");
    expect(wait("60"), 1, "pending: blocked by other of validator_1, validator_2\na rule\n");
    attest(1, "unknown");
    attest(2, "unknown");
    expect(wait("60"), 3, "pending: unknown by other of validator_1, validator_2\na rule\n");
    attest(2, "passed");
    expect(run({"tx", "endorse", set, "--key", root.party_key("office"), "--node", url}), 0,
           "committed");
    expect(wait("60"), 0, "active");

    // What every validator finds.
    const std::string other =
        deployed("other.edict", "regulation other" + rules.substr(16) + "10: permit\n");
    const Ended found = run({"tx", "wait", other, "--node", url});
    expect(found, 1, "pending: blocked by edict ");
    expect(found, 1, "V01");
    devnet.signal(SIGTERM);
    EXPECT_EQ(devnet.wait(), 0) << devnet.output();
}

// What a fault in the folders of a validator leads to.
TEST_F(Devnet, FoldersOfValidatorsAreLookedAt) {
    {
        Process devnet(arguments());
        ASSERT_EQ(members_of(devnet).size(), 4U);
        devnet.signal(SIGTERM);
        ASSERT_EQ(devnet.wait(), 0);
    }
    const cli::DataFolder first = root.of_node(1);
    const std::vector<std::string> start = {"node", "run", "--data", first.path, "--port", "0"};
    const auto peers = [&](const std::string& text) { std::ofstream(first.peers()) << text; };
    peers("listen = 7\n[validators]\n");
    expect(run(start), 4, "peers.toml:1: listen: write \"HOST:PORT\" here");
    peers("listen = \"127.0.0.1:0\"\n[validators]\n");
    expect(run(start), 4, "the port is a number from 1 to 65535");
    peers("listen = \"127.0.0.1:9\"\n");
    expect(run(start), 4, "lacks the table [validators]");
    peers("listen = \"127.0.0.1:9\"\nlisten = 3");
    expect(run(start), 4, "peers.toml:2: ");
    peers("listen = \"127.0.0.1:9\"\n[validators]\nstranger = \"127.0.0.1:9\"\n");
    expect(run(start), 4, "names stranger, which is no validator in genesis");
    std::filesystem::remove(first.peers());
    expect(run(start), 4, "peers.toml");

    // What belongs to another.
    const cli::DataFolder second = root.of_node(2), third = root.of_node(3);
    const auto exchange = [](const std::string& one, const std::string& other) {
        const std::string beside = one + ".beside";
        std::filesystem::rename(one, beside);
        std::filesystem::rename(other, one);
        std::filesystem::rename(beside, other);
    };
    const std::vector<std::string> start_third = {"node",     "run",    "--data",
                                                  third.path, "--port", "0"};
    exchange(third.votes(), second.votes());
    expect(run(start_third), 4, "votes: the votes in this folder are those of another validator");
    exchange(third.votes(), second.votes());
    exchange(third.validator_key(), second.validator_key());
    expect(run(start_third), 4, "validator.key is not the key of validator_3");
    exchange(third.validator_key(), second.validator_key());

    // Data without their votes: it follows, and says so.
    std::filesystem::remove_all(second.votes());
    Process alone({"node", "run", "--data", second.path, "--port", "0"});
    const auto url = alone.read_until("listening on ");
    ASSERT_TRUE(url) << alone.output();
    EXPECT_TRUE(alone.says("edict: the votes of this validator are lost"));
    expect(run({"query", "status", "--node", *url}), 0, "\"abstaining\": true");
}

// A backup of a running node is restored into its folder: it follows, and then votes again.
TEST_F(Devnet, ABackupIsMadeWhileTheNodeRunsAndRestoredWithoutVotes) {
    Process devnet(arguments());
    const std::vector<Member> members = members_of(devnet);
    ASSERT_EQ(members.size(), 4U);
    expect(call(members[3].url, "Aarhus"), 0, "committed");
    const std::string backup = temporary.path("backup");
    expect(run({"node", "backup", "--to", backup, "--node", members[3].url}), 0, "is in " + backup);
    expect(run({"node", "backup", "--to", backup, "--node", members[3].url}), 4,
           "is there already");
    expect(run({"node", "backup", "--to", backup + "/no/folder", "--node", members[3].url}), 4,
           "no backup was made: cannot make a folder");
    expect(run({"node", "backup", "--to", backup + "_2", "--node", members[3].url}), 0, "height 1");
    expect(call(members[0].url, "Odense"), 0, "committed");
    ASSERT_GT(members[3].pid, 1);
    ASSERT_EQ(::kill(members[3].pid, SIGKILL), 0);
    ASSERT_TRUE(devnet.read_until("edict: validator_4 was ended by signal 9"));
    const cli::DataFolder fourth = root.of_node(4);
    const std::vector<std::string> restore = {"node",      "restore", "--data",
                                              fourth.path, "--from",  backup};
    expect(run(restore), 4, "move it away first");
    std::filesystem::remove_all(fourth.state());
    std::filesystem::remove_all(fourth.votes());
    expect(run({"node", "restore", "--data", fourth.path, "--from", temporary.path("none")}), 4,
           "cannot read the folder");
    const std::string empty = temporary.path("empty");
    std::filesystem::create_directory(empty);
    expect(run({"node", "restore", "--data", fourth.path, "--from", empty}), 4,
           "holds no data of a node");
    EXPECT_FALSE(std::filesystem::exists(fourth.state()));
    expect(run(restore), 0, "restored at height 1");
    Process again({"node", "run", "--data", fourth.path, "--port", "0"});
    const auto url = again.read_until("listening on ");
    ASSERT_TRUE(url) << again.output();
    EXPECT_TRUE(again.says("edict: the votes of this validator are lost"));
    for (int i = 0; i < 5; ++i) expect(call(members[1].url, fmt::format("{}", i)), 0, "committed");
    EXPECT_TRUE(again.says("edict: this validator votes again"));
    expect(call(*url, "Vejle"), 0, "committed");
    again.signal(SIGTERM);
    EXPECT_EQ(again.wait(), 0) << again.output();
    devnet.signal(SIGTERM);
    EXPECT_EQ(devnet.wait(), 0) << devnet.output();
}

// Two of four lose their votes: no quorum may vote, until the operators agree on an epoch.
TEST_F(Devnet, OperatorsAgreeOnAnEpochWhenTooManyVotesAreLost) {
    {
        Process devnet(arguments());
        const std::vector<Member> members = members_of(devnet);
        ASSERT_EQ(members.size(), 4U);
        expect(call(members[0].url, "Aarhus"), 0, "committed");
        expect(call(members[2].url, "Odense"), 0, "committed");
        for (const Member& member : members) {
            expect(root_at("2", member.url), 0, "");
        }
        devnet.signal(SIGTERM);
        ASSERT_EQ(devnet.wait(), 0);
    }
    std::filesystem::remove_all(root.of_node(1).votes());
    std::filesystem::remove_all(root.of_node(2).votes());
    const auto resume = [&](std::size_t node, const std::vector<std::string>& more) {
        std::vector<std::string> words = {"node", "resume", "--data", root.of_node(node).path};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    };
    expect(resume(1, {"--epoch", "2", "--from", "2"}), 2, "the next one is 1");
    expect(resume(1, {"--epoch", "1", "--from", "1"}), 2, "has executed height 2");
    expect(resume(1, {"--epoch", "1", "--from", "9"}), 2, "cannot sign for height 9");
    const std::vector<std::string> asked = {"--epoch", "1", "--from", "2"};
    expect(resume(1, asked), 3, "1 of 4 signatures; 3 are needed");
    expect(run({"node", "run", "--data", root.of_node(1).path, "--port", "0"}), 4,
           "has signed for epoch 1 from height 2");
    expect(resume(2, asked), 3, "1 of 4 signatures");
    std::vector<std::string> with = asked;
    for (const std::size_t node : {1U, 2U}) {
        with.push_back("--with");
        with.push_back(
            fmt::format("{}/epoch_1_validator_{}.signed", root.of_node(node).path, node));
    }
    expect(resume(3, with), 0, "epoch 1 starts from height 2");
    const std::string agreed = root.of_node(3).epoch();
    std::vector<std::string> others = asked;
    others.push_back("--with");
    others.push_back(agreed);
    for (const std::size_t node : {1U, 2U, 4U}) {
        expect(resume(node, others), 0, "epoch 1 starts from height 2");
    }
    expect(resume(4, others), 2, "the next one is 2");
    {
        Process devnet(arguments());
        const std::vector<Member> members = members_of(devnet);
        ASSERT_EQ(members.size(), 4U);
        for (const Member& member : members) expect(call(member.url, "Ribe"), 0, "committed");
        devnet.signal(SIGTERM);
        ASSERT_EQ(devnet.wait(), 0) << devnet.output();
    }
    std::fstream altered(agreed, std::ios::in | std::ios::out | std::ios::binary | std::ios::ate);
    altered.seekp(-1, std::ios::end);
    altered.put('!');
    altered.close();
    expect(run({"node", "run", "--data", root.of_node(3).path, "--port", "0"}), 1,
           "the signature of validator_3 is not by its key");
}

// Three validators begin again below a height that the fourth has executed.
TEST_F(Devnet, AHistoryOfItsOwnIsNeitherJoinedNorHidden) {
    {
        Process devnet(arguments());
        const std::vector<Member> members = members_of(devnet);
        ASSERT_EQ(members.size(), 4U);
        expect(call(members[0].url, "Aarhus"), 0, "committed");
        expect(call(members[0].url, "Odense"), 0, "committed");
        expect(root_at("2", members[3].url), 0, "");
        devnet.signal(SIGTERM);
        ASSERT_EQ(devnet.wait(), 0);
    }
    std::vector<std::string> resume = {"node", "resume", "--epoch", "1", "--from", "0"};
    for (const std::size_t node : {1U, 2U, 3U}) {
        const cli::DataFolder folder = root.of_node(node);
        std::filesystem::remove_all(folder.state());
        std::filesystem::remove_all(folder.votes());
        std::vector<std::string> words = resume;
        words.insert(words.end(), {"--data", folder.path});
        EXPECT_EQ(run(words).exit, node < 3 ? 3 : 0);
        resume.insert(resume.end(),
                      {"--with", fmt::format("{}/epoch_1_validator_{}.signed", folder.path, node)});
    }
    const std::string agreed = root.of_node(3).epoch();
    for (const std::size_t node : {1U, 2U, 4U}) {
        const Ended installed = run({"node", "resume", "--epoch", "1", "--from", "0", "--with",
                                     agreed, "--data", root.of_node(node).path});
        expect(installed, node < 4 ? 0 : 1,
               node < 4 ? "epoch 1 starts" : "has executed height 2, above 0");
    }
    std::filesystem::copy_file(agreed, root.of_node(4).epoch());  // as nobody should
    std::vector<std::unique_ptr<Process>> nodes;
    std::string url;
    for (const std::size_t node : {1U, 2U, 3U}) {
        nodes.push_back(run_node(node));
        url = nodes.back()->read_until("listening on ").value_or("");
    }
    for (int i = 0; i < 3; ++i) expect(call(url, fmt::format("{}", i)), 0, "committed");
    const auto fourth = run_node(4);
    EXPECT_EQ(fourth->wait(), 4);
    EXPECT_NE(fourth->output().find("height 2 was certified with another header"),
              std::string::npos)
        << fourth->output();
    expect(call(url, "after"), 0, "committed");
}

// The node is gone while a call waits: it may be executed yet.
TEST_F(Devnet, ACallWhoseNodeEndsIsInDoubt) {
    Process devnet(arguments());
    const std::vector<Member> members = members_of(devnet);
    ASSERT_EQ(members.size(), 4U);
    expect(call(members[3].url, "Aarhus"), 0, "committed");
    for (const std::size_t node : {0U, 1U, 2U}) ASSERT_EQ(::kill(members[node].pid, SIGKILL), 0);
    Ended ended;
    std::thread caller([&] { ended = call(members[3].url, "Odense"); });
    const auto waits = [&] {
        return run({"query", "status", "--node", members[3].url}).output.find("\"waiting\": \"1\"");
    };
    while (waits() == std::string::npos) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_EQ(::kill(members[3].pid, SIGKILL), 0);
    caller.join();
    expect(ended, 3, "may be executed: ask for it (edict query receipt)");
}

// The disk of the validator that proposes is full: it says so and ends, the others go on.
TEST_F(Devnet, AFullDiskOfWhoProposesStopsOnlyThatOne) {
    {
        Process devnet(arguments());
        ASSERT_EQ(members_of(devnet).size(), 4U);
        devnet.signal(SIGTERM);
        ASSERT_EQ(devnet.wait(), 0);
    }
    std::vector<std::unique_ptr<Process>> nodes;
    std::vector<std::string> urls;
    for (std::size_t i = 1; i <= 4; ++i) {
        nodes.push_back(std::make_unique<Process>(
            std::vector<std::string>{"node", "run", "--data", root.of_node(i).path, "--port", "0"},
            i == 1 ? std::optional<std::uint64_t>(192 << 10) : std::nullopt));
        const auto url = nodes.back()->read_until("listening on ");
        ASSERT_TRUE(url) << nodes.back()->output();
        urls.push_back(*url);
    }
    bool is_full = false;
    for (int i = 0; i < 500 && !is_full; ++i) {
        expect(call(urls[1], fmt::format("{}", i)), 0, "committed");
        is_full = run({"query", "height", "--node", urls[0]}).exit == 4;
    }
    EXPECT_TRUE(is_full);
    EXPECT_EQ(nodes[0]->wait(), 4) << nodes[0]->output();
    EXPECT_NE(nodes[0]->output().find("is full"), std::string::npos) << nodes[0]->output();
    expect(call(urls[2], "after"), 0, "committed");
    for (std::size_t i = 1; i < 4; ++i) {
        nodes[i]->signal(SIGTERM);
        EXPECT_EQ(nodes[i]->wait(), 0) << nodes[i]->output();
    }
}

}  // namespace
}  // namespace edict::tests
