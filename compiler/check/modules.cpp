#include "compiler/check/modules.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "compiler/check/limits.h"

namespace edict::check {
namespace {

struct Named {  // `use x` or `governs x`
    const ast::QualifiedName* name = nullptr;
    bool governed = false;
    bool implied = false;
};

// Where an attribute is declared; null if none is.
const ast::AttributeDeclaration* attribute_of(const ast::Module& module) {
    for (const ast::Declaration& declaration : module.declarations) {
        if (const auto* tree = std::get_if<ast::AttributeDeclaration>(&declaration)) return tree;
    }
    return nullptr;
}

std::vector<Named> names_of(const ast::Module& module) {
    std::vector<Named> all;
    for (const ast::QualifiedName& name : module.governs) all.push_back({&name, true});
    for (const ast::Declaration& declaration : module.declarations) {
        const auto* use = std::get_if<ast::UseDeclaration>(&declaration);
        if (use != nullptr) all.push_back({&use->module, false});
    }
    return all;
}

class Orderer {
public:
    Orderer(const ModuleFinder& find_module, source::Diagnostics& diagnostics)
        : find_module_(find_module), diagnostics_(diagnostics) {}

    void add(const std::vector<const ast::File*>& files) {
        for (const ast::File* file : files) {
            const std::string name = file->module.name.text();
            const auto [at, fresh] = by_name_.emplace(name, nodes_.size());
            if (!fresh) {
                diagnostics_
                    .add(Code::E0503, file->module.name.span,
                         "there are two modules named " + quoted(name))
                    .with_label(nodes_[at->second].file->module.name.span, "the other one")
                    .with_help("rename one of them, or give only one of the files");
                continue;
            }
            nodes_.push_back({file, {}, false, State::fresh});
        }
    }

    // Depth first, without recursion; nodes may be added while it runs.
    std::vector<OrderedModule> order() {
        for (std::size_t start = 0; start < nodes_.size(); ++start) {
            if (nodes_[start].state == State::fresh) visit(start);
        }
        std::vector<std::size_t> place(nodes_.size());
        for (std::size_t i = 0; i < done_.size(); ++i) place[done_[i]] = i;
        std::vector<OrderedModule> ordered;
        for (const std::size_t node : done_) {
            OrderedModule made{nodes_[node].file, {}, nodes_[node].broken};
            for (const Import& import : nodes_[node].imports) {
                made.broken = made.broken || nodes_[import.module].broken;
                made.imports.push_back({place[import.module], import.governed, import.implied});
            }
            nodes_[node].broken = made.broken;  // those who use it stand later
            ordered.push_back(std::move(made));
        }
        return ordered;
    }

private:
    enum class State : std::uint8_t { fresh, open, done };
    struct Node {
        const ast::File* file = nullptr;
        std::vector<Import> imports;
        bool broken = false;
        State state = State::fresh;
        const ast::AttributeDeclaration* attribute = nullptr;  // of it, or of what it imports
    };
    struct Step {
        std::size_t node;
        std::vector<Named> names;
        std::size_t next = 0;
    };

    std::optional<std::size_t> find(const ast::QualifiedName& name) {
        const std::string text = name.text();
        const auto at = by_name_.find(text);
        if (at != by_name_.end()) return at->second;
        const ast::File* file = find_module_ ? find_module_(text) : nullptr;
        if (file != nullptr) {
            by_name_.emplace(text, nodes_.size());
            nodes_.push_back({file, {}, false, State::fresh});
            return nodes_.size() - 1;
        }
        std::vector<std::string> known;
        for (const auto& [other, node] : by_name_) known.push_back(other);
        std::sort(known.begin(), known.end());
        const auto near = source::nearest(text, known);
        diagnostics_.add(Code::E0501, name.span, "there is no module " + quoted(text))
            .with_help(near ? "did you mean `" + *near + "`?"
                            : "give its file too, or the folder that it is in");
        return std::nullopt;
    }

