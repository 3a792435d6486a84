#include "daemon/service/person.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/attribution_report.h"
#include "daemon/service/customer_report.h"
#include "daemon/service/lifecycle_report.h"
#include "daemon/service/lists_report.h"
#include "daemon/service/report.h"
#include "daemon/service/story.h"
#include "daemon/service/work_report.h"
#include "daemon/sync/apply_writes.h"
#include "daemon/sync/erase.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/undo.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::EntityId;

constexpr std::array<std::string_view, 14> kRequests = {
    "explain", "undo",   "pins",        "release_pins", "erase",   "export", "lifecycle",
    "lists",   "report", "attribution", "queue",        "answers", "rfm",    "behaviour"};
constexpr std::size_t kShownPins = 10'000;

/// A time in the body; an Error when it is none.
Result<std::optional<Instant>> time_in(const json& body, const char* key) {
    const std::string text = body.value(key, "");
    if (text.empty()) return std::optional<Instant>{};
    auto time = parse_instant(text);
    if (!time) {
        if (const auto day = parse_date(text)) time = DateTime{*day};
    }
    if (!time)
        return rejected("DUET-6004",
                        "\"" + text + "\" is no instant such as 2018-01-02T09:00:00Z.");
    return std::optional{Instant{*time}};
}

Result<json> explain_request(sync::Org& org, const json& body) {
    auto at = time_in(body, "at");
    if (!at) return std::move(at).error();
    return explain(org, body.value("who", ""), {body.value("field", ""), *at});
}

// --- undo -----------------------------------------------------------------------------------

Result<sync::UndoSelection> selection_of(sync::Org& org, const json& body) {
    sync::UndoSelection selection;
    if (const auto cycle = body.value("cycle", std::int64_t{0}); cycle != 0)
        selection.cycle = cycle;
    selection.field = body.value("field", "");
    auto since = time_in(body, "since");
    if (!since) return std::move(since).error();
    selection.since = *since;
    selection.by = who_asks(body);
    const std::string record = body.value("record", "");
    if (record.empty()) return selection;
    auto found = find_entities(org, record);
    if (!found) return std::move(found).error();
    if (found->empty()) return nobody_known();
    for (const EntityId id : *found) {
        auto links = org.store.links(org.name, id);
        if (!links) return std::move(links).error();
        const bool is_key = std::any_of(links->begin(), links->end(), [&](const store::Link& link) {
            return link.id.key == record;
        });
        if (is_key) selection.record_key = record;
    }
    selection.entities = std::move(*found);
    return selection;
}

/// The same plan has the same digest: what was shown is what a yes means.
std::string digest_of(const json& writes) {
    return fmt::format("{:016x}", std::hash<std::string>{}(writes.dump()));
}

json shown_plan(const sync::Org& org, const sync::UndoPlan& plan) {
    const SideNames& names = org.model.documents().names;
    auto writes = json::array();
    for (const sync::PlannedWrite& write : plan.writes) writes.push_back(to_json(write, names));
    auto kept = json::array();
    for (const sync::NotUndone& one : plan.kept) {
        json row = audit_json(one.row, names);
        row["why"] = one.why;
        kept.push_back(std::move(row));
    }
    std::string digest = digest_of(writes);
    return {{"org", org.name},
            {"digest", std::move(digest)},
            {"writes", std::move(writes)},
            {"kept", std::move(kept)}};
}

Result<json> undo_request(sync::Org& org, const json& body, std::stop_token stop) {
    auto selection = selection_of(org, body);
    if (!selection) return std::move(selection).error();
    auto plan = sync::plan_undo(org, *selection, stop);
    if (!plan) return std::move(plan).error();
    json answer = shown_plan(org, *plan);
    if (body.value("dry_run", true) || plan->writes.empty()) return answer;
    const std::string wanted = body.value("digest", "");
    if (!wanted.empty() && wanted != answer["digest"])
        return rejected("DUET-5033", "What would be undone is not what was shown any more.");
    auto applied = sync::apply_writes(org, std::move(plan->writes), "undo", stop);
    if (!applied) return std::move(applied).error();
    answer["cycle"] = applied->cycle;
    for (std::size_t i = 0; i < applied->outcomes.size() && i < answer["writes"].size(); ++i) {
        answer["writes"][i]["outcome"] = sync::to_string(applied->outcomes[i].fate);
        answer["writes"][i]["why"] = applied->outcomes[i].why;
    }
    answer["done"] = applied->count(sync::Fate::Done);
    return answer;
}

// --- pins -----------------------------------------------------------------------------------

Result<json> pins_request(sync::Org& org, const json& body) {
    std::vector<store::Pin> pins;
    if (const std::string who = body.value("who", ""); !who.empty()) {
        auto found = find_entities(org, who);
        if (!found) return std::move(found).error();
        if (found->empty()) return nobody_known();
        for (const EntityId id : *found) {
            auto some = org.store.pins_of(org.name, id);
            if (!some) return std::move(some).error();
            pins.insert(pins.end(), some->begin(), some->end());
        }
    } else {
        auto all = org.store.pins(org.name, kShownPins);
        if (!all) return std::move(all).error();
        pins = std::move(*all);
    }
    auto shown_pins = json::array();
    for (const store::Pin& pin : pins) shown_pins.push_back(pin_json(org, pin));
    return json{{"org", org.name}, {"pins", std::move(shown_pins)}};
}

