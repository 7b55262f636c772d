#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_set>

#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

namespace edict::crypto {
namespace {

using base::as_bytes;
using base::Bytes;
using base::ByteView;

template <std::size_t Size>
std::array<std::uint8_t, Size> bytes_of(std::string_view hex) {
    const Bytes bytes = base::from_hex(hex).value();
    EDICT_CHECK(bytes.size() == Size);
    std::array<std::uint8_t, Size> array{};
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

// Secret keys of RFC 8032, section 7.1, tests 1 and 2, with their public keys.
constexpr const char* SEED_1 = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
constexpr const char* PUBLIC_1 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
constexpr const char* SEED_2 = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr const char* PUBLIC_2 = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

SecretKey key_1() { return SecretKey::from_seed(bytes_of<32>(SEED_1)); }
SecretKey key_2() { return SecretKey::from_seed(bytes_of<32>(SEED_2)); }

const Hash CHAIN = sha256(as_bytes("a chain"));
const Hash OTHER_CHAIN = sha256(as_bytes("another chain"));

TEST(Sha256, gives_the_digests_of_fips_180_4) {
    EXPECT_EQ(sha256({}).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256(as_bytes("abc")).hex(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).hex(),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256(as_bytes(std::string(1'000'000, 'a'))).hex(),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, is_the_same_however_the_bytes_are_cut) {
    const std::string text(200, 'x');
    for (const std::size_t cut : {0U, 1U, 63U, 64U, 65U, 200U}) {
        Sha256 hash;
        hash.add(as_bytes(text).first(cut)).add(as_bytes(text).subspan(cut));
        EXPECT_EQ(hash.finish(), sha256(as_bytes(text))) << cut;
    }
}

TEST(HmacSha256, gives_the_codes_of_rfc_4231) {
    const auto code = [](const Bytes& key, const std::string& text) {
        return hmac_sha256(key, as_bytes(text)).hex();
    };
    EXPECT_EQ(code(Bytes(20, 0x0b), "Hi There"),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(code(Bytes{'J', 'e', 'f', 'e'}, "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(code(Bytes(20, 0xaa), std::string(50, '\xdd')),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    EXPECT_EQ(code(Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First"),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, takes_an_empty_key_and_an_empty_text) {
    EXPECT_EQ(hmac_sha256({}, {}).hex(),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hash, is_read_back_from_its_digits_and_its_bytes) {
    EXPECT_EQ(hash_from_hex(CHAIN.hex()).value(), CHAIN);
    base::Writer out;
    write(out, CHAIN);
    base::Reader in(out.out());
    EXPECT_EQ(read_hash(in), CHAIN);
    EXPECT_TRUE(in.finish());
}

TEST(Hash, is_refused_with_a_digit_too_few_or_too_many) {
    const std::string hex = CHAIN.hex();
    EXPECT_EQ(hash_from_hex(hex.substr(2)).error().message,
              "a hash has 64 hexadecimal digits, not 62");
    EXPECT_EQ(hash_from_hex(hex + "00").error().message,
              "a hash has 64 hexadecimal digits, not 66");
    EXPECT_FALSE(hash_from_hex(hex + "0"));
    EXPECT_FALSE(hash_from_hex("G" + hex.substr(1)));
}

TEST(Hash, that_is_cut_off_is_an_error_and_reads_as_zeros) {
    base::Reader in(ByteView(CHAIN.bytes).first(31));
    EXPECT_EQ(read_hash(in), Hash{});
    EXPECT_FALSE(in.ok());
}

TEST(Hash, is_a_key_of_unordered_containers) {
    EXPECT_EQ((std::unordered_set<Hash>{CHAIN, OTHER_CHAIN, CHAIN}.size()), 2U);
}

TEST(SecretKey, gives_the_public_keys_of_rfc_8032_and_keeps_its_seed) {
    EXPECT_EQ(key_1().public_key().hex(), PUBLIC_1);
    EXPECT_EQ(key_2().public_key().hex(), PUBLIC_2);
    EXPECT_EQ(key_1().seed(), bytes_of<32>(SEED_1));
}

TEST(SecretKey, is_a_new_one_each_time_it_is_generated) {
    EXPECT_NE(SecretKey::generate().public_key(), SecretKey::generate().public_key());
}

TEST(Sign, a_signature_holds_for_its_key_domain_chain_and_message_only) {
    const Signature signature = sign(key_1(), domain::TRANSACTION, CHAIN, as_bytes("call"));
    const PublicKey key = key_1().public_key();
    const auto holds = [&](const PublicKey& who, std::string_view what, const Hash& chain,
                           std::string_view message) {
        return verify(who, what, chain, as_bytes(message), signature);
    };
    EXPECT_TRUE(holds(key, domain::TRANSACTION, CHAIN, "call"));
    EXPECT_FALSE(holds(key_2().public_key(), domain::TRANSACTION, CHAIN, "call"));
    EXPECT_FALSE(holds(key, domain::HEADER, CHAIN, "call"));
    EXPECT_FALSE(holds(key, domain::TRANSACTION, OTHER_CHAIN, "call"));
    EXPECT_FALSE(holds(key, domain::TRANSACTION, CHAIN, "cal"));
    EXPECT_FALSE(holds(key, domain::TRANSACTION, CHAIN, "call "));
}

TEST(Sign, every_altered_bit_of_a_signature_is_noticed) {
    const SecretKey key = key_1();
    const Signature good = sign(key, domain::HEADER, CHAIN, as_bytes("header"));
    for (std::size_t bit = 0; bit < good.bytes.size() * 8; ++bit) {
        Signature bad = good;
        bad.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(verify(key.public_key(), domain::HEADER, CHAIN, as_bytes("header"), bad))
            << bit;
    }
}

TEST(Sign, another_library_accepts_what_we_sign_over_the_bytes_we_document) {
    const Signature signature = sign(key_1(), domain::HEADER, CHAIN, as_bytes("header"));
    // u32 length of the domain, the domain, the chain id, the message.
    base::Writer expected;
    expected.u32(14);
    expected.raw(as_bytes("edict/header/1"));
    expected.raw(CHAIN.bytes);
    expected.raw(as_bytes("header"));

    const PublicKey key = key_1().public_key();
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> openssl_key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()),
        EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, openssl_key.get()), 1);
    EXPECT_EQ(EVP_DigestVerify(context.get(), signature.bytes.data(), signature.bytes.size(),
                               expected.out().data(), expected.out().size()),
              1);
}

// Adds the order of the group to the second half: the same signature in other bytes, which a lax
// verifier takes for a second one.
TEST(Verify, refuses_the_second_form_of_a_signature) {
    constexpr std::array<std::uint8_t, 32> GROUP_ORDER = {
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
        0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    const SecretKey key = key_1();
    Signature signature = sign(key, domain::TRANSACTION, CHAIN, as_bytes("call"));
    unsigned carry = 0;
    for (std::size_t i = 0; i < GROUP_ORDER.size(); ++i) {
        const unsigned sum = signature.bytes[32 + i] + GROUP_ORDER[i] + carry;
        signature.bytes[32 + i] = static_cast<std::uint8_t>(sum);
        carry = sum >> 8;
    }
    ASSERT_EQ(carry, 0U);
    EXPECT_FALSE(verify(key.public_key(), domain::TRANSACTION, CHAIN, as_bytes("call"), signature));
}

// With the neutral point as key, R = neutral and S = 0 would verify for every message.
TEST(Verify, refuses_a_key_under_which_anything_would_be_signed) {
    PublicKey neutral;
    neutral.bytes[0] = 1;
    Signature signature;
    signature.bytes[0] = 1;
    EXPECT_FALSE(verify(neutral, domain::TRANSACTION, CHAIN, as_bytes("call"), signature));
}

TEST(Keys, and_signatures_are_read_back_from_their_bytes) {
    const Signature signature = sign(key_1(), domain::CHECKPOINT, CHAIN, {});
    base::Writer out;
    write(out, key_1().public_key());
    write(out, signature);
    ASSERT_EQ(out.out().size(), 96U);
    base::Reader in(out.out());
    EXPECT_EQ(read_public_key(in), key_1().public_key());
    EXPECT_EQ(read_signature(in), signature);
    EXPECT_TRUE(in.finish());

    base::Reader short_key(ByteView(out.out()).first(31));
    EXPECT_EQ(read_public_key(short_key), PublicKey{});
    EXPECT_FALSE(short_key.ok());
    base::Reader short_signature(ByteView(out.out()).first(63));
    EXPECT_EQ(read_signature(short_signature), Signature{});
    EXPECT_FALSE(short_signature.ok());
}

}  // namespace
}  // namespace edict::crypto
