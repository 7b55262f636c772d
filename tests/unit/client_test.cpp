// Key files: made once, readable by their owner alone. A client and the time that it gives a node.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "chain/client/answer.h"
#include "chain/client/client.h"
#include "chain/client/watchdog.h"

namespace edict::client {
namespace {

class KeyFiles : public testing::Test {
protected:
    KeyFiles() {
        std::string name = (std::filesystem::temp_directory_path() / "edict-keys-XXXXXX").string();
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
    }
    ~KeyFiles() override { std::filesystem::remove_all(folder); }
    [[nodiscard]] std::string path(const char* name) const { return (folder / name).string(); }
    std::filesystem::path folder;
};

TEST_F(KeyFiles, AKeyComesBackAsItWasWritten) {
    const KeyFile key = new_key("site_a");
    ASSERT_TRUE(write_key_file(path("k"), key));
    struct stat info{};
    ASSERT_EQ(::stat(path("k").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    const auto again = read_key_file(path("k"));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->name, "site_a");
    EXPECT_EQ(again->party, value::party_named("site_a"));
    EXPECT_EQ(again->key.public_key(), key.key.public_key());
}

TEST_F(KeyFiles, AKeyIsNeverOverwritten) {
    ASSERT_TRUE(write_key_file(path("k"), new_key("a")));
    const auto second = write_key_file(path("k"), new_key("a"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, base::ErrorKind::environment);
    EXPECT_NE(second.error().message.find("never overwritten"), std::string::npos);
}

TEST_F(KeyFiles, AKeyThatOthersMayReadIsRefused) {
    ASSERT_TRUE(write_key_file(path("k"), new_key("a")));
    for (const mode_t mode : {0640U, 0604U, 0620U, 0777U}) {
        ASSERT_EQ(::chmod(path("k").c_str(), mode), 0);
        const auto read = read_key_file(path("k"));
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().kind, base::ErrorKind::environment);
        EXPECT_NE(read.error().message.find("chmod 600 " + path("k")), std::string::npos);
    }
}

TEST_F(KeyFiles, WhatIsNoKeyFileSaysWhatIsMissing) {
    EXPECT_EQ(read_key_file(path("none")).error().kind, base::ErrorKind::environment);
    EXPECT_EQ(read_key_file(folder.string()).error().kind, base::ErrorKind::environment);
    for (const auto& [text, message] :
         {std::pair{"", "it does not begin with"}, std::pair{"edict key 1\n", "\"name …\""},
          std::pair{"edict key 1\nname a\nparty 00\nseed 00\n", "party"}}) {
        std::filesystem::remove(path("k"));
        ASSERT_TRUE(write_secret(path("k"), text));
        const auto read = read_key_file(path("k"));
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().kind, base::ErrorKind::input);
        EXPECT_NE(read.error().message.find(message), std::string::npos) << read.error().message;
    }
}

TEST(Watchdog, EndsWhatTakesTooLong) {
    Watchdog patient(std::chrono::hours(1), [] { ADD_FAILURE() << "an hour is not over"; });
    patient.begin();
    EXPECT_FALSE(patient.done());
    std::promise<void> ended;
    Watchdog hasty(std::chrono::milliseconds(1), [&] { ended.set_value(); });
    hasty.begin();
    ASSERT_EQ(ended.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
    EXPECT_TRUE(hasty.done());
}

TEST_F(KeyFiles, APipeIsNoKeyFileAndNobodyWaitsForIt) {
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    const auto read = read_key_file(path("pipe"));
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("is not a file"), std::string::npos);
}

TEST(Answer, AnAddressNamesHostAndPortAndNothingElse) {
    for (const auto& [url, address] : {std::pair{"http://127.0.0.1:7411", "http://127.0.0.1:7411"},
                                       std::pair{"http://127.0.0.1:7411/", "http://127.0.0.1:7411"},
                                       std::pair{"http://node.example", "http://node.example"},
                                       std::pair{"http://[::1]:7411/", "http://[::1]:7411"}}) {
        EXPECT_EQ(node_address(url), base::Result<std::string>(address)) << url;
    }
    for (const char* url :
         {"", "127.0.0.1:7411", "https://127.0.0.1:7411", "http://", "http://:7411", "http://h:0",
          "http://h:65536", "http://h:", "http://h:7411//", "http://h/v1", "http://[::1",
          "http://[::1]7411", "http://a@h:1", "http://h:1?x", "http://a b:1"}) {
        const auto read = node_address(url);
        ASSERT_FALSE(read) << url;
        EXPECT_EQ(read.error().kind, base::ErrorKind::usage);
    }
}

TEST(Answer, ANameIsOneSegmentOfAPathWhateverItsCharacters) {
    EXPECT_EQ(path_of("/v1/modules/", "std.anchor"), "/v1/modules/std.anchor");
    EXPECT_EQ(path_of("/v1/parties/", "a/b?c=1#d %"), "/v1/parties/a%2Fb%3Fc%3D1%23d%20%25");
    EXPECT_EQ(path_of("/v1/parties/", "é"), "/v1/parties/%C3%A9");
    EXPECT_EQ(path_of("/v1/parties/", "").error().kind, base::ErrorKind::usage);
}

TEST(Answer, WhatIsMissingOrOfAnotherKindIsAnErrorThatNamesIt) {
    const nlohmann::json body = {{"text", "t"},
                                 {"number", "18446744073709551615"},
                                 {"large", "18446744073709551616"},
                                 {"count", 5},
                                 {"bytes", "0aff"},
                                 {"list", {1, 2}}};
    EXPECT_EQ(need_text(body, "text"), "t");
    EXPECT_EQ(need_number(body, "number"), 18446744073709551615U);
    EXPECT_EQ(need_bytes(body, "bytes"), (base::Bytes{0x0a, 0xff}));
    EXPECT_EQ(list_of(body, "list").size(), 2U);
    EXPECT_TRUE(list_of(body, "text").empty());
    EXPECT_EQ(text_of(body, "count"), "");
    EXPECT_TRUE(field_of(body, "none").is_null());
    EXPECT_TRUE(field_of(nlohmann::json::array(), "text").is_null());
    EXPECT_EQ(need_text(body, "count").error().message, "the node's answer has no text count");
    EXPECT_EQ(need_number(body, "large").error().message, "the node's answer has no number large");
    EXPECT_EQ(need_number(body, "count").error().kind, base::ErrorKind::environment);
    EXPECT_FALSE(need_bytes(body, "text"));
}

TEST(Client, ANodeThatIsNotThereSaysWhatToDo) {
    const auto client = Client::connect("http://127.0.0.1:1");
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().kind, base::ErrorKind::environment);
    EXPECT_NE(client.error().message.find("start one with `edict devnet`"), std::string::npos);
    EXPECT_EQ(Client::connect("ftp://x").error().kind, base::ErrorKind::usage);
}

}  // namespace
}  // namespace edict::client
