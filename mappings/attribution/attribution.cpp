#include "mappings/attribution/attribution.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace duet::attribution {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::minutes;

Date day_of(DateTime time, minutes zone_offset) { return floor<days>(time + zone_offset); }

DateTime start_of(Date day, minutes zone_offset) { return DateTime{day} - zone_offset; }

bool comes_before(const Touch* a, const Touch* b) {
    return std::tie(a->time, a->order, a->campaign, a->person) <
           std::tie(b->time, b->order, b->campaign, b->person);
}

}  // namespace

std::optional<DateTime> instant_of(const Value& value, minutes zone_offset) {
    if (const auto* time = std::get_if<DateTime>(&value)) return *time;
    if (const auto* day = std::get_if<Date>(&value)) return start_of(*day, zone_offset);
    return std::nullopt;
}

std::optional<Window> window_of(const Value& from, const Value& until, int window_days,
                                minutes zone_offset) {
    const auto anchor = instant_of(from, zone_offset);
    const auto last = instant_of(until, zone_offset);
    if (!anchor || !last) return std::nullopt;
    const Date first_day = day_of(*anchor, zone_offset) - days{window_days};
    const Window window{start_of(first_day, zone_offset), std::holds_alternative<Date>(until)
                                                              ? *last + days{1}
                                                              : *last + milliseconds{1}};
    return window.first < window.end ? std::optional(window) : std::nullopt;
}

std::vector<const Touch*> eligible(std::span<const Touch> touches, const Window& window) {
    std::vector<const Touch*> inside;
    for (const Touch& touch : touches) {
        if (touch.time >= window.first && touch.time < window.end) inside.push_back(&touch);
    }
    std::sort(inside.begin(), inside.end(), comes_before);
    std::set<std::pair<std::string_view, std::string_view>> seen;
    std::erase_if(inside, [&](const Touch* touch) {
        return !seen.emplace(touch->campaign, touch->person).second;
    });
    return inside;
}

double age_of(const Touch& touch, const Window& window, minutes zone_offset) {
    const Date last = day_of(window.end - milliseconds{1}, zone_offset);
    return static_cast<double>((last - day_of(touch.time, zone_offset)).count());
}

const Touch* choose(std::span<const Touch> touches, std::span<const double> weights) {
    if (touches.empty() || touches.size() != weights.size()) return nullptr;
    struct Sum {
        const Touch* first = nullptr;  // that has a part
        double weight = 0;
    };
    std::vector<Sum> sums;  // by campaign, in the order in which they were met
    std::map<std::string_view, std::size_t> number_of;
    for (std::size_t i = 0; i < touches.size(); ++i) {
        const auto [found, is_new] = number_of.emplace(touches[i].campaign, sums.size());
        if (is_new) sums.emplace_back();
        Sum& sum = sums[found->second];
        if (sum.first == nullptr && weights[i] > 0) sum.first = &touches[i];
        sum.weight += weights[i];
    }
    // Sums of one size may differ in their last digit by the order in which they were added.
    constexpr double kTie = 1e-12;
    const Sum* most = &sums.front();
    for (const Sum& sum : sums)
        if (sum.weight > most->weight + kTie) most = &sum;
    return most->first;
}

}  // namespace duet::attribution
