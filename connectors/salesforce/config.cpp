#include "connectors/salesforce/config.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/settings.h"

namespace duet::salesforce {
namespace {

/// "62.0": 41 to 99 and nothing after the point but a zero (REST end-of-life page, read 2026-08).
bool is_version(const std::string& text) {
    return text.size() == 4 && text.ends_with(".0") && text >= "41.0" && text[0] <= '9' &&
           text[1] >= '0' && text[1] <= '9';
}

bool is_header_word(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != ',' && c != ';';
    });
}

}  // namespace

Result<Config> read_config(const nlohmann::json& settings) {
    Settings from(settings, "salesforce");
    Config config;
    config.login_url = from.origin("login_url", "", true);
    config.instance_url = from.origin("instance_url", "", false);
    config.allowed_hosts = from.texts("allowed_hosts");
    for (std::string& host : config.allowed_hosts) {
        const auto plain = http::host_of("https://" + host);
        if (!plain || host.find('/') != std::string::npos) {
            from.wrong("allowed_hosts", "must hold host names such as acme.my.salesforce.com");
        } else {
            host = *plain;
        }
    }
    config.api_version = from.text("api_version", config.api_version);
    if (!is_version(config.api_version)) {
        from.wrong("api_version", "must be 41.0 or later, such as 62.0");
    }
    config.auth = read_auth(from.object("auth"), config.login_url);
    config.objects = from.texts("objects");
    config.overlap = std::chrono::seconds{from.number("overlap_seconds", 300, 0, 86'400)};
    config.bulk_threshold_rows = from.number("bulk_threshold_rows", 2000, 1, 1'000'000'000);
    config.bulk_poll = std::chrono::seconds{from.number("bulk_poll_seconds", 5, 0, 300)};
    config.client_name = from.text("client_name", config.client_name);
    if (!is_header_word(config.client_name)) {
        from.wrong("client_name", "must be one word without spaces, commas and semicolons");
    }
    from.end();
    if (auto status = from.finish(); !status) return std::move(status).error();
    return config;
}

}  // namespace duet::salesforce
