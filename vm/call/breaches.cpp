// What becomes of duties as time goes by: deadlines dated again, breaches, remedies.
#include "base/check.h"
#include "value/calendar.h"
#include "vm/call/duties.h"
#include "vm/call/execution.h"
#include "vm/call/working_days.h"

namespace edict::call {

namespace {

constexpr std::size_t MAX_WHY_BYTES = 1'024;
constexpr std::int64_t MS_PER_MINUTE = 60'000;

// The state under what was written so far.
class Written final : public StateView {
public:
    Written(const StateView& state, const DutyBook::Writes& writes)
        : state_(state), writes_(writes) {}
    [[nodiscard]] std::optional<base::Bytes> get(const StateKey& key) const override {
        const auto written = writes_.find(key);
        return written != writes_.end() ? written->second : state_.get(key);
    }
    [[nodiscard]] std::optional<std::uint32_t> schema(const StateKey& key) const override {
        return writes_.contains(key) ? std::nullopt : state_.schema(key);
    }

private:
    const StateView& state_;
    const DutyBook::Writes& writes_;
};

CallResult run_remedy(const LinkedSet& set, const StateView& state, const Duty& duty,
                      const BlockContext& block, runtime::Engine& engine) {
    CallResult result;
    result.outcome = Outcome::failed;
    const LinkedAction* action = set.find(duty.remedy->module, duty.remedy->action);
    if (action == nullptr || !set.modules[action->module]->actions[action->action].by_duty) {
        result.reason = "the action is not in force any more";
        return result;
    }
    const bytecode::Module& module = *set.modules[action->module];
    const bytecode::ActionDecl& declared = module.actions[action->action];
    base::Reader in(duty.remedy->arguments);
    std::vector<value::Value> arguments;
    for (const bytecode::TypeIndex type : declared.parameters) {
        if (in.ok()) arguments.push_back(value::decode(in, *module.types[type]));
    }
    if (!in.finish()) {
        result.reason = "the action in force takes other arguments";
        return result;
    }
    const value::PartyId caller = value::party_of_module(duty.regulation);
    Execution execution(set, state, caller, block, engine);
    execution.begin(action->cost);
    if (execution.run_by_duty(*action, arguments, caller))
        execution.commit(*action, std::nullopt);  // nobody waits for what it returns
    return execution.take_result();
}

}  // namespace

std::int64_t end_of_day_ms(std::int64_t day, int zone_minutes) {
    return (day + 1) * value::MS_OF_DAY - zone_minutes * MS_PER_MINUTE;
}

namespace {

// Duties whose year has been published since; how many were taken.
std::size_t date_again(const LinkedSet& set, const StateView& state, DutyBook& book,
                       std::size_t most) {
    const Published published = published_in(set, state);
    std::size_t taken = 0;
    for (; taken < most; ++taken) {
        const std::optional<DutyBook::Entry> waited = book.take_datable();
        if (!waited) break;
        std::optional<DutyState> found = book.find(waited->duty);
        EDICT_CHECK(found.has_value() && found->duty.working.has_value());
        // What was discharged and made anew stands in the heaps twice.
        if (found->status != DutyStatus::open || found->waits_for != waited->key) continue;
        const Duty::Working working = *found->duty.working;
        const WorkingDeadline end = working_days_after(working.from, working.days, published);
        book.date_again(waited->duty, *std::move(found),
                        end_of_day_ms(end.day, working.zone_minutes), end.waits_for);
    }
    return taken;
}

}  // namespace

std::optional<std::int64_t> next_due_ms(const StateView& state) {
    DutyBook::Writes none;
    const DutyBook book(state, none);
    if (book.has_datable()) return 0;  // long ago
    return book.next_ms();
}

std::vector<Breach> run_breaches(const LinkedSet& set, const StateView& state,
                                 const BlockContext& block, runtime::Engine& engine,
                                 std::size_t most, DutyBook::Writes& writes) {
    std::vector<Breach> breaches;
    DutyBook book(state, writes);
    const Written now(state, writes);
    for (std::size_t i = date_again(set, now, book, most); i < most; ++i) {
        const std::optional<DutyBook::Entry> due = book.take_due(block.time_ms);
        if (!due) break;
        std::optional<DutyState> found = book.find(due->duty);
        EDICT_CHECK(found.has_value());
        if (found->status != DutyStatus::open || found->duty.deadline_ms != due->key) continue;
        book.breach(due->duty, found->duty);
        Breach breach{due->duty, *std::move(found), {}};
        breach.state.status = DutyStatus::breached;
        if (breach.state.duty.remedy) {
            breach.remedy = run_remedy(set, now, breach.state.duty, block, engine);
            if (breach.remedy.outcome == Outcome::committed) {
                breach.state.status = DutyStatus::remedied;
                for (auto& [key, bytes] : breach.remedy.writes) writes[key] = bytes;
            } else {
                breach.state.status = DutyStatus::remedy_failed;
                breach.state.why = breach.remedy.reason.substr(0, MAX_WHY_BYTES);
                if (breach.remedy.outcome == Outcome::forbidden)
                    breach.state.why = "a call inside it was forbidden";
                // A cut may fall inside a character.
                if (!value::is_canonical_text(breach.state.why)) breach.state.why = "it failed";
            }
        }
        book.set(due->duty, breach.state);
        breaches.push_back(std::move(breach));
    }
    return breaches;
}

}  // namespace edict::call
