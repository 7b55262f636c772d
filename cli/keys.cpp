// edict keys: makes and shows key files.
#include <fmt/format.h>

#include <memory>

#include "chain/client/key_file.h"
#include "cli/arguments.h"
#include "cli/output.h"

namespace edict::cli {

namespace {

struct NewOptions {
    std::string file;
    std::string name;
};

void print_key(const client::KeyFile& key) {
    print(fmt::format("name   {}\nparty  {}\npublic {}\n", key.name, key.party.hex(),
                      key.key.public_key().hex()));
}

Exit make(const NewOptions& options) {
    if (const auto fits = value::check_text(options.name);
        !fits || options.name.empty() || options.name.find('\n') != std::string::npos) {
        return report({base::ErrorKind::usage, "--name takes one line of text"});
    }
    const client::KeyFile key = client::new_key(options.name);
    if (const auto written = client::write_key_file(options.file, key); !written) {
        return report(written.error());
    }
    print_key(key);
    return Exit::ok;
}

Exit show(const std::string& file) {
    const auto key = client::read_key_file(file);
    if (!key) return report(key.error());
    print_key(*key);
    return Exit::ok;
}

}  // namespace

void add_keys(Verb& top) {
    Verb keys = top.add("keys", "Make and show the keys of parties");

    auto options = std::make_shared<NewOptions>();
    Verb make_verb = keys.add("new", "Make a key for a party");
    make_verb.positional("FILE", options->file, "The key file to create, readable by you alone",
                         Takes::path);
    make_verb.required("--name", options->name, "The party's name; its id is made from it");
    make_verb.footer(
        "The membership office registers the party with std.membership.register(party, key).\n"
        "Exit codes: 0 made, 4 the file is there already or cannot be written.");
    make_verb.run([options] { return make(*options); });

    auto file = std::make_shared<std::string>();
    Verb show_verb = keys.add("show", "Show whose key it is; never the secret");
    show_verb.positional("FILE", *file, "A key file", Takes::path);
    show_verb.footer("Exit codes: 0 shown, 1 no key file, 4 not readable, or others may read it.");
    show_verb.run([file] { return show(*file); });
}

}  // namespace edict::cli
