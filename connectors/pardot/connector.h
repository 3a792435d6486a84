#pragma once

#include <memory>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "connectors/registry.h"

namespace duet::pardot {

/// A Pardot (Account Engagement) business unit over API v5. Settings: connectors/pardot/config.h.
/// No call is made before the first question.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_connector(const nlohmann::json& settings,
                                                                const ConnectorContext& context);

}  // namespace duet::pardot
