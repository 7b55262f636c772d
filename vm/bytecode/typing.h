// Typing: whether the operands of one instruction have the types that its opcode asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "vm/bytecode/module.h"

namespace edict::bytecode {

// Questions about pairs of types, answered once for each pair, so that checking a module takes time
// linear in its size.
class TypeRelations {
public:
    [[nodiscard]] bool fits(const value::Type& from, const value::Type& to);
    [[nodiscard]] bool same_shape(const value::Type& a, const value::Type& b);
    [[nodiscard]] bool same(const value::Type& a, const value::Type& b);

private:
    using Pair = std::pair<const value::Type*, const value::Type*>;
    std::map<Pair, bool> fits_, same_shape_, same_;
};

// Empty if the instruction is well typed, else what is wrong, as a part of a sentence. Demands
// operands in range: registers, constants, table entries and counts.
[[nodiscard]] std::string type_problem(const Module& module, const Function& function,
                                       const Instruction& in, TypeRelations& relations);

}  // namespace edict::bytecode
