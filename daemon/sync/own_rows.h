#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.h"
#include "mappings/record.h"

/// Rows of Duet's own in the CRM: of campaign influence, and of moves in the lifecycle. They are
/// linked to nobody, are planned with the entity they tell of, and are sent as everything is.
namespace duet::sync {

struct EntityPlan;

/// One row to be made, changed or deleted.
struct RowChange {
    WriteKind kind = WriteKind::Create;
    int step = 1;           // of an entity's rows: goes out when every earlier step was done; 0: at
                            // once
    std::string key{};      // the row's; empty: it is made
    Fields fields{};        // what it is to hold
    Fields before{};        // what it holds
    std::string key_field;  // of one that is made: by what it is found again
    std::string key_value;
    std::string cause{};
};

/// What makes the rows of one entity and one rule what they should be.
struct RowWish {
    std::string rule;  // "influence Duet_Attribution", "event_rows Duet_Lifecycle_Event__c"
    std::string object;
    int cap_per_cycle = 0;  // of rows that are made; 0: any number
    std::vector<RowChange> changes{};

    /// One more, to be filled in by the caller; valid until the next.
    RowChange& add(WriteKind kind, int step, std::string cause);
};

struct OwnRows {
    std::vector<RowWish> wishes{};        // of rules whose rows differ
    std::vector<std::string> warnings{};  // why rows stay as they are
    std::optional<DateTime> next{};       // when they may differ with no new data
};

/// The wishes as writes, where the plan's entity is known well enough and not held back as a whole.
/// Rows of one that is not stay as they are.
void add_row_writes(EntityPlan& plan, std::vector<RowWish> wishes);

/// Why what a rule wrote is not undone; nothing: its rows are no rows of these.
[[nodiscard]] std::optional<std::string> why_rows_stay(std::string_view rule);

}  // namespace duet::sync
