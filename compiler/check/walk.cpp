#include "compiler/check/walk.h"

namespace edict::check {
namespace {

using Visit = std::function<void(const Expr&)>;

void visit_part(const ExprRef& part, const Visit& visit) {
    if (part != nullptr) visit(*part);
}
void visit_parts(const std::vector<ExprRef>& parts, const Visit& visit) {
    for (const ExprRef& part : parts) visit_part(part, visit);
}

struct Parts {
    const Visit& visit;

    void operator()(const Constant&) const {}
    void operator()(const ParamRead&) const {}
    void operator()(const LocalRead&) const {}
    void operator()(const FromContext&) const {}
    void operator()(const StoreRead& node) const { visit_part(node.key, visit); }
    void operator()(const FieldRead& node) const { visit_part(node.record, visit); }
    void operator()(const FieldReplace& node) const {
        visit_part(node.record, visit);
        visit_part(node.value, visit);
    }
    void operator()(const MakeRecord& node) const { visit_parts(node.fields, visit); }
    void operator()(const MakeSet& node) const { visit_parts(node.elements, visit); }
    void operator()(const Wrap& node) const { visit_part(node.value, visit); }
    void operator()(const Unwrap& node) const { visit_part(node.value, visit); }
    void operator()(const Narrow& node) const { visit_part(node.value, visit); }
    void operator()(const IsKnown& node) const { visit_part(node.value, visit); }
    void operator()(const Else& node) const {
        visit_part(node.value, visit);
        visit_part(node.otherwise, visit);
    }
    void operator()(const Not& node) const { visit_part(node.value, visit); }
    void operator()(const Logic& node) const { both(node); }
    void operator()(const Compare& node) const { both(node); }
    void operator()(const Arith& node) const { both(node); }
    void operator()(const SetCombine& node) const { both(node); }
    void operator()(const Choice& node) const {
        visit_part(node.condition, visit);
        visit_part(node.then, visit);
        visit_part(node.otherwise, visit);
    }
    void operator()(const Contains& node) const {
        visit_part(node.element, visit);
        visit_part(node.set, visit);
    }
    void operator()(const Count& node) const { visit_part(node.set, visit); }
    void operator()(const Quantified& node) const {
        visit_part(node.set, visit);
        visit_part(node.condition, visit);
    }
    void operator()(const Fold& node) const {
        visit_part(node.set, visit);
        visit_part(node.value, visit);
    }
    void operator()(const Bind& node) const {
        for (const auto& [local, value] : node.values) visit_part(value, visit);
        visit_part(node.body, visit);
    }
    void operator()(const Builtin& node) const { visit_parts(node.arguments, visit); }
    void operator()(const HashOf& node) const { visit_parts(node.arguments, visit); }
    void operator()(const HasDuty& node) const { visit_part(node.party, visit); }
    void operator()(const HasRole& node) const {
        visit_part(node.party, visit);
        visit_part(node.role, visit);
    }

private:
    template <typename Node>
    void both(const Node& node) const {
        visit_part(node.left, visit);
        visit_part(node.right, visit);
    }
};

}  // namespace

void for_each_part(const Expr& expr, const Visit& visit) { std::visit(Parts{visit}, expr.node); }

void collect_reads(const Expr& expr, std::set<StoreRef>& reads) {
    if (const auto* read = std::get_if<StoreRead>(&expr.node)) reads.insert(read->store);
    for_each_part(expr, [&](const Expr& part) { collect_reads(part, reads); });
}

namespace {

// Adds what one statement reads and writes; blocks inside it too.
struct Effects {
    const Program& program;
    std::set<StoreRef>& reads;
    std::set<StoreRef>& writes;

    void expression(const ExprRef& expr) const {
        if (expr != nullptr) collect_reads(*expr, reads);
    }
    void expressions(const std::vector<ExprRef>& all) const {
        for (const ExprRef& expr : all) expression(expr);
    }
    void block(const Block& statements) const {
        for (const Statement& statement : statements) std::visit(*this, statement.node);
    }
    void operator()(const Let& node) const {
        expression(node.value);
        if (node.otherwise) expressions(node.otherwise->values);
    }
    void operator()(const Assign& node) const {
        expression(node.key);
        expression(node.value);
        writes.insert(node.store);
    }
    void operator()(const Remove& node) const {
        expression(node.key);
        writes.insert(node.store);
    }
    void operator()(const If& node) const {
        expression(node.condition);
        block(node.then);
        block(node.otherwise);
    }
    void operator()(const For& node) const {
        expression(node.set);
        block(node.body);
    }
    void operator()(const Fail& node) const { expressions(node.message.values); }
    void operator()(const Emit& node) const { expressions(node.arguments); }
    void operator()(const Return& node) const { expression(node.value); }
    void operator()(const CallAction& node) const {
        expressions(node.arguments);
        const Action& callee = program.at(node.action);
        reads.insert(callee.reads.begin(), callee.reads.end());
        writes.insert(callee.writes.begin(), callee.writes.end());
    }
};

}  // namespace

void collect_calls(const Block& block, const Program& program, std::set<ActionRef>& actions) {
    for (const Statement& statement : block) {
        if (const auto* branch = std::get_if<If>(&statement.node)) {
            collect_calls(branch->then, program, actions);
            collect_calls(branch->otherwise, program, actions);
        } else if (const auto* loop = std::get_if<For>(&statement.node)) {
            collect_calls(loop->body, program, actions);
        } else if (const auto* call = std::get_if<CallAction>(&statement.node)) {
            if (!actions.insert(call->action).second) continue;
            collect_calls(program.at(call->action).body, program, actions);
        }
    }
}

void collect_effects(const Block& block, const Program& program, std::set<StoreRef>& reads,
                     std::set<StoreRef>& writes) {
    Effects{program, reads, writes}.block(block);
}

}  // namespace edict::check
