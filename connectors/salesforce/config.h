#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/http/oauth.h"
#include "mappings/result.h"

namespace duet::salesforce {

/// Settings of the Salesforce connector. JSON keys are the member names; durations end in
/// `_seconds` there.
struct Config {
    std::string login_url;     // required; "https://login.salesforce.com" or a My Domain host
    std::string instance_url;  // empty: as the sign-in answers, if its host is trusted
    /// Hosts ("acme.my.salesforce.com") that a sign-in answer may send the token to, beside the
    /// login host itself. Without this an answer could send every later call elsewhere.
    std::vector<std::string> allowed_hosts;
    std::string api_version = "62.0";
    http::OAuthSettings auth;                 // key "auth", see read_auth in connectors/settings.h
    std::vector<std::string> objects;         // empty: the default list of `default_objects`
    std::chrono::seconds overlap{300};        // key overlap_seconds, 0 to 86,400
    std::int64_t bulk_threshold_rows = 2000;  // fewer rows are read through REST
    std::chrono::seconds bulk_poll{5};        // key bulk_poll_seconds, 0 to 300
    std::string client_name = "Duet/0.1";     // in Sforce-Call-Options
};

/// Reads the settings; one error names all that is wrong.
[[nodiscard]] Result<Config> read_config(const nlohmann::json& settings);

}  // namespace duet::salesforce
