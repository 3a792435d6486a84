#include "mappings/lifecycle/event_rows.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace duet::lifecycle {
namespace {

class Matcher {
public:
    Matcher(std::span<const EventRow> held, std::span<const EventRow> wanted)
        : held_(held), wanted_(wanted), order_(held.size()), taken_(held.size(), false) {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::sort(order_.begin(), order_.end(),
                  [&](std::size_t a, std::size_t b) { return held_[a].id < held_[b].id; });
    }

    EventRowPlan match() {
        std::vector<std::size_t> left(wanted_.size());
        std::iota(left.begin(), left.end(), std::size_t{0});
        left = pair(left, &EventRow::key);
        plan_.creates = pair(left, &EventRow::move);
        for (const std::size_t held : order_) {
            if (!taken_[held]) plan_.deletes.push_back(held);
        }
        return std::move(plan_);
    }

private:
    /// Those of `wanted` that no free held row equals in `part`.
    std::vector<std::size_t> pair(const std::vector<std::size_t>& wanted,
                                  std::string EventRow::*part) {
        std::multimap<std::string, std::size_t> free;
        for (const std::size_t held : order_) {
            if (!taken_[held]) free.emplace(held_[held].*part, held);
        }
        std::vector<std::size_t> left;
        for (const std::size_t one : wanted) {
            // The first that went in comes first.
            const auto found = free.lower_bound(wanted_[one].*part);
            if (found == free.end() || found->first != wanted_[one].*part) {
                left.push_back(one);
                continue;
            }
            taken_[found->second] = true;
            plan_.kept.emplace_back(found->second, one);
            free.erase(found);
        }
        return left;
    }

    std::span<const EventRow> held_;
    std::span<const EventRow> wanted_;
    std::vector<std::size_t> order_;  // of held rows, by id
    std::vector<bool> taken_;         // of held rows
    EventRowPlan plan_;
};

}  // namespace

EventRowPlan plan_event_rows(std::span<const EventRow> held, std::span<const EventRow> wanted) {
    return Matcher(held, wanted).match();
}

}  // namespace duet::lifecycle
