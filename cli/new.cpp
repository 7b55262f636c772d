// edict new: a project that checks, tests and verifies as it is.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/check.h"
#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/output.h"
#include "compiler/format/format.h"
#include "compiler/parse/tokens.h"

namespace edict::cli {

namespace {

struct NewOptions {
    std::string name;
    std::string keywords = "en";
};

constexpr std::string_view CONTRACT = R"(// What there is, what can be done with it, and by whom.
contract NAME version 1.0.0
  zone +00:00
  regulators office

role office, member
event Shared(dataset: Text<64>, to: Party)

enum Purpose { care, research, marketing }

store owners: Map<Text<64>, Party>
store shared: Map<Party, Int 0..1_000_000> default 0  // data sets sent to each receiver

action register(dataset: Text<64>) by member {
  if owners[dataset] is known { fail "the dataset {dataset} is registered already" }
  owners[dataset] = caller
}

action share(dataset: Text<64>, to: Party, purpose: Purpose) by member {
  if owners[dataset] is not known { fail "there is no dataset {dataset}" }
  shared[to] += 1
  emit Shared(dataset, to)
}
)";

constexpr std::string_view REGULATION = R"(# HOUSE: data policy

This file is the policy and the program that enforces it. What stands between the lines of three backquotes is
executed; a rule cites the heading above it.

```edict
regulation NAME_rules version 1.0.0 governs NAME
  zone +00:00
  default permit register
  default forbid

source HOUSE rank internal in force from 2024-01-01 "Data policy"
```

## Article 1: purposes

Data are shared for care and for research.

```edict
rule research_and_care on share when purpose is research or purpose is care: permit
```

## Article 2: no marketing

Data are never shared for marketing.

```edict
rule no_marketing on share when purpose is marketing: forbid
  because "the policy does not allow {purpose}"

assert never permitted share when purpose is marketing
```

## Article 3: one's own data

Only the member that registered a data set shares it.

```edict
rule by_its_owner
  on share: require owners[dataset] is caller
  because "{caller} did not register the dataset {dataset}"
```

## Examples

```edict
test "the owner shares for research" {
  parties ann: member, bob: member
  at 2026-02-01
  call register("heart") by ann
  expect committed
  call share("heart", to: bob, purpose: research) by ann
  expect committed
  expect shared[bob] is 1
}

test "nobody shares for marketing" {
  parties ann: member, bob: member
  given owners["heart"] = ann
  at 2026-02-01
  call share("heart", to: bob, purpose: marketing) by ann
  expect forbidden by no_marketing
}

test "another member does not share" {
  parties ann: member, bob: member
  given owners["heart"] = ann
  at 2026-02-01
  call share("heart", to: bob, purpose: care) by bob
  expect forbidden by by_its_owner
}
```
)";

std::string with_name(std::string_view text, std::string_view name) {
    std::string out(text);
    for (std::size_t at = out.find("NAME"); at != std::string::npos; at = out.find("NAME", at)) {
        out.replace(at, 4, name);
        at += name.size();
    }
    return out;
}

// A module may have the name: the header of one says so.
base::Status check_name(const std::string& name) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add("name", name);
    if (file && !name.empty()) {
        const source::Span whole{*file, 0, static_cast<std::uint32_t>(name.size())};
        const std::vector<parse::Token> tokens = parse::tokenize(whole, sources, diagnostics);
        const bool fine = tokens.size() == 1 && !tokens[0].broken && !diagnostics.has_errors() &&
                          tokens[0].keyword < 0 && parse::is_name(tokens[0].type) &&
                          tokens[0].span == whole;
        if (fine) return {};
    }
    return tl::unexpected(base::Error{
        base::ErrorKind::usage,
        fmt::format(
            "`{}` cannot be the name of a module: use letters, digits and _, and no word of "
            "the language",
            name)});
}

base::Status write_source(const std::string& path, std::string text, const std::string& keywords) {
    source::SourceMap sources;
    source::Diagnostics diagnostics;
    const auto file = sources.add(path, std::move(text));
    if (!file) return base::error_of(file);
    const auto language = keywords == "zh" ? parse::Language::chinese : parse::Language::english;
    const auto laid_out = format::format(*file, sources, {language}, diagnostics);
    EDICT_CHECK(laid_out.has_value());  // the text is ours
    return write_file(path, *laid_out);
}

Exit make_project(const NewOptions& options) {
    if (const auto fine = check_name(options.name); !fine) return report(fine.error());
    std::error_code error;
    if (std::filesystem::exists(options.name, error)) {
        return report({base::ErrorKind::input,
                       fmt::format("{} exists already; choose another name", options.name)});
    }
    std::filesystem::create_directory(options.name, error);
    if (error) {
        return report({base::ErrorKind::environment, fmt::format("cannot make the folder {}: {}",
                                                                 options.name, error.message())});
    }
    const std::pair<std::string, std::string_view> files[] = {
        {options.name + "/contract.edict", CONTRACT},
        {options.name + "/rules.edict.md", REGULATION}};
    for (const auto& [path, text] : files) {
        const auto done = write_source(path, with_name(text, options.name), options.keywords);
        if (!done) return report(done.error());
        print(path + "\n");
    }
    print(fmt::format("next: edict check {0}; edict test {0}; edict verify {0}\n", options.name));
    return Exit::ok;
}

}  // namespace

void add_new(Verb& top) {
    auto options = std::make_shared<NewOptions>();
    Verb verb = top.add("new", "Make a project that checks, tests and verifies as it is");
    verb.positional("NAME", options->name, "The name of the contract, and of the new folder");
    verb.choice("--keywords", options->keywords, {"en", "zh"}, "The language of its words");
    verb.footer(
        "Writes NAME/contract.edict and NAME/rules.edict.md.\n"
        "Exit codes: 0 written, 1 the folder exists, 2 not a name, 4 a file cannot be written.");
    verb.run([options] { return make_project(*options); });
}

}  // namespace edict::cli
