#include "mappings/lifecycle/funnel.h"

#include <algorithm>
#include <map>
#include <utility>

namespace duet::lifecycle {

void Funnel::add(std::string person, const std::vector<Row>& rows) {
    Person added{std::move(person), {}};
    added.stays.reserve(rows.size());
    for (const Row& row : rows) {
        const int stage = model_.stage(row.to);
        if (stage == kNone) continue;
        added.stays.push_back({stage, row.at, std::nullopt, row.cycle, row.skipped});
    }
    std::optional<DateTime> next;
    for (auto stay = added.stays.rbegin(); stay != added.stays.rend(); ++stay) {
        stay->left = stay->skipped ? std::optional(stay->at) : next;
        if (!stay->skipped) next = stay->at;
    }
    people_.push_back(std::move(added));
}

Flow Funnel::flow(std::string_view stage, const Period& period) const {
    const int wanted = model_.stage(stage);
    Flow flow;
    for (const Person& person : people_) {
        for (const Stay& stay : person.stays) {
            if (stay.stage != wanted) continue;
            if (stay.skipped) {
                flow.bypassed += period.holds(stay.at) ? 1 : 0;
                continue;
            }
            if (stay.left && period.holds(*stay.left)) ++flow.exits;
            if (!period.holds(stay.at)) continue;
            ++flow.entries;
            ++(stay.cycle == 1 ? flow.fresh : flow.returning);
        }
    }
    return flow;
}

long Funnel::stock(std::string_view stage, DateTime at) const {
    const int wanted = model_.stage(stage);
    long held = 0;
    for (const Person& person : people_) {
        for (const Stay& stay : person.stays) {
            if (stay.stage == wanted && !stay.skipped && stay.at < at &&
                (!stay.left || *stay.left >= at))
                ++held;
        }
    }
    return held;
}

Conversion Funnel::cohort(std::string_view stage, std::string_view next, const Period& period,
                          int horizon_days, DateTime as_of) const {
    Conversion found;
    const int from = model_.stage(stage);
    const int to = model_.stage(next);
    if (from == kNone || to == kNone) return found;
    const int rank = model_.stage(to).rank;
    for (const Person& person : people_) {
        for (const Stay& entry : person.stays) {
            if (entry.stage != from || entry.skipped || !period.holds(entry.at)) continue;
            ++found.entered;
            if (days_.between(entry.at, as_of) < horizon_days) {
                ++found.open;
                continue;
            }
            const bool came =
                std::any_of(person.stays.begin(), person.stays.end(), [&](const Stay& later) {
                    return later.cycle == entry.cycle && later.at >= entry.at &&
                           later.at <= as_of && model_.stage(later.stage).rank >= rank &&
                           days_.between(entry.at, later.at) <= horizon_days;
                });
            if (came) ++found.converted;
        }
    }
    found.rate = ratio(static_cast<double>(found.converted),
                       static_cast<double>(found.entered - found.open));
    return found;
}

std::optional<double> Funnel::period_conversion(std::string_view stage, std::string_view next,
                                                const Period& period) const {
    return ratio(static_cast<double>(flow(next, period).entries),
                 static_cast<double>(flow(stage, period).entries));
}

Velocity Funnel::velocity(std::string_view stage, std::string_view next,
                          const Period& period) const {
    const int from = model_.stage(stage);
    const int to = model_.stage(next);
    Velocity found;
    std::vector<double> days;
    for (const Person& person : people_) {
        std::map<int, std::pair<const Stay*, const Stay*>> by_cycle;
        for (const Stay& stay : person.stays) {
            auto& [first, second] = by_cycle[stay.cycle];
            if (stay.skipped) continue;
            if (stay.stage == from && first == nullptr) first = &stay;
            if (stay.stage == to && second == nullptr) second = &stay;
        }
        for (const auto& [cycle, ends] : by_cycle) {
            const auto& [first, second] = ends;
            if (first == nullptr || second == nullptr || !period.holds(second->at)) continue;
            const double elapsed = elapsed_days(first->at, second->at);
            if (elapsed < 0) {
                found.faults.push_back(person.id);
            } else {
                days.push_back(elapsed);
            }
        }
    }
    found.summary = summarize(std::move(days));
    return found;
}

std::vector<Move> Funnel::moves(const Period& period) const {
    std::map<std::pair<int, int>, std::vector<double>> found;
    for (const Person& person : people_) {
        const Stay* before = nullptr;
        for (const Stay& stay : person.stays) {
            if (stay.skipped) continue;
            if (before != nullptr && before->stage != stay.stage && period.holds(stay.at))
                found[{before->stage, stay.stage}].push_back(elapsed_days(before->at, stay.at));
            before = &stay;
        }
    }
    std::vector<Move> moves;
    for (auto& [ends, days] : found) {
        const long count = static_cast<long>(days.size());
        moves.push_back({model_.stage(ends.first).name, model_.stage(ends.second).name, count,
                         summarize(std::move(days))});
    }
    return moves;
}

Summary Funnel::stays(std::string_view stage, const Period& period) const {
    const int wanted = model_.stage(stage);
    std::vector<double> days;
    for (const Person& person : people_) {
        for (const Stay& stay : person.stays) {
            if (stay.stage == wanted && !stay.skipped && stay.left && period.holds(*stay.left))
                days.push_back(elapsed_days(stay.at, *stay.left));
        }
    }
    return summarize(std::move(days));
}

Summary Funnel::ageing(std::string_view stage, DateTime as_of) const {
    const int wanted = model_.stage(stage);
    std::vector<double> ages;
    for (const Person& person : people_) {
        for (const Stay& stay : person.stays) {
            const bool is_in = stay.stage == wanted && !stay.skipped && stay.at <= as_of &&
                               (!stay.left || *stay.left > as_of);
            if (is_in) ages.push_back(elapsed_days(stay.at, as_of));
        }
    }
    return summarize(std::move(ages));
}

}  // namespace duet::lifecycle
