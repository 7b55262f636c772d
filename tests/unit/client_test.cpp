// Key files: made once, readable by their owner alone. A client and the time that it gives a node.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

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

TEST(Client, ANodeThatIsNotThereSaysWhatToDo) {
    const auto client = Client::connect("http://127.0.0.1:1");
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().kind, base::ErrorKind::environment);
    EXPECT_NE(client.error().message.find("start one with `edict devnet`"), std::string::npos);
    EXPECT_EQ(Client::connect("ftp://x").error().kind, base::ErrorKind::usage);
}

}  // namespace
}  // namespace edict::client
