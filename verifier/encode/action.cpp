// What an action does, statement by statement: every write with the condition under which it
// happens, every way to fail. Loops over sets that cannot be listed are abstracted.
#include <algorithm>
#include <set>

#include "verifier/encode/world.h"

namespace edict::encode {

using smt::Terms;

namespace {

void collect_writes(const check::Program& program, const check::Block& block,
                    std::set<check::StoreRef>& stores);

// What observers of the action, and of those that it calls, may write.
void collect_observed(const check::Program& program, check::ActionRef action,
                      std::set<check::StoreRef>& stores) {
    for (const check::Module& module : program.modules) {
        for (const check::Observer& observer : module.observers) {
            for (const check::ObserverBody& body : observer.bodies) {
                if (body.action == action) collect_writes(program, body.body, stores);
            }
        }
    }
    collect_writes(program, program.at(action).body, stores);
}

// The stores that a block may write, callees included.
void collect_writes(const check::Program& program, const check::Block& block,
                    std::set<check::StoreRef>& stores) {
    for (const check::Statement& statement : block) {
        if (const auto* assign = std::get_if<check::Assign>(&statement.node)) {
            stores.insert(assign->store);
        } else if (const auto* remove = std::get_if<check::Remove>(&statement.node)) {
            stores.insert(remove->store);
        } else if (const auto* branch = std::get_if<check::If>(&statement.node)) {
            collect_writes(program, branch->then, stores);
            collect_writes(program, branch->otherwise, stores);
        } else if (const auto* loop = std::get_if<check::For>(&statement.node)) {
            collect_writes(program, loop->body, stores);
        } else if (const auto* call = std::get_if<check::CallAction>(&statement.node)) {
            const check::Action& callee = program.at(call->action);
            stores.insert(callee.writes.begin(), callee.writes.end());
            collect_observed(program, call->action, stores);
        }
    }
}

bool calls_anything(const check::Block& block) {
    return std::any_of(block.begin(), block.end(), [](const check::Statement& statement) {
        if (const auto* branch = std::get_if<check::If>(&statement.node)) {
            return calls_anything(branch->then) || calls_anything(branch->otherwise);
        }
        if (const auto* loop = std::get_if<check::For>(&statement.node)) {
            return calls_anything(loop->body);
        }
        return std::holds_alternative<check::CallAction>(statement.node);
    });
}

bool calls(const check::Block& block, check::ActionRef action) {
    return std::any_of(block.begin(), block.end(), [&](const check::Statement& statement) {
        if (const auto* branch = std::get_if<check::If>(&statement.node)) {
            return calls(branch->then, action) || calls(branch->otherwise, action);
        }
        if (const auto* loop = std::get_if<check::For>(&statement.node)) {
            return calls(loop->body, action);
        }
        const auto* call = std::get_if<check::CallAction>(&statement.node);
        return call != nullptr && call->action == action;
    });
}

}  // namespace

// What code about an action takes: its arguments, then what it returned.
std::shared_ptr<const std::vector<Symbol>> facts_of(const std::vector<Symbol>& arguments,
                                                    Symbol result) {
    std::vector<Symbol> facts = arguments;
    facts.push_back(std::move(result));
    return std::make_shared<const std::vector<Symbol>>(std::move(facts));
}

class Execution {
public:
    Execution(World& world, Site& site, Term path) : world_(world), site_(site), path_(path) {}

    void run(const check::Block& block) {
        for (const check::Statement& statement : block) {
            span_ = statement.span;
            std::visit(*this, statement.node);
        }
    }

