// How the stores of a module stay right over time: invariants, initial data, and how values that
// older versions stored are read. Not for other folders.
#pragma once

#include "compiler/check/names.h"

namespace edict::check {

// Fills invariants, initial data, upgrades, defaults of fields and older types of a module whose
// declarations, actions and rules are complete.
void check_change(const ModuleScope& names);
// change.cpp calls these: what fields, members and upgrades say of older versions, then from that
// the older types of each store. The modules that it uses are complete.
void check_history(const ModuleScope& names);
void derive_older_types(const ModuleScope& names);

[[nodiscard]] Version version_of(const ast::Version& tree);
[[nodiscard]] std::string text_of(const Version& version);

}  // namespace edict::check
