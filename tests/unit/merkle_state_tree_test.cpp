#include "chain/merkle/state_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <unordered_map>

namespace edict::merkle {
namespace {

Hash hash_of(std::uint64_t number) {
    return crypto::sha256(base::as_bytes(std::to_string(number)));
}

bool bit_of(const Hash& key, std::size_t at) {
    return (key.bytes[at / 8] >> (7 - at % 8) & 1) == 1;
}

// The definition: a subtree of one key is its leaf, an empty one is zero.
Hash defined_root(std::span<const TreeLeaf> leaves, std::size_t depth = 0) {
    if (leaves.empty()) return {};
    if (leaves.size() == 1) return tree_leaf_hash(leaves[0].key, leaves[0].value);
    std::size_t left = 0;
    while (left < leaves.size() && !bit_of(leaves[left].key, depth)) ++left;
    return tree_inner_hash(defined_root(leaves.first(left), depth + 1),
                           defined_root(leaves.subspan(left), depth + 1));
}

struct Tree {
    std::map<base::Bytes, base::Bytes> nodes;
    TreeRoot root;
    std::map<Hash, Hash> model;
    std::vector<base::Bytes> stale;

    [[nodiscard]] ReadTreeNode reader() const {
        return [this](base::ByteView key) -> base::Result<base::Bytes> {
            const auto found = nodes.find(base::Bytes(key.begin(), key.end()));
            if (found == nodes.end()) return base::environment_error("no such node");
            return found->second;
        };
    }
    void update(std::uint64_t height, const std::vector<TreeChange>& changes) {
        const TreeUpdate update = update_tree(root, height, changes, reader()).value();
        for (const auto& [key, node] : update.written) {
            EXPECT_TRUE(nodes.emplace(key, node).second);
        }
        stale.insert(stale.end(), update.stale.begin(), update.stale.end());
        root = update.root;
        for (const TreeChange& change : changes) {
            if (change.value) {
                model[change.key] = *change.value;
            } else {
                model.erase(change.key);
            }
        }
    }
    void prune() {
        for (const base::Bytes& key : stale) EXPECT_EQ(nodes.erase(key), 1U);
        stale.clear();
    }
    [[nodiscard]] Hash expected() const {
        std::vector<TreeLeaf> leaves;
        for (const auto& [key, value] : model) leaves.push_back({key, value});
        return defined_root(leaves);
    }
    // Presence or absence, as the model says, and never the other.
    void check_proof(const Hash& key) const {
        const TreeProof proof = prove_in_tree(root, key, reader()).value();
        const std::optional<Hash> found = find_in_tree(root, key, reader()).value();
        const auto expected_value = model.find(key);
        if (expected_value == model.end()) {
            EXPECT_FALSE(found.has_value());
            EXPECT_TRUE(verify_absent(root.hash, key, proof));
            EXPECT_FALSE(verify_present(root.hash, key, hash_of(999), proof));
        } else {
            EXPECT_EQ(found, expected_value->second);
            EXPECT_TRUE(verify_present(root.hash, key, expected_value->second, proof));
            EXPECT_FALSE(verify_present(root.hash, key, hash_of(999), proof));
            EXPECT_FALSE(verify_absent(root.hash, key, proof));
        }
    }
};

TEST(StateTree, AnEmptyTreeProvesThatAnythingIsAbsent) {
    const Tree tree;
    EXPECT_EQ(tree.root.hash, Hash{});
    tree.check_proof(hash_of(1));
}

TEST(StateTree, OneKeyIsTheRoot) {
    Tree tree;
    tree.update(1, {{hash_of(1), hash_of(2)}});
    EXPECT_EQ(tree.root, (TreeRoot{1, tree_leaf_hash(hash_of(1), hash_of(2))}));
    tree.check_proof(hash_of(1));
    tree.check_proof(hash_of(3));
    tree.update(2, {{hash_of(1), hash_of(4)}});
    EXPECT_EQ(tree.root.height, 2U);
    tree.update(3, {{hash_of(1), std::nullopt}});
    EXPECT_EQ(tree.root.hash, Hash{});
    tree.prune();
    EXPECT_TRUE(tree.nodes.empty());
}

TEST(StateTree, RandomHistoriesKeepTheDefinedRootAndEveryProof) {
    std::mt19937_64 random(1);
    for (int history = 0; history < 20; ++history) {
        Tree tree;
        for (std::uint64_t height = 1; height <= 40; ++height) {
            std::map<Hash, std::optional<Hash>> changes;
            for (std::uint64_t i = random() % 12; i > 0; --i) {
                std::optional<Hash> value;
                if (random() % 3 != 0) value = hash_of(random() % 5);
                changes[hash_of(random() % 60)] = value;
            }
            std::vector<TreeChange> list;
            for (const auto& [key, value] : changes) list.push_back({key, value});
            std::shuffle(list.begin(), list.end(), random);
            tree.update(height, list);
            ASSERT_EQ(tree.root.hash, tree.expected());
            if (height % 10 == 0) tree.prune();
            for (std::uint64_t key = 0; key < 60; key += 7) tree.check_proof(hash_of(key));
        }
        // What is left after removing everything and pruning is nothing: no node is ever lost.
        std::vector<TreeChange> all;
        for (const auto& [key, value] : tree.model) all.push_back({key, std::nullopt});
        tree.update(100, all);
        tree.prune();
        EXPECT_TRUE(tree.nodes.empty());
    }
}

TEST(StateTree, AnOldVersionStaysReadableUntilItIsPruned) {
    Tree tree;
    tree.update(1, {{hash_of(1), hash_of(10)}, {hash_of(2), hash_of(20)}});
    const TreeRoot old = tree.root;
    tree.update(2, {{hash_of(1), hash_of(11)}, {hash_of(2), std::nullopt}});
    EXPECT_EQ(*find_in_tree(old, hash_of(1), tree.reader()), hash_of(10));
    EXPECT_EQ(*find_in_tree(old, hash_of(2), tree.reader()), hash_of(20));
    tree.prune();
    EXPECT_FALSE(find_in_tree(old, hash_of(1), tree.reader()).has_value());
    EXPECT_EQ(*find_in_tree(tree.root, hash_of(1), tree.reader()), hash_of(11));
}

TEST(StateTree, AChangeThatChangesNothingWritesNothing) {
    Tree tree;
    tree.update(1, {{hash_of(1), hash_of(10)}, {hash_of(2), hash_of(20)}});
    const auto update = update_tree(
        tree.root, 2, {{hash_of(1), hash_of(10)}, {hash_of(3), std::nullopt}}, tree.reader());
    EXPECT_EQ(update->root, tree.root);
    EXPECT_TRUE(update->written.empty());
    EXPECT_TRUE(update->stale.empty());
}

TEST(StateTree, KeysThatDifferInTheLastBitHaveTheirProofs) {
    Tree tree;
    Hash a = hash_of(1);
    Hash b = a;
    b.bytes[31] ^= 1;
    Hash c = a;
    c.bytes[16] ^= 0x80;
    tree.update(1, {{a, hash_of(10)}, {b, hash_of(20)}});
    EXPECT_EQ(tree.root.hash, tree.expected());
    for (const Hash& key : {a, b, c, hash_of(2)}) tree.check_proof(key);
    EXPECT_EQ(prove_in_tree(tree.root, a, tree.reader())->present.size(), 256U);
    tree.update(2, {{b, std::nullopt}});
    EXPECT_EQ(tree.root.hash, tree_leaf_hash(a, hash_of(10)));
    tree.prune();
    EXPECT_EQ(tree.nodes.size(), 1U);
}

TEST(StateTree, AnAlteredProofProvesNothing) {
    Tree tree;
    std::vector<TreeChange> changes;
    for (std::uint64_t i = 0; i < 100; ++i) changes.push_back({hash_of(i), hash_of(i + 1)});
    tree.update(1, changes);
    const auto rejected = [&tree](std::uint64_t number, const TreeProof& proof) {
        const Hash key = hash_of(number);
        return !verify_present(tree.root.hash, key, hash_of(number + 1), proof) &&
               !verify_absent(tree.root.hash, key, proof);
    };
    for (const std::uint64_t number :
         {std::uint64_t{5}, std::uint64_t{1000}, std::uint64_t{1001}}) {
        const TreeProof proof = *prove_in_tree(tree.root, hash_of(number), tree.reader());
        for (std::size_t i = 0; i < proof.siblings.size(); ++i) {
            TreeProof wrong = proof;
            wrong.siblings[i].bytes[3] ^= 1;
            EXPECT_TRUE(rejected(number, wrong));
        }
        for (std::size_t i = 0; i < proof.present.size(); ++i) {
            TreeProof wrong = proof;
            wrong.present[i] = !wrong.present[i];
            EXPECT_TRUE(rejected(number, wrong));
        }
        TreeProof longer = proof;
        longer.present.push_back(true);
        longer.siblings.push_back(hash_of(3));
        EXPECT_TRUE(rejected(number, longer));
        TreeProof other_end = proof;
        other_end.end = TreeLeaf{hash_of(7), hash_of(8)};
        EXPECT_TRUE(rejected(number, other_end));
    }
}

TEST(StateTree, ADamagedNodeIsAnErrorOfTheEnvironment) {
    Tree tree;
    tree.update(1, {{hash_of(1), hash_of(10)}, {hash_of(2), hash_of(20)}});
    tree.nodes.begin()->second.pop_back();
    const auto found = find_in_tree(tree.root, hash_of(1), tree.reader());
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().kind, base::ErrorKind::environment);
}

TEST(StateTree, AProofAmongAMillionKeysIsBelow1000Bytes) {
    constexpr std::uint64_t KEYS = 1'000'000;
    std::vector<TreeChange> changes;
    for (std::uint64_t i = 0; i < KEYS; ++i) changes.push_back({hash_of(i), hash_of(1)});
    std::map<base::Bytes, base::Bytes> nodes;
    const ReadTreeNode read = [&nodes](base::ByteView key) -> base::Result<base::Bytes> {
        return nodes.at(base::Bytes(key.begin(), key.end()));
    };
    TreeUpdate built = *update_tree({}, 1, std::move(changes), read);
    nodes.insert(std::move_iterator(built.written.begin()),
                 std::move_iterator(built.written.end()));
    for (std::uint64_t i = 0; i < 2000; ++i) {
        const Hash key = hash_of(i * 997);  // the last thousand are absent
        const TreeProof proof = *prove_in_tree(built.root, key, read);
        const bool there = i * 997 < KEYS;
        EXPECT_TRUE(there ? verify_present(built.root.hash, key, hash_of(1), proof)
                          : verify_absent(built.root.hash, key, proof));
        // Count and bits, count and hashes, the other leaf: as the ledger encodes them.
        const std::size_t bytes = 4 + (proof.present.size() + 7) / 8 + 4 +
                                  proof.siblings.size() * 32 + 1 + (proof.end ? 64 : 0);
        EXPECT_LE(bytes, 1000U);
    }
}

}  // namespace
}  // namespace edict::merkle
