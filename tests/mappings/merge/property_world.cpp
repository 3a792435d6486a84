#include "tests/mappings/merge/property_world.h"

namespace duet::merge {
namespace {

using document::Direction;
using document::FieldRule;
using document::Winner;

FieldInfo field(std::string name, FieldType type, int length = 0) {
    FieldInfo made;
    made.name = std::move(name);
    made.type = type;
    made.length = length;
    return made;
}

Catalog catalog(const char* object, FieldType type, int length) {
    ObjectInfo made;
    made.name = object;
    made.entity = EntityKind::Person;
    made.fields = {field("F", type, length), field("Out", FieldType::Boolean),
                   field("May", FieldType::Boolean)};
    return {{made}};
}

std::string name_of(Side side, const std::string& field) {
    return (side == Side::Crm ? "" : "Prospect.") + field;
}

}  // namespace

Drawn swapped(const Drawn& drawn) {
    Drawn made = drawn;
    FieldRule& rule = made.rule;
    if (rule.direction != Direction::Both)
        rule.direction =
            rule.direction == Direction::ToCrm ? Direction::ToMarketing : Direction::ToCrm;
    if (rule.winner != Winner::MostRecent)
        rule.winner = rule.winner == Winner::Crm ? Winner::Marketing : Winner::Crm;
    rule.otherwise = other(rule.otherwise);
    std::swap(rule.map.crm, rule.map.marketing);
    std::swap(rule.fallback.crm, rule.fallback.marketing);
    if (made.presence == Presence::CrmAlone || made.presence == Presence::MarketingAlone) {
        made.presence =
            made.presence == Presence::CrmAlone ? Presence::MarketingAlone : Presence::CrmAlone;
    }
    made.unreadable_crm = !made.unreadable_crm;
    std::swap(made.crm, made.marketing);
    std::swap(made.agreed.crm, made.agreed.marketing);
    std::swap(made.changed.crm, made.changed.marketing);
    if (made.flags.size() == 4) {
        std::swap(made.flags[0], made.flags[2]);
        std::swap(made.flags[1], made.flags[3]);
    }
    return made;
}

PropertyWorld::PropertyWorld(const Drawn& drawn) {
    const int length = drawn.is_short ? 4 : 0;
    catalogs_ = {catalog("Contact", drawn.type, length), catalog("prospect", drawn.type, length)};
    document::EntityDocument entity;
    entity.entity = EntityKind::Person;
    entity.objects = {{"Contact"}, {"prospect"}};
    entity.fields = {drawn.rule};
    documents_.names = {"salesforce", "pardot"};
    documents_.entities = {entity};
    records_.crm.id = {"Contact", "1"};
    records_.marketing.id = {"prospect", "1"};
    for (const Side side : kSides) {
        const bool is_here = side == Side::Crm ? drawn.presence != Presence::MarketingAlone
                                               : drawn.presence != Presence::CrmAlone &&
                                                     drawn.presence != Presence::Deleted;
        SideRecord& record = inputs.sides[side];
        record.ready = true;
        record.was_deleted = side == Side::Marketing && drawn.presence == Presence::Deleted;
        if (is_here) record.record = &records_[side];
        if (is_here) record.object = &catalogs_[side].objects.front();
        record.changed = &changed[side];
        if (drawn.changed[side]) changed[side]["F"] = *drawn.changed[side];
        const std::size_t at = side == Side::Crm ? 0 : 2;
        if (drawn.flags.size() == 4) {
            facts.values[name_of(side, "Out")] = drawn.flags[at];
            facts.values[name_of(side, "May")] = drawn.flags[at + 1];
        }
    }
    facts.values["F"] = drawn.crm;
    facts.values["Prospect.F"] = drawn.marketing;
    if (drawn.presence == Presence::Unreadable) {
        const Side side = drawn.unreadable_crm ? Side::Crm : Side::Marketing;
        facts.broken[name_of(side, drawn.is_consent() ? "Out" : "F")] = "no access";
    }
    if (drawn.presence != Presence::FirstMeeting) agreed[drawn.rule.name] = drawn.agreed;
    inputs.documents = &documents_;
    inputs.document = &documents_.entities.front();
    inputs.catalogs = &catalogs_;
    inputs.facts = &facts;
    inputs.agreed = &agreed;
}

void PropertyWorld::apply(const Decision& decision) {
    for (const PlannedField& write : decision.writes)
        facts.values[name_of(write.side, write.field)] = write.after;
    agreed = decision.agreed;
    inputs.allowances = decision.allowances;
}

const Value& PropertyWorld::held(Side side, const std::string& field) {
    return facts.values[name_of(side, field)];
}

}  // namespace duet::merge
