// Invariants, by induction: each holds with the initial data, and no committed call breaks it. What
// is proved of one helps with the next.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "verifier/findings/context.h"
#include "vm/call/invariants.h"
#include "vm/call/stored.h"

namespace edict::findings {

namespace {

using smt::Terms;

class InitialState final : public call::StateView {
public:
    explicit InitialState(const call::LinkedSet& set) {
        for (const auto& module : set.modules) cells_.merge(call::initial_data(*module));
    }
    [[nodiscard]] std::optional<base::Bytes> get(const call::StateKey& key) const override {
        const auto found = cells_.find(key);
        return found == cells_.end() ? std::nullopt : found->second;
    }
    [[nodiscard]] std::vector<base::Bytes> keys(const call::LinkedStore& store) const {
        std::vector<base::Bytes> all;
        for (const auto& [place, value] : cells_) {
            if (place.module == store.module && place.store == store.store)
                all.push_back(place.key);
        }
        return all;
    }

private:
    call::Writes cells_;
};

struct InvariantRef {
    check::ModuleId module;
    std::uint32_t index = 0;
};

class Induction {
public:
    Induction(Run& run, InvariantRef ref, const std::vector<InvariantRef>& proved)
        : run_(run),
          ref_(ref),
          proved_(proved),
          one_(at(ref)),
          module_(run.program.at(ref.module).name) {}

    // Whether it is proved; else the report has a finding that says why not.
    bool prove() {
        if (!holds_in_the_beginning()) return false;
        if (const std::string other = written_otherwise(); !other.empty()) {
            unknown(about(nullptr), other);
            return false;
        }
        for (std::uint32_t m = 0; m < run_.program.modules.size(); ++m) {
            const check::Module& module = run_.program.modules[m];
            for (std::uint32_t a = 0; a < module.actions.size(); ++a) {
                const check::ActionRef action{check::ModuleId{m}, a};
                if (may_change(action) && !is_preserved_by(action)) return false;
            }
        }
        return true;
    }

private:
    [[nodiscard]] const check::Invariant& at(InvariantRef ref) const {
        return run_.program.at(ref.module).invariants[ref.index];
    }
    [[nodiscard]] std::string name_of(check::StoreRef store) const {
        return run_.program.at(store.module).name + "." + run_.program.at(store).name;
    }

    [[nodiscard]] Finding about(const check::Action* action) const {
        Finding finding;
        finding.kind = Kind::invariant;
        finding.module = module_;
        finding.message = fmt::format("the invariant {} can be broken", one_.name);
        finding.places.push_back({one_.span, "said here"});
        for (const check::Citation& citation : one_.cites) {
            finding.citations.push_back(run_.program.at(ref_.module).sources[citation.source].name +
                                        " " + citation.place);
        }
        if (action == nullptr) return finding;
        finding.action = action->name;
        finding.message += " by " + action->name;
        finding.places.push_back({action->span, "by this action"});
        return finding;
    }

    void unknown(Finding finding, const std::string& why) {
        finding.kind = Kind::unknown;
        finding.message = fmt::format("it is not settled whether {}", finding.message);
        finding.notes = {why};
        run_.report.findings.push_back(std::move(finding));
    }

    bool holds_in_the_beginning() {
        const InitialState state(run_.set);
        const auto wanted = [&](const bytecode::Module& module,
                                const bytecode::InvariantDecl& one) {
            return module.name == module_ && one.name == one_.name;
        };
        const auto broken = call::broken_invariants(
            run_.set, state, [&](const auto& store) { return state.keys(store); }, run_.engine,
            wanted);
        if (broken.empty()) return true;
        Finding finding = about(nullptr);
        finding.message = fmt::format("the invariant {} does not hold in the beginning", one_.name);
        finding.notes.push_back(call::to_text(run_.set, broken.front()) +
                                ", with the initial data and before any call");
        finding.help = broken.front().in_error
                           ? "say what holds where a value is missing, with `else` or `is known`"
                           : "correct the invariant, or the initial data";
        run_.report.findings.push_back(std::move(finding));
        return false;
    }

    // Who writes what it reads beside the calls that are looked at below; empty: nobody.
    [[nodiscard]] std::string written_otherwise() const {
        for (const check::StoreRef store : one_.reads) {
            if (run_.program.at(store.module).name.starts_with("std."))
                return fmt::format("the node itself writes {}", name_of(store));
        }
        for (const auto& module : run_.set.modules) {
            for (const bytecode::ObserverDecl& observer : module->observers) {
                if (observer.on_forbidden && reads_a_store_of(module->name))
                    return fmt::format(
                        "{}.{} counts calls that were forbidden, which is not "
                        "encoded",
                        module->name, observer.name);
            }
        }
        return {};
    }
    [[nodiscard]] bool reads_a_store_of(const std::string& module) const {
        return std::ranges::any_of(one_.reads, [&](check::StoreRef store) {
            return run_.program.at(store.module).name == module;
        });
    }

    [[nodiscard]] bool may_change(check::ActionRef ref) const {
        const call::LinkedAction* action =
            run_.set.find(run_.program.at(ref.module).name, run_.program.at(ref).name);
        return action != nullptr && std::ranges::any_of(one_.reads, [&](check::StoreRef store) {
                   return std::ranges::binary_search(action->writes, name_of(store));
               });
    }

    // ---- one call ---------------------------------------------------------------------------

