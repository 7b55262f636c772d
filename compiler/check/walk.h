// Walks over typed expressions and statements.
#pragma once

#include <functional>
#include <set>

#include "compiler/check/program.h"

namespace edict::check {

// Each direct part of an expression, in the order of the text.
void for_each_part(const Expr& expr, const std::function<void(const Expr&)>& visit);

// Adds the stores that an expression reads.
void collect_reads(const Expr& expr, std::set<StoreRef>& reads);

// Adds the stores that statements read and write, and those of the actions that they call: those
// are in modules that are complete already.
// The actions that a block calls, and those that they call.
void collect_calls(const Block& block, const Program& program, std::set<ActionRef>& actions);

void collect_effects(const Block& block, const Program& program, std::set<StoreRef>& reads,
                     std::set<StoreRef>& writes);

}  // namespace edict::check
