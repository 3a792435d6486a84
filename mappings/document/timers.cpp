#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "mappings/date_text.h"
#include "mappings/document/actions.h"
#include "mappings/document/codes.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

constexpr int kMinutesMost = 525'600;  // a year
constexpr int kPercentMost = 10'000;
constexpr std::array<const char*, 7> kDays{"monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday"};

const std::vector<FieldType>& timer_moments() {
    static const std::vector<FieldType> types{FieldType::Date, FieldType::DateTime};
    return types;
}

/// A text, or the texts of a list.
std::vector<const Node*> texts_of(const Node& node) {
    if (node.kind != Node::Kind::List) return {&node};
    std::vector<const Node*> nodes;
    for (const Node& item : node.items) nodes.push_back(&item);
    return nodes;
}

/// "08:00", or "24:00" for the end of a day.
std::optional<std::chrono::minutes> take_minutes(std::string_view& text) {
    if (text.starts_with("24:00")) {
        text.remove_prefix(5);
        return std::chrono::hours{24};
    }
    const auto time = date_text::take_time(text, date_text::Style::Exact);
    if (!time) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::minutes>(time->since_midnight);
}

std::optional<timers::Hours> read_range(std::string_view text) {
    const auto from = take_minutes(text);
    if (!from || !date_text::take(text, '-')) return std::nullopt;
    const auto to = take_minutes(text);
    if (!to || !text.empty() || *to <= *from) return std::nullopt;
    return timers::Hours{*from, *to};
}

class HoursReader {
public:
    HoursReader(const Node& node, const Context& context)
        : map_(node, "working hours", context.findings), findings_(context.findings) {}

    std::optional<timers::WorkingHours> read() {
        const std::vector<timers::Hours> weekdays = day("weekdays");
        for (std::size_t i = 0; i < kDays.size(); ++i) {
            const bool is_given = map_.find(kDays.at(i)) != nullptr;
            hours_.days.at(i) = is_given ? day(kDays.at(i))
                                : i < 5  ? weekdays
                                         : std::vector<timers::Hours>{};
        }
        read_holidays();
        map_.finish();
        if (!is_good_) return std::nullopt;
        const bool is_open = std::any_of(hours_.days.begin(), hours_.days.end(),
                                         [](const auto& open) { return !open.empty(); });
        if (is_open && timers::is_sound(hours_)) return std::move(hours_);
        findings_.add(map_.node(), kContradiction,
                      is_open ? "hours of a day overlap or are not in order"
                              : "with no hours at all nothing would ever be due");
        return std::nullopt;
    }

private:
    std::vector<timers::Hours> day(const char* key) {
        std::vector<timers::Hours> open;
        const Node* node = map_.find(key);
        if (node == nullptr) return open;
        for (const Node* item : texts_of(*node)) {
            const auto text = scalar_text(*item, key, findings_);
            const auto range = text ? read_range(*text) : std::nullopt;
            is_good_ = is_good_ && range.has_value();
            if (range) open.push_back(*range);
            if (text && !range) {
                findings_.add(*item, kMalformed, fmt::format("\"{}\" is no span of hours", *text),
                              "write it as 08:00-16:00, in the hours of one day");
            }
        }
        return open;
    }

    void read_holidays() {
        const Node* node = map_.find("holidays");
        if (node == nullptr) return;
        for (const Node* item : texts_of(*node)) {
            const auto text = scalar_text(*item, "holidays", findings_);
            std::string_view rest = text ? std::string_view(*text) : std::string_view{};
            const auto date = date_text::take_date(rest, date_text::Style::Exact);
            if (date && rest.empty()) {
                hours_.holidays.push_back(*date);
            } else {
                is_good_ = false;
                if (text) {
                    findings_.add(*item, kMalformed, fmt::format("\"{}\" is no day", *text),
                                  "write it as 2025-12-25");
                }
            }
        }
        std::sort(hours_.holidays.begin(), hours_.holidays.end());
    }

