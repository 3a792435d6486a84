#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "connectors/rows.h"
#include "mappings/catalog.h"

namespace duet::salesforce {

/// What is selected from one object, and which columns of it we asked for only for ourselves.
struct Plan {
    std::string object;
    std::vector<Column> columns;      // by name; Id and the stamp are among them
    std::vector<std::string> hidden;  // columns that are no field of the Record
    std::string stamp;                // SystemModstamp where the object has it
    bool lead = false;

    [[nodiscard]] bool has(std::string_view column) const noexcept;
};

/// Id, stamp, deletion mark and every reference, then the fields of `what` that exist. A field
/// that the object lacks, or hides from the user, is left out: `check` names it. Broken
/// DUET-3114 when the object has no stamp to read by.
[[nodiscard]] Result<Plan> plan_for(const ObjectInfo& object, const Selection& what);

/// Of `plan` only what says which record it is and what became of it.
[[nodiscard]] Plan key_plan(const Plan& plan);

/// "SELECT Id,Name FROM Lead" and " " + `rest` when there is any.
[[nodiscard]] std::string select(const Plan& plan, std::string_view rest);

/// A string literal with its quotes; every character that SOQL treats specially is escaped.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// "2026-01-02T03:04:05.678Z".
[[nodiscard]] std::string instant_literal(DateTime time);
/// The literal of `text` for a field of `type`: bare for numbers, booleans and dates.
[[nodiscard]] Result<std::string> literal_for(std::string_view text, FieldType type);
/// "Id IN ('a','b')".
[[nodiscard]] std::string id_in(std::span<const std::string> keys);

/// The change that a row tells: deleted, merged, converted or as it is.
[[nodiscard]] Change to_change(const Plan& plan, Fields row);
[[nodiscard]] DateTime stamp_of(const Plan& plan, const Fields& row);
[[nodiscard]] std::string key_of(const Fields& row);

}  // namespace duet::salesforce
