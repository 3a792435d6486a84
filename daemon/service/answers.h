#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/consent.h"
#include "daemon/sync/cycle.h"

/// What a person is told, as JSON: the same for the socket, `--json`, and the text made from it.
namespace duet::service {

/// One planned write: what, where, each field old -> new, and why.
[[nodiscard]] nlohmann::json to_json(const sync::PlannedWrite& write, const SideNames& names);

/// The report of a cycle.
[[nodiscard]] nlohmann::json to_json(const sync::CycleReport& report, const SideNames& names);
[[nodiscard]] nlohmann::json to_json(const store::CycleRow& row);

/// Everything there is to see about one org.
Result<nlohmann::json> status_of(const sync::Org& org);

/// What is asked about somebody.
struct Question {
    std::string field{};          // only this one; empty: all
    std::optional<Instant> at{};  // how it stood then
};

/// The story of one entity: its records, its fields, what was decided and why, what was done.
/// `who`: an address, a record's key, or an entity's name ("duet-17").
Result<nlohmann::json> explain(sync::Org& org, std::string_view who, const Question& question);

/// Entities that `who` may mean: by name, by record key, by any match field's value.
Result<std::vector<store::EntityId>> find_entities(sync::Org& org, std::string_view who);
/// What whoever asked is told when it finds none.
[[nodiscard]] Error nobody_known();

/// Lets the one person that `who` means back in: see sync/consent.h. Rejected when `who` means
/// nobody or several.
Result<nlohmann::json> allow_back_in(sync::Org& org, std::string_view who, std::string_view field,
                                     const sync::Permission& permission);

/// What one cycle wrote, field by field, oldest first; at most 10,000 rows.
Result<nlohmann::json> history(const sync::Org& org, store::CycleId cycle);

/// The exit code of `duet` for an error: 1, 70, 75 or 78, as daemon/cli/commands.h tells them.
[[nodiscard]] int exit_code_of(const Error& error) noexcept;
/// Of a cycle's report as JSON: 0, or what stopped its sides stands for; of two the lower code.
[[nodiscard]] int exit_code_of_report(const nlohmann::json& report);
/// The kind that an answer names; Rejected when it names none.
[[nodiscard]] ErrorKind error_kind(std::string_view name) noexcept;

/// "2018-01-02T09:00:00Z", or "" for never.
[[nodiscard]] std::string shown(Instant time);

}  // namespace duet::service
