#include "chain/merkle/state_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <variant>

#include "base/check.h"

namespace edict::merkle {

namespace {

constexpr std::size_t FANOUT = 16;
constexpr std::size_t NIBBLES = 64;  // of a key
constexpr std::size_t BITS = 256;    // of a key
constexpr Hash EMPTY{};

struct Inner {
    std::uint64_t height = 0;  // under which the node is stored
    Hash hash;
    friend bool operator==(const Inner&, const Inner&) = default;
};
using Child = std::variant<std::monostate, TreeLeaf, Inner>;
using Node = std::array<Child, FANOUT>;

bool is_empty(const Child& child) { return std::holds_alternative<std::monostate>(child); }
bool is_leaf(const Child& child) { return std::holds_alternative<TreeLeaf>(child); }

std::size_t nibble_of(const Hash& key, std::size_t at) {
    const std::uint8_t byte = key.bytes[at / 2];
    return at % 2 == 0 ? byte >> 4U : byte & 15U;
}

bool bit_of(const Hash& key, std::size_t at) {
    return (key.bytes[at / 8] >> (7 - at % 8) & 1) == 1;
}

base::Bytes node_key(std::uint64_t height, const Hash& key, std::size_t nibbles) {
    base::Writer out;
    out.u64(height);
    out.u8(static_cast<std::uint8_t>(nibbles));
    out.raw(std::span(key.bytes).first(nibbles / 2));
    if (nibbles % 2 == 1) out.u8(key.bytes[nibbles / 2] & 0xF0);
    return out.take();
}

// Two masks (which children are there; which of them are leaves), then the children in order.
base::Bytes encode(const Node& node) {
    std::uint16_t there = 0;
    std::uint16_t leaves = 0;
    for (std::size_t i = 0; i < FANOUT; ++i) {
        const auto bit = static_cast<std::uint16_t>(1U << i);
        if (!is_empty(node[i])) there |= bit;
        if (is_leaf(node[i])) leaves |= bit;
    }
    base::Writer out;
    out.u16(there);
    out.u16(leaves);
    for (const Child& child : node) {
        if (const auto* leaf = std::get_if<TreeLeaf>(&child)) {
            crypto::write(out, leaf->key);
            crypto::write(out, leaf->value);
        } else if (const auto* inner = std::get_if<Inner>(&child)) {
            out.u64(inner->height);
            crypto::write(out, inner->hash);
        }
    }
    return out.take();
}

base::Result<Node> decode(base::ByteView bytes) {
    base::Reader in(bytes);
    const unsigned there = in.u16();
    const unsigned leaves = in.u16();
    if ((leaves & ~there) != 0) in.fail("a leaf where no child is");
    Node node;
    for (std::size_t i = 0; i < FANOUT; ++i) {
        if ((there >> i & 1) == 0) continue;
        if ((leaves >> i & 1) == 1) {
            const Hash key = crypto::read_hash(in);
            node[i] = TreeLeaf{key, crypto::read_hash(in)};
        } else {
            const std::uint64_t height = in.u64();
            node[i] = Inner{height, crypto::read_hash(in)};
        }
    }
    if (const base::Status status = in.finish(); !status) {
        return base::environment_error("a node of the state tree is damaged: " +
                                       status.error().message);
    }
    return node;
}

base::Result<Node> read_node(std::uint64_t height, const Hash& key, std::size_t nibbles,
                             const ReadTreeNode& read) {
    const base::Result<base::Bytes> bytes = read(node_key(height, key, nibbles));
    if (!bytes) return base::error_of(bytes);
    return decode(*bytes);
}

// A subtree of the binary tree inside a node. The hash is worked out from what it stands for.
struct Subtree {
    enum class Is : std::uint8_t { empty, leaf, inner } is = Is::empty;
    Hash hash;
    TreeLeaf leaf;
};

Subtree subtree_of(const Child& child) {
    if (const auto* leaf = std::get_if<TreeLeaf>(&child)) {
        return {Subtree::Is::leaf, tree_leaf_hash(leaf->key, leaf->value), *leaf};
    }
    if (const auto* inner = std::get_if<Inner>(&child)) {
        return {Subtree::Is::inner, inner->hash, {}};
    }
    return {};
}

Subtree join(const Subtree& left, const Subtree& right) {
    if (left.is == Subtree::Is::empty && right.is != Subtree::Is::inner) return right;
    if (right.is == Subtree::Is::empty && left.is != Subtree::Is::inner) return left;
    return {Subtree::Is::inner, tree_inner_hash(left.hash, right.hash), {}};
}

// [0]: the top; [4]: the 16 children.
using Levels = std::array<std::vector<Subtree>, 5>;

Levels levels_of(const Node& node) {
    Levels levels;
    for (const Child& child : node) levels[4].push_back(subtree_of(child));
    for (std::size_t level = 4; level > 0; --level) {
        const std::vector<Subtree>& below = levels[level];
        for (std::size_t i = 0; i < below.size(); i += 2) {
            levels[level - 1].push_back(join(below[i], below[i + 1]));
        }
    }
    return levels;
}

Hash hash_of(const Node& node) { return levels_of(node)[0][0].hash; }

// What a node stands for: nothing, one leaf, or itself.
Child collapsed(const Node& node, std::uint64_t height) {
    const auto there = std::ranges::count_if(node, [](const Child& c) { return !is_empty(c); });
    if (there == 0) return {};
    const auto leaf = std::ranges::find_if(node, is_leaf);
    if (there == 1 && leaf != node.end()) return *leaf;
    return Inner{height, hash_of(node)};
}

// Recursion goes down the nibbles of a key: at most 64 deep.
class Updater {
public:
    Updater(std::uint64_t height, const ReadTreeNode& read) : height_(height), read_(read) {}

