#include "chain/net/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/check.h"

namespace edict::net {

namespace {

template <typename T, void (*FREE)(T*)>
struct Freed {
    void operator()(T* held) const { FREE(held); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX, SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL, SSL_free>>;

// OpenSSL's word for what went wrong last on this thread.
std::string ssl_error() {
    const unsigned long code = ::ERR_peek_last_error();
    ::ERR_clear_error();
    if (code == 0) return "the other end hung up";
    const char* reason = ::ERR_reason_error_string(code);
    return reason == nullptr ? "TLS failed" : reason;
}

// A name and days that nobody looks at, around the key that counts.
Certificate self_signed(EVP_PKEY* key) {
    Certificate made(::X509_new());
    if (!made) return nullptr;
    bool ok = ::X509_set_version(made.get(), 2) == 1;
    ok = ok && ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), 1) == 1;
    ok = ok && ::ASN1_TIME_set_string(::X509_getm_notBefore(made.get()), "20200101000000Z") == 1;
    ok = ok && ::ASN1_TIME_set_string(::X509_getm_notAfter(made.get()), "99991231235959Z") == 1;
    X509_NAME* name = ::X509_get_subject_name(made.get());
    ok = ok && ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                            reinterpret_cast<const unsigned char*>("edict"), -1, -1,
                                            0) == 1;
    ok = ok && ::X509_set_issuer_name(made.get(), name) == 1;
    ok = ok && ::X509_set_pubkey(made.get(), key) == 1;
    ok = ok && ::X509_sign(made.get(), key, nullptr) > 0;
    if (!ok) return nullptr;
    return made;
}

std::optional<crypto::PublicKey> key_of(X509* certificate) {
    if (certificate == nullptr) return std::nullopt;
    EVP_PKEY* key = ::X509_get0_pubkey(certificate);
    if (key == nullptr || ::EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) return std::nullopt;
    crypto::PublicKey found;
    std::size_t size = found.bytes.size();
    if (::EVP_PKEY_get_raw_public_key(key, found.bytes.data(), &size) != 1 || size != 32) {
        return std::nullopt;
    }
    return found;
}

}  // namespace

// ---- connection ---------------------------------------------------------------------------------

struct TlsConnection::Impl {
    Session session;

    // After a call that did not do all of it.
    [[nodiscard]] Io reason(int returned) const {
        const int why = ::SSL_get_error(session.get(), returned);
        const int number = errno;
        const bool is_plain = ::ERR_peek_error() == 0;
        ::ERR_clear_error();
        if (why == SSL_ERROR_ZERO_RETURN) return Io::closed;
        // A blocking socket asks for another try only when its time is over.
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return Io::timeout;
        if (why == SSL_ERROR_SYSCALL && is_plain) {
            return number == EAGAIN || number == EWOULDBLOCK ? Io::timeout : Io::closed;
        }
        return Io::failed;
    }
};

TlsConnection::TlsConnection(std::unique_ptr<Impl> impl, std::size_t peer)
    : impl_(std::move(impl)), peer_(peer) {}
TlsConnection::~TlsConnection() = default;

Io TlsConnection::read(std::span<std::uint8_t> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        std::size_t got = 0;
        const int returned =
            ::SSL_read_ex(impl_->session.get(), into.data() + done, into.size() - done, &got);
        if (returned != 1) return impl_->reason(returned);
        done += got;
    }
    return Io::ok;
}

Io TlsConnection::write(base::ByteView bytes) {
    if (bytes.empty()) return Io::ok;
    std::size_t sent = 0;
    const int returned = ::SSL_write_ex(impl_->session.get(), bytes.data(), bytes.size(), &sent);
    return returned == 1 ? Io::ok : impl_->reason(returned);
}

// ---- context ------------------------------------------------------------------------------------

struct Tls::Impl {
    Context context;
    std::vector<crypto::PublicKey> pinned;

    [[nodiscard]] std::optional<std::size_t> index_of(X509* certificate) const {
        const std::optional<crypto::PublicKey> key = key_of(certificate);
        if (!key) return std::nullopt;
        const auto found = std::find(pinned.begin(), pinned.end(), *key);
        if (found == pinned.end()) return std::nullopt;
        return static_cast<std::size_t>(found - pinned.begin());
    }

