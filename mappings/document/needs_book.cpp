#include "mappings/document/needs_book.h"

#include "mappings/document/conventions.h"
#include "mappings/document/scope.h"

namespace duet::document {

std::vector<Need> NeedsBook::take() const {
    std::vector<Need> needs;
    for (const auto& [where, fields] : needed_) {
        needs.push_back({where.first, where.second, {fields.begin(), fields.end()}});
    }
    return needs;
}

void NeedsBook::add(const Need& need) {
    auto& fields = needed_[{need.side, need.object}];
    fields.insert(need.fields.begin(), need.fields.end());
}

void NeedsBook::add_step(Side side, const PathStep& step) {
    needed_[{side, step.object->name}].insert(step.field->name);
}

void NeedsBook::add_path(Side side, std::string_view object, std::string_view path) {
    const ObjectInfo* info = catalogs_[side].find(object);
    if (info == nullptr) return;
    needed_[{side, info->name}];
    if (path.empty()) return;
    for (const PathStep& step : walk_path(catalogs_[side], *info, path)) add_step(side, step);
}

void NeedsBook::add_rule(const Rule& rule, const EntityDocument& entity) {
    for (const std::string& path : rule.formula.fields()) add_rule_path(path, entity);
}

void NeedsBook::add_rule_path(const std::string& path, const EntityDocument& entity) {
    const auto [head, rest] = split_path(path);
    if (is_worked_out(head)) return;
    const bool marketing = same_name(head, kProspect);
    const Side side = marketing ? Side::Marketing : Side::Crm;
    for (const std::string& object : entity.objects[side]) {
        add_path(side, object, marketing ? rest : std::string_view(path));
    }
}

void NeedsBook::add_object_rule(const Rule& rule, Side side, const std::string& object) {
    add_path(side, object, {});
    for (const std::string& path : rule.formula.fields()) add_path(side, object, path);
}

void NeedsBook::add_references(Side side, const std::string& child, const ObjectInfo& parent) {
    const ObjectInfo* info = catalogs_[side].find(child);
    if (info == nullptr) return;
    for (const FieldInfo* field : references_to(*info, parent)) add_step(side, {info, field});
}

void NeedsBook::add_references_to(Side side, const std::string& child,
                                  const EntityDocument& entity) {
    for (const std::string& name : entity.objects[side]) {
        if (const ObjectInfo* own = catalogs_[side].find(name)) add_references(side, child, *own);
    }
}

void NeedsBook::add_relationship(Side side, const ObjectInfo& own, std::string_view name) {
    for (const FieldInfo& field : own.fields) {
        if (!field.relationship.empty() && same_name(field.relationship, name)) {
            add_step(side, {&own, &field});
        }
    }
}

void NeedsBook::add_rollup(const Rollup& rollup, const EntityDocument& entity) {
    add_path(rollup.side, rollup.of, rollup.field);
    if (!rollup.order_by.empty()) add_path(rollup.side, rollup.of, rollup.order_by);
    if (rollup.where) add_object_rule(*rollup.where, rollup.side, rollup.of);
    const Catalog& catalog = catalogs_[rollup.side];
    for (const std::string& name : entity.objects[rollup.side]) {
        const ObjectInfo* own = catalog.find(name);
        if (own == nullptr) continue;
        for (const ObjectInfo* parent : via_parents(catalog, *own, rollup.via)) {
            add_references(rollup.side, rollup.of, *parent);
        }
        add_relationship(rollup.side, *own, rollup.via);
    }
}

void NeedsBook::add_member_key(Side side, const std::string& object) {
    const CampaignWords* words = campaign_words(documents_.names.crm);
    if (side == Side::Crm && words != nullptr && same_name(object, words->member))
        add_path(side, object, words->key);
}

void NeedsBook::add_campaign_members(const EntityDocument& person) {
    const CampaignWords* words = campaign_words(documents_.names.crm);
    const ObjectInfo* member = words == nullptr ? nullptr : catalogs_.crm.find(words->member);
    if (member == nullptr) return;
    add_path(Side::Crm, words->campaign, words->name);
    add_path(Side::Crm, words->member, words->of);
    add_path(Side::Crm, words->member, words->status);
    add_path(Side::Crm, words->member, words->key);
    for (const std::string& object : person.objects.crm) {
        const ObjectInfo* info = catalogs_.crm.find(object);
        if (info != nullptr) add_references(Side::Crm, member->name, *info);
    }
}

void NeedsBook::add_people_of_accounts(const EntityDocument& person) {
    const EntityDocument* account = documents_.find(EntityKind::Account);
    if (account == nullptr) return;
    for (const std::string& name : person.objects.crm) {
        for (const std::string& parent : account->objects.crm) {
            if (const ObjectInfo* info = catalogs_.crm.find(parent))
                add_references(Side::Crm, name, *info);
        }
    }
}

void NeedsBook::add_leads(const LeadsByDomain& leads) {
    add_path(Side::Crm, leads.lead, leads.email);
    const EntityDocument* account = documents_.find(EntityKind::Account);
    if (account == nullptr) return;
    for (const std::string& name : account->objects.crm) add_path(Side::Crm, name, leads.website);
}

void NeedsBook::add_currencies() {
    const InfluenceWords* words = influence_words(documents_.names.crm);
    if (words == nullptr) return;
    for (const std::string_view object : {words->currencies, words->dated_rates}) {
        for (const std::string_view field :
             {words->iso_code, words->rate, words->rate_from, words->rate_until}) {
            add_path(Side::Crm, object, field);
        }
    }
}

}  // namespace duet::document
