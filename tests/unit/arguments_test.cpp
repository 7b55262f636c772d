// The command line: what is understood, and what becomes of a verb that does not end as it should.
#include "cli/arguments.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

namespace edict::cli {
namespace {

std::uint64_t number = 0;
std::string text;
std::string path;

void add_take(Verb& top) {
    Verb verb = top.add("take", "Take arguments");
    verb.option("--number", number, "A number", {3, 12});
    verb.option("--text", text, "A text");
    verb.option("--path", path, "A file", Takes::path);
    verb.run([] { return Exit::ok; });
}
void add_break(Verb& top) {
    top.add("break", "Throw").run([]() -> Exit { throw std::logic_error("never expected"); });
}
void add_swell(Verb& top) {
    top.add("swell", "Use all memory").run([]() -> Exit { throw std::bad_alloc(); });
}

Exit run(std::vector<const char*> words) {
    words.insert(words.begin(), "edict");
    return run_command_line(static_cast<int>(words.size()), words.data(),
                            {add_take, add_break, add_swell});
}

TEST(Arguments, ANumberIsDecimalAndWithinTheRangeOfItsOption) {
    EXPECT_EQ(run({"take", "--number", "010"}), Exit::ok);
    EXPECT_EQ(number, 10U);
    for (const char* const wrong : {"2", "13", "", "-3", "0x5", "4.0", "18446744073709551620"}) {
        EXPECT_EQ(run({"take", "--number", wrong}), Exit::usage) << wrong;
    }
}

TEST(Arguments, ATextIsUtf8AndTheNameOfAFileWhatItIs) {
    EXPECT_EQ(run({"take", "--text", "中文"}), Exit::ok);
    EXPECT_EQ(text, "中文");
    EXPECT_EQ(run({"take", "--text", "caf\xe9"}), Exit::usage);
    EXPECT_EQ(run({"take", "--path", "caf\xe9"}), Exit::ok);
    EXPECT_EQ(path, "caf\xe9");
}

TEST(Arguments, AnExceptionIsADefectAndEndsWithItsOwnCode) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(run({"break"}), Exit::defect);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("a defect of edict"), std::string::npos);
    EXPECT_EQ(run({"swell"}), Exit::environment);
}

}  // namespace
}  // namespace edict::cli
