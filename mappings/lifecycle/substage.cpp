#include "mappings/lifecycle/substage.h"

#include "mappings/formula/calendar.h"

namespace duet::lifecycle {

std::optional<Window> window_of(const SubstageRule& rule, const Dates& dates) {
    if (!rule.unless.empty() && dates.contains(rule.unless)) return std::nullopt;
    const auto since = dates.find(rule.since);
    if (since == dates.end()) return std::nullopt;
    const auto month = formula::add_months(since->second, rule.months);
    const auto opens = month ? formula::add_days(*month, rule.days) : std::nullopt;
    if (!opens) return std::nullopt;
    Window window{*opens, std::nullopt};
    if (rule.last_days) {
        window.closes = formula::add_days(*opens, *rule.last_days);
        if (!window.closes) return std::nullopt;
    }
    return window;
}

Substage substage_of(const std::vector<SubstageRule>& rules, const Dates& dates, Date today) {
    Substage found;
    bool is_found = false;
    const auto consider = [&](Date day) {
        if (day > today && (!found.changes_on || day < *found.changes_on)) found.changes_on = day;
    };
    for (const SubstageRule& rule : rules) {
        if (rule.since.empty()) {
            if (!is_found) found.name = rule.name;
            is_found = true;
            continue;
        }
        const auto window = window_of(rule, dates);
        if (!window) continue;
        consider(window->opens);
        if (window->closes) consider(*window->closes + std::chrono::days{1});
        const bool holds = window->opens <= today && (!window->closes || today <= *window->closes);
        if (holds && !is_found) found.name = rule.name;
        is_found = is_found || holds;
    }
    return found;
}

}  // namespace duet::lifecycle
