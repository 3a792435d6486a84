#include "connectors/csv/config.h"

#include <array>
#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/settings.h"
#include "mappings/catalog.h"

namespace duet::csv {
namespace {

// A hundred years: every row is read again whenever the file has changed.
constexpr std::int64_t kOverlapSecondsMax = 3'155'760'000;

void check_columns(const Config& config, Settings& from) {
    const std::array<std::pair<const char*, const std::string*>, 3> columns{
        {{"key_field", &config.key_field},
         {"stamp_field", &config.stamp_field},
         {"deleted_field", &config.deleted_field}}};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].second->empty()) from.wrong(columns[i].first, "is empty");
        for (std::size_t j = 0; j < i; ++j) {
            if (same_name(*columns[i].second, *columns[j].second)) {
                from.wrong(columns[i].first,
                           std::string("names the same column as ") + columns[j].first);
            }
        }
    }
}

}  // namespace

Result<Config> read_config(const nlohmann::json& settings) {
    Settings from(settings, "csv");
    Config config;
    config.folder = from.required("folder");
    // The service's working folder is nobody's choice.
    if (!config.folder.empty() && !config.folder.starts_with('/')) {
        from.wrong("folder", "must be an absolute path");
    }
    config.key_field = from.text("key_field", config.key_field);
    config.stamp_field = from.text("stamp_field", config.stamp_field);
    config.deleted_field = from.text("deleted_field", config.deleted_field);
    check_columns(config, from);
    config.overlap = std::chrono::seconds{
        from.number("overlap_seconds", config.overlap.count(), 0, kOverlapSecondsMax)};
    from.end();
    if (auto status = from.finish(); !status) return std::move(status).error();
    return config;
}

}  // namespace duet::csv