    void import(std::size_t from, std::size_t to, const Named& named) {
        std::vector<Import>& imports = nodes_[from].imports;
        const auto before = std::find_if(imports.begin(), imports.end(),
                                         [&](const Import& one) { return one.module == to; });
        if (before == imports.end()) {
            imports.push_back({to, named.governed, named.implied});
        } else if (named.implied) {
            return;
        } else if (before->governed == named.governed) {
            diagnostics_
                .add(Code::E0212, named.name->span,
                     quoted(named.name->text()) + " stands here twice")
                .with_help("remove one of them");
        }
    }

    void report_cycle(const std::vector<Step>& path, std::size_t to, Span span) {
        const auto from = std::find_if(path.begin(), path.end(),
                                       [&](const Step& step) { return step.node == to; });
        std::string text;
        for (auto at = from; at != path.end(); ++at) {
            nodes_[at->node].broken = true;
            const auto shown = static_cast<std::size_t>(at - from);
            if (shown < MAX_CYCLE_SHOWN)
                text += quoted(nodes_[at->node].file->module.name.text()) + " uses ";
            if (shown == MAX_CYCLE_SHOWN) text += "… uses ";
        }
        source::Diagnostic& report = diagnostics_.add(
            Code::E0502, span,
            "modules use each other: " + text + quoted(nodes_[to].file->module.name.text()));
        for (auto at = from; at != path.end(); ++at) {
            if (static_cast<std::size_t>(at - from) == MAX_CYCLE_SHOWN) break;
            report.with_label(nodes_[at->node].file->module.name.span, "in the cycle");
        }
        report.with_help("move what both need into a third module");
    }

    // Once all that a module names is known: attributes in sight are kept by std.membership.
    bool asks_for_membership(Step& step) {
        Node& node = nodes_[step.node];
        const bool asked = node.attribute != nullptr;
        if (!asked) node.attribute = attribute_of(node.file->module);
        for (std::size_t i = 0; node.attribute == nullptr && i < node.imports.size(); ++i)
            node.attribute = attribute_of(nodes_[node.imports[i].module].file->module);
        if (asked || node.attribute == nullptr) return false;
        const Span span = node.attribute->name.span;
        memberships_.push_back({{{"std", span}, {"membership", span}}, span});
        step.names.push_back({&memberships_.back(), false, true});
        return true;
    }

    void visit(std::size_t start) {
        std::vector<Step> path;
        const auto enter = [&](std::size_t node) {
            nodes_[node].state = State::open;
            path.push_back({node, names_of(nodes_[node].file->module)});
        };
        enter(start);
        while (!path.empty()) {
            Step& step = path.back();
            const std::size_t node = step.node;
            if (step.next == step.names.size() && asks_for_membership(step)) continue;
            if (step.next == step.names.size()) {
                nodes_[node].state = State::done;
                done_.push_back(node);
                path.pop_back();
                continue;
            }
            const Named named = step.names[step.next++];
            const auto to = find(*named.name);
            if (!to) {
                nodes_[node].broken = true;
            } else if (nodes_[*to].state == State::open) {
                report_cycle(path, *to, named.name->span);
            } else {
                import(node, *to, named);
                if (nodes_[*to].state == State::fresh) enter(*to);
            }
        }
    }

    const ModuleFinder& find_module_;
    source::Diagnostics& diagnostics_;
    std::vector<Node> nodes_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::vector<std::size_t> done_;
    std::deque<ast::QualifiedName> memberships_;  // names that no text holds
};

}  // namespace

std::vector<OrderedModule> order_modules(const std::vector<const ast::File*>& files,
                                         const ModuleFinder& find_module,
                                         source::Diagnostics& diagnostics) {
    Orderer orderer(find_module, diagnostics);
    orderer.add(files);
    return orderer.order();
}

}  // namespace edict::check
