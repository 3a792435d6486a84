#pragma once

#include <string>
#include <vector>

#include "daemon/cli/input_table.h"
#include "mappings/attribution/facts.h"

namespace duet::cli {

/// A folder of CSV files with an org's rows.
struct OrgFolder {
    attribution::OrgFacts facts;
    std::string currency;  // ISO code of the corporate one; empty when it is not known
    std::vector<std::string> warnings;
};

/// Reads opportunities.csv and, where they are there, contacts.csv, campaigns.csv,
/// campaign_members.csv, visitor_activities.csv, opportunity_contact_roles.csv, currency_types.csv
/// and dated_conversion_rates.csv. Columns are those of daemon/cli/README.md; rows whose IsDeleted
/// is true are passed over.
[[nodiscard]] OrgFolder read_org(const std::string& folder, Problems& problems);

}  // namespace duet::cli
