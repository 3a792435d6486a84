#include "mappings/lifecycle/outcome.h"

#include <algorithm>
#include <cmath>

#include "mappings/lifecycle/statistics.h"

namespace duet::lifecycle {
namespace {

/// What the conditions of a lapse look at, at one moment.
struct Clock {
    std::string stage{};
    DateTime stage_since{};  // of the last stage change, or of what ended a lapse
    DateTime quiet_since{};  // of the last thing that happened
};

/// The first moment at which all conditions of a rule hold if nothing happens; nothing: never.
std::optional<DateTime> holds_from(const LapseRule& rule, const Deal& deal, const Clock& clock,
                                   const StageMedians& medians, const Days& days) {
    DateTime at = deal.created;
    if (rule.past_close_over) {
        if (!deal.close_date) return std::nullopt;
        at = std::max(at,
                      days.start(*deal.close_date + std::chrono::days{*rule.past_close_over + 1}));
    }
    if (rule.in_stage_over || rule.in_stage_medians) {
        double limit = rule.in_stage_over.value_or(0);
        const auto median = medians.find(clock.stage);
        if (rule.in_stage_medians && median != medians.end())
            limit = std::max(limit, *rule.in_stage_medians * median->second);
        at = std::max(at, days.after(clock.stage_since, static_cast<int>(std::floor(limit)) + 1));
    }
    if (rule.quiet_from) at = std::max(at, days.after(clock.quiet_since, *rule.quiet_from));
    return at;
}

/// The deal's life as stretches in which nothing happened.
class Walk {
public:
    Walk(const Deal& deal, const std::vector<LapseRule>& rules, const StageMedians& medians,
         DateTime as_of, const Days& days)
        : deal_(deal), rules_(rules), medians_(medians), as_of_(as_of), days_(days) {
        add(deal.created);
        for (const auto& change : deal.stage_changes) add(change.at);
        for (const DateTime at : deal.activities) add(at);
        for (const auto& planned : deal.planned) {
            add(planned.made);
            add(planned.start);
        }
        std::sort(moments_.begin(), moments_.end());
        moments_.erase(std::unique(moments_.begin(), moments_.end()), moments_.end());
    }

    std::vector<Lapse> lapses() {
        std::vector<Lapse> found;
        for (std::size_t i = 0; i < moments_.size(); ++i) {
            std::optional<DateTime> end = deal_.closed_at;
            if (i + 1 < moments_.size()) end = moments_[i + 1];
            clock_ = clock_at(moments_[i], found);
            std::optional<DateTime> first;
            for (const LapseRule& rule : rules_) {
                const auto at = holds_from(rule, deal_, clock_, medians_, days_);
                if (at && (!first || *at < *first)) first = at;
            }
            if (!first) continue;
            const DateTime from = unplanned(std::max(*first, moments_[i]));
            if (end && from >= *end) continue;
            found.push_back({from, end, reasons_at(from).front()});
        }
        return found;
    }

    /// Of the stretch looked at last.
    [[nodiscard]] std::vector<std::string> reasons_at(DateTime at) const {
        std::vector<std::string> reasons;
        for (const LapseRule& rule : rules_) {
            const auto first = holds_from(rule, deal_, clock_, medians_, days_);
            if (first && *first <= at) reasons.push_back(rule.name);
        }
        return reasons;
    }

private:
    void add(DateTime at) {
        const bool is_over = deal_.closed_at && at >= *deal_.closed_at;
        if (at >= deal_.created && at <= as_of_ && !is_over) moments_.push_back(at);
    }

    [[nodiscard]] Clock clock_at(DateTime at, const std::vector<Lapse>& before) const {
        Clock clock{deal_.stage, deal_.created, deal_.created};
        DateTime latest = DateTime::min();
        for (const auto& change : deal_.stage_changes) {
            if (change.at > at || change.at < latest) continue;
            latest = change.at;
            clock.stage = change.stage;
            clock.stage_since = std::max(clock.stage_since, change.at);
        }
        clock.quiet_since = clock.stage_since;
        for (const DateTime done : deal_.activities) {
            if (done <= at) clock.quiet_since = std::max(clock.quiet_since, done);
        }
        for (const auto& planned : deal_.planned) {
            if (planned.start <= at) clock.quiet_since = std::max(clock.quiet_since, planned.start);
        }
        if (!before.empty() && before.back().until)
            clock.stage_since = std::max(clock.stage_since, *before.back().until);
        return clock;
    }

    /// The first moment from `at` on before which no meeting is planned.
    [[nodiscard]] DateTime unplanned(DateTime at) const {
        for (bool moved = true; moved;) {
            moved = false;
            for (const auto& planned : deal_.planned) {
                if (planned.made > as_of_ || planned.made > at || planned.start <= at) continue;
                at = planned.start;
                moved = true;
            }
        }
        return at;
    }

    const Deal& deal_;
    const std::vector<LapseRule>& rules_;
    const StageMedians& medians_;
    DateTime as_of_;
    const Days& days_;
    std::vector<DateTime> moments_;
    Clock clock_;
};

}  // namespace

const char* to_string(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::Open:
            return "open";
        case Outcome::Won:
            return "won";
        case Outcome::Lost:
            return "lost";
        case Outcome::Lapsed:
            return "lapsed";
    }
    return "";
}

std::vector<Lapse> lapses_of(const Deal& deal, const std::vector<LapseRule>& rules,
                             const StageMedians& medians, DateTime as_of, const Days& days) {
    Deal known = deal;
    if (known.closed_at && *known.closed_at > as_of) known.closed_at.reset();
    return Walk(known, rules, medians, as_of, days).lapses();
}

OutcomeAt outcome_of(const Deal& deal, const std::vector<LapseRule>& rules,
                     const StageMedians& medians, DateTime as_of, const Days& days) {
    OutcomeAt found;
    if (deal.closed_at && *deal.closed_at <= as_of) {
        found.outcome = deal.won ? Outcome::Won : Outcome::Lost;
        return found;
    }
    Deal known = deal;
    known.closed_at.reset();
    Walk walk(known, rules, medians, as_of, days);
    for (const Lapse& lapse : walk.lapses()) {
        if (lapse.from > as_of) {
            if (!found.next_change) found.next_change = lapse.from;
        } else if (!lapse.until || *lapse.until > as_of) {
            found.outcome = Outcome::Lapsed;
            found.lapsed_at = lapse.from;
            found.reasons = walk.reasons_at(as_of);
            found.lapse_reason = found.reasons.empty() ? lapse.reason : found.reasons.front();
        }
    }
    return found;
}

std::optional<double> OutcomeCounts::win_rate() const noexcept { return ratio(won, won + lost); }

std::optional<double> OutcomeCounts::three_way(Outcome outcome) const noexcept {
    const double part = outcome == Outcome::Won ? won : outcome == Outcome::Lost ? lost : lapsed;
    return ratio(part, won + lost + lapsed);
}

}  // namespace duet::lifecycle
