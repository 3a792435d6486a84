#include "connectors/http/tls.h"

#include <cstdlib>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

namespace duet::http {
namespace {

// AEAD with ephemeral keys only. TLS 1.3 has no other suites, so OpenSSL's default is kept there.
constexpr const char* kCiphersTls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";

using StorePtr = std::shared_ptr<X509_STORE>;

/// Adds the certificates of a PEM file; false when it holds none or cannot be read.
bool add_file(X509_STORE* store, const std::string& path) {
    const bool added = X509_STORE_load_file(store, path.c_str()) == 1;
    ERR_clear_error();
    return added;
}

void free_observer(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<std::shared_ptr<TlsObserver>*>(held);
}

int observer_index() {
    static const int kIndex = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, nullptr, nullptr,
                                                      nullptr, free_observer);
    return kIndex;
}

TlsObserver* observer_of(const SSL* ssl) {
    const SSL_CTX* context = SSL_get_SSL_CTX(ssl);
    auto* held =
        static_cast<std::shared_ptr<TlsObserver>*>(SSL_CTX_get_ex_data(context, observer_index()));
    return held == nullptr ? nullptr : held->get();
}

/// OpenSSL's own check, with an ear for the reason: cpprest reports only that it failed.
int verify_and_tell(X509_STORE_CTX* context, void*) {
    const int verdict = X509_verify_cert(context);
    if (verdict == 1) return verdict;
    const auto* ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
    TlsObserver* observer = ssl == nullptr ? nullptr : observer_of(ssl);
    const int error = X509_STORE_CTX_get_error(context);
    if (observer != nullptr) observer->certificate_refused(X509_verify_cert_error_string(error));
    return verdict;
}

void count_record(int is_write, int, int content_type, const void* data, std::size_t length,
                  SSL* ssl, void*) {
    constexpr std::size_t kRecordHeaderBytes = 5;  // RFC 8446 section 5.1: type, version, length
    if (is_write != 0 || content_type != SSL3_RT_HEADER || length != kRecordHeaderBytes) return;
    const auto* bytes = static_cast<const unsigned char*>(data);
    const std::size_t payload = static_cast<std::size_t>(bytes[3]) << 8 | bytes[4];
    if (TlsObserver* observer = observer_of(ssl)) observer->bytes_arriving(payload);
}

bool expect_host(SSL_CTX* context, const Url& url) {
    X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const std::string host = url.bare_host();
    // An address must match an address entry of the certificate, never a name.
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1) return true;
    ERR_clear_error();
    return X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1;
}

}  // namespace

TrustStore::TrustStore(std::string extra_ca_file, std::string system_bundle)
    : extra_ca_file_(std::move(extra_ca_file)),
      system_bundle_(system_bundle.empty() ? X509_get_default_cert_file()
                                           : std::move(system_bundle)) {
    if (extra_ca_file_.empty()) return;
    const StorePtr trial(X509_STORE_new(), X509_STORE_free);
    if (trial == nullptr || !add_file(trial.get(), extra_ca_file_)) {
        throw std::invalid_argument("the CA file " + extra_ca_file_ +
                                    " cannot be read or holds no certificate in PEM form");
    }
}

TrustStore::Stamp TrustStore::stamp_of(const std::string& path) {
    struct stat status {};
    if (path.empty() || stat(path.c_str(), &status) != 0) return {};
    return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

std::shared_ptr<x509_store_st> TrustStore::current() {
    const std::lock_guard lock(mutex_);
    const Stamp extra = stamp_of(extra_ca_file_);
    const Stamp system = stamp_of(system_bundle_);
    if (store_ != nullptr && extra == extra_stamp_ && system == system_stamp_) return store_;

    StorePtr fresh(X509_STORE_new(), X509_STORE_free);
    if (fresh == nullptr) throw std::bad_alloc();
    const bool system_read = add_file(fresh.get(), system_bundle_);
    const bool extra_read = extra_ca_file_.empty() || add_file(fresh.get(), extra_ca_file_);
    if (store_ != nullptr && !(system_read && extra_read)) return store_;
    store_ = std::move(fresh);
    extra_stamp_ = extra;
    system_stamp_ = system;
    return store_;
}

void harden(ssl_ctx_st* context, const Url& url, const std::shared_ptr<x509_store_st>& store,
            std::shared_ptr<TlsObserver> observer) {
    auto held = std::make_unique<std::shared_ptr<TlsObserver>>(std::move(observer));
    const bool done = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(context, kCiphersTls12) == 1 &&
                      expect_host(context, url) &&
                      SSL_CTX_set_ex_data(context, observer_index(), held.get()) == 1;
    if (!done) {
        ERR_clear_error();
        throw std::runtime_error("OpenSSL refused the TLS settings");
    }
    static_cast<void>(held.release());  // the context frees it
    SSL_CTX_set1_cert_store(context, store.get());
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_cert_verify_callback(context, verify_and_tell, nullptr);
    SSL_CTX_set_msg_callback(context, count_record);
}

void prepare_openssl() {
    static std::once_flag once;
    std::call_once(once, [] {
        OPENSSL_init_ssl(0, nullptr);
        setenv("SSL_CERT_FILE", "/dev/null", 1);
        setenv("SSL_CERT_DIR", "/dev/null", 1);
    });
}

std::string tls_reason(unsigned long error_number) {
    const char* reason = ERR_reason_error_string(error_number);
    return reason == nullptr ? std::string{} : std::string(reason);
}

}  // namespace duet::http
