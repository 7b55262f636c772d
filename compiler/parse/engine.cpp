#include "compiler/parse/engine.h"

#include <algorithm>

#include "compiler/parse/limits.h"

namespace edict::parse {
namespace {

// Rules of the grammar that one level of nesting takes at most (a call within a call takes seven).
constexpr std::size_t MAX_RULE_DEPTH = 8 * MAX_NESTING;

// Thrown through generated code, never out of this file.
struct Stop {};

// The tokens that are parsed now. Positions of ANTLR's tokens are byte offsets.
class Window : public antlr4::TokenStream {
public:
    void set(std::span<const Token> tokens) {
        tokens_.clear();
        tokens_.reserve(tokens.size() + 1);
        for (const Token& token : tokens) push(token.type, token.span.begin, token.span.end);
        const std::uint32_t end = tokens.empty() ? 0 : tokens.back().span.end;
        push(antlr4::Token::EOF, end, end);
        at_ = 0;
    }

    antlr4::Token* LT(ssize_t k) override {
        if (k == 0) return nullptr;
        const ssize_t wanted = static_cast<ssize_t>(at_) + (k > 0 ? k - 1 : k);
        if (wanted < 0) return nullptr;
        return &tokens_[std::min(static_cast<std::size_t>(wanted), tokens_.size() - 1)];
    }
    size_t LA(ssize_t k) override { return LT(k) == nullptr ? 0 : LT(k)->getType(); }
    void consume() override {
        if (at_ < tokens_.size() - 1) ++at_;
    }
    ssize_t mark() override { return 0; }
    void release(ssize_t) override {}
    size_t index() override { return at_; }
    void seek(size_t index) override { at_ = std::min(index, tokens_.size() - 1); }
    size_t size() override { return tokens_.size(); }
    std::string getSourceName() const override { return {}; }
    antlr4::Token* get(size_t index) const override {
        return const_cast<antlr4::CommonToken*>(&tokens_[index]);
    }
    antlr4::TokenSource* getTokenSource() const override { return nullptr; }
    std::string getText(const antlr4::misc::Interval&) override { return {}; }
    std::string getText() override { return {}; }
    std::string getText(antlr4::RuleContext*) override { return {}; }
    std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

private:
    void push(std::size_t type, std::uint32_t begin, std::uint32_t end) {
        antlr4::CommonToken& token = tokens_.emplace_back(type);
        token.setStartIndex(begin);
        token.setStopIndex(end);  // one past the last byte, not ANTLR's last character
        token.setTokenIndex(tokens_.size() - 1);
    }

    std::vector<antlr4::CommonToken> tokens_;
    std::size_t at_ = 0;
};

// Stops at the first mistake and keeps what is needed to word it. (Recovery is not ANTLR's work
// here: the file is already cut into declarations.)
class Strategy : public antlr4::DefaultErrorStrategy {
public:
    explicit Strategy(SyntaxError& error) : error_(error) {}

    void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& e) override {
        error_.at = e.getOffendingToken() == nullptr ? 0 : e.getOffendingToken()->getTokenIndex();
        error_.rules.clear();
        for (const antlr4::RuleContext* context = parser->getContext(); context != nullptr;
             context = dynamic_cast<const antlr4::RuleContext*>(context->parent)) {
            error_.rules.push_back(context->getRuleIndex());
        }
        error_.expected.clear();
        for (const ssize_t type : e.getExpectedTokens().toList()) {
            error_.expected.push_back(type < 0 ? 0 : static_cast<std::size_t>(type));
        }
        throw Stop{};
    }
    antlr4::Token* recoverInline(antlr4::Parser* parser) override {
        throw antlr4::InputMismatchException(parser);
    }
    void recover(antlr4::Parser*, std::exception_ptr) override { throw Stop{}; }
    void sync(antlr4::Parser*) override {}

private:
    SyntaxError& error_;
};

// Nested text must not end our stack.
class DepthGuard : public antlr4::tree::ParseTreeListener {
public:
    explicit DepthGuard(SyntaxError& error) : error_(error) {}
    void reset() { depth_ = 0; }
    void enterEveryRule(antlr4::ParserRuleContext* context) override {
        if (++depth_ <= MAX_RULE_DEPTH) return;
        error_.too_deep = true;
        error_.at = context->getStart() == nullptr ? 0 : context->getStart()->getTokenIndex();
        throw Stop{};
    }
    void exitEveryRule(antlr4::ParserRuleContext*) override {
        if (depth_ > 0) --depth_;
    }
    void visitTerminal(antlr4::tree::TerminalNode*) override {}
    void visitErrorNode(antlr4::tree::ErrorNode*) override {}

private:
    SyntaxError& error_;
    std::size_t depth_ = 0;
};

}  // namespace

struct Engine::State {
    Window window;
    SyntaxError error;
    DepthGuard guard{error};
    Grammar parser{&window};

    State() {
        parser.removeErrorListeners();
        parser.setErrorHandler(std::make_shared<Strategy>(error));
        parser.addParseListener(&guard);
    }
};

Engine::Engine() : state_(std::make_unique<State>()) {}
Engine::~Engine() = default;

template <typename Context>
Context* Engine::run(Context* (Grammar::*rule)(), std::span<const Token> tokens,
                     SyntaxError& error) {
    using antlr4::atn::PredictionMode;
    State& state = *state_;
    state.window.set(tokens);
    for (const PredictionMode mode : {PredictionMode::SLL, PredictionMode::LL}) {
        state.parser.reset();
        state.guard.reset();
        state.error = {};
        state.parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(mode);
        try {
            return (state.parser.*rule)();
        } catch (const Stop&) {
            if (state.error.too_deep) break;
        }
    }
    error = state.error;
    return nullptr;
}

Grammar::HeaderContext* Engine::header(std::span<const Token> tokens, SyntaxError& error) {
    return run(&Grammar::header, tokens, error);
}
Grammar::DeclarationContext* Engine::declaration(std::span<const Token> tokens,
                                                 SyntaxError& error) {
    return run(&Grammar::declaration, tokens, error);
}
Grammar::SingleContext* Engine::single(std::span<const Token> tokens, SyntaxError& error) {
    return run(&Grammar::single, tokens, error);
}

}  // namespace edict::parse