    // In place of OpenSSL's own check of chains, names and days.
    static int is_pinned(X509_STORE_CTX* store, void* self) {
        if (static_cast<const Impl*>(self)->index_of(::X509_STORE_CTX_get0_cert(store))) return 1;
        ::X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
        return 0;
    }

    [[nodiscard]] base::Result<std::unique_ptr<TlsConnection>> shake(
        Socket& socket, std::optional<std::size_t> expected) const;
};

Tls::Tls(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tls::~Tls() = default;

base::Result<std::unique_ptr<Tls>> Tls::make(const crypto::SecretKey& key,
                                             std::vector<crypto::PublicKey> pinned) {
    auto impl = std::make_unique<Impl>();
    impl->pinned = std::move(pinned);
    const auto seed = key.seed();
    const Key own(
        ::EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    const Certificate certificate = own ? self_signed(own.get()) : nullptr;
    impl->context.reset(::SSL_CTX_new(::TLS_method()));
    SSL_CTX* context = impl->context.get();
    bool ok = certificate != nullptr && context != nullptr;
    ok = ok && ::SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1;
    ok = ok && ::SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1;
    ok = ok && ::SSL_CTX_set_ciphersuites(context, "TLS_CHACHA20_POLY1305_SHA256") == 1;
    ok = ok && ::SSL_CTX_set1_groups_list(context, "X25519") == 1;
    ok = ok && ::SSL_CTX_set1_sigalgs_list(context, "ed25519") == 1;
    ok = ok && ::SSL_CTX_set_num_tickets(context, 0) == 1;
    ok = ok && ::SSL_CTX_use_certificate(context, certificate.get()) == 1;
    ok = ok && ::SSL_CTX_use_PrivateKey(context, own.get()) == 1;
    if (!ok) {
        return base::environment_error("OpenSSL cannot do TLS 1.3 with Ed25519 keys: " +
                                       ssl_error());
    }
    // Frames carry their length: an end without TLS's own word for it hides nothing.
    (void)::SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    ::SSL_CTX_set_cert_verify_callback(context, &Impl::is_pinned, impl.get());
    return std::unique_ptr<Tls>(new Tls(std::move(impl)));
}

base::Result<std::unique_ptr<TlsConnection>> Tls::Impl::shake(
    Socket& socket, std::optional<std::size_t> expected) const {
    ::ERR_clear_error();
    auto made = std::make_unique<TlsConnection::Impl>();
    made->session.reset(::SSL_new(context.get()));
    if (!made->session || ::SSL_set_fd(made->session.get(), socket.get()) != 1) {
        return base::environment_error(ssl_error());
    }
    const int done =
        expected ? ::SSL_connect(made->session.get()) : ::SSL_accept(made->session.get());
    if (done != 1) {
        const int why = ::SSL_get_error(made->session.get(), done);
        if (::SSL_get_verify_result(made->session.get()) == X509_V_ERR_CERT_UNTRUSTED) {
            ::ERR_clear_error();
            return base::fail(base::ErrorKind::forbidden,
                              "it shows a key that is not that of a validator");
        }
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
            return base::environment_error("it does not finish the TLS handshake");
        }
        return base::environment_error("no TLS: " + ssl_error());
    }
    const Certificate shown(::SSL_get1_peer_certificate(made->session.get()));
    const std::optional<std::size_t> index = index_of(shown.get());
    if (!index || (expected && *index != *expected)) {
        return base::fail(base::ErrorKind::forbidden, "it shows the key of another validator");
    }
    return std::unique_ptr<TlsConnection>(new TlsConnection(std::move(made), *index));
}

base::Result<std::unique_ptr<TlsConnection>> Tls::accept(Socket& socket) const {
    return impl_->shake(socket, std::nullopt);
}

base::Result<std::unique_ptr<TlsConnection>> Tls::connect(Socket& socket,
                                                          std::size_t expected) const {
    return impl_->shake(socket, expected);
}

}  // namespace edict::net