    MapReader map_;
    Findings& findings_;
    timers::WorkingHours hours_;
    bool is_good_ = true;
};

/// One of `starts`, with `begins`, or of `answers`.
std::optional<TimerEvent> read_event(const Node& item, bool begins, const Context& context) {
    MapReader map(item, begins ? "what begins a timer" : "an answer", context.findings);
    const auto kind = begins ? map.required_name("kind") : std::optional<std::string>{""};
    const Node* object_node = map.require("object");
    const auto object =
        object_node == nullptr ? std::nullopt : read_object(*object_node, "object", context);
    const Node* where_node = map.find("where");
    const Node* time_node = map.require("time");
    const bool has_limit = !begins || map.require("within_minutes") != nullptr;
    const auto within =
        begins && has_limit ? map.whole("within_minutes", 1, kMinutesMost) : std::optional<int>{0};
    map.finish();
    if (!object) return std::nullopt;
    const ObjectScope scope(context, object->side, object->object);
    std::optional<Rule> where;
    std::optional<Rule> time;
    if (where_node != nullptr) where = compile_condition(*where_node, scope, context.findings);
    if (time_node != nullptr)
        time = compile_rule(*time_node, scope, timer_moments(), context.findings);
    if (!kind || !time || !within || !has_limit || (where_node != nullptr && !where)) {
        return std::nullopt;
    }
    return TimerEvent{*kind,
                      object->side,
                      object->object,
                      std::move(where),
                      *std::move(time),
                      std::chrono::minutes{*within},
                      item.place()};
}

std::vector<TimerEvent> read_events(MapReader& map, const char* key, const Context& context) {
    std::vector<TimerEvent> events;
    const Node* node = map.require(key);
    if (node == nullptr) return events;
    const bool begins = std::string_view(key) == "starts";
    for (const Node& item : list_items(*node, key, context.findings)) {
        if (auto event = read_event(item, begins, context)) events.push_back(std::move(*event));
    }
    return events;
}

std::optional<TimerRule> read_timer(const Node& item, const Context& context) {
    MapReader map(item, "a timer", context.findings);
    const EntityScope scope(context, EntityKind::Person, {.timers = false});
    const auto name = map.required_name("name");
    const bool named = name && is_rule_name(*map.find("name"), *name, context.findings);
    TimerRule rule;
    rule.starts = read_events(map, "starts", context);
    rule.answers = read_events(map, "answers", context);
    const Node* cancel = map.find("cancel_when");
    if (cancel != nullptr) rule.cancel_when = compile_condition(*cancel, scope, context.findings);
    const auto warn = map.whole("warn_percent", 1, 100);
    const auto reassign = map.whole("reassign_percent", 0, kPercentMost);
    const Node* hours = map.find("working_hours");
    if (hours != nullptr) rule.hours = HoursReader(*hours, context).read();
    map.finish();
    if (!named) return std::nullopt;
    rule.name = *name;
    rule.warn_percent = warn.value_or(rule.warn_percent);
    rule.reassign_percent = reassign.value_or(rule.reassign_percent);
    rule.place = item.place();
    return rule;
}

}  // namespace

void read_timers(const Node& node, const Context& context, std::vector<TimerRule>& timers) {
    if (context.find(EntityKind::Person) == nullptr) {
        context.findings.add(node, kAbsent,
                             "timers are about persons, but no document has entity: person");
        return;
    }
    for (const Node& item : list_items(node, "timers", context.findings)) {
        auto timer = read_timer(item, context);
        if (!timer) continue;
        const auto twin = std::find_if(timers.begin(), timers.end(), [&](const TimerRule& earlier) {
            return same_name(earlier.name, timer->name);
        });
        if (twin != timers.end()) {
            context.findings.add(item, kDefinedTwice,
                                 fmt::format("the timer \"{}\" is already defined at {}",
                                             timer->name, at_line(twin->place)));
        }
        timers.push_back(std::move(*timer));
    }
}

}  // namespace duet::document
