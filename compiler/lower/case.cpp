#include "base/check.h"
#include "compiler/lower/lower.h"

namespace edict::lower {

namespace {

call::Outcome outcome_of(check::Expected expected) {
    switch (expected) {
        case check::Expected::committed:
            return call::Outcome::committed;
        case check::Expected::forbidden:
            return call::Outcome::forbidden;
        case check::Expected::failed:
            return call::Outcome::failed;
        case check::Expected::refused:
            return call::Outcome::refused;
    }
    EDICT_CHECK(false);
}

struct StepOf {
    const check::Program& program;
    using Node = decltype(call::CaseStep::node);

    Node operator()(const check::TestGiven& step) const {
        return call::CaseGiven{program.at(step.store.module).name, program.at(step.store).name,
                               step.key, step.value, program.at(step.store).days};
    }
    Node operator()(const check::TestAt& step) const { return call::CaseAt{step.time_ms}; }
    Node operator()(const check::TestCall& step) const {
        return call::CaseCall{program.at(step.action.module).name, program.at(step.action).name,
                              step.arguments, step.by};
    }
    Node operator()(const check::TestExpect& step) const {
        return call::CaseExpect{outcome_of(step.outcome), step.by_rule, step.by_default,
                                step.message};
    }
    Node operator()(const check::TestDuty& step) const {
        call::CaseDuty made;
        made.by_rule = step.by_rule;
        switch (step.what) {
            case check::TestDuty::What::none:
                made.what = call::CaseDuty::What::none;
                return made;
            case check::TestDuty::What::breach:
                made.what = call::CaseDuty::What::breach;
                return made;
            case check::TestDuty::What::open:
                break;
        }
        made.what = call::CaseDuty::What::open;
        made.bearer = step.bearer;
        made.module = program.at(step.action.module).name;
        made.action = program.at(step.action).name;
        made.arguments = step.arguments;
        return made;
    }
    Node operator()(const check::TestStore& step) const {
        return call::CaseStore{program.at(step.store.module).name, program.at(step.store).name,
                               step.key, step.value, program.at(step.store).days};
    }
};

}  // namespace

call::Case to_case(const check::Program& program, const check::Test& test) {
    call::Case made;
    made.name = test.name;
    for (const check::TestParty& party : test.parties)
        made.parties.push_back({party.name, party.roles});
    for (std::uint32_t i = 0; i < test.steps.size(); ++i)
        made.steps.push_back({i, std::visit(StepOf{program}, test.steps[i].node)});
    return made;
}

}  // namespace edict::lower
