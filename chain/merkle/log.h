// The append-only log: the Merkle tree of RFC 6962 section 2.1, with proofs as in RFC 9162
// sections 2.1.3 and 2.1.4. Leaves count from 0; paths run from the leaf to the root.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "crypto/hash.h"

namespace edict::merkle {

using crypto::Hash;

[[nodiscard]] Hash leaf_hash(base::ByteView leaf);  // SHA-256(0x00 || leaf)
[[nodiscard]] Hash node_hash(const Hash& left,
                             const Hash& right);  // SHA-256(0x01 || left || right)
[[nodiscard]] Hash empty_log_root();              // SHA-256 of nothing
// The root over leaves that are all at hand (of transactions, of receipts).
[[nodiscard]] Hash log_root(std::span<const Hash> leaf_hashes);

// A complete subtree: the leaves [index << level, (index + 1) << level). Its hash never changes.
struct LogNode {
    std::uint32_t level = 0;
    std::uint64_t index = 0;
    friend auto operator<=>(const LogNode&, const LogNode&) = default;
};

// Where to find the hash of a complete subtree; none: it is not there.
using ReadLogNode = std::function<std::optional<Hash>(LogNode)>;

// The right edge of a log: all that is needed to append.
class LogEdge {
public:
    LogEdge() = default;
    // `edge` holds one hash for each set bit of `size`, largest subtree first.
    [[nodiscard]] static base::Result<LogEdge> from(std::uint64_t size, std::vector<Hash> edge);
    // Reads the edge of a log of `size` leaves.
    [[nodiscard]] static base::Result<LogEdge> read(std::uint64_t size, const ReadLogNode& read);

    // Appends a leaf; `completed` receives each subtree that is now complete (the leaf first), to
    // be stored for later proofs.
    void append(const Hash& leaf, std::vector<std::pair<LogNode, Hash>>* completed = nullptr);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const std::vector<Hash>& edge() const { return edge_; }
    [[nodiscard]] Hash root() const;

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> edge_;
};

// The root that the log had at `size` leaves. An error names the node that `read` did not have.
[[nodiscard]] base::Result<Hash> log_root_at(std::uint64_t size, const ReadLogNode& read);
// That leaf `index` is in the log of `size` leaves; index < size.
[[nodiscard]] base::Result<std::vector<Hash>> inclusion_path(std::uint64_t index,
                                                             std::uint64_t size,
                                                             const ReadLogNode& read);
// That the log of `newer` leaves begins with the log of `older` leaves; 0 < older <= newer.
[[nodiscard]] base::Result<std::vector<Hash>> consistency_path(std::uint64_t older,
                                                               std::uint64_t newer,
                                                               const ReadLogNode& read);
// The inclusion path among leaves that are all at hand; index < leaf_hashes.size().
[[nodiscard]] std::vector<Hash> inclusion_path(std::uint64_t index,
                                               std::span<const Hash> leaf_hashes);

// Pure checks of what an untrusted party hands over.
[[nodiscard]] bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                                    std::span<const Hash> path, const Hash& root);
[[nodiscard]] bool verify_consistency(std::uint64_t older, const Hash& older_root,
                                      std::uint64_t newer, const Hash& newer_root,
                                      std::span<const Hash> path);

}  // namespace edict::merkle
