// Bounds over terms: the quick answer to most questions, without a solver. Refutes by propagation
// and bisection, confirms by a witness that it tries; gives up within its budget.
#pragma once

#include <cstdint>
#include <vector>

#include "verifier/smt/slice.h"
#include "verifier/smt/term.h"

namespace edict::smt {

enum class Settled : std::uint8_t { sat, unsat, open };

// What must hold of single terms wherever a conjunction holds: node and bounds, ascending by node.
struct Bound {
    std::uint32_t node = 0;
    Interval within;
};
using Box = std::vector<Bound>;

// Whether no assignment lies in both.
[[nodiscard]] bool disjoint(const Box& a, const Box& b);

class Propagator {
public:
    Propagator(const Terms& terms, const Slice& slice);

    // Narrows all bounds by what the roots demand. False: they cannot hold.
    [[nodiscard]] bool propagate();
    // The bounds that propagate() narrowed.
    [[nodiscard]] Box box() const;
    // Case by case; with `sat`, `model` satisfies the roots.
    [[nodiscard]] Settled settle(Model& model, std::uint32_t budget);

private:
    struct Split {
        std::uint32_t node = 0;
        Interval first, second;  // the two halves; `first` is tried first
    };

    struct Change {
        std::uint32_t position = 0;
        Interval before;
    };

    [[nodiscard]] Interval of(Term term) const;
    bool narrow(Term term, Interval within);  // false: nothing is left
    void link_parents();
    void wake(std::uint32_t position);
    bool run();  // until nothing changes; false: nothing is left
    void undo(std::size_t changes);
    bool forward(std::uint32_t id);
    bool backward(std::uint32_t id);
    bool backward_both(std::uint32_t id);
    bool backward_compare(std::uint32_t id);
    bool backward_number(std::uint32_t id);
    [[nodiscard]] bool assign(Model& model);
    [[nodiscard]] Term resolved(Term term) const;
    void repair(Model& model) const;
    [[nodiscard]] bool choose_split(const Model& model, Split& split) const;
    [[nodiscard]] bool split_inside(Term term, const Model& model, Split& split) const;

    const Terms& terms_;
    const Slice& slice_;
    Evaluator evaluator_;
    std::vector<std::uint32_t> local_;  // node -> position in the slice
    std::vector<Interval> bounds_;      // by position
    // What is made of a node: of position p, parents_[first_parent_[p] .. first_parent_[p + 1]].
    std::vector<std::uint32_t> parents_, first_parent_;
    std::vector<std::uint32_t> queue_;  // positions to look at again
    std::vector<bool> queued_;
    std::vector<Change> trail_;
    std::int64_t work_ = 0;  // nodes looked at
};

}  // namespace edict::smt
