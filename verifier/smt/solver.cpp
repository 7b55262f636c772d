#include "verifier/smt/solver.h"

#include <algorithm>

#include "base/check.h"
#include "verifier/smt/backend.h"

namespace edict::smt {

Session::Session(Limits limits) : limits_(limits) {}
Session::~Session() = default;

Backend& Session::backend() {
    if (!backend_) backend_ = std::make_unique<Backend>(limits_);
    return *backend_;
}

void Session::forget() {
    if (backend_) backend_->forget();
}

Solver::Solver(const Terms& terms, Session& session)
    : terms_(terms), session_(session), slicer_(terms) {
    session.forget();
}

Verdict Solver::check(std::span<const Term> assertions) {
    Statistics& statistics = session_.statistics();
    ++statistics.questions;
    why_.clear();
    slice_ = slicer_.take(assertions);
    if (std::find(slice_.roots.begin(), slice_.roots.end(), Terms::no()) != slice_.roots.end()) {
        ++statistics.refuted;
        return Verdict::unsat;
    }
    model_ = preferred_model(terms_);
    Propagator propagator(terms_, slice_);
    const Settled settled = propagator.settle(model_, session_.limits().bisections);
    if (settled == Settled::unsat) {
        ++statistics.refuted;
        return Verdict::unsat;
    }
    if (settled == Settled::sat) {
        ++statistics.witnessed;
        simplify(terms_, slice_, model_);
        return Verdict::sat;
    }
    ++statistics.solved;
    const Verdict verdict = session_.backend().check(terms_, slice_, model_, why_);
    if (verdict == Verdict::sat) {
        Evaluator evaluator(terms_, slice_);
        EDICT_CHECK(evaluator.satisfies(model_));
        simplify(terms_, slice_, model_);
    }
    return verdict;
}

std::optional<Box> Solver::box(std::span<const Term> assertions) {
    const Slice slice = slicer_.take(assertions);
    Propagator propagator(terms_, slice);
    if (!propagator.propagate()) return std::nullopt;
    return propagator.box();
}

std::vector<std::size_t> Solver::core(std::span<const Term> given,
                                      std::span<const Term> assertions) {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < assertions.size(); ++i) kept.push_back(i);
    for (std::size_t drop = 0; drop < assertions.size(); ++drop) {
        std::vector<Term> question(given.begin(), given.end());
        for (const std::size_t at : kept) {
            if (at != drop) question.push_back(assertions[at]);
        }
        if (check(question) == Verdict::unsat) std::erase(kept, drop);
    }
    return kept;
}

}  // namespace edict::smt
