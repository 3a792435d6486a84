#include "daemon/service/customer_report.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/sync/behaviours.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/told.h"
#include "mappings/behaviour/behaviour.h"
#include "mappings/document/rfm.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::EntityId;
using store::Told;

constexpr int kMonths = 12;
constexpr int kMostMonths = 60;
constexpr std::size_t kDealsAtOnce = 1000;  // records are forgotten after so many

json figure(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

/// The last days of the months before, the oldest first, and today.
std::vector<Date> month_ends(Date today, int months) {
    std::vector<Date> ends{today};
    std::chrono::year_month month{std::chrono::year_month_day{today}.year(),
                                  std::chrono::year_month_day{today}.month()};
    for (int i = 0; i < months; ++i) {
        month -= std::chrono::months{1};
        ends.insert(ends.begin(), Date{month / std::chrono::last});
    }
    return ends;
}

/// "544 Potential Loyalist" -> the class.
std::string class_of(const std::string& value) {
    const std::size_t space = value.find(' ');
    return space == std::string::npos ? std::string{} : value.substr(space + 1);
}

/// Where customers were at each of some days.
class Classes {
public:
    explicit Classes(std::vector<Date> days) : days_(std::move(days)), scores_(days_.size()) {}

    /// Rows come by entity and day.
    void add(const Told& row) {
        if (row.entity != entity_) close();
        entity_ = row.entity;
        rows_.push_back(row);
    }
    void close() {
        for (std::size_t i = 0; i < days_.size(); ++i) {
            const std::int64_t day = days_[i].time_since_epoch().count();
            const auto after = std::find_if(rows_.begin(), rows_.end(),
                                            [&](const Told& row) { return row.day > day; });
            if (after == rows_.begin()) continue;
            scoring::RfmScore score;
            score.segment = class_of((after - 1)->value);
            score.customer = std::to_string(entity_);
            if (!score.segment.empty()) scores_[i].push_back(std::move(score));
        }
        rows_.clear();
    }
    [[nodiscard]] const std::vector<scoring::RfmScore>& at(std::size_t day) const {
        return scores_[day];
    }

private:
    std::vector<Date> days_;
    std::vector<std::vector<scoring::RfmScore>> scores_;
    std::vector<Told> rows_;
    EntityId entity_ = 0;
};

json sizes_of(const std::vector<scoring::RfmScore>& scores) {
    std::map<std::string, std::size_t> counts;
    for (const scoring::RfmScore& score : scores) ++counts[score.segment];
    auto sizes = json::object();
    for (const auto& [name, count] : counts) sizes[name] = count;
    return sizes;
}

json movements_of(const std::vector<scoring::RfmScore>& before,
                  const std::vector<scoring::RfmScore>& after) {
    auto rows = json::array();
    const auto moved = scoring::movements(before, after);
    for (const auto& [from, row] : moved) {
        for (const auto& [to, count] : row)
            rows.push_back({{"from", from}, {"to", to}, {"customers", count}});
    }
    return rows;
}

json thresholds_of(const sync::RfmThresholds& taken) {
    return {{"taken", format_date(taken.taken)},
            {"customers", taken.customers},
            {"recency", taken.thresholds[0]},
            {"frequency", taken.thresholds[1]},
            {"money", taken.thresholds[2]}};
}

/// What was told of one deal, as calibration asks for it; nothing while the deal is open, or
/// cannot be known.
class Deals {
public:
    explicit Deals(sync::Org& org)
        : org_(org),
          moment_(sync::moment_of(org.clock.now(), org.model.documents().time_zone)),
          cache_(org.store, org.name) {}

    Status add(EntityId entity, const std::vector<Told>& rows) {
        if (++seen_ % kDealsAtOnce == 0) cache_.forget();
        auto links = org_.store.links(org_.name, entity);
        if (!links) return std::move(links).error();
        sync::PathReader paths(org_.model, cache_);
        sync::RollupReader rollups(org_.model, cache_, paths, moment_);
        const sync::BehaviourReader reader({org_.model, cache_, paths, rollups, moment_},
                                           *org_.model.documents().behaviour);
        for (const store::Link& link : *links) {
            const store::SeenRow* row =
                link.side == Side::Crm ? cache_.get(Side::Crm, link.id) : nullptr;
            if (row == nullptr || row->deleted) continue;
            auto found = reader.outcome(row->record);
            const auto* read = std::get_if<sync::BehaviourReader::Read>(&found);
            if (read == nullptr) {
                ++unknown_;
            } else if (!read->ended) {
                ++open_;
            } else {
                score(*read, rows);
            }
            break;
        }
        if (cache_.failure()) return *cache_.failure();
        return Done{};
    }

    [[nodiscard]] json answer() const {
        const behaviour::Calibration result = behaviour::calibrate(scored_);
        auto bands = json::array();
        for (std::size_t i = 0; i < result.bands.size(); ++i) {
            const auto tenths = static_cast<double>(result.bands.size());
            bands.push_back({{"from", static_cast<double>(i) / tenths},
                             {"to", static_cast<double>(i + 1) / tenths},
                             {"deals", result.bands[i].deals},
                             {"told", figure(result.bands[i].told)},
                             {"observed", figure(result.bands[i].observed)}});
        }
        return {{"org", org_.name},
                {"bands", std::move(bands)},
                {"brier", figure(result.brier)},
                {"deals", scored_.size() - result.left_out},
                {"left_out", result.left_out},
                {"open", open_},
                {"not_told", unknown_}};
    }

private:
    void score(const sync::BehaviourReader::Read& read, const std::vector<Told>& rows) {
        const std::int64_t closed = read.deal.closed.time_since_epoch().count();
        const Told* told = &rows.front();
        for (const Told& row : rows) {
            if (row.day < closed) told = &row;
        }
        const auto probability = Decimal::parse(told->value);
        if (!probability) return;
        scored_.push_back({probability->to_double(), read.deal.won,
                           Date{std::chrono::days{told->day}}, read.deal.closed});
    }

    sync::Org& org_;
    formula::Moment moment_;
    sync::RecordCache cache_;
    std::vector<behaviour::Scored> scored_;
    std::size_t seen_ = 0;
    std::size_t open_ = 0;
    std::size_t unknown_ = 0;
};

}  // namespace

