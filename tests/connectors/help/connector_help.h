#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "connectors/registry.h"
#include "mappings/seams.h"
#include "tests/world/fake_transport.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace duet::test {

/// A clock that stands still until it is told otherwise.
class StillClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return now_; }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return steady_; }
    void pass(std::chrono::seconds time) {
        now_ += time;
        steady_ += time;
    }

private:
    Instant now_{std::chrono::sys_days{std::chrono::year{2018} / 1 / 2}};
    std::chrono::steady_clock::time_point steady_{std::chrono::hours{1}};
};

class CountingRandom final : public Random {
public:
    [[nodiscard]] std::uint64_t next() override { return ++last_; }

private:
    std::uint64_t last_ = 0;
};

/// A file that is removed with the object; mode 0600 unless told otherwise.
class SecretFile {
public:
    explicit SecretFile(std::string_view content, unsigned mode = 0600);
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;
    ~SecretFile();
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string content() const;

private:
    std::string path_;
};

/// A fresh RSA key of 2,048 bits.
class RsaKey {
public:
    RsaKey();
    RsaKey(const RsaKey&) = delete;
    RsaKey& operator=(const RsaKey&) = delete;
    ~RsaKey();
    [[nodiscard]] evp_pkey_st* get() const noexcept { return key_; }
    [[nodiscard]] std::string private_pem() const;
    [[nodiscard]] std::string public_pem() const;

private:
    evp_pkey_st* key_;
};

/// A connector on a scripted transport. The token endpoint answers as often as it is asked.
struct Bench {
    StillClock clock;
    CountingRandom random;
    world::FakeTransport transport;
    SecretFile secret{"not-a-real-secret"};
    std::unique_ptr<Connector> connector;

    Bench();
    /// Makes the connector; `more` overrides and adds settings. Throws when they are refused.
    void make(std::string_view kind, const nlohmann::json& more);
    void make(std::string_view kind);
    /// The address of request `index`, with percent signs decoded.
    [[nodiscard]] std::string url(std::size_t index) const;
    /// The decoded address of the last request.
    [[nodiscard]] std::string last_url() const;
    [[nodiscard]] std::size_t sign_ins() const;
};

[[nodiscard]] std::string decoded(std::string_view url);
/// A file below tests/payloads.
[[nodiscard]] std::string payload(std::string_view name);
/// A describe answer: Id, SystemModstamp, IsDeleted and `fields` ("Email:email",
/// "AccountId:reference:Account").
[[nodiscard]] std::string describe(std::string_view object, const std::vector<std::string>& fields);

inline constexpr std::string_view kSalesforce = "https://org.test/services/data/v62.0";
inline constexpr std::string_view kPardot = "https://pi.test/api/v5/objects";

}  // namespace duet::test
