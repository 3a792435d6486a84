#include "mappings/lifecycle/replay.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "mappings/lifecycle/spans.h"

namespace duet::lifecycle {
namespace {

constexpr std::size_t kMostRows = 10'000;
constexpr int kMostStepsAhead = 200;

/// Who caused a move: parts of an event, a span or a timer.
struct Cause {
    const std::string* name = nullptr;
    const std::string* record = nullptr;
    const std::string* reason = nullptr;
    const std::string* owner = nullptr;
    const std::string* campaign = nullptr;
};

const std::string kNothing;

template <class T>
Cause cause_of(const T& one) {
    return {&one.name, &one.record, &one.reason, &one.owner, &one.campaign};
}

/// Where a transition waits for an event of a span's name, the span's beginning is that event.
std::vector<Event> beginnings_of(const Model& model, const std::vector<Span>& spans) {
    std::vector<Event> events;
    for (const Span& span : spans) {
        const int name = model.event(span.name);
        if (name == kNone || model.caused_by(name).empty()) continue;
        events.push_back({span.from, span.order, span.record, span.name, span.reason, span.owner,
                          span.campaign});
    }
    return events;
}

/// What happens next, of all that could.
struct Moment {
    enum class Kind : std::uint8_t { None, Event, During, Timer } kind = Kind::None;
    DateTime at = kEver;
    std::size_t index = 0;  // of the event, transition or timer
    const Span* span = nullptr;
};

class Replayer {
public:
    Replayer(const Model& model, const Facts& facts, const Days& days)
        : model_(model),
          days_(days),
          beginnings_(beginnings_of(model, facts.spans)),
          events_(in_order(facts.events, beginnings_)),
          spans_(model, facts.spans),
          last_event_(model.event_count()),
          effective_(model.event_count()),
          stays_(model.timers().size()),
          fired_(model.timers().size()),
          done_(model.transitions().size()) {
        history_.times.resize(model.stage_count());
    }

    void advance(DateTime until) {
        for (Moment next = next_moment(); next.kind != Moment::Kind::None && next.at <= until;
             next = next_moment()) {
            if (history_.rows.size() >= kMostRows) return;
            take(next);
        }
    }

    History finish(DateTime until) {
        history_.stage = stage_ == kNone ? std::string{} : model_.stage(stage_).name;
        history_.since = stage_since_;
        // What lies ahead is played on, and kept apart.
        History result = std::exchange(history_, {});
        history_.times.resize(model_.stage_count());
        std::optional<DateTime> next = spans_.next_tags(until);
        result.tags = spans_.tags(until);
        if (const auto ahead = look_ahead(next.value_or(kEver));
            ahead && (!next || *ahead < *next)) {
            next = ahead;
        }
        result.next_change = next;
        return result;
    }

private:
    /// The moment at which the first row or mark is added when nothing more happens.
    std::optional<DateTime> look_ahead(DateTime before) {
        const std::size_t rows = history_.rows.size();
        const std::size_t marks = history_.marks.size();
        for (int step = 0; step < kMostStepsAhead; ++step) {
            const Moment next = next_moment();
            if (next.kind == Moment::Kind::None || next.at >= before) return std::nullopt;
            take(next);
            if (history_.rows.size() != rows || history_.marks.size() != marks) return next.at;
        }
        return now_;
    }

    Moment next_moment() {
        Moment next;
        if (next_event_ < events_.size())
            next = {Moment::Kind::Event, events_[next_event_]->at, next_event_, nullptr};
        const auto& transitions = model_.transitions();
        for (std::size_t i = 0; i < transitions.size(); ++i) {
            if (transitions[i].during == kNone) continue;
            const Moment one = during_moment(i);
            if (one.at < next.at) next = one;
        }
        for (std::size_t i = 0; i < model_.timers().size(); ++i) {
            const DateTime at = timer_due(i);
            if (at < next.at) next = {Moment::Kind::Timer, at, i, nullptr};
        }
        return next;
    }

    /// When a transition that a span causes would happen as things stand.
    [[nodiscard]] Moment during_moment(std::size_t index) const {
        const Model::Transition& transition = model_.transitions()[index];
        if (!transition.from.holds(stage_) || transition.to == stage_) return {};
        // A span moves a person once, until something else happens to them.
        DateTime at = now_;
        for (const Span* span : spans_.of(transition.during)) {
            if (done_[index].span == span && done_[index].turn == turn_) continue;
            at = std::max(now_, span->from);
            for (DateTime before = DateTime::min(); before != at;) {
                before = at;
                at = std::max(at, cooled(transition));
                at = spans_.clear_of(transition.unless, at);
            }
            if (at != kEver && (!span->until || at < *span->until))
                return {Moment::Kind::During, at, index, span};
        }
        return {};
    }

