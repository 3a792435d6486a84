#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace duet::sandbox {

/// A connected app and the user it may act for.
struct ConnectedApp {
    std::string client_id = "duet-sandbox-client";
    std::string client_secret = "duet-sandbox-secret";
    /// PEM of the X.509 certificate, or of the public key, that JWT assertions are checked with.
    /// Empty: the JWT grant is refused for this app.
    std::string certificate_pem{};
    std::string run_as{};  // username for client credentials; empty: the first user
};

/// How the sandbox runs. Everything has a default that works on a laptop.
struct SandboxOptions {
    std::string database_path = ":memory:";
    std::string seed_folder{};  // with salesforce/ and pardot/; loaded once into an empty file
    std::string bind = "127.0.0.1";
    std::uint16_t port = 0;          // 0: any free one, see Sandbox::port()
    std::string certificate_file{};  // PEM chain; with `key_file` the port speaks TLS
    std::string key_file{};
    std::string
        public_url{};  // instance_url and Pardot's nextPageUrl; empty: by the Host asked for

    std::string clock_start{};  // ISO 8601; empty: the machine's clock
    bool clock_running = true;  // false: time moves only through POST /sandbox/clock

    std::vector<ConnectedApp> apps{ConnectedApp{}};
    std::string password = "sandbox";  // of every user, for the password grant and SOAP login
    std::string business_unit_id = "0UvSB0000000001AAA";

    std::int64_t salesforce_daily_calls = 100'000;  // Enterprise base figure
    std::int64_t pardot_daily_calls = 25'000;
    std::chrono::seconds token_life{
        7200};  // from last use; a Developer org was seen to give 7,200 s
    std::chrono::milliseconds latency{0};  // added to every answer
    int upsert_204_before_version = 46;    // a matching upsert answers 204 below, 200 from here
    bool jwt_replay_refused = false;       // a `jti` seen twice is refused
    std::chrono::seconds jwt_life_max{0};  // exp further ahead is refused; 0: any
    bool zero_row_results_have_header =
        true;                          // Bulk query results without rows: header line or nothing
    bool malformed_id_is_404 = false;  // GET of a malformed id: 404 instead of 400
    int collection_retrieve_max = 2000;
    bool texts_trimmed = true;  // blanks at both ends of a written text are dropped

    bool campaign_influence = true;  // Customizable Campaign Influence is turned on
    /// CurrencyType, DatedConversionRate and CurrencyIsoCode are there. Also turned on, for good,
    /// by a seed that has salesforce/CurrencyType.csv.
    bool multi_currency = false;
    bool influence_sum_enforced = true;      // rows of a deal and model beyond 100 % are refused
    bool influence_keys_unique = true;       // one row a deal, campaign, contact and model
    bool influence_member_settable = false;  // CampaignInfluence.CampaignMemberId on create
    int influence_decimals = 2;              // digits that CampaignInfluence.Influence keeps

    int connections_max = 64;
};

}  // namespace duet::sandbox
