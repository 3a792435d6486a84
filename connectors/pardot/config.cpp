#include "connectors/pardot/config.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/settings.h"

namespace duet::pardot {
namespace {

constexpr std::chrono::seconds kVendorsLag{60};

}  // namespace

Result<Config> read_config(const nlohmann::json& settings) {
    Settings from(settings, "pardot");
    Config config;
    config.base_url = from.origin("base_url", config.base_url, false);
    config.business_unit_id = from.required("business_unit_id");
    const std::string& unit = config.business_unit_id;
    if (!unit.empty() && (!unit.starts_with("0Uv") || (unit.size() != 15 && unit.size() != 18) ||
                          unit.find_first_of("\r\n\t ") != std::string::npos)) {
        from.wrong("business_unit_id", "must be 15 or 18 characters that begin with 0Uv");
    }
    config.auth = read_auth(from.object("auth"), from.origin("login_url", "", true));
    config.page_size = static_cast<std::size_t>(from.number("page_size", 1000, 1, 1000));
    config.read_lag = std::chrono::seconds{from.number("read_lag_seconds", 60, 0, 3600)};
    if (config.read_lag < kVendorsLag && config.base_url.ends_with(".pardot.com")) {
        from.wrong(
            "read_lag_seconds",
            "must be 60 or more: Pardot answers reads from a cache that old, and what is not "
            "yet to be seen would be made twice");
    }
    config.chain_cap = static_cast<std::size_t>(from.number("chain_cap", 100'000, 1, 100'000));
    config.overlap = std::chrono::seconds{from.number("overlap_seconds", 60, 0, 86'400)};
    from.end();
    if (auto status = from.finish(); !status) return std::move(status).error();
    return config;
}

}  // namespace duet::pardot
