#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/sandbox/pardot_call.h"

namespace duet::sandbox {

/// What a collection asks of a write beyond names and types. Each writes and returns the id of
/// the row, or refuses before anything is written.
std::int64_t create_prospect(PardotCall& call, const PardotCollection& prospects, PardotRow values);
void update_prospect(PardotCall& call, const PardotCollection& prospects, const PardotRow& current,
                     PardotRow values);
std::int64_t create_list(PardotCall& call, const PardotCollection& lists, PardotRow values);
std::int64_t create_membership(PardotCall& call, const PardotCollection& memberships,
                               PardotRow values);
std::int64_t create_custom_field(PardotCall& call, const PardotCollection& fields,
                                 PardotRow values);

/// 108 for a list that is in use.
void check_list_deletable(PardotCall& call, std::int64_t list);
/// Memberships of dynamic lists belong to their rule.
void check_list_writable(PardotCall& call, std::int64_t list);

/// Refuses what is no address: at most 255 characters, one part before and a dotted one after
/// the at sign, no blanks.
void check_address(const PardotCall& call, std::string_view address);

/// A CRM id of 15 or 18 characters as 18; nothing: it is none.
[[nodiscard]] std::optional<std::string> crm_id(std::string_view text);

}  // namespace duet::sandbox
