// The meaning of typed expressions, told as simply as possible: a walk over the tree. The lowering,
// the engines and the verifier are compared with it; it shares no code with any of them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "compiler/check/program.h"

namespace edict::reference {

using Maybe = std::optional<value::Value>;  // none: the expression has no value

// What expressions ask of their surroundings.
struct World {
    // Null key: a single store. None: absent and without a default.
    std::function<Maybe(check::StoreRef, const value::Value* key, check::Moment)> read;
    std::function<bool(const value::PartyId&, const std::string& role)> has_role;
    std::function<bool(const value::PartyId&, check::ActionRef, bool breached)> has_duty;
    value::Date today;
    value::Time now;
    int zone_minutes = 0;  // of the module whose expressions these are
    value::PartyId caller, signer;
    // Told why an expression has no value although its parts have; may be left out.
    std::function<void(const std::string& why)> lacking;
};

// `locals` are what the quantifiers around the expression have bound.
[[nodiscard]] Maybe evaluate(const check::Program& program, const check::Expr& expr,
                             const std::vector<value::Value>& arguments,
                             std::map<check::LocalId, value::Value>& locals, const World& world);

}  // namespace edict::reference
