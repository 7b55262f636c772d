// Modules written as text, linked, with a state to call them on.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/map_state.h"
#include "vm/bytecode/assembler.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/validate.h"
#include "vm/call/call.h"
#include "vm/call/link.h"
#include "vm/runtime/interpreter.h"

namespace edict::call::test {

// A contract that counts what is shared with whom. Its regulators are the office.
inline constexpr const char* HUB = R"(contract hub 1.0.0
regulator office
type Int
type Int(0,100)
type Party
type Text(64)
type Bool
const #0 "0"
const #0 "13"
const #3 "13 is not shared"
event Shared to:#2 n:#1
store sent #2 #0 c0
store level #3 #0
use hub sent #2 #0 "0"
use hub level #3 #0
; share(to, n): sent[to] += n
function action 2 #2 #1 #0 #0 #4 #3
constant r2 c1
equal r4 r1 r2
jump_unless r4 @good
constant r5 c2
fail r5
good:
read_now r2 s0 r0
add r3 r2 r1
write_store r3 s0 r0
emit e0 r0 x2
ret r0 x0
; forget(to): sent[to] is absent
function action 1 #2
remove_key s0 r0
ret r0 x0
; raise(name): level[name] += 13
function action 1 #3 #0 #0
read_now r1 s1 r0
constant r2 c1
add r2 r1 r2
write_store r2 s1 r0
ret r0 x0
action share f0 to:#2 n:#1
by hospital
by clinic
action forget f1 to:#2
action raise f2 name:#3
)";

// A contract with `regulators none` that calls the hub: relay(to, n), twice(to, n).
inline constexpr const char* DESK = R"(contract desk 1.0.0
import hub HASH(hub)
type Int
type Int(0,100)
type Party
const #0 "1"
store relayed _ #0
use desk relayed _ #0
use hub sent #2 #0 "0"
callee hub share #2 #1
function action 2 #2 #1 #0
constant r2 c0
write_store r2 s0 _
call_action a0 r0 x2
read_now r2 s1 r0
write_store r2 s0 _
ret r0 x0
function action 2 #2 #1 #0
call_action a0 r0 x2
call_action a0 r0 x2
ret r0 x0
action relay f0 to:#2 n:#1
action twice f1 to:#2 n:#1
)";

// A regulation: share is permitted, but for a cap on what one party gets.
inline constexpr const char* CAP = R"(regulation cap 1.0.0
import hub HASH(hub)
type Int
type Int(0,100)
type Party
type Text(64)
type Bool
const #0 "100"
use hub sent #2 #0 "0"
; after(sent[to]) <= 100
function rule 2 #2 #1 #0 #0 #4
read_after r2 s0 r0
constant r3 c0
less_equal r4 r2 r3
ret r4 x1
; shown: before(sent[to]), n
function message 2 #2 #1 #0 #1
read_before r2 s0 r0
move r3 r1
ret r2 x2
governs hub
governed hub share #2 #1
governed hub forget #2
source PIPL law "Personal Information Protection Law" 2021-11-01
rule yearly_cap require
cites 0 "art 40"
on hub share condition f0
because f1 "it has " " already, and would get " " more"
default hub share permitted
default hub forget silent
)";

// The modules in order of their imports; HASH(name) stands for the identity of one before.
inline std::vector<std::shared_ptr<const bytecode::Module>> modules(
    std::vector<std::string> texts) {
    std::vector<std::shared_ptr<const bytecode::Module>> built;
    for (std::string text : texts) {
        for (const auto& before : built) {
            const std::string place = "HASH(" + before->name + ")";
            if (const std::size_t at = text.find(place); at != std::string::npos) {
                text.replace(at, place.size(), bytecode::identity(*before).hex());
            }
        }
        base::Result<bytecode::Module> module = bytecode::assemble(text);
        if (!module) {
            ADD_FAILURE() << module.error().message;
            return built;
        }
        bytecode::set_bounds(*module);
        const base::Status status = bytecode::validate(*module);
        EXPECT_TRUE(status) << status.error().message;
        built.push_back(std::make_shared<const bytecode::Module>(std::move(*module)));
    }
    return built;
}

// `text` with the only `before` in it replaced.
inline std::string with(std::string text, const std::string& before, const std::string& after) {
    const std::size_t at = text.find(before);
    EXPECT_NE(at, std::string::npos) << before;
    return at == std::string::npos ? text : text.replace(at, before.size(), after);
}

inline value::Value party(std::string_view name) { return {value::party_named(name)}; }
inline value::Value number(std::int64_t number) { return {number}; }
inline value::Value text(std::string text) { return {std::move(text)}; }

// A linked set with a state; calls change the state when they are committed.
class World {
public:
    explicit World(std::vector<std::string> texts) {
        base::Result<LinkedSet> linked = link(modules(std::move(texts)));
        if (!linked) {
            ADD_FAILURE() << linked.error().message;
        } else {
            set = std::move(*linked);
        }
    }
    void grant(const value::PartyId& to, const std::string& role) {
        const value::Value key{value::Record{{{to}, {role}}}};
        const LinkedStore& roles = set.stores[set.roles_store];
        state.values[{roles.module, roles.store, value::to_bytes(key, *roles.key)}] =
            value::to_bytes({true}, *roles.value);
    }
    CallResult call(const std::string& module, const std::string& action,
                    std::vector<value::Value> arguments, std::string_view by = "xiyuan") {
        const value::PartyId caller = value::party_named(by);
        CallResult result = run_call(
            set, state, {module, action, std::move(arguments), caller, caller}, {time_ms}, engine);
        for (const auto& [key, bytes] : result.writes) {
            if (bytes) {
                state.values[key] = *bytes;
            } else {
                state.values.erase(key);
            }
        }
        return result;
    }
    // An Int of the state.
    std::optional<std::int64_t> read(const std::string& module, const std::string& store,
                                     const base::Bytes& key = {}) const {
        const auto at = state.values.find({module, store, key});
        if (at == state.values.end()) return std::nullopt;
        return std::get<std::int64_t>(value::from_bytes(at->second, *value::integer_type())->data);
    }
    std::optional<std::int64_t> sent(std::string_view to) const {
        return read("hub", "sent", value::to_bytes(party(to), *value::party_type()));
    }

    LinkedSet set;
    MapState state;
    std::int64_t time_ms = 0;
    runtime::Interpreter engine;
};

}  // namespace edict::call::test
