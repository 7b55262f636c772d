// Pseudonyms under a site's key, held against values that another program computed; the key's file.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "site/limits.h"
#include "site/pseudonym.h"

namespace edict::site {
namespace {

namespace fs = std::filesystem;

Secret counting_up() {
    Secret key;
    for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(i);
    return key;
}

std::string hex(std::string_view person) {
    const auto made = pseudonym_of(counting_up(), person);
    return made ? made->hex() : made.error().message;
}

// printf '\0\0\0\x11edict/pseudonym/1\0\0\0\x06P-0042' | openssl dgst -sha256 -mac HMAC -macopt
// hexkey:000102…1f
TEST(Pseudonyms, AreTheHmacOfThePersonUnderTheKey) {
    EXPECT_EQ(hex("P-0042"), "1e0986c40324691a60341240ea189404ee4acc6a7475608268b846414f2945a1");
    EXPECT_EQ(hex("M\u00fcller"),
              "51416655fcd8bcca9a6702dbbc7ba1897dc9183b82a7ab224b6940a6b5ba0136");
    // The same letters in two ways of writing them.
    EXPECT_EQ(hex("Mu\u0308ller"), hex("M\u00fcller"));
}

TEST(Pseudonyms, DifferByPersonAndSite) {
    EXPECT_EQ(hex("P-0042"), hex("P-0042"));
    EXPECT_NE(hex("P-0042"), hex("P-0043"));
    EXPECT_NE(hex("P-0042"), pseudonym_of(Secret::generate(), "P-0042")->hex());
    EXPECT_NE(hex("P-0042"), hex("p-0042"));
}

TEST(Pseudonyms, AreNotMadeOfWhatCouldBeWrittenInTwoWays) {
    EXPECT_EQ(hex(""), "there is no person: the text is empty");
    EXPECT_EQ(hex(" P"),
              "a space stands before or after the person: remove it, or the same person has two "
              "pseudonyms");
    EXPECT_EQ(hex("P "), hex(" P"));
    EXPECT_EQ(hex("P\t1"), "a tab or line end stands in the person: remove it");
    EXPECT_EQ(hex("P\n"), "a tab or line end stands in the person: remove it");
    EXPECT_EQ(hex("\xff").substr(0, 11), "the person:");
    EXPECT_EQ(hex(std::string(MAX_PERSON_BYTES, 'x')).size(), 64u);
    EXPECT_EQ(hex(std::string(MAX_PERSON_BYTES + 1, 'x')),
              "a person of 257 bytes; at most 256 are allowed");
}

class PseudonymKey : public testing::Test {
protected:
    PseudonymKey() {
        std::string name = (fs::temp_directory_path() / "edict-pseudonym-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        path_ = (fs::path(folder_) / "key").string();
    }
    ~PseudonymKey() override { fs::remove_all(folder_); }
    void write(const std::string& text) const {
        std::ofstream(path_, std::ios::binary) << text;
        ::chmod(path_.c_str(), 0600);
    }

    std::string folder_, path_;
};

TEST_F(PseudonymKey, IsMadeOnceAndForItsOwnerAlone) {
    ASSERT_TRUE(make_pseudonym_key(path_));
    struct stat info{};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    const auto key = read_pseudonym_key(path_);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_NE(key->bytes, Secret{}.bytes);
    EXPECT_FALSE(make_pseudonym_key(path_));
    EXPECT_EQ(read_pseudonym_key(path_)->bytes, key->bytes);
    for (const mode_t mode : {0640U, 0604U, 0660U, 0644U}) {
        ::chmod(path_.c_str(), mode);
        const auto read = read_pseudonym_key(path_);
        ASSERT_FALSE(read) << mode;
        EXPECT_EQ(read.error().kind, base::ErrorKind::environment);
        EXPECT_NE(read.error().message.find("others may read"), std::string::npos);
    }
}

TEST_F(PseudonymKey, IsNotReadFromAnythingElse) {
    EXPECT_FALSE(read_pseudonym_key(path_));  // no file
    const std::string digits(64, 'a');
    for (const std::string& text :
         {std::string(), std::string("edict pseudonym key 1\n"),
          "edict pseudonym key 2\nkey " + digits + "\n", digits + "\n",
          "edict pseudonym key 1\nkey " + digits, "edict pseudonym key 1\nkey " + digits + "\n\n",
          "edict pseudonym key 1\nkey " + digits.substr(1) + "\n",
          "edict pseudonym key 1\nkey " + std::string(64, 'z') + "\n"}) {
        write(text);
        const auto read = read_pseudonym_key(path_);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().kind, base::ErrorKind::input) << text;
        fs::remove(path_);
    }
    write("edict pseudonym key 1\nkey " + digits + "\n");
    EXPECT_TRUE(read_pseudonym_key(path_));
}

}  // namespace
}  // namespace edict::site
