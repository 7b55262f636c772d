// Every limit of values and types.
#pragma once

#include <cstddef>
#include <cstdint>

namespace edict::value {

inline constexpr std::size_t MAX_VALUE_BYTES = 1 << 20;      // canonical bytes of one value
inline constexpr std::uint32_t DEFAULT_TEXT_CAPACITY = 256;  // bytes, when Text has no <n>
inline constexpr std::size_t MAX_ENUM_MEMBERS = 4096;
inline constexpr std::size_t MAX_RECORD_FIELDS = 256;
inline constexpr std::size_t MAX_TUPLE_PARTS = 8;
inline constexpr std::size_t MAX_SET_ELEMENTS = 65'536;
inline constexpr std::size_t MAX_LIST_ELEMENTS = 65'536;
inline constexpr std::size_t MAX_UNIT_BYTES = 32;  // of the name of a unit
inline constexpr std::size_t MAX_TYPE_DEPTH = 32;
inline constexpr std::size_t MAX_TYPE_BYTES = 1 << 20;  // canonical bytes of one type
inline constexpr std::size_t MAX_NAME_BYTES = 128;      // of a module, type, field, member, role …

}  // namespace edict::value
