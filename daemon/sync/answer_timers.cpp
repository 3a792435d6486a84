#include "daemon/sync/answer_timers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/sync/campaign_member.h"
#include "mappings/attribution/attribution.h"
#include "mappings/document/scope.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

/// The moment's zone, or its one offset where it has none.
formula::Zone zone_of(const formula::Moment& moment) {
    if (moment.zone.offset_at != nullptr) return moment.zone;
    return {&moment, [](const void* data, DateTime) {
                return static_cast<const formula::Moment*>(data)->zone_offset;
            }};
}

timers::ResponseClock clock_of(const document::TimerRule& timer, const formula::Moment& moment) {
    if (!timer.hours) return {};
    timers::WorkingHours hours = *timer.hours;
    hours.zone = zone_of(moment);
    return timers::ResponseClock(std::move(hours));
}

}  // namespace

bool is_of_timer(std::string_view name, const document::TimerRule& timer) noexcept {
    return std::any_of(document::kTimerFacts.begin(), document::kTimerFacts.end(),
                       [&](const document::TimerFact& fact) {
                           return name.size() == timer.name.size() + fact.ending.size() &&
                                  same_name(name.substr(0, timer.name.size()), timer.name) &&
                                  same_name(name.substr(timer.name.size()), fact.ending);
                       });
}

std::optional<std::string> AnswerTimers::gather_one(const document::TimerEvent& event,
                                                    const std::string& object,
                                                    const std::string& key,
                                                    std::vector<Found>& found,
                                                    std::optional<DateTime>& next) const {
    const store::SeenRow* row = sources_.cache.get(event.side, {object, key});
    if (row == nullptr || row->deleted || is_own_member(sources_.model, event.side, *row))
        return std::nullopt;
    RecordFacts facts(sources_.paths, event.side, row->record);
    if (event.where) {
        auto counts = merge::ask(*event.where, facts, sources_.moment, next);
        if (counts.failure) return std::move(*counts.failure);
        if (!counts.yes) return std::nullopt;
    }
    auto time = merge::evaluate(event.time, facts, sources_.moment, next);
    if (auto* failure = std::get_if<std::string>(&time)) return std::move(*failure);
    const auto instant =
        attribution::instant_of(std::get<Value>(time), sources_.moment.zone_offset);
    if (!instant) return std::nullopt;
    if (*instant <= sources_.moment.now) {
        found.push_back({&event, *instant});
    } else {
        merge::lower(next, instant);  // a meeting to come answers when it is held
    }
    return std::nullopt;
}

std::optional<std::string> AnswerTimers::gather(const std::vector<document::TimerEvent>& events,
                                                std::vector<Found>& found,
                                                std::optional<DateTime>& next) const {
    for (const document::TimerEvent& event : events) {
        const Record* parent = records_[event.side];
        const ObjectInfo* object = sources_.model.catalogs()[event.side].find(event.object);
        if (parent == nullptr || object == nullptr) continue;
        if (object->name == parent->id.object) {
            if (auto failure = gather_one(event, object->name, parent->id.key, found, next))
                return failure;
            continue;
        }
        const FieldInfo* up = reference_to(*object, parent->id.object);
        if (up == nullptr) continue;
        for (const std::string& key :
             sources_.cache.referring(event.side, object->name, up->name, parent->id.key)) {
            if (auto failure = gather_one(event, object->name, key, found, next)) return failure;
        }
    }
    return std::nullopt;
}

std::variant<std::vector<AnswerTimers::One>, std::string> AnswerTimers::all(
    const document::TimerRule& timer, merge::FactSource& facts,
    std::optional<DateTime>& next) const {
    std::vector<Found> starts;
    std::vector<Found> answers;
    if (auto failure = gather(timer.starts, starts, next)) return std::move(*failure);
    if (auto failure = gather(timer.answers, answers, next)) return std::move(*failure);
    std::optional<DateTime> cancelled;
    if (timer.cancel_when && !starts.empty()) {
        auto asked = merge::ask(*timer.cancel_when, facts, sources_.moment, next);
        if (asked.failure) return std::move(*asked.failure);
        if (asked.yes) cancelled = sources_.moment.now;
    }
    const timers::ResponseClock clock = clock_of(timer, sources_.moment);
    std::vector<One> told;
    for (const Found& start : starts) {
        timers::Happened happened{start.time, {}, cancelled};
        for (const Found& answer : answers) happened.answers.push_back(answer.time);
        const timers::Target target{start.event->kind, start.event->within, timer.warn_percent,
                                    timer.reassign_percent};
        auto reading = timers::read(happened, target, clock, sources_.moment.now);
        if (!reading) return "timer " + timer.name + ": there are no working hours ahead";
        told.push_back({start.event, start.time, *std::move(reading)});
    }
    return told;
}

std::optional<std::string> AnswerTimers::read(const document::TimerRule& timer,
                                              merge::FactSource& facts,
                                              std::map<std::string, Value, std::less<>>& into,
                                              std::optional<DateTime>& next) const {
    auto found = all(timer, facts, next);
    if (auto* failure = std::get_if<std::string>(&found)) return std::move(*failure);
    const auto& every = std::get<std::vector<One>>(found);
    std::vector<timers::Reading> readings;
    for (const One& one : every) readings.push_back(one.reading);
    const auto told = timers::most_urgent(readings);
    into[timer.name + "_Reassign"] = Value{told && readings[*told].reassign};
    if (!told) return std::nullopt;
    const timers::Reading& reading = readings[*told];
    merge::lower(next, reading.next_change);
    into[timer.name] = text(timers::to_string(reading.state));
    into[timer.name + "_Kind"] = text(every[*told].event->kind);
    into[timer.name + "_Start"] = Value{every[*told].start};
    into[timer.name + "_Due"] = Value{reading.due};
    if (reading.answered) into[timer.name + "_Answered"] = Value{*reading.answered};
    return std::nullopt;
}

}  // namespace duet::sync
