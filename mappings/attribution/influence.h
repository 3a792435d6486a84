#pragma once

#include <span>
#include <string>
#include <vector>

#include "mappings/attribution/report.h"

namespace duet::attribution {

/// A row of campaign influence that the CRM already holds, of one model.
struct HeldRow {
    std::string id;
    std::string opportunity;
    std::string campaign;
    std::string contact;   // may be empty
    double influence = 0;  // percent
};

struct InfluenceUpdate {
    std::string id;
    int hundredths = 0;
};

/// What makes the rows of one model what they should be, in the order in which it is to be sent:
/// at no moment do the rows of an opportunity come to more than they did or should. Nothing at all
/// when nothing differs by a hundredth of a percent.
struct InfluencePlan {
    std::vector<std::string> deletes;  // ids
    std::vector<InfluenceUpdate> decreases;
    std::vector<InfluenceRow> inserts;
    std::vector<InfluenceUpdate> increases;  // together with the inserts

    [[nodiscard]] bool is_empty() const noexcept {
        return deletes.empty() && decreases.empty() && inserts.empty() && increases.empty();
    }
};

/// `wanted` has each (opportunity, campaign, contact) once. Of several held rows with one key the
/// one with the lowest id stays, the others are deleted; so is every held row that nobody wants.
[[nodiscard]] InfluencePlan plan_influence(std::span<const HeldRow> held,
                                           std::span<const InfluenceRow> wanted);

}  // namespace duet::attribution
