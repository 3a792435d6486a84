#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Rows in the CRM that tell how one person moved from stage to stage.
namespace duet::lifecycle {

/// A row that is there, or one that should be.
struct EventRow {
    std::string id{};    // the record's; empty: it should be
    std::string key{};   // under which Duet writes it
    std::string move{};  // what it tells: the same text for the same move
};

/// What makes the rows of one person what they should be, by index.
struct EventRowPlan {
    std::vector<std::pair<std::size_t, std::size_t>> kept{};  // held and wanted
    std::vector<std::size_t> deletes{};                       // held
    std::vector<std::size_t> creates{};                       // wanted
};

/// A held row stays by its key, whatever else it says by now; else by the move that it tells, as
/// those of two people do who turned out to be one. Of several the one with the lowest id stays.
[[nodiscard]] EventRowPlan plan_event_rows(std::span<const EventRow> held,
                                           std::span<const EventRow> wanted);

}  // namespace duet::lifecycle
