#include "vm/call/call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "vm/call/execution.h"

namespace edict::call {

namespace {

CallResult refused(std::string reason) {
    CallResult result;
    result.outcome = Outcome::refused;
    result.reason = std::move(reason);
    return result;
}

// What is wrong with the arguments, or nothing.
std::string wrong_arguments(const bytecode::Module& module, const bytecode::ActionDecl& action,
                            const std::vector<value::Value>& arguments) {
    if (arguments.size() != action.parameters.size()) {
        return fmt::format("{}.{} takes {} arguments ({}), not {}", module.name, action.name,
                           action.parameters.size(), fmt::join(action.parameter_names, ", "),
                           arguments.size());
    }
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const value::Type& type = *module.types[action.parameters[i]];
        const base::Status status = value::check(arguments[i], type);
        if (status) continue;
        // A problem inside the value begins with its place there: ".subjects: ...", "[2]: ...".
        const std::string& what = status.error().message;
        const bool inside = what.starts_with('.') || what.starts_with('[');
        return fmt::format("argument {}{}{}", action.parameter_names[i], inside ? "" : ": ", what);
    }
    return {};
}

}  // namespace

CallResult run_call(const LinkedSet& set, const StateView& state, const Call& call,
                    const BlockContext& block, runtime::Engine& engine) {
    const bytecode::Module* module = set.find(call.module);
    if (module == nullptr) {
        return refused(fmt::format("there is no module {} in force", call.module));
    }
    const LinkedAction* action = set.find(call.module, call.action);
    if (action == nullptr) {
        return refused(fmt::format("{} has no action {}", call.module, call.action));
    }
    const std::string wrong =
        wrong_arguments(*module, module->actions[action->action], call.arguments);
    if (!wrong.empty()) return refused(wrong);

    Execution execution(set, state, call.signer, block, engine);
    execution.begin(action->cost);
    std::optional<value::Value> result;
    if (execution.run(*action, call.arguments, call.caller, result)) {
        if (execution.settle_duties(state)) execution.commit(*action, std::move(result));
    } else if (execution.is_forbidden()) {
        execution.observe_forbidden(state);
    }
    return execution.take_result();
}

}  // namespace edict::call
