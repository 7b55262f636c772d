// The state tree: a compressed sparse Merkle tree over 256-bit keys that are hashes. A subtree of
// one key is that leaf, an empty subtree is 32 zero bytes, so a path is about log2(keys) long
// (after the Jellyfish Merkle Tree of Gao, Hu and Wu, 2021: nodes of 16 children, each written
// under the height that made it, hashed as the binary tree that they stand for).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "crypto/hash.h"

namespace edict::merkle {

using crypto::Hash;

[[nodiscard]] Hash tree_leaf_hash(const Hash& key, const Hash& value);    // SHA-256(0x00 || …)
[[nodiscard]] Hash tree_inner_hash(const Hash& left, const Hash& right);  // SHA-256(0x01 || …)

// One version of the tree: the height whose update wrote its top node, and the root hash. An empty
// tree has the zero hash.
struct TreeRoot {
    std::uint64_t height = 0;
    Hash hash;
    friend bool operator==(const TreeRoot&, const TreeRoot&) = default;
};

// Reads a stored node by its key: height (8 bytes, big-endian), number of path nibbles (1 byte),
// path. An error is handed on to whoever asked.
using ReadTreeNode = std::function<base::Result<base::Bytes>(base::ByteView key)>;

struct TreeChange {
    Hash key;
    std::optional<Hash> value;  // hash of the value; none: the key is removed
};

// What an update asks its store to do, in the batch that commits the height.
struct TreeUpdate {
    TreeRoot root;
    std::vector<std::pair<base::Bytes, base::Bytes>> written;  // new nodes by key
    std::vector<base::Bytes> stale;  // keys of nodes that this version no longer needs
};

// Applies the changes of one height, in any order, each key at most once, to version `from`.
// `height` is above from.height. A change that changes nothing writes nothing.
[[nodiscard]] base::Result<TreeUpdate> update_tree(const TreeRoot& from, std::uint64_t height,
                                                   std::vector<TreeChange> changes,
                                                   const ReadTreeNode& read);

// The hash of the value under `key`; none: the key is absent.
[[nodiscard]] base::Result<std::optional<Hash>> find_in_tree(const TreeRoot& root, const Hash& key,
                                                             const ReadTreeNode& read);

struct TreeLeaf {
    Hash key, value;
    friend bool operator==(const TreeLeaf&, const TreeLeaf&) = default;
};

// The way from the root to where `key` is or would be.
struct TreeProof {
    std::vector<bool> present;    // for each level from the root: whether the sibling is not empty
    std::vector<Hash> siblings;   // those that are not empty, from the root downwards
    std::optional<TreeLeaf> end;  // in a proof of absence: the other key that stands there
    friend bool operator==(const TreeProof&, const TreeProof&) = default;
};

[[nodiscard]] base::Result<TreeProof> prove_in_tree(const TreeRoot& root, const Hash& key,
                                                    const ReadTreeNode& read);

// Pure checks of what an untrusted party hands over.
[[nodiscard]] bool verify_present(const Hash& root, const Hash& key, const Hash& value,
                                  const TreeProof& proof);
[[nodiscard]] bool verify_absent(const Hash& root, const Hash& key, const TreeProof& proof);

}  // namespace edict::merkle
