#include "daemon/service/match.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/person.h"
#include "daemon/sync/match.h"
#include "daemon/sync/review.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::Link;
using store::Meeting;

constexpr std::size_t kMostSamples = 100;
constexpr std::size_t kMostReviews = 10'000;

json match_link(const sync::Org& org, const Link& link) {
    return {{"system", org.system(link.side)}, {"object", link.id.object}, {"record", link.id.key}};
}

/// Who it is linked with now, so that a person sees what a choice would take away.
Result<json> with_partners(const sync::Org& org, const Link& link) {
    json answer = match_link(org, link);
    auto entity = org.store.entity_of(org.name, link.side, link.id);
    if (!entity) return std::move(entity).error();
    if (!*entity) return answer;
    answer["entity"] = fmt::format("duet-{}", **entity);
    sync::Matcher matcher(org.store, org.name, org.model);
    auto partners = matcher.live_records(**entity, other(link.side));
    if (!partners) return std::move(partners).error();
    for (const RecordId& id : *partners)
        answer["linked_with"].push_back(match_link(org, {other(link.side), id}));
    return answer;
}

Result<json> with_fields(const sync::Org& org, const Link& link) {
    auto answer = with_partners(org, link);
    if (!answer) return answer;
    auto row = org.store.seen(org.name, link.side, link.id);
    if (!row) return std::move(row).error();
    auto fields = json::object();
    if (*row) {
        for (const auto& [name, value] : (*row)->record.fields) {
            if (!is_blank(value)) fields[name] = display(value);
        }
    }
    (*answer)["fields"] = std::move(fields);
    return answer;
}

template <class Tell>
Result<json> review_json(const sync::Org& org, const store::Review& review, const Tell& tell) {
    auto record = tell(org, review.record);
    if (!record) return std::move(record).error();
    json answer{{"id", review.id},
                {"doubt", review.doubt},
                {"reason", review.reason},
                {"since", shown(review.since)},
                {"record", std::move(*record)},
                {"candidates", json::array()},
                {"sharing", json::array()}};
    for (const Link& link : review.candidates) {
        auto candidate = tell(org, link);
        if (!candidate) return std::move(candidate).error();
        answer[link.side == review.record.side ? "sharing" : "candidates"].push_back(
            std::move(*candidate));
    }
    return answer;
}

Result<json> list(const sync::Org& org, const json& body) {
    const auto limit =
        std::clamp<std::size_t>(body.value("limit", std::size_t{100}), 1, kMostReviews);
    auto counts = org.store.review_counts(org.name);
    if (!counts) return std::move(counts).error();
    auto reviews = org.store.reviews(org.name, body.value("after", std::int64_t{0}), limit);
    if (!reviews) return std::move(reviews).error();
    std::int64_t total = 0;
    for (const auto& [doubt, count] : *counts) total += count;
    json answer{
        {"org", org.name}, {"total", total}, {"doubts", *counts}, {"reviews", json::array()}};
    for (const store::Review& review : *reviews) {
        auto one = review_json(org, review, with_partners);
        if (!one) return std::move(one).error();
        answer["reviews"].push_back(std::move(*one));
    }
    return answer;
}

Result<json> show(const sync::Org& org, const json& body) {
    const auto id = body.value("id", std::int64_t{0});
    auto review = org.store.review(org.name, id);
    if (!review) return std::move(review).error();
    if (!*review) {
        return Error{ErrorKind::Rejected,
                     fmt::format("There is no entry {} in the review queue.", id),
                     "DUET-5050",
                     "",
                     {}};
    }
    auto answer = review_json(org, **review, with_fields);
    if (answer) (*answer)["org"] = org.name;
    return answer;
}

json choice_json(const sync::Org& org, const store::Choice& choice) {
    json answer{{"org", org.name},
                {"record", match_link(org, choice.record)},
                {"by", choice.by},
                {"because", choice.because}};
    answer["chosen"] = choice.chosen ? match_link(org, *choice.chosen) : json();
    if (choice.chosen) answer["duplicate"] = choice.chosen->side == choice.record.side;
    return answer;
}

