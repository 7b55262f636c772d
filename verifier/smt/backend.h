// The wall around Z3: nothing outside backend.cpp sees its types or its exceptions.
#pragma once

#include <memory>
#include <string>

#include "verifier/smt/slice.h"
#include "verifier/smt/solver.h"
#include "verifier/smt/term.h"

namespace edict::smt {

class Backend {
public:
    explicit Backend(const Limits& limits);
    ~Backend();
    void forget();

    // Of one graph of terms, until forget(). Roots that begin this question and the one before stay
    // pushed.
    [[nodiscard]] Verdict check(const Terms& terms, const Slice& slice, Model& model,
                                std::string& why);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace edict::smt
