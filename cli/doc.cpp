// edict doc: a regulation as a page for people who do not know the language.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/arguments.h"
#include "cli/engine.h"
#include "cli/files.h"
#include "cli/html.h"
#include "cli/output.h"
#include "cli/pipeline.h"
#include "compiler/source/literate.h"
#include "verifier/findings/render.h"
#include "verifier/findings/verify.h"

namespace edict::cli {

namespace {

struct DocOptions {
    std::vector<std::string> files;
    std::string folder;
};

// A name as people say it: research_use is "research use".
std::string said(std::string_view name) {
    std::string out(name);
    std::ranges::replace(out, '_', ' ');
    return out;
}

class Page {
public:
    Page(const Compilation& made, const check::Module& module, const findings::Report& found,
         runtime::Engine& engine)
        : made_(made), module_(module), found_(found), engine_(engine) {}

    std::string html() {
        const bool regulation = module_.kind == check::ModuleKind::regulation;
        out_ = fmt::format("<h1>{}</h1>\n<p>{}, version {}.{}.{}</p>\n",
                           escaped(said(module_.name)), regulation ? "Regulation" : "Contract",
                           module_.version.major, module_.version.minor, module_.version.patch);
        sources();
        text();
        actions();
        personal_data();
        defaults();
        parameters();
        tables();
        assertions();
        invariants();
        initial_data();
        older_versions();
        examples();
        tests();
        what_was_found();
        return html_page(said(module_.name), out_);
    }

private:
    [[nodiscard]] std::string_view written(source::Span span) const {
        return made_.sources.text(span);
    }
    [[nodiscard]] std::string code(source::Span span) const {
        return fmt::format("<code>{}</code>", escaped(written(span)));
    }
    [[nodiscard]] std::string name_of(check::ActionRef action) const {
        return said(made_.program->at(action).name);
    }

    void sources() {
        if (module_.sources.empty()) return;
        out_ +=
            "<h2>Sources</h2>\n<table>\n<tr><th>Source</th><th>Title</th><th>Rank</th>"
            "<th>In force from</th></tr>\n";
        for (const check::Source& one : module_.sources) {
            out_ += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                                escaped(one.name), escaped(one.title), escaped(one.rank),
                                one.in_force_from ? value::to_text(*one.in_force_from) : "");
        }
        out_ += "</table>\n";
    }

    // The prose of a literate file with its rules in their places; else the rules in order.
    void text() {
        if (!source::is_literate(made_.sources.path(module_.file))) {
            if (!module_.rules.empty()) out_ += "<h2>Rules</h2>\n";
            for (const check::Rule& one : module_.rules) rule(one);
            return;
        }
        const std::string_view all = made_.sources.text(module_.file);
        std::uint32_t done = 0;
        const auto literate = source::read_literate(module_.file, made_.sources);
        for (const source::Span block : literate.blocks) {
            // The fences are the lines around the block.
            const std::size_t fence = all.rfind('\n', block.begin < 2 ? 0 : block.begin - 2);
            const std::size_t prose_end = fence == std::string_view::npos ? 0 : fence + 1;
            if (prose_end > done) out_ += prose_as_html(all.substr(done, prose_end - done));
            for (const check::Rule& one : module_.rules) {
                if (one.span.begin >= block.begin && one.span.end <= block.end) rule(one);
            }
            done =
                static_cast<std::uint32_t>(std::min(all.find('\n', block.end), all.size() - 1) + 1);
        }
        out_ += prose_as_html(all.substr(done));
    }

    void rule(const check::Rule& one) {
        const std::string_view kind = one.norm == check::Norm::permit   ? "permit"
                                      : one.norm == check::Norm::forbid ? "forbid"
                                      : one.norm == check::Norm::duty   ? "duty"
                                                                        : "require";
        out_ += fmt::format("<section class=\"rule {}\" id=\"{}\">\n<h3>{}</h3>\n", kind,
                            escaped("rule-" + one.name), escaped(said(one.name)));
        if (!one.cites.empty())
            out_ += fmt::format("<p class=\"cites\">{}</p>\n", cited(one.cites));
        std::vector<std::string> names;
        for (const check::RuleBody& body : one.bodies) names.push_back(name_of(body.action));
        std::string on;
        for (const std::string& name : names) on += (on.empty() ? "" : ", ") + name;
        const check::RuleBody* body = one.bodies.empty() ? nullptr : &one.bodies[0];
        const bool scoped = body != nullptr && body->scope != nullptr;
        const std::string when = scoped ? ", when " + code(body->scope->span) : "";
        if (one.norm == check::Norm::require && body != nullptr && body->condition != nullptr) {
            out_ += fmt::format("<p><span class=\"norm\">{}</span>{}: only if {}.</p>\n",
                                escaped(on), when, code(body->condition->span));
        } else if (one.norm == check::Norm::duty) {
            const check::Duty* duty = body != nullptr && body->duty ? &*body->duty : nullptr;
            out_ += fmt::format("<p><span class=\"norm\">{}: a duty follows</span>{}", escaped(on),
                                when);
            if (duty != nullptr) {
                out_ += fmt::format(": {} must {}, within {} {}", bearer(*duty),
                                    escaped(name_of(duty->action)), duty->amount,
                                    duty->unit == check::DutyUnit::hours  ? "hours"
                                    : duty->unit == check::DutyUnit::days ? "days"
                                                                          : "working days");
            }
            out_ += ".</p>\n";
        } else {
            out_ += fmt::format("<p><span class=\"norm\">{}: {}</span>{}.</p>\n",
                                one.norm == check::Norm::forbid ? "Forbidden"
                                : one.as_of_right               ? "Permitted as of right"
                                                                : "Permitted",
                                escaped(on), when);
        }
        if (body != nullptr) exceptions(*body);
        related(one);
        out_ += fmt::format(
            "<details><summary>As it is written</summary><pre>{}</pre></details>\n"
            "</section>\n",
            escaped(written(one.span)));
    }

