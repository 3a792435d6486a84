#include "connectors/sandbox/jwt.h"

#include <charconv>
#include <memory>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace duet::sandbox {

using nlohmann::json;

namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;

BioPtr memory_bio(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

KeyPtr public_key(const std::string& pem) {
    if (pem.find("BEGIN CERTIFICATE") != std::string::npos) {
        const BioPtr bio = memory_bio(pem);
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(
            PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
        return {certificate ? X509_get_pubkey(certificate.get()) : nullptr, &EVP_PKEY_free};
    }
    const BioPtr bio = memory_bio(pem);
    return {PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
}

std::string text_of(const json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end()) return {};
    if (found->is_array() && !found->empty() && found->front().is_string()) {
        return found->front().get<std::string>();
    }
    return found->is_string() ? found->get<std::string>() : std::string{};
}

/// Clients send seconds, seconds as text, and milliseconds.
double expiry_of(const json& claims) {
    const auto found = claims.find("exp");
    if (found == claims.end()) return -1;
    double value = -1;
    if (found->is_number()) value = found->get<double>();
    if (found->is_string()) {
        const std::string text = found->get<std::string>();
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec != std::errc{}) return -1;
    }
    return value > 1e11 ? value / 1000 : value;
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string plain(text);
    for (char& c : plain) {
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    while (!plain.empty() && plain.back() == '=') plain.pop_back();
    const std::size_t bytes = plain.size() * 3 / 4;
    plain.append((4 - plain.size() % 4) % 4, '=');
    std::string out(plain.size(), '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(plain.data()),
                                     static_cast<int>(plain.size()));
    if (size < 0) return std::nullopt;
    out.resize(bytes);
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest, &size);
    return {reinterpret_cast<const char*>(digest), size};
}

std::optional<Assertion> read_assertion(std::string_view text) {
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto head = from_base64(text.substr(0, first));
    const auto body = from_base64(text.substr(first + 1, second - first - 1));
    const auto signature = from_base64(text.substr(second + 1));
    if (!head || !body || !signature) return std::nullopt;
    const json header = json::parse(*head, nullptr, false);
    const json claims = json::parse(*body, nullptr, false);
    if (!header.is_object() || !claims.is_object()) return std::nullopt;
    Assertion out;
    out.signed_part = text.substr(0, second);
    out.signature = *signature;
    out.algorithm = text_of(header, "alg");
    out.issuer = text_of(claims, "iss");
    out.subject = text_of(claims, "sub");
    if (out.subject.empty()) out.subject = text_of(claims, "prn");
    out.audience = text_of(claims, "aud");
    out.id = text_of(claims, "jti");
    out.expires_seconds = expiry_of(claims);
    return out;
}

bool signature_holds(const Assertion& assertion, const std::string& pem) {
    const KeyPtr key = public_key(pem);
    if (!key || assertion.algorithm != "RS256") return false;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(),
                            reinterpret_cast<const unsigned char*>(assertion.signature.data()),
                            assertion.signature.size(),
                            reinterpret_cast<const unsigned char*>(assertion.signed_part.data()),
                            assertion.signed_part.size()) == 1;
}

}  // namespace duet::sandbox
