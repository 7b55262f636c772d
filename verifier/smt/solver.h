// Solver: answers whether a conjunction of terms can hold. Bounds and tried witnesses first; Z3
// only for what is left. The same questions in the same order give the same answers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "verifier/smt/propagate.h"
#include "verifier/smt/slice.h"
#include "verifier/smt/term.h"

namespace edict::smt {

struct Limits {
    std::uint32_t bisections = 200;       // of one question, before Z3 is asked
    std::uint32_t resources = 4'000'000;  // Z3's `rlimit` for one question
    std::uint32_t wall_ms = 2'000;        // of Z3 for one question
};

enum class Verdict : std::uint8_t { sat, unsat, unknown };

struct Statistics {
    std::uint64_t questions = 0;
    std::uint64_t refuted = 0;    // by bounds
    std::uint64_t witnessed = 0;  // by a tried assignment
    std::uint64_t solved = 0;     // by Z3
};

// One context of Z3, made when it is first needed and shared by the solvers of one run.
class Backend;
class Session {
public:
    explicit Session(Limits limits);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] const Limits& limits() const { return limits_; }
    [[nodiscard]] Backend& backend();
    void forget();  // what the backend keeps of one graph of terms
    [[nodiscard]] Statistics& statistics() { return statistics_; }

private:
    Limits limits_;
    std::unique_ptr<Backend> backend_;
    Statistics statistics_;
};

class Solver {
public:
    // Of the solvers of one session only the youngest may be asked.
    Solver(const Terms& terms, Session& session);

    [[nodiscard]] Verdict check(std::span<const Term> assertions);
    // After sat: every assertion is true in it, checked; as simple as the assertions allow.
    [[nodiscard]] const Model& model() const { return model_; }
    // What the last question mentioned.
    [[nodiscard]] const Slice& slice() const { return slice_; }
    // After unknown: in a few words.
    [[nodiscard]] const std::string& why() const { return why_; }

    // What the assertions demand of single terms; none if bounds alone refute them.
    [[nodiscard]] std::optional<Box> box(std::span<const Term> assertions);
    // The positions of a smallest part of `assertions` that cannot hold together with `given`,
    // after check() said unsat for all of them: no member of it can be left out.
    [[nodiscard]] std::vector<std::size_t> core(std::span<const Term> given,
                                                std::span<const Term> assertions);

private:
    const Terms& terms_;
    Session& session_;
    Slicer slicer_;
    Slice slice_;
    Model model_;
    std::string why_;
};

}  // namespace edict::smt
