// Duties as the state has them.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chain/api/json_form.h"
#include "chain/api/limits.h"
#include "chain/api/routes.h"
#include "value/json.h"

namespace edict::api {

using nlohmann::json;

namespace {

json party_json(const Api& api, const value::PartyId& party) {
    const std::optional<std::string> name = api.name_of(party);
    return {{"party", party.hex()}, {"name", name ? json(*name) : json(nullptr)}};
}

// By the action's parameters where the action in force has the same; else as bytes.
json argument_json(const bytecode::Module* module, const bytecode::ActionDecl* action,
                   std::size_t at, const std::optional<base::Bytes>& given) {
    if (!given) return {{"any", true}};
    json made = {{"any", false}, {"value_bytes", base::to_hex(*given)}, {"value", nullptr}};
    if (action == nullptr || at >= action->parameters.size()) return made;
    const value::Type& type = *module->types[action->parameters[at]];
    if (const auto value = value::from_bytes(*given, type)) {
        made["name"] = action->parameter_names[at];
        made["value"] = value::to_json(*value, type);
    }
    return made;
}

json duty_json(const Api& api, const ledger::Hash& identity, const call::DutyState& state) {
    const std::shared_ptr<const call::LinkedSet> set = api.executor().in_force();
    const call::Duty& duty = state.duty;
    const bytecode::Module* module = set->find(duty.module);
    const call::LinkedAction* linked = set->find(duty.module, duty.action);
    const bytecode::ActionDecl* action =
        linked == nullptr ? nullptr : &module->actions[linked->action];
    json arguments = json::array();
    for (std::size_t i = 0; i < duty.arguments.size(); ++i)
        arguments.push_back(argument_json(module, action, i, duty.arguments[i]));
    json rule = nullptr;
    const bytecode::Module* regulation = set->find(duty.regulation);
    for (std::size_t i = 0; i < set->modules.size(); ++i) {
        const bool same = set->modules[i].get() == regulation && set->hashes[i] == duty.module_hash;
        if (same && duty.rule < regulation->rules.size()) rule = regulation->rules[duty.rule].name;
    }
    return {{"duty", identity.hex()},
            {"status", std::string(call::to_text(state.status))},
            {"why", state.why},
            {"regulation", duty.regulation},
            {"module_hash", duty.module_hash.hex()},
            {"rule", std::move(rule)},
            {"bearer", duty.bearer ? party_json(api, *duty.bearer) : json(nullptr)},
            {"role", duty.role},
            {"module", duty.module},
            {"action", duty.action},
            {"arguments", std::move(arguments)},
            {"deadline_ms", std::to_string(duty.deadline_ms)},
            {"provisional", state.waits_for.has_value()},
            {"waits_for_year", state.waits_for ? json(*state.waits_for) : json(nullptr)}};
}

}  // namespace

Reply get_duties(Api& api, const Request& request, const std::string&) {
    const std::optional<std::string> who = query_of(request, "party");
    const std::optional<std::string> role = query_of(request, "role");
    if (who && role) return error_reply(400, "party= and role= stand together", "one of the two");
    std::vector<call::ListedDuty> listed;
    if (who) {
        std::optional<value::PartyId> party = api.party_named(*who);
        if (const auto id = crypto::hash_from_hex(*who); !party && id) party = {id->bytes};
        if (!party) {
            return error_reply(404, "genesis has no party " + *who,
                               "a name of genesis, or an id of 64 hexadecimal digits");
        }
        listed = api.executor().duties_of(party, "");
    } else if (role) {
        listed = api.executor().duties_of(std::nullopt, *role);
    } else {
        listed = api.executor().duties(MAX_LISTED_DUTIES);
    }
    const bool cut = listed.size() > MAX_LISTED_DUTIES;
    if (cut) listed.resize(MAX_LISTED_DUTIES);
    json duties = json::array();
    for (const call::ListedDuty& one : listed)
        duties.push_back(duty_json(api, one.identity, one.state));
    return json_reply({{"height", std::to_string(api.executor().last_applied().value)},
                       {"duties", std::move(duties)},
                       {"at_most", MAX_LISTED_DUTIES},
                       {"cut", cut}});
}

Reply get_duty(Api& api, const Request&, const std::string& last) {
    const base::Result<ledger::Hash> identity = crypto::hash_from_hex(last);
    if (!identity)
        return error_reply(400, identity.error().message,
                           "a hash is 64 hexadecimal digits, lower case");
    const std::optional<call::DutyState> state = api.executor().duty(*identity);
    if (!state)
        return error_reply(404, "there is no duty " + last, "one that /v1/duties has listed");
    return json_reply(duty_json(api, *identity, *state));
}

}  // namespace edict::api
