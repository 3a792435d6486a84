#include "daemon/service/lists_report.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/lists_sentence.h"
#include "daemon/sync/lists.h"

namespace duet::service {
namespace {

using document::ListRule;
using lists::Standing;
using nlohmann::json;

constexpr std::size_t kShownPeople = 100;  // of one standing
constexpr std::int64_t kDaysShown = 31;

std::int64_t people_at(const store::ListCounts& counts, Standing standing) {
    const auto found = counts.standings.find(lists::to_string(standing));
    return found == counts.standings.end() ? 0 : found->second;
}

/// Whether the side has a list of that name at all.
Status look_for(sync::Org& org, const ListRule& rule, bool& is_there) {
    is_there = false;
    const sync::ListObjects& objects = org.model.lists(rule.side);
    if (objects.list == nullptr) return Done{};
    return org.store.each_seen(
        org.name, rule.side, objects.list->name, [&](const store::SeenRow& row) {
            is_there = !row.deleted && row.record.fields.get(objects.name_field) == text(rule.list);
            return !is_there;
        });
}

json settings_of(const ListRule& rule) {
    json told = json::object();
    if (rule.cap > 0) told["cap"] = rule.cap;
    if (rule.order)
        told["order"] = {
            {rule.order->highest_first ? "highest" : "lowest", rule.order->by.formula.text()}};
    if (rule.grace.count() > 0) told["grace_hours"] = rule.grace / std::chrono::hours{1};
    if (rule.join_after.count() > 0)
        told["join_after_hours"] = rule.join_after / std::chrono::hours{1};
    if (rule.hold_out.percent > 0)
        told["hold_out"] = {{"percent", rule.hold_out.percent}, {"group", rule.hold_out.group}};
    const auto word = [](document::ByHand policy) {
        return policy == document::ByHand::Respect ? "respect" : "correct";
    };
    told["by_hand"] = {{"added", word(rule.added)}, {"removed", word(rule.removed)}};
    if (!rule.tags.empty()) told["tags"] = rule.tags;
    return told;
}

Result<json> line_of(sync::Org& org, const ListRule& rule,
                     const std::vector<store::ListState>& states) {
    auto counts = org.store.list_counts(org.name, rule.list);
    if (!counts) return std::move(counts).error();
    bool is_there = false;
    if (auto looked = look_for(org, rule, is_there); !looked) return std::move(looked).error();
    store::ListState state{rule.list, {}, {}, {}, 0};
    for (const store::ListState& known : states) {
        if (known.list == rule.list) state = known;
    }
    json line{{"list", rule.list},
              {"system", org.system(rule.side)},
              {"kind", rule.side == Side::Crm ? "campaign" : "list"},
              {"exists", is_there},
              {"size", counts->members},
              {"wanted", counts->wanted},
              {"pending", state.pending},
              {"queued", people_at(*counts, Standing::Queued)},
              {"held_out", people_at(*counts, Standing::HeldOut)},
              {"suppressed", people_at(*counts, Standing::Suppressed)},
              {"grace", people_at(*counts, Standing::Grace)},
              {"soon", people_at(*counts, Standing::Soon)},
              {"by_hand", counts->by_hand},
              {"removed_by_hand", people_at(*counts, Standing::Removed)},
              {"left", people_at(*counts, Standing::Left)},
              {"changed_at", shown(state.changed_at)},
              {"evaluated_at", shown(state.evaluated_at)},
              {"agreed_at", shown(state.agreed_at)}};
    if (rule.among) {
        const std::int64_t eligible = counts->covered + counts->wanted;
        line["eligible"] = eligible;
        line["covered"] = counts->covered;
        line["coverage"] =
            eligible == 0
                ? json(nullptr)
                : json(static_cast<double>(counts->covered) / static_cast<double>(eligible));
    }
    return line;
}

Result<json> all_lists(sync::Org& org) {
    auto states = org.store.list_states(org.name);
    if (!states) return std::move(states).error();
    json answer{{"org", org.name}, {"lists", json::array()}};
    for (const ListRule& rule : org.model.documents().lists) {
        auto line = line_of(org, rule, *states);
        if (!line) return line;
        answer["lists"].push_back(*std::move(line));
    }
    return answer;
}

/// People who stand there, as many as are shown, each with what they are known by.
Result<json> people_of(sync::Org& org, const ListRule& rule) {
    auto groups = json::object();
    auto counts = org.store.list_counts(org.name, rule.list);
    if (!counts) return std::move(counts).error();
    for (const auto& [standing, number] : counts->standings) {
        auto rows = org.store.list_members(org.name, rule.list, standing, 0, kShownPeople);
        if (!rows) return std::move(rows).error();
        auto people = json::array();
        for (const store::ListMember& row : *rows) {
            auto links = org.store.links(org.name, row.entity);
            if (!links) return std::move(links).error();
            json one{{"entity", fmt::format("duet-{}", row.entity)},
                     {"on_it", row.member},
                     {"since", shown(row.changed_at)}};
            if (row.until != Instant{}) one["until"] = shown(row.until);
            for (const store::Link& link : *links) {
                if (link.side == rule.side) one["record"] = link.id.key;
            }
            people.push_back(std::move(one));
        }
        groups[standing] = {{"count", number}, {"people", std::move(people)}};
    }
    return groups;
}

Result<json> one_list(sync::Org& org, const ListRule& rule) {
    auto states = org.store.list_states(org.name);
    if (!states) return std::move(states).error();
    auto answer = line_of(org, rule, *states);
    if (!answer) return answer;
    (*answer)["org"] = org.name;
    (*answer)["member_when"] = rule.member_when.formula.text();
    if (rule.suppress_when) (*answer)["suppress_when"] = rule.suppress_when->formula.text();
    if (rule.among) (*answer)["among"] = rule.among->formula.text();
    (*answer)["settings"] = settings_of(rule);
    auto groups = people_of(org, rule);
    if (!groups) return groups;
    (*answer)["standings"] = *std::move(groups);
    const auto moment = sync::moment_of(org.clock.now(), org.model.documents().time_zone);
    const std::int64_t today = moment.today.time_since_epoch().count();
    auto days = org.store.list_sizes(org.name, rule.list, today - kDaysShown, today);
    if (!days) return std::move(days).error();
    (*answer)["days"] = json::array();
    for (const store::ListDay& day : *days) {
        (*answer)["days"].push_back({{"day", format_date(Date{std::chrono::days{day.day}})},
                                     {"size", day.size},
                                     {"joined", day.joined},
                                     {"left", day.left}});
    }
    return answer;
}

Result<json> person_on(sync::Org& org, const ListRule& rule, const std::string& who) {
    auto found = find_entities(org, who);
    if (!found) return std::move(found).error();
    auto people = json::array();
    for (const store::EntityId id : *found) {
        auto entity = org.store.entity(org.name, id);
        if (!entity) return std::move(entity).error();
        if (!*entity || (*entity)->kind != EntityKind::Person) continue;
        auto told = tell_of(org, rule, id);
        if (!told) return told;
        people.push_back(*std::move(told));
    }
    if (people.empty()) return rejected("DUET-6010", "No person is known by that name.");
    return json{{"org", org.name}, {"list", rule.list}, {"people", std::move(people)}};
}

}  // namespace

Result<json> lists_report(sync::Org& org, const json& body) {
    const std::string name = body.value("list", "");
    if (name.empty()) return all_lists(org);
    const auto& rules = org.model.documents().lists;
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&](const ListRule& one) { return same_name(one.list, name); });
    if (rule == rules.end())
        return rejected("DUET-6093", "No rule of the documents owns a list \"" + name + "\".");
    const std::string who = body.value("who", "");
    return who.empty() ? one_list(org, *rule) : person_on(org, *rule, who);
}

}  // namespace duet::service
