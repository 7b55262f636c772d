#include "compiler/parse/roles.h"

#include "compiler/parse/keywords.h"

namespace edict::parse {
namespace {

bool is_type_rule(std::size_t rule) {
    static const std::vector<bool> types = [] {
        std::vector<bool> out;
        antlr4::CommonTokenStream* none = nullptr;
        for (const std::string& name : Grammar(none).getRuleNames()) {
            out.push_back(name == "range" || name.starts_with("type"));
        }
        return out;
    }();
    return types[rule];
}

// Rows of keywords.def for words that Chinese puts in several ways.
std::int16_t row_of(std::string_view chinese) {
    return static_cast<std::int16_t>(find_keyword(chinese) - keywords().data());
}

// The row of a token in its place in the tree.
std::int16_t row_in(std::size_t rule, const Token& token) {
    static const std::int16_t each_in = row_of("取自");
    static const std::int16_t asked_after = row_of("调用后");
    static const std::int16_t number_of = row_of("个");
    if (token.type == Grammar::AFTER && rule == Grammar::RuleName) return asked_after;
    if (token.type == Grammar::OF && rule == Grammar::RuleThreshold) return number_of;
    if (token.type == Grammar::IN &&
        (rule == Grammar::RuleQuantified || rule == Grammar::RuleAggregate ||
         rule == Grammar::RuleThreshold || rule == Grammar::RuleBearer ||
         rule == Grammar::RuleStatement || rule == Grammar::RuleInvariantDeclaration))
        return each_in;
    return token.keyword;
}

// Whether a name stands before the brackets of a call.
bool is_called(const antlr4::RuleContext* name) {
    const auto* primary = dynamic_cast<const Grammar::PrimaryContext*>(name->parent);
    auto* postfix =
        primary == nullptr ? nullptr : dynamic_cast<Grammar::PostfixContext*>(primary->parent);
    return postfix != nullptr && !postfix->suffix().empty() &&
           dynamic_cast<Grammar::CallSuffixContext*>(postfix->suffix(0)) != nullptr;
}

}  // namespace

void mark_roles(antlr4::tree::ParseTree* tree, std::span<Token> tokens) {
    std::vector<antlr4::tree::ParseTree*> open = {tree};
    while (!open.empty()) {
        antlr4::tree::ParseTree* node = open.back();
        open.pop_back();
        if (auto* terminal = dynamic_cast<antlr4::tree::TerminalNode*>(node)) {
            const std::size_t index = terminal->getSymbol()->getTokenIndex();
            const auto* rule = dynamic_cast<antlr4::RuleContext*>(terminal->parent);
            if (index >= tokens.size() || rule == nullptr) continue;  // the end
            tokens[index].is_name = rule->getRuleIndex() == Grammar::RuleName &&
                                    !(is_function(tokens[index].type) && is_called(rule));
            tokens[index].keyword = row_in(rule->getRuleIndex(), tokens[index]);
            tokens[index].in_type = is_type_rule(rule->getRuleIndex());
            continue;
        }
        for (antlr4::tree::ParseTree* child : node->children) open.push_back(child);
    }
}

}  // namespace edict::parse
