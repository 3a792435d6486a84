#include "connectors/registry.h"

#include <array>

#include "connectors/csv/connector.h"
#include "connectors/pardot/connector.h"
#include "connectors/salesforce/connector.h"

namespace duet {
namespace {

constexpr std::array kKinds{
    ConnectorKind{"salesforce", "a Salesforce org, over REST and Bulk API 2.0",
                  &salesforce::make_connector},
    ConnectorKind{"pardot", "a Pardot (Account Engagement) business unit, over API v5",
                  &pardot::make_connector},
    ConnectorKind{"csv", "a folder of CSV files with modification stamps", &csv::make_connector},
};

}  // namespace

std::span<const ConnectorKind> connector_kinds() noexcept { return kKinds; }

const ConnectorKind* find_connector_kind(std::string_view name) noexcept {
    for (const ConnectorKind& kind : kKinds) {
        if (kind.name == name) return &kind;
    }
    return nullptr;
}

}  // namespace duet
