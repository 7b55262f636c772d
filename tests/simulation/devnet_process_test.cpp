// A chain of four processes, and what its operators do to it.
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
#include "tests/simulation/process_support.h"

namespace edict::tests {
namespace {

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
           "none holds no data of a node");
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
