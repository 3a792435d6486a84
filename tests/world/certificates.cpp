#include "tests/world/certificates.h"

#include <atomic>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace duet::world {
namespace {

constexpr long kHour = 3600;
constexpr long kVersion3 = 2;  // X.509 counts from 0

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

void require(bool ok, const char* what) {
    if (!ok) throw std::runtime_error(what);
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    require(key != nullptr, "no key");
    return key;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(length)};
}

std::string pem_of(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    require(PEM_write_bio_X509(bio.get(), certificate) == 1, "no PEM");
    return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
    require(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "no PEM");
    return text_of(bio.get());
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    require(extension != nullptr, "no extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509Ptr make_certificate(EVP_PKEY* key, const char* name, long begin, long end) {
    static std::atomic<long> serial{1};
    X509Ptr certificate(X509_new(), X509_free);
    require(certificate != nullptr, "no certificate");
    X509_set_version(certificate.get(), kVersion3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begin);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), end);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

}  // namespace

struct CertificateAuthority::Parts {
    Key key = make_key();
    X509Ptr certificate{nullptr, X509_free};
    std::string pem;
};

CertificateAuthority::CertificateAuthority() : parts_(std::make_unique<Parts>()) {
    parts_->certificate = make_certificate(parts_->key.get(), "Test authority", -kHour, 23 * kHour);
    X509* own = parts_->certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    require(X509_sign(own, parts_->key.get(), EVP_sha256()) > 0, "not signed");
    parts_->pem = pem_of(own);
}

CertificateAuthority::~CertificateAuthority() = default;

const std::string& CertificateAuthority::certificate_pem() const noexcept { return parts_->pem; }

Certificate CertificateAuthority::issue(const std::vector<std::string>& names, bool expired) const {
    const Key key = make_key();
    const X509Ptr certificate = make_certificate(
        key.get(), "Test server", expired ? -2 * kHour : -kHour, expired ? -kHour : 23 * kHour);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(parts_->certificate.get()));
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ",") + name;
    add_extension(certificate.get(), parts_->certificate.get(), NID_subject_alt_name, list);
    require(X509_sign(certificate.get(), parts_->key.get(), EVP_sha256()) > 0, "not signed");
    return {pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace duet::world
