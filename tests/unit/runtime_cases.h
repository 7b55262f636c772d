// The tables of what code does: one line for each fact about an opcode.
#pragma once

#include <string>
#include <vector>

namespace edict::runtime::test {

// Code of a message function without parameters. Its first registers get their values from the
// code.
struct ValueCase {
    std::string name;
    std::string registers;  // their types
    std::string code;
    std::string expected;  // the results, separated by spaces; ? for no value
};
[[nodiscard]] const std::vector<ValueCase>& value_cases();

// Those of value_operations.cpp; they are part of value_cases().
[[nodiscard]] const std::vector<ValueCase>& computed_cases();

// Code of an action without parameters.
struct ActionCase {
    std::string name;
    std::string registers;
    std::string code;
    std::vector<std::string> log;  // what it asked of the host
    std::string failure;           // why it failed; empty if it did not
};
[[nodiscard]] const std::vector<ActionCase>& action_cases();

}  // namespace edict::runtime::test
