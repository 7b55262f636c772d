// How findings name things.
#include <fmt/format.h>

#include "verifier/findings/context.h"

namespace edict::findings {

std::string rule_name(const Run& run, RuleId id) {
    return run.program.at(id.regulation).name + "." + run.at(id).name;
}

std::vector<std::string> citations_of(const Run& run, RuleId id) {
    std::vector<std::string> found;
    for (const check::Citation& citation : run.at(id).cites) {
        const check::Source& source = run.program.at(id.regulation).sources[citation.source];
        found.push_back(citation.place.empty() ? source.name : source.name + " " + citation.place);
    }
    return found;
}

const call::RegulationAnswer* answer_of(const call::CallResult& result,
                                        const std::string& regulation) {
    if (result.decisions.empty()) return nullptr;
    for (const call::RegulationAnswer& answer : result.decisions.back().answers) {
        if (answer.regulation == regulation) return &answer;
    }
    return nullptr;
}

std::string window_text(const check::Window& window) {
    if (window.from && window.until) {
        return fmt::format("from {} until {}", value::to_text(*window.from),
                           value::to_text(*window.until));
    }
    if (window.from) return "from " + value::to_text(*window.from);
    if (window.until) return "until " + value::to_text(*window.until);
    return {};
}

std::vector<check::ExprRef> conjuncts(const check::ExprRef& condition) {
    std::vector<check::ExprRef> found;
    std::vector<check::ExprRef> open;
    if (condition) open.push_back(condition);
    while (!open.empty()) {
        const check::ExprRef next = open.back();
        open.pop_back();
        const auto* logic = std::get_if<check::Logic>(&next->node);
        if (logic != nullptr && logic->op == check::LogicOp::conjunction) {
            open.push_back(logic->right);
            open.push_back(logic->left);
        } else {
            found.push_back(next);
        }
    }
    return found;
}

namespace {

// The operands whose lack of a value makes the whole have none, as far as they can be read outside
// a quantifier.
struct Operands {
    using List = std::vector<check::ExprRef>;
    List operator()(const check::Constant&) { return {}; }
    List operator()(const check::ParamRead&) { return {}; }
    List operator()(const check::LocalRead&) { return {}; }
    List operator()(const check::StoreRead& node) { return {node.key}; }
    List operator()(const check::FieldRead& node) { return {node.record}; }
    List operator()(const check::FieldReplace& node) { return {node.record, node.value}; }
    List operator()(const check::MakeRecord& node) { return node.fields; }
    List operator()(const check::MakeSet& node) { return node.elements; }
    List operator()(const check::Wrap& node) { return {node.value}; }
    List operator()(const check::Unwrap& node) { return {node.value}; }
    List operator()(const check::Narrow& node) { return {node.value}; }
    List operator()(const check::IsKnown&) { return {}; }
    List operator()(const check::Else& node) { return {node.otherwise}; }
    List operator()(const check::Not& node) { return {node.value}; }
    List operator()(const check::Logic& node) { return {node.left, node.right}; }
    List operator()(const check::Compare& node) { return {node.left, node.right}; }
    List operator()(const check::Arith& node) { return {node.left, node.right}; }
    List operator()(const check::Choice& node) { return {node.condition}; }
    List operator()(const check::Contains& node) { return {node.element, node.set}; }
    List operator()(const check::SetCombine& node) { return {node.left, node.right}; }
    List operator()(const check::Count& node) { return {node.set}; }
    List operator()(const check::Quantified& node) { return {node.set}; }
    List operator()(const check::Fold& node) { return {node.set}; }
    List operator()(const check::Bind& node) {
        List values;
        for (const auto& [local, value] : node.values) values.push_back(value);
        return values;
    }
    List operator()(const check::Builtin& node) { return node.arguments; }
    List operator()(const check::HashOf& node) { return node.arguments; }
    List operator()(const check::HasDuty& node) { return {node.party}; }
    List operator()(const check::HasRole& node) { return {node.party, node.role}; }
    List operator()(const check::FromContext&) { return {}; }
};

std::string why_without_value(const check::Program& program, const check::Expr& expression) {
    if (const auto* read = std::get_if<check::StoreRead>(&expression.node)) {
        const std::string& store = program.at(read->store).name;
        return read->key ? fmt::format("{} may have nothing under this key", store)
                         : fmt::format("{} may not have been set yet", store);
    }
    if (std::holds_alternative<check::Unwrap>(expression.node)) return "this may be absent";
    if (std::holds_alternative<check::Narrow>(expression.node)) return "this may be out of range";
    if (std::holds_alternative<check::Quantified>(expression.node)) {
        return "for some element this may have no value";
    }
    if (const auto* arith = std::get_if<check::Arith>(&expression.node)) {
        const bool divides =
            arith->op == check::ArithOp::divide || arith->op == check::ArithOp::remainder;
        return divides ? "the divisor may be zero" : "this may overflow";
    }
    const bool is_set = std::holds_alternative<check::MakeSet>(expression.node) ||
                        std::holds_alternative<check::SetCombine>(expression.node);
    return is_set ? "this may have too many elements" : "this may have no value";
}

}  // namespace

std::optional<Lack> lack_of(Analysis& analysis, const encode::Site& site,
                            const check::ExprRef& expression) {
    const smt::Model model = analysis.solver.model();
    const auto lacks_value = [&](const check::ExprRef& part) {
        if (!part) return false;
        const Term known = analysis.world.encode(site, *part).known;
        // Of variables that only this encoding made, the model says nothing.
        if (analysis.world.terms.variables().size() != model.values.size()) return false;
        return smt::evaluate(analysis.world.terms, model, known) == 0;
    };
    if (!lacks_value(expression)) return std::nullopt;
    check::ExprRef at = expression;
    for (bool deeper = true; deeper;) {
        deeper = false;
        for (const check::ExprRef& operand : std::visit(Operands{}, at->node)) {
            if (!lacks_value(operand)) continue;
            at = operand;
            deeper = true;
            break;
        }
    }
    return Lack{at, {at->span, why_without_value(analysis.run.program, *at)}};
}

}  // namespace edict::findings
