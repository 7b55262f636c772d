// Pseudonyms: the same person is the same value at one site, and nobody without the site's key can
// tell who it is.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "site/salted_hashes.h"

namespace edict::site {

// The key of a site's pseudonyms, in a file of its own (mode 0600). It is not the secret of a data
// set: pseudonyms must be the same over all data sets of the site, and outlive them; and who comes
// by one of the two learns nothing of what the other hides.
[[nodiscard]] base::Status make_pseudonym_key(const std::string& path);
[[nodiscard]] base::Result<Secret> read_pseudonym_key(const std::string& path);

// HMAC-SHA-256(key, "edict/pseudonym/1" ‖ person), each text after its length as four bytes. The
// person is a text of 1 to MAX_PERSON_BYTES bytes, as the site always writes it: put in the normal
// form NFC, and refused with spaces at its ends or control characters, by which one person would
// become two.
[[nodiscard]] base::Result<crypto::Hash> pseudonym_of(const Secret& key, std::string_view person);

}  // namespace edict::site
