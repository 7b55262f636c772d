// A node among the things that go wrong on a machine, and the verbs that talk to it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
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
    expect(run({"node", "run", "--data", other.path, "--port", "70000"}), 2, "there is no port");
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
    expect(run({"devnet", "--nodes", "4"}), 2, "does not exist yet");
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

}  // namespace
}  // namespace edict::tests
