// What an action has made sure of: which expressions are known to have a value at a line, because
// an earlier line or the condition around it says so. Not for other folders.
#pragma once

#include <vector>

#include "compiler/check/program.h"

namespace edict::check {

class Known {
public:
    explicit Known(const Program& program) : program_(program) {}

    // The first part of `expr` that may visibly have no value: an absent key of a store without
    // default, an absent optional, unless something around it answers (`else`, `is known`), or it
    // is known. Null if there is none.
    [[nodiscard]] const Expr* unanswered(const Expr& expr);

    // From here on `expr` has a value.
    void add(ExprRef expr);
    // From here on what `condition` asks with `is known` has a value, if it is true (or false).
    void add_from(const ExprRef& condition, bool holds);

    // The key of this store was written, and its old value is gone.
    void written(StoreRef store, const ExprRef& key);
    // Some key of the store became absent.
    void removed(StoreRef store);
    // Another action ran, which may have changed the stores of other modules.
    void called(const Action& callee);

    // A block may run again after it assigned to stores, or removed keys from them.
    void enter_loop(bool assigns, bool removes);

    // What becomes known between the two is forgotten.
    void enter_block() { ++depth_; }
    void leave_block();

private:
    [[nodiscard]] bool holds(const Expr& expr) const;
    void forget_readers(StoreRef store, bool keep_keys);

    struct Fact {
        ExprRef expr;
        std::size_t depth = 0;  // of blocks
    };

    const Program& program_;
    std::vector<Fact> known_;
    std::size_t depth_ = 0;
};

// Whether two expressions are the same text with the same meaning.
[[nodiscard]] bool same_expression(const Expr& a, const Expr& b);

}  // namespace edict::check