    using Changes = std::span<const TreeChange>;

    base::Result<Child> update(const Child& child, std::size_t depth, Changes changes) {
        if (const auto* inner = std::get_if<Inner>(&child)) {
            return update_inner(*inner, depth, changes);
        }
        std::vector<TreeLeaf> leaves;
        const auto* old = std::get_if<TreeLeaf>(&child);
        bool old_stays = old != nullptr;
        for (const TreeChange& change : changes) {
            if (old_stays && old->key <= change.key) {
                if (old->key < change.key) leaves.push_back(*old);
                old_stays = false;
            }
            if (change.value) leaves.push_back({change.key, *change.value});
        }
        if (old_stays) leaves.push_back(*old);
        return build(leaves, depth);
    }

    // The top node is stored even if it stands for one leaf only.
    TreeRoot finish(const Child& top) {
        if (const auto* inner = std::get_if<Inner>(&top)) return {inner->height, inner->hash};
        const auto* leaf = std::get_if<TreeLeaf>(&top);
        if (leaf == nullptr) return {height_, EMPTY};
        Node node;
        node[nibble_of(leaf->key, 0)] = *leaf;
        store(node, leaf->key, 0);
        return {height_, hash_of(node)};
    }

    TreeUpdate result;

private:
    base::Result<Child> update_inner(const Inner& inner, std::size_t depth, Changes changes) {
        const Hash path = changes.front().key;
        base::Result<Node> node = read_node(inner.height, path, depth, read_);
        if (!node) return base::error_of(node);
        bool changed = false;
        while (!changes.empty()) {
            const std::size_t nibble = nibble_of(changes.front().key, depth);
            std::size_t size = 1;
            while (size < changes.size() && nibble_of(changes[size].key, depth) == nibble) ++size;
            Child& child = (*node)[nibble];
            const base::Result<Child> now = update(child, depth + 1, changes.first(size));
            if (!now) return base::error_of(now);
            changed = changed || *now != child;
            child = *now;
            changes = changes.subspan(size);
        }
        if (!changed) return Child(inner);
        result.stale.push_back(node_key(inner.height, path, depth));
        const Child now = collapsed(*node, height_);
        if (std::holds_alternative<Inner>(now)) store(*node, path, depth);
        return now;
    }

    Child build(std::span<const TreeLeaf> leaves, std::size_t depth) {
        if (leaves.empty()) return {};
        if (leaves.size() == 1) return leaves.front();
        const Hash path = leaves.front().key;
        Node node;
        while (!leaves.empty()) {
            const std::size_t nibble = nibble_of(leaves.front().key, depth);
            std::size_t size = 1;
            while (size < leaves.size() && nibble_of(leaves[size].key, depth) == nibble) ++size;
            node[nibble] = build(leaves.first(size), depth + 1);
            leaves = leaves.subspan(size);
        }
        store(node, path, depth);
        return Inner{height_, hash_of(node)};
    }

    void store(const Node& node, const Hash& path, std::size_t depth) {
        result.written.emplace_back(node_key(height_, path, depth), encode(node));
    }

