#pragma once

#include <ctime>
#include <memory>
#include <mutex>
#include <string>

#include "connectors/http/url.h"

// OpenSSL's own names for SSL_CTX and X509_STORE.
struct ssl_ctx_st;
struct x509_store_st;

namespace duet::http {

/// Whom TLS connections trust: the system's bundle and one extra file, read once and shared.
/// Reading Debian's bundle costs about 30 ms of processor time, so it must not happen for each
/// connection. The store is read anew when the bundle or the extra file gets another mtime; when
/// that fails (a file that is just being replaced) the old one stays. Thread-safe.
class TrustStore {
public:
    /// Throws std::invalid_argument when `extra_ca_file` is named and holds no certificate.
    /// `system_bundle` is for tests; empty: OpenSSL's compiled-in default file.
    explicit TrustStore(std::string extra_ca_file, std::string system_bundle = {});

    /// The store to use for a new connection. May be empty of certificates, then nobody is trusted.
    [[nodiscard]] std::shared_ptr<x509_store_st> current();

private:
    struct Stamp {
        std::time_t seconds = 0;
        long nanoseconds = -1;
        bool operator==(const Stamp&) const = default;
    };
    static Stamp stamp_of(const std::string& path);

    const std::string extra_ca_file_;
    const std::string system_bundle_;
    std::mutex mutex_;
    std::shared_ptr<x509_store_st> store_;  // guarded by mutex_
    Stamp extra_stamp_;                     // guarded by mutex_
    Stamp system_stamp_;                    // guarded by mutex_
};

/// Told what happens on the TLS connections of one client. Called on any thread.
class TlsObserver {
public:
    virtual ~TlsObserver() = default;
    /// The server's certificate was refused; `reason` is OpenSSL's text.
    virtual void certificate_refused(std::string reason) = 0;
    /// A record of that many bytes is arriving.
    virtual void bytes_arriving(std::size_t count) = 0;
};

/// Sets the rules for one new connection to `url`: TLS 1.2 or newer, AEAD ciphers with forward
/// secrecy, `store` as the only trust, the certificate must be valid for the host. The context
/// shares the observer and keeps it alive. Throws std::runtime_error when OpenSSL refuses.
void harden(ssl_ctx_st* context, const Url& url, const std::shared_ptr<x509_store_st>& store,
            std::shared_ptr<TlsObserver> observer);

/// Starts OpenSSL, and stops it from reading the system's bundle for every new context, by naming
/// an empty file as the default. Acts once; call it before threads start, since it sets environment
/// variables (SSL_CERT_FILE, SSL_CERT_DIR), which child processes inherit, and before the library's
/// pool, so that at exit the pool's threads end before OpenSSL cleans up behind them.
void prepare_openssl();

/// The text behind an OpenSSL error number such as a handshake leaves, or empty.
[[nodiscard]] std::string tls_reason(unsigned long error_number);

}  // namespace duet::http