    /// The end of a transition's cool-off.
    [[nodiscard]] DateTime cooled(const Model::Transition& transition) const {
        DateTime end = DateTime::min();
        for (const int event : transition.cool_off_after) {
            const auto& at = effective_[static_cast<std::size_t>(event)];
            if (at) end = std::max(end, days_.after(*at, transition.rule->cool_off->days + 1));
        }
        return end;
    }

    [[nodiscard]] std::optional<DateTime> latest(const std::vector<Model::Anchor>& anchors,
                                                 std::size_t timer) const {
        std::optional<DateTime> found;
        const auto consider = [&](const std::optional<DateTime>& at) {
            if (at && (!found || *at > *found)) found = at;
        };
        for (const Model::Anchor& anchor : anchors) {
            const auto index = static_cast<std::size_t>(anchor.index);
            switch (anchor.kind) {
                case Model::Anchor::Kind::Stage:
                    if (stage_ != kNone) consider(stage_since_);
                    break;
                case Model::Anchor::Kind::Stay:
                    consider(stays_[timer]);
                    break;
                case Model::Anchor::Kind::Event:
                    consider(last_event_[index]);
                    break;
                case Model::Anchor::Kind::Span:
                    for (const Span* span : spans_.of(anchor.index)) consider(span->until);
                    break;
            }
        }
        return found;
    }

    [[nodiscard]] DateTime timer_due(std::size_t index) const {
        const Model::Timer& timer = model_.timers()[index];
        if (!timer.from.holds(stage_) || (timer.to != kNone && timer.to == stage_)) return kEver;
        const auto base = latest(timer.since, index);
        if (!base || fired_[index] == base) return kEver;
        DateTime due = days_.after(*base, timer.rule->days);
        if (const auto extended = latest(timer.extended_by, index))
            due = std::max(due, days_.after(*extended, timer.rule->extension_days));
        return spans_.clear_of(timer.unless, std::max(due, now_));
    }

    void take(const Moment& next) {
        now_ = next.at;
        switch (next.kind) {
            case Moment::Kind::None:
                return;
            case Moment::Kind::Event:
                ++turn_;
                apply(*events_[next_event_++]);
                return;
            case Moment::Kind::During: {
                const Model::Transition& transition = model_.transitions()[next.index];
                done_[next.index] = {next.span, turn_};
                move(transition, target_of(transition.to, transition.fall_back),
                     cause_of(*next.span));
                return;
            }
            case Moment::Kind::Timer:
                ++turn_;
                ring(next.index);
                return;
        }
    }

    void ring(std::size_t index) {
        const Model::Timer& timer = model_.timers()[index];
        fired_[index] = latest(timer.since, index);
        if (timer.to == kNone) {
            history_.marks.push_back({timer.rule->name, now_});
            return;
        }
        const Cause cause{&timer.rule->name, &kNothing, &timer.rule->name, &kNothing, &kNothing};
        if (const int to = target_of(timer.to, timer.fall_back); to != stage_)
            enter(to, cause, false, false);
        if (const int event = model_.event(timer.rule->name); event != kNone) {
            last_event_[static_cast<std::size_t>(event)] = now_;
            effective_[static_cast<std::size_t>(event)] = now_;
        }
    }

    [[nodiscard]] int target_of(int to, const Model::Fall& fall) const {
        return fall.to != kNone && spans_.active(fall.during, now_) != nullptr ? fall.to : to;
    }

    void apply(const Event& event) {
        const int name = model_.event(event.name);
        if (name == kNone) return;
        last_event_[static_cast<std::size_t>(name)] = event.at;
        const auto& caused = model_.caused_by(name);
        if (caused.empty()) return;
        bool is_ignored = false;
        const char* why = "no transition leads there";
        int wanted = kNone;
        for (const int index : caused) {
            const Model::Transition& transition =
                model_.transitions()[static_cast<std::size_t>(index)];
            is_ignored = is_ignored || transition.rule->ignore_elsewhere;
            if (wanted == kNone) wanted = transition.to;
            if (!transition.from.holds(stage_)) continue;
            if (spans_.clear_of(transition.unless, event.at) != event.at) {
                why = "something stands in its way";
                continue;
            }
            wanted = transition.to;
            if (transition.rule->needs_reason && event.reason.empty()) {
                why = "it has no reason";
                is_ignored = false;
                break;
            }
            if (cooled(transition) > event.at) {
                why = "its time to cool off is not over";
                break;
            }
            effective_[static_cast<std::size_t>(name)] = event.at;
            move(transition, target_of(transition.to, transition.fall_back), cause_of(event));
            return;
        }
        if (is_ignored || wanted == stage_) return;
        history_.refused.push_back({stage_ == kNone ? std::string{} : model_.stage(stage_).name,
                                    model_.stage(wanted).name, event.at, event.name, event.record,
                                    why});
    }