    [[nodiscard]] std::string bearer(const check::Duty& duty) const {
        switch (duty.kind) {
            case check::Bearer::role:
                return "any " + escaped(said(duty.role));
            case check::Bearer::every:
                return "every one of " + code(duty.bearer->span);
            case check::Bearer::party:
                break;
        }
        return code(duty.bearer->span);
    }

    [[nodiscard]] std::string cited(const std::vector<check::Citation>& cites) const {
        std::string out;
        for (const check::Citation& one : cites) {
            const check::Source& from = module_.sources[one.source];
            out += fmt::format("{}{} {}", out.empty() ? "" : "; ",
                               escaped(from.title.empty() ? from.name : from.title),
                               escaped(one.place));
        }
        return out;
    }

    void exceptions(const check::RuleBody& body) {
        for (const check::Exception& one : body.exceptions) {
            out_ += fmt::format("<p>Unless {}{}.</p>\n", code(one.condition->span),
                                one.cites.empty() ? "" : " (" + cited(one.cites) + ")");
        }
    }

    void related(const check::Rule& one) {
        const auto link = [this](std::uint32_t index) {
            const std::string& name = module_.rules[index].name;
            return fmt::format("<a href=\"#{}\">{}</a>", escaped("rule-" + name),
                               escaped(said(name)));
        };
        std::string over, under;
        for (const std::uint32_t index : one.overrides)
            over += (over.empty() ? "" : ", ") + link(index);
        const auto self = static_cast<std::uint32_t>(&one - module_.rules.data());
        for (std::uint32_t i = 0; i < module_.rules.size(); ++i) {
            const auto& others = module_.rules[i].overrides;
            if (std::ranges::find(others, self) != others.end())
                under += (under.empty() ? "" : ", ") + link(i);
        }
        if (!over.empty()) out_ += fmt::format("<p>It prevails over: {}.</p>\n", over);
        if (!under.empty()) out_ += fmt::format("<p>It gives way to: {}.</p>\n", under);
        if (one.window.from || one.window.until) {
            out_ += fmt::format(
                "<p class=\"window\">In force{}{}.</p>\n",
                one.window.from ? " from " + value::to_text(*one.window.from) : "",
                one.window.until ? ", before " + value::to_text(*one.window.until) : "");
        }
    }

    void actions() {
        if (module_.actions.empty()) return;
        out_ += "<h2>What can be done</h2>\n<table>\n<tr><th>Action</th><th>By</th></tr>\n";
        for (const check::Action& one : module_.actions) {
            std::string by;
            for (const std::string& role : one.by_roles)
                by += (by.empty() ? "" : ", ") + said(role);
            out_ += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(said(one.name)),
                                one.by_duty  ? "nobody: it runs where a duty is breached"
                                : by.empty() ? "anyone"
                                             : escaped(by));
        }
        out_ += "</table>\n";
    }

    // What is marked as personal, and what is derived from it.
    void personal_data() {
        std::string places;
        const auto place = [&](bool is, std::string_view before, const std::string& name,
                               std::string_view after = "", const std::string& of = "") {
            if (!is) return;
            places += fmt::format("<li>{}{}{}{}\n", before, escaped(said(name)), after,
                                  escaped(said(of)));
        };
        for (const check::Action& one : module_.actions) {
            for (const check::Parameter& parameter : one.parameters)
                place(parameter.personal, "", parameter.name, ", which is told to ", one.name);
            place(one.personal_result, "what comes back from ", one.name);
        }
        for (const check::Event& one : module_.events) {
            for (std::size_t i = 0; i < one.personal.size(); ++i)
                place(one.personal[i], "", one.fields[i].name, ", which is shown by ", one.name);
        }
        for (const check::Store& one : module_.stores)
            place(one.personal, "what is kept in ", one.name);
        if (places.empty()) return;
        out_ += fmt::format(
            "<h2>Personal data</h2>\n<p>No message shows it, and no chain takes this module.</p>\n"
            "<ul>\n{}</ul>\n",
            places);
    }

