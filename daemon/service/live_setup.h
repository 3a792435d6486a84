#pragma once

#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "mappings/document/document.h"
#include "mappings/document/load.h"

namespace duet::service {

/// A Salesforce list view that ships with Duet (packaging/salesforce): of which object, its
/// DeveloperName, and the field of Duet's by which it chooses records.
struct ShippedView {
    std::string_view object;
    std::string_view name;
    std::string_view field;
};

/// All of them; a test holds this table and the metadata together.
[[nodiscard]] std::span<const ShippedView> shipped_views() noexcept;

/// The permission set that ships with Duet.
inline constexpr std::string_view kShippedPermissions = "Duet_Integration";

/// What ships with Duet for people and rights, and an org lacks although the documents write its
/// fields: list views (DUET-1025), the permission set or that the user whom the connector signs in
/// as has it (DUET-1026), each at the rule that writes such a field, with how to mend it. What that
/// user may not look for is told as well (DUET-1027). Duet works without any of it: advice, and no
/// fault. Some calls to the CRM, which is written nothing. An error: it could not be asked.
[[nodiscard]] Result<std::vector<document::Finding>> find_missing_setup(
    const document::Documents& documents, std::span<const document::Source> sources, Connector& crm,
    std::stop_token stop);

}  // namespace duet::service
