#include "tests/unit/check_support.h"

#include "base/check.h"
#include "compiler/parse/parse.h"
#include "compiler/source/render.h"

namespace edict::check {

std::string Checked::human() const {
    return source::render(diagnostics, sources, source::Form::human);
}

std::vector<std::string> Checked::codes() const {
    std::vector<std::string> all;
    for (const source::Diagnostic& one : diagnostics.list()) all.emplace_back(name(one.code));
    return all;
}

const Module& Checked::module(const std::string& name) const {
    const auto id = program->find(name);
    EDICT_CHECK(id.has_value());
    return program->at(*id);
}

template <typename Named>
const Named& named(const std::vector<Named>& all, const std::string& name) {
    for (const Named& one : all) {
        if (one.name == name) return one;
    }
    base::check_failed("a declaration of this name", name.c_str(), 0);
}

const Action& Checked::action(const std::string& owner, const std::string& name) const {
    return named(module(owner).actions, name);
}
const Rule& Checked::rule(const std::string& owner, const std::string& name) const {
    return named(module(owner).rules, name);
}

namespace {

const ast::File* parsed(Checked& checked, const std::string& name, const std::string& text) {
    const auto file = checked.sources.add(name, text);
    auto tree = parse::parse(*file, checked.sources, checked.diagnostics);
    if (!tree) return nullptr;
    return &checked.trees.emplace_back(std::move(*tree));
}

}  // namespace

Checked check_texts(const std::vector<std::string>& texts,
                    const std::vector<std::string>& built_in) {
    Checked checked;
    std::vector<const ast::File*> files;
    for (const std::string& text : texts) {
        const ast::File* file = parsed(checked, std::to_string(files.size() + 1), text);
        if (file != nullptr) files.push_back(file);
    }
    const ModuleFinder find = [&](std::string_view name) -> const ast::File* {
        for (const std::string& text : built_in) {
            if (text.find("contract " + std::string(name) + " ") != std::string::npos) {
                return parsed(checked, std::string(name), text);
            }
        }
        return nullptr;
    };
    if (checked.diagnostics.has_errors()) return checked;
    checked.program = check(files, find, checked.diagnostics);
    return checked;
}

namespace {

constexpr const char* BEFORE = R"(contract desk version 1.0.0
  zone +00:00
  regulators none
role nurse
enum Level ordered { low, middle, high }
enum Purpose { care, research }
record Note { text: Text, day: Date?, seen: Int 0..100 }
event Noted(text: Text)
store total: Int default 0
store counts: Map<Text, Int> default 0
store notes: Map<Text, Note>
store marks: Map<(Party, Text), Bool>
store last: Text
store words: Set<Text, 8> default {}
action act(n: Int, small: Int 0..10, day: Date?, names: Set<Text, 8>, level: Level,
           purpose: Purpose, note: Note, text: Text) by nurse {
)";

}  // namespace

Checked check_statements(const std::string& statements) {
    return check_texts({BEFORE + statements + "\n}\n"});
}

std::string typed(const std::string& expression) {
    const Checked checked = check_statements("let it = " + expression + " else fail \"\"");
    if (!checked.program) return "error " + checked.codes().front();
    const auto& let = std::get<Let>(checked.action("desk", "act").body.front().node);
    return show(*checked.program, *let.value);
}

// ---- typed expressions as text ------------------------------------------------------------------

namespace {

struct Show {
    const Program& program;
    const Expr& expr;

    std::string of(const ExprRef& part) const { return show(program, *part); }
    std::string list(const std::vector<ExprRef>& parts) const {
        std::string text;
        for (const ExprRef& part : parts) text += " " + of(part);
        return text;
    }
    std::string to() const { return value::to_text(*expr.type); }

