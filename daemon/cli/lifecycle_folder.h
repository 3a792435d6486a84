#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/input_table.h"

namespace duet::cli {

/// The figures of a folder with two files: marketing_qualified_leads.csv (mql_id,
/// first_contact_date, origin) and closed_deals.csv (mql_id, won_date). Days are calendar days
/// between the two dates. Wins before the first contact are faults: they are in the mean and the
/// median, and in no count of wins within so many days.
[[nodiscard]] nlohmann::json lifecycle_of_folder(const std::string& folder, Problems& problems);

}  // namespace duet::cli
