#include "compiler/check/tests.h"

#include <algorithm>

#include "compiler/check/dates.h"
#include "compiler/check/declare.h"
#include "compiler/check/expressions.h"
#include "value/plain_text.h"

namespace edict::check {
namespace {

constexpr std::int64_t MS_PER_MINUTE = 60'000;

class Tests {
public:
    explicit Tests(const ModuleScope& names)
        : names_(names), context_(names.context()), module_(context_.module(names.self())) {}

    Test check(const ast::TestDeclaration& tree) {
        scope_ = Scope{};
        called_ = false;
        Test made;
        made.name = tree.title;
        made.span = tree.title_span;
        made.example = tree.example;
        (void)within_limit(context_, tree.steps.size(), MAX_TEST_STEPS, "steps", tree.title_span);
        for (const ast::TestStep& step : tree.steps) {
            if (const auto* parties = std::get_if<ast::Parties>(&step.node)) {
                declare(*parties, made);
                continue;
            }
            auto node = std::visit(Dispatch{*this, step.span}, step.node);
            if (node) made.steps.push_back({step.span, std::move(*node)});
        }
        return made;
    }

private:
    using Made = std::optional<decltype(TestStep::node)>;

    struct Dispatch {
        Tests& self;
        Span span;
        template <typename Tree>
        Made operator()(const Tree& tree) const {
            return self.step(tree, span);
        }
    };

    void declare(const ast::Parties& tree, Test& test) {
        for (const ast::TestParty& party : tree.parties) {
            report_repeats(context_, party.roles);
            TestParty made{party.name.text, {}};
            for (const ast::Name& role : party.roles) {
                if (names_.role(role)) made.roles.push_back(role.text);
            }
            bool fresh = true;
            for (const NamedParty& before : scope_.parties) {
                if (before.name != party.name.text) continue;
                report_twice(context_, party.name, before.span);
                fresh = false;
            }
            if (!fresh) continue;
            scope_.parties.push_back({party.name.text, party.name.span});
            test.parties.push_back(std::move(made));
        }
    }

    std::optional<value::Value> constant(const ExprRef& expr) {
        if (expr == nullptr) return std::nullopt;
        base::Result<value::Value> value = constant_of(*expr);
        if (value) return std::move(*value);
        context_.report(Code::E0314, expr->span, value.error().message)
            .with_help(
                "a test says each value itself: a number, a text, a date, a party of the test …");
        return std::nullopt;
    }

    struct Place {
        StoreRef store;
        std::optional<value::Value> key;
        TypeRef attribute;  // null: a store; else as what its text is read
    };
    // ann.country
    std::optional<Place> attribute(const ast::Member& tree) {
        Expressions expressions(names_, scope_);
        ExprRef party = expressions.infer(*tree.object);
        if (party == nullptr) return std::nullopt;
        const auto found = expressions.attribute(std::move(party), tree.member);
        if (!found) return std::nullopt;
        auto key = constant(found->place.key);
        if (!key) return std::nullopt;
        return Place{found->place.store, std::move(key), found->type};
    }
    bool names_party(const ast::Expression& tree) const {
        const auto* use = std::get_if<ast::NameUse>(&tree.node);
        return use != nullptr && std::ranges::any_of(scope_.parties, [&](const NamedParty& party) {
                   return party.name == use->name.text;
               });
    }
    // What the text says stands in the place.
    std::optional<value::Value> held(const Place& place, const ast::Expression& tree) {
        Expressions expressions(names_, scope_);
        if (place.attribute == nullptr) return expressions.constant(tree, read_as(place.store));
        auto value = expressions.constant(tree, place.attribute);
        if (!value) return std::nullopt;
        return value::Value{value::to_plain_text(*value, *place.attribute)};
    }
    std::optional<Place> place(const ast::Expression& tree) {
        const auto* member = std::get_if<ast::Member>(&tree.node);
        if (member != nullptr && names_party(*member->object)) return attribute(*member);
        const auto found = Expressions(names_, scope_).place(tree);
        if (!found) return std::nullopt;
        Place made{found->store, std::nullopt, nullptr};
        if (found->key == nullptr) return made;
        made.key = constant(found->key);
        if (!made.key) return std::nullopt;
        return made;
    }

    // Of a counter over days: their total.
    TypeRef read_as(StoreRef ref) const {
        const Store& store = context_.program.at(ref);
        return store.days ? store.value->parts[0]->parts[1] : store.value;
    }

    Made step(const ast::Parties&, Span) { return std::nullopt; }

    Made step(const ast::Given& tree, Span) {
        auto target = place(tree.target);
        if (!target) return std::nullopt;
        auto value = held(*target, tree.value);
        if (!value) return std::nullopt;
        return TestGiven{target->store, std::move(target->key), std::move(*value)};
    }

    Made step(const ast::At& tree, Span span) {
        need_zone(names_, span);
        const int zone = module_.zone_minutes.value_or(0);
        const std::int64_t minutes = std::int64_t{tree.hour} * 60 + tree.minute;
        return TestAt{value::start_of_day_ms(date_of(tree.date), zone) + minutes * MS_PER_MINUTE};
    }