    struct Instance {
        encode::Symbol key;
        std::shared_ptr<const std::vector<encode::Symbol>> arguments;
    };
    // The key as the condition takes it.
    static Instance instance(const check::Invariant& one, encode::Symbol key) {
        std::vector<encode::Symbol> arguments;
        if (one.keys.size() == 1) arguments.push_back(key);
        if (one.keys.size() > 1) arguments = key.parts;
        return {std::move(key),
                std::make_shared<const std::vector<encode::Symbol>>(std::move(arguments))};
    }

    // That the key is there and the condition is not true of it.
    static Term is_broken(Analysis& analysis, InvariantRef ref, const check::Invariant& one,
                          const encode::Memory& memory, const Instance& of) {
        encode::World& world = analysis.world;
        encode::Site site;
        site.module = ref.module;
        site.arguments = of.arguments;
        site.current = memory;
        const Term wrong = Terms::negate(world.condition(site, one.condition).yes);
        if (!one.over) return wrong;
        return world.terms.both(world.read(memory, *one.over, of.key).present, wrong);
    }

    // That an invariant held before the call, for every key that the question speaks of.
    void assume(Analysis& analysis, InvariantRef ref, std::vector<Term>& question) {
        const check::Invariant& one = at(ref);
        std::vector<encode::Symbol> keys{{}};
        if (one.over) {
            keys.clear();
            for (const encode::Entry& entry : analysis.world.entries()) {
                if (entry.store == *one.over) keys.push_back(entry.key);
            }
        }
        for (encode::Symbol& key : keys) {
            question.push_back(Terms::negate(
                is_broken(analysis, ref, one, nullptr, instance(one, std::move(key)))));
        }
    }

    bool is_preserved_by(check::ActionRef ref) {
        const check::Action& action = run_.program.at(ref);
        if (action.by_duty) {
            unknown(about(&action), "an action by duty runs without rules, which is not encoded");
            return false;
        }
        Analysis analysis(run_, ref);
        encode::World& world = analysis.world;
        encode::Symbol key;
        if (one_.over) key = world.symbols.fresh(*run_.program.at(*one_.over).key, "key");
        const encode::Memory after = world.frames.back().after;
        const Term broken = is_broken(analysis, ref_, one_, after, instance(one_, key));
        // Whatever the call wrote: the cell as it was is one that the invariant held of.
        if (one_.over) (void)world.read(nullptr, *one_.over, key);
        std::vector<Term> question{analysis.call.committed, broken};
        assume(analysis, ref_, question);
        for (const InvariantRef other : proved_) assume(analysis, other, question);
        world.symbols.saturate();
        const smt::Verdict verdict = analysis.solver.check(question);
        Finding finding = about(&action);
        if (verdict != smt::Verdict::sat) return settled(analysis, verdict, finding);
        finding.help = "guard the action, require it in a rule, or correct the invariant";
        const Term claim[] = {analysis.call.committed, broken};
        std::set<std::string> not_held;  // proved invariants, in the state that is shown
        const auto confirm = [&](const call::CaseReport& run) {
            for (const call::CaseBroken& one : run.broken) {
                if (!one.by_call && is_proved(one.invariant)) not_held.insert(one.invariant);
            }
            return breaks(run);
        };
        if (!add_with_witness_of(analysis, std::move(finding), confirm, false, claim)) return false;
        for (const std::string& other : not_held) {
            run_.report.findings.back().notes.push_back(fmt::format(
                "the state shown breaks {}, which is proved but not encoded exactly: whether "
                "another state leads to this is not known",
                other));
        }
        return false;
    }

    [[nodiscard]] std::string full_name(InvariantRef ref) const {
        return run_.program.at(ref.module).name + "." + at(ref).name;
    }
    [[nodiscard]] bool is_proved(const std::string& name) const {
        return std::ranges::any_of(proved_,
                                   [&](InvariantRef other) { return full_name(other) == name; });
    }
    // Whether the one call of a story broke it, and it held of what is given.
    [[nodiscard]] bool breaks(const call::CaseReport& run) const {
        if (run.calls.size() != 1 || run.calls[0].outcome != call::Outcome::committed) return false;
        const auto broken = [&](bool by_call) {
            return std::ranges::any_of(run.broken, [&](const call::CaseBroken& one) {
                return one.by_call == by_call && one.invariant == full_name(ref_);
            });
        };
        return broken(true) && !broken(false);
    }

    Run& run_;
    InvariantRef ref_;
    const std::vector<InvariantRef>& proved_;
    const check::Invariant& one_;
    std::string module_;
};

}  // namespace

void check_invariants(Run& run) {
    std::vector<InvariantRef> open, proved;
    for (std::uint32_t m = 0; m < run.program.modules.size(); ++m) {
        for (std::uint32_t i = 0; i < run.program.modules[m].invariants.size(); ++i)
            open.push_back({check::ModuleId{m}, i});
    }
    const std::size_t before = run.report.findings.size();
    // As long as one more is proved, it may be what another one needs.
    for (bool goes_on = true; goes_on && !open.empty();) {
        run.report.findings.resize(before);
        std::vector<InvariantRef> left;
        for (const InvariantRef one : open) {
            (Induction(run, one, proved).prove() ? proved : left).push_back(one);
        }
        goes_on = left.size() < open.size();
        open = std::move(left);
    }
    run.report.proved.invariants_hold = proved.size();
}

}  // namespace edict::findings
