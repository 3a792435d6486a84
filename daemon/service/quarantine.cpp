#include "daemon/service/quarantine.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/hints.h"
#include "daemon/service/answers.h"
#include "daemon/service/person.h"
#include "daemon/sync/put_aside.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::Quarantined;

constexpr std::size_t kShownRows = 1'000;
constexpr std::size_t kSampledRows = 200;     // of one cause, for the kinds of its values
constexpr std::size_t kMostRows = 1'000'000;  // that one word of a person decides

Error refused(std::string message) {
    return Error{ErrorKind::Rejected, std::move(message), "DUET-6015", "", {}};
}

std::string hint_of(const std::string& system, const std::string& code,
                    const std::string& remote_code) {
    if (code == sync::kFrozenCode)
        return "Find what carries the field back (a flow, another rule), then: duet quarantine "
               "retry.";
    if (const auto hint = hint_for(system, remote_code); !hint.empty()) return std::string(hint);
    return code == sync::kLaterCode
               ? "Nothing to do: it is tried again by itself."
               : "Mend the record or the system's own rule; a change of either tries it again.";
}

json row_json(const sync::Org& org, const Quarantined& row) {
    const bool is_frozen = row.code == sync::kFrozenCode;
    return {{"entity", fmt::format("duet-{}", row.entity)},
            {"system", org.system(row.side)},
            {"object", row.record.object},
            {"record", row.record.key},
            {"cause", row.cause},
            {"code", row.code},
            {"remote_code", row.remote_code},
            {"message", row.message},
            {"field", row.field},
            {"value_class", row.value_class},
            {"attempts", row.attempts},
            {"since", shown(row.first_at)},
            {"retry_at", is_frozen ? "" : shown(row.retry_at)},
            {"dropped_by", row.dropped_by}};
}

Result<json> cause_json(const sync::Org& org, const std::string& name,
                        const store::CauseCount& count) {
    auto rows = org.store.quarantine_by_cause(org.name, name, kSampledRows);
    if (!rows) return std::move(rows).error();
    auto cause = org.store.cause(org.name, name);
    if (!cause) return std::move(cause).error();
    const Quarantined& sample = rows->front();
    std::set<std::string> classes;
    Instant since = sample.first_at;
    for (const Quarantined& row : *rows) {
        if (!row.value_class.empty()) classes.insert(row.value_class);
        since = std::min(since, row.first_at);
    }
    json one{{"cause", name},
             {"system", org.system(sample.side)},
             {"object", sample.record.object},
             {"code", sample.code},
             {"remote_code", sample.remote_code},
             {"field", sample.field},
             {"value_classes", classes},
             {"count", count.waiting},
             {"dropped", count.dropped},
             {"since", shown(since)},
             {"message", sample.message},
             {"hint", hint_of(org.system(sample.side), sample.code, sample.remote_code)}};
    if (*cause) {
        one["rounds_failed"] = (*cause)->failures;
        one["retry_at"] = shown((*cause)->retry_at);
    }
    return one;
}

/// Records that a validation of the documents holds back are put aside as well, by Duet itself.
Status add_broken_rules(const sync::Org& org, json& causes) {
    auto broken = org.store.broken_counts(org.name);
    if (!broken) return std::move(broken).error();
    for (const auto& document : org.model.documents().entities) {
        for (const auto& rule : document.validations) {
            const auto held = (*broken)[rule.name];
            std::int64_t count = 0;
            for (const char* outcome : {"held", "failed"}) {
                if (const auto found = held.find(outcome); found != held.end())
                    count += found->second;
            }
            if (count == 0) continue;
            causes.push_back({{"cause", "validation/" + rule.name},
                              {"system", "duet"},
                              {"object", to_string(document.entity)},
                              {"code", "validation"},
                              {"remote_code", rule.name},
                              {"field", ""},
                              {"value_classes", json::array()},
                              {"count", count},
                              {"dropped", 0},
                              {"since", ""},
                              {"message", "The validation \"" + rule.name + "\" holds it back."},
                              {"hint", "Mend the record or the rule; it lets go by itself."}});
        }
    }
    return Done{};
}

