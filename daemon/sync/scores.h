#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sync/attribute.h"
#include "mappings/document/scoring.h"
#include "mappings/scoring/course.h"

namespace duet::sync {

/// Gathers what people did and asks mappings/scoring what it is worth. Refers to the sources and
/// the rule, which must outlive it.
class ScoreReader {
public:
    using Told = std::map<std::string, Value, std::less<>>;

    ScoreReader(const AttributionSources& sources, const document::ScoringRule& rule)
        : sources_(sources), rule_(rule) {}

    /// Writes every Score.x of a person to `into`, by the name behind "Score."; or says why they
    /// cannot be known. `next` is lowered to when one may change by itself.
    [[nodiscard]] std::optional<std::string> person(const PerSide<const Record*>& records,
                                                    merge::FactSource& facts, Told& into,
                                                    std::optional<DateTime>& next) const;
    /// The same of an account, from its people as they are seen now.
    [[nodiscard]] std::optional<std::string> account(const Record& account, Told& into,
                                                     std::optional<DateTime>& next) const;

private:
    [[nodiscard]] std::optional<std::string> gather(const PerSide<const Record*>& records,
                                                    std::vector<scoring::Activity>& found,
                                                    std::optional<DateTime>& next) const;
    [[nodiscard]] std::optional<std::string> gather_one(const document::PointsRule& line,
                                                        const Record& child,
                                                        std::vector<scoring::Activity>& found,
                                                        std::optional<DateTime>& next) const;
    [[nodiscard]] std::optional<std::string> grade(merge::FactSource& facts, Told& into,
                                                   std::optional<DateTime>& next) const;
    [[nodiscard]] std::optional<std::string> add_member(const Record& person,
                                                        std::vector<scoring::Course>& people,
                                                        std::optional<DateTime>& next) const;
    [[nodiscard]] std::string role_of(const Record& person, std::optional<DateTime>& next) const;

    AttributionSources sources_;
    const document::ScoringRule& rule_;
};

}  // namespace duet::sync
