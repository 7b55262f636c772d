// The one meaning of a call (3-language design, sections 5 and 6): action, rules of every
// regulation in force, outcome. `edict test`, `decide`, witness replay and the executor call it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "value/value.h"
#include "vm/call/link.h"
#include "vm/runtime/engine.h"

namespace edict::call {

struct Call {
    std::string module, action;
    std::vector<value::Value> arguments;  // checked by run_call against the action's parameters
    value::PartyId caller;
    value::PartyId signer;
};

struct BlockContext {
    std::int64_t time_ms = 0;  // milliseconds since 1970-01-01 UTC
};

// Where a value of the state is: canonical, so that it is the same on every node.
struct StateKey {
    std::string module, store;
    base::Bytes key;  // canonical bytes of the key; empty for a single store
    friend auto operator<=>(const StateKey&, const StateKey&) = default;
};

// The committed state before the call. Bytes are canonical values of the store's type.
class StateView {
public:
    virtual ~StateView() = default;
    [[nodiscard]] virtual std::optional<base::Bytes> get(const StateKey& key) const = 0;
    // The number of the type that the value was stored as, among those that its store has had;
    // none: the type that it has now.
    [[nodiscard]] virtual std::optional<std::uint32_t> schema(const StateKey&) const {
        return std::nullopt;
    }
};

enum class Outcome : std::uint8_t { committed, forbidden, failed, refused };

// One bit for each rule of the regulation, in its order.
struct RuleBits {
    std::vector<bool> active, effective, violated, error;
    friend bool operator==(const RuleBits&, const RuleBits&) = default;
};

struct Deciding {  // a rule that led to the answer, with the values that its message shows
    std::uint32_t rule = 0;
    std::vector<std::optional<value::Value>> shown;
    // Of a violated `require every x in s satisfies c`: the elements that do not satisfy it.
    std::vector<value::Value> failing{};
};

// A counter or observer in whose code a value was missing. One that counts a call keeps it from
// passing; one that counts forbidden calls then leaves the stores of its regulation as they were.
struct FailedObserver {
    std::uint32_t observer = 0;  // index into Module::observers
    std::string why;
};

struct RegulationAnswer {
    std::string regulation;
    bytecode::Answer answer = bytecode::Answer::silent;
    bool by_default = false;
    RuleBits bits;
    std::vector<Deciding> deciding;
    bool conflict = false;  // effective rules contradict each other, and no order was intended
    bool overlap = false;   // they do, in a regulation that says `order restrictions first`
    // An effective permit as of right of this regulation met what another one forbids.
    bool right_denied = false;
    std::vector<FailedObserver> failed_observers{};
};

// The decision about one action; an inner call has its own, listed before its caller's.
struct Decision {
    std::string module, action;
    std::vector<RegulationAnswer> answers;  // in the order of module names
    bool passed = false;
    bool gap = false;  // all silent, or governed by none although regulators are named
};

struct EmittedEvent {
    std::string module, event;
    base::Bytes fields;  // each field's canonical bytes, in order
};

// Who must call what until when, frozen when the call that made it commits.
struct Duty {
    std::string regulation;
    crypto::Hash module_hash;  // of the regulation that made it
    std::uint32_t rule = 0;
    std::optional<value::PartyId> bearer;
    std::string role;  // whoever holds it must, if there is no bearer; else empty
    std::string module, action;
    std::vector<std::optional<base::Bytes>> arguments;  // canonical; none: any
    std::int64_t deadline_ms = 0;                       // breached from this block time on
    // The deadline is the end of so many working days after a day. It may be dated again, and is no
    // part of the duty's identity then.
    struct Working {
        value::Date from;
        std::uint32_t days = 0;
        std::int16_t zone_minutes = 0;
        friend bool operator==(const Working&, const Working&) = default;
    };
    std::optional<Working> working;
    struct Remedy {
        std::string module, action;
        base::Bytes arguments;  // canonical, one after the other
        friend bool operator==(const Remedy&, const Remedy&) = default;
    };
    std::optional<Remedy> remedy;
    friend bool operator==(const Duty&, const Duty&) = default;
};
struct CreatedDuty {
    Duty duty;
    bool in_doubt = false;  // whether its rule applies is in error
    // Its deadline is provisional until the working days of that year are published.
    std::optional<std::int32_t> waits_for{};
};

struct CallResult {
    Outcome outcome = Outcome::refused;
    std::string reason;  // of failed and refused
    // Inner calls first, the call itself last; it ends with an inner one that was forbidden, and
    // has none for what failed or was refused.
    std::vector<Decision> decisions;
    // Of a committed call all that it wrote; of a forbidden one what `on forbidden` counters wrote.
    std::map<StateKey, std::optional<base::Bytes>> writes;  // no bytes: removed
    std::vector<EmittedEvent> events;                       // only if committed
    std::vector<CreatedDuty> duties;                        // only if committed
    bytecode::Cost cost;                                    // the static bound of the action
    // What the action returned, and its canonical bytes; only if committed, and it returns a value.
    std::optional<value::Value> result{};
    base::Bytes result_bytes{};
};

[[nodiscard]] CallResult run_call(const LinkedSet& set, const StateView& state, const Call& call,
                                  const BlockContext& block, runtime::Engine& engine);

// Pure: the answer of one regulation from the three-valued results of its rules, for one action at
// one day. `facts` stand beside governed.rules. Shared by run_call and by the property tests.
[[nodiscard]] bool in_force(const bytecode::RuleDecl& rule, value::Date day);
struct RuleFacts {
    runtime::Truth scope = runtime::Truth::yes;
    runtime::Truth condition =
        runtime::Truth::yes;  // of a require; of a duty: error without values
    std::vector<runtime::Truth> exceptions;
};
[[nodiscard]] RegulationAnswer answer_of(const bytecode::Module& regulation,
                                         const GovernedBy& governed, value::Date today,
                                         const std::vector<RuleFacts>& facts);
// The answer once observers have failed: it forbids, whatever the rules say.
void forbid_by_observers(RegulationAnswer& answer, std::vector<FailedObserver> failed);
// Sets `right_denied` of the answers to one call; `regulations` stand beside them. What is only in
// doubt denies no right.
void compare_answers(const std::vector<const bytecode::Module*>& regulations,
                     std::vector<RegulationAnswer>& answers);

}  // namespace edict::call