/// One entity of a report: its live records, and what made them one.
Result<json> sample(const sync::Org& org, store::EntityId id, const Meeting& like) {
    sync::Matcher matcher(org.store, org.name, org.model);
    json answer{{"entity", fmt::format("duet-{}", id)}, {"records", json::array()}};
    PerSide<std::vector<RecordId>> live;
    for (const Side side : kSides) {
        auto records = matcher.live_records(id, side);
        if (!records) return std::move(records).error();
        for (const RecordId& record : *records)
            answer["records"].push_back(match_link(org, {side, record}));
        live[side] = std::move(*records);
    }
    if (like.waiting) {
        auto entity = org.store.entity(org.name, id);
        if (!entity) return std::move(entity).error();
        if (*entity) answer["reason"] = (*entity)->ambiguous;
    }
    if (live.crm.empty() || live.marketing.empty()) return answer;
    const RecordId& mine = live.marketing.front();
    auto row = org.store.seen(org.name, Side::Marketing, mine);
    if (!row) return std::move(row).error();
    const sync::ObjectModel* object = org.model.find(Side::Marketing, mine.object);
    if (!*row || object == nullptr || object->entity == nullptr) return answer;
    auto why = matcher.why_linked(*object, **row, live.crm.front());
    if (!why) return std::move(why).error();
    answer["by"] = *why;
    return answer;
}

/// Which line of the report entities that met like that belong to.
std::string line_of(const sync::Org& org, const Meeting& met) {
    if (met.waiting) return "waiting";
    if (met.crm && met.marketing) return met.parted ? "unlinked" : "linked";
    if (met.crm) return org.system(Side::Crm);
    return met.marketing ? org.system(Side::Marketing) : "gone";
}

json creates_of(const sync::Org& org, const document::EntityDocument& document) {
    auto creates = json::object();
    for (const Side side : kSides) {
        if (document.objects[other(side)].empty() || document.objects[side].empty()) continue;
        creates[org.system(side)] = nullptr;
    }
    for (const document::CreateRule& rule : document.creates) {
        creates[org.system(rule.on)] = {{"object", rule.object},
                                        {"cap_per_cycle", rule.cap_per_cycle}};
    }
    return creates;
}

Result<json> report(const sync::Org& org, const json& body) {
    const auto most = std::min(body.value("samples", std::size_t{5}), kMostSamples);
    auto mode = org.store.mode(org.name);
    if (!mode) return std::move(mode).error();
    auto meetings = org.store.meetings(org.name);
    if (!meetings) return std::move(meetings).error();
    auto doubts = org.store.review_counts(org.name);
    if (!doubts) return std::move(doubts).error();
    json answer{{"org", org.name},
                {"mode", store::to_string(*mode)},
                {"doubts", *doubts},
                {"loaded", true},
                {"entities", json::array()}};
    for (const sync::ObjectModel& object : org.model.objects()) {
        auto state = org.store.object_state(org.name, object.side, object.info->name);
        if (!state) return std::move(state).error();
        if (object.entity != nullptr && !state->backfilled) answer["loaded"] = false;
    }
    for (const auto& document : org.model.documents().entities) {
        json one{{"entity", to_string(document.entity)}, {"creates", creates_of(org, document)}};
        for (const std::string& line :
             {std::string("linked"), std::string("waiting"), org.system(Side::Crm),
              org.system(Side::Marketing), std::string("unlinked")}) {
            one["counts"][line] = 0;
            one["samples"][line] = json::array();
        }
        for (const Meeting& met : *meetings) {
            const std::string line = line_of(org, met);
            if (met.kind != document.entity || line == "gone") continue;
            one["counts"][line] = one["counts"][line].get<std::int64_t>() + met.count;
            auto ids =
                org.store.met(org.name, met, most - std::min(most, one["samples"][line].size()));
            if (!ids) return std::move(ids).error();
            for (const store::EntityId id : *ids) {
                auto shown_one = sample(org, id, met);
                if (!shown_one) return std::move(shown_one).error();
                one["samples"][line].push_back(std::move(*shown_one));
            }
        }
        answer["entities"].push_back(std::move(one));
    }
    return answer;
}

}  // namespace

Result<json> match(sync::Org& org, const json& body) {
    const std::string action = body.value("action", "");
    if (action == "report") return report(org, body);
    if (action == "list") return list(org, body);
    if (action == "show") return show(org, body);
    const sync::Permission permission{who_asks(body), body.value("because", "")};
    const std::string record = body.value("record", "");
    if (action == "choose" || action == "forget") {
        auto choice = action == "choose"
                          ? sync::choose(org, body.value("id", std::int64_t{0}), record, permission)
                          : sync::forget_choice(org, record, permission);
        if (!choice) return std::move(choice).error();
        return choice_json(org, *choice);
    }
    return Error{ErrorKind::Rejected,
                 "There is no such action of match: \"" + action + "\".",
                 "DUET-6005",
                 "",
                 {}};
}

}  // namespace duet::service