Result<json> rfm_report(sync::Org& org, const json& body) {
    const document::RfmRule* rule = org.model.documents().rfm.get();
    if (rule == nullptr)
        return rejected("DUET-6105", "The documents say nothing of what customers bought.");
    const int months = body.value("months", kMonths);
    if (months < 1 || months > kMostMonths)
        return rejected("DUET-6107", fmt::format("It can be 1 to {} months.", kMostMonths));
    auto taken = sync::load_thresholds(org.store, org.name);
    if (!taken) return std::move(taken).error();
    const auto moment = sync::moment_of(org.clock.now(), org.model.documents().time_zone);
    const std::vector<Date> days = month_ends(moment.today, months);
    Classes classes(days);
    auto read = org.store.each_told(org.name, sync::kToldClass, [&](const Told& row) {
        classes.add(row);
        return true;
    });
    if (!read) return std::move(read).error();
    classes.close();
    json answer{{"org", org.name},
                {"of", to_string(rule->of)},
                {"thresholds", json::array()},
                {"classes", json::array()},
                {"months", json::array()}};
    for (const sync::RfmThresholds& one : *taken)
        answer["thresholds"].push_back(thresholds_of(one));
    for (const scoring::Segment& segment : rule->settings.segments)
        answer["classes"].push_back(segment.name);
    answer["classes"].push_back(rule->settings.other_segment);
    for (std::size_t i = 1; i < days.size(); ++i) {
        answer["months"].push_back({{"from", format_date(days[i - 1])},
                                    {"to", format_date(days[i])},
                                    {"sizes", sizes_of(classes.at(i))},
                                    {"movements", movements_of(classes.at(i - 1), classes.at(i))}});
    }
    return answer;
}

Result<json> behaviour_report(sync::Org& org) {
    if (org.model.documents().behaviour == nullptr ||
        org.model.documents().find(EntityKind::Opportunity) == nullptr) {
        return rejected("DUET-6106", "The documents tell nothing of how deals of a kind come out.");
    }
    std::map<EntityId, std::vector<Told>> told;
    auto read = org.store.each_told(org.name, sync::kToldProbability, [&](const Told& row) {
        told[row.entity].push_back(row);
        return true;
    });
    if (!read) return std::move(read).error();
    Deals deals(org);
    for (const auto& [entity, rows] : told) {
        if (auto added = deals.add(entity, rows); !added) return std::move(added).error();
    }
    return deals.answer();
}

}  // namespace duet::service
