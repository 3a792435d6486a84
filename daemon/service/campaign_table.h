#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "daemon/sync/org.h"
#include "mappings/attribution/facts.h"

namespace duet::service {

/// Campaigns as last seen, and who came by them.
struct CampaignTable {
    attribution::OrgFacts facts;                     // campaigns and their members alone
    std::map<std::string, std::size_t> qualified{};  // by campaign: entries to where cycles begin
    std::string currency{};                          // the corporate one's code; empty: not known
};
Result<CampaignTable> campaign_table(sync::Org& org);

}  // namespace duet::service
