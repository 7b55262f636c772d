// The one description of every ledger structure: its fields in the order of their bytes, with the
// bound and the meaning of each. The codec, the JSON form and the tables of docs/LEDGER.md are
// visitors of these functions. Only the sources of this folder and of
// chain/consensus/pbft include it.
//
// A visitor is called as visit(name, field, bound, meaning); the bound is None for fields of one
// size.
#pragma once

#include <array>
#include <string_view>
#include <type_traits>

#include "chain/ledger/block.h"
#include "chain/ledger/deploy.h"
#include "chain/ledger/proof.h"

namespace edict::ledger {

// ---- bounds -------------------------------------------------------------------------------------

struct None {};
struct Name {};  // NFC text of 1 to MAX_NAME_BYTES bytes without control characters
struct Utf8 {    // well-formed UTF-8
    std::size_t max_bytes;
};
struct Most {  // bytes of a byte string, bits of a bit set, elements of a list
    std::size_t max;
};
template <typename Bound>
struct Each {  // a list whose elements have a bound too
    std::size_t max;
    Bound element;
};

// ---- enumerations and structures ----------------------------------------------------------------

// Names of enumerators in the order of their numbers, which are their bytes.
template <typename Enum>
inline constexpr std::array<std::string_view, 0> ENUMERATORS{};
template <>
inline constexpr std::array<std::string_view, 3> ENUMERATORS<ProtocolKind> = {"solo", "raft",
                                                                              "pbft"};
template <>
inline constexpr std::array<std::string_view, 2> ENUMERATORS<LeafKind> = {"transaction", "anchor"};
template <>
inline constexpr std::array<std::string_view, 4> ENUMERATORS<Outcome> = {"committed", "forbidden",
                                                                         "failed", "refused"};
template <>
inline constexpr std::array<std::string_view, 3> ENUMERATORS<Answer> = {"permitted", "forbidden",
                                                                        "silent"};
template <>
inline constexpr std::array<std::string_view, 3> ENUMERATORS<ShownAs> = {"none", "bytes", "hash"};
template <>
inline constexpr std::array<std::string_view, 3> ENUMERATORS<Verdict> = {"passed", "blocked",
                                                                         "unknown"};

// Name and meaning of a structure; `max_bytes` of what stands alone, else 0.
struct About {
    std::string_view name;
    std::string_view meaning;
    std::size_t max_bytes = 0;
};
template <typename T>
inline constexpr About ABOUT{};

// fields(visit, x) takes x by reference, constant or not.
template <typename T, typename Structure>
concept Is = std::is_same_v<std::remove_const_t<T>, Structure>;

}  // namespace edict::ledger

#include "chain/ledger/fields_block.h"    // IWYU pragma: export
#include "chain/ledger/fields_genesis.h"  // IWYU pragma: export
#include "chain/ledger/fields_receipt.h"  // IWYU pragma: export
#include "chain/ledger/fields_state.h"    // IWYU pragma: export