    Made step(const ast::CallStep& tree, Span span) {
        called_ = true;
        const bool known = party(tree.by);
        const auto ref = names_.action(tree.action);
        if (!ref) return std::nullopt;
        const Action& action = context_.program.at(*ref);
        const auto arguments =
            Expressions(names_, scope_)
                .arguments(tree.arguments, action.parameters, span, action.name, action.span);
        if (!arguments) return std::nullopt;
        TestCall made{*ref, {}, tree.by.text};
        for (const ExprRef& argument : *arguments) {
            auto value = constant(argument);
            if (!value) return std::nullopt;
            made.arguments.push_back(std::move(*value));
        }
        if (!known) return std::nullopt;
        return made;
    }

    bool party(const ast::Name& name) {
        std::vector<std::string> known;
        for (const NamedParty& one : scope_.parties) {
            if (one.name == name.text) return true;
            known.push_back(one.name);
        }
        source::Diagnostic& unknown =
            names_.unknown({Code::E0601, "party"}, name.text, name.span, known);
        if (unknown.help.empty())
            unknown.with_help("add `" + name.text + "` to the test's `parties`");
        return false;
    }

    bool after_call(Span span) {
        if (called_) return true;
        context_.report(Code::E0602, span, "there is no call yet whose outcome this could be")
            .with_help("write `call … by …` before it");
        return false;
    }

    Made step(const ast::ExpectOutcome& tree, Span span) {
        if (!after_call(span)) return std::nullopt;
        TestExpect made;
        made.outcome = outcome_of(tree.outcome);
        made.by_default = tree.by_default;
        made.message = tree.message;
        if (tree.by_rule) {
            made.by_rule = rule(*tree.by_rule);
            if (!made.by_rule) return std::nullopt;
        }
        return made;
    }

    static Expected outcome_of(ast::Outcome outcome) {
        switch (outcome) {
            case ast::Outcome::committed:
                return Expected::committed;
            case ast::Outcome::forbidden:
                return Expected::forbidden;
            case ast::Outcome::failed:
                return Expected::failed;
            case ast::Outcome::refused:
                return Expected::refused;
        }
        return Expected::committed;
    }

    // "regulation.rule", of any regulation of the program; a bare name is a rule of this module.
    std::optional<std::string> rule(const ast::QualifiedName& name) {
        const ast::Name& last = name.parts.back();
        ModuleId module = names_.self();
        if (name.parts.size() > 1) {
            const std::string whole = name.text();
            const std::string prefix = whole.substr(0, whole.size() - last.text.size() - 1);
            auto found = context_.program.find(prefix);
            if (!found) found = names_.module_named(prefix);
            if (!found) {
                names_.unknown({Code::E0501, "module"}, prefix, name.span,
                               names_.names_of(context_.program.modules));
                return std::nullopt;
            }
            module = *found;
        }
        const Module& regulation = context_.program.at(module);
        if (context_.of(module).rules.contains(last.text)) return regulation.name + "." + last.text;
        for (const Observer& observer : regulation.observers) {
            if (observer.name == last.text) return regulation.name + "." + last.text;
        }
        names_.unknown({Code::E0209, "rule"}, name.text(), last.span,
                       names_.names_of(regulation.rules));
        return std::nullopt;
    }

    Made step(const ast::ExpectDuty& tree, Span span) {
        if (!after_call(span)) return std::nullopt;
        TestDuty made;
        if (tree.what == ast::ExpectDuty::What::none) return made;
        if (tree.what == ast::ExpectDuty::What::breach) {
            made.what = TestDuty::What::breach;
            if (tree.by_rule) {
                made.by_rule = rule(*tree.by_rule);
                if (!made.by_rule) return std::nullopt;
            }
            return made;
        }
        made.what = TestDuty::What::open;
        const bool known = party(tree.bearer);
        made.bearer = tree.bearer.text;
        const auto ref = names_.action(tree.action);
        if (!ref) return std::nullopt;
        const Action& action = context_.program.at(*ref);
        made.action = *ref;
        const auto arguments =
            Expressions(names_, scope_)
                .arguments(tree.arguments, action.parameters, span, action.name, action.span);
        if (!arguments) return std::nullopt;
        for (const ExprRef& argument : *arguments) {
            auto value = constant(argument);
            if (!value) return std::nullopt;
            made.arguments.push_back(std::move(*value));
        }
        if (!known) return std::nullopt;
        return made;
    }

    Made step(const ast::ExpectStore& tree, Span) {
        auto target = place(tree.target);
        if (!target) return std::nullopt;
        const TypeRef type = read_as(target->store);
        TestStore made{target->store, target->key, std::nullopt};
        const bool absent = std::holds_alternative<ast::AbsentLiteral>(tree.value.node);
        if (absent && !is(type, value::Kind::optional)) return made;
        made.value = held(*target, tree.value);
        if (!made.value) return std::nullopt;
        return made;
    }

    const ModuleScope& names_;
    Context& context_;
    Module& module_;
    Scope scope_;
    bool called_ = false;
};

}  // namespace

void check_tests(const ModuleScope& names) {
    Context& context = names.context();
    Module& module = context.module(names.self());
    const Exports& exports = context.of(names.self());
    Tests tests(names);
    for (const ast::Declaration& declaration : exports.tree->declarations) {
        const auto* tree = std::get_if<ast::TestDeclaration>(&declaration);
        if (tree != nullptr) module.tests.push_back(tests.check(*tree));
    }
    (void)within_limit(context, module.tests.size(), MAX_TESTS, "tests", exports.tree->span);
}

}  // namespace edict::check