    std::string operator()(const Constant& n) const { return value::to_text(n.value, *expr.type); }
    std::string operator()(const ParamRead& n) const { return "p" + std::to_string(n.index); }
    std::string operator()(const LocalRead& n) const { return "l" + std::to_string(n.local.value); }
    std::string operator()(const StoreRead& n) const {
        const char* moments[] = {"", "before ", "after "};
        const std::string name = program.at(n.store).name;
        return "(" + std::string(moments[static_cast<int>(n.moment)]) + name +
               (n.key == nullptr ? "" : " " + of(n.key)) + ")";
    }
    std::string operator()(const FieldRead& n) const {
        return "(field " + n.record->type->fields[n.index].name + " " + of(n.record) + ")";
    }
    std::string operator()(const FieldReplace& n) const {
        return "(with " + expr.type->fields[n.index].name + " " + of(n.record) + " " + of(n.value) +
               ")";
    }
    std::string operator()(const MakeRecord& n) const { return "(" + to() + list(n.fields) + ")"; }
    std::string operator()(const MakeSet& n) const { return "(" + to() + list(n.elements) + ")"; }
    std::string operator()(const Wrap& n) const { return "(wrap " + of(n.value) + ")"; }
    std::string operator()(const Unwrap& n) const { return "(unwrap " + of(n.value) + ")"; }
    std::string operator()(const Narrow& n) const {
        return "(narrow " + to() + " " + of(n.value) + ")";
    }
    std::string operator()(const IsKnown& n) const { return "(known " + of(n.value) + ")"; }
    std::string operator()(const Else& n) const {
        return "(else " + of(n.value) + " " + of(n.otherwise) + ")";
    }
    std::string operator()(const Not& n) const { return "(not " + of(n.value) + ")"; }
    std::string operator()(const Logic& n) const {
        const char* ops[] = {"and", "or", "implies"};
        return two(ops[static_cast<int>(n.op)], n.left, n.right);
    }
    std::string operator()(const Compare& n) const {
        const char* ops[] = {"==", "!=", "<", "<=", ">", ">="};
        return two(ops[static_cast<int>(n.op)], n.left, n.right);
    }
    std::string operator()(const Arith& n) const {
        const char* ops[] = {"+", "-", "*", "/", "mod"};
        return two(ops[static_cast<int>(n.op)], n.left, n.right);
    }
    std::string operator()(const Choice& n) const {
        return "(if " + of(n.condition) + " " + of(n.then) + " " + of(n.otherwise) + ")";
    }
    std::string operator()(const Contains& n) const { return two("in", n.element, n.set); }
    std::string operator()(const SetCombine& n) const {
        const char* ops[] = {"union", "minus", "intersect"};
        return two(ops[static_cast<int>(n.op)] + (" " + to()), n.left, n.right);
    }
    std::string operator()(const Count& n) const { return "(count " + of(n.set) + ")"; }
    std::string operator()(const Quantified& n) const {
        const std::string word = n.quantifier == Quantifier::every ? "every" : "some";
        return "(" + word + " l" + std::to_string(n.local.value) + " " + of(n.set) + " " +
               of(n.condition) + ")";
    }
    std::string operator()(const Fold& n) const {
        const char* ops[] = {"sum", "min", "max"};
        return "(" + std::string(ops[static_cast<int>(n.op)]) + " l" +
               std::to_string(n.local.value) + " " + of(n.set) + " " + of(n.value) + ")";
    }
    std::string operator()(const Bind& n) const {
        std::string text = "(bind";
        for (const auto& [local, value] : n.values) {
            text += " l" + std::to_string(local.value) + " " + of(value);
        }
        return text + " " + of(n.body) + ")";
    }
    std::string operator()(const Builtin& n) const {
        const char* ops[] = {
#define EDICT_BUILTIN(name) #name,
#include "compiler/check/builtins.def"
#undef EDICT_BUILTIN
        };
        return "(" + std::string(ops[static_cast<int>(n.op)]) + list(n.arguments) + ")";
    }
    std::string operator()(const HashOf& n) const { return "(hash" + list(n.arguments) + ")"; }
    std::string operator()(const HasDuty& n) const {
        return "(" + std::string(n.breached ? "breached_duty " : "open_duty ") + of(n.party) + " " +
               std::to_string(n.action.index) + ")";
    }
    std::string operator()(const HasRole& n) const { return two("has_role", n.party, n.role); }
    std::string operator()(const FromContext& n) const {
        const char* names[] = {"today", "caller", "signer", "now"};
        return names[static_cast<int>(n.what)];
    }

private:
    std::string two(const std::string& op, const ExprRef& a, const ExprRef& b) const {
        return "(" + op + " " + of(a) + " " + of(b) + ")";
    }
};

}  // namespace

std::string show(const Program& program, const Expr& expr) {
    return std::visit(Show{program, expr}, expr.node);
}

}  // namespace edict::check
