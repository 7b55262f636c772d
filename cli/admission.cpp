#include "cli/admission.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "cli/version.h"
#include "compiler/parse/parse.h"
#include "verifier/findings/render.h"
#include "verifier/findings/verify.h"
#include "vm/runtime/interpreter.h"

namespace edict::cli {

namespace {

// A node that is busy must not attest that it does not know: the solver's resources bound it.
constexpr findings::Options ATTESTED{{.wall_ms = 60'000}};

// The name of the module in a file; empty if the file cannot be read as one.
std::string module_in(const ledger::SourceFile& file) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto id = sources.add(file.name, file.text);
    if (!id) return {};
    const std::optional<ast::File> tree = parse::parse(*id, sources, diagnostics);
    return tree ? tree->module.name.text() : std::string();
}

node::Finding finding(ledger::Verdict verdict, std::string text) {
    return {verdict, std::move(text), std::string(VERSION_LINE)};
}

// Why the compiled modules are not those of the bundle; empty if they are.
std::string difference(const Compilation& made, const ledger::ModuleBundle& bundle) {
    std::set<ledger::Hash> wanted;
    for (const base::Bytes& module : bundle.modules) wanted.insert(ledger::module_hash(module));
    for (std::size_t i = 0; i < made.program->modules.size(); ++i) {
        const check::Module& module = made.program->modules[i];
        if (!made.is_given(module) || module.file.value >= bundle.sources.size()) continue;
        if (wanted.erase(made.lowered->hashes[i]) == 1) continue;
        return fmt::format("the source of {} compiles to {}, which is not in the set", module.name,
                           made.lowered->hashes[i].hex());
    }
    if (wanted.empty()) return {};
    return fmt::format("the module {} of the set comes from none of its sources",
                       wanted.begin()->hex());
}

// Whether what stands beside the bundle compiled to what is in force; the name of what did not.
std::string foreign_module(const Compilation& made, std::size_t fresh_files,
                           const node::InForce& in_force) {
    for (std::size_t i = 0; i < made.program->modules.size(); ++i) {
        const check::Module& module = made.program->modules[i];
        if (module.file.value < fresh_files) continue;
        const auto known = in_force.modules.find(module.name);
        if (known == in_force.modules.end() || known->second != made.lowered->hashes[i]) {
            return module.name;
        }
    }
    return {};
}

}  // namespace

base::Result<Compilation> compile_beside(const std::vector<ledger::SourceFile>& fresh,
                                         const node::InForce& in_force) {
    std::vector<std::pair<std::string, std::string>> texts;
    std::set<std::string> replaced;
    for (const ledger::SourceFile& file : fresh) {
        replaced.insert(module_in(file));
        texts.emplace_back(file.name, file.text);
    }
    for (const ledger::ModuleBundle& bundle : in_force.bundles) {
        std::set<ledger::Hash> hashes;
        for (const base::Bytes& module : bundle.modules) hashes.insert(ledger::module_hash(module));
        for (const ledger::SourceFile& file : bundle.sources) {
            const std::string name = module_in(file);
            const auto known = in_force.modules.find(name);
            // A later set may have replaced a part of this one.
            if (known == in_force.modules.end() || !hashes.contains(known->second)) continue;
            if (!replaced.contains(name)) texts.emplace_back(file.name, file.text);
        }
    }
    return compile_texts(std::move(texts), Target::chain);
}

node::Finding CompileAndVerify::check(const ledger::ModuleBundle& bundle,
                                      const node::InForce& in_force) {
    using ledger::Verdict;
    const base::Result<Compilation> made = compile_beside(bundle.sources, in_force);
    if (!made) return finding(Verdict::unknown, made.error().message);
    if (made->diagnostics.has_errors() || !made->lowered || !made->linked) {
        return finding(Verdict::blocked,
                       "the sources do not compile beside what is in force:\n" +
                           source::render(made->diagnostics, made->sources, source::Form::human));
    }
    const std::string foreign = foreign_module(*made, bundle.sources.size(), in_force);
    if (!foreign.empty()) {
        return finding(Verdict::unknown,
                       fmt::format("this node's program compiles {} to other bytes than those in "
                                   "force: it is of another version",
                                   foreign));
    }
    if (std::string other = difference(*made, bundle); !other.empty()) {
        return finding(Verdict::blocked, std::move(other));
    }
    runtime::Interpreter engine;
    const findings::Report report =
        findings::verify(*made->program, *made->linked, engine, ATTESTED);
    const std::string text = findings::to_human(report, *made->program, made->sources);
    if (report.has_blocking()) return finding(Verdict::blocked, text);
    if (report.has_unknown()) return finding(Verdict::unknown, text);
    return finding(Verdict::passed, "");
}

}  // namespace edict::cli
