#include "compiler/lower/lower.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "compiler/lower/functions.h"
#include "compiler/lower/tables.h"
#include "vm/bytecode/cost.h"
#include "vm/bytecode/validate.h"

namespace edict::lower {

namespace {

bytecode::Norm norm_of(check::Norm norm) {
    switch (norm) {
        case check::Norm::permit:
            return bytecode::Norm::permit;
        case check::Norm::forbid:
            return bytecode::Norm::forbid;
        case check::Norm::require:
            return bytecode::Norm::require;
        case check::Norm::duty:
            return bytecode::Norm::duty;
    }
    EDICT_CHECK(false);
}

bytecode::DutyUnit unit_of(check::DutyUnit unit) {
    switch (unit) {
        case check::DutyUnit::days:
            return bytecode::DutyUnit::days;
        case check::DutyUnit::hours:
            return bytecode::DutyUnit::hours;
        case check::DutyUnit::working_days:
            return bytecode::DutyUnit::working_days;
    }
    EDICT_CHECK(false);
}

bytecode::Answer answer_of(check::Answer answer) {
    switch (answer) {
        case check::Answer::permitted:
            return bytecode::Answer::permitted;
        case check::Answer::forbidden:
            return bytecode::Answer::forbidden;
        case check::Answer::silent:
            return bytecode::Answer::silent;
    }
    EDICT_CHECK(false);
}

std::vector<bytecode::CitationRef> citations(const std::vector<check::Citation>& cites) {
    std::vector<bytecode::CitationRef> made;
    for (const check::Citation& cite : cites)
        made.push_back({static_cast<std::uint16_t>(cite.source), cite.place});
    return made;
}

// Fills one bytecode::Module from one check::Module, section by section.
class ModuleBuilder {
public:
    ModuleBuilder(const check::Program& program, check::ModuleId id, Lowered& made,
                  source::Diagnostics& diagnostics)
        : program_(program),
          from_(program.at(id)),
          made_(made.module),
          tables_(program, id, made.module),
          functions_(tables_, made.companion, diagnostics) {}

