// A node among the things that go wrong on a machine, and the verbs that talk to it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "chain/ledger/codec.h"
#include "cli/data_folder.h"
#include "tests/simulation/impostor.h"
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

}  // namespace
}  // namespace edict::tests
