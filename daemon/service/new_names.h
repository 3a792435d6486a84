#pragma once

#include <functional>

#include "daemon/sync/org.h"
#include "mappings/attribution/new_names.h"

namespace duet::service {

/// Whose new names are told.
struct NamesAsked {
    std::function<bool(DateTime)> created;    // of deals
    std::function<bool(DateTime)> qualified;  // when people became so
};

/// Of all deals as last seen, by the touches that the documents' first attribution finds, and of
/// everybody's history. Values are those of its `contract_value`, in the corporate currency. What a
/// rule has no answer for, or has no rate, is worth nothing. The documents have an attribution.
Result<attribution::NewNamesReport> new_names(sync::Org& org, const NamesAsked& asked);

}  // namespace duet::service