    void build(const Hashes& dependencies) {
        head(dependencies);
        events();
        stores();
        for (const check::Action& action : from_.actions) this->action(action);
        governed();
        for (const check::Rule& rule : from_.rules) this->rule(rule);
        for (const check::Observer& observer : from_.observers) this->observer(observer);
        for (const check::Invariant& one : from_.invariants) invariant(one);
        initial();
        history();
        personal();
    }
    [[nodiscard]] bool overflowed() const { return tables_.overflowed(); }

private:
    void head(const Hashes& dependencies) {
        made_.name = from_.name;
        made_.kind = from_.kind == check::ModuleKind::contract ? bytecode::ModuleKind::contract
                                                               : bytecode::ModuleKind::regulation;
        made_.version_major = from_.version.major;
        made_.version_minor = from_.version.minor;
        made_.version_patch = from_.version.patch;
        if (from_.zone_minutes) made_.zone_minutes = static_cast<std::int16_t>(*from_.zone_minutes);
        for (const check::ModuleId used : from_.uses) {
            const auto hash = dependencies.find(used);
            EDICT_CHECK(hash != dependencies.end());
            made_.imports.push_back({program_.at(used).name, hash->second});
        }
        std::ranges::sort(made_.imports, {}, &bytecode::Import::module);
        made_.regulators = from_.regulators;
        for (const check::Role& role : from_.roles) made_.roles.push_back(role.name);
        for (const check::Source& source : from_.sources)
            made_.sources.push_back({source.name, source.rank, source.title, source.in_force_from});
    }
    void events() {
        for (const check::Event& event : from_.events) {
            bytecode::EventDecl decl;
            decl.name = event.name;
            for (const value::Field& field : event.fields) {
                decl.field_names.push_back(field.name);
                decl.fields.push_back(tables_.type(field.type));
            }
            made_.events.push_back(std::move(decl));
        }
    }
    void stores() {
        for (const check::Store& store : from_.stores) {
            bytecode::StoreDecl decl;
            decl.name = store.name;
            if (store.key) decl.key = tables_.type(store.key);
            decl.value = tables_.type(store.value);
            if (store.initial) decl.initial = tables_.constant(*store.initial, store.value);
            made_.stores.push_back(std::move(decl));
        }
    }
    void action(const check::Action& action) {
        bytecode::ActionDecl decl;
        decl.name = action.name;
        for (const check::Parameter& parameter : action.parameters)
            decl.parameter_names.push_back(parameter.name);
        decl.parameters = tables_.types(action.parameters);
        decl.result = tables_.result(action);
        decl.by_roles = action.by_roles;
        decl.by_duty = action.by_duty;
        if (action.dated) {
            decl.dated = bytecode::Dated{static_cast<std::uint16_t>(action.dated->parameter),
                                         static_cast<std::uint16_t>(action.dated->days)};
        }
        decl.code = functions_.action(action);
        const bytecode::Effects effects = bytecode::effects_of(made_.functions[decl.code]);
        decl.reads = effects.reads;
        decl.writes = effects.writes;
        made_.actions.push_back(std::move(decl));
    }
    void governed() {
        made_.restrictions_first = from_.restrictions_first;
        for (const check::ModuleId contract : from_.governs)
            made_.governs.push_back(program_.at(contract).name);
        for (const check::Default& line : from_.defaults) {
            const check::Action& action = program_.at(line.action);
            const std::string& contract = program_.at(line.action.module).name;
            made_.governed_actions.push_back(
                {contract, action.name, tables_.types(action.parameters), tables_.result(action)});
            made_.defaults.push_back({contract, action.name, answer_of(line.answer)});
        }
    }
    void rule(const check::Rule& rule) {
        bytecode::RuleDecl decl;
        decl.name = rule.name;
        decl.norm = norm_of(rule.norm);
        decl.as_of_right = rule.as_of_right;
        decl.from = rule.window.from;
        decl.until = rule.window.until;
        decl.cites = citations(rule.cites);
        for (const std::uint32_t weaker : rule.overrides)
            decl.overrides.push_back(static_cast<std::uint16_t>(weaker));
        for (const check::RuleBody& body : rule.bodies)
            decl.bodies.push_back(this->body(rule, body));
        made_.rules.push_back(std::move(decl));
    }
    bytecode::DutyTerms duty(const check::RuleBody& body, const check::Duty& duty,
                             source::Span span) {
        bytecode::DutyTerms made;
        std::vector<check::ExprRef> values;
        std::vector<value::TypeRef> types;
        const auto add = [&](const check::ExprRef& value, const value::TypeRef& type) {
            values.push_back(value);
            types.push_back(type);
        };
        switch (duty.kind) {
            case check::Bearer::party:
                made.bearer = bytecode::Bearer::party;
                add(duty.bearer, value::party_type());
                break;
            case check::Bearer::role:
                made.bearer = bytecode::Bearer::role;
                made.role = duty.role;
                break;
            case check::Bearer::every:
                made.bearer = bytecode::Bearer::every;
                add(duty.bearer, duty.bearer->type);
                break;
        }
        made.callee = tables_.callee(duty.action);
        const std::vector<check::Parameter>& parameters = program_.at(duty.action).parameters;
        for (std::size_t i = 0; i < duty.arguments.size(); ++i) {
            made.any.push_back(duty.arguments[i] == nullptr);
            if (duty.arguments[i] != nullptr) add(duty.arguments[i], parameters[i].type);
        }
        made.after = duty.after != nullptr;
        if (made.after) add(duty.after, value::date_type());
        made.values = functions_.values(body, values, types, span);
        made.amount = static_cast<std::uint32_t>(duty.amount);
        made.unit = unit_of(duty.unit);
        if (!duty.remedy) return made;
        values.clear();
        types.clear();
        const check::Action& remedy = program_.at(*duty.remedy);
        for (std::size_t i = 0; i < duty.remedy_arguments.size(); ++i)
            add(duty.remedy_arguments[i], remedy.parameters[i].type);
        made.remedy = bytecode::DutyRemedy{tables_.callee(*duty.remedy),
                                           functions_.values(body, values, types, span)};
        return made;
    }
    void observer(const check::Observer& observer) {
        for (const check::ObserverBody& body : observer.bodies) {
            made_.observers.push_back({observer.name, program_.at(body.action.module).name,
                                       program_.at(body.action).name, observer.on_forbidden,
                                       functions_.observer(body, observer.span)});
        }
    }
    void invariant(const check::Invariant& one) {
        bytecode::InvariantDecl decl;
        decl.name = one.name;
        if (one.over) decl.over = tables_.store(*one.over);
        decl.condition = functions_.condition(one.keys, one.locals, *one.condition);
        decl.cites = citations(one.cites);
        if (one.because)
            decl.because = functions_.message(one.keys, one.locals, *one.because, one.span);
        made_.invariants.push_back(std::move(decl));
    }
    void initial() {
        for (const check::InitialOrigin& origin : from_.origins)
            made_.origins.push_back({origin.title, origin.hash});
        for (const check::InitialValue& one : from_.initial) {
            const check::Store& store = program_.at(one.store);
            bytecode::InitialValue decl;
            decl.store = static_cast<std::uint16_t>(one.store.index);
            if (one.key) decl.key = tables_.constant(*one.key, store.key);
            decl.value = tables_.constant(one.value, store.value);
            if (one.origin) decl.origin = static_cast<std::uint16_t>(*one.origin);
            made_.initial.push_back(std::move(decl));
        }
    }
    void history() {
        for (std::size_t i = 0; i < from_.stores.size(); ++i) {
            if (from_.stores[i].older.empty()) continue;
            bytecode::OlderTypes older{static_cast<std::uint16_t>(i), {}};
            for (const value::TypeRef& type : from_.stores[i].older)
                older.types.push_back(tables_.type(type));
            made_.history.stores.push_back(std::move(older));
        }
        for (const check::FieldDefault& one : from_.field_defaults) {
            const value::TypeRef& held = one.record->fields[one.field].type;
            made_.history.defaults.push_back({tables_.type(one.record),
                                              static_cast<std::uint16_t>(one.field),
                                              tables_.constant(one.value, held)});
        }
        for (const check::UpgradeUse& use : from_.upgrade_uses) {
            const check::Upgrade& upgrade = program_.at(use.upgrade);
            const bool own = &program_.at(use.upgrade.module) == &from_;
            const bytecode::FunctionIndex code =
                own ? functions_.upgrade(upgrade)
                    : functions_.upgrade_of_another(upgrade, from_.span);
            for (const value::TypeRef& from : use.from) {
                made_.history.upgrades.push_back(
                    {tables_.type(from), tables_.type(upgrade.to), code});
            }
        }
    }
    // In the order of their kinds.
    void personal() {
        using Kind = bytecode::PersonalKind;
        const auto flag = [this](bool personal, Kind kind, std::size_t of, std::size_t part) {
            if (!personal) return;
            made_.personal.push_back(
                {kind, static_cast<std::uint16_t>(of), static_cast<std::uint16_t>(part)});
        };
        for (std::size_t i = 0; i < from_.actions.size(); ++i) {
            const auto& parameters = from_.actions[i].parameters;
            for (std::size_t j = 0; j < parameters.size(); ++j)
                flag(parameters[j].personal, Kind::parameter, i, j);
        }
        for (std::size_t i = 0; i < from_.actions.size(); ++i)
            flag(from_.actions[i].personal_result, Kind::result, i, 0);
        for (std::size_t i = 0; i < from_.events.size(); ++i) {
            const auto& fields = from_.events[i].personal;
            for (std::size_t j = 0; j < fields.size(); ++j) flag(fields[j], Kind::event, i, j);
        }
        for (std::size_t i = 0; i < from_.stores.size(); ++i)
            flag(from_.stores[i].personal, Kind::store, i, 0);
        for (std::size_t i = 0; i < from_.rules.size(); ++i) {
            const auto& bodies = from_.rules[i].bodies;
            for (std::size_t j = 0; j < bodies.size(); ++j)
                flag(bodies[j].personal_elements, Kind::elements, i, j);
        }
    }
    bytecode::RuleBody body(const check::Rule& rule, const check::RuleBody& body) {
        bytecode::RuleBody made;
        made.contract = program_.at(body.action.module).name;
        made.action = program_.at(body.action).name;
        if (body.scope) made.scope = functions_.condition(body, *body.scope);
        if (body.condition) made.condition = functions_.condition(body, *body.condition);
        if (body.duty) made.duty = duty(body, *body.duty, rule.span);
        for (const check::Exception& exception : body.exceptions) {
            bytecode::ExceptionDecl decl;
            decl.condition = functions_.condition(body, *exception.condition);
            if (exception.because)
                decl.because = functions_.message(body, *exception.because, exception.span);
            decl.cites = citations(exception.cites);
            made.exceptions.push_back(std::move(decl));
        }
        if (body.because) made.because = functions_.message(body, *body.because, rule.span);
        return made;
    }

