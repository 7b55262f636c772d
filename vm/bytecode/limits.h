// Every limit of modules and code. The validator refuses what passes one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace edict::bytecode {

inline constexpr std::uint32_t MAX_DUTY_AMOUNT = 1'000'000;  // days or hours of one deadline
inline constexpr std::uint32_t MAX_WORKING_DAYS = 1'000;     // of one deadline
inline constexpr std::uint16_t MAX_DATED_DAYS = 31;  // that a legal time lies before block time

inline constexpr std::size_t MAX_MODULE_BYTES = 16 << 20;
inline constexpr std::size_t MAX_TYPES = 4'096;
inline constexpr std::size_t MAX_TYPE_TABLE_BYTES = 256 << 10;
inline constexpr std::size_t MAX_CONSTANTS = 65'535;
inline constexpr std::size_t MAX_FUNCTIONS = 262'144;
inline constexpr std::size_t MAX_RULES = 65'535;
inline constexpr std::size_t MAX_DECLARATIONS = 16'384;  // of any other table of a module
inline constexpr std::size_t MAX_TEXT_BYTES = 4'096;     // of one piece of a message, title, place
inline constexpr std::size_t MAX_PARAMETERS = 64;        // of an action; fields of an event
inline constexpr std::size_t MAX_MESSAGE_VALUES = 32;
inline constexpr std::size_t MAX_INITIAL_VALUES = 16'384;  // of one module
inline constexpr std::size_t MAX_OLDER_TYPES = 256;        // that the values of one store had
// Units that reading one value of an older type may cost; each read of such a store is charged it.
inline constexpr std::uint64_t MAX_CONVERSION_COST = 1'000'000;
inline constexpr std::uint64_t MAX_CONVERSION_STEPS = 4'000'000;  // of looking at all older types
inline constexpr std::size_t MAX_UPGRADES = 1'024;                // and as many defaults of fields
inline constexpr int MAX_ZONE_MINUTES = 18 * 60;                  // east or west of UTC

inline constexpr std::size_t MAX_REGISTERS = 4'096;  // of a function
inline constexpr std::size_t MAX_CODE = 32'768;      // instructions of a function
inline constexpr std::size_t MAX_OPERANDS = 256;     // consecutive registers of one instruction
inline constexpr std::size_t MAX_LOOP_DEPTH = 8;     // for_each inside for_each

// Units that a call may cost, its rules and callees included. One unit is about the work of an
// addition.
inline constexpr std::uint64_t MAX_CALL_COST = 100'000'000;
// A cost marked `z` grows by one unit for each so many bytes of the declared size of its operands.
inline constexpr std::uint64_t BYTES_PER_UNIT = 32;
// What the values that one run of a function makes may take together, by their declared sizes.
inline constexpr std::uint64_t MAX_FUNCTION_MEMORY_BYTES = 256ULL << 20;
// Calls of actions inside actions.
inline constexpr std::size_t MAX_CALL_DEPTH = 16;

}  // namespace edict::bytecode
