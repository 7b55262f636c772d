#include "site/pseudonym.h"

#include <fmt/format.h>

#include "chain/client/key_file.h"
#include "site/limits.h"
#include "value/value.h"

namespace edict::site {

namespace {

constexpr std::string_view HEAD = "edict pseudonym key 1";

}  // namespace

base::Status make_pseudonym_key(const std::string& path) {
    return client::write_secret(
        path, fmt::format("{}\nkey {}\n", HEAD, base::to_hex(Secret::generate().bytes)));
}

base::Result<Secret> read_pseudonym_key(const std::string& path) {
    const base::Result<std::string> text = client::read_secret(path);
    if (!text) return base::error_of(text);
    const std::string before = fmt::format("{}\nkey ", HEAD);
    if (!text->starts_with(before) || !text->ends_with('\n')) {
        return base::input_error(
            fmt::format("{} is no key of pseudonyms; `edict site key` makes one", path));
    }
    const base::Result<crypto::Hash> key = crypto::hash_from_hex(
        std::string_view(*text).substr(before.size(), text->size() - before.size() - 1));
    if (!key) return base::in_context(path, key.error());
    return Secret{key->bytes};
}

base::Result<crypto::Hash> pseudonym_of(const Secret& key, std::string_view person) {
    if (person.empty()) return base::input_error("there is no person: the text is empty");
    if (person.size() > MAX_PERSON_BYTES) {
        return base::input_error(fmt::format("a person of {} bytes; at most {} are allowed",
                                             person.size(), MAX_PERSON_BYTES));
    }
    if (person.front() == ' ' || person.back() == ' ') {
        return base::input_error(
            "a space stands before or after the person: remove it, or the same person has two "
            "pseudonyms");
    }
    if (person.find_first_of("\t\n") != std::string_view::npos)
        return base::input_error("a tab or line end stands in the person: remove it");
    const base::Result<std::string> canonical = value::to_nfc(person);
    if (!canonical) return base::in_context("the person", canonical.error());
    base::Writer label;
    label.text("edict/pseudonym/1");
    label.text(*canonical);
    return crypto::hmac_sha256(key.bytes, label.out());
}

}  // namespace edict::site