Result<json> list_causes(const sync::Org& org) {
    auto counts = org.store.quarantine_counts(org.name);
    if (!counts) return std::move(counts).error();
    auto causes = json::array();
    for (const auto& [name, count] : *counts) {
        auto one = cause_json(org, name, count);
        if (!one) return std::move(one).error();
        causes.push_back(std::move(*one));
    }
    if (auto added = add_broken_rules(org, causes); !added) return std::move(added).error();
    std::stable_sort(causes.begin(), causes.end(),
                     [](const json& a, const json& b) { return a["count"] > b["count"]; });
    return json{{"org", org.name}, {"causes", std::move(causes)}};
}

/// The rows that `body` means, at most `limit`.
Result<std::vector<Quarantined>> rows_of(sync::Org& org, const json& body, std::size_t limit) {
    const std::string cause = body.value("cause", "");
    const std::string record = body.value("record", "");
    if (record.empty()) {
        return cause.empty() ? org.store.quarantine(org.name, limit)
                             : org.store.quarantine_by_cause(org.name, cause, limit);
    }
    auto entities = find_entities(org, record);
    if (!entities) return std::move(entities).error();
    if (entities->empty()) return nobody_known();
    std::vector<Quarantined> found;
    for (const store::EntityId entity : *entities) {
        auto rows = org.store.quarantine_of(org.name, entity);
        if (!rows) return std::move(rows).error();
        for (Quarantined& row : *rows) {
            if (cause.empty() || row.cause == cause) found.push_back(std::move(row));
        }
    }
    return found;
}

Result<json> list_rows(sync::Org& org, const json& body) {
    auto rows = rows_of(org, body, kShownRows);
    if (!rows) return std::move(rows).error();
    auto shown_rows = json::array();
    for (const Quarantined& row : *rows) shown_rows.push_back(row_json(org, row));
    return json{
        {"org", org.name}, {"rows", std::move(shown_rows)}, {"more", rows->size() == kShownRows}};
}

Status note_in_audit(const sync::Org& org, const Quarantined& row, const std::string& action,
                     const std::string& by) {
    store::AuditRow audit;
    audit.at = org.clock.now();
    audit.entity = row.entity;
    audit.side = row.side;
    audit.record = row.record;
    audit.rule = "quarantine " + action;
    audit.cause = action == "drop" ? by + " put it aside until it changes: " + row.message
                                   : by + " had it tried again: " + row.message;
    audit.documents = org.model.documents().version;
    return org.store.add_audit(org.name, audit);
}

Result<json> decide(sync::Org& org, const json& body, const std::string& action) {
    if (body.value("cause", "").empty() && body.value("record", "").empty())
        return refused("Name a cause (--cause) or a record.");
    const std::string by = who_asks(body);
    if (by.empty()) return refused("Say who asks.");
    auto rows = rows_of(org, body, kMostRows);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) return refused("Nothing is put aside under that name.");
    const Instant now = org.clock.now();
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    std::set<std::string> causes;
    for (Quarantined& row : *rows) {
        row.dropped_by = action == "drop" ? by : "";
        if (action == "retry") row.retry_at = now;
        causes.insert(row.cause);
        Status done = org.store.put_quarantine(org.name, row);
        if (done) done = note_in_audit(org, row, action, by);
        if (done) done = org.store.mark_dirty(org.name, row.entity, "quarantine " + action);
        if (!done) return std::move(done).error();
    }
    for (const std::string& name : causes) {
        if (action == "drop") break;
        // Whoever asks for a try does not wait for the cause's own.
        auto cause = org.store.cause(org.name, name);
        if (!cause) return std::move(cause).error();
        if (!*cause) continue;
        (*cause)->retry_at = now;
        if (auto put = org.store.put_cause(org.name, **cause); !put) return std::move(put).error();
    }
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return json{{"org", org.name}, {"action", action}, {"count", rows->size()}};
}

}  // namespace

Result<json> quarantine(sync::Org& org, const json& body) {
    const std::string action = body.value("action", "list");
    if (action == "retry" || action == "drop") return decide(org, body, action);
    if (action != "list") return refused("\"" + action + "\" is not list, retry or drop.");
    if (body.value("by_cause", false)) return list_causes(org);
    return list_rows(org, body);
}

}  // namespace duet::service