    void move(const Model::Transition& transition, int to, const Cause& cause) {
        if (to == stage_) return;
        const bool new_cycle = transition.new_cycle_from.holds(stage_) && to == transition.to;
        if (new_cycle) {
            ++history_.cycle;
            for (StageTimes& times : history_.times) times.current.reset();
        }
        const bool is_back = transition.rule->reopens && to == transition.to;
        if (is_back) ++history_.reopened;
        if (transition.rule->skips && to == transition.to) {
            for (const int passed : model_.passed_over(stage_, to, new_cycle))
                add_row(passed, cause, true, false);
        }
        enter(to, cause, false, is_back);
    }

    void enter(int to, const Cause& cause, bool skipped, bool reopened) {
        add_row(to, cause, skipped, reopened);
        stage_ = to;
        stage_since_ = now_;
        for (std::size_t i = 0; i < stays_.size(); ++i) {
            const bool is_inside = model_.timers()[i].from.holds(to);
            if (!is_inside) stays_[i].reset();
            if (is_inside && !stays_[i]) stays_[i] = now_;
        }
    }

    void add_row(int to, const Cause& cause, bool skipped, bool reopened) {
        Row row;
        row.from = stage_ == kNone ? std::string{} : model_.stage(stage_).name;
        row.to = model_.stage(to).name;
        row.at = now_;
        row.event = *cause.name;
        row.record = *cause.record;
        row.reason = *cause.reason;
        row.owner = *cause.owner;
        row.campaign = *cause.campaign;
        row.cycle = history_.cycle;
        row.skipped = skipped;
        row.reopened = reopened;
        StageTimes& times = history_.times[static_cast<std::size_t>(to)];
        if (!times.first) times.first = now_;
        if (!times.current) times.current = now_;
        times.last = now_;
        ++times.count;
        history_.rows.push_back(std::move(row));
    }

    struct Done {
        const Span* span = nullptr;
        std::size_t turn = 0;
    };

    const Model& model_;
    const Days& days_;
    std::vector<Event> beginnings_;
    std::vector<const Event*> events_;
    SpanIndex spans_;
    std::vector<std::optional<DateTime>> last_event_;  // by name: the latest
    std::vector<std::optional<DateTime>> effective_;   // by name: the latest that was allowed
    std::vector<std::optional<DateTime>> stays_;       // by timer: since when inside `from`
    std::vector<std::optional<DateTime>> fired_;       // by timer: what it counted from
    std::vector<Done> done_;                           // by transition
    std::size_t next_event_ = 0;
    std::size_t turn_ = 1;
    DateTime now_ = DateTime::min();
    int stage_ = kNone;
    DateTime stage_since_{};
    History history_;
};

/// Of the last event before `at`, or at it, that belongs to one; empty: there is none.
std::string last_campaign(const Facts& facts, DateTime at, Date first_day, const Days& days) {
    const Event* last = nullptr;
    const auto comes_after = [](const Event& a, const Event& b) {
        return std::tie(a.at, a.order, a.record, a.campaign) >
               std::tie(b.at, b.order, b.record, b.campaign);
    };
    for (const Event& event : facts.events) {
        if (event.campaign.empty() || event.at > at || days.of(event.at) < first_day) continue;
        if (last == nullptr || comes_after(event, *last)) last = &event;
    }
    return last == nullptr ? std::string{} : last->campaign;
}

/// A score that passed its level names no campaign; what the person did before does.
void name_campaigns(const LifecycleRules& rules, const Facts& facts, const Days& days,
                    History& history) {
    if (rules.touched_at.empty()) return;
    for (Row& row : history.rows) {
        if (row.to != rules.touched_at || row.skipped || !row.campaign.empty()) continue;
        const Date first_day = days.of(row.at) - std::chrono::days{rules.touched_days};
        row.campaign = last_campaign(facts, row.at, first_day, days);
    }
}

}  // namespace

Facts merge(Facts a, const Facts& b) {
    a.events.insert(a.events.end(), b.events.begin(), b.events.end());
    a.spans.insert(a.spans.end(), b.spans.begin(), b.spans.end());
    return a;
}

History replay(const Model& model, const Facts& facts, DateTime until, const Days& days) {
    Replayer replayer(model, facts, days);
    replayer.advance(until);
    History history = replayer.finish(until);
    name_campaigns(model.rules(), facts, days, history);
    return history;
}

}  // namespace duet::lifecycle