    const check::Program& program_;
    const check::Module& from_;
    bytecode::Module& made_;
    Tables tables_;
    Functions functions_;
};

}  // namespace

std::optional<Lowered> lower(const check::Program& program, check::ModuleId id,
                             const Hashes& dependencies, const source::SourceMap& sources,
                             source::Diagnostics& diagnostics) {
    const check::Module& from = program.at(id);
    const std::size_t errors_before = diagnostics.errors();
    Lowered made;
    made.companion.files.push_back(sources.path(from.file));
    ModuleBuilder builder(program, id, made, diagnostics);
    builder.build(dependencies);
    if (builder.overflowed()) {
        diagnostics
            .add(source::Code::E0691, from.span,
                 "the module has more types, constants or names of other modules than 65,535")
            .with_help("split it into several modules");
    }
    if (diagnostics.errors() > errors_before) return std::nullopt;

    bound_functions(made.module, made.companion, from.file, diagnostics);
    if (diagnostics.errors() > errors_before) return std::nullopt;
    if (const base::Status valid = bytecode::validate(made.module); !valid) {
        diagnostics.add(source::Code::E0691, from.span,
                        fmt::format("the module cannot be built: {}", valid.error().message));
        return std::nullopt;
    }
    made.companion.module = bytecode::identity(made.module);
    return made;
}

std::optional<LoweredProgram> lower(const check::Program& program, const source::SourceMap& sources,
                                    source::Diagnostics& diagnostics) {
    LoweredProgram all;
    Hashes hashes;
    bool complete = true;
    for (std::uint32_t i = 0; i < program.modules.size(); ++i) {
        std::optional<Lowered> made =
            lower(program, check::ModuleId{i}, hashes, sources, diagnostics);
        complete = complete && made.has_value();
        if (!made) made.emplace();  // so that the modules after it are looked at too
        hashes.emplace(check::ModuleId{i}, made->companion.module);
        all.hashes.push_back(made->companion.module);
        all.modules.push_back(std::make_shared<const bytecode::Module>(std::move(made->module)));
        all.companions.push_back(std::move(made->companion));
    }
    if (!complete) return std::nullopt;
    return all;
}

}  // namespace edict::lower
