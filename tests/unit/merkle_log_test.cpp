#include "chain/merkle/log.h"

#include <gtest/gtest.h>

#include <map>

namespace edict::merkle {
namespace {

// The leaves and roots that Certificate Transparency implementations of RFC 6962 test against.
const std::vector<std::string> LEAVES = {"",
                                         "00",
                                         "10",
                                         "2021",
                                         "3031",
                                         "40414243",
                                         "5051525354555657",
                                         "606162636465666768696a6b6c6d6e6f"};
const std::vector<std::string> ROOTS = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

// A log with all its nodes.
struct Log {
    LogEdge edge;
    std::vector<Hash> leaves;
    std::map<LogNode, Hash> nodes;

    void append(base::ByteView leaf) {
        leaves.push_back(leaf_hash(leaf));
        std::vector<std::pair<LogNode, Hash>> completed;
        edge.append(leaves.back(), &completed);
        nodes.insert(completed.begin(), completed.end());
    }
    [[nodiscard]] ReadLogNode reader() const {
        return [this](LogNode node) -> std::optional<Hash> {
            const auto found = nodes.find(node);
            if (found == nodes.end()) return std::nullopt;
            return found->second;
        };
    }
};

Log numbered_log(std::size_t size) {
    Log log;
    for (std::size_t i = 0; i < size; ++i) log.append(base::as_bytes(std::to_string(i)));
    return log;
}

Log reference_log() {
    Log log;
    for (const std::string& leaf : LEAVES) log.append(base::from_hex(leaf).value());
    return log;
}

// RFC 6962, 2.1, word for word.
Hash merkle_tree_hash(std::span<const Hash> leaves) {
    if (leaves.empty()) return empty_log_root();
    if (leaves.size() == 1) return leaves[0];
    std::size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    return node_hash(merkle_tree_hash(leaves.first(k)), merkle_tree_hash(leaves.subspan(k)));
}

std::vector<std::string> hex_of(const std::vector<Hash>& path) {
    std::vector<std::string> hex;
    for (const Hash& hash : path) hex.push_back(hash.hex());
    return hex;
}

Hash altered(Hash hash) {
    hash.bytes[7] ^= 1;
    return hash;
}

TEST(MerkleLog, RootsAreThoseOfRfc6962Implementations) {
    const Log log = reference_log();
    for (std::size_t size = 0; size < ROOTS.size(); ++size) {
        EXPECT_EQ(log_root_at(size, log.reader())->hex(), ROOTS[size]) << size;
        EXPECT_EQ(log_root(std::span(log.leaves).first(size)).hex(), ROOTS[size]) << size;
    }
}

TEST(MerkleLog, PathsAreThoseOfRfc6962Implementations) {
    const Log log = reference_log();
    const auto first = inclusion_path(0, 8, log.reader());
    EXPECT_EQ(hex_of(*first),
              (std::vector<std::string>{
                  "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                  "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
    EXPECT_EQ(*consistency_path(1, 8, log.reader()), *first);
    EXPECT_EQ(hex_of(*consistency_path(6, 8, log.reader())),
              (std::vector<std::string>{
                  "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                  "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
    EXPECT_EQ(hex_of(*consistency_path(2, 5, log.reader())),
              (std::vector<std::string>{
                  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST(MerkleLog, EveryRootUpTo130LeavesIsTheRecursiveDefinition) {
    Log log;
    for (std::size_t size = 0; size <= 130; ++size) {
        EXPECT_EQ(log.edge.size(), size);
        EXPECT_EQ(log.edge.root(), merkle_tree_hash(log.leaves));
        log.append(base::as_bytes(std::to_string(size)));
    }
}

TEST(MerkleLog, EveryInclusionUpTo40LeavesVerifiesAndNothingElseDoes) {
    const Log log = numbered_log(40);
    for (std::uint64_t size = 1; size <= 40; ++size) {
        const Hash root = *log_root_at(size, log.reader());
        for (std::uint64_t index = 0; index < size; ++index) {
            const std::vector<Hash> path = *inclusion_path(index, size, log.reader());
            EXPECT_EQ(path, inclusion_path(index, std::span(log.leaves).first(size)));
            const Hash leaf = log.leaves[index];
            EXPECT_TRUE(verify_inclusion(leaf, index, size, path, root));
            EXPECT_FALSE(verify_inclusion(altered(leaf), index, size, path, root));
            EXPECT_FALSE(verify_inclusion(leaf, index + size, size, path, root));
            EXPECT_FALSE(verify_inclusion(leaf, index, size, path, altered(root)));
            EXPECT_TRUE(size == 1 || !verify_inclusion(leaf, index ^ 1, size, path, root));
            for (std::size_t i = 0; i < path.size(); ++i) {
                std::vector<Hash> wrong = path;
                wrong[i] = altered(wrong[i]);
                EXPECT_FALSE(verify_inclusion(leaf, index, size, wrong, root));
                wrong = path;
                wrong.erase(wrong.begin() + static_cast<std::ptrdiff_t>(i));
                EXPECT_FALSE(verify_inclusion(leaf, index, size, wrong, root));
            }
            std::vector<Hash> longer = path;
            longer.push_back(root);
            EXPECT_FALSE(verify_inclusion(leaf, index, size, longer, root));
        }
    }
}

TEST(MerkleLog, EveryConsistencyUpTo40LeavesVerifiesAndNothingElseDoes) {
    const Log log = numbered_log(40);
    const auto root = [&log](std::uint64_t size) { return *log_root_at(size, log.reader()); };
    for (std::uint64_t newer = 1; newer <= 40; ++newer) {
        for (std::uint64_t older = 1; older <= newer; ++older) {
            const std::vector<Hash> path = *consistency_path(older, newer, log.reader());
            EXPECT_TRUE(verify_consistency(older, root(older), newer, root(newer), path));
            EXPECT_FALSE(verify_consistency(older, altered(root(older)), newer, root(newer), path));
            EXPECT_FALSE(verify_consistency(older, root(older), newer, altered(root(newer)), path));
            for (std::size_t i = 0; i < path.size(); ++i) {
                std::vector<Hash> wrong = path;
                wrong[i] = altered(wrong[i]);
                EXPECT_FALSE(verify_consistency(older, root(older), newer, root(newer), wrong));
            }
            std::vector<Hash> longer = path;
            longer.push_back(root(1));
            EXPECT_FALSE(verify_consistency(older, root(older), newer, root(newer), longer));
        }
    }
    EXPECT_FALSE(verify_consistency(0, empty_log_root(), 5, root(5), {}));
    EXPECT_FALSE(verify_consistency(6, root(6), 5, root(5), {}));
}

TEST(MerkleLog, AnEdgeGoesOnWhereItStopped) {
    const Log log = numbered_log(23);
    LogEdge again = *LogEdge::read(13, log.reader());
    for (std::size_t i = 13; i < 23; ++i) again.append(log.leaves[i]);
    EXPECT_EQ(again.root(), log.edge.root());
    EXPECT_EQ(LogEdge::from(23, log.edge.edge())->root(), log.edge.root());
    EXPECT_FALSE(LogEdge::from(22, log.edge.edge()).has_value());
}

TEST(MerkleLog, AMissingNodeIsNamed) {
    Log log = numbered_log(8);
    log.nodes.erase({2, 1});
    EXPECT_EQ(inclusion_path(0, 8, log.reader()).error().message,
              "the log has no node at level 2, index 1");
}

TEST(MerkleLog, APathAmongAMillionLeavesIsBelow700Bytes) {
    const ReadLogNode any = [](LogNode) { return std::optional<Hash>(Hash{}); };
    for (const std::uint64_t size : {std::uint64_t{999'999}, std::uint64_t{1'000'000}}) {
        for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
            EXPECT_LE(inclusion_path(index, size, any)->size() * sizeof(Hash), 700U);
            EXPECT_LE(consistency_path(index + 1, size, any)->size() * sizeof(Hash), 700U);
        }
    }
}

TEST(MerkleLog, SizesUpTo64BitsAreHandled) {
    const ReadLogNode any = [](LogNode) { return std::optional<Hash>(Hash{}); };
    const std::uint64_t huge = ~std::uint64_t{0};
    EXPECT_EQ(inclusion_path(huge - 1, huge, any)->size(), 63U);
    EXPECT_EQ(inclusion_path(0, huge, any)->size(), 64U);
    EXPECT_LE(consistency_path(huge / 2, huge, any)->size(), 128U);
}

}  // namespace
}  // namespace edict::merkle
