// Schema: how a value of a type that a store had before is read as one of the type that it has now.
// Fields that are lacking take their defaults, enums may have gained members at the end, and a
// record with an upgrade is made by its code; inside of optionals, sets, lists and tuples too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/bytecode/module.h"

namespace edict::bytecode {

// The number that a stored value carries of its type: of equal types it is equal, in every module
// and version. The types that one store knows have different numbers.
[[nodiscard]] std::uint32_t type_number(const value::Type& type);
// The older types of a store of the module; null if it has none.
[[nodiscard]] const std::vector<TypeIndex>* older_types(const Module& module, std::size_t store);
// How a record of type `from` becomes one of type `to`, and what a field of `to` is where it is
// lacking; null if the module does not say.
[[nodiscard]] const UpgradeDecl* upgrade_of(const Module& module, const value::Type& from,
                                            const value::Type& to);
[[nodiscard]] const FieldDefault* default_of(const Module& module, const value::Type& record,
                                             std::size_t field);

struct Conversion {
    std::string problem;     // why values of the old type cannot be read; empty if they can
    std::uint64_t cost = 0;  // bound, in units, of one value
};
// `steps` is taken down by the work that the question makes; at 0 there is a problem.
[[nodiscard]] Conversion conversion_of(const Module& module, const value::Type& from,
                                       const value::Type& to, std::uint64_t& steps);
// The greatest cost of reading a value of the store; 0 if its values never had another type.
[[nodiscard]] std::uint64_t conversion_cost(const Module& module, std::size_t store);

}  // namespace edict::bytecode
