#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "connectors/http/oauth.h"

namespace duet::http {
namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

Error bad_key(const char* why) {
    return Error{ErrorKind::Broken,
                 std::string("The key file cannot sign in: ") + why + ".",
                 "DUET-3102",
                 {},
                 {}};
}

/// Base64 with the URL alphabet and without padding (RFC 7515).
std::string base64url(std::string_view bytes) {
    static constexpr char kAlphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    unsigned bits = 0;
    int held = 0;
    for (const char byte : bytes) {
        bits = (bits << 8 | static_cast<unsigned char>(byte)) & 0xffffu;
        held += 8;
        while (held >= 6) {
            held -= 6;
            text += kAlphabet[bits >> held & 0x3fu];
        }
    }
    if (held > 0) text += kAlphabet[bits << (6 - held) & 0x3fu];
    return text;
}

/// No passphrase is ever asked for at a terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

Result<std::string> sign_jwt(const Secret& key_pem, std::string_view claims) {
    const std::string_view pem = key_pem.reveal();
    const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const std::unique_ptr<EVP_PKEY, Free> key(
        bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
    if (!key) return bad_key("it is not a PEM private key without a passphrase");
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return bad_key("it is not an RSA key");

    const std::string signed_part = base64url(R"({"alg":"RS256"})") + "." + base64url(claims);
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    std::size_t size = 0;
    const auto* data = reinterpret_cast<const unsigned char*>(signed_part.data());
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, data, signed_part.size()) != 1) {
        return bad_key("OpenSSL refused to sign with it");
    }
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       data, signed_part.size()) != 1) {
        return bad_key("OpenSSL refused to sign with it");
    }
    signature.resize(size);
    return signed_part + "." + base64url(signature);
}

}  // namespace duet::http
