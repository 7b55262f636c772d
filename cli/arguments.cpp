#include "cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/utf8.h"
#include "base/whole_number.h"
#include "cli/output.h"
#include "cli/version.h"
#include "compiler/source/diagnostics.h"

namespace edict::cli {

namespace {

// The work of the verb that the command line names.
std::function<Exit()> chosen_work;

// CLI11 says of a misspelt verb only that one is missing.
std::string verb_problem(const CLI::App& app, int argc, const char* const* argv) {
    if (argc < 2) return "edict: a verb is missing; `edict --help` lists them\n";
    const std::string wanted = argv[1];
    if (wanted.starts_with("-")) return "";
    std::vector<std::string> names;
    for (const CLI::App* verb : app.get_subcommands(nullptr)) {
        if (verb->get_name() == wanted) return "";
        names.push_back(verb->get_name());
    }
    const auto near = source::nearest(wanted, names);
    return "edict: there is no verb " + wanted + (near ? "; did you mean " + *near + "?" : ";") +
           " `edict --help` lists them\n";
}

// CLI11 says of a misspelt flag only that it was not expected.
std::string flag_suggestion(const CLI::App& app) {
    const CLI::App* verb = &app;
    while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
    std::vector<std::string> names = {"--help"};
    for (const CLI::Option* option : verb->get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    for (const std::string& extra : app.remaining(true)) {
        if (!extra.starts_with("--")) continue;
        const std::string wanted = extra.substr(0, extra.find('='));
        if (const auto near = source::nearest(wanted, names)) {
            return "There is no " + wanted + "; did you mean " + *near + "?\n";
        }
    }
    return "";
}

// CLI11 takes "-1" as a very large number, "010" as 8, and the largest for any that is too large.
CLI::Validator whole_number(Range range) {
    return {[range](std::string& text) {
                const auto number = base::read_whole_number(text, range.to);
                if (!number || *number < range.from) {
                    return fmt::format("{} is not a whole number from {} to {}",
                                       text.empty() ? "\"\"" : text, range.from, range.to);
                }
                text = std::to_string(*number);
                return std::string();
            },
            ""};
}

// The bytes that are no printable ASCII as \xNN.
std::string escaped(std::string_view text) {
    std::string shown;
    for (const char c : text) {
        if (c >= ' ' && c <= '~') {
            shown += c;
        } else {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return shown;
}

CLI::Validator form_of(Takes takes) {
    return {[takes](const std::string& text) {
                if (takes == Takes::path || base::is_utf8(text)) return std::string();
                return escaped(text) + " is not UTF-8";
            },
            ""};
}

Exit run_chosen_work() {
    try {
        return chosen_work();
    } catch (const std::bad_alloc&) {
        return report({base::ErrorKind::environment, "there is not enough memory"});
    } catch (const std::exception& error) {
        print_error(
            fmt::format("edict: this is a defect of edict, not a mistake of yours: {}\n"
                        "Please report it with the command that led to it.\n",
                        error.what()));
        return Exit::defect;
    }
}

}  // namespace

Verb Verb::add(const std::string& name, const std::string& help) {
    CLI::App* verb = app_->add_subcommand(name, help);
    app_->require_subcommand(1);
    return Verb(*verb);
}

void Verb::positional(const std::string& name, std::string& into, const std::string& help,
                      Takes takes) {
    app_->add_option(name, into, help)->check(form_of(takes))->required()->option_text(" ");
}
void Verb::positional(const std::string& name, std::vector<std::string>& into,
                      const std::string& help, Takes takes) {
    app_->add_option(name, into, help)->check(form_of(takes))->required()->option_text("...");
}
void Verb::optional_positional(const std::string& name, std::string& into,
                               const std::string& help) {
    app_->add_option(name, into, help)->check(form_of(Takes::text))->option_text(" ");
}

void Verb::required(const std::string& name, std::string& into, const std::string& help,
                    Takes takes) {
    app_->add_option(name, into, help)->check(form_of(takes))->required();
}
void Verb::required(const std::string& name, std::uint64_t& into, const std::string& help,
                    Range range) {
    app_->add_option(name, into, help)->transform(whole_number(range))->required();
}
void Verb::option(const std::string& name, std::string& into, const std::string& help,
                  Takes takes) {
    app_->add_option(name, into, help)->check(form_of(takes))->capture_default_str();
}
void Verb::option(const std::string& name, std::vector<std::string>& into, const std::string& help,
                  Takes takes) {
    app_->add_option(name, into, help)->check(form_of(takes))->allow_extra_args(false);
}
void Verb::option(const std::string& name, std::uint64_t& into, const std::string& help,
                  Range range) {
    app_->add_option(name, into, help)->transform(whole_number(range))->capture_default_str();
}
void Verb::choice(const std::string& name, std::string& into,
                  const std::vector<std::string>& choices, const std::string& help) {
    app_->add_option(name, into, help)->check(CLI::IsMember(choices))->capture_default_str();
}
void Verb::flag(const std::string& name, bool& into, const std::string& help) {
    app_->add_flag(name, into, help);
}

void Verb::footer(const std::string& text) { app_->footer("\n" + text); }

void Verb::run(std::function<Exit()> work) {
    app_->callback([work = std::move(work)] { chosen_work = work; });
}

Exit run_command_line(int argc, const char* const* argv, const std::vector<AddVerb>& verbs) {
    CLI::App app("Edict: rules and contracts that are checked, proved, executed and recorded");
    app.name("edict");
    app.set_version_flag("--version", std::string(VERSION_LINE));
    app.set_help_flag("-h,--help", "Show this help");
    app.footer(
        "\nExit codes: 0 ok, 1 errors or findings in the input, 2 wrong usage, 3 not settled,\n"
        "4 file, disk, network or missing software, 5 forbidden by the rules, 6 a defect of "
        "edict.\n"
        "`edict VERB --help` tells more about a verb.");
    try {
        Verb top(app);
        for (const AddVerb add : verbs) add(top);
        if (const std::string problem = verb_problem(app, argc, argv); !problem.empty()) {
            print_error(problem);
            return Exit::usage;
        }
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {  // --help, --version
        std::ostringstream out, err;
        (void)app.exit(asked, out, err);
        print(out.str());
        return Exit::ok;
    } catch (const CLI::Error& error) {
        std::ostringstream out, err;
        (void)app.exit(error, out, err);
        print_error("edict: " + err.str() + flag_suggestion(app));
        return Exit::usage;
    }
    return run_chosen_work();
}

}  // namespace edict::cli
