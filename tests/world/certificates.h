#pragma once

#include <memory>
#include <string>
#include <vector>

namespace duet::world {

/// A certificate with its key, both PEM.
struct Certificate {
    std::string certificate_pem;
    std::string key_pem;
};

/// A certificate authority that lives as long as the test: P-256, valid for one day around now.
/// Throws std::runtime_error when OpenSSL fails.
class CertificateAuthority {
public:
    CertificateAuthority();
    ~CertificateAuthority();
    CertificateAuthority(const CertificateAuthority&) = delete;
    CertificateAuthority& operator=(const CertificateAuthority&) = delete;

    /// The authority's own certificate, for a client to trust.
    [[nodiscard]] const std::string& certificate_pem() const noexcept;

    /// A server certificate for these names, as OpenSSL spells them: "DNS:localhost",
    /// "IP:127.0.0.1". `expired`: it ended an hour ago.
    [[nodiscard]] Certificate issue(const std::vector<std::string>& names,
                                    bool expired = false) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace duet::world
