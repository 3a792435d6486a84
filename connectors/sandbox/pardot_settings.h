#pragma once

#include <cstdint>
#include <string>

namespace duet::sandbox {

class SandboxState;

/// How the Pardot side behaves where an account can choose, or where no primary source
/// says. Each is a setting of the state, named as in the comment, and is read
/// anew for every request; README.md lists them.
struct PardotSettings {
    bool multiple_prospects = true;         // pardot.ampsea: several prospects may share an address
    std::string user_offset = "+00:00";     // pardot.user_offset: DateTimes are printed in it
    std::int64_t chain_rows_max = 100'000;  // pardot.chain_cap: rows one token chain may give
    std::int64_t token_life_seconds = 14'400;  // pardot.token_life_seconds
    bool token_lenient =
        false;  // pardot.token_lenient: other parameters beside a token are ignored
    std::int64_t read_lag_seconds = 0;      // pardot.read_lag_seconds: reads are that far behind
    std::int64_t concurrent_calls_max = 5;  // pardot.concurrent_max: the next is refused with 66
    int invalid_email_code = 4;             // pardot.invalid_email_code: 4 or 65
    int unknown_property_code = 180;        // pardot.unknown_property_code: 180 or 154
    int unknown_field_code = 10000;         // pardot.unknown_field_code: 10000, 180 or 224
    int dynamic_list_code = 154;  // pardot.dynamic_list_code: writing a rule-owned membership
    int upsert_update_status =
        200;  // pardot.upsert_update_status: upsertLatestByEmail that found one
    std::string latest_by = "lastActivityAt";  // pardot.latest_by: or updatedAt
    bool unique_salesforce_id =
        true;  // pardot.unique_salesforce_id: two live prospects may not share one
    bool members_keep_list = true;  // pardot.members_keep_list: a list with members is "in use"
    bool readd_revives = true;  // pardot.readd_revives: adding a removed member brings its row back
};

[[nodiscard]] PardotSettings pardot_settings(SandboxState& state);

}  // namespace duet::sandbox
