// Every line that a node may say is explained in docs/OPERATING.md, and every line that is
// explained there may be said: the texts in the sources below against the first column of its
// tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr const char* SOURCES[] = {
    "chain/node/admission.cpp",
    "chain/node/driver.cpp",
    "chain/node/exchange.cpp",
    "chain/node/votes.cpp",
    "chain/net/network.cpp",
    "chain/net/socket.cpp",
    "chain/net/frame.cpp",
    "chain/net/tls.cpp",
    "chain/consensus/pbft/replica.cpp",
    "chain/consensus/pbft/replica_order.cpp",
    "chain/consensus/pbft/replica_sync.cpp",
    "chain/consensus/pbft/replica_view.cpp",
    "cli/run_node.cpp",
    "cli/devnet_nodes.cpp",
    "chain/store/rocksdb_store.cpp",
};
// Texts that are no lines, nor what an operator looks up: what the database says, and words for
// mistakes in the use of the program.
constexpr const char* NO_LINES[] = {"No space left",       "File too large",
                                    "While lock file",     "lock hold by current process",
                                    "Permission denied",   "Read-only file system",
                                    "the node ends",       "it is welcome",
                                    "its chain has begun", "the finding is no valid text",
                                    "there is no port …",  "the system gives no …: …"};

std::string read(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(file) << path;
    return text.str();
}

// What a placeholder stands for is not compared.
std::string with_ellipses(std::string text) {
    text = std::regex_replace(text, std::regex(R"(\{[^}]*\})"), "…");
    text = std::regex_replace(text, std::regex(R"(\\n|^edict: |[: ]+$)"), "");
    return std::regex_replace(text, std::regex(R"(\\")"), "\"");
}

// The string literals of a source that are several words; neighbours are one.
std::vector<std::string> texts_of(const std::string& path) {
    std::string source = std::regex_replace(read(path), std::regex("#include[^\n]*"), "");
    source = std::regex_replace(source, std::regex("(^|\n)\\s*//[^\n]*"), "\n");
    source = std::regex_replace(source, std::regex("\"\\s*\n\\s*\""), "");
    static const std::regex LITERAL(R"re("((?:[^"\\\n]|\\.)*)")re");
    std::vector<std::string> found;
    for (std::sregex_iterator at(source.begin(), source.end(), LITERAL), end; at != end; ++at) {
        const std::string text = with_ellipses((*at)[1]);
        if (std::ranges::count(text, ' ') < 2) continue;  // a kind, a name, a part
        if (std::ranges::find(NO_LINES, text) == std::end(NO_LINES)) found.push_back(text);
    }
    return found;
}

// What stands between backquotes in the first cells of the tables of these chapters.
std::vector<std::string> documented_lines() {
    const std::string document = read("docs/OPERATING.md");
    const std::size_t begin = document.find("### Log lines");
    const std::size_t end = document.find("## Replace a node");
    EXPECT_LT(begin, end);
    std::vector<std::string> found;
    std::istringstream lines(document.substr(begin, end - begin));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `")) continue;
        std::string cell = line.substr(0, line.find("` |") + 1);
        while (true) {
            const std::size_t open = cell.find('`');
            if (open == std::string::npos) break;
            const std::size_t close = cell.find('`', open + 1);
            found.push_back(cell.substr(open + 1, close - open - 1));
            cell = cell.substr(close + 1);
        }
    }
    return found;
}

// Whether `line` is what `text` may become: the parts between placeholders, in their order.
bool may_become(const std::string& text, const std::string& line) {
    std::size_t at = 0;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find("…", begin), text.size());
        const std::size_t found = line.find(text.substr(begin, end - begin), at);
        if (found == std::string::npos) return false;
        at = found + end - begin;
        begin = end + std::string_view("…").size();
    }
    return true;
}

TEST(LogLines, AreExplainedInOperatingAndNoOthersAre) {
    const std::vector<std::string> documented = documented_lines();
    std::vector<std::string> said;
    for (const char* source : SOURCES) {
        for (const std::string& text : texts_of(source)) {
            said.push_back(text);
            EXPECT_TRUE(std::ranges::any_of(
                documented, [&](const std::string& line) { return may_become(text, line); }))
                << source << " says: " << text;
        }
    }
    EXPECT_GT(said.size(), 40U);
    for (const std::string& line : documented) {
        EXPECT_TRUE(std::ranges::any_of(
            said, [&](const std::string& text) { return may_become(text, line); }))
            << "nothing says: " << line;
    }
}

}  // namespace
