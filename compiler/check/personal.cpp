#include "compiler/check/personal.h"

#include <algorithm>

#include "compiler/check/chain_target.h"

namespace edict::check {

using value::Kind;

bool shows(const TypeRef& type) {
    if (type == nullptr) return true;
    if (type->kind == Kind::commitment || type->kind == Kind::pseudonym) return false;
    const bool wraps = type->kind == Kind::optional || type->kind == Kind::set ||
                       type->kind == Kind::list || type->kind == Kind::tuple;
    return !wraps || std::ranges::any_of(type->parts, shows);
}

bool is_marked(Context& context, const ast::Field& field, const TypeRef& type, bool kept) {
    if (!field.personal) return false;
    if (!kept) {
        context
            .report(Code::E0973, field.span,
                    "what a function or table is given is personal if the argument is")
            .with_help(
                "remove the mark: it is for parameters of actions, and fields of records "
                "and events");
        return false;
    }
    if (shows(type)) return true;
    context
        .report(Code::E0973, field.span,
                quoted(field.name.text) + " shows nothing: " + value::to_text(*type) +
                    " hides whom it is about")
        .with_help("remove the mark");
    return false;
}

PersonalTypes PersonalTypes::stored(const Program& program) {
    PersonalTypes made(program);
    for (const Module& module : program.modules) {
        for (const Upgrade& upgrade : module.upgrades) {
            const auto marked = std::ranges::find_if(upgrade.fields, &Parameter::personal);
            if (marked != upgrade.fields.end() && upgrade.to != nullptr)
                made.older_.emplace(upgrade.to->name, &marked->span);
        }
    }
    return made;
}

const Span* PersonalTypes::mark_of(const value::Type& record, std::size_t field) const {
    if (record.kind != Kind::record) return nullptr;
    const auto marks = program_.personal_fields.find(record.name);
    if (marks == program_.personal_fields.end()) return nullptr;
    // By its name: the record may be as an older version had it.
    const auto at = marks->second.find(record.fields[field].name);
    return at == marks->second.end() ? nullptr : &at->second;
}

const Span* PersonalTypes::mark_in(const TypeRef& type) {
    if (type == nullptr || (program_.personal_fields.empty() && older_.empty())) return nullptr;
    // What it commits to is not in it.
    if (type->kind == Kind::commitment) return nullptr;
    const auto at = known_.find(type.get());
    if (at != known_.end()) return at->second;
    const Span* found = nullptr;
    for (std::size_t i = 0; i < type->fields.size() && found == nullptr; ++i) {
        found = mark_of(*type, i);
        if (found == nullptr) found = mark_in(type->fields[i].type);
    }
    for (std::size_t i = 0; i < type->parts.size() && found == nullptr; ++i)
        found = mark_in(type->parts[i]);
    if (found == nullptr && type->kind == Kind::record) {
        const auto older = older_.find(type->name);
        if (older != older_.end()) found = older->second;
    }
    known_.emplace(type.get(), found);
    return found;
}

// ---- the chain ----------------------------------------------------------------------------------

namespace {

// What is marked, and what is of a type with a marked field; and if there is nothing of that, what
// is derived from it. Else that would be a second error for one cause.
class Publishing {
public:
    Publishing(const Program& program, source::Diagnostics& diagnostics)
        : types_(program), stored_(PersonalTypes::stored(program)), diagnostics_(diagnostics) {}

    [[nodiscard]] bool refused() const { return refused_; }

    void of(const Action& action) {
        for (const Parameter& one : action.parameters) {
            if (!one.personal) continue;
            refuse(one.span,
                   "every call of " + quoted(action.name) + " would publish " + quoted(one.name),
                   one.type);
        }
        if (types_.mark_in(action.result) != nullptr)
            refuse(action.span, returned_by(action), action.result);
    }
    void of(const Event& event) {
        std::vector<std::string> names;
        TypeRef type;
        for (std::size_t i = 0; i < event.fields.size(); ++i) {
            if (!event.personal[i]) continue;
            names.push_back(event.fields[i].name);
            if (type == nullptr) type = event.fields[i].type;
        }
        if (names.empty()) return;
        refuse(event.span,
               "a chain would publish " + list_of(names) + " of the event " + quoted(event.name),
               type);
    }
    void of(const Store& store) {
        const TypeRef& type = stored_.mark_in(store.key) != nullptr ? store.key : store.value;
        if (stored_.mark_in(type) != nullptr) refuse(store.span, held_by(store), type);
    }
    void of_derived(const Module& module) {
        for (const Store& store : module.stores) {
            if (store.personal) refuse(store.span, held_by(store) + DERIVED, nullptr);
        }
        for (const Action& action : module.actions) {
            if (action.personal_result) refuse(action.span, returned_by(action) + DERIVED, nullptr);
        }
    }

private:
    static constexpr const char* DERIVED = ": it is made of what is personal";

    static std::string held_by(const Store& store) {
        return "a chain would publish what " + quoted(store.name) + " holds";
    }
    static std::string returned_by(const Action& action) {
        return "a chain would publish what " + quoted(action.name) + " returns";
    }
    void refuse(Span span, std::string message, const TypeRef& type) {
        refused_ = true;
        source::Diagnostic& made = diagnostics_.add(Code::E0974, span, std::move(message));
        if (const Span* mark = stored_.mark_in(type)) made.with_label(*mark, "personal");
        made.with_help(
            "let the sender give a Commitment<…> or a Pseudonym; or keep the module on the site's "
            "own machine");
    }

    PersonalTypes types_, stored_;
    source::Diagnostics& diagnostics_;
    bool refused_ = false;
};

}  // namespace

void refuse_for_chain(const Program& program, source::Diagnostics& diagnostics) {
    Publishing publishing(program, diagnostics);
    for (const Module& module : program.modules) {
        for (const Action& action : module.actions) publishing.of(action);
        for (const Event& event : module.events) publishing.of(event);
        for (const Store& store : module.stores) publishing.of(store);
    }
    if (publishing.refused()) return;
    for (const Module& module : program.modules) publishing.of_derived(module);
}

}  // namespace edict::check
