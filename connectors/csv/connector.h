#pragma once

#include <memory>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "connectors/registry.h"

namespace duet::csv {

/// A folder of CSV files, one an object. Settings: connectors/csv/config.h. Nothing is read before
/// the first question.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_connector(const nlohmann::json& settings,
                                                                const ConnectorContext& context);

}  // namespace duet::csv
