#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "mappings/seams.h"

namespace duet {

namespace http {
class Transport;
}

/// What a connector is made with. References must outlive the connector.
struct ConnectorContext {
    const Clock& clock;
    Random& random;
    http::Transport& transport;
    std::string org;  // for logs
};

/// One kind of system Duet can talk to.
struct ConnectorKind {
    std::string_view name;
    std::string_view summary;
    /// Makes one from its settings: a JSON object whose keys the folder's `config.h` lists.
    /// Secrets are file paths in it. Fails with every wrong setting named, in one message.
    Result<std::unique_ptr<Connector>> (*make)(const nlohmann::json& settings,
                                               const ConnectorContext& context);
};

/// Every kind there is, in the order of the manual.
[[nodiscard]] std::span<const ConnectorKind> connector_kinds() noexcept;
[[nodiscard]] const ConnectorKind* find_connector_kind(std::string_view name) noexcept;

}  // namespace duet
