#include "chain/merkle/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "base/check.h"

namespace edict::merkle {

namespace {

constexpr std::uint8_t LEAF_PREFIX = 0;
constexpr std::uint8_t NODE_PREFIX = 1;

std::uint64_t count_of(std::uint32_t level) { return std::uint64_t{1} << level; }

// The largest power of two below `size`, which is at least 2.
std::uint64_t split_of(std::uint64_t size) { return std::bit_floor(size - 1); }

base::Result<Hash> node_at(LogNode node, const ReadLogNode& read) {
    if (const std::optional<Hash> hash = read(node)) return *hash;
    return base::environment_error(
        fmt::format("the log has no node at level {}, index {}", node.level, node.index));
}

Hash fold(std::span<const Hash> edge) {
    Hash root = edge.back();
    for (std::size_t i = edge.size() - 1; i > 0; --i) root = node_hash(edge[i - 1], root);
    return root;
}

// The complete subtrees that make up the leaves [begin, begin + size), largest first. `begin` is a
// multiple of the largest of them.
base::Result<std::vector<Hash>> edge_of(std::uint64_t begin, std::uint64_t size,
                                        const ReadLogNode& read) {
    std::vector<Hash> edge;
    for (std::uint64_t left = size; left > 0; left -= std::bit_floor(left)) {
        const auto level = static_cast<std::uint32_t>(std::bit_width(left) - 1);
        const base::Result<Hash> hash = node_at({level, begin >> level}, read);
        if (!hash) return base::error_of(hash);
        edge.push_back(*hash);
        begin += count_of(level);
    }
    return edge;
}

struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

base::Result<std::vector<Hash>> roots_of(const std::vector<Range>& ranges,
                                         const ReadLogNode& read) {
    std::vector<Hash> roots;
    for (const Range& range : ranges) {
        const auto edge = edge_of(range.begin, range.end - range.begin, read);
        if (!edge) return base::error_of(edge);
        roots.push_back(fold(*edge));
    }
    return roots;
}

}  // namespace

Hash leaf_hash(base::ByteView leaf) {
    return crypto::Sha256().add(std::span(&LEAF_PREFIX, 1)).add(leaf).finish();
}

Hash node_hash(const Hash& left, const Hash& right) {
    std::array<std::uint8_t, 65> bytes;
    bytes[0] = NODE_PREFIX;
    std::ranges::copy(left.bytes, bytes.begin() + 1);
    std::ranges::copy(right.bytes, bytes.begin() + 33);
    return crypto::sha256(bytes);
}

Hash empty_log_root() { return crypto::sha256({}); }

Hash log_root(std::span<const Hash> leaf_hashes) {
    LogEdge log;
    for (const Hash& leaf : leaf_hashes) log.append(leaf);
    return log.root();
}

base::Result<LogEdge> LogEdge::from(std::uint64_t size, std::vector<Hash> edge) {
    const auto expected = static_cast<std::size_t>(std::popcount(size));
    if (edge.size() != expected) {
        return base::input_error(fmt::format("the edge of a log of {} leaves has {} hashes, not {}",
                                             size, expected, edge.size()));
    }
    LogEdge log;
    log.size_ = size;
    log.edge_ = std::move(edge);
    return log;
}

base::Result<LogEdge> LogEdge::read(std::uint64_t size, const ReadLogNode& read) {
    auto edge = edge_of(0, size, read);
    if (!edge) return base::error_of(edge);
    return from(size, std::move(*edge));
}

void LogEdge::append(const Hash& leaf, std::vector<std::pair<LogNode, Hash>>* completed) {
    LogNode node{0, size_};
    Hash hash = leaf;
    if (completed != nullptr) completed->emplace_back(node, hash);
    // An odd index is the right half of a subtree whose left half is the last hash of the edge.
    while (node.index % 2 == 1) {
        hash = node_hash(edge_.back(), hash);
        edge_.pop_back();
        node = {node.level + 1, node.index / 2};
        if (completed != nullptr) completed->emplace_back(node, hash);
    }
    edge_.push_back(hash);
    ++size_;
}

Hash LogEdge::root() const { return edge_.empty() ? empty_log_root() : fold(edge_); }

base::Result<Hash> log_root_at(std::uint64_t size, const ReadLogNode& read) {
    const base::Result<LogEdge> log = LogEdge::read(size, read);
    if (!log) return base::error_of(log);
    return log->root();
}

base::Result<std::vector<Hash>> inclusion_path(std::uint64_t index, std::uint64_t size,
                                               const ReadLogNode& read) {
    EDICT_CHECK(index < size);
    std::vector<Range> siblings;  // from the root
    Range at{0, size};
    while (at.end - at.begin > 1) {
        const std::uint64_t middle = at.begin + split_of(at.end - at.begin);
        if (index < middle) {
            siblings.push_back({middle, at.end});
            at.end = middle;
        } else {
            siblings.push_back({at.begin, middle});
            at.begin = middle;
        }
    }
    std::ranges::reverse(siblings);
    return roots_of(siblings, read);
}

base::Result<std::vector<Hash>> consistency_path(std::uint64_t older, std::uint64_t newer,
                                                 const ReadLogNode& read) {
    EDICT_CHECK(0 < older && older <= newer);
    std::vector<Range> siblings;  // from the root
    Range at{0, newer};
    bool whole = true;  // whether the old log is exactly the subtree that is left
    while (at.end != older) {
        const std::uint64_t middle = at.begin + split_of(at.end - at.begin);
        if (older <= middle) {
            siblings.push_back({middle, at.end});
            at.end = middle;
        } else {
            siblings.push_back({at.begin, middle});
            at.begin = middle;
            whole = false;
        }
    }
    if (!whole) siblings.push_back(at);
    std::ranges::reverse(siblings);
    return roots_of(siblings, read);
}

std::vector<Hash> inclusion_path(std::uint64_t index, std::span<const Hash> leaf_hashes) {
    EDICT_CHECK(index < leaf_hashes.size());
    std::vector<std::pair<LogNode, Hash>> completed;
    LogEdge log;
    for (const Hash& leaf : leaf_hashes) log.append(leaf, &completed);
    const std::map<LogNode, Hash> nodes(completed.begin(), completed.end());
    const auto path = inclusion_path(
        index, log.size(), [&nodes](LogNode node) { return std::optional<Hash>(nodes.at(node)); });
    return path.value();
}

// RFC 9162, 2.1.3.2.
bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Hash> path, const Hash& root) {
    if (index >= size) return false;
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Hash hash = leaf;
    for (const Hash& sibling : path) {
        if (last == 0) return false;
        if (node % 2 == 1 || node == last) {
            hash = node_hash(sibling, hash);
            while (node % 2 == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

// RFC 9162, 2.1.4.2.
bool verify_consistency(std::uint64_t older, const Hash& older_root, std::uint64_t newer,
                        const Hash& newer_root, std::span<const Hash> path) {
    if (older == 0 || older > newer) return false;
    if (older == newer) return path.empty() && older_root == newer_root;
    std::uint64_t node = older - 1;
    std::uint64_t last = newer - 1;
    while (node % 2 == 1) {
        node >>= 1;
        last >>= 1;
    }
    // A power of two is a node of the newer log itself, so the path leaves it out.
    const bool implied = std::has_single_bit(older);
    if (!implied && path.empty()) return false;
    Hash from_older = implied ? older_root : path.front();
    Hash from_newer = from_older;
    for (const Hash& sibling : path.subspan(implied ? 0 : 1)) {
        if (last == 0) return false;
        if (node % 2 == 1 || node == last) {
            from_older = node_hash(sibling, from_older);
            from_newer = node_hash(sibling, from_newer);
            while (node % 2 == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_newer = node_hash(from_newer, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && from_older == older_root && from_newer == newer_root;
}

}  // namespace edict::merkle