    void defaults() {
        if (module_.defaults.empty()) return;
        out_ +=
            "<h2>Where no rule answers</h2>\n<table>\n<tr><th>Action</th><th>Answer</th></tr>\n";
        for (const check::Default& one : module_.defaults) {
            out_ += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(name_of(one.action)),
                                one.answer == check::Answer::permitted   ? "permitted"
                                : one.answer == check::Answer::forbidden ? "forbidden"
                                                                         : "left to others");
        }
        out_ += "</table>\n";
    }

    // What the law changes by date.
    void parameters() {
        if (module_.parameters.empty()) return;
        out_ +=
            "<h2>Values that change by date</h2>\n<table>\n<tr><th>Value</th><th>From</th>"
            "<th>Is</th><th>Source</th></tr>\n";
        for (const check::DatedParameter& one : module_.parameters) {
            for (const auto& [from, held] : one.values) {
                out_ += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                                    escaped(said(one.name)), value::to_text(from),
                                    escaped(value::to_text(held, *one.type)), cited(one.cites));
            }
        }
        out_ += "</table>\n";
    }

    void tables() {
        for (const check::Table& one : module_.tables) {
            out_ +=
                fmt::format("<h2>Table: {}</h2>\n<p>{}</p>\n<table>\n<tr>", escaped(said(one.name)),
                            one.unique ? "Rows that fit the same values say the same."
                                       : "The first row that fits counts.");
            for (const check::Parameter& column : one.parameters)
                out_ += fmt::format("<th>{}</th>", escaped(said(column.name)));
            out_ += "<th>Value</th></tr>\n";
            for (const check::TableRow& row : one.rows) {
                out_ += "<tr>";
                for (const check::TableCell& cell : row.cells)
                    out_ += fmt::format("<td>{}</td>", escaped(written(cell.span)));
                out_ += fmt::format("<td>{}</td></tr>\n",
                                    escaped(value::to_text(row.value, *one.result)));
            }
            out_ += "</table>\n";
        }
    }

    void assertions() {
        if (module_.assertions.empty()) return;
        out_ += "<h2>What never happens</h2>\n<ul>\n";
        for (const check::Assertion& one : module_.assertions) {
            out_ += fmt::format("<li>{} is never {}{}\n", escaped(name_of(one.action)),
                                one.never_permitted ? "permitted" : "forbidden",
                                one.condition ? ", when " + code(one.condition->span) : "");
        }
        out_ += "</ul>\n";
    }

    void invariants() {
        if (module_.invariants.empty()) return;
        out_ += "<h2>What always holds</h2>\n<ul>\n";
        for (const check::Invariant& one : module_.invariants) {
            std::string keys;
            for (const check::Parameter& key : one.keys)
                keys += (keys.empty() ? "" : ", ") + said(key.name);
            const std::string over = one.over ? fmt::format("for every {} in {}: ", keys,
                                                            said(made_.program->at(*one.over).name))
                                              : "";
            out_ += fmt::format("<li>{}: {}{} {}\n", escaped(said(one.name)), escaped(over),
                                code(one.condition->span), cited(one.cites));
        }
        out_ += "</ul>\n";
    }

    void initial_data() {
        if (module_.initial.empty()) return;
        out_ += "<h2>Initial data</h2>\n";
        for (const check::InitialOrigin& one : module_.origins) {
            out_ += fmt::format("<p>From {} (SHA-256 <code>{}</code>)</p>\n", escaped(one.title),
                                one.hash.hex());
        }
        out_ += "<table>\n<tr><th>Store</th><th>Key</th><th>Value</th></tr>\n";
        for (const check::InitialValue& one : module_.initial) {
            const check::Store& store = made_.program->at(one.store);
            out_ += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                                escaped(said(store.name)),
                                one.key ? escaped(value::to_text(*one.key, *store.key)) : "",
                                escaped(value::to_text(one.value, *store.value)));
        }
        out_ += "</table>\n";
    }

    void older_versions() {
        const auto has_older = [](const check::Store& one) { return !one.older.empty(); };
        if (std::ranges::none_of(module_.stores, has_older)) return;
        out_ += "<h2>What older versions stored</h2>\n<ul>\n";
        for (const check::Store& one : module_.stores) {
            if (!has_older(one)) continue;
            out_ += fmt::format("<li>{}: values of {} older {} are read\n", escaped(said(one.name)),
                                one.older.size(), one.older.size() == 1 ? "type" : "types");
        }
        out_ += "</ul>\n";
        for (const check::Upgrade& one : module_.upgrades)
            out_ += fmt::format("<p>{}</p>\n", code(one.span));
    }

    // An example with what it says; of a test only whether it passes, and on demand its text.
    [[nodiscard]] std::string verdict(const check::Test& one) const {
        const call::Case story = lower::to_case(*made_.program, one);
        return call::run_case(*made_.linked, story, engine_).failures.empty() ? "ok" : "failed";
    }
    [[nodiscard]] std::string_view whole(const check::Test& one) const {
        return written(one.steps.empty() ? one.span
                                         : source::join(one.span, one.steps.back().span));
    }

    void examples() {
        const auto is_example = [](const check::Test& one) { return one.example; };
        if (std::ranges::none_of(module_.tests, is_example)) return;
        out_ += "<h2>Examples</h2>\n";
        for (const check::Test& one : module_.tests) {
            if (!one.example) continue;
            out_ += fmt::format(
                "<section class=\"example\">\n<h3>{0}</h3>\n<p><span class=\"{1}\">{1}</span></p>\n"
                "<pre>{2}</pre>\n</section>\n",
                escaped(one.name), verdict(one), escaped(whole(one)));
        }
    }

    void tests() {
        const auto is_test = [](const check::Test& one) { return !one.example; };
        if (std::ranges::none_of(module_.tests, is_test)) return;
        out_ += "<h2>Tests</h2>\n<ul>\n";
        for (const check::Test& one : module_.tests) {
            if (one.example) continue;
            out_ += fmt::format(
                "<li><span class=\"{0}\">{0}</span> {1}\n<details><summary>As it is written"
                "</summary><pre>{2}</pre></details>\n",
                verdict(one), escaped(one.name), escaped(whole(one)));
        }
        out_ += "</ul>\n";
    }

    void what_was_found() {
        if (module_.kind != check::ModuleKind::regulation) return;
        out_ += "<h2>What the verifier found</h2>\n";
        std::size_t shown = 0;
        for (const findings::Finding& one : found_.findings) {
            const bool here = one.places.empty() ? one.module == module_.name
                                                 : one.places[0].span.file == module_.file;
            if (!here) continue;
            ++shown;
            out_ += fmt::format("<p><b>{} {}</b>: {}</p>\n", findings::code_of(one.kind),
                                findings::title_of(one.kind), escaped(one.message));
            if (!one.help.empty()) out_ += fmt::format("<p>{}</p>\n", escaped(one.help));
        }
        if (shown == 0) {
            out_ +=
                "<p>Nothing: no two rules contradict each other, no call is left without an "
                "answer, and what must never happen does not.</p>\n";
        }
    }

    const Compilation& made_;
    const check::Module& module_;
    const findings::Report& found_;
    runtime::Engine& engine_;
    std::string out_;
};

