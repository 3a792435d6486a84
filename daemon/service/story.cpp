#include "daemon/service/story.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/sync/brake.h"
#include "daemon/sync/pause.h"

namespace duet::service {

using nlohmann::json;
using store::EntityId;

namespace {

constexpr std::size_t kStoryRows = 200;
constexpr std::size_t kAuditRows = 10'000;  // looked through for one moment or field
constexpr std::size_t kDecisions = 1'000;

std::string value_of(const Value& held) {
    return is_blank(held) ? std::string("blank") : "\"" + display(held) + "\"";
}

std::string stamp_of(DateTime time) {
    return time == DateTime{} ? std::string{} : format_instant(time);
}

bool is_asked(const store::AuditRow& row, std::string_view field) {
    return field.empty() || same_name(row.field, field) || same_name(row.rule, field) ||
           same_name(row.rule, "consent " + std::string(field)) ||
           same_name(row.rule, "list " + std::string(field));
}

}  // namespace

std::string sentence(const store::AuditRow& row, const SideNames& names) {
    const std::string where = names[row.side] + " " + row.record.object + " " + row.record.key;
    const std::string when = shown(row.at);
    if (row.rule.starts_with("consent ")) {
        return fmt::format("{}: {} (rule \"{}\", documents {}).", when, row.cause,
                           row.rule.substr(std::string_view("consent ").size()), row.documents);
    }
    if (row.rule == "match")
        return fmt::format("{}: {} (documents {}).", when, row.cause, row.documents);
    if (row.field.empty()) {
        const bool is_list = row.rule.starts_with("list ");
        if (is_list) {
            return fmt::format("{}: {} list {} because {} (cycle {}, documents {}).", when,
                               row.kind == WriteKind::Delete ? "left" : "joined",
                               value_of(row.after), row.cause, row.cycle, row.documents);
        }
        return fmt::format("{}: {} {} because {} (cycle {}, documents {}).", when,
                           row.kind == WriteKind::Delete ? "deleted" : "created", where, row.cause,
                           row.cycle, row.documents);
    }
    std::string told = fmt::format(
        "{}: {} of {} was set from {} to {} by rule \"{}\": {} (cycle {}, documents {}).", when,
        row.field, where, value_of(row.before), value_of(row.after), row.rule, row.cause, row.cycle,
        row.documents);
    if (row.lost) {
        told += fmt::format(" {} lost: it had been changed too, and is kept here.",
                            value_of(*row.lost));
    }
    return told;
}

json audit_json(const store::AuditRow& row, const SideNames& names) {
    return {{"at", shown(row.at)},
            {"cycle", row.cycle},
            {"entity", fmt::format("duet-{}", row.entity)},
            {"system", names[row.side]},
            {"object", row.record.object},
            {"record", row.record.key},
            {"field", row.field},
            {"before", display(row.before)},
            {"after", display(row.after)},
            {"rule", row.rule},
            {"cause", row.cause},
            {"documents", row.documents},
            {"deleted", row.kind == WriteKind::Delete},
            {"stamps",
             {{names.crm, stamp_of(row.stamps.crm)},
              {names.marketing, stamp_of(row.stamps.marketing)}}},
            {"lost", row.lost ? json(display(*row.lost)) : json(nullptr)},
            {"sentence", sentence(row, names)}};
}

Status add_story(sync::Org& org, EntityId id, const Question& question, json& answer) {
    const bool is_whole = !question.at && question.field.empty();
    auto audit = org.store.audit_of(org.name, id, is_whole ? kStoryRows : kAuditRows);
    if (!audit) return std::move(audit).error();
    auto story = json::array();
    for (const store::AuditRow& row : *audit) {
        if (!is_asked(row, question.field) || (question.at && row.at > *question.at)) continue;
        if (story.size() < kStoryRows)
            story.push_back(audit_json(row, org.model.documents().names));
    }
    answer["story"] = std::move(story);
    auto quarantine = org.store.quarantine_of(org.name, id);
    if (!quarantine) return std::move(quarantine).error();
    auto aside = json::array();
    for (const store::Quarantined& row : *quarantine) {
        aside.push_back({{"system", org.system(row.side)},
                         {"code", row.code},
                         {"remote_code", row.remote_code},
                         {"message", row.message},
                         {"attempts", row.attempts},
                         {"retry_at", shown(row.retry_at)}});
    }
    answer["put_aside"] = std::move(aside);
    return Done{};
}

namespace {

/// What one field held at a moment, by the last write before it or the first one after.
json field_then(const std::vector<const store::AuditRow*>& newest_first, Instant at,
                const SideNames& names) {
    const store::AuditRow* before = nullptr;
    const store::AuditRow* after = nullptr;
    for (const store::AuditRow* row : newest_first) {
        if (row->at > at) {
            after = row;
        } else if (before == nullptr) {
            before = row;
        }
    }
    const store::AuditRow& one = before != nullptr ? *before : *after;
    const Value& held = before != nullptr ? before->after : after->before;
    const std::string where = fmt::format("{} of {} {} {}", one.field, names[one.side],
                                          one.record.object, one.record.key);
    std::string told;
    if (before != nullptr) {
        told = fmt::format("{} was {}, as Duet had set it at {} by rule \"{}\": {} (cycle {}).",
                           where, value_of(held), shown(before->at), before->rule, before->cause,
                           before->cycle);
    } else {
        told = fmt::format("{} was {}: Duet first wrote it later, at {}.", where, value_of(held),
                           shown(after->at));
    }
    return {{"system", names[one.side]}, {"object", one.record.object},
            {"record", one.record.key},  {"field", one.field},
            {"value", display(held)},    {"since", before != nullptr ? shown(before->at) : ""},
            {"sentence", told}};
}

json decision_json(const store::DecisionRow& row, const std::string& until) {
    return {{"at", shown(row.at)},
            {"until", until},
            {"cycle", row.cycle},
            {"state", row.state},
            {"reason", row.reason},
            {"sentence",
             fmt::format("From {} (cycle {}) it was {}: {}{}", shown(row.at), row.cycle, row.state,
                         row.reason, until.empty() ? "." : "; that ended at " + until + ".")}};
}

json one_not_done(const char* kind, std::string what, std::string why) {
    std::string told = fmt::format("{}: {}.", what, why);
    return {{"kind", kind},
            {"what", std::move(what)},
            {"why", std::move(why)},
            {"sentence", std::move(told)}};
}

}  // namespace

Status add_then(sync::Org& org, EntityId id, const Question& question, json& answer) {
    auto audit = org.store.audit_of(org.name, id, kAuditRows);
    if (!audit) return std::move(audit).error();
    std::map<std::string, std::vector<const store::AuditRow*>> by_field;
    for (const store::AuditRow& row : *audit) {
        if (row.field.empty() || !is_asked(row, question.field)) continue;
        by_field[fmt::format("{} {} {} {}", static_cast<int>(row.side), row.record.object,
                             row.record.key, row.field)]
            .push_back(&row);
    }
    auto fields = json::array();
    for (const auto& [name, rows] : by_field)
        fields.push_back(field_then(rows, *question.at, org.model.documents().names));
    json then{{"fields", std::move(fields)}};
    auto decisions = org.store.decisions_of(org.name, id, kDecisions);
    if (!decisions) return std::move(decisions).error();
    const store::DecisionRow* later = nullptr;
    for (const store::DecisionRow& row : *decisions) {
        if (row.at <= *question.at) {
            if (row.state != merge::to_string(merge::State::Clean))
                then["decision"] = decision_json(row, later == nullptr ? "" : shown(later->at));
            break;
        }
        later = &row;
    }
    answer["then"] = std::move(then);
    return Done{};
}

Status add_not_done(sync::Org& org, const sync::EntityPlan& plan, const Question& question,
                    json& answer) {
    auto told = json::array();
    const auto& decision = plan.decision;
    if (plan.in_doubt) {
        told.push_back(one_not_done("in_doubt", "Nothing is planned",
                                    "a write of it is in doubt and must be looked at first"));
    } else if (!plan.entity.ambiguous.empty()) {
        told.push_back(one_not_done("ambiguous", "It is linked with none", plan.entity.ambiguous));
    } else if (!decision.reason.empty()) {
        told.push_back(one_not_done(merge::to_string(decision.state),
                                    "The record as a whole is left alone", decision.reason));
    }
    for (const merge::LeftAlone& left : decision.left_alone) {
        if (!question.field.empty() && !same_name(left.rule, question.field) &&
            !same_name(left.rule, "list " + question.field)) {
            continue;
        }
        const bool is_pinned = left.reason == merge::Reason::Pinned;
        const bool is_same =
            left.reason == merge::Reason::Unchanged || left.reason == merge::Reason::AlreadyEqual;
        std::string why = merge::to_string(left.reason);
        if (!left.detail.empty()) why += " (" + left.detail + ")";
        told.push_back(one_not_done(is_pinned ? "pinned"
                                    : is_same ? "unchanged"
                                              : "left_alone",
                                    left.rule + " is not written", std::move(why)));
    }
    auto held = org.store.held(org.name);
    if (!held) return std::move(held).error();
    for (const sync::PlannedWrite& write : plan.writes) {
        if (!sync::is_held(write, *held)) continue;
        told.push_back(
            one_not_done("braked", "A planned write waits",
                         "the brake holds its kind until somebody says `duet brake release`"));
    }
    auto pauses = sync::Pauses::load(org.store, org.name);
    if (!pauses) return std::move(pauses).error();
    for (const sync::PlannedWrite& write : plan.writes) {
        const store::InFlight& flight = write.in_flight;
        const sync::Pause* pause = pauses->of_write(flight.side, flight.write.id.object);
        if (pause == nullptr) continue;
        told.push_back(one_not_done(
            "paused", "A planned write waits",
            sync::sentence(*pause, org.model.documents().names) + "; it goes on by `duet resume`"));
    }
    auto mode = org.store.mode(org.name);
    if (!mode) return std::move(mode).error();
    if (*mode != store::Mode::Apply && !plan.writes.empty()) {
        told.push_back(one_not_done("mode", "What is planned is not sent",
                                    fmt::format("the org is in mode {}", store::to_string(*mode))));
    }
    if (plan.entity.state == merge::to_string(merge::State::Waiting) &&
        plan.entity.reason != decision.reason && !plan.entity.reason.empty()) {
        told.push_back(one_not_done("waiting", "In the last cycle it waited", plan.entity.reason));
    }
    answer["not_done"] = std::move(told);
    auto decisions = org.store.decisions_of(org.name, plan.entity.id, kStoryRows);
    if (!decisions) return std::move(decisions).error();
    auto before = json::array();
    std::string until;
    for (const store::DecisionRow& row : *decisions) {
        const bool is_over = row.state == merge::to_string(merge::State::Clean);
        if (!is_over && (!question.at || row.at <= *question.at))
            before.push_back(decision_json(row, until));
        until = shown(row.at);
    }
    answer["decisions"] = std::move(before);
    auto pins = org.store.pins_of(org.name, plan.entity.id);
    if (!pins) return std::move(pins).error();
    auto pinned = json::array();
    for (const store::Pin& pin : *pins) pinned.push_back(pin_json(org, pin));
    answer["pins"] = std::move(pinned);
    return Done{};
}

json pin_json(const sync::Org& org, const store::Pin& pin) {
    return {{"entity", fmt::format("duet-{}", pin.entity)},
            {"rule", pin.rule},
            {"system", org.system(pin.side)},
            {"held", display(pin.held)},
            {"refused", display(pin.refused)},
            {"since", shown(pin.at)},
            {"cycle", pin.cycle}};
}

}  // namespace duet::service
