#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/document.h"

namespace duet::document {

/// Rows in the CRM that tell how people moved. A field without a name is not kept.
struct EventRowsRule {
    std::string object;
    std::string key;  // unique external id
    std::string account;
    std::string from;
    std::string to;
    std::string at;
    std::string trigger;
    std::string record;
    std::string cycle;
    std::string skipped;
    std::string owner;
    std::string campaign;
    int cap_per_cycle = 0;  // rows that one cycle makes; 0: any number
    Place place;
};

/// A part of a row, by the word that documents use for its field.
struct EventRowPart {
    std::string_view word;
    std::string EventRowsRule::*field;
};
[[nodiscard]] const std::vector<EventRowPart>& event_row_parts();

/// The object and fields that ship with Duet for `connector`; without names where none do.
[[nodiscard]] EventRowsRule shipped_event_rows(std::string_view connector);

/// What the key of a row that Duet made begins with.
inline constexpr std::string_view kEventKeyPrefix = "duet-move-";

/// Whether a key of `connector` is that of a user: queues own records too.
[[nodiscard]] bool is_user_key(std::string_view connector, std::string_view key) noexcept;

}  // namespace duet::document
