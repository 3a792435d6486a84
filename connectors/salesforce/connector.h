#pragma once

#include <memory>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "connectors/registry.h"

namespace duet::salesforce {

/// A Salesforce org over REST and Bulk API 2.0. Settings: connectors/salesforce/config.h. No call
/// is made before the first question.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_connector(const nlohmann::json& settings,
                                                                const ConnectorContext& context);

}  // namespace duet::salesforce