    void operator()(const check::Let& node) {
        Encoded value = world_.encode(site_, *node.value);
        fail_unless(value.known);
        local(node.local) = std::move(value.value);
    }
    void operator()(const check::Assign& node) {
        const Symbol key = key_of(node.key);
        const Encoded value = world_.encode(site_, *node.value);
        fail_unless(value.known);
        write(node.store, key, {Terms::yes(), value.value});
    }
    void operator()(const check::Remove& node) {
        const Symbol nothing = world_.symbols.nothing(*world_.program.at(node.store).value);
        write(node.store, key_of(node.key), {Terms::no(), nothing});
    }
    void operator()(const check::If& node) {
        const Truth condition = world_.condition(site_, node.condition);
        fail_unless(world_.terms.either(condition.yes, condition.no));
        const Term path = path_;
        path_ = world_.terms.both(path, condition.yes);
        if (path_ != Terms::no()) run(node.then);
        path_ = world_.terms.both(path, condition.no);
        if (path_ != Terms::no()) run(node.otherwise);
        path_ = path;
    }
    void operator()(const check::For& node);
    void operator()(const check::Fail&) { fail_unless(Terms::no()); }
    void operator()(const check::Return& node) {
        Encoded value = world_.encode(site_, *node.value);
        fail_unless(value.known);
        // Nothing runs after it on its path, so the last one on a path is the one.
        returned = returned
                       ? world_.symbols.choose(path_, value.value, *returned, *node.value->type)
                       : std::move(value.value);
    }
    std::optional<Symbol> returned;  // what the action returned, if it does
    void operator()(const check::Emit& node) {
        for (const check::ExprRef& argument : node.arguments) {
            fail_unless(world_.encode(site_, *argument).known);
        }
    }
    void operator()(const check::CallAction& node);

private:
    void fail_unless(Term holds) {
        world_.failed =
            world_.terms.either(world_.failed, world_.terms.both(path_, Terms::negate(holds)));
    }
    Symbol& local(check::LocalId id) {
        if (site_.locals.size() <= id.value) site_.locals.resize(id.value + 1);
        return site_.locals[id.value];
    }
    Symbol key_of(const check::ExprRef& key) {
        if (!key) return {};
        Encoded encoded = world_.encode(site_, *key);
        fail_unless(encoded.known);
        return std::move(encoded.value);
    }
    void write(check::StoreRef store, Symbol key, Cell cell) {
        World* world = &world_;
        const value::TypeRef type = world_.program.at(store).key;
        append(store, [world, type, key = std::move(key), cell = std::move(cell),
                       path = path_](const Symbol& asked) {
            const Term same = type ? world->symbols.equal(asked, key, *type) : Terms::yes();
            return Effect{world->terms.both(path, same), cell};
        });
    }
    void append(check::StoreRef store, std::function<Effect(const Symbol&)> effect) {
        site_.current =
            std::make_shared<const Write>(Write{site_.current, store, std::move(effect)});
    }
    void forget(const check::For& loop);

public:
    // Of an action whose every way returns or fails: where it failed, some value.
    Symbol result_of(const check::Action& action) {
        return returned ? *returned : world_.symbols.nothing(*action.result);
    }

private:
    World& world_;
    Site& site_;
    Term path_;
    source::Span span_;
};

void Execution::operator()(const check::For& node) {
    const Encoded set = world_.encode(site_, *node.set);
    fail_unless(set.known);
    std::vector<std::pair<Term, Symbol>> members;
    const bool listed = node.set->type->kind == value::Kind::set &&
                        world_.symbols.list(set.value.set, *node.set->type, members);
    // A set of one element needs no order; of more, the order of what it writes may matter.
    if (!listed || members.size() > 1) return forget(node);
    const Term path = path_;
    for (const auto& [in, element] : members) {
        path_ = world_.terms.both(path, in);
        local(node.local) = element;
        run(node.body);
    }
    path_ = path;
}

// After the loop, each store that it may write holds anything; it may have failed.
void Execution::forget(const check::For& loop) {
    const smt::Origin origin = world_.symbols.abstraction(span_, "the loop");
    std::set<check::StoreRef> stores;
    collect_writes(world_.program, loop.body, stores);
    for (const check::StoreRef store : stores) {
        World* world = &world_;
        const std::uint32_t epoch = ++world_.epochs_;
        append(store, [world, store, epoch, origin, path = path_](const Symbol& key) {
            return Effect{path, world->initial(store, key, epoch, origin)};
        });
    }
    fail_unless(world_.terms.bool_variable(origin, true));
    if (calls_anything(loop.body)) world_.hidden_calls = true;
}

void Execution::operator()(const check::CallAction& node) {
    const check::Program& program = world_.program;
    auto arguments = std::make_shared<std::vector<Symbol>>();
    for (const check::ExprRef& argument : node.arguments) {
        Encoded encoded = world_.encode(site_, *argument);
        fail_unless(encoded.known);
        arguments->push_back(std::move(encoded.value));
    }
    const value::PartyId self = value::party_of_module(program.at(site_.module).name);
    const check::Action& callee = program.at(node.action);

    Frame frame;
    frame.action = node.action;
    frame.arguments = arguments;
    frame.caller = world_.symbols.constant(value::Value{self}, *value::party_type()).scalar;
    frame.signer = site_.signer;
    frame.before = site_.current;
    frame.reached = path_;
    frame.apart = callee.dated || site_.dated || site_.apart;
    fail_unless(world_.may_enter(callee, frame.caller));
    if (callee.dated) {
        fail_unless(world_.terms.bool_variable(
            world_.symbols.abstraction(span_, "whether a call from inside is dated in time"),
            true));
    }

    Site inside;
    inside.module = node.action.module;
    inside.arguments = arguments;
    inside.caller = frame.caller;
    inside.signer = frame.signer;
    inside.current = inside.before = frame.before;
    inside.dated = callee.dated.has_value();
    inside.apart = frame.apart;
    Execution execution(world_, inside, path_);
    execution.run(callee.body);
    if (callee.result != nullptr) {
        Symbol result = execution.result_of(callee);
        if (node.result) local(*node.result) = result;
        frame.arguments = facts_of(*arguments, std::move(result));
    }
    frame.failed_by_then = world_.failed;
    site_.current = frame.after = world_.observe(frame, inside.current, path_);
    world_.frames.push_back(std::move(frame));
}

// Observers do not end the call where a value is missing: their regulation answers forbidden.
Memory World::observe(Frame& frame, Memory memory, Term path) {
    const Term failed_so_far = failed;
    for (std::uint32_t m = 0; m < program.modules.size(); ++m) {
        const check::ModuleId id{m};
        for (const check::Observer& observer : program.modules[m].observers) {
            if (observer.on_forbidden) continue;  // nothing of this call sees it
            for (const check::ObserverBody& body : observer.bodies) {
                if (body.action != frame.action) continue;
                Site site;
                site.module = id;
                site.arguments = frame.arguments;
                site.caller = frame.caller;
                site.signer = frame.signer;
                site.current = site.after = memory;
                site.before = frame.before;
                site.apart = frame.apart;
                failed = Terms::no();
                Execution execution(*this, site, path);
                execution.run(body.body);
                memory = site.current;
                const auto [at, fresh] = frame.observers_failed.try_emplace(id, failed);
                if (!fresh) at->second = terms.either(at->second, failed);
            }
        }
    }
    failed = failed_so_far;
    return memory;
}

Term World::may_enter(const check::Action& action, Term caller) {
    if (action.by_duty) return Terms::no();
    if (action.by_roles.empty()) return Terms::yes();
    std::vector<Term> held;
    for (const std::string& role : action.by_roles) {
        held.push_back(has_role(caller, role_name(role)));
    }
    return terms.any(std::move(held));
}

void World::enter(check::ActionRef ref) {
    const check::Action& action = program.at(ref);
    auto arguments = std::make_shared<std::vector<Symbol>>();
    for (const check::Parameter& parameter : action.parameters) {
        arguments->push_back(symbols.fresh(*parameter.type, parameter.name));
    }
    Frame frame;
    frame.action = ref;
    frame.arguments = arguments;
    frame.caller = symbols.fresh(*value::party_type(), "caller").scalar;
    frame.signer = frame.caller;
    if (is_called_from_inside(program, ref)) {
        const smt::Origin origin =
            symbols.abstraction(action.span, "a call from inside, whose signer is not the caller");
        const Term inside = terms.bool_variable(origin);
        const Term other = symbols.fresh(*value::party_type(), "signer", origin).scalar;
        frame.signer = terms.choose(inside, other, frame.caller);
    }
    frame.reached = Terms::yes();
    failed = Terms::no();
    may_call = may_enter(action, frame.caller);

    Site site;
    site.module = ref.module;
    site.arguments = arguments;
    site.caller = frame.caller;
    site.signer = frame.signer;
    site.dated = action.dated.has_value();
    Execution execution(*this, site, Terms::yes());
    execution.run(action.body);
    if (action.result != nullptr)
        frame.arguments = facts_of(*arguments, execution.result_of(action));
    frame.failed_by_then = failed;
    frame.after = observe(frame, site.current, Terms::yes());
    frames.push_back(std::move(frame));
    assumed = terms.both(may_call, Terms::negate(failed));
    if (action.dated) {  // legal time is the parameter, and block time may be the same
        const Term said = arguments->at(action.dated->parameter).scalar;
        assumed = terms.both(assumed, terms.equal(said, now()));
    }
}

bool is_called_from_inside(const check::Program& program, check::ActionRef action) {
    for (const check::Module& module : program.modules) {
        for (const check::Action& caller : module.actions) {
            if (calls(caller.body, action)) return true;
        }
    }
    return false;
}

}  // namespace edict::encode
