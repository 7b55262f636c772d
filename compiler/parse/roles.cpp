#include "compiler/parse/roles.h"

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
            tokens[index].is_name = rule->getRuleIndex() == Grammar::RuleName;
            tokens[index].in_type = is_type_rule(rule->getRuleIndex());
            continue;
        }
        for (antlr4::tree::ParseTree* child : node->children) open.push_back(child);
    }
}

}  // namespace edict::parse
