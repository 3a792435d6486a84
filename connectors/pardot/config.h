#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "connectors/http/oauth.h"
#include "mappings/result.h"

namespace duet::pardot {

/// Settings of the Pardot connector. JSON keys are the member names; durations end in `_seconds`
/// there, and `login_url` is a key of its own.
struct Config {
    std::string base_url = "https://pi.pardot.com";  // pi.demo.pardot.com for sandboxes
    std::string business_unit_id;                    // required; 15 or 18 characters, "0Uv..."
    http::OAuthSettings auth;      // keys "login_url" and "auth", see connectors/settings.h
    std::size_t page_size = 1000;  // 1 to 1000, the vendor's most (v5 guide, read 2026-08)
    /// Reads may come from a cache that old (v5 guide, read 2026-08); 60 or more at Pardot itself,
    /// 0 and up at a stand-in.
    std::chrono::seconds read_lag{60};
    /// The vendor ends a chain of page tokens after this many rows (v5 guide, read 2026-08).
    std::size_t chain_cap = 100'000;
    std::chrono::seconds overlap{60};  // key overlap_seconds; the read lag is added to it
};

/// Reads the settings; one error names all that is wrong.
[[nodiscard]] Result<Config> read_config(const nlohmann::json& settings);

}  // namespace duet::pardot
