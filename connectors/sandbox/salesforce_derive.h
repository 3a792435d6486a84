#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "connectors/sandbox/salesforce_rows.h"
#include "connectors/sandbox/salesforce_values.h"

namespace duet::sandbox {

/// Records whose derived values must be worked out again at the end of the request.
struct Ripple {
    std::set<std::string> activity_targets;  // ids of Lead, Contact, Account, Opportunity, Campaign
    std::set<std::string> campaigns;         // roll-ups
    std::set<std::string> opportunities;     // amount of line items
    std::set<std::string> deals;             // written themselves: history, influence
    std::set<std::string> shares;            // deals whose influence rows were written
    std::set<std::string> touched;           // deals whose people joined or left a campaign
    bool rates = false;                      // a dated conversion rate came or went
};

/// What one write is about.
struct Write {
    const Row* before = nullptr;    // null: an insert
    std::set<std::string> given{};  // canonical names of the fields that the caller set
    bool seeding = false;           // keep derived values that the file gives
    bool by_person = false;         // in the vendor's pages, not through the API
};

/// Fills what the vendor derives (name, stage facts, member facts, event times, ...) and checks
/// what its objects demand beyond single fields. Changes `row` only.
[[nodiscard]] std::optional<Refusal> derive(SandboxState& state, Row& row, const Write& write);

/// Rows that a stored write brings with it (a primary contact role, stock member statuses, one
/// primary or default only), and what it touches.
void follow_up(SandboxState& state, const Row& row, const Write& write, Ripple& ripple);

/// What a write or a delete of this row touches.
void touch(SandboxState& state, const Row& row, Ripple& ripple);

/// Works out the touched derived values. Rows that change get a new SystemModstamp.
void settle(SandboxState& state, const Ripple& ripple);

/// The same for every record, stamps untouched: after a seed.
void settle_all(SandboxState& state);

/// A row of another object that comes with `of`: same stamps and users, booleans false. Not stored.
[[nodiscard]] Row companion(SandboxState& state, const char* object, const Row& of);

// salesforce_history.cpp
/// The row of a deal's creation, where a seed gave none: `deal` as it was before its first change.
void begin_history(SandboxState& state, const Row& deal);
/// Adds a row of OpportunityHistory when the deal differs from the latest one.
void record_history(SandboxState& state, const std::string& deal_id);
/// LastStageChangeDate of deals whose seeded history has a change of stage.
void date_stages_from_history(SandboxState& state);

}  // namespace duet::sandbox
