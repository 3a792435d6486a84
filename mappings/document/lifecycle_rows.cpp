#include <map>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/event_rows.h"
#include "mappings/document/paths.h"
#include "mappings/document/read_lifecycle.h"
#include "mappings/document/rules.h"

namespace duet::document {
namespace {

constexpr std::string_view kLeftOut = "none";  // in place of a field's name
constexpr int kMostRowsACycle = 100'000;       // of one cycle, as for creates of people

void check_persons(const Node& node, const EventRowsRule& rule, const Context& context) {
    const ObjectInfo* rows = context.object(Side::Crm, rule.object);
    const EntityOutline* person = context.find(EntityKind::Person);
    if (rows == nullptr || person == nullptr) return;
    for (const std::string& name : person->objects.crm) {
        const ObjectInfo* own = context.object(Side::Crm, name);
        if (own == nullptr || !references_to(*rows, *own).empty()) continue;
        context.findings.add(
            node, kUnknownName,
            fmt::format("{} has no field that refers to {}", rows->name, own->name));
    }
}

void check_key(const Node& node, const EventRowsRule& rule, const Context& context) {
    const ObjectInfo* rows = context.object(Side::Crm, rule.object);
    const FieldInfo* key = rows == nullptr ? nullptr : rows->find(rule.key);
    if (key == nullptr || key->unique_key) return;
    context.findings.add(node, kAbsent,
                         fmt::format("{} of {} is no unique external id, so a row could not be "
                                     "found again",
                                     key->name, rows->name));
}

void check_field(const Node& at, const EventRowPart& part, const EventRowsRule& rule,
                 const Context& context) {
    const std::string& name = rule.*part.field;
    if (!name.empty()) {
        (void)known_field(at.place(), at.length(), Side::Crm, rule.object, name, context);
    } else if (part.word == "key" || part.word == "to" || part.word == "at") {
        context.findings.add(at, kMissing, fmt::format("\"fields\" needs \"{}\"", part.word));
    }
}

}  // namespace

const std::vector<EventRowPart>& event_row_parts() {
    using Rows = EventRowsRule;
    static const std::vector<EventRowPart> parts{{"key", &Rows::key},
                                                 {"account", &Rows::account},
                                                 {"from", &Rows::from},
                                                 {"to", &Rows::to},
                                                 {"at", &Rows::at},
                                                 {"trigger", &Rows::trigger},
                                                 {"record", &Rows::record},
                                                 {"cycle", &Rows::cycle},
                                                 {"skipped", &Rows::skipped},
                                                 {"owner", &Rows::owner},
                                                 {"campaign", &Rows::campaign}};
    return parts;
}

EventRowsRule shipped_event_rows(std::string_view connector) {
    EventRowsRule rule;
    if (connector != "salesforce") return rule;
    rule.object = "Duet_Lifecycle_Event__c";
    rule.key = "Duet_Key__c";
    rule.account = "Duet_Account__c";
    rule.from = "Duet_From__c";
    rule.to = "Duet_To__c";
    rule.at = "Duet_At__c";
    rule.trigger = "Duet_Trigger__c";
    rule.record = "Duet_Record__c";
    rule.cycle = "Duet_Cycle__c";
    rule.skipped = "Duet_Skipped__c";
    rule.owner = "Duet_Owner__c";
    rule.campaign = "Duet_Campaign__c";
    return rule;
}

bool is_user_key(std::string_view connector, std::string_view key) noexcept {
    // 005: the prefix of users' ids; queues have 00G.
    return connector == "salesforce" && key.starts_with("005");
}

void read_event_rows(MapReader& map, const Context& context, Lifecycle& lifecycle) {
    const Node* node = map.find("event_rows");
    if (node == nullptr) return;
    MapReader inner(*node, "\"event_rows\"", context.findings);
    EventRowsRule rule = shipped_event_rows(context.names.crm);
    rule.place = node->place();
    const Node* object = inner.require("object");
    if (const auto name = inner.text("object"))
        rule.object = known_object(*object, Side::Crm, *name, context);
    rule.cap_per_cycle = inner.whole("cap_per_cycle", 1, kMostRowsACycle).value_or(0);
    std::map<std::string_view, const Node*> named;
    if (const Node* fields = inner.find("fields")) {
        MapReader names(*fields, "\"fields\"", context.findings);
        for (const EventRowPart& part : event_row_parts()) {
            const Node* at = names.find(part.word);
            if (at == nullptr) continue;
            const auto name = names.text(part.word);
            if (!name) continue;
            rule.*part.field = *name == kLeftOut ? "" : *name;
            named[part.word] = at;
        }
        names.finish();
    }
    const Node& whole = map.key_node("event_rows");
    for (const EventRowPart& part : event_row_parts()) {
        const auto own = named.find(part.word);
        check_field(own == named.end() ? whole : *own->second, part, rule, context);
    }
    check_persons(whole, rule, context);
    check_key(whole, rule, context);
    inner.finish();
    lifecycle.event_rows = std::move(rule);
}

}  // namespace duet::document
