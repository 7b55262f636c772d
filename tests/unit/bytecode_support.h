// A contract and a regulation that fill every section of the format, as text.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "vm/bytecode/assembler.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/validate.h"

namespace edict::bytecode::test {

inline constexpr const char* CONTRACT = R"(contract hub 1.2.3 zone 480
import other 0101010101010101010101010101010101010101010101010101010101010101
regulator office
role hospital
type Int
type Bool
type Text(16)
type Enum(hub.Level,ordered,low,high)
type Record(hub.Pair,n:#0,t:#2)
type Set(#0,4)
type Optional(#0)
type Party
const #0 "7"
const #2 "abc; \"x\""
const #5 ["1", "2"]
event Noted n:#0 t:#2
store total _ #0 c0
store of #2 #0
use hub total _ #0 "7"
use hub of #2 #0
use other flags #7 #1 false
callee other act #0
function action 2 #0 #2 #0 #1 #5
read_now r2 s0 _
read_now r2 s1 r1
less r3 r0 r2
jump_unless r3 @end
write_store r2 s1 r1
remove_key s1 r1
emit e0 r0 x2
call_action a0 r0 x1
end:
ret r0 x0
action share f0 n:#0 t:#2
by hospital
by clinic
personal parameter 0 1
personal event 0 0
personal store 1 0
)";

inline constexpr const char* REGULATION = R"(regulation rules 0.1.0
import hub 0202020202020202020202020202020202020202020202020202020202020202
type Int
type Bool
type Text(16)
const #1 true
type Party
store seen #2 #0
use rules seen #2 #0
callee hub share #0 #2
callee hub stop #3
function rule 2 #0 #2 #1
constant r2 c0
ret r2 x1
function message 2 #0 #2
ret r0 x2
function action 2 #0 #2
write_store r0 s0 r1
ret r0 x0
function message 2 #0 #2 #3 #0
caller r2
move r3 r0
ret r2 x2
function message 2 #0 #2 #3
caller r2
ret r2 x1
governs hub
governed hub share #0 #2
source PIPL law "Personal Information Protection Law" 2021-11-01
source WARD internal "Ward policy"
rule first require from 2026-01-01 until 2027-01-01
cites 0 "art 40"
overrides 1
on hub share scope f0 condition f0
because f1 "a" "b" "c"
unless f0
because _ "approved"
cites 1 "3.2"
rule second permit right
on hub share
rule third duty
on hub share
must party _ a0 x01 f3 30 days else a1 f4
observer seen_each hub share f2
default hub share silent
personal elements 0 0
)";

// Assembled, with its bounds filled in.
inline Module made(const std::string& text) {
    base::Result<Module> module = assemble(text);
    if (!module) {
        ADD_FAILURE() << module.error().message;
        return {};
    }
    set_bounds(*module);
    return *module;
}

inline std::string with(std::string text, const std::string& before, const std::string& after) {
    const std::size_t at = text.find(before);
    EXPECT_NE(at, std::string::npos) << before;
    return at == std::string::npos ? text : text.replace(at, before.size(), after);
}

// What the validator says; empty if it accepts.
inline std::string verdict(const Module& module) {
    const base::Status status = validate(module);
    return status ? "" : status.error().message;
}

}  // namespace edict::bytecode::test