    std::uint64_t height_;
    const ReadTreeNode& read_;
};

Hash root_from(const Hash& key, Hash hash, const TreeProof& proof) {
    std::size_t sibling = proof.siblings.size();
    for (std::size_t level = proof.present.size(); level > 0; --level) {
        const Hash& other = proof.present[level - 1] ? proof.siblings[--sibling] : EMPTY;
        hash = bit_of(key, level - 1) ? tree_inner_hash(other, hash) : tree_inner_hash(hash, other);
    }
    return hash;
}

bool is_well_formed(const TreeProof& proof) {
    const auto present = std::ranges::count(proof.present, true);
    return proof.present.size() <= BITS &&
           static_cast<std::size_t>(present) == proof.siblings.size() &&
           std::ranges::find(proof.siblings, EMPTY) == proof.siblings.end();
}

Hash hash_of_pair(std::uint8_t prefix, const Hash& first, const Hash& second) {
    std::array<std::uint8_t, 65> bytes;
    bytes[0] = prefix;
    std::ranges::copy(first.bytes, bytes.begin() + 1);
    std::ranges::copy(second.bytes, bytes.begin() + 33);
    return crypto::sha256(bytes);
}

}  // namespace

Hash tree_leaf_hash(const Hash& key, const Hash& value) { return hash_of_pair(0, key, value); }
Hash tree_inner_hash(const Hash& left, const Hash& right) { return hash_of_pair(1, left, right); }

base::Result<TreeUpdate> update_tree(const TreeRoot& from, std::uint64_t height,
                                     std::vector<TreeChange> changes, const ReadTreeNode& read) {
    EDICT_CHECK(from.hash == EMPTY || height > from.height);
    std::ranges::sort(changes, {}, &TreeChange::key);
    EDICT_CHECK(std::ranges::adjacent_find(changes, {}, &TreeChange::key) == changes.end());
    Updater updater(height, read);
    updater.result.root = from;
    if (changes.empty()) return std::move(updater.result);
    const Child before = from.hash == EMPTY ? Child() : Child(Inner{from.height, from.hash});
    const base::Result<Child> after = updater.update(before, 0, changes);
    if (!after) return base::error_of(after);
    if (*after != before) updater.result.root = updater.finish(*after);
    return std::move(updater.result);
}

base::Result<std::optional<Hash>> find_in_tree(const TreeRoot& root, const Hash& key,
                                               const ReadTreeNode& read) {
    if (root.hash == EMPTY) return std::nullopt;
    std::uint64_t height = root.height;
    for (std::size_t depth = 0; depth < NIBBLES; ++depth) {
        const base::Result<Node> node = read_node(height, key, depth, read);
        if (!node) return base::error_of(node);
        const Child& child = (*node)[nibble_of(key, depth)];
        if (const auto* leaf = std::get_if<TreeLeaf>(&child)) {
            return leaf->key == key ? std::optional(leaf->value) : std::nullopt;
        }
        if (is_empty(child)) return std::nullopt;
        height = std::get<Inner>(child).height;
    }
    return base::environment_error("a node of the state tree is damaged: it is too deep");
}

base::Result<TreeProof> prove_in_tree(const TreeRoot& root, const Hash& key,
                                      const ReadTreeNode& read) {
    TreeProof proof;
    if (root.hash == EMPTY) return proof;
    std::uint64_t height = root.height;
    for (std::size_t depth = 0; depth < NIBBLES; ++depth) {
        const base::Result<Node> node = read_node(height, key, depth, read);
        if (!node) return base::error_of(node);
        const Levels levels = levels_of(*node);
        std::size_t at = 0;
        for (std::size_t level = 0;; ++level) {
            const Subtree& here = levels[level][at];
            if (here.is == Subtree::Is::empty) return proof;
            if (here.is == Subtree::Is::leaf) {
                if (here.leaf.key != key) proof.end = here.leaf;
                return proof;
            }
            if (level == 4) break;
            at = at * 2 + (bit_of(key, depth * 4 + level) ? 1 : 0);
            const Subtree& sibling = levels[level + 1][at ^ 1];
            proof.present.push_back(sibling.is != Subtree::Is::empty);
            if (proof.present.back()) proof.siblings.push_back(sibling.hash);
        }
        height = std::get<Inner>((*node)[at]).height;
    }
    return base::environment_error("a node of the state tree is damaged: it is too deep");
}

bool verify_present(const Hash& root, const Hash& key, const Hash& value, const TreeProof& proof) {
    return is_well_formed(proof) && !proof.end &&
           root_from(key, tree_leaf_hash(key, value), proof) == root;
}

bool verify_absent(const Hash& root, const Hash& key, const TreeProof& proof) {
    if (!is_well_formed(proof)) return false;
    if (!proof.end) return root_from(key, EMPTY, proof) == root;
    if (proof.end->key == key) return false;
    for (std::size_t level = 0; level < proof.present.size(); ++level) {
        if (bit_of(proof.end->key, level) != bit_of(key, level)) return false;
    }
    return root_from(key, tree_leaf_hash(proof.end->key, proof.end->value), proof) == root;
}

}  // namespace edict::merkle
