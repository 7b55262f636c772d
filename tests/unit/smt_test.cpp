#include "verifier/smt/solver.h"

#include <gtest/gtest.h>

#include <random>

namespace edict::smt {
namespace {

Verdict check(const Terms& terms, std::vector<Term> assertions, Limits limits = {}) {
    Session session(limits);
    Solver solver(terms, session);
    return solver.check(assertions);
}

TEST(Terms, AreOneNodeIfTheyAreEqual) {
    Terms terms;
    const Term x = terms.int_variable(0, 10, 0), y = terms.int_variable(0, 10, 0);
    EXPECT_EQ(terms.add(x, y), terms.add(y, x));
    EXPECT_EQ(terms.equal(x, y), terms.equal(y, x));
    const Term a = terms.bool_variable(), b = terms.bool_variable();
    EXPECT_EQ(terms.either(a, b), Terms::negate(terms.both(Terms::negate(a), Terms::negate(b))));
}

TEST(Terms, AreSimplifiedWhenTheyAreMade) {
    Terms terms;
    const Term a = terms.bool_variable(), b = terms.bool_variable();
    const Term x = terms.int_variable(0, 10, 0);
    EXPECT_EQ(terms.both(a, Terms::negate(a)), Terms::no());
    EXPECT_EQ(terms.either(a, Terms::negate(a)), Terms::yes());
    EXPECT_EQ(terms.all({a, terms.implies(a, b)}), terms.both(a, b));
    EXPECT_EQ(terms.at_most(x, terms.number(10)), Terms::yes());
    EXPECT_EQ(terms.equal(x, terms.number(11)), Terms::no());
    EXPECT_EQ(terms.add(terms.number(2), terms.number(3)), terms.number(5));
    const Term chosen = terms.choose(a, terms.number(1), terms.number(2));
    EXPECT_EQ(terms.equal(chosen, terms.number(1)), a);
}

TEST(Terms, DivideTowardZero) {
    EXPECT_EQ(static_cast<int>(Terms::apply(Op::divide, -7, 2)), -3);
    EXPECT_EQ(static_cast<int>(Terms::apply(Op::remainder, -7, 2)), -1);
    EXPECT_EQ(static_cast<int>(Terms::apply(Op::divide, 7, -2)), -3);
    EXPECT_EQ(static_cast<int>(Terms::apply(Op::divide, 7, 0)), 0);
}

TEST(Solver, RefutesByBoundsAlone) {
    Terms terms;
    const Term x = terms.int_variable(0, 1000, 0), y = terms.int_variable(0, 1000, 0);
    Session session(Limits{});
    Solver solver(terms, session);
    const Term question[] = {terms.at_most(terms.add(x, terms.number(5)), y),
                             terms.at_most(y, terms.number(4))};
    EXPECT_EQ(solver.check(question), Verdict::unsat);
    EXPECT_EQ(session.statistics().refuted, 1u);
    EXPECT_EQ(session.statistics().solved, 0u);
}

TEST(Solver, GivesAModelAsSimpleAsPossible) {
    Terms terms;
    const Term x = terms.int_variable(-50, 50, 0), y = terms.int_variable(-50, 50, 7);
    const Term a = terms.bool_variable();
    Session session(Limits{});
    Solver solver(terms, session);
    const Term question[] = {terms.less(terms.number(3), x), terms.either(a, terms.less(x, y))};
    ASSERT_EQ(solver.check(question), Verdict::sat);
    EXPECT_EQ(solver.model().values[terms.node(y.node()).variable], 7);
    EXPECT_EQ(solver.model().values[terms.node(a.node()).variable], 0);
}

TEST(Solver, AsksTheSolverWhereBoundsDoNotDecide) {
    Terms terms;
    const Term x = terms.int_variable(2, 1000, 2), y = terms.int_variable(2, 1000, 2);
    Limits limits;
    limits.bisections = 1;
    Session session(limits);
    Solver solver(terms, session);
    const Term sum =
        terms.add(terms.multiply(terms.number(2), x), terms.multiply(terms.number(4), y));
    const Term odd[] = {terms.equal(sum, terms.number(777))};
    EXPECT_EQ(solver.check(odd), Verdict::unsat);
    const Term even[] = {terms.equal(sum, terms.number(778))};
    EXPECT_EQ(solver.check(even), Verdict::sat);
    EXPECT_EQ(session.statistics().solved, 2u);
}

TEST(Solver, TakesAxiomsOfTheVariablesThatAreMentioned) {
    Terms terms;
    const Term a = terms.bool_variable(), b = terms.bool_variable();
    terms.attach(a, terms.implies(a, b));
    EXPECT_EQ(check(terms, {a, Terms::negate(b)}), Verdict::unsat);
    EXPECT_EQ(check(terms, {Terms::negate(b)}), Verdict::sat);
}

TEST(Solver, NamesASmallestContradiction) {
    Terms terms;
    const Term x = terms.int_variable(0, 100, 0), a = terms.bool_variable();
    const Term parts[] = {a, terms.at_most(x, terms.number(5)), terms.at_most(x, terms.number(50)),
                          terms.at_most(terms.number(20), x)};
    Session session(Limits{});
    Solver solver(terms, session);
    ASSERT_EQ(solver.check(parts), Verdict::unsat);
    EXPECT_EQ(solver.core({}, parts), (std::vector<std::size_t>{1, 3}));
}

TEST(Solver, SaysWhenItDoesNotKnow) {
    Terms terms;
    // x³ + y³ + z³ = 114: nobody knows.
    const auto cube = [&](Term x) { return terms.multiply(x, terms.multiply(x, x)); };
    const Term x = terms.int_variable(-1'000'000, 1'000'000, 0);
    const Term y = terms.int_variable(-1'000'000, 1'000'000, 0);
    const Term z = terms.int_variable(-1'000'000, 1'000'000, 0);
    const Term sum = terms.add(cube(x), terms.add(cube(y), cube(z)));
    Limits limits;
    limits.resources = 50'000;
    limits.wall_ms = 500;
    Session session(limits);
    Solver solver(terms, session);
    const Term question[] = {terms.equal(sum, terms.number(114))};
    EXPECT_EQ(solver.check(question), Verdict::unknown);
    EXPECT_FALSE(solver.why().empty());
}

// Random formulas over small domains, against trying every assignment.
class RandomTerms {
public:
    explicit RandomTerms(unsigned seed) : random_(seed) {
        for (int i = 0; i < 3; ++i) integers.push_back(terms.int_variable(-2, 3, 0));
        for (int i = 0; i < 3; ++i) booleans.push_back(terms.bool_variable());
    }
    Term boolean(int depth) {
        switch (depth == 0 ? 0 : pick(7)) {
            case 0:
                return booleans[pick(3)];
            case 1:
                return Terms::negate(boolean(depth - 1));
            case 2:
                return terms.both(boolean(depth - 1), boolean(depth - 1));
            case 3:
                return terms.either(boolean(depth - 1), boolean(depth - 1));
            case 4:
                return terms.same(boolean(depth - 1), boolean(depth - 1));
            case 5:
                return terms.equal(integer(depth - 1), integer(depth - 1));
            default:
                return terms.at_most(integer(depth - 1), integer(depth - 1));
        }
    }
    Term integer(int depth) {
        switch (depth == 0 ? pick(2) : pick(8)) {
            case 0:
                return integers[pick(3)];
            case 1:
                return terms.number(static_cast<int>(pick(7)) - 3);
            case 2:
                return terms.add(integer(depth - 1), integer(depth - 1));
            case 3:
                return terms.subtract(integer(depth - 1), integer(depth - 1));
            case 4:
                return terms.multiply(integer(depth - 1), integer(depth - 1));
            case 5:
                return terms.divide(integer(depth - 1), integer(depth - 1));
            case 6:
                return terms.remainder(integer(depth - 1), integer(depth - 1));
            default:
                return terms.choose(boolean(depth - 1), integer(depth - 1), integer(depth - 1));
        }
    }
    bool holds_somewhere(Term formula) {
        Slicer slicer(terms);
        const Slice slice = slicer.take({&formula, 1});
        Evaluator evaluator(terms, slice);
        Model model = preferred_model(terms);
        for (int code = 0; code < 6 * 6 * 6 * 8; ++code) {
            int rest = code;
            for (std::size_t i = 0; i < 3; ++i, rest /= 6) model.values[i] = rest % 6 - 2;
            for (std::size_t i = 3; i < 6; ++i, rest /= 2) model.values[i] = rest % 2;
            if (evaluator.satisfies(model)) return true;
        }
        return false;
    }

    Terms terms;
    std::vector<Term> integers, booleans;

private:
    std::size_t pick(std::size_t n) { return random_() % n; }
    std::mt19937 random_;
};

TEST(Solver, AgreesWithTryingEveryAssignment) {
    Session quick(Limits{}), with_solver(Limits{.bisections = 1});
    for (unsigned seed = 0; seed < 400; ++seed) {
        RandomTerms random(seed);
        const Term formula = random.boolean(5);
        const Verdict expected = random.holds_somewhere(formula) ? Verdict::sat : Verdict::unsat;
        for (Session* session : {&quick, &with_solver}) {
            Solver solver(random.terms, *session);
            const Term question[] = {formula};
            ASSERT_EQ(solver.check(question), expected) << "seed " << seed;
        }
        with_solver.forget();
        quick.forget();
    }
    EXPECT_GT(with_solver.statistics().solved, 20u);
}

}  // namespace
}  // namespace edict::smt