Result<json> release_request(sync::Org& org, const json& body) {
    auto found = find_entities(org, body.value("who", ""));
    if (!found) return std::move(found).error();
    if (found->empty()) return nobody_known();
    auto released = json::array();
    for (const EntityId id : *found) {
        auto pins = sync::release_pins(org, id, body.value("field", ""));
        if (!pins) return std::move(pins).error();
        for (const store::Pin& pin : *pins) released.push_back(pin_json(org, pin));
    }
    if (released.empty()) return rejected("DUET-5034", "Nothing is pinned there.");
    return json{{"org", org.name}, {"released", std::move(released)}};
}

// --- erase ----------------------------------------------------------------------------------

/// Everybody whom `who` means, and who shares an address with one of them.
Result<std::vector<EntityId>> everybody(sync::Org& org, const std::string& who) {
    auto found = find_entities(org, who);
    if (!found) return found;
    for (std::size_t i = 0; i < found->size(); ++i) {
        auto links = org.store.links(org.name, (*found)[i]);
        if (!links) return std::move(links).error();
        for (const store::Link& link : *links) {
            const sync::ObjectModel* object = org.model.find(link.side, link.id.object);
            auto row = org.store.seen(org.name, link.side, link.id);
            if (!row) return std::move(row).error();
            if (!*row || object == nullptr) continue;
            for (const std::string& key : object->keys) {
                const std::string* value = as_text((*row)->record.fields.get(key));
                if (value == nullptr || value->find('@') == std::string::npos) continue;
                auto sharing = find_entities(org, *value);
                if (!sharing) return sharing;
                for (const EntityId id : *sharing) {
                    if (std::find(found->begin(), found->end(), id) == found->end())
                        found->push_back(id);
                }
            }
        }
    }
    return found;
}

Result<json> only_people(const sync::Org& org, const std::vector<EntityId>& entities) {
    auto records = json::array();
    for (const EntityId id : entities) {
        auto entity = org.store.entity(org.name, id);
        if (!entity) return std::move(entity).error();
        if (!*entity || (*entity)->kind != EntityKind::Person)
            return rejected("DUET-5035", "That is no person; only people are erased.");
        auto links = org.store.links(org.name, id);
        if (!links) return std::move(links).error();
        for (const store::Link& link : *links)
            records.push_back({{"system", org.system(link.side)},
                               {"object", link.id.object},
                               {"record", link.id.key}});
    }
    return records;
}

json receipt_json(const store::Erasure& receipt) {
    return {{"receipt", receipt.receipt},
            {"at", shown(receipt.at)},
            {"by", receipt.by},
            {"removed", receipt.removed}};
}

Result<json> erase_request(sync::Org& org, const json& body) {
    const std::string who = body.value("who", "");
    if (body.value("receipts", false)) {
        auto all = org.store.erasures(org.name);
        if (!all) return std::move(all).error();
        auto receipts = json::array();
        for (const store::Erasure& receipt : *all) receipts.push_back(receipt_json(receipt));
        return json{{"org", org.name}, {"receipts", std::move(receipts)}};
    }
    if (body.value("readmit", false)) {
        auto readmitted = sync::readmit(org, who);
        if (!readmitted) return std::move(readmitted).error();
        if (*readmitted == 0)
            return rejected("DUET-6010", "Nobody of that address or id was erased.");
        return json{{"org", org.name}, {"readmitted", *readmitted}};
    }
    auto found = everybody(org, who);
    if (!found) return std::move(found).error();
    if (found->empty()) return nobody_known();
    auto records = only_people(org, *found);
    if (!records) return records;
    if (body.value("dry_run", true))
        return json{{"org", org.name}, {"people", found->size()}, {"records", *records}};
    auto erased = sync::erase(org, *found, who, who_asks(body));
    if (!erased) return std::move(erased).error();
    json answer = receipt_json(erased->receipt);
    answer["org"] = org.name;
    answer["names"] = erased->names;
    answer["bytes_gone"] = erased->unscrubbed.empty();
    if (!erased->unscrubbed.empty()) answer["warning"] = erased->unscrubbed;
    return answer;
}

}  // namespace

bool is_person_request(std::string_view command) noexcept {
    return std::find(kRequests.begin(), kRequests.end(), command) != kRequests.end();
}

bool needs_vendors(std::string_view command) noexcept { return command == "undo"; }

std::string who_asks(const json& body) {
    const std::string by = body.value("by", "");
    const auto peer = body.find("peer");
    if (peer == body.end() || !peer->is_object()) return by;
    const std::string known =
        fmt::format("uid {}{}", peer->value("uid", std::int64_t{-1}),
                    peer->value("user", "").empty() ? "" : ", " + peer->value("user", ""));
    return by.empty() ? known : by + " (" + known + ")";
}

Result<json> answer_person_request(sync::Org& org, std::string_view command, const json& body,
                                   std::stop_token stop) {
    if (command == "explain") return explain_request(org, body);
    if (command == "undo") return undo_request(org, body, std::move(stop));
    if (command == "pins") return pins_request(org, body);
    if (command == "release_pins") return release_request(org, body);
    if (command == "erase") return erase_request(org, body);
    if (command == "lifecycle") return lifecycle_report(org, body);
    if (command == "lists") return lists_report(org, body);
    if (command == "report") return report_of(org, body);
    if (command == "attribution") return attribution_report(org, body);
    if (command == "queue") return queue_report(org, body);
    if (command == "answers") return answers_report(org, body);
    if (command == "rfm") return rfm_report(org, body);
    if (command == "behaviour") return behaviour_report(org);
    return export_person(org, body.value("who", ""));
}

}  // namespace duet::service
