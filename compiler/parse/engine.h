// ANTLR's parser over one run of tokens at a time: SLL first, LL if that finds an error.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/parse/tokens.h"
#include "grammar/EdictParser.h"

namespace edict::parse {

using Grammar = grammar::EdictParser;

// Where and among what the parser stopped.
struct SyntaxError {
    std::size_t at = 0;                 // index into the tokens; their number: at the end
    std::vector<std::size_t> rules;     // of the grammar, innermost first
    std::vector<std::size_t> expected;  // types of tokens, ascending; 0 is the end
    bool too_deep = false;
};

class Engine {
public:
    Engine();
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // One rule of the grammar over all the tokens. The tree lives until the next call; null and
    // `error` on a mistake.
    [[nodiscard]] Grammar::HeaderContext* header(std::span<const Token> tokens, SyntaxError& error);
    [[nodiscard]] Grammar::DeclarationContext* declaration(std::span<const Token> tokens,
                                                           SyntaxError& error);
    [[nodiscard]] Grammar::SingleContext* single(std::span<const Token> tokens, SyntaxError& error);

private:
    struct State;
    template <typename Context>
    Context* run(Context* (Grammar::*rule)(), std::span<const Token> tokens, SyntaxError& error);

    std::unique_ptr<State> state_;
};

}  // namespace edict::parse