Exit write_pages(const DocOptions& options) {
    Exit exit = Exit::ok;
    const auto made = compile_or_report(options.files, exit);
    if (!made) return exit;
    const auto engine = make_engine("interp");
    if (!engine) return report(engine.error());
    const findings::Report found =
        findings::verify(*made->program, *made->linked, **engine, findings::Options{});
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) {
        return report({base::ErrorKind::environment, fmt::format("cannot make the folder {}: {}",
                                                                 options.folder, error.message())});
    }
    for (const check::Module& module : made->program->modules) {
        if (!made->is_given(module)) continue;
        const std::string path = fmt::format("{}/{}.html", options.folder, module.name);
        const std::string page = Page(*made, module, found, **engine).html();
        if (const auto done = write_file(path, page); !done) return report(done.error());
        print(path + "\n");
    }
    return Exit::ok;
}

}  // namespace

void add_doc(Verb& top) {
    auto options = std::make_shared<DocOptions>();
    Verb verb = top.add("doc", "Write a page for each module, for people who do not know Edict");
    verb.positional("FILES", options->files, "Files (.edict, .edict.md) or folders of them",
                    Takes::path);
    verb.required("-o,--output", options->folder, "The folder to write to; made if missing",
                  Takes::path);
    verb.footer(
        "NAME.html for each module: its text with the prose of literate source, its rules as "
        "sentences\n"
        "with their sources, what prevails over what, the tests and whether they pass, and what "
        "the\n"
        "verifier found. A page loads nothing from elsewhere.\n"
        "Exit codes: 0 written, 1 mistakes in the files, 4 a file cannot be read or written.");
    verb.run([options] { return write_pages(*options); });
}

}  // namespace edict::cli
